"""What Connect promised reaches the stack at least once, whatever fails and whenever the process dies; agent events in their order."""

import base64
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError, HTTPClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.connect.delivery import FARTHEST, MOST, BestEffort, Post, batches, deliver
from infra.local.connect.outbox import Kind, Outbox, Promise
from infra.local.settings import ROOT
from tests.support.cloud import Cloud, Crash, Fault, Trouble
from tests.support.cloud.faults import in_turn, no_faults

NOW = datetime(2026, 6, 15, 1, tzinfo=UTC)


def post(cloud: Cloud) -> Post:
    return Post(
        events=cloud.client("events"),
        kinesis=cloud.client("kinesis"),
        records_stream="ContactRecordsStream",
        agents_stream="AgentEventsStream",
    )


def told(kind: Kind, number: int) -> str:
    return json.dumps({"number": number, "contactId": f"c{number}", "instanceArn": "arn:instance", "kind": kind})


def arrived(cloud: Cloud, kind: Kind) -> list[dict[str, Any]]:
    if kind is Kind.EVENT:
        return [json.loads(entry["Detail"]) for entry in cloud.events.put]
    stream = cloud.kinesis.streams["ContactRecordsStream" if kind is Kind.RECORD else "AgentEventsStream"]
    return [json.loads(base64.b64decode(record["Data"])) for record in stream]


Step = tuple[str, Any]
TELL = st.tuples(st.just("tell"), st.tuples(st.sampled_from(Kind), st.integers(0, 2)))
FAULTS = st.builds(Fault, st.sampled_from(Trouble), st.integers(0, 4))
DELIVER = st.tuples(st.just("deliver"), st.tuples(st.sampled_from(Kind), st.lists(st.none() | FAULTS, max_size=3)))


@pytest.fixture(scope="module")
def shared() -> tuple[Cloud, Post]:
    """A cloud for many histories: to make clients takes longer than all that is done with them."""
    cloud = Cloud()
    return cloud, post(cloud)


@settings(max_examples=100)
@given(steps=st.lists(TELL | DELIVER, max_size=30))
def test_what_was_promised_is_delivered_though_calls_fail_and_the_process_dies(
    shared: tuple[Cloud, Post], steps: Sequence[Step]
) -> None:
    cloud, way = shared
    cloud.clear()
    numbers: dict[Kind, list[tuple[str, int]]] = {kind: [] for kind in Kind}
    with tempfile.TemporaryDirectory() as directory:
        outbox = Outbox(Path(directory) / "outbox.sqlite")
        for number, (step, (kind, what)) in enumerate(steps):
            if step == "tell":
                numbers[kind].append((f"key{what}", number))
                outbox.promise(kind, f"key{what}", told(kind, number), told=NOW, due=[NOW])
                continue
            cloud.faults = in_turn(what)
            try:
                deliver(outbox, way, kind, NOW)
            except Crash:
                outbox = Outbox(Path(directory) / "outbox.sqlite")
            except (ClientError, HTTPClientError):
                pass
        cloud.faults = no_faults
        outbox = Outbox(Path(directory) / "outbox.sqlite")
        while len(outbox):
            assert sum(deliver(outbox, way, kind, NOW) for kind in Kind) > 0
    for kind in Kind:
        assert {each["number"] for each in arrived(cloud, kind)} == {number for _, number in numbers[kind]}
    keys = {number: key for key, number in numbers[Kind.AGENT]}
    for agent in set(keys.values()):
        order = [each["number"] for each in arrived(cloud, Kind.AGENT) if keys[each["number"]] == agent]
        assert [number for number, _ in groupby(order)] == [number for number, key in keys.items() if key == agent]


PROMISING = """
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from infra.local.connect.outbox import Kind, Outbox
outbox = Outbox(Path(sys.argv[1]))
for number in count():
    outbox.promise(Kind.RECORD, "c", str(number), told=datetime.now(UTC), due=[datetime.now(UTC)] * 2)
    print(number, flush=True)
"""


def test_a_killed_process_keeps_its_promises(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    process = subprocess.Popen(
        [sys.executable, "-c", PROMISING, str(path)], stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ}
    )
    assert process.stdout is not None
    said = [int(process.stdout.readline()) for _ in range(200)]
    process.kill()
    said += [int(line) for line in process.stdout if line.endswith("\n")]
    process.wait()
    kept = [int(each.document) for each in Outbox(path).due(Kind.RECORD, datetime.now(UTC), most=10**6)]
    assert set(kept) >= set(said)
    assert all(kept.count(number) == 2 for number in said), "a document that comes twice is promised whole"


