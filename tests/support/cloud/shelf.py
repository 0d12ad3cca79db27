"""The tables that a cloud holds, and the counting of what is read and written."""

from collections.abc import Iterable

from .answers import Refused
from .items import Row
from .tables import Table
from .tally import Tally


class Shelf:
    """Tables by name, with the tally that counts their items."""

    def __init__(self, tables: Iterable[Table], tally: Tally) -> None:
        self.tables = {table.name: table for table in tables}
        self._tally = tally

    def table(self, name: str) -> Table:
        if name not in self.tables:
            raise Refused("ResourceNotFoundException", "Requested resource not found")
        return self.tables[name]

    def read(self, operation: str, table: Table, rows: list[Row]) -> None:
        count = self._tally.of(operation, table.name)
        count.items_read += len(rows)
        count.bytes_read += sum([row.size for row in rows])

    def wrote(self, operation: str, table: Table, row: Row | None) -> None:
        """Count a written item, or with None a deletion of what was not there."""
        if row:
            count = self._tally.of(operation, table.name)
            count.items_written += 1
            count.bytes_written += row.size
