"""A small house for the floor: one instance, scripts in place of flows, and a world that only writes down what it is asked."""

from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from infra.local.connect.floor.contact import Contact, Player
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.floor.world import Heard
from infra.local.connect.flows.line import Answer, Ending, Invoke, Line, Listen, Prompt, Request, Result
from infra.local.connect.instance import (
    AgentStatus,
    Channel,
    Flow,
    HierarchyGroup,
    Hours,
    Instance,
    Opening,
    Proficiency,
    ProfileQueue,
    Queue,
    QuickConnect,
    RoutingProfile,
    User,
)
from infra.local.connect.timeline import Timeline

ARN = "arn:aws:connect:ap-northeast-1:123456789012:instance/6f1e2d3c-1111-4aaa-8bbb-0123456789ab"
MORNING = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
PICK_UP_SECONDS = 4
NUMBER, CALLER, MOBILE = "+81312345678", "+819012345678", "+819099999999"
AVAILABLE, LUNCH, OFFLINE = "available", "lunch", "offline"

Script = Callable[[Line], Generator[Request, Answer, Ending]]


def flow_over(to: str) -> Ending:
    return Ending(to=to, action="last")  # type: ignore[arg-type]


def straight_to(queue: str) -> Script:
    """A flow that asks nothing."""

    def script(line: Line) -> Generator[Request, Answer, Ending]:
        yield from ()
        line.choose_queue(queue)
        line.enter_queue()
        return flow_over("queue")

    return script


def menu(line: Line) -> Generator[Request, Answer, Ending]:
    """1 leads to support, 2 to billing; silence or anything else ends the call."""
    keyed = yield Listen(prompt=Prompt(text="For support press 1, for billing press 2."), seconds=5)
    if keyed not in ("1", "2"):
        line.set_attributes({"turned_away": "error"})
        return flow_over("disconnect")
    line.set_attributes({"choice": str(keyed)})
    line.choose_queue("support" if keyed == "1" else "billing")
    line.enter_queue()
    return flow_over("queue")


