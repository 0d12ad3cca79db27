"""Looking up contacts at the desk: one with all its facts, and the list of a queue page by page."""

import base64
import json
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.routing.model import Entry
from tests import lives
from tests.centre import Centre
from tests.desk.desk import Answer, Desk
from tests.support.cloud import Fault, Trouble

DAY = {"from_": "2026-06-15", "to": "2026-06-16"}


def live(centre: Centre, *kinds: str, seed: int = 1, records: bool = True) -> list[lives.Leg]:
    """Let contacts of these kinds happen, and return their legs."""
    luck = Random(seed)
    legs = [leg for kind in kinds for leg in lives.story(kind, luck)]
    centre.deliver(lives.bodies(legs))
    if records:
        centre.record([lives.record(leg) for leg in legs])
    centre.fold()
    return legs


def every_page(desk: Desk, limit: int, **query: object) -> list[list[str]]:
    pages = []
    more: dict[str, object] = {}
    while True:
        answer = desk.ask("/contacts", **query, limit=limit, **more)
        assert answer.status == 200
        pages.append([contact["contact_id"] for contact in answer.body["contacts"]])
        if answer.body["next"] is None:
            return pages
        more = {"next": answer.body["next"]}


@pytest.mark.parametrize("kind", lives.KINDS)
def test_a_contact_of_every_kind_can_be_looked_up(centre: Centre, desk: Desk, kind: str) -> None:
    for leg in live(centre, kind):
        answer = desk.ask(f"/contacts/{leg.contact_id}")
        contact = answer.body["contact"]
        assert (answer.status, contact["outcome"], contact["channel"]) == (200, leg.outcome, leg.channel)
        assert contact["initiated_at"].startswith((leg.began + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M:%S"))
        assert contact["initiated_at"].endswith("+09:00")


def test_facts_are_told_in_the_order_in_which_they_happened(centre: Centre, desk: Desk) -> None:
    first, second = live(centre, "agent_transfer")
    answer = desk.ask(f"/contacts/{first.contact_id}")
    told = [(fact["source"], fact["type"]) for fact in answer.body["facts"]]
    assert told == [
        ("event", "INITIATED"),
        ("event", "QUEUED"),
        ("event", "CONNECTED_TO_AGENT"),
        ("event", "DISCONNECTED"),
        ("event", "COMPLETED"),
        ("record", "RECORD"),
        ("next", "TRANSFER"),
    ]
    assert answer.body["contact"]["went_on"] == [{"contact_id": second.contact_id, "initiation_method": "TRANSFER"}]


def test_no_answer_says_how_the_customer_is_reached(centre: Centre, desk: Desk) -> None:
    for leg in live(centre, *lives.KINDS):
        text = json.dumps(desk.ask(f"/contacts/{leg.contact_id}").body)
        assert "+819012345678" not in text
        assert "address" not in text


def test_queues_and_sites_have_the_names_of_the_directory_and_else_those_of_the_record(
    centre: Centre, desk: Desk
) -> None:
    (leg,) = live(centre, "answered")
    contact = desk.ask(f"/contacts/{leg.contact_id}").body["contact"]
    assert contact["queue"] == {"id": leg.queue, "name": leg.queue}
    assert contact["agent"] == {"id": leg.agent, "name": leg.agent}
    assert leg.queue
    assert leg.site
    wiring.directory_book().keep(
        [Entry(kind="queue", id=leg.queue, name="Support"), Entry(kind="site", id=leg.site, name="North")]
    )
    contact = desk.ask(f"/contacts/{leg.contact_id}").body["contact"]
    assert contact["queue"] == {"id": leg.queue, "name": "Support"}
    assert contact["site"] == {"id": leg.site, "name": "North"}


def test_a_contact_nobody_heard_of_is_answered_with_advice(desk: Desk) -> None:
    answer = desk.ask("/contacts/unheard-of")
    assert answer.status == 404
    assert "look again in a minute" in answer.message


def test_an_id_may_hold_anything_that_a_path_can(centre: Centre, desk: Desk) -> None:
    (leg,) = lives.story("answered", Random(1))
    centre.deliver([json.dumps(lives.event(leg, "INITIATED", leg.began)).replace(leg.contact_id, "受付 1+1%3")])
    centre.fold()
    assert desk.ask("/contacts/%E5%8F%97%E4%BB%98%201%2B1%253").body["contact"]["contact_id"] == "受付 1+1%3"


@pytest.mark.parametrize("contact_id", ["x" * 257, "%E5%8F%97" * 86, "x" * 5000])
def test_an_id_longer_than_any_contact_has_is_refused(desk: Desk, contact_id: str) -> None:
    answer = desk.ask(f"/contacts/{contact_id}")
    assert (answer.status, answer.message) == (400, "A contact id has at most 256 bytes.")


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_page_after_page_holds_every_contact_of_the_queue_once_and_oldest_first(
    centre: Centre, desk: Desk, limit: int
) -> None:
    legs = live(centre, *["answered", "abandoned", "callback_promised"] * 7)
    mine = [leg for leg in legs if leg.queue == "billing"]
    assert len(mine) > 3
    pages = every_page(desk, limit, queue="billing", **DAY)
    assert [contact_id for page in pages for contact_id in page] == [
        leg.contact_id for leg in sorted(mine, key=lambda leg: leg.at(leg.queued or 0))
    ]
    assert all(len(page) == limit for page in pages[:-1])


def test_a_list_goes_on_past_midnight(centre: Centre, desk: Desk) -> None:
    luck = Random(3)
    ids = []
    for day in range(4):
        (leg,) = lives.story("left_in_menu", luck, lives.MORNING + timedelta(days=day))
        centre.deliver(lives.bodies([leg]))
        ids.append(leg.contact_id)
    centre.fold()
    pages = every_page(desk, 1, queue="none", from_="2026-06-15", to="2026-06-19")
    assert [contact_id for page in pages for contact_id in page] == ids


@pytest.mark.parametrize("queue", ["billing", "Bills", f"{lives.INSTANCE}/queue/billing"])
def test_a_queue_may_be_named_by_id_name_or_arn(centre: Centre, desk: Desk, queue: str) -> None:
    wiring.directory_book().keep([Entry(kind="queue", id="billing", name="Bills")])
    legs = live(centre, *["answered"] * 9)
    mine = {leg.contact_id for leg in legs if leg.queue == "billing"}
    assert mine
    assert {each["contact_id"] for each in desk.ask("/contacts", queue=queue, **DAY).body["contacts"]} == mine


def test_those_who_never_reached_a_queue_are_listed_under_none(centre: Centre, desk: Desk) -> None:
    legs = live(centre, "left_in_menu", "turned_away", "answered")
    listed = desk.ask("/contacts", queue="none", **DAY).body["contacts"]
    assert {contact["contact_id"] for contact in listed} == {leg.contact_id for leg in legs[:2]}
    assert {contact["outcome"] for contact in listed} == {"left_in_menu", "turned_away"}
    assert all(contact["queue"] is None for contact in listed)


def test_without_a_queue_one_is_asked_for(desk: Desk) -> None:
    for answer in (desk.ask("/contacts"), desk.ask("/contacts", queue="")):
        assert answer.status == 400
        assert "`none` lists contacts that entered no queue" in answer.message


def test_a_span_holds_its_first_moment_and_not_its_last(centre: Centre, desk: Desk) -> None:
    (leg,) = live(centre, "left_in_menu", records=False)
    began = leg.began
    after = began + timedelta(milliseconds=1)

    def listed(start: object, end: object) -> int:
        return len(desk.ask("/contacts", queue="none", from_=start, to=end).body["contacts"])

    assert listed(began, after) == 1
    assert listed(began - timedelta(hours=1), began) == 0
    assert listed(after, began + timedelta(hours=1)) == 0


def token(**changes: Any) -> str:
    key = {"contact_id": "c", "queue_day": "billing|2026-06-15", "arrived_at": "2026-06-15T01:00:00.000Z", **changes}
    text = json.dumps({name: value for name, value in key.items() if value is not None})
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "forged",
    [
        "next", "%%%", "bmV4dA==", base64.urlsafe_b64encode(b"[" * 4000).decode(), base64.urlsafe_b64encode(b"[]").decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(), token(contact_id=None), token(contact_id=""),
        token(contact_id="x" * 300), token(contact_id="\ud800"), token(queue_day="support-ja|2026-06-15"),
        token(queue_day="billing|2026-06-14"), token(queue_day="billing|"), token(arrived_at=""),
        token(arrived_at="2026-06-15"), token(arrived_at="2026-06-15T01:00:00Z"), token(arrived_at="z" * 2000),
        token(arrived_at="2026-06-14T01:00:00.000Z", queue_day="billing|2026-06-14"),
        token(arrived_at="2026-06-15T15:00:00.000Z"),
    ],
)  # fmt: skip
def test_a_token_that_no_page_of_this_list_gave_out_is_refused(desk: Desk, forged: str) -> None:
    answer = desk.ask("/contacts", queue="billing", **DAY, next=forged)
    assert answer.status == 400
    assert "leave it out to begin anew" in answer.message


def test_a_token_of_this_list_is_good_even_if_its_contact_has_gone(centre: Centre, desk: Desk) -> None:
    assert desk.ask("/contacts", queue="billing", **DAY, next=token()).body == {"contacts": [], "next": None}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=200))
