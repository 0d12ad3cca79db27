"""The instance that `infra/connect.yaml` describes; properties and limits are those of CloudFormation's AWS::Connect types.

What CloudFormation has no place for stands beside the properties, where CloudFormation leaves it alone: a flow's `Metadata` names the
claimed number that leads to it, a queue's the number it calls out with (`tsunagu:number`); a queue's tags hold its service-level threshold
and its display names.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, time
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, TypeVar, cast, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from yaml import YAMLError

from infra.flows import embedded
from infra.local.connect import intrinsics
from infra.local.connect.instance import (
    AgentStatus,
    Flow,
    FlowModule,
    FlowType,
    HierarchyGroup,
    Hours,
    Instance,
    Opening,
    Override,
    Proficiency,
    ProfileQueue,
    Queue,
    QuickConnect,
    RoutingProfile,
    SecurityKey,
    StatusType,
    User,
)
from infra.local.connect.intrinsics import INSTANCE_ARN, INSTANCE_ID, Kind, NotAnInstance, References, arn_of, id_of
from infra.local.settings import ACCOUNT, REGION, ROOT

TEMPLATE = ROOT / "infra" / "connect.yaml"
NUMBER = "tsunagu:number"
THRESHOLD = "tsunagu:service-level-seconds"
LABEL = "tsunagu:label-"
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
# Every instance has these two from the beginning; they are in no template.
BUILT_IN: tuple[tuple[str, StatusType, int], ...] = (("Available", "ROUTABLE", 1), ("Offline", "OFFLINE", 2))

Some = TypeVar("Some")

# Every instance has some prompts from the beginning; this one stands for CustomerQueue.wav.
PARAMETERS = {"HoldMusicArn": arn_of(intrinsics.PROMPT, "CustomerQueue.wav")}
WITHOUT_CARDS = {
    "CardPublicKey": "no key",
    "CardCertificate": "no certificate",
    "CardLookupFunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:none",
    "CardRecordingFunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:none",
}
"""Parameters for those who have no application at hand: nothing that is keyed can be encrypted there, and every card entry leads on to an agent."""


class Template:
    """A template of an instance, read part by part: whoever wants only the queues needs no value for a flow's parameter."""

    def __init__(self, template: Mapping[str, Any], parameters: Mapping[str, str]) -> None:
        self._resources: Mapping[str, Any] = template["Resources"]
        self._references = References(template, parameters)

    @classmethod
    def of_file(cls, path: Path = TEMPLATE, parameters: Mapping[str, str] | None = None) -> "Template":
        """Read a template; `parameters` are values beside its own defaults, such as the outputs of the application's stack."""
        try:
            return cls(embedded(path), PARAMETERS | dict(parameters or {}))
        except (OSError, ValueError, YAMLError) as problem:
            raise NotAnInstance(f"it cannot be read ({' '.join(str(problem).split())}): correct that.") from problem

    def instance(self) -> Instance:
        """Return the whole instance. Raises NotAnInstance."""
        try:
            return Instance(
                id=INSTANCE_ID, arn=INSTANCE_ARN, name="local", region=REGION, account=ACCOUNT, hours=self.hours, queues=self.queues,
                routing_profiles=self.routing_profiles, users=self.users, statuses=self.statuses, groups=self.groups,
                quick_connects=self.quick_connects, flows=self.flows, modules=self.modules,
                security_keys=self.security_keys, numbers=self.numbers,
            )  # fmt: skip
        except ValueError as problem:
            raise NotAnInstance(f"{problem}.") from problem

    @cached_property
    def hours(self) -> dict[str, Hours]:
        """The schedules by id."""
        return self._each(intrinsics.HOURS, _hours)

    @cached_property
    def queues(self) -> dict[str, Queue]:
        """The queues by id."""
        return self._each(intrinsics.QUEUE, self._queue)

    @cached_property
    def routing_profiles(self) -> dict[str, RoutingProfile]:
        """The routing profiles by id."""
        return self._each(intrinsics.PROFILE, self._profile)

    @cached_property
    def groups(self) -> dict[str, HierarchyGroup]:
        """The groups of the agent hierarchy by id."""
        return self._each(intrinsics.GROUP, lambda it: HierarchyGroup(id=it.id, arn=it.arn, name=it.text("Name")))

    @property
    def sites(self) -> dict[str, HierarchyGroup]:
        """The groups of the hierarchy's first level by id."""
        return {it.id: self.groups[it.id] for it in self._of(intrinsics.GROUP) if "ParentGroupArn" not in it.properties}

    @cached_property
    def users(self) -> dict[str, User]:
        """The users by id, in the template's order."""
        return self._each(intrinsics.USER, self._user)

    @cached_property
    def statuses(self) -> dict[str, AgentStatus]:
        """The agent statuses by id, Available and Offline first."""
        built_in = [
            AgentStatus(id=id_of(name), arn=arn_of(intrinsics.STATUS, name), name=name, type=kind, order=order)
            for name, kind, order in BUILT_IN
        ]
        own = self._each(intrinsics.STATUS, _status)
        return {status.id: status for status in built_in} | {
            it.id: own[it.id] for it in self._of(intrinsics.STATUS) if it.get("State", "ENABLED") == "ENABLED"
        }

    @cached_property
    def quick_connects(self) -> dict[str, QuickConnect]:
        """The quick connects by id."""
        return self._each(intrinsics.QUICK_CONNECT, self._quick_connect)

    @cached_property
    def flows(self) -> dict[str, Flow]:
        """The flows by id, every reference in them followed."""
        return self._each(intrinsics.FLOW, _flow)

    @cached_property
    def modules(self) -> dict[str, FlowModule]:
        """The flow modules by id."""
        return self._each(
            intrinsics.MODULE,
            lambda it: FlowModule(id=it.id, arn=it.arn, name=it.text("Name"), content=it.text("Content")),
        )

    @cached_property
    def security_keys(self) -> dict[str, SecurityKey]:
        """The keys for secure input by id."""
        return self._each(intrinsics.KEY, lambda it: SecurityKey(id=it.id, public_key=it.text("Key")))

    @cached_property
    def numbers(self) -> dict[str, str]:
        """The claimed telephone numbers, each with the id of the flow it leads to."""
        claimed: dict[str, _Resource] = {}
        for it in self._of(intrinsics.FLOW):
            number = it.metadata.get(NUMBER)
            if number is None:
                continue
            if number in claimed:
                it.fail(
                    f"claims {number}, which leads to {claimed[number].name} already: give one of them another number"
                )
            claimed[number] = it
        return {number: it.id for number, it in claimed.items()}

    def _queue(self, it: "_Resource") -> Queue:
        return Queue(
            id=it.id, arn=it.arn, name=it.text("Name"), hours_id=self._id(intrinsics.HOURS, it, "HoursOfOperationArn"),
            max_contacts=it.get("MaxContacts", None), enabled=it.get("Status", "ENABLED") == "ENABLED",
            service_level_seconds=int(it.tags[THRESHOLD]) if THRESHOLD in it.tags else None,
            outbound_number=it.metadata.get(NUMBER),
            outbound_flow_id=self._outbound_flow(it),
            labels={key.removeprefix(LABEL): text for key, text in it.tags.items() if key.startswith(LABEL)},
        )  # fmt: skip

    def _outbound_flow(self, it: "_Resource") -> str | None:
        arn = it.get("OutboundCallerConfig", {}).get("OutboundFlowArn")
        return self._id(intrinsics.FLOW, it, "OutboundFlowArn", arn) if arn else None

    def _profile(self, it: "_Resource") -> RoutingProfile:
        media = it.get("MediaConcurrencies")
        return RoutingProfile(
            id=it.id, arn=it.arn, name=it.text("Name"),
            default_outbound_queue_id=self._id(intrinsics.QUEUE, it, "DefaultOutboundQueueArn"),
            concurrency={each["Channel"]: each["Concurrency"] for each in media},
            queues=tuple(
                ProfileQueue(
                    queue_id=self._id(intrinsics.QUEUE, it, "QueueConfigs", each["QueueReference"]["QueueArn"]),
                    channel=each["QueueReference"]["Channel"], priority=each["Priority"], delay=each["Delay"],
                )
                for each in it.get("QueueConfigs", [])
            ),
            any_channel=frozenset(
                each["Channel"]
                for each in media
                if each.get("CrossChannelBehavior", {}).get("BehaviorType") == "ROUTE_ANY_CHANNEL"
            ),
        )  # fmt: skip

    def _user(self, it: "_Resource") -> User:
        phone, who = it.get("PhoneConfig", {}), it.get("IdentityInfo", {})
        return User(
            id=it.id, arn=it.arn, name=it.text("Username"), first_name=who.get("FirstName", ""), last_name=who.get("LastName", ""),
            routing_profile_id=self._id(intrinsics.PROFILE, it, "RoutingProfileArn"),
            hierarchy=self._path(it),
            phone_type=phone.get("PhoneType", "SOFT_PHONE"), desk_phone_number=phone.get("DeskPhoneNumber"),
            auto_accept=phone.get("AutoAccept", False), after_contact_work_limit=phone.get("AfterContactWorkTimeLimit", 0),
            proficiencies=tuple(
                Proficiency(name=each["AttributeName"], value=each["AttributeValue"], level=float(each["Level"]))
                for each in it.get("UserProficiencies", [])
            ),
        )  # fmt: skip

    def _path(self, it: "_Resource") -> tuple[HierarchyGroup, ...]:
        parents = {each.id: each for each in self._of(intrinsics.GROUP)}
        path: list[HierarchyGroup] = []
        member, above = it, "HierarchyGroupArn"
        while above in member.properties:
            group = self._id(intrinsics.GROUP, member, above)
            if group in [each.id for each in path]:
                member.fail(f"is above itself: take one {above} out")
            path.insert(0, self.groups[group])
            member, above = parents[group], "ParentGroupArn"
        return tuple(path)

    def _quick_connect(self, it: "_Resource") -> QuickConnect:
        config = it.get("QuickConnectConfig")
        kind = config["QuickConnectType"]
        part = {"PHONE_NUMBER": "PhoneConfig", "QUEUE": "QueueConfig", "USER": "UserConfig", "FLOW": "FlowConfig"}[kind]
        if part not in config:
            it.fail(f"is a quick connect of type {kind} without {part}: add it")
        told = config[part]

        def named(kind: Kind, property: str) -> str | None:
            return self._id(kind, it, property, told[property]) if property in told else None

        return QuickConnect(
            id=it.id, arn=it.arn, name=it.text("Name"), type=kind, number=told.get("PhoneNumber"),
            flow_id=named(intrinsics.FLOW, "ContactFlowArn"), queue_id=named(intrinsics.QUEUE, "QueueArn"),
            user_id=named(intrinsics.USER, "UserArn"),
        )  # fmt: skip

    def _id(self, kind: Kind, it: "_Resource", property: str, arn: str | None = None) -> str:
        """Return the id behind an ARN, which must be that of a resource of this kind in the template."""
        arn = arn or it.text(property)
        known = {arn_of(kind, name): name for name in self._names(kind)}
        if arn not in known:
            one_of = ", ".join(known.values()) or f"none yet, so add an {kind.type}"
            it.fail(f"names {arn} in {property}, which is no {kind.path} of this template: name one of them ({one_of})")
        return id_of(known[arn])

    def _each(self, kind: Kind, make: "Callable[[_Resource], Some]") -> dict[str, Some]:
        made = {}
        for it in self._of(kind):
            try:
                made[it.id] = make(it)
            except (AttributeError, KeyError, TypeError, ValueError) as problem:
                it.fail(f"is not as CloudFormation wants it ({problem!r}): see its type {kind.type} there")
        return made

    def _names(self, kind: Kind) -> list[str]:
        return [name for name, resource in self._resources.items() if resource["Type"] == kind.type]

    def _of(self, kind: Kind) -> "Iterator[_Resource]":
        names: dict[str, str] = {}
        for name in self._names(kind):
            resource = self._resources[name]
            it = _Resource(
                name,
                kind,
                self._references.follow(resource.get("Properties") or {}, name),
                resource.get("Metadata") or {},
            )
            shown = it.properties.get("Name") or it.properties.get("Username")
            if shown in names:
                it.fail(f"has the name of {names[shown]}, {shown}: give one of them another name")
            if shown is not None:
                names[shown] = name
            yield it


