"""Card numbers are looked for wherever the centre keeps anything: a leak that is opened on purpose is found, in every kind of store."""

import asyncio
import base64
import csv
import gzip
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from infra.local.connect.encryption import encrypted
from infra.local.connect.template import Template
from infra.operations.accounts.demo import load_demo_members
from infra.operations.accounts.rows import COLUMNS
from infra.operations.canary.numbers import marks_of, planting
from infra.operations.canary.planting import plant
from infra.operations.canary.searching import Search, search
from infra.operations.place import Place, find
from infra.operations.replay.__main__ import Clock
from tests.journeys.running import RunningStack

NUMBERS = 1_000


@pytest.fixture
def place(alive: RunningStack, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("LOCAL_DIR", str(alive.directory))
    return find("local")


def test_a_leak_is_found_in_every_kind_of_store(place: Place, alive: RunningStack) -> None:
    drawn, began = planting(), datetime.now(UTC)
    number = next(drawn.numbers())
    outputs, name = place.outputs, f"leak-{time.time_ns()}"
    place.client("dynamodb").put_item(
        TableName=outputs["RequestsTable"],
        Item={"request_id": {"S": name}, "why": {"B": gzip.compress(number.encode())}},
    )
    place.client("sqs").send_message(QueueUrl=outputs["ParkedQueueUrl"], MessageBody=json.dumps({"body": [*number]}))
    place.client("kinesis").put_record(
        StreamName=outputs["ContactRecordsStream"], PartitionKey=name, Data=b'{"ContactId": "' + number.encode() + b'"}'
    )
    place.client("s3").put_object(Bucket=outputs["SiteBucket"], Key=name, Body=number[::-1].encode())
    logs = place.client("logs")
    group = f"/aws/lambda/{outputs['ContactFoldingFunction']}"
    logs.create_log_stream(logGroupName=group, logStreamName=name)
    line = {"timestamp": int(time.time() * 1000), "message": f"Traceback: ValueError: {number.encode().hex()}"}
    logs.put_log_events(logGroupName=group, logStreamName=name, logEvents=[line])
    place.client("cloudwatch").put_metric_data(
        Namespace=outputs["MetricsNamespace"],
        MetricData=[{"MetricName": "Leak", "Dimensions": [{"Name": "Card", "Value": number}], "Value": 1}],
    )
    (alive.directory / "logs" / f"{name}.log").write_text(f"card={number[:4]} {number[4:12]} {number[12:]}\n")

    seen = search(place, marks_of([number], drawn.shared), since=began, directory=alive.directory)

    assert {finding.store for finding in seen.findings} >= {
        "RequestsTable",
        "ParkedQueue",
        "ContactRecordsStream",
        "SiteBucket",
        "log of ContactFolding",
        "metrics",
        "local files",
    }
    assert all(number not in str(finding) for finding in seen.findings)
    assert left_out(seen) <= {"traces"}


class Entries:
    """Callers who key numbers into the card room of the running stack, past the prompts: what Connect would send, sent at once."""

    def __init__(self, place: Place, stack: dict[str, Any]) -> None:
        self._lambda = place.client("lambda")
        self._function = place.outputs["CardLookupFunctionArn"]
        instance = Template.of_file(parameters={**stack["outputs"], **stack["centre"]}).instance()
        [self._key_id] = instance.security_keys
        self._keys = instance.security_keys
        self._certificate = stack["centre"]["CardCertificate"].replace("\\n", "\n")

    def encrypted(self, keyed: str) -> str:
        return encrypted(keyed, self._key_id, self._certificate, self._keys, datetime.now(UTC))

    def asks(self, card: str, contact_id: str, caller: str | None = None) -> str:
        """Ask as a flow does, and return the outcome, or that the function died."""
        data = {"ContactId": contact_id, "InitialContactId": contact_id, "CustomerEndpoint": {"Address": caller}}
        event = {
            "Name": "ContactFlowEvent",
            "Details": {"ContactData": data, "Parameters": {"card": card, "by": "menu"}},
        }
        told = self._lambda.invoke(FunctionName=self._function, Payload=json.dumps(event).encode())
        return "died" if told.get("FunctionError") else str(json.loads(told["Payload"].read())["outcome"])

    def kind(self, number: str, place: int) -> Iterator[str]:
        """Key one number in one of the ways in which numbers are keyed; yields each outcome."""
        contact_id, caller = str(uuid4()), f"+8190{place:08}"
        wrong = number[:-1] + str((int(number[-1]) + 5) % 10)
        match place % 8:
            case 0 | 1:
                yield self.asks(self.encrypted(number), contact_id, caller)
            case 2:
                for keyed in (wrong, number[:13], f"{number}00", number):
                    yield self.asks(self.encrypted(keyed), contact_id, caller)
            case 3:
                message = self.encrypted(number)
                for _ in range(3):
                    yield self.asks(message, contact_id)
                yield self.asks(message, str(uuid4()))
            case 4:
                broken = base64.b64decode(self.encrypted(number))[:-1] + b"\x00"
                yield self.asks(base64.b64encode(broken).decode(), contact_id, caller)
            case 5:
                # A flow whose block does not encrypt: it must not become a leak.
                yield self.asks(number, contact_id, caller)
                yield self.asks(f"{number} {number}", contact_id, caller)
            case 6:
                yield self.asks(self.encrypted(f"*{number}#"), contact_id, "anonymous")
            case _:
                yield self.asks(self.encrypted(" ".join(number)), contact_id, "")


def test_thousands_of_entries_leave_no_number_behind(
    place: Place, alive: RunningStack, living: dict[str, Any], tmp_path: Path
) -> None:
    """Good, bad, interrupted and crashing: workers are killed while callers key."""
    drawn, began = planting(), datetime.now(UTC)
    numbers = [number for _, number in zip(range(NUMBERS), drawn.numbers(), strict=False)]
    load(place, numbers[::2], tmp_path / "members.csv")
    entries = Entries(place, living)
    outcomes: Counter[str] = Counter()
    with ThreadPoolExecutor(4) as callers:
        for done, told in enumerate(callers.map(lambda n: [*entries.kind(numbers[n], n)], range(NUMBERS))):
            outcomes.update(told)
            if done % 200 == 199:
                kill_a_worker(alive)
    planted = asyncio.run(plant(living["web_url"], iter(numbers), calls=6))

    seen = search(
        place,
        marks_of(numbers, drawn.shared),
        since=began,
        directory=alive.directory,
        connect=place.session.client("connect", endpoint_url=living["connect_endpoint"]),
        instance_id=living["instance_id"],
        contact_ids=list(planted.contact_ids),
    )

    assert seen.findings == ()
    assert left_out(seen) <= {"traces"}
    assert outcomes.total() > 1.5 * NUMBERS
    assert {*outcomes} >= {"identified", "not_found", "check_digit", "length", "unavailable"}, outcomes


def kill_a_worker(alive: RunningStack) -> None:
    """End one of the emulator's workers in the middle of what it does."""
    workers = alive.process_of("ministack").children(recursive=True)
    if workers:
        random.choice(workers).kill()


def load(place: Place, numbers: list[str], rows: Path) -> None:
    """Let members hold these cards, by the way on which members come in."""
    with rows.open("w", newline="") as file:
        written = csv.writer(file)
        written.writerow(COLUMNS)
        for at, number in enumerate(numbers):
            status = ("open", "open", "open", "closed")[at % 4]
            written.writerow(
                [
                    f"CANARY-{at}",
                    f"Member {at}",
                    f"m{at}@example.jp",
                    "ja",
                    status,
                    5,
                    number,
                    "2026-01-06T09:00:00+09:00",
                ]
            )
    load_demo_members(place, clock=Clock(), rows=rows)


def left_out(seen: Search) -> set[str]:
    """Return the stores that nobody looked at."""
    return {store.name for store in seen.stores if store.left_out}


def test_every_store_of_the_stack_is_searched(place: Place, alive: RunningStack) -> None:
    drawn = planting()
    seen = search(place, marks_of([], drawn.shared), since=datetime.now(UTC), directory=alive.directory)
    assert seen.findings == ()
    names = {store.name for store in seen.stores}
    tables = {name for name in place.outputs if name.endswith("Table")}
    assert tables <= names, tables - names
    assert {f"log of {name}" for name in ("ContactEvents", "DeskRequests", "APIHandler")} <= names
    assert {"ParkedQueue", "DeadLetterQueue", "ContactRecordsStream", "AgentEventsStream", "SiteBucket"} <= names
