"""An import into the cloud in memory: the tool, and the real doors behind the stream, until figures are kept."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from bench.clock import cpu_seconds
from bench.doors import quality_figures
from infra.operations.replay.call_log import Names, read_call
from tests.centre import Centre, scheduled
from tests.operations import invented
from tests.operations.counting import TOKYO
from tests.operations.importing import bring_in, place
from tests.support.lambda_context import LambdaContext

CALLS_A_DAY = 1_000
NOW = datetime(2026, 11, 1, tzinfo=UTC)
CONTEXT = LambdaContext("quality_figures")


@dataclass(frozen=True)
class Imported:
    """One import, until its figures were kept: CPU seconds without the answering's, and what was asked of AWS.

    `writes` and `reads` are DynamoDB's units; an item in an index is written there again.
    """

    calls: int
    seconds: float
    round_trips: int
    writes: int
    reads: float
    stream_bytes: int
    cells: int


def call_log(calls: int) -> str:
    """Return a call log of so many calls, a thousand a day, as in a department of 30,000 a month."""
    luck, first = Random(20261101), datetime(1999, 8, 1, tzinfo=TOKYO)
    days = range(0, calls, CALLS_A_DAY)
    rows = [
        row for day in days for row in invented.calls(luck, CALLS_A_DAY, first + timedelta(days=day // CALLS_A_DAY))
    ]
    return invented.log_of(rows[:calls])


def converted(log: str) -> float:
    """Return the CPU seconds of reading every row, and of folding it to see how it ends."""
    rows = list(csv.DictReader(io.StringIO(log)))
    names = Names()
    return cpu_seconds(lambda: [read_call(row, zone=TOKYO, names=names) for row in rows])


def imported(centre: Centre, log: str) -> Imported:
    """Import a log into an empty centre."""
    centre.cloud.clear()
    with TemporaryDirectory() as directory:
        file = Path(directory) / "calls.csv"
        file.write_text(log)
        to = place()

        def work() -> None:
            bring_in(centre, file, to=to)
            quality_figures(scheduled(NOW), CONTEXT)

        whole = cpu_seconds(work)
    tally = centre.cloud.tally
    tables = ("FactsTable", "ContactsTable", "QualityTable")
    calls = sum(1 for _ in centre.cloud.table("ContactsTable").items())
    cells = sum(item["entry"]["S"] == "intervals" for item in centre.cloud.table("QualityTable").items())
    # An ended contact stands in one index, and a cell's intervals in one.
    written = {table: tally.total(resource=table).items_written for table in tables}
    puts = tally.total("PutRecords")
    return Imported(
        calls=calls,
        seconds=whole - tally.seconds,
        round_trips=tally.total().calls,
        writes=sum(written.values()) + written["ContactsTable"] + cells,
        reads=sum(tally.total(resource=table).items_read for table in tables) / 2 + calls,
        stream_bytes=puts.request_bytes * 3 // 4,
        cells=cells,
    )