class World:
    """Writes everything down. Whoever is rung up does as `answering` says, by default pick up; functions answer what `functions` says, or when `late` is run."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.events: list[dict[str, Any]] = []
        self.records: list[dict[str, Any]] = []
        self.agent_events: list[dict[str, Any]] = []
        self.heard: dict[str, list[Heard]] = {}
        self.shown: list[str] = []
        self.log: list[dict[str, Any]] = []
        self.invoked: list[Invoke] = []
        self.functions: Callable[[Invoke], Result] | None = lambda _: Result(document={})
        self.late: list[Callable[[Result], None]] = []
        self.answering: Iterator[bool] | None = None

    def tell_event(self, detail: dict[str, Any]) -> None:
        self.events.append(detail)

    def tell_record(self, record: dict[str, Any]) -> None:
        self.records.append(record)

    def tell_agent(self, event: dict[str, Any]) -> None:
        self.agent_events.append(event)

    def invoke(self, request: Invoke, answer: Callable[[Result], None]) -> None:
        self.invoked.append(request)
        if self.functions is None:
            self.late.append(answer)
        else:
            answer(self.functions(request))

    def speak(self, contact_id: str, heard: Heard) -> None:
        self.heard.setdefault(contact_id, []).append(heard)

    def show(self, user_id: str) -> None:
        self.shown.append(user_id)

    def encrypt(self, keyed: str, key_id: str, certificate: str) -> str:
        return f"encrypted {len(keyed)}"

    def log_flow(self, entry: dict[str, Any]) -> None:
        self.log.append(entry)

    def dial(self, contact_id: str, picked_up: Callable[[], None]) -> None:
        if self.answering is None or next(self.answering):
            self.timeline.after(timedelta(seconds=PICK_UP_SECONDS), picked_up)


def instance(
    *,
    agents: int = 3,
    flows: tuple[str, ...] = (),
    profiles: Mapping[str, RoutingProfile] | None = None,
    users: tuple[User, ...] | None = None,
    max_contacts: int | None = None,
    outbound_flow_id: str | None = None,
) -> Instance:
    """An instance with support and billing, and agents a, b, c, … who serve both by telephone."""
    profiles = profiles or {"office": profile()}
    users = users or tuple(user(chr(ord("a") + number)) for number in range(agents))
    names = ("main", *flows)
    connects = (
        QuickConnect(id="to-billing", arn=_arn("transfer-destination", "to-billing"), name="Billing", type="QUEUE", queue_id="billing"),
        QuickConnect(id="to-b", arn=_arn("transfer-destination", "to-b"), name="B", type="USER", user_id="b"),
        QuickConnect(id="to-a", arn=_arn("transfer-destination", "to-a"), name="A", type="USER", user_id="a"),
        QuickConnect(id="to-number", arn=_arn("transfer-destination", "to-number"), name="Shop", type="PHONE_NUMBER", number="+81399999999"),
        QuickConnect(id="to-flow", arn=_arn("transfer-destination", "to-flow"), name="Flow", type="FLOW", flow_id="main"),
    )  # fmt: skip
    always = (Opening(start=time(0), end=time(0)),)
    return Instance(
        id=ARN.rpartition("/")[2], arn=ARN, name="centre", region="ap-northeast-1", account="123456789012",
        hours={"always": Hours(id="always", arn=_arn("operating-hours", "always"), name="Always", zone="Asia/Tokyo", week=dict.fromkeys(range(7), always))},
        queues={
            name: Queue(id=name, arn=_arn("queue", name), name=name, hours_id="always", max_contacts=max_contacts if name == "support" else None, outbound_number=NUMBER, outbound_flow_id=outbound_flow_id)
            for name in ("support", "billing")
        },
        routing_profiles=profiles,
        users={each.id: each for each in users},
        statuses={
            AVAILABLE: AgentStatus(id=AVAILABLE, arn=_arn("agent-state", AVAILABLE), name="Available", type="ROUTABLE", order=1),
            LUNCH: AgentStatus(id=LUNCH, arn=_arn("agent-state", LUNCH), name="Lunch", type="CUSTOM", order=2),
            OFFLINE: AgentStatus(id=OFFLINE, arn=_arn("agent-state", OFFLINE), name="Offline", type="OFFLINE", order=3),
        },
        groups={}, quick_connects={each.id: each for each in connects},
        flows={name: Flow(id=name, arn=_arn("contact-flow", name), name=name, type="CONTACT_FLOW", content="") for name in names},
        modules={}, security_keys={}, numbers={NUMBER: "main"},
    )  # fmt: skip


def profile(
    name: str = "office",
    *queues: tuple[str, Channel, int, int],
    concurrency: Mapping[Channel, int] | None = None,
    any_channel: frozenset[Channel] = frozenset(),
) -> RoutingProfile:
    """A routing profile; queues are (queue, channel, priority, delay), by default both by telephone."""
    served = queues or (("support", "VOICE", 1, 0), ("billing", "VOICE", 1, 0))
    return RoutingProfile(
        id=name,
        arn=_arn("routing-profile", name),
        name=name,
        default_outbound_queue_id="support",
        concurrency=concurrency or {"VOICE": 1},
        queues=tuple(ProfileQueue(queue_id=q, channel=c, priority=p, delay=d) for q, c, p, d in served),
        any_channel=any_channel,
    )


def user(name: str, *, profile: str = "office", **changes: Any) -> User:
    """An agent in Tokyo whose after-contact work ends when it is closed."""
    return User(
        id=name,
        arn=_arn("agent", name),
        name=f"agent-{name}",
        first_name=name.upper(),
        last_name="Sato",
        routing_profile_id=profile,
        hierarchy=(HierarchyGroup(id="tokyo", arn=_arn("agent-group", "tokyo"), name="Tokyo"),),
        **changes,
    )


def speaks(language: str, level: float) -> tuple[Proficiency, ...]:
    return (Proficiency(name="Language", value=language, level=level),)


class House:
    """An exchange at work, and what one says about it in a scene."""

    def __init__(
        self,
        scripts: Mapping[str, Script] | None = None,
        *,
        patience: float = 1.0,
        seed: int = 7,
        tells: bool = True,
        **of: Any,
    ) -> None:
        self.scripts = {"main": straight_to("support"), **(scripts or {})}
        self.timeline = Timeline(MORNING)
        self.world = World(self.timeline)
        flows = tuple(name for name in self.scripts if name != "main")
        self.instance = instance(flows=flows, **of)
        self.exchange = Exchange(
            self.instance, self.timeline, self.world, self._player, seed=seed, patience=patience, tells=tells
        )

    def _player(self) -> Player:
        return lambda flow, line: self.scripts[flow.id](line)

    def pass_seconds(self, seconds: float) -> None:
        self.timeline.advance(self.timeline.now + timedelta(seconds=seconds))

    def calls(self, by: str = CALLER) -> str:
        return self.exchange.call(to=NUMBER, by=by)

    def on_duty(self, *names: str) -> None:
        """Let agents come and be available, a second after each other."""
        for name in names:
            self.exchange.sign_in(name)
            self.exchange.set_status(name, AVAILABLE)
            self.pass_seconds(1)

    def talks(self, name: str, contact_id: str) -> None:
        """Let an agent accept, and talk."""
        self.exchange.accept(name, contact_id)
        assert self.state(name, contact_id) == "CONNECTED"

    def state(self, name: str, contact_id: str) -> str | None:
        """How an agent has a contact, if at all."""
        held = self.exchange.agent(name).contacts.get(contact_id)
        return held.state.value if held else None

    def contact(self, contact_id: str) -> Contact:
        return self.exchange.contact(contact_id)

    def newest(self) -> Contact:
        """The contact that began last."""
        return list(self.exchange.contacts.values())[-1]

    def told(self, contact_id: str) -> list[str]:
        """The types of a contact's events, in order."""
        return [each["eventType"] for each in self.world.events if each["contactId"] == contact_id]

    def record(self, contact_id: str) -> dict[str, Any]:
        """The one record of a contact."""
        self.pass_seconds(1)
        (found,) = [each for each in self.world.records if each["ContactId"] == contact_id]
        return found

    def hears(self, contact_id: str) -> Heard:
        """What is heard on a contact now."""
        return self.world.heard[contact_id][-1]


def _arn(kind: str, name: str) -> str:
    return f"{ARN}/{kind}/{name}"
