"""Both homes of the softphone keep the same promises: the local Connect by its wire, an instance by the published Streams package.

Behind both stands one pretended centre. Whatever it does has to arrive in the page as the same `Seen`, and whatever the page asks for has
to arrive there as the same deed.
"""

import time

import pytest

from tests.browser import play
from tests.browser.centre import AVAILABLE, LUNCH, OFFLINE, Centre, Document
from tests.browser.conftest import Opener, Watch
from tests.browser.phone import DO, HOMES, PATIENCE, Phone, open_phone
from tests.browser.stage import Stage

AHEAD = 90  # seconds that the centre's clock is ahead of the page's


@pytest.fixture(params=HOMES)
def home(request: pytest.FixtureRequest) -> str:
    """Name the home that is put to the test."""
    return str(request.param)


@pytest.fixture
def centre(home: str) -> Centre:
    """Return the centre behind that home; its clock is ahead of the page's."""
    return HOMES[home][0]().ahead(AHEAD)


@pytest.fixture
def phone(home: str, centre: Centre, open_page: Opener, stage: Stage) -> Phone:
    """Return the softphone of that home, open."""
    phone = open_phone(home, centre, open_page(role="agent"), stage)
    phone.shows(centre)
    return phone


def test_whoever_opens_a_line_sees_the_agent_as_the_centre_has_them(phone: Phone, centre: Centre) -> None:
    seen = phone.shows(centre)
    assert seen["agent"]["username"] == "hanako"
    assert [status["name"] for status in seen["agent"]["statuses"]] == ["Available", "Lunch", "Training", "Offline"]
    assert {one["type"] for one in seen["agent"]["destinations"]} == {"queue", "agent", "number"}
    assert seen["ahead"] == pytest.approx(AHEAD * 1000, abs=5000)


def test_a_status_is_chosen_and_while_there_is_a_contact_it_is_the_next(phone: Phone, centre: Centre) -> None:
    phone.does("setStatus", LUNCH["id"])
    assert phone.shows(centre)["agent"]["status"] == LUNCH
    phone.does("setStatus", AVAILABLE["id"])
    centre.talks()
    phone.shows(centre)
    phone.does("setStatus", OFFLINE["id"])
    seen = phone.shows(centre)
    assert (seen["agent"]["status"], seen["agent"]["next"]) == (AVAILABLE, OFFLINE)
    centre.goes()
    seen = phone.shows(centre)
    assert (seen["agent"]["status"], seen["agent"]["next"]) == (OFFLINE, None)


def test_a_call_rings_is_accepted_ends_and_is_written_up(phone: Phone, centre: Centre) -> None:
    centre.rings()
    held = phone.shows(centre)["agent"]["contacts"][0]
    assert (held["state"], held["accepted"], held["customer"]) == ("connecting", False, "+819012345678")
    assert held["attributes"] == {"language": "ja", "service": "support"}
    phone.does("accept", play.CALL)
    phone.shows(centre)
    assert phone.held()["state"] == "connected"
    phone.does("end", play.CALL)
    phone.shows(centre)
    assert phone.held()["state"] == "ended"
    phone.does("closeWork", play.CALL)
    assert phone.shows(centre)["agent"]["contacts"] == []
    assert [one["do"] for one in centre.heard] == ["accept", "end", "closeWork"]


@pytest.mark.parametrize("state", ["incoming", "missed", "rejected", "error"])
def test_what_became_of_an_offer_is_seen_and_cleared(phone: Phone, centre: Centre, state: str) -> None:
    centre.rings(state=state, method="CALLBACK")
    phone.shows(centre)
    assert phone.held()["state"] == state
    phone.does("reject" if state == "incoming" else "closeWork", play.CALL)
    phone.shows(centre)


def test_a_customer_waits_on_hold_and_comes_back(phone: Phone, centre: Centre) -> None:
    centre.talks()
    phone.shows(centre)
    phone.does("hold", play.CALL)
    phone.shows(centre)
    assert phone.held()["held"]
    phone.does("resume", play.CALL)
    phone.shows(centre)
    assert not phone.held()["held"]


def test_an_agent_is_muted_and_heard_again(phone: Phone, centre: Centre) -> None:
    centre.talks()
    phone.shows(centre)
    phone.does("mute", play.CALL)
    phone.shows(centre)
    assert phone.held()["muted"]
    phone.does("unmute", play.CALL)
    phone.shows(centre)
    assert not phone.held()["muted"]


@pytest.mark.parametrize("way", ["cold", "warm", "after a conference"])
def test_a_call_is_handed_over(phone: Phone, centre: Centre, way: str) -> None:
    centre.talks()
    phone.shows(centre)
    phone.does("transfer", play.CALL, "d-ken")
    phone.shows(centre)
    assert phone.held()["consult"] == {"id": "consult-1", "name": "Ken Suzuki", "state": "ringing"}
    if way != "cold":
        centre.change(consult=phone.held()["consult"] | {"state": "talking"})
        phone.shows(centre)
    if way == "after a conference":
        phone.does("conference", play.CALL)
        phone.shows(centre)
        assert phone.held()["joined"]
    phone.does("leave", play.CALL)
    phone.shows(centre)
    assert phone.held()["state"] == "ended"
    assert centre.did("transfer") == [{"do": "transfer", "contact": play.CALL, "destination": "d-ken"}]
    assert centre.did("leave") == [{"do": "leave", "contact": play.CALL}]


