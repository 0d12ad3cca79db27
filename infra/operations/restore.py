"""`make restore FROM=… TABLE=FactsTable [STAGE=…]`: copy the items of a restored table into the table of the centre.

DynamoDB restores into a new table, while the centre's own belongs to its stack. So what was lost is copied back, item by item, and
what came since stays. That is right for facts and the like, which are written once and in any order; all else is made of them again
(docs/operations.md, "Backups and a restore drill").
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from chalicelib.cloud import write_in_batches
from infra.operations.patience import Busy, until_taken
from infra.operations.place import NoPlace, find
from infra.operations.progress import counting_bar

TABLES = ("FactsTable", "AgentEventsTable", "AccessesTable", "DirectoryTable", "CardAuditTable")
"""The tables that are copied, by their names in the template."""

DONE, UNUSABLE, UNFINISHED, STOPPED = 0, 2, 3, 130
GOES_ON = "Repeat the same command: it copies everything once more, and what is there already is written as it is."
Item = dict[str, Any]


class CannotRestore(Exception):
    """These two tables do not go together; the message says why."""


class Shape(NamedTuple):
    """What two tables must have in common: key attributes in their order, each with its role and type.

    `items` is the number of items as DynamoDB last counted them, which it does every six hours.
    """

    keys: Sequence[tuple[str, str, str]]
    items: int

    @classmethod
    def of(cls, dynamodb: Any, table: str) -> "Shape":
        """Return the shape of a table; raises CannotRestore for one that is not there or not ready."""
        try:
            told = dynamodb.describe_table(TableName=table)["Table"]
        except dynamodb.exceptions.ResourceNotFoundException as missing:
            raise CannotRestore(f"There is no table {table} in this region: restore it first.") from missing
        if told["TableStatus"] not in ("ACTIVE", "UPDATING"):
            raise CannotRestore(f"The table {table} is {told['TableStatus']}: wait until it is ACTIVE, then repeat.")
        types = {each["AttributeName"]: each["AttributeType"] for each in told["AttributeDefinitions"]}
        keys = [(key["AttributeName"], key["KeyType"], types[key["AttributeName"]]) for key in told["KeySchema"]]
        return cls(keys=keys, items=told.get("ItemCount", 0))


def ensure_alike(source: str, target: str, *, dynamodb: Any) -> Shape:
    """Return the shape of `source`; raises CannotRestore unless its items could be items of `target`."""
    if source == target:
        raise CannotRestore("FROM is the centre's own table: name the one that was restored beside it.")
    shape, wanted = Shape.of(dynamodb, source), Shape.of(dynamodb, target)
    if shape.keys != wanted.keys:
        raise CannotRestore(
            f"{source} has the keys {_named(shape)}, and {target} has {_named(wanted)}: not the same table."
        )
    return shape


def copy(
    source: str, target: str, *, dynamodb: Any, copied: Callable[[int], None], pause: Callable[[float], None]
) -> None:
    """Put every item of `source` into `target`, over what is there, and tell of each page how many were `copied`.

    In any order and any number of times it ends in the same items. Raises Busy when the table takes nothing for a minute.
    """
    for items in _pages(dynamodb, source):
        puts = [{"PutRequest": {"Item": item}} for item in items]
        until_taken(puts, partial(write_in_batches, dynamodb, target), pause=pause)
        copied(len(items))


def _pages(dynamodb: Any, table: str) -> Iterator[list[Item]]:
    for page in dynamodb.get_paginator("scan").paginate(TableName=table):
        yield page["Items"]


def _named(shape: Shape) -> str:
    return ", ".join(f"{name} ({role}, {kind})" for name, role, kind in shape.keys)


def main(arguments: Sequence[str] | None = None) -> int:
    """Restore as told on the command line; 2 when nothing could begin, 3 when the table was too busy, 130 when stopped."""
    parser = argparse.ArgumentParser(prog="make restore", description="Copy a restored table's items back.")
    parser.add_argument("source", help="the table that was restored beside the centre's own")
    parser.add_argument("table", choices=TABLES, help="which of the centre's tables takes its items")
    parser.add_argument("--stage", default="local")
    told = parser.parse_args(arguments)
    console = Console()
    bar = counting_bar(console)
    count = 0

    def copied(number: int) -> None:
        nonlocal count
        count += number
        # DynamoDB's own count may be hours old.
        bar.update(task, completed=count, total=max(count, expected) if expected else None)

    try:
        place = find(told.stage)
        dynamodb, target = place.client("dynamodb"), place.outputs[told.table]
        expected = ensure_alike(told.source, target, dynamodb=dynamodb).items
        task = bar.add_task(f"Copying into {told.table}", total=expected or None)
        with bar:
            copy(told.source, target, dynamodb=dynamodb, copied=copied, pause=time.sleep)
    except Busy as problem:
        print(f"{problem} {GOES_ON}", file=sys.stderr)
        return UNFINISHED
    except (NoPlace, CannotRestore, BotoCoreError, ClientError) as problem:
        print(problem, file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        console.print(f"Stopped after {count:,} items. {GOES_ON}")
        return STOPPED
    console.print(f"{count:,} items of {told.source} are in {told.table}.", markup=False)
    return DONE


if __name__ == "__main__":
    sys.exit(main())
