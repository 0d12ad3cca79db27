"""What the deployed template says about tables, queues and each function's environment."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from .stream import Stream
from .tables import Index, KeyAttribute, KeySchema, Table

ACCOUNT, REGION = "123456789012", "ap-northeast-1"
TEMPLATE = Path(__file__).parents[3] / "infra" / "template.yaml"

Document = dict[str, Any]


class Template:
    """A CloudFormation template read without deploying it: a resource's name is its logical id.

    `parameters` stand in for the template's defaults.
    """

    def __init__(self, path: Path = TEMPLATE, parameters: Mapping[str, str] | None = None) -> None:
        document = yaml.load(path.read_text(), _Loader)
        self._resources: Document = document["Resources"]
        self._globals: Document = document.get("Globals", {})
        self._conditions: Document = document.get("Conditions", {})
        self._told: Document = document.get("Parameters", {})
        defaults = {name: str(told.get("Default", name)) for name, told in self._told.items()}
        self._parameters = defaults | dict(parameters or {})

    def definitions(self, kind: str) -> dict[str, Document]:
        """Return the properties of the resources of one type, by logical id."""
        return {name: told["Properties"] for name, told in self._resources.items() if told.get("Type") == kind}

    def parameter(self, name: str) -> Document:
        """Return what the template says of a parameter."""
        return dict(self._told[name])

    def tables(self) -> list[Table]:
        """Return the template's tables, new and empty."""
        return [_table(name, told) for name, told in self.definitions("AWS::DynamoDB::Table").items()]

    def queues(self) -> list[str]:
        """Return the URLs of the template's queues."""
        return [queue_url(name) for name in self.definitions("AWS::SQS::Queue")]

    def handler(self, function: str) -> str:
        """Return what a function (by logical id) is deployed to call, where the template names it."""
        return str(self._resources[function]["Properties"]["Handler"])

    def environment(self, function: str) -> dict[str, str]:
        """Return the variables that a function (by logical id) is deployed with."""
        shared = self._globals.get("Function", {}).get("Environment", {}).get("Variables", {})
        own = self._resources[function]["Properties"].get("Environment", {}).get("Variables", {})
        return {name: self.resolved(value) for name, value in (shared | own).items()}

    def all_environments(self) -> dict[str, str]:
        """Return the variables of all functions together; no name means two things."""
        merged: dict[str, str] = {}
        for name, told in self._resources.items():
            if "Environment" in told.get("Properties", {}):
                environment = self.environment(name)
                assert all(merged.get(key, value) == value for key, value in environment.items()), name
                merged |= environment
        return merged

    def filters(self, function: str, source: str) -> list[Document]:
        """Return the filter patterns of a function's event source, as CloudFormation text parsed."""
        events = self._resources[function]["Properties"]["Events"]
        patterns = events[source]["Properties"].get("FilterCriteria", {}).get("Filters", [])
        return [yaml.safe_load(each["Pattern"]) for each in patterns]

    def resolved(self, value: Any) -> str:
        """Return a value with its references followed."""
        match value:
            case {"Ref": str(name)}:
                return self._referred(name)
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([^}]+)\}", lambda found: self._referred(found[1]), text)
            case {"Fn::Sub": [str(text), dict(own)]}:
                return re.sub(
                    r"\$\{([^}]+)\}",
                    lambda found: self.resolved(own[found[1]]) if found[1] in own else self._referred(found[1]),
                    text,
                )
            case {"Fn::If": [str(condition), yes, no]}:
                return self.resolved(yes if self._holds(self._conditions[condition]) else no)
            case {"Fn::Select": [index, {"Fn::Split": [str(separator), text]}]}:
                return str(self.resolved(text).split(separator)[index])
            case {"Fn::GetAtt": str(path)}:
                return path
            case _:
                return str(value)

    def _holds(self, condition: Document) -> bool:
        match condition:
            case {"Fn::Not": [dict(other)]}:
                return not self._holds(other)
            case {"Fn::Equals": [one, other]}:
                return self.resolved(one) == self.resolved(other)
            case _:
                raise NotImplementedError(condition)

    def _referred(self, name: str) -> str:
        if name in self._parameters:
            return self._parameters[name]
        is_queue = self._resources.get(name, {}).get("Type") == "AWS::SQS::Queue"
        return queue_url(name) if is_queue else {"AWS::Region": REGION, "AWS::AccountId": ACCOUNT}.get(name, name)


def queue_url(name: str) -> str:
    """Return the URL of the queue with this logical id."""
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"


def _table(name: str, told: Document) -> Table:
    kinds = {each["AttributeName"]: each["AttributeType"] for each in told["AttributeDefinitions"]}
    schema = _key_schema(told, kinds)
    indexes = {
        index["IndexName"]: _index(schema, _key_schema(index, kinds), index["Projection"])
        for index in told.get("GlobalSecondaryIndexes", [])
    }
    view_type = told.get("StreamSpecification", {}).get("StreamViewType")
    return Table(name, schema, indexes, Stream(name, view_type) if view_type else None)


def _key_schema(told: Document, kinds: Mapping[str, str]) -> KeySchema:
    by_type = {each["KeyType"]: each["AttributeName"] for each in told["KeySchema"]}
    attributes = {key_type: KeyAttribute(name, kinds[name]) for key_type, name in by_type.items()}
    return KeySchema(attributes["HASH"], attributes.get("RANGE"))


def _index(table: KeySchema, schema: KeySchema, projection: Document) -> Index:
    if projection["ProjectionType"] == "ALL":
        return Index(schema, None)
    return Index(schema, frozenset([*table.names, *schema.names, *projection.get("NonKeyAttributes", [])]))


class _Loader(yaml.SafeLoader):
    """A YAML loader that reads CloudFormation's short forms (`!Ref x`) as the long ones (`{Ref: x}`)."""


def _function(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> Document:
    if isinstance(node, yaml.ScalarNode):
        content: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        content = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        content = loader.construct_mapping(node, deep=True)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": content}


_Loader.add_multi_constructor("!", _function)
