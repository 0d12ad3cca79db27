"""An import into the local stack, started for it alone, beside bare puts into the same emulator."""

import csv
import io
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.put_an_event import STAGES
from tests.journeys.running import RunningStack
from tests.journeys.staff import client

NAIVE_CALLS = 100


@dataclass(frozen=True)
class Here:
    """Calls a second, by the clock on the wall."""

    replayed: float
    naive: float


def measure(log: str) -> Here:
    """Import a log into a stack of its own, and put the stages of some of its calls one by one into the same emulator."""
    rows = list(csv.DictReader(io.StringIO(log)))
    with TemporaryDirectory() as directory:
        file = Path(directory) / "calls.csv"
        file.write_text(log)
        running = RunningStack(Path(directory) / "local")
        try:
            stack = running.ready()
            naive = _putting({"aws_endpoint": stack.aws_endpoint, "region": stack.region}, rows[:NAIVE_CALLS])
            command = [sys.executable, "-m", "infra.operations.replay", str(file), "--zone", "Asia/Tokyo"]
            began = time.monotonic()
            environment = {**os.environ, "LOCAL_DIR": str(running.directory)}
            subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
            replayed = time.monotonic() - began
        finally:
            running.end()
    return Here(replayed=len(rows) / replayed, naive=NAIVE_CALLS / naive)


def _putting(stack: dict[str, Any], rows: list[dict[str, str]]) -> float:
    """Return the seconds that one put an event takes, without the invocation: the least that the naive design costs."""
    dynamodb = client(stack, "dynamodb")
    dynamodb.create_table(
        TableName="bench-naive",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "contact_id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "contact_id", "KeyType": "HASH"}],
    )
    began = time.monotonic()
    for row in rows:
        for column, stage in STAGES.items():
            if row[column]:
                item = {name: {"S": value} for name, value in row.items() if value}
                item["contact_id"] = {"S": f"{row['contact_id']}#{stage}"}
                dynamodb.put_item(TableName="bench-naive", Item=item)
    return time.monotonic() - began
