"""Who holds which card: tokens of cards, and as much of the accounts as finding one needs."""

from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.accounts.model.finding import Account, Status
from chalicelib.accounts.model.token import Token
from chalicelib.cloud import busy_means_try_again
from chalicelib.items import plain, typed
from chalicelib.problems import TryAgain

MOST_HOLDERS = 50
"""Accounts of one card that are looked at."""

NOBODY = "-"
"""An account that there never is."""


class DynamoMembers:
    """Accounts, and the tokens of their cards."""

    def __init__(self, dynamodb: Any, *, tokens: str, accounts: str) -> None:
        self._dynamodb = dynamodb
        self._tokens = tokens
        self._accounts = accounts

    def holders(self, token: Token) -> Sequence[str]:
        """Return the ids of the accounts that hold a card."""
        with busy_means_try_again():
            answer = self._dynamodb.query(
                TableName=self._tokens,
                KeyConditionExpression="#token = :token",
                ExpressionAttributeNames={"#token": "token"},
                ExpressionAttributeValues=typed({":token": token.text()}),
                Limit=MOST_HOLDERS,
            )
        return [item["account_id"]["S"] for item in answer["Items"]]

    def accounts(self, account_ids: Sequence[str]) -> Sequence[Account]:
        """Return those of these accounts that there are, read in one call; nobody's where none is asked for."""
        asked = {
            "Keys": [typed({"account_id": each}) for each in account_ids or [NOBODY]],
            "ProjectionExpression": "account_id, #status, #language, #priority",
            "ExpressionAttributeNames": {f"#{name}": name for name in ("status", "language", "priority")},
        }
        with busy_means_try_again():
            answer = self._dynamodb.batch_get_item(RequestItems={self._accounts: asked})
        if answer.get("UnprocessedKeys"):
            raise TryAgain("DynamoDB had no room for all accounts asked for; asking again is safe.")
        return list(_accounts(map(plain, answer["Responses"][self._accounts])))


def _accounts(items: Iterable[dict[str, str | int]]) -> Iterable[Account]:
    for item in items:
        if item.get("status") in set(Status):
            yield Account(
                account_id=str(item["account_id"]),
                status=Status(str(item["status"])),
                language=str(item["language"]) if "language" in item else None,
                priority=int(item["priority"]) if "priority" in item else None,
            )
