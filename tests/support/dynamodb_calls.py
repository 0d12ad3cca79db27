"""Calls of DynamoDB, in the order in which a scenario makes them, for every emulation to answer alike."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from boto3.dynamodb.types import TypeSerializer
from botocore.exceptions import ClientError

from tests.support.cloud import Template

CONTRACT = Template(Path(__file__).with_name("contract_template.yaml"))

Step = tuple[str, dict[str, Any]]
_wire = TypeSerializer().serialize


def item(**attributes: Any) -> dict[str, Any]:
    return {name: _wire(value) for name, value in attributes.items()}


def fact(contact: str, nth: int, **attributes: Any) -> dict[str, Any]:
    return item(contact_id=contact, nth=nth, **attributes)


def put(*items: dict[str, Any], table: str = "Facts") -> Step:
    return "batch_write_item", {"RequestItems": {table: [{"PutRequest": {"Item": each}} for each in items]}}


def query(condition: str, values: dict[str, Any], **more: Any) -> Step:
    return "query", {
        "TableName": "Facts",
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": item(**{f":{name}": value for name, value in values.items()}),
        **more,
    }


def update(expression: str, values: dict[str, Any], **more: Any) -> Step:
    return "update_item", {
        "TableName": "Facts",
        "Key": fact("c1", 1),
        "UpdateExpression": expression,
        "ExpressionAttributeValues": item(**{f":{name}": value for name, value in values.items()}),
        "ReturnValues": "ALL_NEW",
        **more,
    }


def transaction(*writes: tuple[str, dict[str, Any]]) -> Step:
    told = [{kind: {"TableName": "Facts", **each}} for kind, each in writes]
    return "transact_write_items", {"TransactItems": told}


def write(operation: str, condition: str | None = None, values: dict[str, Any] | None = None, **more: Any) -> Step:
    target = {"Item": fact("c1", 1, seen=5)} if operation == "put_item" else {"Key": fact("c1", 1)}
    request = {"TableName": "Facts", **target, **more}
    if condition:
        request["ConditionExpression"] = condition
    if values:
        request["ExpressionAttributeValues"] = item(**{f":{name}": value for name, value in values.items()})
    return operation, request


FIVE = [fact("c1", nth, queue="q1", since=f"2026-06-0{nth}", channel="VOICE", text="日本") for nth in (10, 2, 1, 9, -3)]
KINDS = item(
    agent_id="a1",
    n=Decimal("1.5"),
    big=12345678901234567890,
    yes=True,
    none=None,
    list=[1, "x", {"y": b"z"}],
    map={},
    set={"b", "a"},
)

SCENARIOS: dict[str, list[Step]] = {
    "every kind of value comes back": [
        ("put_item", {"TableName": "Agents", "Item": KINDS}),
        ("get_item", {"TableName": "Agents", "Key": item(agent_id="a1"), "ConsistentRead": True}),
        ("get_item", {"TableName": "Agents", "Key": item(agent_id="nobody")}),
    ],
    "a projection shows what it names": [
        put(*FIVE),
        ("get_item", {"TableName": "Facts", "Key": fact("c1", 2), "ProjectionExpression": "channel, #s, nothing",
                      "ExpressionAttributeNames": {"#s": "since"}}),
    ],
    "numbers sort as numbers": [put(*FIVE), query("contact_id = :c", {"c": "c1"})],
    "backwards": [put(*FIVE), query("contact_id = :c", {"c": "c1"}, ScanIndexForward=False)],
    "between": [put(*FIVE), query("contact_id = :c AND nth BETWEEN :a AND :b", {"c": "c1", "a": 1, "b": 9})],
    "less": [put(*FIVE), query("contact_id = :c AND nth < :b", {"c": "c1", "b": 9})],
    "at most": [put(*FIVE), query("contact_id = :c AND nth <= :b", {"c": "c1", "b": 9})],
    "more": [put(*FIVE), query("contact_id = :c AND nth > :b", {"c": "c1", "b": 2})],
    "at least": [put(*FIVE), query("contact_id = :c AND nth >= :b", {"c": "c1", "b": 2})],
    "just one": [put(*FIVE), query("contact_id = :c AND nth = :b", {"c": "c1", "b": 2})],
    "nobody there": [put(*FIVE), query("contact_id = :c", {"c": "c2"})],
    "an index by prefix": [put(*FIVE), query("queue = :q AND begins_with(since, :d)", {"q": "q1", "d": "2026-06-0"}, IndexName="by_queue")],
    "an index by another prefix": [put(*FIVE), query("queue = :q AND begins_with(since, :d)", {"q": "q1", "d": "2026-06-02"}, IndexName="by_queue")],
    "an index shows what it includes": [put(*FIVE), query("queue = :q AND since < :d", {"q": "q1", "d": "2026-06-03"}, IndexName="waiting")],
    "an index leaves out items without its keys": [
        put(fact("c1", 1, queue="q1"), fact("c1", 2, queue="q1", since="x")),
        query("queue = :q", {"q": "q1"}, IndexName="waiting"),
        put(fact("c1", 2, queue="q1"), fact("c1", 1, queue="q1", since="y")),
        query("queue = :q", {"q": "q1"}, IndexName="waiting"),
    ],
    "a filter counts what it looked at": [
        put(*FIVE),
        query("contact_id = :c", {"c": "c1", "d": "2026-06-02"}, FilterExpression="since >= :d"),
        query("contact_id = :c", {"c": "c1"}, Select="COUNT"),
    ],
    "a page of two, and the next": [
        put(*FIVE),
        query("contact_id = :c", {"c": "c1"}, Limit=2),
        query("contact_id = :c", {"c": "c1"}, Limit=2, ExclusiveStartKey=fact("c1", 1)),
        query("contact_id = :c", {"c": "c1"}, ScanIndexForward=False, Limit=2, ExclusiveStartKey=fact("c1", 9)),
    ],
    "pages of an index": [
        put(*FIVE[:3]),
        query("queue = :q", {"q": "q1"}, IndexName="by_queue", Limit=1),
        query("queue = :q", {"q": "q1"}, IndexName="by_queue", ExclusiveStartKey=fact("c1", 1, queue="q1", since="2026-06-01")),
    ],
    "only the first writer": [
        write("put_item", "attribute_not_exists(contact_id)"),
        write("put_item", "attribute_not_exists(contact_id)"),
        write("put_item", "attribute_exists(contact_id)", ReturnValues="ALL_OLD"),
    ],
    "only forwards": [
        write("put_item", "attribute_not_exists(seen) OR seen < :s", {"s": 5}),
        write("put_item", "attribute_not_exists(seen) OR seen < :s", {"s": 5}),
        write("put_item", "attribute_not_exists(seen) OR seen < :s", {"s": 6}),
    ],
    "and, or, not, brackets": [
        write("put_item"),
        write("put_item", "seen = :s AND (seen > :t OR NOT seen <> :s)", {"s": 5, "t": 9}),
        write("put_item", "seen = :s AND seen = :t", {"s": 5, "t": 6}),
        write("put_item", "seen BETWEEN :s AND :t", {"s": 5, "t": 6}),
        write("put_item", "begins_with(seen, :s)", {"s": "5"}),
        write("put_item", "seen = :s", {"s": "5"}),
        write("put_item", "missing < :s", {"s": 1}),
        write("put_item", "missing <> :s", {"s": 1}),
    ],
    "a refusal that shows the item": [
        write("put_item"),
        write("put_item", "attribute_not_exists(contact_id)", ReturnValuesOnConditionCheckFailure="ALL_OLD"),
    ],
    "deletions": [
        write("put_item"),
        write("delete_item", "seen = :s", {"s": 4}),
        write("delete_item", "seen = :s", {"s": 5}, ReturnValues="ALL_OLD"),
        write("delete_item"),
        ("get_item", {"TableName": "Facts", "Key": fact("c1", 1)}),
    ],
    "updates": [
        update("SET a = :v, b = if_not_exists(b, :w)", {"v": 1, "w": 2}),
        update("SET a = a + :v, b = if_not_exists(b, :w) REMOVE c", {"v": 1, "w": 3}),
        update("SET a = b, b = a", {}),
        update("SET a = b, b = :v", {"v": 4}, ExpressionAttributeNames={"#a": "a"}, ConditionExpression="attribute_exists(#a)"),
        update("ADD a :v, d :v", {"v": 7}),
        update("SET a = :v", {"v": 1}, ConditionExpression="a < :v"),
        update("SET a = missing, b = :v", {"v": 1}),
        update("SET #r = :v", {"v": 1}, ExpressionAttributeNames={"#r": "nth"}),
    ],
    "a batch deletes and puts": [
        put(*FIVE),
        ("batch_write_item", {"RequestItems": {
            "Facts": [{"DeleteRequest": {"Key": fact("c1", 9)}}, {"PutRequest": {"Item": fact("c1", 1, new=True)}}],
            "Agents": [{"DeleteRequest": {"Key": item(agent_id="nobody")}}]}}),
        query("contact_id = :c", {"c": "c1"}),
    ],
    "a transaction writes all": [
        put(*FIVE),
        transaction(
            ("Put", {"Item": fact("c2", 1), "ConditionExpression": "attribute_not_exists(contact_id)"}),
            ("Delete", {"Key": fact("c1", 9)}),
            ("Delete", {"Key": fact("c1", 77)}),
            ("Update", {"Key": fact("c1", 1), "UpdateExpression": "ADD n :n", "ExpressionAttributeValues": item(**{":n": 2})}),
            ("ConditionCheck", {"Key": fact("c1", 2), "ConditionExpression": "attribute_exists(contact_id)"}),
        ),
        query("contact_id = :c", {"c": "c1"}),
        query("contact_id = :c", {"c": "c2"}),
    ],
    "a transaction of which one condition does not hold writes nothing": [
        put(*FIVE),
        transaction(
            ("Put", {"Item": fact("c2", 1)}),
            ("Delete", {"Key": fact("c1", 9)}),
            ("Put", {"Item": fact("c1", 1, new=True), "ConditionExpression": "attribute_not_exists(contact_id)"}),
        ),
        query("contact_id = :c", {"c": "c1"}),
        query("contact_id = :c", {"c": "c2"}),
    ],
    "a batch reads two tables": [
        put(*FIVE),
        put(item(agent_id="a1", name="x"), table="Agents"),
        ("batch_get_item", {"RequestItems": {
            "Facts": {"Keys": [fact("c1", 1), fact("c1", 77)], "ProjectionExpression": "since"},
            "Agents": {"Keys": [item(agent_id="a1")], "ConsistentRead": True}}}),
    ],
    "wrong keys": [
        put(item(contact_id="c1")),
        put(item(contact_id="c1", nth="1")),
        put(item(contact_id="", nth=1)),
        ("get_item", {"TableName": "Facts", "Key": item(contact_id="c1")}),
    ],
    "unknown names": [
        ("get_item", {"TableName": "Fax", "Key": fact("c1", 1)}),
        query("contact_id = :x", {"c": "c1"}),
        query("contact_id = :c", {"c": "c1"}, ExpressionAttributeNames={"#d": "d"}),
        write("put_item", "state = :s", {"s": 1}),
        query("queue = :q", {"q": "q1"}, IndexName="by_queue", ConsistentRead=True),
    ],
    "too large": [put(fact("c1", 1, text="x" * 400 * 1024)), write("put_item", Item=fact("c1", 1, text="x" * 409_600))],
}  # fmt: skip

REFUSED: dict[str, Step] = {
    "26 writes": put(*[fact("c1", nth) for nth in range(26)]),
    "101 reads": ("batch_get_item", {"RequestItems": {"Facts": {"Keys": [fact("c1", nth) for nth in range(101)]}}}),
    "the same key twice": put(fact("c1", 1), fact("c1", 1, other=True)),
    "a reserved word in a filter": query("contact_id = :c", {"c": "c1"}, FilterExpression="state = :c"),
    "101 writes in a transaction": transaction(*[("Put", {"Item": fact("c1", nth)}) for nth in range(101)]),
    "one item twice in a transaction": transaction(
        ("Put", {"Item": fact("c1", 1)}), ("Delete", {"Key": fact("c1", 1)})
    ),
    "more than the key": ("get_item", {"TableName": "Facts", "Key": fact("c1", 1, queue="q")}),
    "an index key of another kind": put(fact("c1", 1, queue=5)),
    "an unknown index": query("contact_id = :c", {"c": "c1"}, IndexName="by_mood"),
    "an unused value": query("contact_id = :c", {"c": "c1", "d": 1}),
    "no number": ("put_item", {"TableName": "Agents", "Item": {"agent_id": {"S": "a"}, "n": {"N": "one"}}}),
    "39 digits": ("put_item", {"TableName": "Agents", "Item": {"agent_id": {"S": "a"}, "n": {"N": "1" * 39}}}),
    "an empty set": ("put_item", {"TableName": "Agents", "Item": {"agent_id": {"S": "a"}, "s": {"SS": []}}}),
}
"""What AWS refuses as invalid and moto lets pass."""


def outcome(client: Any, operation: str, request: dict[str, Any]) -> Any:
    """Make a call and return its answer, or its error's code and item; without what no one asked for."""
    try:
        answer = getattr(client, operation)(**request)
    except ClientError as error:
        reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", ())]
        return error.response["Error"]["Code"], error.response.get("Item"), *reasons
    uninvited = {"ResponseMetadata", "ConsumedCapacity", "ItemCollectionMetrics"}
    return _sorted_sets({name: value for name, value in answer.items() if name not in uninvited})


def _sorted_sets(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: sorted(inner) if name == "SS" else _sorted_sets(inner) for name, inner in value.items()}
    return [_sorted_sets(inner) for inner in value] if isinstance(value, list) else value
