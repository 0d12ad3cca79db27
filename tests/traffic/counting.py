"""A ledger counted directly, with nothing but csv: what the centre's figures must be, by docs/quality.md and docs/contacts.md."""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

COUNTED = ("arrived", "left_in_menu", "turned_away", "offered", "answered", "answered_in_time", "abandoned", "abandoned_in_time",
           "callbacks_promised", "transferred", "other")  # fmt: skip
ENDS = {"callback_promised": "callbacks_promised"}
BY_US = ("OUTBOUND", "EXTERNAL_OUTBOUND", "AGENT_REPLY", "MONITOR", "DISCONNECT")
Key = tuple[str, datetime]
"""A queue, site or channel by its name, and the start of a quarter of an hour in UTC."""
Figures = dict[str, float | None]


def count_ledger(text: str, by: str, thresholds: Mapping[str, int]) -> dict[Key, Figures]:
    """Return every figure of `GET /quality` from a ledger, by its column `queue`, `site` or `channel`, and quarter of an hour.

    `thresholds` are the seconds within which each queue's contacts should be answered.
    """
    cells: dict[Key, list[dict[str, str]]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(text)):
        if row["method"] not in BY_US or row["end"] == "answered":
            at = _moment(row["enqueued_at"] or row["initiated_at"]).astimezone(UTC)
            quarter = at - timedelta(minutes=at.minute % 15, seconds=at.second)
            cells[row[by] or "none", quarter].append(row)
    counted = {key: _figures(rows, thresholds) for key, rows in cells.items()}
    return {key: figures for key, figures in counted.items() if any(figures.values())}


def _figures(rows: list[dict[str, str]], thresholds: Mapping[str, int]) -> Figures:
    sums = dict.fromkeys(COUNTED, 0)
    answers: list[float] = []
    handles: list[float] = []
    longest = 0.0
    for row in rows:
        ours, end = row["method"] in BY_US, row["end"]
        wait = _wait(row)
        if end == "answered":
            worked = _seconds(row["disconnected_at"], row["work_ended_at"]) or 0.0
            handles.append((_seconds(row["connected_at"], row["disconnected_at"]) or 0.0) + worked)
        is_callback = row["method"] == "CALLBACK"
        if wait is not None and not is_callback:
            longest = max(longest, wait)
        if ours:
            continue
        sums["arrived"] += 1
        sums["offered"] += bool(row["enqueued_at"])
        sums[ENDS.get(end, end)] += 1
        in_time = wait is not None and wait <= thresholds[row["queue"]] if row["queue"] else False
        if end in ("answered", "abandoned"):
            sums[f"{end}_in_time"] += in_time
        if end == "answered" and wait is not None and not is_callback:
            answers.append(wait)
    return {
        **sums,
        "answer_rate": _share(sums["answered"], sums["offered"]),
        "answer_rate_of_arrived": _share(sums["answered"], sums["arrived"]),
        "service_level": _share(sums["answered_in_time"], sums["offered"]),
        "average_speed_of_answer": _share(sum(answers), len(answers)),
        "average_handle_time": _share(sum(handles), len(handles)),
        "longest_wait": longest,
    }


def _wait(row: dict[str, str]) -> float | None:
    left = row["left_queue_at"] if row["method"] == "CALLBACK" else row["connected_at"] or row["left_queue_at"]
    return _seconds(row["enqueued_at"], left or row["disconnected_at"])


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _seconds(start: str, end: str) -> float | None:
    return (_moment(end) - _moment(start)).total_seconds() if start and end else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
