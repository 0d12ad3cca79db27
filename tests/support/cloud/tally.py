"""What the cloud was asked to do, counted: the costs that benches and tests speak about."""

from dataclasses import dataclass, fields


@dataclass(slots=True)
class Count:
    """Sums over calls. Bytes read and written are DynamoDB's item sizes (what it bills); request and response bytes are
    those of the HTTP bodies. Items read are those that were looked at, before any filter or projection.
    """

    calls: int = 0
    refused: int = 0
    items_read: int = 0
    items_written: int = 0
    bytes_read: int = 0
    bytes_written: int = 0
    request_bytes: int = 0
    response_bytes: int = 0

    def add(self, other: "Count") -> None:
        for name in _NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))


_NAMES = [field.name for field in fields(Count)]


class Tally:
    """Counts by operation and resource: a table, a queue's URL, a namespace.

    A call that names several tables is counted, with its bytes on the wire, under their names joined by "+"; its items
    under each table.
    """

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str], Count] = {}
        self.seconds = 0.0
        """CPU seconds that answering took, to be taken off when only the client's cost is wanted."""

    def of(self, operation: str, resource: str) -> Count:
        """Return the count of one operation on one resource, for adding to."""
        key = operation, resource
        if key not in self.counts:
            self.counts[key] = Count()
        return self.counts[key]

    def total(self, operation: str | None = None, resource: str | None = None) -> Count:
        """Return the sum over operations and resources, or over those named."""
        total = Count()
        for (its_operation, its_resource), count in self.counts.items():
            if operation in (None, its_operation) and resource in (None, its_resource):
                total.add(count)
        return total

    def clear(self) -> None:
        self.counts.clear()
        self.seconds = 0.0
