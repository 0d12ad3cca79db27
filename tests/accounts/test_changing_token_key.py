"""The key by which card numbers become tokens is changed, and every member is found meanwhile (docs/card-room.md)."""

from itertools import count

import pytest

from chalicelib import wiring
from chalicelib.accounts.model.number import CardNumber
from chalicelib.items import typed
from tests.accounts.room import Room

CARDS = {"100-1": "4111111111111111", "100-2": "5555555555554444"}
"""Public test numbers of the schemes, by account."""

VERSIONS = "1=CardTokenKey.Arn,2=NextTokenKey.Arn"


def test_the_key_of_tokens_is_changed_and_nobody_is_lost_meanwhile() -> None:
    """Two versions are looked under; tokens are made anew; the old version goes when all are."""

    def members(room: Room, version: int, *account_ids: str) -> None:
        for account_id in account_ids:
            card = CARDS[account_id]
            token = wiring.card_tokens().token(CardNumber(card), version).text()
            item = typed({"token": token, "account_id": account_id})
            room.dynamodb.put_item(TableName=room.cloud.table("CardTokensTable").name, Item=item)
            item = typed({"account_id": account_id, "status": "open"})
            room.dynamodb.put_item(TableName=room.cloud.table("AccountsTable").name, Item=item)

    def told(room: Room) -> list[str]:
        calls = [f"22222222-0000-4000-8000-{next(numbers):012}" for _ in CARDS]
        return [room.key(card, call)["account_id"] for card, call in zip(CARDS.values(), calls, strict=True)]

    numbers = count(1)
    with Room(CardTokenKeys=VERSIONS) as room:
        room.cloud.kms.keys["NextTokenKey.Arn"] = b"another"
        first, second = CARDS
        members(room, 1, first, second)
        assert told(room) == [first, second], "all tokens are of the old version"
        members(room, 2, first)
        assert told(room) == [first, second], "some are of both"
        members(room, 2, second)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CARD_TOKEN_KEYS", VERSIONS.split(",")[1])
            wiring.card_tokens.cache_clear()
            assert told(room) == [first, second], "the old version is dropped"
        audited = sorted(item["key_version"] for item in room.items("CardAuditTable"))
        assert audited == ["1", "1", "1", "2", "2", "2"], "the new version counts where there are both"
