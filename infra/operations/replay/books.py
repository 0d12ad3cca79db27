"""What has arrived: the facts and contacts of a centre, looked up by name."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from chalicelib.slices import in_slices
from infra.operations.place import Place
from infra.operations.replay.documents import FactName

KEYS_A_CALL = 100


class Books:
    """Reads whether facts and contacts are there; eventually consistent reads do, since it asks again."""

    def __init__(self, place: Place, *, pause: Callable[[float], None]) -> None:
        self._dynamodb: Any = place.client("dynamodb")
        self._facts = place.outputs["FactsTable"]
        self._contacts = place.outputs["ContactsTable"]
        self._pause = pause

    def facts(self, names: Collection[FactName]) -> set[FactName]:
        """Return those of these facts that are there."""
        keys = [{"contact_id": {"S": contact_id}, "fact": {"S": fact}} for contact_id, fact in sorted(set(names))]
        items = self._items(self._facts, keys, "contact_id, fact")
        return {(item["contact_id"]["S"], item["fact"]["S"]) for item in items}

    def folded(self, contact_ids: Iterable[str]) -> dict[str, int]:
        """Return of how many facts each of these contacts is made, of those that are there."""
        keys = [{"contact_id": {"S": contact_id}} for contact_id in sorted(set(contact_ids))]
        items = self._items(self._contacts, keys, "contact_id, facts")
        return {item["contact_id"]["S"]: int(item["facts"]["N"]) for item in items}

    def _items(self, table: str, keys: list[dict[str, Any]], shown: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for some in in_slices(keys, KEYS_A_CALL):
            left = list(some)
            while left:
                asked = {table: {"Keys": left, "ProjectionExpression": shown}}
                answer = self._dynamodb.batch_get_item(RequestItems=asked)
                found.extend(answer["Responses"].get(table, []))
                left = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
                if left:
                    self._pause(0.1)
        return found