class _Resource:
    """One resource of the template, its references followed."""

    def __init__(self, name: str, kind: Kind, properties: Mapping[str, Any], metadata: Mapping[str, Any]) -> None:
        self.name = name
        self.id = id_of(name)
        self.arn = arn_of(kind, name)
        self.properties = properties
        self.metadata = metadata

    @property
    def tags(self) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in self.properties.get("Tags", [])}

    def get(self, property: str, *default: Any) -> Any:
        if property not in self.properties and not default:
            self.fail(f"has no {property}: add it")
        return self.properties.get(property, *default)

    def text(self, property: str) -> str:
        value = self.get(property)
        if not isinstance(value, str):
            self.fail(f"has a {property} that is no text: write it in quotes")
        return str(value)

    def fail(self, problem: str) -> NoReturn:
        raise NotAnInstance(f"{self.name} {problem}.")


def _hours(it: _Resource) -> Hours:
    overrides = tuple(_override(it, each) for each in it.get("HoursOfOperationOverrides", []))
    return Hours(
        id=it.id, arn=it.arn, name=it.text("Name"), zone=_zone(it), week=_week(it, it.get("Config")), overrides=overrides
    )  # fmt: skip


def _zone(it: _Resource) -> str:
    zone = it.text("TimeZone")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        it.fail(f"has the TimeZone {zone}, which nobody knows: write one such as Asia/Tokyo")
    return zone


