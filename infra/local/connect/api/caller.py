"""Who calls, and whether they may: the access key in the signature leads to a role, and the emulator's IAM decides for the role.

The signature itself is not checked: the secrets are the emulator's. What is checked: that it is one of Connect in our region, whose key it
names, and what the key's role may do. A function's key is made from its own ARN and its role's (see `key_of`).
"""

import asyncio
import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from infra.local.connect.api.problems import ApiProblem
from infra.local.connect.instance import id_in
from infra.local.settings import REGION, ROOT_KEY

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

CREDENTIAL = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
GOOD_FOR = timedelta(seconds=30)
"""How long a decision holds before it is asked for again."""
RESOURCES = {
    "ContactId": "contact", "InitialContactId": "contact", "ContactFlowId": "contact-flow", "UserId": "agent",
    "QueueId": "queue", "RoutingProfileId": "routing-profile",
}  # fmt: skip
"""Members of a request and what they name in an ARN, the first of them that is asked about counts."""


class Signature(NamedTuple):
    """What an Authorization header says."""

    key: str
    region: str
    service: str


class Callers:
    """The guard of one instance on one emulator. `clock` tells when a decision is too old."""

    def __init__(self, instance_arn: str, *, iam: Any, functions: "LambdaClient") -> None:
        self._instance_arn = instance_arn
        self._iam = iam
        self._functions = functions
        self._decisions: dict[tuple[str, str, str], tuple[datetime, str | None]] = {}

    async def check(self, authorization: str, operation: str, asked: Mapping[str, Any], now: datetime) -> None:
        """Raise ApiProblem for a caller who may not do this."""
        signature = signature_of(authorization)
        if signature.key == ROOT_KEY["AWS_ACCESS_KEY_ID"]:
            return
        resource = resource_of(self._instance_arn, asked)
        question = (signature.key, operation, resource)
        then, refusal = self._decisions.get(question, (None, None))
        if then is None or now - then > GOOD_FOR:
            refusal = await asyncio.to_thread(self._refusal, *question)
            fresh = {asked: made for asked, made in self._decisions.items() if now - made[0] <= GOOD_FOR}
            self._decisions = {**fresh, question: (now, refusal)}
        if refusal is not None:
            raise ApiProblem("AccessDeniedException", refusal)

    def _refusal(self, key: str, operation: str, resource: str) -> str | None:
        role = self._role_of(key)
        if role is None:
            return f"Nobody here has the access key {key}: sign with a function's own credentials."
        answer = self._iam.simulate_principal_policy(
            PolicySourceArn=role, ActionNames=[f"connect:{operation}"], ResourceArns=[resource]
        )
        if all(each["EvalDecision"] == "allowed" for each in answer["EvaluationResults"]):
            return None
        return (
            f"{role} is not authorized to perform connect:{operation} on {resource}: add it to the function's policy."
        )

    def _role_of(self, key: str) -> str | None:
        for page in self._functions.get_paginator("list_functions").paginate():
            for function in page["Functions"]:
                if key_of(function["FunctionArn"], function["Role"]) == key:
                    return function["Role"]
        return None


def key_of(function_arn: str, role_arn: str) -> str:
    """Return the access key id that the emulator gives a function."""
    return "ASIA" + hashlib.sha256(f"{function_arn}:{role_arn}".encode()).hexdigest()[:16].upper()


def signature_of(authorization: str) -> Signature:
    """Return what the header says. Raises ApiProblem unless it is a signature for Connect in our region."""
    found = CREDENTIAL.match(authorization)
    if found is None:
        raise ApiProblem(
            "AccessDeniedException",
            "The request is not signed: use an AWS client, or sign it with Signature Version 4.",
        )
    signature = Signature(key=found[1], region=found[2], service=found[3])
    if (signature.region, signature.service) != (REGION, "connect"):
        raise ApiProblem(
            "AccessDeniedException",
            f"The request is signed for {signature.service} in {signature.region}: sign it for connect in {REGION}.",
        )
    return signature


def resource_of(instance_arn: str, asked: Mapping[str, Any]) -> str:
    """Return the ARN that a policy must allow for a request; what is about no single resource is about the instance."""
    for member, kind in RESOURCES.items():
        if member in asked:
            return f"{instance_arn}/{kind}/{id_in(asked[member])}"
    return instance_arn
