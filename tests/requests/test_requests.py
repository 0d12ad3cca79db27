"""Requests from the desk: who asks for what, what is done about it once, and what who asked is told."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.contacts.model import ContactId
from chalicelib.privacy.service import accesses_of
from chalicelib.problems import TryAgain, Unreadable
from chalicelib.requests.entry import desk_requests
from chalicelib.requests.model import Request, Seen, Wish, objection, read_request
from tests import lives
from tests.centre import Centre, until_it_works
from tests.desk.desk import NOON, Answer, Desk
from tests.support.cloud import Fault, Trouble, in_turn, no_faults, queue_url
from tests.support.lambda_context import LambdaContext

USERS = {"hana": "u-hana", "ken": "u-ken", "akari": "u-akari"}
HOUR = timedelta(hours=1)


@pytest.fixture
def centre() -> Iterator[Centre]:
    with Centre() as running:
        yield running


@pytest.fixture
def desk(centre: Centre) -> Desk:
    return Desk()


def request(wish: Wish = Wish.HELP, **changes: Any) -> Request:
    return Request(
        request_id="r-1", contact_id=ContactId("c"), wish=wish, username="hana", at=NOON,
    )._replace(**changes)  # fmt: skip


def seen(**changes: Any) -> Seen:
    return Seen(contact_id=ContactId("c"), channel="VOICE", agent_id="u-hana", is_over=False)._replace(**changes)


# --- rules --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "contact", "user_id", "why"),
    [
        (Wish.HELP, seen(), "u-hana", None),
        (Wish.HARASSMENT, seen(), "u-hana", None),
        (Wish.HELP, seen(channel="CHAT"), "u-hana", None),
        (Wish.HELP, seen(), "u-ken", "Another agent has this contact"),
        (Wish.HARASSMENT, seen(), "u-ken", "Another agent has this contact"),
        (Wish.HELP, seen(agent_id=None), "u-hana", "No agent is connected"),
        (Wish.HELP, seen(is_over=True), "u-hana", "over"),
        (Wish.HELP, None, "u-hana", "does not know this contact"),
        (Wish.HELP, seen(), None, "no user hana"),
        (Wish.LISTEN, seen(), "u-akari", None),
        (Wish.LISTEN, seen(), "u-hana", "nobody listens to themselves"),
        (Wish.LISTEN, seen(agent_id=None), "u-akari", "No agent is connected"),
        (Wish.LISTEN, seen(is_over=True), "u-akari", "over"),
    ],
)
def test_what_stands_against_a_request(wish: Wish, contact: Seen | None, user_id: str | None, why: str | None) -> None:
    found = objection(request(wish), contact, user_id)
    assert (found is None) if why is None else (why in str(found))


def test_a_request_comes_back_as_it_was_sent() -> None:
    for wish in Wish:
        assert read_request(request(wish).text()) == request(wish)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"request": "sing"}, "request"),
        ({"request": None}, "request"),
        ({"request": 7}, "request"),
        ({"request_id": ""}, "request_id"),
        ({"username": None}, "username"),
        ({"at": "noon"}, "at"),
        ({"at": None}, "at"),
        ({"ContactId": ""}, "ContactId"),
        ({"ContactId": "x" * 257}, "ContactId"),
    ],
)
def test_a_message_that_is_no_request_is_told_by_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Unreadable) as problem:
        read_request(json.dumps(json.loads(request().text()) | changes))
    assert problem.value.field == field


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(Unreadable):
        read_request(text)


# --- at the desk --------------------------------------------------------------------------------------------------------


def hana_talks(centre: Centre, **changes: Any) -> lives.Leg:
    """Let Hana be on a call."""
    told = {"queued": 1.0, "answered": 5.0, "ended": 900.0, "channel": "VOICE", "agent": "u-hana", **changes}
    leg = lives.answered_leg(1, began=NOON - timedelta(minutes=1), **told)
    stages = ("INITIATED", "QUEUED", "CONNECTED_TO_AGENT")
    centre.deliver([json.dumps(each) for each in lives.events(leg) if each["detail"]["eventType"] in stages])
    centre.cloud.connect.contacts[leg.contact_id] = lives.description(leg, NOON)
    centre.cloud.connect.users = dict(USERS)
    centre.fold()
    return leg


def somebody(name: str, role: str) -> Desk:
    desk = Desk().sit_down(role)
    assert desk.claims is not None
    desk.claims["cognito:username"] = name
    return desk


def ask(desk: Desk, leg: lives.Leg, wish: str) -> Answer:
    return desk.send(f"/contacts/{leg.contact_id}/requests", {"request": wish})


def became(desk: Desk, leg: lives.Leg) -> tuple[str, str | None]:
    body = desk.ask(f"/contacts/{leg.contact_id}/requests/request-1").body
    return body["state"], body["why"]


def done(centre: Centre) -> list[str]:
    return [operation for operation, _ in centre.cloud.connect.did]


def marks(desk: Desk, leg: lives.Leg) -> list[tuple[str, str]]:
    found = desk.ask(f"/contacts/{leg.contact_id}").body["contact"]["marks"]
    return [(mark["mark"], mark["by"]) for mark in found]


def test_an_agent_calls_for_help(centre: Centre, desk: Desk) -> None:
    leg, hana = hana_talks(centre), somebody("hana", "agent")
    taken = ask(hana, leg, "help")
    assert (taken.status, taken.body) == (202, {"request_id": "request-1"})
    assert became(hana, leg) == ("waiting", None)
    assert centre.cloud.connect.did == [], "the API itself does nothing but take it"
    centre.carry_out_requests()
    assert became(hana, leg) == ("done", None)
    centre.fold()
    assert marks(desk, leg) == [("help", "hana")]
    attributes = {"tsunagu_help": "hana 2026-06-15T03:00:00+00:00"}
    assert centre.cloud.connect.did == [
        ("UpdateContactAttributes", {"InitialContactId": leg.contact_id, "Attributes": attributes})
    ]


def test_harassment_keeps_the_recording(centre: Centre, desk: Desk) -> None:
    leg, hana = hana_talks(centre), somebody("hana", "agent")
    centre.cloud.connect.recorded.add(leg.contact_id)
    ask(hana, leg, "harassment")
    centre.carry_out_requests()
    centre.fold()
    assert became(hana, leg) == ("done", None)
    assert marks(desk, leg) == [("harassment", "hana")]
    assert done(centre) == ["ResumeContactRecording", "UpdateContactAttributes"]
    assert "tsunagu_harassment" in centre.cloud.connect.contacts[leg.contact_id]["Attributes"]


@pytest.mark.parametrize(("entry", "resumed"), [("open", False), ("over", True)])
def test_no_mark_lets_a_recording_go_on_while_the_customer_keys_a_card(
    centre: Centre, entry: str, resumed: bool
) -> None:
    leg, hana = hana_talks(centre), somebody("hana", "agent")
    centre.cloud.connect.recorded.add(leg.contact_id)
    centre.cloud.connect.contacts[leg.contact_id]["Attributes"] = {"tsunagu_card_entry": entry}
    ask(hana, leg, "harassment")
    centre.carry_out_requests()
    assert became(hana, leg) == ("done", None)
    assert ("ResumeContactRecording" in done(centre)) is resumed


def test_harassment_is_marked_though_nobody_records_the_call(centre: Centre, desk: Desk) -> None:
    leg = hana_talks(centre)
    ask(somebody("hana", "agent"), leg, "harassment")
    centre.carry_out_requests()
    centre.fold()
    assert marks(desk, leg) == [("harassment", "hana")]
    assert done(centre) == ["UpdateContactAttributes"]


def test_a_chat_has_no_recording_to_keep(centre: Centre) -> None:
    leg = hana_talks(centre, channel="CHAT")
    centre.cloud.connect.recorded.add(leg.contact_id)
    ask(somebody("hana", "agent"), leg, "harassment")
    centre.carry_out_requests()
    assert done(centre) == ["UpdateContactAttributes"]


def test_a_call_that_ends_in_the_same_moment_is_marked_all_the_same(centre: Centre, desk: Desk) -> None:
    leg, hana = hana_talks(centre), somebody("hana", "agent")
    ask(hana, leg, "help")

    def meanwhile(call: Any) -> None:
        if call.operation == "UpdateContactAttributes":
            del centre.cloud.connect.contacts[leg.contact_id]

    centre.cloud.faults = meanwhile
    centre.carry_out_requests()
    centre.fold()
    assert (became(hana, leg), marks(desk, leg)) == (("done", None), [("help", "hana")])


def test_nobody_marks_the_contact_of_another(centre: Centre, desk: Desk) -> None:
    leg, ken = hana_talks(centre), somebody("ken", "agent")
    for wish in ("help", "harassment"):
        ask(ken, leg, wish)
        centre.carry_out_requests()
    state, why = became(ken, leg)
    assert (state, why) == ("refused", "Another agent has this contact: each agent marks their own.")
    centre.fold()
    assert (marks(desk, leg), done(centre), centre.parked()) == ([], [], [])


def test_a_supervisor_listens_and_that_leaves_a_trace(centre: Centre) -> None:
    leg, akari = hana_talks(centre), somebody("akari", "supervisor")
    centre.cloud.connect.signed_in.add("u-akari")
    ask(akari, leg, "listen")
    centre.carry_out_requests()
    assert became(akari, leg) == ("done", None)
    [(operation, asked)] = centre.cloud.connect.did
    assert operation == "MonitorContact"
    assert (asked["ContactId"], asked["UserId"]) == (leg.contact_id, "u-akari")
    assert asked["AllowedMonitorCapabilities"] == ["SILENT_MONITOR", "BARGE"]
    [access] = accesses_of("akari", start=NOON - HOUR, end=NOON + HOUR, log=wiring.access_log())
    assert (access.what, access.contact_ids) == ("listen", [leg.contact_id])


def test_who_is_not_signed_in_to_connect_is_told_so(centre: Centre) -> None:
    leg, akari = hana_talks(centre), somebody("akari", "leader")
    ask(akari, leg, "listen")
    centre.carry_out_requests()
    assert became(akari, leg) == ("refused", "Amazon Connect does not let you listen: The user is not signed in.")


@pytest.mark.parametrize(
    ("role", "wish", "status"),
    [
        ("agent", "help", 202),
        ("agent", "harassment", 202),
        ("agent", "listen", 403),
        ("supervisor", "listen", 202),
        ("leader", "listen", 202),
        ("supervisor", "help", 403),
        ("leader", "harassment", 403),
        ("[agent, leader]", "help", 202),
        ("quality", "listen", 403),
        ("administrator", "listen", 403),
    ],
)
def test_each_role_asks_for_what_is_its_own(centre: Centre, role: str, wish: str, status: int) -> None:
    leg = hana_talks(centre)
    assert ask(somebody("hana", role), leg, wish).status == status
    queue = centre.cloud.sqs.queues[queue_url("RequestsQueue")]
    assert len(queue) == (1 if status == 202 else 0)


@pytest.mark.parametrize(
    "sent",
    ["", "help", "[]", "{}", '{"request": 7}', '{"request": "sing"}', '{"request": "help", "x": "y"}', "[" * 9000],
)
def test_what_is_no_request_is_refused_with_advice(centre: Centre, sent: str) -> None:
    leg = hana_talks(centre)
    answer = somebody("hana", "agent").send(f"/contacts/{leg.contact_id}/requests", sent)
    assert (answer.status, "`request`" in answer.message) == (400, True)


def test_only_who_asked_is_told_what_became_of_it(centre: Centre) -> None:
    leg = hana_talks(centre)
    ask(somebody("hana", "agent"), leg, "help")
    centre.carry_out_requests()
    path = f"/contacts/{leg.contact_id}/requests/request-1"
    assert somebody("ken", "agent").ask(path).status == 404
    assert somebody("hana", "agent").ask("/contacts/another/requests/request-1").status == 404


def test_while_the_queue_is_busy_nothing_was_taken(centre: Centre) -> None:
    leg = hana_talks(centre)
    centre.cloud.faults = lambda call: Fault(Trouble.THROTTLED) if call.operation == "SendMessage" else None
    assert ask(somebody("hana", "agent"), leg, "help").status == 503


# --- carrying out -------------------------------------------------------------------------------------------------------


def carry_out(body: str) -> None:
    desk_requests({"Records": [{"messageId": "m", "body": body}]}, LambdaContext())


def test_a_message_that_nobody_can_read_is_parked_with_its_reason(centre: Centre) -> None:
    carry_out('{"request": "sing"}')
    [letter] = centre.parked()
    assert (letter["source"], letter["field"]) == ("desk-requests", "request")


def test_a_centre_without_an_instance_says_so(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNECT_INSTANCE_ID", "")
    leg, hana = hana_talks(centre), somebody("hana", "agent")
    ask(hana, leg, "help")
    centre.carry_out_requests()
    state, why = became(hana, leg)
    assert (state, "deploy it with INSTANCE" in str(why)) == ("refused", True)


def test_a_user_whose_name_only_looks_alike_is_another(centre: Centre) -> None:
    leg = hana_talks(centre)
    ask(somebody("Hana", "agent"), leg, "help")
    centre.carry_out_requests()
    assert became(somebody("Hana", "agent"), leg)[0] == "refused"


def test_while_connect_is_busy_the_message_comes_again(centre: Centre) -> None:
    leg, hana = hana_talks(centre), somebody("hana", "agent")
    ask(hana, leg, "help")
    [message] = centre.cloud.sqs.queues[queue_url("RequestsQueue")]
    centre.cloud.faults = lambda call: Fault(Trouble.THROTTLED) if call.service == "connect" else None
    with pytest.raises(TryAgain):
        carry_out(message["MessageBody"])
    centre.cloud.faults = no_faults
    assert became(hana, leg) == ("waiting", None)
    carry_out(message["MessageBody"])
    assert became(hana, leg) == ("done", None)


FAULTS = st.lists(st.none() | st.builds(Fault, st.sampled_from(list(Trouble)), st.sampled_from([0, 1])), max_size=40)


@pytest.fixture(scope="module")
def running() -> Iterator[Centre]:
    with Centre() as centre:
        yield centre


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wish=st.sampled_from(list(Wish)), troubles=FAULTS, copies=st.integers(1, 3))
def test_however_often_it_breaks_off_and_comes_again_it_is_done_once(
    running: Centre, wish: Wish, troubles: list[Fault | None], copies: int
) -> None:
    running.cloud.clear()
    leg = hana_talks(running)
    name = "akari" if wish is Wish.LISTEN else "hana"
    running.cloud.connect.signed_in.add("u-akari")
    running.cloud.connect.recorded.add(leg.contact_id)
    body = request(wish, contact_id=leg.contact_id, username=name).text()
    running.cloud.faults = in_turn(troubles)
    for _ in range(copies):
        until_it_works(desk_requests, {"Records": [{"messageId": "m", "body": body}]})
    running.cloud.faults = no_faults
    running.fold()
    answer = wiring.answer_book().get("r-1")
    assert answer is not None
    assert (answer.state.value, answer.why) == ("done", None)
    kept = [(mark.kind.value, mark.by) for mark in running.contacts()[leg.contact_id].marks]
    assert kept == ([] if wish is Wish.LISTEN else [(wish.value, "hana")])
    assert done(running).count("MonitorContact") == (wish is Wish.LISTEN)
    assert ("ResumeContactRecording" in done(running)) is (wish is Wish.HARASSMENT)
    attributes = running.cloud.connect.contacts[leg.contact_id].get("Attributes", {})
    assert set(attributes) == (set() if wish is Wish.LISTEN else {f"tsunagu_{wish}"})