def _status(it: _Resource) -> AgentStatus:
    return AgentStatus(
        id=it.id, arn=it.arn, name=it.text("Name"), type=it.get("Type", "CUSTOM"), order=it.get("DisplayOrder", 50)
    )


def _flow(it: _Resource) -> Flow:
    kind = it.text("Type")
    if kind not in get_args(FlowType):
        it.fail(f"is a flow of type {kind}, which there is not: write one of {', '.join(get_args(FlowType))}")
    return Flow(id=it.id, arn=it.arn, name=it.text("Name"), type=cast("FlowType", kind), content=it.text("Content"))


def _week(it: _Resource, config: Sequence[Mapping[str, Any]]) -> dict[int, tuple[Opening, ...]]:
    week: dict[int, tuple[Opening, ...]] = {}
    for each in config:
        if each["Day"] not in DAYS:
            it.fail(f"has hours on {each['Day']}: write one of {', '.join(DAYS)}")
        day = DAYS.index(each["Day"])
        week[day] = (*week.get(day, ()), Opening(start=_time(each["StartTime"]), end=_time(each["EndTime"])))
    return week


def _override(it: _Resource, each: Mapping[str, Any]) -> Override:
    name, kind, config = each["OverrideName"], each.get("OverrideType", "STANDARD"), each.get("OverrideConfig", [])
    if "RecurrenceConfig" in each:
        it.fail(f"has the recurring override {name}, which is not read here: write one override for each time")
    if kind == "OPEN" or (kind == "CLOSED" and config):
        it.fail(f"has the override {name} of type {kind}, which is not read here: write the day's hours as STANDARD")
    try:
        first, last = date.fromisoformat(str(each["EffectiveFrom"])), date.fromisoformat(str(each["EffectiveTill"]))
    except ValueError:
        it.fail(f"has the override {name} without proper days: write EffectiveFrom and EffectiveTill as 2026-12-31")
    return Override(name=name, first=first, last=last, week=_week(it, config))


def _time(told: Mapping[str, int]) -> time:
    return time(told["Hours"], told["Minutes"])
