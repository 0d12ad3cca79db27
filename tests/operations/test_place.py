"""A tool finds the centre it is to work on, or says what to do."""

from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from infra.local import state
from infra.operations.place import NoPlace, find

REGION = "ap-northeast-1"


def test_the_centre_on_this_machine_is_found_by_what_it_wrote(tmp_path: Path) -> None:
    running = state.Stack(
        aws_endpoint="http://127.0.0.1:4566",
        api_url="",
        web_url="",
        region=REGION,
        instance_id="i",
        event_source="local.connect",
        outputs={"FactsTable": "facts"},
        users=[],
        connect_endpoint="",
    )
    state.write(tmp_path / "stack.json", running)
    place = find("local", {"LOCAL_DIR": str(tmp_path)})
    assert place.outputs["FactsTable"] == "facts"
    assert place.event_source == "local.connect"
    assert place.client("dynamodb").meta.endpoint_url == "http://127.0.0.1:4566"


def test_where_none_runs_it_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(NoPlace, match="make run"):
        find("local", {"LOCAL_DIR": str(tmp_path)})


def test_a_stage_on_aws_is_found_by_its_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        template = '{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}, "Outputs": {"QueueUrl": {"Value": {"Ref": "Q"}}}}'
        boto3.client("cloudformation").create_stack(StackName="tsunagu-prod", TemplateBody=template)
        place = find("prod")
        assert place.outputs["QueueUrl"].startswith("http")
        assert place.event_source == "aws.connect"


def test_a_stage_that_was_never_deployed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws(), pytest.raises(NoPlace, match=r"no stack tsunagu-prod in ap-northeast-1"):
        find("prod")


def test_without_credentials_aws_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with pytest.raises(NoPlace, match="credentials"):
        find("prod")
