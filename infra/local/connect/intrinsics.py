"""A CloudFormation template with its references followed, as far as `infra/connect.yaml` refers.

Resources get the ids that stand for them on this machine: made from the instance and the logical name, so they are the same in every run
and on every machine.
"""

import re
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from infra.local.problems import CannotRun
from infra.local.settings import ACCOUNT, REGION

INSTANCE_ID = str(uuid.uuid5(uuid.NAMESPACE_URL, "https://tsunagu.invalid/local"))
INSTANCE_ARN = f"arn:aws:connect:{REGION}:{ACCOUNT}:instance/{INSTANCE_ID}"
PSEUDO = {"AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::Region": REGION, "AWS::URLSuffix": "amazonaws.com"}
PLACEHOLDER = re.compile(r"\$\{(!?)([^}]+)\}")


class NotAnInstance(CannotRun):
    """The template describes no instance; the text names the resource and says what to do."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"infra/connect.yaml: {problem}")


class Kind(NamedTuple):
    """A type of resource: what its ARN says between the instance and the id, and the attribute that holds the ARN."""

    type: str
    path: str
    attribute: str


QUEUE = Kind(type="AWS::Connect::Queue", path="queue", attribute="QueueArn")
HOURS = Kind(type="AWS::Connect::HoursOfOperation", path="operating-hours", attribute="HoursOfOperationArn")
PROFILE = Kind(type="AWS::Connect::RoutingProfile", path="routing-profile", attribute="RoutingProfileArn")
USER = Kind(type="AWS::Connect::User", path="agent", attribute="UserArn")
GROUP = Kind(type="AWS::Connect::UserHierarchyGroup", path="agent-group", attribute="UserHierarchyGroupArn")
STATUS = Kind(type="AWS::Connect::AgentStatus", path="agent-state", attribute="AgentStatusArn")
QUICK_CONNECT = Kind(type="AWS::Connect::QuickConnect", path="transfer-destination", attribute="QuickConnectArn")
FLOW = Kind(type="AWS::Connect::ContactFlow", path="contact-flow", attribute="ContactFlowArn")
MODULE = Kind(type="AWS::Connect::ContactFlowModule", path="flow-module", attribute="ContactFlowModuleArn")
PROMPT = Kind(type="AWS::Connect::Prompt", path="prompt", attribute="PromptArn")
RIGHTS = Kind(type="AWS::Connect::SecurityProfile", path="security-profile", attribute="SecurityProfileArn")
KEY = Kind(type="AWS::Connect::SecurityKey", path="security-key", attribute="AssociationId")
KINDS = {
    kind.type: kind
    for kind in (QUEUE, HOURS, PROFILE, USER, GROUP, STATUS, QUICK_CONNECT, FLOW, MODULE, PROMPT, RIGHTS, KEY)
}


def id_of(name: str) -> str:
    """Return the id that stands for a resource, by its logical name."""
    return str(uuid.uuid5(uuid.UUID(INSTANCE_ID), name))


def arn_of(kind: Kind, name: str) -> str:
    """Return a resource's ARN in our instance."""
    return f"{INSTANCE_ARN}/{kind.path}/{id_of(name)}"


class References:
    """What `Ref`, `Fn::GetAtt` and `Fn::Sub` lead to in one template.

    A parameter has the value in `given`, otherwise its default; `InstanceArn` is always our instance.
    """

    def __init__(self, template: Mapping[str, Any], given: Mapping[str, str]) -> None:
        self._resources: Mapping[str, Any] = template["Resources"]
        self._parameters: Mapping[str, Any] = template.get("Parameters") or {}
        self._given = {**given, "InstanceArn": INSTANCE_ARN}

    def follow(self, value: Any, place: str) -> Any:
        """Return the value with every reference in it followed; `place` is the resource it stands in. Raises NotAnInstance."""
        if isinstance(value, list):
            return [self.follow(each, place) for each in value]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            [(function, argument)] = value.items()
            if function == "Ref":
                return self._referred(argument, place)
            if function == "Fn::GetAtt":
                return self._attribute(*_halves(argument, place), place)
            if function == "Fn::Sub":
                return self._substituted(argument, place)
            if function.startswith("Fn::"):
                raise NotAnInstance(
                    f"{place} uses {function}, which is not read here: write it with Ref, Fn::GetAtt or Fn::Sub."
                )
        return {name: self.follow(each, place) for name, each in value.items()}

    def _referred(self, name: str, place: str) -> Any:
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self._resources:
            return self._attribute(name, None, place)
        if name not in self._parameters:
            raise NotAnInstance(
                f"{place} refers to {name}, and there is neither a resource nor a parameter of this name: correct the name."
            )
        if name in self._given:
            return self._given[name]
        if "Default" not in self._parameters[name]:
            raise NotAnInstance(
                f"{place} needs the parameter {name}, and nobody gives it a value: give it a Default, or add an output {name} to infra/template.yaml."
            )
        return self._parameters[name]["Default"]

    def _attribute(self, name: str, attribute: str | None, place: str) -> str:
        if name not in self._resources:
            raise NotAnInstance(f"{place} refers to {name}, and there is no resource of this name: correct the name.")
        kind = KINDS.get(self._resources[name]["Type"])
        if kind is None or attribute not in (None, kind.attribute):
            known = (
                f"its attribute is {kind.attribute}" if kind else f"a {self._resources[name]['Type']} is not read here"
            )
            raise NotAnInstance(
                f"{place} refers to {name}{'.' + attribute if attribute else ''}, but {known}: correct the reference."
            )
        return id_of(name) if kind == KEY else arn_of(kind, name)

    def _substituted(self, argument: str | list[Any], place: str) -> str:
        text, own = (argument, {}) if isinstance(argument, str) else argument

        def value(found: re.Match[str]) -> str:
            literal, name = found[1], found[2].strip()
            if literal:
                return f"${{{name}}}"
            if name in own:
                return str(self.follow(own[name], place))
            first, dot, attribute = name.partition(".")
            return self._attribute(first, attribute, place) if dot else str(self._referred(name, place))

        return PLACEHOLDER.sub(value, text)


def _halves(argument: str | list[str], place: str) -> tuple[str, str]:
    name, dot, attribute = argument.partition(".") if isinstance(argument, str) else (argument[0], ".", argument[1])
    if not dot:
        raise NotAnInstance(f"{place} has a Fn::GetAtt of {name} alone: write it as {name}.Attribute.")
    return name, attribute
