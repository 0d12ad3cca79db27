"""Bring a built package to CloudFormation, on AWS and on the local emulator alike: the endpoint comes from AWS_ENDPOINT_URL.

The template goes out as it was built; as with `aws cloudformation package`, only the paths of its zips become S3 addresses.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from botocore.exceptions import ClientError, WaiterError

from infra.packaging import Package

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.literals import ChangeSetTypeType
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef
    from mypy_boto3_s3 import S3Client

ZIP_PROPERTIES = ("CodeUri", "ContentUri")
LIMIT = 3600  # seconds a stack may take
SETTLED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


class NotDeployed(Exception):
    """The stack could not be made or changed; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One resource of the stack reached a state."""

    resource: str
    status: str
    reason: str


def upload(package: Package, *, bucket: str, s3: "S3Client") -> str:
    """Put zips and template into the bucket under names made from their content, and return the template's address."""
    template: dict[str, Any] = yaml.safe_load(package.template.read_text())
    for resource in template["Resources"].values():
        for name in ZIP_PROPERTIES:
            path = resource.get("Properties", {}).get(name)
            if isinstance(path, str) and path.startswith("./"):
                resource["Properties"][name] = f"s3://{bucket}/{_put(package.directory / path, bucket=bucket, s3=s3)}"
    body = json.dumps(template, sort_keys=True).encode()
    key = f"tsunagu/{hashlib.sha256(body).hexdigest()}.json"
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    return f"{s3.meta.endpoint_url}/{bucket}/{key}"


def deploy(
    name: str,
    template_url: str,
    parameters: Mapping[str, str],
    *,
    cloudformation: "CloudFormationClient",
    tell: Callable[[Progress], None] = lambda progress: None,
    pause: float = 3.0,
) -> dict[str, str]:
    """Create or change the stack by a change set, wait until it stands, and return its outputs by name.

    `pause` is the seconds between two looks. Raises NotDeployed with CloudFormation's own reasons.
    """
    kind: ChangeSetTypeType = "UPDATE" if _status(name, cloudformation) else "CREATE"
    given: list[ParameterTypeDef] = [
        {"ParameterKey": key, "ParameterValue": value} for key, value in sorted(parameters.items())
    ]
    # What was set by hand stays: without a word CloudFormation would go back to the template's defaults.
    given += [
        {"ParameterKey": key, "UsePreviousValue": True}
        for key in sorted(_parameters_of(name, template_url, cloudformation) - {*parameters})
    ]
    change_set = cloudformation.create_change_set(
        StackName=name,
        ChangeSetName=f"tsunagu-{time.time_ns()}",
        ChangeSetType=kind,
        TemplateURL=template_url,
        Parameters=given,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    )["Id"]
    if _has_changes(change_set, cloudformation, pause):
        cloudformation.execute_change_set(ChangeSetName=change_set)
        _wait(name, cloudformation, tell, pause)
    else:
        cloudformation.delete_change_set(ChangeSetName=change_set)
    return outputs_of(name, cloudformation)


def outputs_of(name: str, cloudformation: "CloudFormationClient") -> dict[str, str]:
    """Return the stack's outputs by name; an absent stack has none."""
    try:
        [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as problem:
        if _is_absent(problem):
            return {}
        raise
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _parameters_of(name: str, template_url: str, cloudformation: "CloudFormationClient") -> set[str]:
    """Return the parameters that the deployed stack has and the new template still takes."""
    try:
        [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as problem:
        if _is_absent(problem):
            return set()
        raise
    wanted = cloudformation.get_template_summary(TemplateURL=template_url)["Parameters"]
    deployed = {parameter["ParameterKey"] for parameter in stack.get("Parameters", [])}
    return deployed & {parameter["ParameterKey"] for parameter in wanted}


def _put(path: Path, *, bucket: str, s3: "S3Client") -> str:
    body = path.read_bytes()
    key = f"tsunagu/{hashlib.sha256(body).hexdigest()}.zip"
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    return key


def _status(name: str, cloudformation: "CloudFormationClient") -> str | None:
    try:
        [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as problem:
        if _is_absent(problem):
            return None
        raise
    status = str(stack["StackStatus"])
    if status == "REVIEW_IN_PROGRESS":
        return None
    if status not in SETTLED:
        raise NotDeployed(
            f"The stack {name} is in state {status}: look at its events in the CloudFormation console, repair or delete it, then deploy again."
        )
    return status


def _is_absent(problem: ClientError) -> bool:
    return "does not exist" in problem.response.get("Error", {}).get("Message", "")


def _has_changes(change_set: str, cloudformation: "CloudFormationClient", pause: float) -> bool:
    waiter = cloudformation.get_waiter("change_set_create_complete")
    try:
        waiter.wait(ChangeSetName=change_set, WaiterConfig={"Delay": max(1, int(pause)), "MaxAttempts": 300})
    except WaiterError as problem:
        reason = str(cloudformation.describe_change_set(ChangeSetName=change_set).get("StatusReason", problem))
        if "didn't contain changes" in reason or "No updates are to be performed" in reason:
            return False
        raise NotDeployed(f"CloudFormation refused the change: {reason}") from problem
    return True


def _wait(name: str, cloudformation: "CloudFormationClient", tell: Callable[[Progress], None], pause: float) -> None:
    failures: list[str] = []
    for status in _watch(name, cloudformation, tell, failures, pause):
        if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            return
        if not status.endswith("_IN_PROGRESS") and status != "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":
            raise NotDeployed(f"The stack {name} ended in {status}. " + " ".join(failures[:5]))
    raise NotDeployed(
        f"The stack {name} did not settle within an hour: look at its events in the CloudFormation console."
    )


def _watch(
    name: str,
    cloudformation: "CloudFormationClient",
    tell: Callable[[Progress], None],
    failures: list[str],
    pause: float,
) -> Iterator[str]:
    seen: set[str] = set()
    started = time.monotonic()
    while time.monotonic() - started < LIMIT:
        [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
        for event in reversed(cloudformation.describe_stack_events(StackName=name)["StackEvents"]):
            if event["EventId"] in seen:
                continue
            seen.add(event["EventId"])
            progress = Progress(
                resource=event.get("LogicalResourceId", ""),
                status=str(event.get("ResourceStatus", "")),
                reason=event.get("ResourceStatusReason", ""),
            )
            tell(progress)
            if progress.status.endswith("FAILED") and progress.reason:
                failures.append(f"{progress.resource}: {progress.reason}.")
        yield str(stack["StackStatus"])
        time.sleep(pause)
