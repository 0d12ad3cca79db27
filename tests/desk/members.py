"""Members of the centre, and cards that have named them."""

import json
from datetime import datetime, timedelta
from typing import Any

from chalicelib import wiring
from chalicelib.accounts.model.checks import Registered
from chalicelib.items import typed
from chalicelib.moments import stamp
from tests.centre import Centre

PHONE, MAIL = "+819012345678", "taro@example.jp"
TARO = Registered(account_id="A-1", name="山田 太郎", addresses=(PHONE, MAIL), language="ja", status="open")
JIRO = Registered(account_id="A-2", name="山田 次郎", addresses=("+819055550000", PHONE), language="ja", status="open")


def known_by_card(centre: Centre, contact_id: str, *members: Registered, at: datetime) -> None:
    """Let `card_lookup` have found these members in the contact with this initial contact."""
    found = members or (TARO,)
    _put(
        centre,
        "IdentificationsTable",
        contact_id=contact_id,
        state="identified" if len(found) == 1 else "several",
        account_ids=json.dumps([each.account_id for each in found]),
        at=stamp(at),
        by="card",
        expires=int((at + timedelta(days=7)).timestamp()),
    )
    for each in found:
        register(centre, each)


def register(centre: Centre, member: Registered) -> None:
    """Load a member."""
    _put(centre, "AccountsTable", **{**member._asdict(), "addresses": json.dumps(member.addresses), "priority": 5})


def _put(centre: Centre, table: str, **item: Any) -> None:
    wiring.client("dynamodb").put_item(TableName=centre.cloud.table(table).name, Item=typed(item))
