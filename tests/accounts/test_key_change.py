"""While tokens move to a new key, a card is found under either version."""

from random import Random

from tests.accounts.messages import card
from tests.accounts.room import Room

LUCK = Random(20260616)
MINE, STRANGE = card(LUCK), card(LUCK)


def test_two_versions_of_the_key_are_searched_during_its_change() -> None:
    second = "arn:aws:kms:ap-northeast-1:123456789012:key/second"
    keys = f"1=CardTokenKey.Arn,2={second}"
    with Room(CardTokenKeys=keys) as room:
        room.cloud.kms.keys[second] = b"2" * 32
        room.member("200-1", MINE)
        dynamodb = room.cloud.client("dynamodb")
        for item in list(room.cloud.table("CardTokensTable").items()):
            if item["token"]["S"].startswith("2."):
                dynamodb.delete_item(TableName="CardTokensTable", Key={n: item[n] for n in ("token", "account_id")})
        assert room.key(MINE)["account_id"] == "200-1"
        assert room.items("CardAuditTable")[0]["key_version"] == "1"
        room.member("200-1", MINE)
        assert room.key(MINE)["account_id"] == "200-1"
        assert sorted(item["key_version"] for item in room.items("CardAuditTable")) == ["1", "2"]
        assert room.key(STRANGE)["outcome"] == "not_found"
