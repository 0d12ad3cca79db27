"""Everything that a stage of the centre keeps, as bytes: found by what its stack consists of, so a new store is searched without a word here."""

import json
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from chalicelib.contacts.packing import unpack
from chalicelib.problems import Unreadable
from infra.operations.place import Place

LARGEST_OBJECT = 100_000_000
"""Bytes of an object in a bucket, or of a file, that are looked at."""
PEEK_SECONDS = 30
"""How long a message that was looked at stays hidden from others."""
WORKED_OFF_LOOKS = 60
"""How often one looks, each second, whether a queue that is worked off is empty."""
STREAM_PAGES = 10_000
CODE = frozenset({"site-packages", "__pycache__", "tsunagu-artifacts"})
"""Directories of libraries and of packages that were deployed: no store, and larger than all stores together."""


class Kept(NamedTuple):
    """Something that is kept: in which store, under which name, and what it holds."""

    store: str
    name: str
    data: bytes


class NotLookedAt(Exception):
    """A store that could not be searched; the message says why."""


Look = Callable[[Place, str, str, datetime], Iterator[Kept]]


def stores_of(place: Place) -> dict[str, list[tuple[str, str]]]:
    """Return what the stack consists of: by type, the name in the template and the name on AWS of each resource."""
    cloudformation = place.client("cloudformation")
    found: dict[str, list[tuple[str, str]]] = {}
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=f"tsunagu-{place.name}"):
        for each in page["StackResourceSummaries"]:
            found.setdefault(each["ResourceType"], []).append((each["LogicalResourceId"], each["PhysicalResourceId"]))
    return found


def table(place: Place, logical: str, name: str, since: datetime) -> Iterator[Kept]:
    """Yield every item of a table: as text, and each of its bytes as they are and unpacked."""
    for page in place.client("dynamodb").get_paginator("scan").paginate(TableName=name):
        for item in page["Items"]:
            key = ", ".join(str(next(iter(value.values()))) for value in list(item.values())[:2])
            yield Kept(logical, key, json.dumps(item, default=_as_text, ensure_ascii=False).encode())
            for inner in _bytes_in(item):
                yield Kept(logical, key, inner)
                yield from (Kept(logical, key, text.encode()) for text in _unpacked(inner))


def queue(place: Place, logical: str, url: str, since: datetime) -> Iterator[Kept]:
    """Yield every message of a queue from which nothing is taken by being looked at; raises NotLookedAt for others that hold some."""
    sqs = place.client("sqs")
    for _ in range(WORKED_OFF_LOOKS):
        told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        if "RedrivePolicy" not in told:
            break
        # To look at a message counts as a try; after some tries it would become a dead letter.
        if told.get("ApproximateNumberOfMessages", "0") == "0":
            return
        time.sleep(1)
    else:
        raise NotLookedAt("messages keep waiting in it: repeat when they are done with")
    seen: set[str] = set()
    while True:
        messages = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=PEEK_SECONDS, MessageAttributeNames=["All"]
        ).get("Messages", [])
        fresh = [message for message in messages if message["MessageId"] not in seen]
        if not fresh:
            return
        for message in fresh:
            seen.add(message["MessageId"])
            yield Kept(logical, message["MessageId"], json.dumps(message, default=_as_text).encode())


