"""What is deployed is what we think: doors, settings, policies."""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from app import app
from infra.deploy import CannotDeploy, configuration, parameters_of
from tests import lives
from tests.centre import forget_wiring, scheduled
from tests.support.cloud import Cloud
from tests.support.cloud.template import Template
from tests.support.lambda_context import LambdaContext

ROOT = Path(__file__).parents[1]
doors: list[Any] = [*app.pure_lambda_functions, *app.event_sources]
DOORS: dict[str, str] = {door.name: door.handler_string for door in doors}
CONFIG = json.loads((ROOT / ".chalice" / "config.json").read_text())
PROBE = (
    "import importlib, sys; module, name = sys.argv[1].rsplit('.', 1);"
    "door = getattr(importlib.import_module(module), name);"
    "print(callable(door), *('yes' if heavy in sys.modules else 'no' for heavy in ('app', 'boto3', 'botocore.session')))"
)
FOR_EVERY_RESOURCE = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "dynamodb:ListStreams",
    "cloudwatch:PutMetricData",
    "cloudwatch:GetMetricData",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetDashboard",
}
"""Actions that nobody can narrow to a resource; the last one not on the emulator (decision 0010)."""

LEG = lives.story("answered", Random(1))[0]
EVENTS: dict[str, dict[str, Any]] = {
    "contact_events": {"Records": [{"messageId": "1", "body": lives.bodies([LEG])[0]}]},
    "contact_records": {"Records": [{"kinesis": {"sequenceNumber": "1", "data": "bm8gSlNPTg=="}}]},
    "contact_folding": {
        "Records": [{"eventName": "INSERT", "dynamodb": {"Keys": {"contact_id": {"S": LEG.contact_id}}}}]
    },
    "agent_events": {"Records": [{"kinesis": {"sequenceNumber": "1", "data": "bm8gSlNPTg=="}}]},
    "agent_folding": {
        "Records": [{"eventName": "INSERT", "dynamodb": {"Keys": {"agent_id": {"S": "a"}, "event": {"S": "2026"}}}}]
    },
    "contact_sweep": scheduled(lives.MORNING),
    "account_import": {"Records": [{"messageId": "1", "body": "no JSON"}]},
    "desk_requests": {"Records": [{"messageId": "1", "body": "no JSON"}]},
    "card_recording": {
        "Details": {
            "ContactData": {"InitialContactId": LEG.contact_id, "PreviousContactId": LEG.contact_id},
            "Parameters": {"do": "pause"},
        }
    },
    "card_lookup": {
        "Details": {
            "ContactData": {"ContactId": LEG.contact_id},
            "Parameters": {"card": "Timeout", "by": "menu"},
        }
    },
    "quality_changes": {"Records": [{"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "1"}}]},
    "quality_figures": scheduled(lives.MORNING),
    "quality_check": scheduled(lives.MORNING),
    "card_key_watch": scheduled(lives.MORNING),
}


@pytest.mark.parametrize("name", DOORS)
def test_a_door_opens_alone_without_app_boto3_and_botocore(name: str) -> None:
    """Lambda imports the door's module and no other; every import there is paid at each cold start."""
    probe = [sys.executable, "-c", PROBE, DOORS[name]]
    said = subprocess.run(probe, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert said == ["True", "no", "no", "no"]


def test_the_api_opens_without_the_doors_of_other_stories() -> None:
    """Its handler is named in the template, which Chalice would otherwise set to the whole switchboard."""
    handler = Cloud().template.handler("APIHandler")
    loaded = "import sys, importlib; importlib.import_module(sys.argv[1].rpartition('.')[0]); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded, handler], cwd=ROOT, capture_output=True, text=True, check=True)
    doors = {name for name in done.stdout.split() if name.startswith("chalicelib.") and name.endswith(".entry")}
    assert doors == {"chalicelib.desk.entry"}
    assert "app" not in done.stdout.split()


@pytest.mark.parametrize("name", DOORS)
def test_a_door_works_with_the_settings_that_are_deployed_with_it(name: str) -> None:
    cloud = Cloud()
    function = "".join(part.capitalize() for part in name.split("_"))
    module, _, door = DOORS[name].rpartition(".")
    handler = getattr(importlib.import_module(module), door)
    forget_wiring()
    with cloud.everywhere(cloud.template.environment(function)):
        handler(EVENTS[name], LambdaContext())
    forget_wiring()


def test_a_deployment_names_the_instance_that_is_asked_and_without_one_keeps_what_was_set() -> None:
    instance_id = lives.INSTANCE.rpartition("/")[2]
    assert parameters_of("prod", lives.INSTANCE, "") == {"Stage": "prod", "ConnectInstanceId": instance_id}
    assert parameters_of("prod", "", "") == {"Stage": "prod"}
    with pytest.raises(CannotDeploy, match="no Connect instance"):
        parameters_of("prod", "my-instance", "")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://example.my.connect.aws/ccp-v2/", "https://example.my.connect.aws/ccp-v2/"),
        ("https://example.my.connect.aws/ccp-v2", "https://example.my.connect.aws/ccp-v2/"),
        ("https://example.awsapps.com/connect/ccp-v2", "https://example.awsapps.com/connect/ccp-v2/"),
    ],
)
def test_a_deployment_names_the_agent_page_of_the_desk(given: str, kept: str) -> None:
    assert parameters_of("prod", "", given) == {"Stage": "prod", "CcpUrl": kept}
    assert re.fullmatch(Template().parameter("CcpUrl")["AllowedPattern"], kept)


@pytest.mark.parametrize(
    "given",
    [
        "example.my.connect.aws/ccp-v2/",
        "http://example.my.connect.aws/ccp-v2/",
        "https://example.my.connect.aws/",
        "https://example.my.connect.aws/ccp-v2/?a=b",
        "https://example.my.connect.aws; script-src */ccp-v2/",
    ],
)
def test_an_address_that_is_no_agent_page_is_refused(given: str) -> None:
    with pytest.raises(CannotDeploy, match="no agent page"):
        parameters_of("prod", "", given)


OUTPUTS = {"StaffClientId": "client", "Zone": "Asia/Tokyo", "Dashboard": "tsunagu-prod"}


def test_pages_are_told_of_a_softphone_only_where_there_is_one() -> None:
    ccp = "https://example.my.connect.aws/ccp-v2/"
    told = configuration("prod", "ap-northeast-1", OUTPUTS | {"CcpUrl": ccp})
    assert told["softphone"] == {"home": "streams", "ccpUrl": ccp, "region": "ap-northeast-1"}
    assert "softphone" not in configuration("prod", "ap-northeast-1", OUTPUTS)


@pytest.mark.parametrize(
    ("ccp", "framed", "asked", "microphone"),
    [
        ("", "'none'", "", ""),
        (
            "https://example.my.connect.aws/ccp-v2/",
            "https://example.my.connect.aws",
            " https://example.my.connect.aws",
            'self "https://example.my.connect.aws"',
        ),
    ],
)
def test_only_the_instance_may_be_in_a_frame_and_hear_the_agent(
    ccp: str, framed: str, asked: str, microphone: str
) -> None:
    template = Template(parameters={"CcpUrl": ccp})
    headers = template.definitions("AWS::CloudFront::ResponseHeadersPolicy")["SiteHeaders"][
        "ResponseHeadersPolicyConfig"
    ]
    policy = template.resolved(headers["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"])
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    assert directives["frame-src"] == framed
    assert directives["connect-src"].startswith("'self' https://cognito-idp.")
    assert directives["connect-src"].endswith(f"URLSuffix{asked}")
    assert (directives["default-src"], directives["script-src"]) == ("'none'", "'self'")
    [header] = headers["CustomHeadersConfig"]["Items"]
    assert template.resolved(header["Value"]) == f"camera=(), geolocation=(), microphone=({microphone})"


def test_no_middleware_hides_in_the_app() -> None:
    """Chalice would run it in tests and not in Lambda."""
    assert list(app.middleware_handlers) == []


def test_every_function_is_configured_by_its_own_name() -> None:
    """Chalice ignores a misspelt name without a word."""
    assert set(CONFIG["lambda_functions"]) == {*DOORS, "api_handler"}


@pytest.mark.parametrize("name", [*DOORS, "api_handler"])
def test_every_function_has_a_policy_of_its_own_that_names_actions_and_resources(name: str) -> None:
    path = ROOT / ".chalice" / CONFIG["lambda_functions"][name]["iam_policy_file"]
    assert path.name == f"{name}.json"
    for statement in json.loads(path.read_text())["Statement"]:
        assert not [action for action in statement["Action"] if "*" in action]
        assert statement["Resource"] != "*" or set(statement["Action"]) <= FOR_EVERY_RESOURCE
