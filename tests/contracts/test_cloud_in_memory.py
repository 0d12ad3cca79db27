"""The cloud in memory and moto answer the same calls alike; where moto is laxer than AWS, what AWS says stands here."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, HTTPClientError
from moto import mock_aws

from tests.support.cloud import EVERY_PART, Call, Cloud, Crash, Fault, NotPlayed, Template, Trouble, in_turn
from tests.support.dynamodb_calls import (
    CONTRACT,
    FIVE,
    REFUSED,
    SCENARIOS,
    fact,
    item,
    outcome,
    put,
    query,
    update,
    write,
)

REGION = "ap-northeast-1"


@pytest.fixture(scope="module")
def one_cloud() -> tuple[Cloud, Any]:
    cloud = Cloud(CONTRACT)
    return cloud, cloud.client("dynamodb")


@pytest.fixture
def cloud(one_cloud: tuple[Cloud, Any]) -> Cloud:
    one_cloud[0].clear()
    return one_cloud[0]


@pytest.fixture
def dynamodb(cloud: Cloud, one_cloud: tuple[Cloud, Any]) -> Any:
    return one_cloud[1]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_answers_as_moto_does(scenario: str, dynamodb: Any) -> None:
    # One after the other: while moto is on, it answers every client of the process.
    ours = [outcome(dynamodb, operation, request) for operation, request in SCENARIOS[scenario]]
    with mock_aws():
        moto = boto3.Session("moto", "moto", region_name=REGION).client("dynamodb")
        for name, table in CONTRACT.definitions("AWS::DynamoDB::Table").items():
            moto.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **table)
        theirs = [outcome(moto, operation, request) for operation, request in SCENARIOS[scenario]]
    assert ours == theirs


@pytest.mark.parametrize("case", REFUSED)
def test_refuses_what_aws_refuses(case: str, cloud: Cloud, dynamodb: Any) -> None:
    operation, request = REFUSED[case]
    assert outcome(dynamodb, operation, request) == ("ValidationException", None)
    assert len(cloud.table("Facts")) == len(cloud.table("Agents")) == 0


def test_equal_numbers_are_stored_alike(dynamodb: Any) -> None:
    for text, stored in [("1.50", "1.5"), ("007", "7"), ("-0", "0"), ("1E3", "1000"), ("0.000", "0")]:
        dynamodb.put_item(TableName="Agents", Item={"agent_id": {"S": "a"}, "n": {"N": text}})
        assert dynamodb.get_item(TableName="Agents", Key=item(agent_id="a"))["Item"]["n"] == {"N": stored}


def test_a_page_ends_at_one_megabyte(dynamodb: Any) -> None:
    for nth in range(4):
        dynamodb.put_item(TableName="Facts", Item=fact("c1", nth, text="x" * 300_000))
    first = dynamodb.query(**query("contact_id = :c", {"c": "c1"})[1])
    rest = dynamodb.query(**query("contact_id = :c", {"c": "c1"}, ExclusiveStartKey=first["LastEvaluatedKey"])[1])
    assert (first["Count"], first["LastEvaluatedKey"], rest["Count"]) == (3, fact("c1", 2), 1)
    assert "LastEvaluatedKey" not in rest


def test_a_batch_reads_at_most_sixteen_megabytes(dynamodb: Any) -> None:
    for nth in range(50):
        dynamodb.put_item(TableName="Facts", Item=fact("c1", nth, text="x" * 390_000))
    answer = dynamodb.batch_get_item(RequestItems={"Facts": {"Keys": [fact("c1", nth) for nth in range(50)]}})
    assert len(answer["Responses"]["Facts"]) == 43
    assert answer["UnprocessedKeys"]["Facts"]["Keys"] == [fact("c1", nth) for nth in range(43, 50)]


def test_a_stream_tells_what_changed_in_order(cloud: Cloud, dynamodb: Any) -> None:
    for operation, request in [
        put(fact("c1", 1)),
        put(fact("c1", 1)),
        put(fact("c1", 1, a=1)),
        write("delete_item"),
        write("delete_item"),
    ]:
        getattr(dynamodb, operation)(**request)
    stream = cloud.stream("Facts")
    records = stream.take()["Records"]
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "REMOVE"]
    assert [record["dynamodb"].get("OldImage") for record in records] == [None, fact("c1", 1), fact("c1", 1, a=1)]
    assert [record["dynamodb"].get("NewImage") for record in records] == [fact("c1", 1), fact("c1", 1, a=1), None]
    assert all(record["dynamodb"]["Keys"] == fact("c1", 1) for record in records)
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    assert numbers == sorted(set(numbers))
    assert stream.take() == {"Records": []}


def test_a_stream_of_keys_holds_no_images(cloud: Cloud, dynamodb: Any) -> None:
    dynamodb.put_item(TableName="Agents", Item=item(agent_id="a1", name="x"))
    [record] = cloud.stream("Agents").take(only=("INSERT",))["Records"]
    assert record["dynamodb"].keys() & {"Keys", "NewImage", "OldImage"} == {"Keys"}


def test_counts_what_was_asked(cloud: Cloud, dynamodb: Any) -> None:
    dynamodb.batch_write_item(**put(fact("c1", 1, text="abc"), fact("c1", 2))[1])
    dynamodb.query(**query("contact_id = :c", {"c": "c1"})[1])
    assert (
        outcome(dynamodb, *write("put_item", "attribute_not_exists(contact_id)"))[0]
        == "ConditionalCheckFailedException"
    )
    written = cloud.tally.total("BatchWriteItem", "Facts")
    # contact_id + c1 + nth + 1 of a number below 100 (2 bytes), and text + abc.
    assert (written.calls, written.items_written, written.bytes_written) == (1, 2, 17 + 17 + 7)
    assert written.request_bytes > 150
    assert (cloud.tally.total("Query").items_read, cloud.tally.total("Query").bytes_read) == (2, 41)
    assert (cloud.tally.total("PutItem").refused, cloud.tally.total("PutItem").items_written) == (1, 0)


@pytest.mark.parametrize(
    ("fault", "raised", "stored"),
    [
        (Fault(Trouble.THROTTLED), ClientError, 0),
        (Fault(Trouble.UNPROCESSED), ClientError, 0),
        (Fault(Trouble.SERVER_ERROR), ClientError, 0),
        (Fault(Trouble.SERVER_ERROR, applied=2), ClientError, 2),
        (Fault(Trouble.DISCONNECTED), HTTPClientError, 0),
        (Fault(Trouble.DISCONNECTED, applied=EVERY_PART), HTTPClientError, 5),
        (Fault(Trouble.CRASHED), Crash, 0),
        (Fault(Trouble.CRASHED, applied=3), Crash, 3),
    ],
)
def test_a_fault_before_or_after_the_effect(
    cloud: Cloud, dynamodb: Any, fault: Fault, raised: type[BaseException], stored: int
) -> None:
    cloud.faults = in_turn([fault])
    with pytest.raises(raised):
        dynamodb.batch_write_item(**put(*FIVE)[1])
    assert len(cloud.table("Facts")) == stored
    dynamodb.batch_write_item(**put(*FIVE)[1])
    assert len(cloud.table("Facts")) == 5


def test_a_batch_done_in_part_names_the_rest(cloud: Cloud, dynamodb: Any) -> None:
    cloud.faults = in_turn([Fault(Trouble.UNPROCESSED, applied=2)] * 2)
    left = dynamodb.batch_write_item(**put(*FIVE)[1])["UnprocessedItems"]
    assert left == put(*FIVE[2:])[1]["RequestItems"]
    keys = {"Facts": {"Keys": [fact("c1", 10), fact("c1", 2), fact("c1", 1)]}}
    assert dynamodb.batch_get_item(RequestItems=keys)["UnprocessedKeys"] == {"Facts": {"Keys": [fact("c1", 1)]}}


def test_another_writer_steps_in_between(cloud: Cloud, dynamodb: Any) -> None:
    def meddle(call: Call) -> None:
        if call.number == 1:
            dynamodb.put_item(TableName="Facts", Item=fact("c1", 1, seen=9))

    cloud.faults = meddle
    assert (
        outcome(dynamodb, *write("put_item", "attribute_not_exists(contact_id)"))[0]
        == "ConditionalCheckFailedException"
    )


def test_every_client_of_the_process_retries_without_a_pause(cloud: Cloud) -> None:
    with cloud.everywhere({"AWS_MAX_ATTEMPTS": "4", "AWS_RETRY_MODE": "standard"}):
        client = boto3.client("dynamodb")
        cloud.faults = in_turn(
            [Fault(Trouble.THROTTLED), Fault(Trouble.DISCONNECTED, EVERY_PART), Fault(Trouble.SERVER_ERROR)]
        )
        began = datetime.now(UTC)
        client.put_item(TableName="Agents", Item=item(agent_id="a1"))
    assert cloud.tally.total("PutItem").calls == 4
    assert datetime.now(UTC) - began < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        query("contact_id = :c", {"c": "c1"}, FilterExpression="size(a) = :c"),
        query("contact_id = :c", {"c": "c1"}, FilterExpression="a.b = :c"),
        query("contact_id = :c", {"c": "c1"}, ReturnConsumedCapacity="TOTAL"),
        ("scan", {"TableName": "Facts"}),
        update("DELETE a :v", {"v": {"x"}}),
        write("put_item", ReturnValues="UPDATED_NEW"),
    ],
)
def test_says_loudly_what_it_does_not_know(dynamodb: Any, operation: str, request_: dict[str, Any]) -> None:
    with pytest.raises(NotPlayed):
        getattr(dynamodb, operation)(**request_)


def test_the_deployed_template_can_be_read() -> None:
    template = Template(parameters={"Stage": "test"})
    tables = {table.name: table for table in template.tables()}
    assert tables["FactsTable"].schema.names == ("contact_id", "fact")
    assert tables["ContactsTable"].stream is not None
    environment = template.environment("ContactEvents")
    assert environment["FACTS_TABLE"] == "FactsTable"
    assert environment["PARKED_QUEUE_URL"] in template.queues()
