"""What a quality run costs: whether history weighs on it, and how far it is from only reading what changed."""

import gc
import json
import subprocess
import sys

from bench.changes_run import Swept
from bench.history import CONTACTS_A_DAY
from bench.report import Report
from bench.weight_of_history import CHANGED, Measured, Weighing

DAYS = (10, 30, 100)
SWEEPS = (10_000, 30_000, 100_000)
TIMES_WITHOUT_HISTORY = 1.2
TIMES_A_BARE_READ = 1.5
MEGABYTES = 512


def main() -> int:
    report = Report(
        "quality",
        "the same run without the history outside the changed intervals; and a bare read: the run's own reads, made "
        "again through the same client, their answers left unused",
    )
    _weigh_history(report)
    _sweep(report)
    return report.finish()


def _weigh_history(report: Report) -> None:
    gc.disable()  # Millions of objects of history, none of them garbage.
    weighing = Weighing(DAYS[0])
    rows = []
    for days in DAYS:
        weighing.grow(days)
        measured = weighing.measure()
        rows.append(_weighed_row(f"{days * CONTACTS_A_DAY:,} contacts of history", measured))
    _promise_weight(report, f"{DAYS[-1] * CONTACTS_A_DAY:,} contacts of history", measured)
    report.table(
        f"A run over {CHANGED:,} changed contacts in {weighing.cells:,} queue intervals, with history and without",
        ["history", "s", "s without", "times", "items", "items without", "KB", "KB without"],
        rows,
    )


def _weighed_row(history: str, measured: Measured) -> list[str]:
    return [
        history,
        f"{measured.seconds:.2f}",
        f"{measured.seconds_without:.2f}",
        f"{measured.times:.2f}",
        f"{measured.read.items_read:,}",
        f"{measured.read_without.items_read:,}",
        f"{measured.read.bytes_read / 1000:,.0f}",
        f"{measured.read_without.bytes_read / 1000:,.0f}",
    ]


def _promise_weight(report: Report, history: str, measured: Measured) -> None:
    read, without = measured.read, measured.read_without
    for what, times in (
        ("seconds", measured.times),
        ("items read", read.items_read / without.items_read),
        ("bytes read", read.bytes_read / without.bytes_read),
    ):
        report.promise(
            f"{history}: at most {TIMES_WITHOUT_HISTORY} times the {what} without it",
            f"{times:.2f} times",
            kept=times <= TIMES_WITHOUT_HISTORY,
        )


def _sweep(report: Report) -> None:
    swept = [_swept(contacts) for contacts in SWEEPS]
    report.table(
        "A run over many changed contacts; MB: the most that a process held which did nothing else",
        ["changed", "cells", "s", "s bare read", "times", "items read", "items written", "points", "MB"],
        [
            [
                f"{each.contacts:,} contacts",
                f"{each.cells:,}",
                f"{each.seconds:.1f}",
                f"{each.bare_seconds:.1f}",
                f"{each.times:.2f}",
                f"{each.items_read:,}",
                f"{each.items_written:,}",
                f"{each.points:,}",
                f"{each.megabytes:.0f}",
            ]
            for each in swept
        ],
    )
    most = swept[-1]
    report.promise(
        f"{most.contacts:,} changed contacts: at most {TIMES_A_BARE_READ} times a bare read",
        f"{most.times:.2f} times",
        kept=most.times <= TIMES_A_BARE_READ,
    )
    report.promise(
        f"{most.contacts:,} changed contacts: within {MEGABYTES} MB",
        f"{most.megabytes:.0f} MB",
        kept=most.megabytes <= MEGABYTES,
    )


def _swept(contacts: int) -> Swept:
    command = [sys.executable, "-m", "bench.changes_run", str(contacts)]
    return Swept(**json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


if __name__ == "__main__":
    sys.exit(main())