def test_no_token_breaks_the_desk(desk: Desk, text: str) -> None:
    assert desk.ask("/contacts", queue="billing", **DAY, next=text).status in (200, 400)


@pytest.mark.parametrize("trouble", [Trouble.THROTTLED, Trouble.SERVER_ERROR, Trouble.DISCONNECTED])
@pytest.mark.parametrize("path", ["/contacts/some-id", "/contacts?queue=none", "/quality", "/quality/now"])
def test_while_the_records_are_busy_callers_are_asked_to_come_again(
    centre: Centre, desk: Desk, trouble: Trouble, path: str
) -> None:
    centre.cloud.faults = lambda call: Fault(trouble)
    path, _, query = path.partition("?")
    answer = desk.ask(path, query)
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "2"
    assert "ask again" in answer.message


def test_a_fault_of_ours_is_answered_by_its_number_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[Any] = []
    monkeypatch.setattr("chalicelib.desk.doorway.logger.error", lambda *said, **more: logged.append((said, more)))
    monkeypatch.setattr("chalicelib.desk.entry.show", _fail)
    answer: Answer = desk.ask("/contacts/some-id")
    assert answer.status == 500
    assert answer.message.endswith("this number: request-1")
    ((_, told),) = logged
    assert told["problem"] == "ValueError"
    assert any("entry.py" in frame for frame in told["frames"])
    assert "4111" not in json.dumps(told) + json.dumps(answer.body)


def test_the_log_keeps_who_asked_which_route_and_no_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[Any] = []
    monkeypatch.setattr("chalicelib.desk.doorway.logger.info", lambda *said, **more: logged.append((said, more)))
    desk.ask("/contacts", queue="secret-of-the-caller")
    assert logged == [(("answered",), {"route": "/contacts", "status": 200, "who": "someone", "request": "request-1"})]


def _fail(*_: Any, **__: Any) -> Any:
    raise ValueError("4111 1111 1111 1111 is no contact")
