"""What noting contact events costs, against one conditional update an event."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from bench.clock import cpu_seconds, side_by_side
from bench.documents import Centre, Document, Truth, stamp
from bench.doors import contact_events, contact_folding
from bench.report import Report
from bench.update_an_event import TABLE, UpdateAnEvent
from tests.support.cloud import Cloud, Template
from tests.support.house import opened
from tests.support.lambda_context import LambdaContext

SEED = 20260601
ROUNDS_BY_SIZE = {100: 7, 400: 9, 1000: 3}
FOLDED = 2
PROMISED = 400
TIMES_THE_REFERENCE = 5.0
ITEMS_AN_EVENT = 1.0
REQUEST_BYTES_AN_EVENT = 450
CONTEXT = LambdaContext("contact_events")
Handler = Callable[[Document, Any], Any]


@dataclass(frozen=True)
class Measured:
    """One history noted by both, the median round: seconds of CPU, events, what was written and sent, and how many contacts are wrong."""

    events: int
    reference: float
    intake: float
    fold: float
    items: int
    request_bytes: int
    reference_bytes: int
    wrong: int
    reference_wrong: int

    @property
    def times(self) -> float:
        return self.reference / self.intake


def main() -> int:
    report = Report(
        "contacts", "one conditional UpdateItem an event (bench/update_an_event.py), through boto3's default client"
    )
    rows = []
    for size in ROUNDS_BY_SIZE:
        for order, disturb in (("in order", False), ("shuffled", True)):
            measured = measure(size, disturb=disturb)
            rows.append(_row(f"{size}, {order}", measured))
            if size == PROMISED:
                _promise(report, order, measured)
    report.table(
        "Events noted a second of CPU, batches of 100; shuffled: with a tenth of them twice",
        ["contacts", "events", "ref/s", "intake/s", "times", "fold/s", "both/s", "items/ev", "B/ev", "ref B/ev",
         "wrong", "ref wrong"],
        rows,
    )  # fmt: skip
    return report.finish()


def measure(contacts: int, *, disturb: bool) -> Measured:
    """Let both note the same history, in turns, each time from an empty table."""
    centre = Centre(SEED)
    truths = centre.contacts(contacts)
    bodies = centre.events(truths)
    deliveries = centre.deliveries(centre.disturbed(bodies) if disturb else bodies)
    ours, theirs = Cloud(), Cloud(Template(Path(__file__).with_name("reference.yaml")))
    with theirs.everywhere():
        reference = UpdateAnEvent(boto3.client("dynamodb"))
    with opened(ours):
        contact_events(deliveries[0], CONTEXT)  # A warm Lambda has its clients.
        rounds = [_noted(ours, theirs, reference, deliveries) for _ in range(ROUNDS_BY_SIZE[contacts])]
        seconds = sorted(rounds, key=lambda spent: spent["reference"] / spent["intake"])[len(rounds) // 2]
        fold = min(_folded(ours, deliveries) for _ in range(FOLDED))
    intake, updates = ours.tally.total("BatchWriteItem", "FactsTable"), theirs.tally.total("UpdateItem", TABLE)
    return Measured(
        events=sum(len(delivery["Records"]) for delivery in deliveries),
        reference=seconds["reference"],
        intake=seconds["intake"],
        fold=fold,
        items=intake.items_written,
        request_bytes=intake.request_bytes,
        reference_bytes=updates.request_bytes,
        wrong=_wrong(ours, "ContactsTable", truths, _ours),
        reference_wrong=_wrong(theirs, TABLE, truths, _theirs),
    )


def _noted(ours: Cloud, theirs: Cloud, reference: Handler, deliveries: list[Document]) -> dict[str, float]:
    ours.clear()
    theirs.clear()
    spent = side_by_side(
        deliveries,
        {
            "reference": lambda delivery: reference(delivery, CONTEXT),
            "intake": lambda delivery: contact_events(delivery, CONTEXT),
        },
    )
    # What the cloud in memory takes to answer is neither handler's cost.
    return {"reference": spent["reference"] - theirs.tally.seconds, "intake": spent["intake"] - ours.tally.seconds}


def _folded(cloud: Cloud, deliveries: list[Document]) -> float:
    cloud.clear()
    for delivery in deliveries:
        contact_events(delivery, CONTEXT)
    changes = []
    while (change := cloud.stream("FactsTable").take(only=("INSERT", "MODIFY")))["Records"]:
        changes.append(change)
    answered = cloud.tally.seconds
    spent = cpu_seconds(lambda: [contact_folding(change, CONTEXT) for change in changes])
    return spent - (cloud.tally.seconds - answered)


def _wrong(cloud: Cloud, table: str, truths: list[Truth], due: Callable[[Truth], dict[str, str]]) -> int:
    known = {item["contact_id"]["S"]: item for item in cloud.table(table).items()}
    return sum(
        any(known.get(truth.contact_id, {}).get(name, {}).get("S") != value for name, value in due(truth).items())
        for truth in truths
    )


def _ours(truth: Truth) -> dict[str, str]:
    return {
        "stage": "ended",
        "outcome": "answered",
        "queue_id": truth.queue,
        "agent_id": truth.agent,
        "initiated_at": stamp(truth.initiated_at),
        "enqueued_at": stamp(truth.enqueued_at),
        "connected_to_agent_at": stamp(truth.connected_at),
        "disconnected_at": stamp(truth.disconnected_at),
        "after_contact_work_ended_at": stamp(truth.completed_at),
    }


def _theirs(truth: Truth) -> dict[str, str]:
    return {
        "stage": "COMPLETED",
        "initiated_at": stamp(truth.initiated_at),
        "enqueued_at": stamp(truth.enqueued_at),
        "connected_at": stamp(truth.connected_at),
        "disconnected_at": stamp(truth.disconnected_at),
        "completed_at": stamp(truth.completed_at),
    }


def _row(history: str, measured: Measured) -> list[str]:
    events = measured.events
    return [
        history,
        f"{events:,}",
        f"{events / measured.reference:,.0f}",
        f"{events / measured.intake:,.0f}",
        f"{measured.times:.1f}",
        f"{events / measured.fold:,.0f}",
        f"{events / (measured.intake + measured.fold):,.0f}",
        f"{measured.items / events:.2f}",
        f"{measured.request_bytes / events:.0f}",
        f"{measured.reference_bytes / events:.0f}",
        f"{measured.wrong}",
        f"{measured.reference_wrong}",
    ]


def _promise(report: Report, order: str, measured: Measured) -> None:
    events = measured.events
    items, sent = measured.items / events, measured.request_bytes / events
    report.promise(
        f"{order}: at least {TIMES_THE_REFERENCE:.0f} times the reference's events a second",
        f"{measured.times:.1f} times",
        kept=measured.times >= TIMES_THE_REFERENCE,
    )
    report.promise(f"{order}: at most one written item an event", f"{items:.2f}", kept=items <= ITEMS_AN_EVENT)
    report.promise(
        f"{order}: at most {REQUEST_BYTES_AN_EVENT} request bytes an event",
        f"{sent:.0f}",
        kept=sent <= REQUEST_BYTES_AN_EVENT,
    )
    report.promise(f"{order}: no wrong contact after the fold", f"{measured.wrong}", kept=measured.wrong == 0)


if __name__ == "__main__":
    sys.exit(main())
