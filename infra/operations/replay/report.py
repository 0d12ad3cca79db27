"""What is said of a replay: counts, and why what was refused."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

SHOWN = 20
"""Reasons, or contacts, that are listed; there may be more."""


@dataclass
class Report:
    """Counts of one replay.

    `read` rows are either `repeated` (equal to an earlier row of the file), `refused` by reason, or documents; a
    document was `there` before or was `sent`. `applied` are the documents whose facts lie in their table, those that
    were there before included; `folded` those whose contact is up to date with them, and all agent events.
    """

    read: int = 0
    repeated: int = 0
    there: int = 0
    sent: int = 0
    applied: int = 0
    folded: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)
    lines_done: int = 0

    def lines(self) -> Iterator[str]:
        """Yield the report, line by line."""
        yield f"{self.read:>12,} read"
        yield f"{self.sent:>12,} sent"
        yield f"{self.applied:>12,} applied{f', {self.there:,} of them before' if self.there else ''}"
        yield f"{self.folded:>12,} counted towards their contacts and agents"
        if self.repeated:
            yield f"{self.repeated:>12,} were equal to an earlier row of the file"
        yield f"{self.refused.total():>12,} refused"
        yield from _table(self.refused)
        if self.notes:
            yield f"{self.notes.total():>12,} times put right"
            yield from _table(self.notes)
        if self.missing:
            yield f"{len(self.missing):>12,} sent, and not applied yet"
            yield from (f"{'':14}{contact_id}" for contact_id in self.missing[:SHOWN])


def _table(counts: Counter[str]) -> Iterator[str]:
    for text, count in counts.most_common(SHOWN):
        yield f"{count:>16,}  {text}"
    if len(counts) > SHOWN:
        yield f"{'':16}  and {len(counts) - SHOWN} more kinds"
