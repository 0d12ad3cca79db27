"""An import into the local stack, started for it alone, beside bare writes into the same emulator."""

import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3

from bench.accounts_run import items_of
from bench.put_in_batches import put_in_batches
from chalicelib.accounts.model.imports import State
from chalicelib.accounts.model.member import Entry
from infra.local.settings import ROOT_KEY
from infra.operations.accounts.bringing import Bringing, Upload
from infra.operations.place import Place
from infra.operations.replay.__main__ import Clock
from tests.accounts.members import file_of
from tests.journeys.running import RunningStack
from tests.journeys.staff import client


@dataclass(frozen=True)
class Here:
    """Members a second, by the clock on the wall."""

    brought: float
    bare: float


def measure(entries: list[Entry]) -> Here:
    """Bring members into a stack of its own, functions started cold, and write the same items bare into other tables there."""
    with TemporaryDirectory() as directory:
        file = Path(directory) / "members.jsonl"
        file.write_bytes(file_of(entries))
        running = RunningStack(Path(directory) / "local")
        try:
            stack = running.ready()
            bare = _writing(asdict(stack), entries)
            keys = ROOT_KEY
            session = boto3.session.Session(
                keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"], region_name=stack.region
            )
            bringing = Bringing(
                Place("local", session, stack.outputs, stack.event_source, stack.aws_endpoint), clock=Clock()
            )
            began = time.monotonic()
            upload = Upload.of(file, datetime.now(UTC))
            bringing.send(upload)
            whole = list(bringing.watch(upload))[-1]
            took = time.monotonic() - began
        finally:
            running.end()
    assert (whole.state, whole.counts.written) == (State.DONE, len(entries))
    return Here(brought=len(entries) / took, bare=len(entries) / bare)


def _writing(stack: dict[str, object], entries: list[Entry]) -> float:
    dynamodb = client(stack, "dynamodb")
    keys = {"AccountsTable": ["account_id"], "CardTokensTable": ["token", "account_id"]}
    for table, names in keys.items():
        dynamodb.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
            KeySchema=[
                {"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"), strict=False)
            ],
        )
    items = items_of(entries)
    began = time.monotonic()
    put_in_batches(dynamodb, items)
    return time.monotonic() - began
