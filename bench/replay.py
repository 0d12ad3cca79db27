"""What bringing history in costs: here, in memory, and ten years on paper."""

import csv
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from bench import replay_here
from bench.clock import cpu_seconds
from bench.documents import Document
from bench.put_an_event import TABLE, PutAnEvent, events_of
from bench.replay_run import Imported, call_log, converted, imported
from bench.report import Report
from tests.centre import Centre
from tests.support.cloud import Cloud, Template
from tests.support.lambda_context import LambdaContext

CALLS, ROUNDS = 2_000, 3
CALLS_HERE = 1_000
TEN_YEARS = 30_000 * 12 * 10
PRICES = Path(__file__).with_name("prices-2026-11.json")
CONTEXT = LambdaContext("naive")


@dataclass(frozen=True)
class Naive:
    """The reference over the same calls: CPU seconds without the answering's, and events."""

    seconds: float
    events: int


def main() -> int:
    report = Report(
        "replay",
        "one invocation and one put an event (bench/put_an_event.py), through boto3's default client; it keeps events only",
    )
    log = call_log(CALLS)
    naive, ours = in_memory(log)
    reading = min(converted(log) for _ in range(ROUNDS))
    times = naive.seconds / ours.seconds
    report.table(
        f"{CALLS:,} calls in memory, by CPU; ours until contacts and figures are kept",
        ["", "calls/s", "round trips a call", "written units a call", "read units a call"],
        [
            ["rows read and folded", f"{CALLS / reading:,.0f}", "", "", ""],
            ["replay", f"{CALLS / ours.seconds:,.0f}", *(f"{each / CALLS:.2f}" for each in (ours.round_trips, ours.writes, ours.reads))],
            ["reference", f"{CALLS / naive.seconds:,.0f}", *[f"{naive.events / CALLS:.2f}"] * 2, ""],
        ],
    )  # fmt: skip
    here = replay_here.measure(call_log(CALLS_HERE))
    report.table(
        f"{CALLS_HERE:,} calls here, by the wall",
        ["into the local stack", "calls/s"],
        [["replay", f"{here.replayed:,.0f}"], ["reference, its puts alone", f"{here.naive:,.0f}"]],
    )
    told = json.loads(PRICES.read_text())
    _paper(report, ours, naive, told)
    report.promise("no call is lost or doubled", f"{ours.calls:,} contacts", kept=ours.calls == CALLS)
    trips = ours.round_trips / naive.events
    report.promise("fewer round trips than one an event", f"{trips:.2f} an event", kept=trips < 1)
    report.promise(
        "contacts and figures at no less than half the speed at which the reference keeps events",
        f"{times:.2f} times",
        kept=times >= 0.5,
    )
    return report.finish()


def in_memory(log: str) -> tuple[Naive, Imported]:
    """Let both take the same calls in turns, and return the medians."""
    rows = list(csv.DictReader(io.StringIO(log)))
    invocations = [event for row in rows for event in events_of(row)]
    theirs = Cloud(Template(Path(__file__).with_name("reference.yaml")))
    with theirs.everywhere():
        handler = PutAnEvent(boto3.client("dynamodb"))
    spent: list[tuple[float, Imported]] = []
    with Centre() as centre:
        for _ in range(ROUNDS):
            theirs.clear()
            whole = cpu_seconds(lambda: _invoked(handler, invocations))
            spent.append((whole - theirs.tally.seconds, imported(centre, log)))
    assert len(theirs.table(TABLE)) == len(invocations)
    naive = sorted(seconds for seconds, _ in spent)[ROUNDS // 2]
    ours = sorted((each for _, each in spent), key=lambda each: each.seconds)[ROUNDS // 2]
    return Naive(seconds=naive, events=len(invocations)), ours


def _invoked(handler: PutAnEvent, invocations: list[Document]) -> None:
    for event in invocations:
        handler(event, CONTEXT)


def _paper(report: Report, ours: Imported, naive: Naive, told: dict[str, Any]) -> None:
    """Scale what was measured to ten years, by list prices and named assumptions."""
    price = {name: each["price"] for name, each in told["prices"].items()}
    assumed = told["assumed"]
    scale = TEN_YEARS / ours.calls
    seconds = ours.seconds * scale / assumed["vcpus"]
    waits = ours.round_trips * scale * assumed["round_trip_seconds"]
    batches = 3 * TEN_YEARS / 100
    dollars = {
        "DynamoDB": (ours.writes * price["dynamodb_write_million"] + ours.reads * price["dynamodb_read_million"]) * scale / 1e6,
        "Lambda": batches / 1e6 * price["lambda_request_million"] + (seconds + waits) * assumed["memory_gb"] * price["lambda_gb_second"],
        "streams": ours.stream_bytes * scale / 1e9 * (price["kinesis_gb_in"] + price["kinesis_gb_out"]),
    }  # fmt: skip
    events = naive.events * scale
    theirs = {
        "DynamoDB": events / 1e6 * price["dynamodb_write_million"],
        "Lambda": events / 1e6 * price["lambda_request_million"]
        + (naive.seconds * scale / assumed["vcpus"] + events * assumed["round_trip_seconds"]) * assumed["memory_gb"] * price["lambda_gb_second"],
        "streams": events / 1e6 * (price["eventbridge_million"] + price["sqs_million"]),
    }  # fmt: skip
    each_fold = 2 * assumed["round_trip_seconds"] + ours.seconds / ours.calls / assumed["vcpus"]
    folding = TEN_YEARS * each_fold / (assumed["shards"] * assumed["batches_a_shard"])
    counting = ours.cells * scale * assumed["round_trip_seconds"]
    putting = events * (assumed["round_trip_seconds"] + naive.seconds / naive.events / assumed["vcpus"])
    report.table(
        f"On paper: {TEN_YEARS:,} calls, ten years of 30,000 a month; list prices of {told['as_of']}, {told['region']}",
        ["", "DynamoDB $", "Lambda $", "streams, bus $", "together $", "hours", "the slowest part"],
        [
            _row("replay", dollars, max(folding, counting), "counting, one run at a time" if counting > folding else "folding"),
            _row("reference", theirs, putting / assumed["naive_concurrency"], f"{assumed['naive_concurrency']} at a time; no contacts, no figures"),
        ],
    )  # fmt: skip


def _row(name: str, dollars: dict[str, float], seconds: float, slowest: str) -> list[str]:
    together = sum(dollars.values())
    return [name, *(f"{each:,.2f}" for each in (*dollars.values(), together)), f"{seconds / 3600:.1f}", slowest]


if __name__ == "__main__":
    sys.exit(main())
