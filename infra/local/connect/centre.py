"""The centre that `infra/connect.yaml` describes, with the ids that stand for it on this machine.

Ids are made from the instance and the names in the template, so they are the same in every run and on every machine.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from chalicelib.routing.model import Entry
from infra.local.settings import ACCOUNT, REGION, ROOT

TEMPLATE = ROOT / "infra" / "connect.yaml"
INSTANCE_ID = str(uuid.uuid5(uuid.NAMESPACE_URL, "https://tsunagu.invalid/local"))
INSTANCE_ARN = f"arn:aws:connect:{REGION}:{ACCOUNT}:instance/{INSTANCE_ID}"
THRESHOLD_TAG = "tsunagu:service-level-seconds"


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A queue; `service_level_seconds` is its own threshold, if it has one."""

    id: str
    name: str
    service_level_seconds: int | None

    @property
    def arn(self) -> str:
        """By what events name the queue."""
        return f"{INSTANCE_ARN}/queue/{self.id}"


@dataclass(frozen=True, kw_only=True)
class Site:
    """A place of work: a first-level group of the agent hierarchy."""

    id: str
    name: str

    @property
    def arn(self) -> str:
        """By what events name the group."""
        return f"{INSTANCE_ARN}/agent-group/{self.id}"


@dataclass(frozen=True, kw_only=True)
class Agent:
    """Somebody who answers."""

    id: str
    username: str
    site: Site
    routing_profile: str
    routing_profile_id: str

    @property
    def arn(self) -> str:
        """By what events name the agent."""
        return f"{INSTANCE_ARN}/agent/{self.id}"


class Centre:
    """Queues, sites and agents of one template."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        self._resources: Mapping[str, Any] = template["Resources"]

    @classmethod
    def of_file(cls, path: Path = TEMPLATE) -> "Centre":
        """Read the centre from its CloudFormation template."""
        return cls(yaml.load(path.read_text(), _Loader))  # noqa: S506 - a safe loader that also knows CloudFormation's short forms

    @cached_property
    def queues(self) -> dict[str, Queue]:
        """The queues by name."""
        return {
            properties["Name"]: Queue(
                id=_id(logical), name=properties["Name"], service_level_seconds=_threshold(properties)
            )
            for logical, properties in self._of("AWS::Connect::Queue")
        }

    @cached_property
    def sites(self) -> dict[str, Site]:
        """The sites by name."""
        return {
            properties["Name"]: Site(id=_id(logical), name=properties["Name"])
            for logical, properties in self._of("AWS::Connect::UserHierarchyGroup")
        }

    @cached_property
    def agents(self) -> list[Agent]:
        """The agents, in the template's order."""
        sites = {site.id: site for site in self.sites.values()}
        profiles = dict(self._of("AWS::Connect::RoutingProfile"))
        agents = []
        for logical, properties in self._of("AWS::Connect::User"):
            profile = _target(properties["RoutingProfileArn"])
            agents.append(
                Agent(
                    id=_id(logical),
                    username=properties["Username"],
                    site=sites[_id(_target(properties["HierarchyGroupArn"]))],
                    routing_profile=profiles[profile]["Name"],
                    routing_profile_id=_id(profile),
                )
            )
        return agents

    def directory(self) -> list[Entry]:
        """Return what the application must know: names of queues and sites, and the queues' thresholds."""
        queues = [
            Entry(kind="queue", id=q.id, name=q.name, service_level_seconds=q.service_level_seconds)
            for q in self.queues.values()
        ]
        return queues + [Entry(kind="site", id=site.id, name=site.name) for site in self.sites.values()]

    def _of(self, kind: str) -> list[tuple[str, Mapping[str, Any]]]:
        return [
            (logical, resource["Properties"])
            for logical, resource in self._resources.items()
            if resource["Type"] == kind
        ]


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms: `!GetAtt A.B` becomes {"GetAtt": "A.B"}."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {suffix: loader.construct_scalar(node)}
    assert isinstance(node, yaml.SequenceNode), "no short form takes a mapping here"
    return {suffix: loader.construct_sequence(node, deep=True)}


_Loader.add_multi_constructor("!", _short_form)


def _id(logical: str) -> str:
    return str(uuid.uuid5(uuid.UUID(INSTANCE_ID), logical))


def _target(reference: Mapping[str, str]) -> str:
    return reference["GetAtt"].partition(".")[0]


def _threshold(properties: Mapping[str, Any]) -> int | None:
    for tag in properties.get("Tags", []):
        if tag["Key"] == THRESHOLD_TAG:
            return int(tag["Value"])
    return None
