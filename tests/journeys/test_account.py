"""Whom a keyed card has named, on the running stack under enforced IAM: looked at, checked, undone by an agent; others are refused."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from chalicelib.items import typed
from chalicelib.moments import stamp
from tests import lives
from tests.journeys.staff import Staff, client, send_events, until

Stack = dict[str, Any]
PHONE, MAIL = "+819012345678", "taro@example.jp"


def talk(stack: Stack) -> str:
    """Let a call that has named a member be with an agent; return its id."""
    now, contact_id = datetime.now(UTC), f"account-{uuid4()}"
    leg = lives.answered_leg(7, contact_id=contact_id, began=now - timedelta(minutes=1), channel="VOICE", queued=1.0)
    send_events(stack, [lives.event(leg, "CONNECTED_TO_AGENT", now)])
    dynamodb, outputs = client(stack, "dynamodb"), stack["outputs"]
    member = {"account_id": "A-journey", "name": "山田 太郎", "addresses": json.dumps([PHONE, MAIL])}
    dynamodb.put_item(TableName=outputs["AccountsTable"], Item=typed(member | {"language": "ja", "status": "open"}))
    identified = {"contact_id": contact_id, "state": "identified", "account_ids": '["A-journey"]', "by": "card"}
    at = stamp(now - timedelta(seconds=30))
    dynamodb.put_item(TableName=outputs["IdentificationsTable"], Item=typed(identified | {"at": at}))
    return contact_id


def account(staff: Staff, contact_id: str) -> dict[str, Any] | None:
    """Return the account as the API shows it, or None while the contact is not known yet."""
    status, answer = staff.get(f"/contacts/{contact_id}/account")
    assert status in (200, 404), answer
    return answer if status == 200 else None


def check(staff: Staff, contact_id: str, **document: str) -> dict[str, Any]:
    """Send a check, and return the account after it."""
    status, taken = staff.post(f"/contacts/{contact_id}/checks", document)
    assert status == 202, taken

    def compared() -> dict[str, Any] | None:
        now = account(staff, contact_id)
        assert now is not None
        done = (now["check"] or {}).get("check_id") == taken["check_id"] or now["state"] == "undone"
        return now if done else None

    now: dict[str, Any] = until(compared, f"the outcome of {document}")
    return now


def test_an_agent_checks_whom_a_card_has_named_and_takes_it_back(living: Stack) -> None:
    contact_id, agent = talk(living), Staff(living, "agent")
    seen = until(lambda: account(agent, contact_id), "the contact at the desk")
    assert (seen["state"], seen["tries_left"]) == ("identified", 3)
    assert PHONE not in json.dumps(seen)
    assert "山田" not in json.dumps(seen, ensure_ascii=False)

    wrong = check(agent, contact_id, fact="address", said="+81355559999")
    assert (wrong["state"], wrong["tries_left"], wrong["accounts"][0]["name"]) == ("identified", 2, None)
    right = check(agent, contact_id, fact="address", said="090-1234-5678")
    assert (right["state"], right["accounts"][0]["name"]) == ("verified", "山田 太郎")
    undone = check(agent, contact_id, fact="not_this_customer")
    assert (undone["state"], undone["accounts"]) == ("undone", [])

    audit = client(living, "dynamodb").query(
        TableName=living["outputs"]["CardAuditTable"],
        IndexName="by_contact",
        KeyConditionExpression="contact_id = :contact",
        ExpressionAttributeValues=typed({":contact": contact_id}),
    )["Items"]
    assert [item["outcome"]["S"] for item in audit] == ["wrong", "passed", "undone"]
    assert "55559999" not in json.dumps(audit)


def test_a_card_number_reaches_no_queue(living: Stack) -> None:
    contact_id, agent = talk(living), Staff(living, "agent")
    until(lambda: account(agent, contact_id), "the contact at the desk")
    status, answer = agent.post(f"/contacts/{contact_id}/checks", {"fact": "address", "said": "4111 1111 1111 1111"})
    assert (status, "looks like a card number" in answer["Message"]) == (400, True)
    assert "4111" not in json.dumps(answer)


def test_who_has_no_business_with_customers_is_refused(living: Stack) -> None:
    analyst = Staff(living, "analyst")
    assert analyst.get("/contacts/anything/account")[0] == 403
    for role in ("analyst", "quality", "auditor"):
        assert Staff(living, role).post("/contacts/anything/checks", {"fact": "name", "said": "x"})[0] == 403
