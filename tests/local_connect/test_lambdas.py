"""Flow Lambdas: only with permission, three times at most, never beyond the limit; each problem said without the caller's words."""

import io
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from infra.local.connect.flows.line import Invoke
from infra.local.connect.intrinsics import INSTANCE_ARN
from infra.local.connect.lambdas import invoke, may_invoke
from infra.local.connect.template import Template
from infra.local.settings import ACCOUNT, REGION
from tests.local_connect.test_template import small

INSTANCE = Template(small(), {"Card": "x"}).instance()
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:lookup"
REQUEST = Invoke(function_arn=FUNCTION, request={"Name": "ContactFlowEvent", "Details": {}}, seconds=8)
ALLOWED = {
    "Effect": "Allow",
    "Principal": {"Service": "connect.amazonaws.com"},
    "Action": "lambda:InvokeFunction",
    "Condition": {"StringEquals": {"AWS:SourceAccount": ACCOUNT}, "ArnLike": {"AWS:SourceArn": INSTANCE_ARN}},
}


@pytest.fixture
def client() -> Any:
    return boto3.client("lambda", region_name=REGION, aws_access_key_id="a", aws_secret_access_key="b")


@pytest.fixture
def stub(client: Any) -> Iterator[Stubber]:
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


def allow(stub: Stubber) -> None:
    stub.add_response("get_policy", {"Policy": json.dumps({"Statement": [ALLOWED]})}, {"FunctionName": FUNCTION})


def answer(stub: Stubber, body: bytes, **told: Any) -> None:
    asked = {"FunctionName": FUNCTION, "Payload": json.dumps(dict(REQUEST.request)).encode()}
    stub.add_response("invoke", {"Payload": StreamingBody(io.BytesIO(body), len(body)), **told}, asked)


def test_a_function_gets_the_exact_request_and_its_document_comes_back(client: Any, stub: Stubber) -> None:
    allow(stub)
    answer(stub, b'{"name": "\xe6\x97\xa5\xe6\x9c\xac"}')
    assert invoke(REQUEST, INSTANCE, client).document == {"name": "日本"}


def test_an_error_is_tried_again_and_the_third_is_the_last(client: Any, stub: Stubber) -> None:
    allow(stub)
    answer(stub, b'{"errorMessage": "4111111111111111"}', FunctionError="Unhandled")
    stub.add_client_error("invoke", "TooManyRequestsException", http_status_code=429)
    answer(stub, b'{"errorMessage": "4111111111111111"}', FunctionError="Unhandled")
    result = invoke(REQUEST, INSTANCE, client)
    assert result.document is None
    assert result.problem == f"{FUNCTION} failed (Unhandled): its log says why"


def test_a_second_try_may_succeed(client: Any, stub: Stubber) -> None:
    allow(stub)
    stub.add_client_error("invoke", "ServiceException", http_status_code=500)
    answer(stub, b"{}")
    assert invoke(REQUEST, INSTANCE, client).document == {}


def test_what_comes_after_the_limit_does_not_count(client: Any, stub: Stubber) -> None:
    allow(stub)
    answer(stub, b"{}")
    moments = iter([0.0, 1.0, 9.0])
    assert (
        invoke(REQUEST, INSTANCE, client, clock=lambda: next(moments)).problem == "the time limit of the flow was over"
    )


@pytest.mark.parametrize(("body", "said"), [(b"x" * 40_000, "40000 bytes: 32768 is the most"), (b"no", "no JSON")])
def test_an_answer_that_connect_does_not_take(client: Any, stub: Stubber, body: bytes, said: str) -> None:
    allow(stub)
    for _ in range(3 if len(body) > 1000 else 1):
        answer(stub, body)
    assert said in (invoke(REQUEST, INSTANCE, client).problem or "")


def test_without_permission_nothing_is_invoked(client: Any, stub: Stubber) -> None:
    stub.add_client_error("get_policy", "ResourceNotFoundException", http_status_code=404)
    assert "add an AWS::Lambda::Permission" in (invoke(REQUEST, INSTANCE, client).problem or "")


def test_a_policy_that_cannot_be_read_is_a_problem_too(client: Any, stub: Stubber) -> None:
    stub.add_client_error("get_policy", "ServiceException", http_status_code=500)
    assert "ServiceException" in (invoke(REQUEST, INSTANCE, client).problem or "")


def conditions(**told: Any) -> dict[str, Any]:
    return {**ALLOWED, "Condition": told}


@pytest.mark.parametrize(
    ("statements", "may"),
    [
        ([ALLOWED], True),
        ([conditions()], True),
        ([{**ALLOWED, "Principal": "*"}], True),
        ([{**ALLOWED, "Action": ["lambda:*"]}], True),
        ([conditions(ArnLike={"aws:SourceArn": "arn:aws:connect:*"})], True),
        ([conditions(ArnLike={"aws:SourceArn": INSTANCE_ARN.replace("d", "e")})], False),
        ([conditions(StringEquals={"AWS:SourceAccount": "999999999999"})], False),
        ([conditions(StringEquals={"aws:PrincipalOrgID": "o"})], False),
        ([conditions(DateLessThan={"aws:SourceArn": "2026-01-01"})], False),
        ([{**ALLOWED, "Principal": {"Service": "events.amazonaws.com"}}], False),
        ([{**ALLOWED, "Principal": {"Service": ["events.amazonaws.com", "connect.amazonaws.com"]}}], True),
        ([{**ALLOWED, "Action": "lambda:GetFunction"}], False),
        ([ALLOWED, {**ALLOWED, "Effect": "Deny"}], False),
        ([], False),
    ],
)
def test_who_may_invoke_stands_in_the_functions_policy(statements: list[dict[str, Any]], may: bool) -> None:
    assert may_invoke({"Statement": statements}, INSTANCE) is may
