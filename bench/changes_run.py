"""A quality run over many changed contacts, in a fresh process: `python -m bench.changes_run 100000` prints JSON."""

import gc
import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import partial
from statistics import median
from typing import Any

from bench.clock import cpu_seconds
from bench.cloud_by_http import served
from bench.history import CONTACTS_A_DAY, NEWEST, Centre, counted, shares_of, straight_tally, unfinished
from bench.quality_run import TICK, marks_of, put_back, run
from chalicelib import wiring
from chalicelib.quality.model import Interval
from chalicelib.quality.service import CELLS_A_ROUND, Mark
from tests.support.cloud import Call, Cloud, no_faults
from tests.support.house import opened
from tests.support.lambda_context import LambdaContext

SEED = 20260616
MEASURED = 3
"""Times that the whole backlog is counted."""
ROUNDS_A_PORTION = 2
"""Rounds of a run between two turns of the bare read: a machine that slows down for seconds then slows both."""
METHODS = {"Query": "query", "GetItem": "get_item", "BatchGetItem": "batch_get_item"}
KEYS = {"AWS_ACCESS_KEY_ID": "memory", "AWS_SECRET_ACCESS_KEY": "memory", "AWS_DEFAULT_REGION": "ap-northeast-1"}


@dataclass(frozen=True)
class Swept:
    """A run over `contacts` that changed in `cells`: CPU seconds of it and of a bare read of the same items.

    The run is stopped and taken up again as Lambda's clock would, and what each portion read is read bare right after
    it; `times` is the median of the ratios of the portions; `megabytes` are the most that a process held which did
    nothing but one whole run.
    """

    contacts: int
    cells: int
    seconds: float
    bare_seconds: float
    times: float
    items_read: int
    items_written: int
    points: int
    megabytes: float


class Backlog:
    """A centre in which every contact of the last days changed: its last event came late."""

    def __init__(self, contacts: int) -> None:
        self.cloud = Cloud()
        centre = Centre(SEED)
        days = range(max(contacts // CONTACTS_A_DAY, 1))
        shares = [
            share
            for day in days
            for share in shares_of(centre.day(contacts // len(days), NEWEST - timedelta(days=day)))
        ]
        straight_tally(self.cloud).keep_shares(shares, [])
        centre.enter_directory(self.cloud)
        self.cells = len({share.cell for share in shares})
        self.marks: Collection[Mark] = marks_of(shares)
        self.before: Collection[Interval] = counted(unfinished(share) for share in shares)
        # The collector then passes over the tables, in which nothing is garbage.
        gc.collect()
        gc.freeze()

    def put_back(self) -> None:
        put_back(self.cloud, self.marks, self.before)


@dataclass(frozen=True)
class ShortOfTime(LambdaContext):
    """What Lambda tells a run that has time for `rounds` rounds only."""

    rounds: Iterator[int] = field(default_factory=lambda: iter(range(ROUNDS_A_PORTION)))

    def get_remaining_time_in_millis(self) -> int:
        return 0 if next(self.rounds, None) is None else self.milliseconds_left


def sweep(contacts: int) -> Swept:
    """Measure a run over a backlog beside a bare read of what it read, and a run's memory."""
    backlog = Backlog(contacts)
    with opened(backlog.cloud):
        backlog.put_back()
        run()
        total, points = backlog.cloud.tally.total(), sum(map(len, backlog.cloud.cloudwatch.series.values()))
        counted_thrice = [_portions(backlog) for _ in range(MEASURED)]
        backlog.put_back()
    return Swept(
        contacts=contacts,
        cells=backlog.cells,
        seconds=min(sum(seconds for seconds, _ in portions) for portions in counted_thrice),
        bare_seconds=min(sum(bare for _, bare in portions) for portions in counted_thrice),
        times=median(seconds / bare for portions in counted_thrice for seconds, bare in portions),
        items_read=total.items_read,
        items_written=total.items_written,
        points=points,
        megabytes=_megabytes_of_a_run(backlog.cloud),
    )


def _portions(backlog: Backlog) -> list[tuple[float, float]]:
    """Count the whole backlog portion by portion; return the CPU seconds of each, and of its reads alone."""
    cloud = backlog.cloud
    backlog.put_back()
    portions: list[tuple[float, float]] = []
    for _ in range(0, len(backlog.marks), CELLS_A_ROUND * ROUNDS_A_PORTION):
        reads: list[Call] = []
        cloud.faults = partial(_note_read, reads)
        cloud.tally.clear()
        seconds = run(ShortOfTime("quality_figures", milliseconds_left=900_000)) - cloud.tally.seconds
        cloud.faults = no_faults
        cloud.tally.clear()
        bare = cpu_seconds(partial(_read, wiring.client("dynamodb"), reads)) - cloud.tally.seconds
        portions.append((seconds, bare))
    return portions


def _note_read(reads: list[Call], call: Call) -> None:
    if call.operation in METHODS:
        reads.append(call)


def _read(dynamodb: Any, reads: list[Call]) -> None:
    for each in reads:
        getattr(dynamodb, METHODS[each.operation])(**each.request)


def _megabytes_of_a_run(cloud: Cloud) -> float:
    with served(cloud) as address:
        environment = {"PATH": os.environ["PATH"], **KEYS, **cloud.template.environment("QualityFigures")}
        done = subprocess.run(
            [sys.executable, "-m", "bench.lambda_process"],
            input=json.dumps(TICK),
            env={**environment, "AWS_ENDPOINT_URL": address},
            capture_output=True,
            text=True,
            check=True,
        )
    return float(done.stdout.rsplit("\n", 2)[-2])


if __name__ == "__main__":
    print(json.dumps(asdict(sweep(int(sys.argv[1])))))
