"""Tables and indexes: items by key, in the order that DynamoDB returns them."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .answers import invalid
from .items import ITEM_LIMIT, Item, Row, comparable
from .stream import Stream

Key = tuple[Any, Any]
_NO_RANGE = ""


@dataclass(frozen=True)
class KeyAttribute:
    """A key attribute; `kind` is S, N or B."""

    name: str
    kind: str


@dataclass(frozen=True)
class KeySchema:
    """The one or two attributes that make a key."""

    hash: KeyAttribute
    range: KeyAttribute | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return (self.hash.name, self.range.name) if self.range else (self.hash.name,)

    def key_of(self, item: Item) -> Key:
        """Return an item's key; raise what DynamoDB answers when it is missing, empty or of another kind."""
        return self._part(item, self.hash), self._part(item, self.range) if self.range else _NO_RANGE

    def key_alone(self, key: Item) -> Key:
        """Return the key of a request's `Key`, which must hold nothing else."""
        if key.keys() != set(self.names):
            raise invalid("The provided key element does not match the schema")
        return self.key_of(key)

    def check_parts(self, item: Item) -> None:
        """Refuse key attributes that are there but empty or of another kind."""
        for attribute in (self.hash, self.range):
            if attribute and attribute.name in item:
                self._part(item, attribute)

    def holds(self, item: Item) -> bool:
        """Return whether an item has these attributes; a secondary index leaves out items that have not."""
        return all(name in item for name in self.names)

    @staticmethod
    def _part(item: Item, attribute: KeyAttribute) -> Any:
        if attribute.name not in item:
            raise invalid(f"One or more parameter values were invalid: Missing the key {attribute.name} in the item")
        value = item[attribute.name]
        if attribute.kind not in value:
            raise invalid(
                f"One or more parameter values were invalid: Type mismatch for key {attribute.name} "
                f"expected: {attribute.kind} actual: {next(iter(value))}"
            )
        if not value[attribute.kind]:
            raise invalid(
                "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
                f"empty string value. Key: {attribute.name}"
            )
        return comparable(value)


@dataclass(slots=True)
class Partition:
    """Rows of one partition key, side by side with what they are sorted by."""

    order: list[Any] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def put(self, place: Any, row: Row) -> None:
        at = bisect_left(self.order, place)
        if at < len(self.order) and self.order[at] == place:
            self.rows[at] = row
        else:
            self.order.insert(at, place)
            self.rows.insert(at, row)

    def remove(self, place: Any) -> None:
        at = bisect_left(self.order, place)
        del self.order[at], self.rows[at]

    def get(self, place: Any) -> Row | None:
        at = bisect_left(self.order, place)
        return self.rows[at] if at < len(self.order) and self.order[at] == place else None


@dataclass
class Index:
    """A global secondary index; `attributes` it carries beside the keys, all of them when None."""

    schema: KeySchema
    attributes: frozenset[str] | None
    partitions: dict[Any, Partition] = field(default_factory=dict)

    def replace(self, key: Key, old: Item | None, new: Item | None, row: Row | None) -> None:
        """Let an item's change show in the index."""
        if old and self.schema.holds(old):
            self._remove(key, old)
        if new and row and self.schema.holds(new):
            first, second = self.schema.key_of(new)
            self.partitions.setdefault(first, Partition()).put((second, key), self._projected(new, row))

    def _remove(self, key: Key, old: Item) -> None:
        first, second = self.schema.key_of(old)
        partition = self.partitions[first]
        partition.remove((second, key))
        if not partition.rows:
            del self.partitions[first]

    def _projected(self, item: Item, row: Row) -> Row:
        if self.attributes is None:
            return row
        return Row.of({name: value for name, value in item.items() if name in self.attributes})


class Table:
    """One table with its indexes and, if it has one, its stream."""

    def __init__(self, name: str, schema: KeySchema, indexes: dict[str, Index], stream: Stream | None = None) -> None:
        self.name = name
        self.schema = schema
        self.indexes = indexes
        self.stream = stream
        self.partitions: dict[Any, Partition] = {}

    def __len__(self) -> int:
        return sum(len(partition.rows) for partition in self.partitions.values())

    def items(self) -> Iterator[Item]:
        """Yield every item, by key within a partition."""
        for row in self.rows():
            yield row.item()

    def fill(self, items: Iterable[Item]) -> None:
        """Put items straight in: history that no client writes, no stream tells and no tally counts."""
        for item in items:
            self._store(self.schema.key_of(item), item, Row.of(item))

    def fill_copies(self, rows: Iterable[Row], replacing: Mapping[bytes, bytes]) -> None:
        """Put copies of these rows straight in, with texts replaced by others of the same length."""
        for row in rows:
            text = row.text
            for old, new in replacing.items():
                text = text.replace(old, new)
            copy = Row(text, row.size)
            item = copy.item()
            self._store(self.schema.key_of(item), item, copy)

    def rows(self) -> Iterator[Row]:
        """Yield every row, by key within a partition."""
        for partition in self.partitions.values():
            yield from partition.rows

    def get(self, key: Key) -> Row | None:
        partition = self.partitions.get(key[0])
        return partition.get(key[1]) if partition else None

    def check(self, item: Item, row: Row) -> None:
        """Refuse an item that is too large, or whose index keys are empty or of another kind."""
        if row.size > ITEM_LIMIT:
            raise invalid("Item size has exceeded the maximum allowed size")
        for index in self.indexes.values():
            index.schema.check_parts(item)

    def put(self, key: Key, item: Item, row: Row) -> None:
        """Store a checked item."""
        old = self._store(key, item, row)
        if self.stream is not None:
            self.stream.note(self.schema.names, old, row)

    def delete(self, key: Key) -> Row | None:
        """Remove an item and return it; removing what is not there changes nothing."""
        old = self.get(key)
        if old is None:
            return None
        self._change_indexes(key, old, None, None)
        partition = self.partitions[key[0]]
        partition.remove(key[1])
        if not partition.rows:
            del self.partitions[key[0]]
        if self.stream is not None:
            self.stream.note(self.schema.names, old, None)
        return old

    def _store(self, key: Key, item: Item, row: Row) -> Row | None:
        partition = self.partitions.setdefault(key[0], Partition())
        old = partition.get(key[1])
        partition.put(key[1], row)
        self._change_indexes(key, old, item, row)
        return old

    def _change_indexes(self, key: Key, old: Row | None, new: Item | None, row: Row | None) -> None:
        if self.indexes:
            old_item = old.item() if old else None
            for index in self.indexes.values():
                index.replace(key, old_item, new, row)
