"""The search: every store of a stage, one after the other, and what became of it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from infra.operations.canary import places
from infra.operations.canary.looking import ways_found
from infra.operations.canary.places import Kept, NotLookedAt
from infra.operations.place import Place


class Store(NamedTuple):
    """A store that was searched: how much there was, or why it was not looked at."""

    name: str
    items: int
    size: int
    left_out: str | None


class Finding(NamedTuple):
    """A place where a number shows, and how it is written there; never what stands there."""

    store: str
    name: str
    ways: tuple[str, ...]


class Search(NamedTuple):
    """What a search has seen."""

    stores: tuple[Store, ...]
    findings: tuple[Finding, ...]


def search(
    place: Place,
    marks: frozenset[bytes],
    *,
    since: datetime,
    directory: Path | None = None,
    connect: Any = None,
    instance_id: str = "",
    contact_ids: list[str] | None = None,
    looked_at: Callable[[str], None] = lambda name: None,
) -> Search:
    """Search everything that a stage keeps for numbers; of logs and traces, what was written `since`.

    `directory` is that of a local run; `connect` a client of the instance whose contacts are looked at. Tells `looked_at` of each store
    before it is searched.
    """
    stores: list[Store] = []
    findings: list[Finding] = []
    for name, kept in _all(place, since, directory, connect, instance_id, contact_ids or []):
        looked_at(name)
        items = size = 0
        left_out = None
        try:
            for each in kept:
                items, size = items + 1, size + len(each.data)
                ways = ways_found(each.data, marks)
                if ways:
                    findings.append(Finding(store=each.store, name=each.name, ways=tuple(sorted(ways))))
        except NotLookedAt as reason:
            left_out = str(reason)
        stores.append(Store(name=name, items=items, size=size, left_out=left_out))
    return Search(stores=tuple(stores), findings=tuple(findings))


def _all(
    place: Place, since: datetime, directory: Path | None, connect: Any, instance_id: str, contact_ids: list[str]
) -> Iterator[tuple[str, Iterator[Kept]]]:
    for kind, resources in places.stores_of(place).items():
        if kind in places.LOOKS:
            for logical, name in resources:
                what = "log of " if kind == "AWS::Lambda::Function" else ""
                yield f"{what}{logical}", places.LOOKS[kind](place, logical, name, since)
    yield "metrics", places.metrics(place, since)
    yield "traces", places.traces(place, since)
    yield "stack", places.stack(place, since)
    if connect is not None:
        yield "Connect", places.contacts(connect, instance_id, contact_ids)
    if directory is not None:
        yield "local files", places.files(directory)
