"""Items of a restored table come back, whatever happens on the way, and never into a table of another kind."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from infra.operations import restore
from infra.operations.patience import Busy
from infra.operations.place import Place
from infra.operations.restore import copy

KEYS = (("contact_id", "HASH", "S"), ("fact", "RANGE", "S"))
Key = tuple[str, str, str]


class Tables:
    """DynamoDB with the centre's table and the restored one beside it; it may have no room, as often as it is told."""

    def __init__(self) -> None:
        self.dynamodb: Any = boto3.client("dynamodb", region_name="ap-northeast-1")
        self.refuses: list[int] = []
        """For each coming call, how many of its items find no room."""

    def make(self, name: str, *keys: Key) -> None:
        self.dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": attribute, "KeyType": role} for attribute, role, _ in keys],
            AttributeDefinitions=[{"AttributeName": attribute, "AttributeType": kind} for attribute, _, kind in keys],
        )

    def put(self, table: str, *numbers: int) -> None:
        for number in numbers:
            fact = {"contact_id": {"S": f"c-{number % 7}"}, "fact": {"S": f"event#{number}"}, "detail": {"B": b"\x01"}}
            self.dynamodb.put_item(TableName=table, Item=fact)

    def items(self, table: str) -> list[Any]:
        items = self.dynamodb.scan(TableName=table)["Items"]
        return sorted(items, key=lambda item: (item["contact_id"]["S"], item["fact"]["S"]))

    def batch_write_item(self, RequestItems: dict[str, list[Any]]) -> Any:  # noqa: N803 - boto3's name
        [(table, requests)] = RequestItems.items()
        assert len(requests) <= 25
        refused = self.refuses.pop(0) if self.refuses else 0
        taken, left = requests[refused:], requests[:refused]
        if taken:
            self.dynamodb.batch_write_item(RequestItems={table: taken})
        return {"UnprocessedItems": {table: left} if left else {}}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.dynamodb, name)


@pytest.fixture
def tables() -> Iterator[Tables]:
    with mock_aws():
        made = Tables()
        made.make("facts", *KEYS)
        made.make("restored", *KEYS)
        yield made


@pytest.fixture
def command(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The command as `make restore` runs it, on a stage that has one table."""

    class OnePlace(Place):
        def client(self, service: str) -> Any:
            return tables

    outputs = dict.fromkeys(restore.TABLES, "facts")
    place = OnePlace("test", boto3.Session(region_name="ap-northeast-1"), outputs, "local.connect")
    monkeypatch.setattr(restore, "find", lambda stage: place)
    return lambda *words: restore.main(list(words))


def test_what_was_lost_comes_back_and_what_came_since_stays(
    tables: Tables, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    tables.put("restored", *range(60))
    tables.put("facts", *range(50, 70))
    for _ in ("once", "again"):
        assert command("restored", "FactsTable") == 0
        assert "60 items of restored are in FactsTable." in capsys.readouterr().out
        assert len(tables.items("facts")) == 70
    assert [item for item in tables.items("facts") if item in tables.items("restored")] == tables.items("restored")


@settings(max_examples=20, deadline=None)
@given(number=st.integers(0, 80), refuses=st.lists(st.integers(0, 25), max_size=8))
def test_a_table_without_room_gets_its_items_in_the_end(number: int, refuses: list[int]) -> None:
    with mock_aws():
        tables = Tables()
        tables.make("facts", *KEYS)
        tables.make("restored", *KEYS)
        tables.put("restored", *range(number))
        tables.refuses = refuses
        counts: list[int] = []
        copy("restored", "facts", dynamodb=tables, copied=counts.append, pause=lambda seconds: None)
        assert sum(counts) == number
        assert tables.items("facts") == tables.items("restored")


def test_a_table_that_stays_full_is_named_and_the_command_can_be_repeated(tables: Tables) -> None:
    tables.put("restored", 1, 2)
    tables.refuses = [25] * 100
    waited: list[float] = []
    with pytest.raises(Busy, match="too busy to take 2 of"):
        copy("restored", "facts", dynamodb=tables, copied=print, pause=waited.append)
    assert 60 < sum(waited) < 180


@pytest.mark.parametrize(
    "keys",
    [
        (("account", "HASH", "S"), ("access", "RANGE", "S")),
        (("contact_id", "HASH", "S"),),
        (("contact_id", "HASH", "S"), ("fact", "RANGE", "N")),
    ],
)
def test_a_table_of_other_keys_is_refused(
    tables: Tables, command: Callable[..., int], keys: tuple[Key, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    tables.make("other", *keys)
    assert command("other", "FactsTable") == 2
    assert "not the same table" in capsys.readouterr().err


@pytest.mark.parametrize(("source", "says"), [("facts", "the centre's own table"), ("nowhere", "restore it first")])
def test_a_table_that_cannot_be_copied_from_is_refused(
    command: Callable[..., int], source: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(source, "FactsTable") == 2
    assert says in capsys.readouterr().err


def test_somebody_who_stops_it_is_told_how_it_goes_on(
    tables: Tables, command: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*told: Any) -> Any:
        raise KeyboardInterrupt

    tables.put("restored", 1)
    monkeypatch.setattr(restore, "write_in_batches", stop)
    assert command("restored", "FactsTable") == 130
    assert "Repeat the same command" in capsys.readouterr().out
