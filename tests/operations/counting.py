"""A call log counted directly, with nothing but csv: what the centre's figures must be after an import."""

import csv
import io
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")
FIGURES = ("arrived", "left_in_menu", "offered", "answered", "abandoned")
ENDS = {"answered": "answered", "abandoned": "abandoned", "menu": "left_in_menu"}

Count = Counter[tuple[str, datetime, str]]
"""How often, by queue, half hour and figure."""


def count_call_log(text: str) -> Count:
    """Count the rows of a call log in which every contact id stands once and every outcome is one of ours.

    A call counts when it entered its queue, but never before it began; where that is not known, when it began.
    """
    counted: Count = Counter()
    for row in csv.DictReader(io.StringIO(text)):
        if row["outcome"] == "other":
            continue
        offered = row["outcome"] != "menu"
        moments = [row["initiated_at"], *([row["enqueued_at"]] if offered else [])]
        known = [datetime.fromisoformat(moment).replace(tzinfo=TOKYO) for moment in moments if moment]
        figures = ["arrived", ENDS[row["outcome"]], *(["offered"] if offered else [])]
        counted.update((row["queue"], half_hour(max(known)), figure) for figure in figures)
    return counted


def half_hour(moment: datetime) -> datetime:
    """Return the start of the half hour in which a moment lies."""
    return moment - timedelta(minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond)
