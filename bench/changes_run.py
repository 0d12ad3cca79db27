"""A quality run over many changed contacts, in a fresh process: `python -m bench.changes_run 100000` prints JSON."""

import json
import resource
import sys
from dataclasses import asdict, dataclass
from datetime import timedelta

from bench.clock import cpu_seconds, least
from bench.history import CONTACTS_A_DAY, NEWEST, Centre, counted, shares_of, straight_tally, unfinished
from bench.quality_run import marks_of, put_back, run
from chalicelib import wiring
from tests.support.cloud import Call, Cloud, no_faults
from tests.support.house import opened

SEED = 20260616
ROUNDS = 2
METHODS = {"Query": "query", "GetItem": "get_item", "BatchGetItem": "batch_get_item"}


@dataclass(frozen=True)
class Swept:
    """A run over `contacts` that changed in `cells`: CPU seconds of it and of a bare read of the same items.

    Megabytes are the process's most, after the run and before it.
    """

    contacts: int
    cells: int
    seconds: float
    bare_seconds: float
    items_read: int
    items_written: int
    points: int
    megabytes: float
    megabytes_before: float


def sweep(contacts: int) -> Swept:
    """Measure a run after a backlog: every contact of the last days changed."""
    cloud, centre = Cloud(), Centre(SEED)
    days = range(max(contacts // CONTACTS_A_DAY, 1))
    shares = [
        share for day in days for share in shares_of(centre.day(contacts // len(days), NEWEST - timedelta(days=day)))
    ]
    straight_tally(cloud).keep_shares(shares, [])
    before = counted(unfinished(share) for share in shares)
    marks = marks_of(shares)
    centre.enter_directory(cloud)
    cells = len({share.cell for share in shares})
    shares.clear()
    megabytes_before = _megabytes()
    reads: list[Call] = []
    with opened(cloud):
        put_back(cloud, marks, before)
        cloud.faults = lambda call: reads.append(call) if call.operation in METHODS else None
        run()
        cloud.faults = no_faults
        total, points = cloud.tally.total(), sum(map(len, cloud.cloudwatch.series.values()))
        megabytes = _megabytes()

        def swept() -> float:
            put_back(cloud, marks, before)
            return run()

        def read() -> float:
            put_back(cloud, marks, before)
            client = wiring.client("dynamodb")
            return cpu_seconds(lambda: [getattr(client, METHODS[each.operation])(**each.request) for each in reads])

        taken = least(ROUNDS, {"run": swept, "bare": read})
    return Swept(
        contacts=contacts,
        cells=cells,
        seconds=taken["run"],
        bare_seconds=taken["bare"],
        items_read=total.items_read,
        items_written=total.items_written,
        points=points,
        megabytes=megabytes,
        megabytes_before=megabytes_before,
    )


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(asdict(sweep(int(sys.argv[1])))))
