"""Flow Lambdas called as Connect calls them: only where the function's own policy lets it, within a time limit, up to three times.

Source: lambda-in-flows (Administrator Guide, "Invoke AWS Lambda functions").
"""

import json
import time
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.connect.flows.line import Invoke, Result
from infra.local.connect.instance import Instance

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

PRINCIPAL = "connect.amazonaws.com"
TRIES = 3
LARGEST_ANSWER = 32 * 1024
"""Bytes of a function's answer."""


def invoke(
    request: Invoke, instance: Instance, client: "LambdaClient", *, clock: Callable[[], float] = time.monotonic
) -> Result:
    """Call a function and return its document, or why there is none; never raises for what AWS answers.

    An error of the function or of Lambda is tried again, three times in all, within the time limit. The client must not retry by itself,
    and its read time-out must be longer than any limit of a flow (8 seconds): what answers late counts as not answered.
    """
    end = clock() + request.seconds
    problem = "the time limit of the flow was over"
    try:
        if not may_invoke(_policy(client, request.function_arn), instance):
            return Result(
                problem=f"the policy of {request.function_arn} does not let {PRINCIPAL} invoke it for {instance.arn}: add an AWS::Lambda::Permission"
            )
        for _ in range(TRIES):
            if clock() >= end:
                break
            result = _tried(request, client)
            if clock() > end:
                problem = "the time limit of the flow was over"
                break
            if result.problem is None:
                return _fitting(result)
            problem = result.problem
    except (BotoCoreError, ClientError) as error:
        problem = str(error)
    return Result(problem=problem)


def may_invoke(policy: Mapping[str, Any] | None, instance: Instance) -> bool:
    """Whether a function's resource policy lets Connect invoke it for this instance; a Deny counts more than any Allow."""
    statements = [each for each in (policy or {}).get("Statement", []) if _is_about(each, instance)]
    effects = {each["Effect"] for each in statements}
    return "Allow" in effects and "Deny" not in effects


def _is_about(statement: Mapping[str, Any], instance: Instance) -> bool:
    principal = statement.get("Principal")
    services = principal if isinstance(principal, str) else (principal or {}).get("Service", [])
    if not {"*", PRINCIPAL} & set(_listed(services)):
        return False
    if not any(fnmatchcase("lambda:invokefunction", action.lower()) for action in _listed(statement.get("Action", []))):
        return False
    known = {"aws:sourceaccount": instance.account, "aws:sourcearn": instance.arn}
    return all(
        _holds(operator, wanted, known.get(key.lower()))
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, wanted in keys.items()
    )


def _holds(operator: str, wanted: Any, actual: str | None) -> bool:
    # A condition that we cannot judge is taken as one that does not hold: rather refused here than on AWS.
    if actual is None:
        return False
    if operator == "StringEquals":
        return actual in _listed(wanted)
    if operator in ("StringLike", "ArnLike", "ArnEquals"):
        return any(fnmatchcase(actual, pattern) for pattern in _listed(wanted))
    return False


def _policy(client: "LambdaClient", function_arn: str) -> Mapping[str, Any] | None:
    try:
        return dict(json.loads(client.get_policy(FunctionName=function_arn)["Policy"]))
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise


def _tried(request: Invoke, client: "LambdaClient") -> Result:
    try:
        answer = client.invoke(FunctionName=request.function_arn, Payload=json.dumps(dict(request.request)).encode())
    except (BotoCoreError, ClientError) as error:
        return Result(problem=str(error))
    payload = answer["Payload"].read()
    if answer.get("FunctionError"):
        # What a function says of its error may hold what a caller said: it stays in the function's own log.
        return Result(problem=f"{request.function_arn} failed ({answer['FunctionError']}): its log says why")
    if len(payload) > LARGEST_ANSWER:
        return Result(
            problem=f"{request.function_arn} answered with {len(payload)} bytes: {LARGEST_ANSWER} is the most"
        )
    return Result(document=payload)


def _fitting(result: Result) -> Result:
    try:
        return Result(document=json.loads(result.document))
    except ValueError:
        return Result(problem="the function answered with something that is no JSON")


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
