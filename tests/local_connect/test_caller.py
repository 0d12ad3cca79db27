"""Who may call: the key in the signature leads to a function's role, and IAM decides for the role."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from infra.local.connect.api.caller import GOOD_FOR, Callers, key_of, resource_of, signature_of
from infra.local.connect.api.problems import ApiProblem
from infra.local.connect.intrinsics import INSTANCE_ARN, INSTANCE_ID
from infra.local.settings import ACCOUNT, REGION

NOW = datetime(2026, 6, 15, 1, tzinfo=UTC)
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:sweep"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sweep"
ASKED = {"InstanceId": INSTANCE_ID, "ContactId": "c1"}


def signed(key: str, *, region: str = REGION, service: str = "connect") -> str:
    return (
        f"AWS4-HMAC-SHA256 Credential={key}/20260615/{region}/{service}/aws4_request, SignedHeaders=host, Signature=00"
    )


class Guarded:
    """Callers whose IAM answers as told."""

    def __init__(self) -> None:
        account = {"region_name": REGION, "aws_access_key_id": "a", "aws_secret_access_key": "b"}
        iam: Any = boto3.client("iam", **account)  # type: ignore[call-overload]
        functions: Any = boto3.client("lambda", **account)  # type: ignore[call-overload]
        self.iam, self.functions = Stubber(iam), Stubber(functions)
        self.callers = Callers(INSTANCE_ARN, iam=iam, functions=functions)

    def knows(self, decision: str | None) -> None:
        """Let IAM be asked once; None means that it is not asked, only the functions."""
        self.functions.add_response("list_functions", {"Functions": [{"FunctionArn": FUNCTION, "Role": ROLE}]})
        if decision is not None:
            evaluation = {"EvalActionName": "connect:DescribeContact", "EvalDecision": decision}
            asked = {"PolicySourceArn": ROLE, "ActionNames": ["connect:DescribeContact"], "ResourceArns": ANY}
            self.iam.add_response("simulate_principal_policy", {"EvaluationResults": [evaluation]}, asked)

    def call(self, authorization: str, now: datetime = NOW, contact: str = "c1") -> None:
        asked = {**ASKED, "ContactId": contact}
        asyncio.run(self.callers.check(authorization, "DescribeContact", asked, now))


@pytest.fixture
def guarded() -> Iterator[Guarded]:
    guarded = Guarded()
    with guarded.iam, guarded.functions:
        yield guarded
        guarded.iam.assert_no_pending_responses()
        guarded.functions.assert_no_pending_responses()


def test_a_function_may_what_its_role_may_and_is_not_asked_about_each_time(guarded: Guarded) -> None:
    guarded.knows("allowed")
    for seconds in (0, 1, GOOD_FOR.total_seconds()):
        guarded.call(signed(key_of(FUNCTION, ROLE)), NOW + timedelta(seconds=seconds))


def test_decisions_too_old_to_hold_are_not_kept(guarded: Guarded) -> None:
    for minute in range(5):
        guarded.knows("allowed")
        guarded.call(signed(key_of(FUNCTION, ROLE)), NOW + timedelta(minutes=minute), contact=f"c{minute}")
    assert len(guarded.callers._decisions) == 1


@pytest.mark.parametrize("decision", ["implicitDeny", "explicitDeny"])
def test_what_its_role_may_not_is_refused_by_name_until_the_policy_changes(guarded: Guarded, decision: str) -> None:
    guarded.knows(decision)
    with pytest.raises(
        ApiProblem, match=rf"{ROLE} is not authorized to perform connect:DescribeContact on .+/contact/c1"
    ) as refused:
        guarded.call(signed(key_of(FUNCTION, ROLE)))
    assert refused.value.code == "AccessDeniedException"
    guarded.knows("allowed")
    guarded.call(signed(key_of(FUNCTION, ROLE)), NOW + GOOD_FOR * 2)


def test_the_owner_of_the_account_may_everything(guarded: Guarded) -> None:
    guarded.call(signed("test"))


def test_an_unknown_key_is_nobodys(guarded: Guarded) -> None:
    guarded.knows(None)
    with pytest.raises(ApiProblem, match="Nobody here has the access key ASIAOTHER"):
        guarded.call(signed("ASIAOTHER"))


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("", "is not signed"),
        ("Bearer token", "is not signed"),
        (signed("test", region="us-east-1"), f"signed for connect in us-east-1: sign it for connect in {REGION}"),
        (signed("test", service="lambda"), "signed for lambda"),
    ],
)
def test_a_request_must_be_signed_for_connect_here(header: str, said: str) -> None:
    with pytest.raises(ApiProblem, match=said) as refused:
        signature_of(header)
    assert refused.value.code == "AccessDeniedException"


@pytest.mark.parametrize(
    ("asked", "resource"),
    [
        ({"ContactId": "c1", "UserId": "u1"}, "/contact/c1"),
        ({"InitialContactId": "c1"}, "/contact/c1"),
        ({"UserId": f"{INSTANCE_ARN}/agent/u1", "RoutingProfileId": "p1"}, "/agent/u1"),
        ({"QueueId": "q1"}, "/queue/q1"),
        ({"ContactFlowId": "f1", "Name": "x"}, "/contact-flow/f1"),
        ({}, ""),
    ],
)
def test_a_policy_is_about_what_a_request_is_about(asked: dict[str, str], resource: str) -> None:
    assert resource_of(INSTANCE_ARN, {"InstanceId": INSTANCE_ID, **asked}) == INSTANCE_ARN + resource
