"""A quality run beside a long history, and beside none."""

import gc
import random
from dataclasses import dataclass
from statistics import median

from bench.history import (
    CONTACTS_A_DAY,
    Centre,
    Past,
    counted,
    keep_contacts,
    on_day,
    shares_of,
    straight_tally,
    unfinished,
)
from bench.quality_run import marks_of, put_back, run
from chalicelib.quality.model import Share
from tests.support.cloud import Cloud, Count
from tests.support.house import opened

SEED = 20260615
CHANGED_NEWEST, CHANGED_EARLIER = 700, 300
CHANGED = CHANGED_NEWEST + CHANGED_EARLIER
WAITING = 40
ROUNDS = 5


@dataclass(frozen=True)
class Measured:
    """CPU seconds of a run, and what it read, with history and without; `times` is the median of pairs of runs."""

    seconds: float
    seconds_without: float
    times: float
    read: Count
    read_without: Count


class Weighing:
    """A centre with history, and its twin that knows only the cells that changed.

    The changed contacts lie in the first `days` days, so that they stay the same while history grows.
    """

    def __init__(self, days: int) -> None:
        self._full, self._twin = Cloud(), Cloud()
        centre = Centre(SEED)
        contacts = centre.day(CONTACTS_A_DAY)
        newest = shares_of(contacts)
        keep_contacts(self._full, contacts)
        straight_tally(self._full).keep_shares(newest, [])
        straight_tally(self._full).keep_intervals(counted(newest))
        self._past = Past(self._full)
        self._days = 1
        self.grow(days)
        changed = _changed(newest, days)
        cells = {share.cell for share in changed}
        known = [share for day in range(days) for each in newest if (share := on_day(each, day)).cell in cells]
        self.cells = len(cells)
        self._marks = marks_of(changed)
        ids = {share.contact_id for share in changed}
        self._before = counted(unfinished(share) if share.contact_id in ids else share for share in known)
        self._teach_twin(known)
        waiting = centre.waiting(WAITING)
        for cloud in (self._full, self._twin):
            keep_contacts(cloud, waiting)
            centre.enter_directory(cloud)

    def grow(self, days: int) -> None:
        """Let the history be this many days long."""
        self._past.repeat(range(self._days, days))
        self._days = days
        # The collector then passes over the tables, in which nothing is garbage.
        gc.collect()
        gc.freeze()

    def measure(self) -> Measured:
        """Run with history and without, in pairs."""
        pairs = [(self._run(self._full), self._run(self._twin)) for _ in range(ROUNDS)]
        return Measured(
            seconds=min(seconds for seconds, _ in pairs),
            seconds_without=min(without for _, without in pairs),
            times=median(seconds / without for seconds, without in pairs),
            read=self._full.tally.total(),
            read_without=self._twin.tally.total(),
        )

    def _run(self, cloud: Cloud) -> float:
        with opened(cloud):
            put_back(cloud, self._marks, self._before)
            return run()

    def _teach_twin(self, known: list[Share]) -> None:
        straight_tally(self._twin).keep_shares(known, [])
        contacts = self._full.table("ContactsTable")
        rows = [row for share in known if (row := contacts.get((share.contact_id, "")))]
        self._twin.table("ContactsTable").fill_copies(rows, {})


def _changed(newest: list[Share], days: int) -> list[Share]:
    dice = random.Random(SEED)
    earlier = [on_day(share, dice.randrange(1, days)) for share in dice.sample(newest, CHANGED_EARLIER)]
    return [*earlier, *dice.sample(newest, CHANGED_NEWEST)]
