"""Deploy to AWS: `make deploy STAGE=prod BUCKET=… [INSTANCE=…] [CCP_URL=…]`.

Packages, uploads, changes the stack through a change set, enters the Connect instance's queues and sites, and puts the pages into the
site bucket. Doing it again changes only what changed. Region and credentials come from the usual AWS settings.
"""

import argparse
import json
import mimetypes
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError, ProfileNotFound
from rich.console import Console

from chalicelib.routing.model import Entry
from chalicelib.routing.service import keep_directory
from chalicelib.routing.store import DynamoDirectoryBook
from infra import stack
from infra.packaging import ROOT, NotPackaged, package

if TYPE_CHECKING:
    from mypy_boto3_connect import ConnectClient
    from mypy_boto3_s3 import S3Client

THRESHOLD_TAG = "tsunagu:service-level-seconds"
LEFT_OUT = frozenset(
    {"node_modules", "types", "package.json", "package-lock.json", "vendor.json", "tsconfig.json", "jsconfig.json"}
)


class CannotDeploy(Exception):
    """Something an administrator has to put right first; the text says what."""


def deploy(stage: str, bucket: str, instance: str, ccp_url: str, console: Console) -> None:
    """Deploy one stage. Raises CannotDeploy, NotPackaged or NotDeployed."""
    region = boto3.session.Session().region_name
    if not region:
        raise CannotDeploy("No region is chosen: set AWS_DEFAULT_REGION (ap-northeast-1 for Tokyo), then deploy again.")
    parameters = parameters_of(stage, instance, ccp_url)
    s3 = boto3.client("s3")
    ensure_bucket(bucket, s3)
    with console.status("Packaging"):
        built = package(stage, ROOT / "out" / stage)
    console.print("Packaged")
    with console.status("Uploading"):
        address = stack.upload(built, bucket=bucket, s3=s3)
    console.print(f"Uploaded to {bucket}")
    with console.status("Changing the stack") as status:

        def tell(progress: stack.Progress) -> None:
            status.update(f"{progress.resource} [dim]{progress.status}[/]")
            if progress.status.endswith("FAILED"):
                console.print(f"{progress.resource}: {progress.reason}")

        cloudformation = boto3.client("cloudformation")
        outputs = stack.deploy(f"tsunagu-{stage}", address, parameters, cloudformation=cloudformation, tell=tell)
    console.print(f"Stack tsunagu-{stage} stands")
    if instance:
        entries = read_directory(instance_id_of(instance), boto3.client("connect"))
        keep_directory(entries, directory=DynamoDirectoryBook(boto3.client("dynamodb"), outputs["DirectoryTable"]))
        console.print(f"{len(entries)} queues and sites entered")
    if "SiteBucket" in outputs:
        count = upload_pages(ROOT / "web", configuration(stage, region, outputs), bucket=outputs["SiteBucket"], s3=s3)
        console.print(f"{count} files of the pages uploaded")
    for name, value in sorted(outputs.items()):
        console.print(f"  {name:<24} {value}")


def parameters_of(stage: str, instance: str, ccp_url: str) -> dict[str, str]:
    """Return the template's parameters that a deployment sets; raises CannotDeploy for an instance or an address that is none.

    Without an instance, or an address of its agent page, the stack keeps what it was told of before.
    """
    return {
        "Stage": stage,
        **({"ConnectInstanceId": instance_id_of(instance)} if instance else {}),
        **({"CcpUrl": ccp_url_of(ccp_url)} if ccp_url else {}),
    }


def ensure_bucket(bucket: str, s3: "S3Client") -> None:
    """Make sure that the bucket for zips and template is there and ours to write; raises CannotDeploy."""
    if not bucket:
        raise CannotDeploy("Say which S3 bucket takes the zips: make deploy STAGE=prod BUCKET=my-artifacts.")
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as problem:
        code = problem.response.get("Error", {}).get("Code")
        if code in ("404", "NoSuchBucket"):
            raise CannotDeploy(
                f"There is no bucket {bucket}: make it with 'aws s3 mb s3://{bucket}', then deploy again."
            ) from problem
        if code in ("403", "AccessDenied"):
            raise CannotDeploy(
                f"The bucket {bucket} is not ours: name one of this account, or ask for s3:PutObject on it."
            ) from problem
        raise


def instance_id_of(text: str) -> str:
    """Return the instance id in an id or ARN; raises CannotDeploy when there is none."""
    found = re.fullmatch(r"(?:arn:aws[a-z-]*:connect:[a-z0-9-]+:\d{12}:instance/)?([0-9a-f-]{36})", text)
    if not found:
        raise CannotDeploy(
            f"INSTANCE={text} is no Connect instance: give its id or ARN, as the Connect console shows it."
        )
    return found[1]


def ccp_url_of(text: str) -> str:
    """Return the address of an instance's agent page as pages and template want it; raises CannotDeploy when it is none."""
    found = re.fullmatch(r"(https://[a-z0-9-]+(?:\.[a-z0-9-]+)+)((?:/[a-z0-9-]+)+)/?", text)
    if not found:
        raise CannotDeploy(
            f"CCP_URL={text} is no agent page: give its whole address, such as https://example.my.connect.aws/ccp-v2/."
        )
    return f"{found[1]}{found[2]}/"


