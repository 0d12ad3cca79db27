"""What has arrived: the facts and contacts of a centre, looked up by name."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import Any

from chalicelib.slices import in_slices
from infra.operations.place import Place
from infra.operations.replay.documents import AGENT_EVENTS, FACTS, FactName

KEYS_A_CALL = 100
KEYS = {FACTS: ("contact_id", "fact"), AGENT_EVENTS: ("agent_id", "event")}
"""What the tables call the owner of a fact and its key."""


class Books:
    """Reads whether facts and contacts are there; eventually consistent reads do, since it asks again."""

    def __init__(self, place: Place, *, pause: Callable[[float], None]) -> None:
        self._dynamodb: Any = place.client("dynamodb")
        self._outputs = place.outputs
        self._contacts = place.outputs["ContactsTable"]
        self._pause = pause

    def facts(self, names: Collection[FactName]) -> set[FactName]:
        """Return those of these facts that are there."""
        by_table: defaultdict[str, set[FactName]] = defaultdict(set)
        for name in names:
            by_table[name.table].add(name)
        return {name for table, own in by_table.items() for name in self._there(table, sorted(own))}

    def folded(self, contact_ids: Iterable[str]) -> dict[str, int]:
        """Return of how many facts each of these contacts is made, of those that are there."""
        keys = [{"contact_id": {"S": contact_id}} for contact_id in sorted(set(contact_ids))]
        items = self._items(self._contacts, keys, "#id, #facts", {"#id": "contact_id", "#facts": "facts"})
        return {item["contact_id"]["S"]: int(item["facts"]["N"]) for item in items}

    def _there(self, table: str, names: list[FactName]) -> list[FactName]:
        owner, key = KEYS[table]
        keys = [{owner: {"S": name.owner}, key: {"S": name.key}} for name in names]
        items = self._items(self._outputs[table], keys, "#owner, #key", {"#owner": owner, "#key": key})
        return [FactName(table=table, owner=item[owner]["S"], key=item[key]["S"]) for item in items]

    def _items(self, table: str, keys: list[dict[str, Any]], shown: str, names: dict[str, str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for some in in_slices(keys, KEYS_A_CALL):
            left = list(some)
            while left:
                asked = {table: {"Keys": left, "ProjectionExpression": shown, "ExpressionAttributeNames": names}}
                answer = self._dynamodb.batch_get_item(RequestItems=asked)
                found.extend(answer["Responses"].get(table, []))
                left = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
                if left:
                    self._pause(0.1)
        return found
