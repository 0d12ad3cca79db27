"""Our flows, in the flow language of Amazon Connect, and how they come into the template that deploys them.

A flow is a file of its own, so that it can be read, checked and opened in Connect's designer. `infra/connect.yaml` names the file, as
templates do for `aws cloudformation package`. Inside a flow `${SupportQueue.QueueArn}` is what `Fn::Sub` makes of it; `$.Attributes.language`
is the flow's own, `Fn::Sub` leaves it alone.
"""

import json
from pathlib import Path
from typing import Any

import yaml

FLOW_TYPES = frozenset({"AWS::Connect::ContactFlow", "AWS::Connect::ContactFlowModule"})


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms."""


def _long_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode), "YAML knows no fourth kind of node"
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _long_form)


def embedded(path: Path) -> dict[str, Any]:
    """Return a CloudFormation template with the flows that it names inside it, as `{"Fn::Sub": <flow>}`.

    Short forms come out as long ones (`!GetAtt A.B` as `{"Fn::GetAtt": ["A", "B"]}`), so the result can be written as JSON.

    Raises:
        FileNotFoundError: the template names a flow's file that is not there.
        ValueError: a flow's file is no JSON; the message names the file.
    """
    template: dict[str, Any] = yaml.load(path.read_text(), _Loader)  # noqa: S506 - a safe loader that also knows CloudFormation's short forms
    for resource in template.get("Resources", {}).values():
        if resource["Type"] in FLOW_TYPES and isinstance(content := resource["Properties"]["Content"], str):
            resource["Properties"]["Content"] = {"Fn::Sub": _in_one_line(path.parent / content)}
    return template


def _in_one_line(path: Path) -> str:
    try:
        flow = json.loads(path.read_text())
    except ValueError as problem:
        raise ValueError(f"{path} is no JSON: {problem}") from problem
    return json.dumps(flow, ensure_ascii=False, separators=(",", ":"))