def read_directory(instance_id: str, connect: "ConnectClient") -> list[Entry]:
    """Return the queues and sites of a Connect instance.

    Connect answers two of these calls a second, so an instance of 100 queues takes about a minute.
    """
    return [*_queues(instance_id, connect), *_sites(instance_id, connect)]


def _queues(instance_id: str, connect: "ConnectClient") -> Iterator[Entry]:
    for page in connect.get_paginator("list_queues").paginate(InstanceId=instance_id, QueueTypes=["STANDARD"]):
        for summary in page["QueueSummaryList"]:
            queue = connect.describe_queue(InstanceId=instance_id, QueueId=summary["Id"])["Queue"]
            seconds = queue.get("Tags", {}).get(THRESHOLD_TAG)
            yield Entry(
                kind="queue",
                id=summary["Id"],
                name=summary["Name"],
                service_level_seconds=int(seconds) if seconds else None,
            )


def _sites(instance_id: str, connect: "ConnectClient") -> Iterator[Entry]:
    for page in connect.get_paginator("list_user_hierarchy_groups").paginate(InstanceId=instance_id):
        for summary in page["UserHierarchyGroupSummaryList"]:
            group = connect.describe_user_hierarchy_group(InstanceId=instance_id, HierarchyGroupId=summary["Id"])
            path = group["HierarchyGroup"]["HierarchyPath"]
            # Teams and the like hang below a site; only the first level is one.
            if path.get("LevelOne", {}).get("Id") == summary["Id"]:
                yield Entry(kind="site", id=summary["Id"], name=summary["Name"])


def configuration(stage: str, region: str, outputs: dict[str, str]) -> dict[str, object]:
    """Return what the pages need to know; nothing in it is secret.

    Without the address of an agent page the desk has no telephone, and says so.
    """
    ccp = outputs.get("CcpUrl")
    return {
        "region": region,
        "stage": stage,
        "api": "/api",
        "cognito": {"endpoint": f"https://cognito-idp.{region}.amazonaws.com/", "clientId": outputs["StaffClientId"]},
        "zone": outputs["Zone"],
        "dashboard": outputs["Dashboard"],
        **({"softphone": {"home": "streams", "ccpUrl": ccp, "region": region}} if ccp else {}),
    }


def upload_pages(web: Path, config: dict[str, object], *, bucket: str, s3: "S3Client") -> int:
    """Put the pages, their libraries and `config.json` into the site bucket; return the number of files."""
    count = 0
    for key, body in [*page_files(web), ("config.json", json.dumps(config).encode())]:
        kind = mimetypes.guess_type(key)[0] or "application/octet-stream"
        s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=kind, CacheControl="no-cache")
        count += 1
    return count


def page_files(web: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the key and content of every file that the site serves."""
    for path in sorted(web.rglob("*")):
        parts = path.relative_to(web).parts
        if path.is_file() and not any(part.startswith(".") or part in LEFT_OUT for part in parts):
            yield "/".join(parts), path.read_bytes()
    for address, place in json.loads((web / "vendor.json").read_text()).items():
        yield address.removeprefix("/"), (web / place).read_bytes()


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy as told on the command line; 1 with one sentence when it cannot be done."""
    parser = argparse.ArgumentParser(prog="infra.deploy", description="Deploy to AWS.")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--bucket", default="", help="S3 bucket for zips and template")
    parser.add_argument(
        "--instance",
        default="",
        help="id or ARN of the Connect instance: its queues and sites are entered, and it is asked about silent contacts",
    )
    parser.add_argument("--ccp-url", default="", help="address of the instance's agent page, for the desk's softphone")
    given = parser.parse_args(arguments)
    # The Lambda runtime and other tools say AWS_REGION; boto3 reads only the other name.
    if "AWS_REGION" in os.environ:
        os.environ.setdefault("AWS_DEFAULT_REGION", os.environ["AWS_REGION"])
    # Deploying is no hurry: calls that AWS throttles wait and try again.
    os.environ.setdefault("AWS_RETRY_MODE", "adaptive")
    os.environ.setdefault("AWS_MAX_ATTEMPTS", "10")
    try:
        deploy(given.stage, given.bucket, given.instance, given.ccp_url, Console(highlight=False, soft_wrap=True))
    except (NoCredentialsError, ProfileNotFound) as problem:
        return _end(
            f"AWS does not know who you are ({problem}): sign in, for instance with 'aws sso login', or set AWS_PROFILE."
        )
    except NoRegionError:
        return _end("No region is chosen: set AWS_DEFAULT_REGION (ap-northeast-1 for Tokyo), then deploy again.")
    except ClientError as problem:
        return _end(f"AWS refused: {problem}")
    except BotoCoreError as problem:
        return _end(f"AWS cannot be reached: {problem}")
    except (CannotDeploy, NotPackaged, stack.NotDeployed) as problem:
        return _end(str(problem))
    return 0


def _end(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
