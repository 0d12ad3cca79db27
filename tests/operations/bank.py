"""The day of a real bank's calls as a call log, and counted directly: neither uses our readers.

    python -m tests.operations.bank shared/reference/calls/bank_one_day.csv.gz calls.csv

The data are the "Anonymous Bank" of the Technion (I. Guedj, A. Mandelbaum): one day of 1999, whose flaws (negative times
in the menu, stays over midnight, answered calls without times of service, two clocks) are part of it. They are not ours
to copy, so they lie outside of this repository (tests/support/reference.py).
"""

import csv
import gzip
import io
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from tests.operations.counting import TOKYO, Count, half_hour

COLUMNS = (
    "contact_id", "channel", "queue", "site", "agent", "initiated_at", "enqueued_at", "connected_at", "disconnected_at",
    "outcome", "disconnect_reason", "customer",
)  # fmt: skip
DAY = datetime(1999, 8, 1, tzinfo=TOKYO)
NONE = "0:00:00"


def rows_of(file: Path) -> list[dict[str, str]]:
    """Return the rows as the bank wrote them."""
    data = file.read_bytes()
    text = gzip.decompress(data) if file.suffix == ".gz" else data
    return list(csv.DictReader(io.StringIO(text.decode())))


def call_log(rows: list[dict[str, str]]) -> str:
    """Return these rows as a call log of the documented columns."""
    log = io.StringIO()
    writer = csv.DictWriter(log, COLUMNS)
    writer.writeheader()
    writer.writerows(map(_call, rows))
    return log.getvalue()


def count(rows: list[dict[str, str]]) -> Count:
    """Count the rows directly, as the bank's documentation reads them.

    Offered are AGENT, and HANG with a stay in the queue; HANG without one gave up in the menu; PHANTOM is no call.
    Whoever was offered counts when entering the queue, but never before arriving.
    """
    counted: Count = Counter()
    for row in rows:
        if row["outcome"] == "PHANTOM":
            continue
        stayed = row["q_start"] != NONE or row["q_exit"] != NONE or row["q_time"] != "0"
        answered = row["outcome"] == "AGENT"
        began = _clock(row["vru_entry"])
        moment = began
        if answered or stayed:
            moment = max(began, _later(began, row["q_start"] if stayed else row["vru_exit"]))
        half = half_hour(moment)
        figures = ["arrived"]
        if answered or stayed:
            figures += ["offered", "answered" if answered else "abandoned"]
        else:
            figures.append("left_in_menu")
        counted.update((row["type"], half, figure) for figure in figures)
    return counted


def _call(row: Mapping[str, str]) -> dict[str, str]:
    stayed = row["q_start"] != NONE or row["q_exit"] != NONE or row["q_time"] != "0"
    answered = row["outcome"] == "AGENT"
    began = _clock(row["vru_entry"])
    times = {"initiated_at": began}
    if answered or (row["outcome"] == "HANG" and stayed):
        times["enqueued_at"] = _later(began, row["q_start"] if stayed else row["vru_exit"])
    if answered and row["ser_start"] != NONE:
        times["connected_at"] = _later(times["enqueued_at"], row["ser_start"])
        times["disconnected_at"] = _later(times["connected_at"], row["ser_exit"])
    elif not answered:
        times["disconnected_at"] = _later(times.get("enqueued_at", began), row["q_exit"] if stayed else row["vru_exit"])
    outcome = {"AGENT": "answered", "PHANTOM": "other"}.get(row["outcome"], "abandoned" if stayed else "menu")
    return {
        "contact_id": f"{DAY:%Y%m%d}-{row['vru+line']}-{row['call_id']}",
        "channel": "VOICE",
        "queue": row["type"],
        "agent": row["server"] if answered else "",
        "outcome": outcome,
        **{name: at.strftime("%Y-%m-%d %H:%M:%S") for name, at in times.items()},
    }


def _clock(text: str) -> datetime:
    hours, minutes, seconds = map(int, text.split(":"))
    return DAY + timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _later(earlier: datetime, text: str) -> datetime:
    """Return when the clock showed this: that day, or the next one if it is more than twelve hours before `earlier`."""
    moment = _clock(text)
    while moment < earlier - timedelta(hours=12):
        moment += timedelta(days=1)
    return moment


def _sums(log: Path) -> Iterator[str]:
    for (queue, half, figure), number in sorted(count(rows_of(log)).items()):
        yield f"{queue},{half},{figure},{number}"


if __name__ == "__main__":
    day, target = map(Path, sys.argv[1:3])
    target.write_text(call_log(rows_of(day)))
    print(*_sums(day), sep="\n")
