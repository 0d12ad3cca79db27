"""One run of quality's door, repeatable: what changed is put back before each."""

from collections.abc import Collection, Sequence

from bench.clock import cpu_seconds
from bench.doors import quality_figures
from bench.history import NOW, straight_tally
from chalicelib import wiring
from chalicelib.quality.model import Interval, Share
from chalicelib.quality.service import Mark
from chalicelib.slices import in_slices
from tests.support.cloud import Cloud
from tests.support.lambda_context import LambdaContext

CONTACTS_A_BATCH = 500
CONTEXT = LambdaContext("quality_figures", milliseconds_left=900_000)
TICK = {
    "version": "0",
    "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "123456789012",
    "time": NOW.strftime("%Y-%m-%dT%H:%M:%SZ"),
    "region": "ap-northeast-1",
    "resources": ["arn:aws:events:ap-northeast-1:123456789012:rule/quality"],
    "detail": {},
}


def marks_of(changed: Sequence[Share]) -> list[Mark]:
    """Return the marks that the stream's reader leaves for these, batch by batch."""
    marks: list[Mark] = []
    for number, batch in enumerate(in_slices(changed, CONTACTS_A_BATCH)):
        name = str(100_000_000_000_000_000_000 + number)
        marks += [Mark(cell=cell, name=name) for cell in sorted({share.cell for share in batch})]
    return marks


def put_back(cloud: Cloud, marks: Collection[Mark], before: Collection[Interval]) -> None:
    """Let the marked cells be as they were before the run, and make the clients that it needs."""
    for service in ("dynamodb", "cloudwatch"):
        wiring.client(service)
    tally = straight_tally(cloud)
    tally.mark(marks)
    tally.keep_intervals(before)
    cloud.cloudwatch.series.clear()
    cloud.tally.clear()


def run(context: LambdaContext = CONTEXT) -> float:
    """Run the door; return its CPU seconds."""
    return cpu_seconds(lambda: quality_figures(TICK, context))
