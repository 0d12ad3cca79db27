"""S3 in memory answers as moto's does, as far as imports ask."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from tests.support.cloud import Cloud
from tests.support.cloud.s3 import etag_of
from tests.support.dynamodb_calls import CONTRACT

CONTENT = "一行目\n二行目\n".encode()
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("put_object", {"Key": "members/a b+c.jsonl", "Body": CONTENT}),
    ("get_object", {"Key": "members/a b+c.jsonl"}),
    ("get_object", {"Key": "members/a b+c.jsonl", "Range": "bytes=3-9"}),
    ("get_object", {"Key": "members/a b+c.jsonl", "Range": "bytes=3-999"}),
    ("get_object", {"Key": "members/a b+c.jsonl", "Range": "bytes=999-1000"}),
    ("get_object", {"Key": "members/a b+c.jsonl", "IfMatch": f'"{etag_of(CONTENT)}"'}),
    ("get_object", {"Key": "members/a b+c.jsonl", "IfMatch": f'"{etag_of(b"another")}"'}),
    ("get_object", {"Key": "members/nothing.jsonl"}),
    ("put_object", {"Key": "members/a b+c.jsonl", "Body": b"another"}),
    ("get_object", {"Key": "members/a b+c.jsonl", "Range": "bytes=0-2"}),
]


def outcome(s3: Any, operation: str, asked: dict[str, Any]) -> Any:
    """Make a call and return the bytes of its answer, or its error's code and status."""
    try:
        answer = getattr(s3, operation)(Bucket="objects", **asked)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    return answer["Body"].read() if "Body" in answer else None


def test_objects_are_kept_and_read_in_parts_as_motos_are() -> None:
    cloud = Cloud(CONTRACT)
    cloud.s3.buckets["objects"] = {}
    ours = [outcome(cloud.client("s3"), *call) for call in CALLS]
    with mock_aws():
        moto = boto3.Session("moto", "moto", region_name="us-east-1").client("s3")
        moto.create_bucket(Bucket="objects")
        theirs = [outcome(moto, *call) for call in CALLS]
    assert ours == theirs


def test_a_bucket_that_is_not_there_is_refused() -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        Cloud(CONTRACT).client("s3").get_object(Bucket="elsewhere", Key="a")
