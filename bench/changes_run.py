"""A quality run over many changed contacts, in a fresh process: `python -m bench.changes_run 100000` prints JSON."""

import gc
import json
import os
import subprocess
import sys
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from bench.clock import cpu_seconds
from bench.cloud_by_http import served
from bench.history import CONTACTS_A_DAY, NEWEST, Centre, counted, shares_of, straight_tally, unfinished
from bench.quality_run import TICK, marks_of, put_back, run
from chalicelib import wiring
from chalicelib.quality.model import Interval
from chalicelib.quality.service import Mark
from tests.support.cloud import Call, Cloud, no_faults
from tests.support.house import opened

SEED = 20260616
ROUNDS = 3
METHODS = {"Query": "query", "GetItem": "get_item", "BatchGetItem": "batch_get_item"}
KEYS = {"AWS_ACCESS_KEY_ID": "memory", "AWS_SECRET_ACCESS_KEY": "memory", "AWS_DEFAULT_REGION": "ap-northeast-1"}


@dataclass(frozen=True)
class Swept:
    """A run over `contacts` that changed in `cells`: CPU seconds of it and of a bare read of the same items.

    `times` is the median of pairs of the two; `megabytes` are the most that a process held which did nothing but the run.
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


def sweep(contacts: int) -> Swept:
    """Measure a run over a backlog, a bare read of what it read, and a run's memory."""
    backlog = Backlog(contacts)
    cloud = backlog.cloud
    reads: list[Call] = []
    with opened(cloud):
        backlog.put_back()
        cloud.faults = lambda call: reads.append(call) if call.operation in METHODS else None
        run()
        cloud.faults = no_faults
        total, points = cloud.tally.total(), sum(map(len, cloud.cloudwatch.series.values()))

        def swept() -> float:
            backlog.put_back()
            return run() - cloud.tally.seconds

        def read() -> float:
            backlog.put_back()
            return cpu_seconds(lambda: _read(wiring.client("dynamodb"), reads)) - cloud.tally.seconds

        pairs = [(swept(), read()) for _ in range(ROUNDS)]
        backlog.put_back()
    return Swept(
        contacts=contacts,
        cells=backlog.cells,
        seconds=min(seconds for seconds, _ in pairs),
        bare_seconds=min(bare for _, bare in pairs),
        times=median(seconds / bare for seconds, bare in pairs),
        items_read=total.items_read,
        items_written=total.items_written,
        points=points,
        megabytes=_megabytes_of_a_run(cloud),
    )


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