def test_ending_a_call_ends_a_transfer_that_has_begun(phone: Phone, centre: Centre) -> None:
    centre.talks(held=True, consult={"id": "consult-1", "name": "Billing", "state": "ringing"})
    phone.shows(centre)
    phone.does("end", play.CALL)
    phone.shows(centre)
    assert centre.did("end") == [{"do": "end", "contact": play.CALL}]


def test_whoever_is_asked_for_advice_sees_who_asks_and_goes_again(phone: Phone, centre: Centre) -> None:
    centre.talks(**{"from": "Ken Suzuki", "method": "TRANSFER"})
    phone.shows(centre)
    phone.does("leave", play.CALL)
    phone.shows(centre)


def test_a_number_is_dialled(phone: Phone, centre: Centre) -> None:
    phone.does("dial", "+81312340000")
    centre.rings(method="OUTBOUND", accepted=False, customer="+81312340000")
    phone.shows(centre)
    assert centre.did("dial") == [{"do": "dial", "number": "+81312340000"}]


def test_a_supervisor_listens_joins_and_goes(phone: Phone, centre: Centre) -> None:
    centre.talks(method="MONITOR", supervision="listening", queue=None, queuedAt=None, attributes={})
    phone.shows(centre)
    phone.does("barge", play.CALL)
    phone.shows(centre)
    assert phone.held()["supervision"] == "joined"
    phone.does("stopListening", play.CALL)
    assert phone.shows(centre)["agent"]["contacts"] == []


def test_an_agent_sees_that_a_supervisor_has_joined(phone: Phone, centre: Centre) -> None:
    centre.talks(watched=True)
    phone.shows(centre)
    phone.does("hold", play.CALL)
    phone.shows(centre)


@pytest.mark.parametrize("channel", ["TASK", "EMAIL"])
def test_work_that_nobody_speaks_in_is_held_beside_a_call(phone: Phone, centre: Centre, channel: str) -> None:
    centre.talks()
    mail = "sato@example.com" if channel == "EMAIL" else None
    written: Document = {
        "customer": mail,
        "system": None,
        "name": "Invoice 42",
        "description": "Send it again",
        "attributes": {},
    }
    centre.talks("task-1", channel=channel, method="API", **written)
    phone.shows(centre)
    assert (phone.held("task-1")["channel"], phone.held("task-1")["customer"]) == (channel, mail)
    phone.does("end", "task-1")
    phone.shows(centre)
    assert phone.held()["state"] == "connected"


def test_a_page_that_is_loaded_anew_has_the_call_still_in_hand(phone: Phone, centre: Centre) -> None:
    centre.talks(held=True)
    phone.shows(centre)
    phone.start()
    phone.shows(centre)
    phone.does("resume", play.CALL)
    phone.shows(centre)


def test_a_refusal_is_a_sentence(phone: Phone, centre: Centre) -> None:
    centre.talks()
    phone.shows(centre)
    centre.refuses["hold"] = "Only a connected contact can be held: accept it first."
    assert phone.asks_in_vain("hold", play.CALL) == {"kind": "refused", "message": centre.refuses["hold"]}
    centre.refuses["accept"] = "Somebody else was quicker."
    problem = phone.asks_in_vain("accept", play.CALL)
    assert problem["kind"] == "refused"
    assert problem["message"].endswith((".", "!"))


def test_a_command_that_nobody_answers_is_lost(phone: Phone, centre: Centre) -> None:
    centre.talks()
    phone.shows(centre)
    centre.is_silent = True
    asked = phone.page.evaluate_handle(f"({{ problem: ({DO})(['hold', ['{play.CALL}']]) }})")
    centre.pass_time(phone.page, 11)
    assert phone.page.evaluate("async (asked) => (await asked.problem).kind", asked) == "lost"


def test_a_lost_line_says_so_keeps_what_was_known_and_comes_back_by_itself(phone: Phone, centre: Centre) -> None:
    centre.talks()
    known = phone.shows(centre)["agent"]
    centre.drop()
    seen = lost(phone, centre)
    assert seen["agent"] == known
    assert phone.asks_in_vain("hold", play.CALL)["kind"] == "lost"
    assert centre.did("hold") == []
    centre.restore()
    centre.change(held=True)
    pushed = time.monotonic() + PATIENCE
    while phone.seen["line"] != "open" and time.monotonic() < pushed:
        centre.pass_time(phone.page, 5)
        phone.page.wait_for_timeout(20)
    phone.shows(centre)


def lost(phone: Phone, centre: Centre) -> Document:
    """Let time go by until the softphone notices that nobody answers."""
    for _ in range(4):
        centre.pass_time(phone.page, 5)
    return phone.until(lambda seen: seen["line"] == "lost")


def test_whoever_closes_the_line_is_told_nothing_more_and_may_open_it_again(phone: Phone, centre: Centre) -> None:
    phone.does("close")
    centre.rings()
    centre.pass_time(phone.page, 30)
    assert phone.seen["line"] != "lost"
    phone.page.evaluate("window.phone.open()")
    phone.shows(centre)
    phone.does("accept", play.CALL)
    phone.shows(centre)


def test_signing_out_ends_the_shift(phone: Phone, centre: Centre) -> None:
    phone.does("signOut")
    assert centre.did("signOut") == [{"do": "signOut"}]


@pytest.fixture(autouse=True)
def what_streams_writes_is_part_of_the_story(watch: Watch) -> None:
    """Streams writes its log to the console, and that it finds its provider still there when a line is opened again."""
    watch.expect(r"^\[\d{4}-|^Attempted to initialize provider")
