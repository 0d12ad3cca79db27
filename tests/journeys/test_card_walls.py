"""The walls of the card room on the running stack: the session of every function's own role tries what only one of them may do.

Staff have no role of AWS at all: they have tokens of a user pool, which open the API, and the API has the role of its function.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.settings import STACK_NAME
from tests.docs.pages import TEMPLATE
from tests.journeys.staff import client

Stack = dict[str, Any]
Client = Callable[[str], Any]
REFUSED = {"AccessDenied", "AccessDeniedException"}


class Trial(NamedTuple):
    """Something that somebody might try; `allowed` are the functions whose roles may."""

    what: str
    attempt: Callable[[Client, dict[str, str]], Any]
    allowed: frozenset[str]


def _keys(table: str) -> dict[str, Any]:
    schema = TEMPLATE.definitions("AWS::DynamoDB::Table")[table]["KeySchema"]
    return {each["AttributeName"]: {"S": "nobody"} for each in schema}


def _query(table: str, index: str | None = None) -> Callable[[Client, dict[str, str]], Any]:
    name = "account_id" if index else next(iter(_keys(table)))

    def attempt(role: Client, outputs: dict[str, str]) -> Any:
        return role("dynamodb").query(
            TableName=outputs[table],
            KeyConditionExpression="#key = :key",
            ExpressionAttributeNames={"#key": name},
            ExpressionAttributeValues={":key": {"S": "nobody"}},
            **({"IndexName": index} if index else {}),
        )

    return attempt


def _reading(table: str, *, query: frozenset[str] = frozenset()) -> list[Trial]:
    return [
        Trial(
            f"get an item of {table}",
            lambda role, outputs: role("dynamodb").get_item(TableName=outputs[table], Key=_keys(table)),
            frozenset(),
        ),
        Trial(
            f"get many items of {table}",
            lambda role, outputs: role("dynamodb").batch_get_item(
                RequestItems={outputs[table]: {"Keys": [_keys(table)]}}
            ),
            frozenset(),
        ),
        Trial(f"scan {table}", lambda role, outputs: role("dynamodb").scan(TableName=outputs[table]), frozenset()),
        Trial(f"query {table}", _query(table), query),
    ]


LOOKUP = frozenset({"CardLookup"})
TRIALS = [
    Trial(
        "read the private keys",
        lambda role, outputs: role("secretsmanager").get_secret_value(SecretId=outputs["CardKeysArn"]),
        LOOKUP,
    ),
    Trial(
        "make a token",
        lambda role, outputs: role("kms").generate_mac(
            KeyId=outputs["CardTokenKeyArn"], MacAlgorithm="HMAC_SHA_256", Message=b"nobody"
        ),
        LOOKUP,
    ),
    Trial(
        "try whether a token is a card's",
        lambda role, outputs: role("kms").verify_mac(
            KeyId=outputs["CardTokenKeyArn"], MacAlgorithm="HMAC_SHA_256", Message=b"nobody", Mac=bytes(32)
        ),
        frozenset(),
    ),
    *_reading("EntriesTable"),
    *_reading("CardTokensTable", query=LOOKUP),
    Trial(
        "query the cards of an account",
        _query("CardTokensTable", "by_account"),
        frozenset({"AccountImport"}),
    ),
]

NOBODY_MAY = [
    ("secretsmanager", "CardKeysArn", ("PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage", "DeleteSecret", "PutResourcePolicy")),
    ("kms", "CardTokenKeyArn", ("PutKeyPolicy", "CreateGrant", "ScheduleKeyDeletion", "DisableKey")),
]  # fmt: skip
"""What would be harm even as a trial, so that IAM is asked instead: service, output with the ARN, operations."""


def functions(stack: Stack) -> dict[str, str]:
    """Return the ARN of every function's role, by logical id of the function."""
    found = {}
    for page in client(stack, "cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK_NAME):
        for resource in page["StackResourceSummaries"]:
            if resource["ResourceType"] == "AWS::Lambda::Function":
                name = resource["PhysicalResourceId"]
                found[resource["LogicalResourceId"]] = client(stack, "lambda").get_function(FunctionName=name)
    return {name: each["Configuration"]["Role"] for name, each in found.items()}


@contextmanager
def session_of(stack: Stack, role: str) -> Iterator[Client]:
    """Become a role for a while. What it may do stays as it is; only who may become it is widened, and put back."""
    iam, name = client(stack, "iam"), role.rpartition("/")[2]
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    account = role.split(":")[4]
    ours = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}
    widened = {**trust, "Statement": [*trust["Statement"], ours]}
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(widened))
    try:
        keys = client(stack, "sts").assume_role(RoleArn=role, RoleSessionName="walls")["Credentials"]
        yield lambda service: boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=stack["aws_endpoint"],
            region_name=stack["region"],
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
            config=Config(retries={"total_max_attempts": 1}),
        )
    finally:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))


def outcome(trial: Trial, role: Client, outputs: dict[str, str]) -> str:
    """Return `allowed`, `refused`, or what else AWS said."""
    try:
        trial.attempt(role, outputs)
    except ClientError as problem:
        code = problem.response["Error"]["Code"]
        # Whoever may try whether a token fits is told that this one does not.
        return "refused" if code in REFUSED else "allowed" if code == "KMSInvalidMacException" else code
    return "allowed"


def test_every_role_but_one_is_refused_at_the_card_room(living: Stack) -> None:
    outputs, roles = living["outputs"], functions(living)
    assert {"CardLookup", "APIHandler", "ContactEvents"} <= set(roles)
    assert len(set(roles.values())) == len(roles), "no two functions share a role"
    for function, role in roles.items():
        with session_of(living, role) as session:
            told = {trial.what: outcome(trial, session, outputs) for trial in TRIALS}
        assert told == {trial.what: "allowed" if function in trial.allowed else "refused" for trial in TRIALS}, function


def test_no_role_may_change_keys_or_who_may_use_them(living: Stack) -> None:
    iam = client(living, "iam")
    for function, role in functions(living).items():
        for service, output, operations in NOBODY_MAY:
            told = iam.simulate_principal_policy(
                PolicySourceArn=role,
                ActionNames=[f"{service}:{operation}" for operation in operations],
                ResourceArns=[living["outputs"][output]],
            )["EvaluationResults"]
            assert len(told) == len(operations)
            assert {each["EvalDecision"] for each in told} == {"implicitDeny"}, function


def test_iam_would_say_so_if_a_role_might(living: Stack) -> None:
    """What the test above asks is answered truly: the one right that there is, is told as one."""
    role = functions(living)["CardLookup"]
    [told] = client(living, "iam").simulate_principal_policy(
        PolicySourceArn=role,
        ActionNames=["secretsmanager:GetSecretValue"],
        ResourceArns=[living["outputs"]["CardKeysArn"]],
    )["EvaluationResults"]
    assert told["EvalDecision"] == "allowed"


@pytest.mark.parametrize("kind", ["AWS::Cognito::IdentityPool", "AWS::Cognito::IdentityPoolRoleAttachment"])
def test_no_role_of_aws_stands_behind_staff(kind: str) -> None:
    """Groups of the user pool carry none either."""
    assert TEMPLATE.definitions(kind) == {}
    assert not [group for group in TEMPLATE.definitions("AWS::Cognito::UserPoolGroup").values() if "RoleArn" in group]
