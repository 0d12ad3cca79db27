"""An invented day with the flaws that real ones have; `python -m tests.operations.invented` writes it again."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from tests.operations.counting import TOKYO

FILE = Path(__file__).with_name("data") / "invented_day.csv"
COLUMNS = (
    "contact_id", "channel", "queue", "site", "agent", "initiated_at", "enqueued_at", "connected_at", "disconnected_at",
    "outcome", "disconnect_reason", "customer",
)  # fmt: skip
QUEUES = ("Support", "Billing", "解約", "NE/stock")
SITES = ("Tokyo", "Sapporo", "那覇")
MIDNIGHT = datetime(1999, 8, 1, tzinfo=TOKYO)

Row = dict[str, str]


def log_of(rows: Iterator[Row] | list[Row]) -> str:
    """Return these rows as a call log."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def calls(luck: Random, number: int, midnight: datetime = MIDNIGHT) -> Iterator[Row]:
    """Yield calls over one day, most of them ordinary; ids are unique within the day."""
    for place in range(number):
        contact_id = f"{midnight:%y%m%d}-AA{luck.randrange(20):02}-{place}"
        yield call(luck, contact_id, midnight + timedelta(seconds=luck.randrange(86_400)))


def call(luck: Random, contact_id: str, began: datetime) -> Row:
    """Return one call; now and then its menu took negative time, a stage is not known, two clocks differ by a second,
    or the talk lasted for hours, over midnight.
    """
    menu = luck.choice((5, 17, 40, 90, -87))
    wait = luck.choice((0, 0, 8, 45, 300, 4000))
    talk = luck.choice((1, 60, 200, 900, 7 * 3600))
    outcome = luck.choice(("answered",) * 6 + ("abandoned",) * 3 + ("menu", "other"))
    moments = {"initiated_at": began, "disconnected_at": began + timedelta(seconds=abs(menu))}
    if outcome in ("answered", "abandoned"):
        moments["enqueued_at"] = began + timedelta(seconds=menu)
        moments["disconnected_at"] = moments["enqueued_at"] + timedelta(seconds=wait)
    if outcome == "answered":
        moments["connected_at"] = moments["enqueued_at"] + timedelta(seconds=wait - 1)
        moments["disconnected_at"] = moments["connected_at"] + timedelta(seconds=talk)
    for unknown in luck.choice(
        ((),) * 6 + (("connected_at", "disconnected_at"), ("enqueued_at",), ("disconnected_at",))
    ):
        moments.pop(unknown, None)
    return {
        "contact_id": contact_id,
        "channel": luck.choice(("VOICE", "voice", "", "CHAT")),
        "queue": luck.choice(QUEUES),
        "site": luck.choice(SITES) if outcome == "answered" else "",
        "agent": f"agent {luck.randrange(9)}" if outcome == "answered" else "",
        "outcome": outcome,
        "disconnect_reason": luck.choice(("", "CUSTOMER_DISCONNECT", "切断")),
        "customer": luck.choice(("", "+81312345678", "03-1234-5678", "hana@example.com", "C-1234")),
        **{stage: f"{at:%Y-%m-%d %H:%M:%S}" for stage, at in moments.items()},
    }


def day() -> str:
    """Return the invented day, always the same."""
    return log_of(calls(Random(19990801), 400))


if __name__ == "__main__":
    FILE.write_text(day())
