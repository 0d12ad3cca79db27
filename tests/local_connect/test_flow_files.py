"""Flows lie in files of their own and come into the template when it is deployed."""

import json
from pathlib import Path

import pytest

from infra.flows import embedded

TEMPLATE = """
Resources:
  Line:
    Type: AWS::Connect::Queue
    Properties: {HoursOfOperationArn: !GetAtt Hours.HoursOfOperationArn, InstanceArn: !Ref Instance}
  Greeting:
    Type: AWS::Connect::ContactFlow
    Properties: {Content: flows/greeting.json, Name: !Sub "${Stage} greeting", Tags: !If [Named, [], !Ref "AWS::NoValue"]}
"""


def template_in(folder: Path, flow: str) -> Path:
    (folder / "flows").mkdir()
    (folder / "flows" / "greeting.json").write_text(flow)
    (folder / "connect.yaml").write_text(TEMPLATE)
    return folder / "connect.yaml"


def test_a_flow_takes_the_place_of_its_path_and_short_forms_become_long(tmp_path: Path) -> None:
    resources = embedded(template_in(tmp_path, '{"Queue": "${Line.QueueArn}",\n "Text": "もしもし"}'))["Resources"]
    assert resources["Greeting"]["Properties"] == {
        "Content": {"Fn::Sub": '{"Queue":"${Line.QueueArn}","Text":"もしもし"}'},
        "Name": {"Fn::Sub": "${Stage} greeting"},
        "Tags": {"Fn::If": ["Named", [], {"Ref": "AWS::NoValue"}]},
    }
    assert resources["Line"]["Properties"] == {
        "HoursOfOperationArn": {"Fn::GetAtt": ["Hours", "HoursOfOperationArn"]},
        "InstanceArn": {"Ref": "Instance"},
    }
    json.dumps(resources)


def test_a_flow_that_is_no_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"greeting\.json is no JSON"):
        embedded(template_in(tmp_path, "{"))


def test_a_flow_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = template_in(tmp_path, "{}")
    (tmp_path / "flows" / "greeting.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"greeting\.json"):
        embedded(path)