def stream(place: Place, logical: str, name: str, since: datetime) -> Iterator[Kept]:
    """Yield every record that a stream still has."""
    kinesis = place.client("kinesis")
    for shard in kinesis.list_shards(StreamName=name)["Shards"]:
        iterator = kinesis.get_shard_iterator(
            StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        for _ in range(STREAM_PAGES):
            answer = kinesis.get_records(ShardIterator=iterator, Limit=10_000)
            for record in answer["Records"]:
                yield Kept(logical, record["SequenceNumber"], record["Data"] + record["PartitionKey"].encode())
            iterator = answer.get("NextShardIterator")
            if not iterator or (not answer["Records"] and not answer.get("MillisBehindLatest")):
                break


def bucket(place: Place, logical: str, name: str, since: datetime) -> Iterator[Kept]:
    """Yield every object of a bucket with its name and its metadata."""
    s3 = place.client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
        for each in page.get("Contents", []):
            if each["Size"] > LARGEST_OBJECT:
                raise NotLookedAt(f"{each['Key']} has {each['Size']:,} bytes: look at it by hand")
            found = s3.get_object(Bucket=name, Key=each["Key"])
            yield Kept(logical, each["Key"], each["Key"].encode() + json.dumps(found.get("Metadata", {})).encode())
            yield Kept(logical, each["Key"], found["Body"].read())


def logs(place: Place, logical: str, name: str, since: datetime) -> Iterator[Kept]:
    """Yield what a function has written into its log since then."""
    client = place.client("logs")
    asked = {"logGroupName": f"/aws/lambda/{name}", "startTime": int(since.timestamp() * 1000)}
    try:
        for page in client.get_paginator("filter_log_events").paginate(**asked):
            for event in page["events"]:
                yield Kept(f"log of {logical}", event["logStreamName"], event["message"].encode())
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "ResourceNotFoundException":
            raise


def metrics(place: Place, since: datetime) -> Iterator[Kept]:
    """Yield names and dimensions of the centre's metrics."""
    namespace = place.outputs["MetricsNamespace"]
    for page in place.client("cloudwatch").get_paginator("list_metrics").paginate(Namespace=namespace):
        for metric in page["Metrics"]:
            yield Kept("metrics", metric["MetricName"], json.dumps(metric).encode())


def traces(place: Place, since: datetime) -> Iterator[Kept]:
    """Yield the traces of the time since then; raises NotLookedAt where none are kept."""
    xray = place.client("xray")
    asked = {"StartTime": since.timestamp(), "EndTime": time.time()}
    try:
        for page in xray.get_paginator("get_trace_summaries").paginate(**asked):
            ids = [each["Id"] for each in page["TraceSummaries"]]
            for start in range(0, len(ids), 5):
                for trace in xray.batch_get_traces(TraceIds=ids[start : start + 5])["Traces"]:
                    yield Kept("traces", trace["Id"], json.dumps(trace, default=str).encode())
    except ClientError as problem:
        raise NotLookedAt(f"traces are not kept here ({problem.response['Error']['Code']})") from problem


def stack(place: Place, since: datetime) -> Iterator[Kept]:
    """Yield what the stack says of itself: parameters, outputs, events."""
    cloudformation = place.client("cloudformation")
    name = f"tsunagu-{place.name}"
    yield Kept("stack", name, json.dumps(cloudformation.describe_stacks(StackName=name), default=str).encode())


def contacts(connect: Any, instance_id: str, ids: list[str]) -> Iterator[Kept]:
    """Yield what Connect knows of these contacts, and of those that they led to, their attributes among it."""
    for contact_id in ids:
        described = connect.describe_contact(InstanceId=instance_id, ContactId=contact_id)["Contact"]
        attributes = connect.get_contact_attributes(InstanceId=instance_id, InitialContactId=contact_id)["Attributes"]
        yield Kept("Connect", contact_id, json.dumps([described, attributes], default=str).encode())


def files(directory: Path) -> Iterator[Kept]:
    """Yield every file of a local run: logs of its processes, its outbox, what the emulator keeps."""
    for path in sorted(directory.rglob("*")):
        if CODE & {*path.parts} or path.suffix == ".zip":
            continue
        # A file may go while one looks.
        with suppress(FileNotFoundError, IsADirectoryError):
            yield Kept("local files", str(path.relative_to(directory)), path.read_bytes())


LOOKS: Mapping[str, Look] = {
    "AWS::DynamoDB::Table": table,
    "AWS::SQS::Queue": queue,
    "AWS::Kinesis::Stream": stream,
    "AWS::S3::Bucket": bucket,
    "AWS::Lambda::Function": logs,
}
"""How to look at what resources of a type keep."""


def _bytes_in(item: Mapping[str, Any]) -> Iterator[bytes]:
    for value in item.values():
        if "B" in value:
            yield bytes(value["B"])


def _unpacked(packed: bytes) -> Iterator[str]:
    try:
        yield unpack(packed)
    except (Unreadable, UnicodeDecodeError, zlib.error):
        return


def _as_text(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
