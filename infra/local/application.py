"""The application on the emulator: packaged, deployed by the unchanged template, told who is who."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import boto3

from chalicelib.routing.service import keep_directory
from chalicelib.routing.store import DynamoDirectoryBook
from infra import stack
from infra.local.connect.centre import Centre
from infra.local.connect.intrinsics import INSTANCE_ID
from infra.local.settings import BUCKET, EVENT_SOURCE, REGION, ROOT, STACK_NAME, STAGE
from infra.packaging import HERE, Package, package
from infra.stack import Progress

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUILT = ROOT / "out" / STAGE
PARAMETERS = {
    "Stage": STAGE,
    "ContactEventSource": EVENT_SOURCE,
    "ConnectInstanceId": INSTANCE_ID,
    # Our own clock sends the ticks (infra/local/clock.py).
    "ScheduleState": "DISABLED",
    # The emulator removes within a minute what AWS removes in days: imported history must live to be counted.
    "RetentionDays": "36500",
}


def build() -> Package:
    """Package the application; nothing happens when its sources have not changed. Raises NotPackaged."""
    return package(STAGE, BUILT, machine=HERE)


def deploy(built: Package, *, tell: Callable[[Progress], None]) -> dict[str, str]:
    """Deploy what was built and enter the centre's queues and sites; return the stack's outputs. Raises NotDeployed."""
    s3 = boto3.client("s3")
    _ensure_bucket(s3)
    address = stack.upload(built, bucket=BUCKET, s3=s3)
    outputs = stack.deploy(
        STACK_NAME, address, PARAMETERS, cloudformation=boto3.client("cloudformation"), tell=tell, pause=0.2
    )
    keep_directory(
        Centre.of_file().directory(), directory=DynamoDirectoryBook(boto3.client("dynamodb"), outputs["DirectoryTable"])
    )
    return outputs


def _ensure_bucket(s3: "S3Client") -> None:
    if BUCKET not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
