"""Sites and queues by name: what ids in events stand for."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

Kind = Literal["queue", "site"]


class Entry(NamedTuple):
    """One line of the directory.

    `id` is the last part of the ARN: a queue's, or for a site that of the top agent hierarchy group. `name` is ASCII,
    since CloudWatch shows no other. `service_level_seconds` is a queue's own threshold, if it has one.
    """

    kind: Kind
    id: str
    name: str
    service_level_seconds: int | None = None


class Directory:
    """What ids stand for; an id that nobody entered stands for itself."""

    def __init__(self, entries: Iterable[Entry], *, service_level_seconds: int) -> None:
        """Make the directory of these entries; queues without a threshold of their own have `service_level_seconds`."""
        self._entries = {(entry.kind, entry.id): entry for entry in entries}
        self._service_level_seconds = service_level_seconds

    def name(self, kind: Kind, id: str) -> str:
        """Return the name of a queue or site."""
        entry = self._entries.get((kind, id))
        return entry.name if entry else id

    def threshold(self, queue_id: str) -> int:
        """Return the seconds within which this queue's contacts should be answered."""
        entry = self._entries.get(("queue", queue_id))
        return (entry.service_level_seconds if entry else None) or self._service_level_seconds

    def queues(self) -> list[Entry]:
        """Return the queues, by name."""
        return sorted(
            (entry for (kind, _), entry in self._entries.items() if kind == "queue"), key=lambda entry: entry.name
        )

    def queue_id(self, text: str) -> str:
        """Return the id of the queue that `text` means: its id, its name or its ARN."""
        for entry in self.queues():
            if entry.name == text:
                return entry.id
        return text.partition("/queue/")[2] or text