def test_an_event_goes_to_the_bus_as_connect_sends_it(tmp_path: Path) -> None:
    cloud, outbox = Cloud(), Outbox(tmp_path / "o")
    outbox.promise(Kind.EVENT, "c7", told(Kind.EVENT, 7), told=NOW, due=[NOW])
    assert deliver(outbox, post(cloud), Kind.EVENT, NOW) == 1
    [entry] = cloud.events.put
    assert (entry["Source"], entry["DetailType"]) == ("local.connect", "Amazon Connect Contact Event")
    assert entry["Resources"] == ["arn:instance", "arn:instance/contact/c7"]
    assert entry["Time"] == NOW.timestamp()


def test_agent_events_go_by_agent_and_records_by_contact(tmp_path: Path) -> None:
    cloud, outbox = Cloud(), Outbox(tmp_path / "o")
    outbox.promise(Kind.AGENT, "arn:agent", told(Kind.AGENT, 1), told=NOW, due=[NOW])
    outbox.promise(Kind.RECORD, "c2", told(Kind.RECORD, 2), told=NOW, due=[NOW])
    for kind in Kind:
        deliver(outbox, post(cloud), kind, NOW)
    assert [record["PartitionKey"] for record in cloud.kinesis.streams["AgentEventsStream"]] == ["arn:agent"]
    assert [record["PartitionKey"] for record in cloud.kinesis.streams["ContactRecordsStream"]] == ["c2"]


def test_what_is_not_due_waits(tmp_path: Path) -> None:
    cloud, outbox = Cloud(), Outbox(tmp_path / "o")
    outbox.promise(Kind.EVENT, "c1", told(Kind.EVENT, 1), told=NOW, due=[NOW + timedelta(seconds=30)])
    assert deliver(outbox, post(cloud), Kind.EVENT, NOW) == 0
    assert len(outbox) == 1
    assert deliver(outbox, post(cloud), Kind.EVENT, NOW + timedelta(seconds=30)) == 1
    assert len(outbox) == 0


@pytest.mark.parametrize("kind", Kind)
def test_batches_are_as_large_as_a_call_takes(kind: Kind) -> None:
    def promises(count: int, size: int) -> list[Promise]:
        return [Promise(number=n, kind=kind, key="k", told=0, due=0, document="x" * size) for n in range(count)]

    assert [len(batch) for batch in batches(promises(2 * MOST[kind] + 1, 10), kind)] == [MOST[kind], MOST[kind], 1]
    assert [len(batch) for batch in batches(promises(3, 131_000), Kind.EVENT)] == [1, 1, 1]


def test_delivery_is_perfect_unless_told_otherwise() -> None:
    assert all(BestEffort().moments(kind, NOW, Random(1)) == [NOW] for kind in Kind for _ in range(100))


@pytest.mark.parametrize("kind", [Kind.RECORD, Kind.AGENT])
def test_records_and_agent_events_come_twice_at_worst_and_never_late(kind: Kind) -> None:
    dice, worst = Random(1), BestEffort(lose=1.0, duplicate=0.5, shuffle=True)
    seen = [worst.moments(kind, NOW, dice) for _ in range(200)]
    assert {len(moments) for moments in seen} == {1, 2}
    assert {moment for moments in seen for moment in moments} == {NOW}


def test_events_are_lost_doubled_and_shuffled_in_the_shares_asked_for() -> None:
    dice, bad = Random(1), BestEffort(lose=0.02, duplicate=0.05, shuffle=True)
    seen = [bad.moments(Kind.EVENT, NOW, dice) for _ in range(20_000)]
    assert sum(not moments for moments in seen) / 20_000 == pytest.approx(0.02, rel=0.2)
    assert sum(len(moments) == 2 for moments in seen) / 20_000 == pytest.approx(0.05 * 0.98, rel=0.2)
    firsts = [moments[0] for moments in seen if moments]
    assert firsts != sorted(firsts)
    assert max(firsts) <= NOW + timedelta(seconds=FARTHEST)


def test_one_seed_makes_the_same_mischief_and_settings_do_not_disturb_each_other() -> None:
    def lost(effort: BestEffort) -> list[bool]:
        dice = Random(7)
        return [not effort.moments(Kind.EVENT, NOW, dice) for _ in range(500)]

    assert lost(BestEffort(lose=0.1)) == lost(BestEffort(lose=0.1, duplicate=0.5, shuffle=True))
