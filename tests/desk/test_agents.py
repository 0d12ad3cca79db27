"""Who does what now, at the desk."""

from datetime import timedelta
from random import Random

from chalicelib import wiring
from chalicelib.routing.model import Entry
from tests.centre import Centre
from tests.desk.desk import NOON, Desk
from tests.shifts import Shift, event, snapshot, status


def test_nobody_is_known_before_the_first_event(desk: Desk) -> None:
    assert desk.ask("/agents").body == {"at": "2026-06-15T12:00:00.000+09:00", "agents": []}


def test_agents_are_told_by_name_with_state_site_and_since_when(centre: Centre, desk: Desk) -> None:
    at_nine = NOON - timedelta(hours=3)
    talking = Shift(Random(1), at_nine, "a2")
    talking.sign_in()
    talking.answer()
    at_lunch = snapshot(status("Lunch", at_nine), username="abe.kenji", site=None)
    centre.tell_of_agents([*talking.events, event("HEART_BEAT", at_nine, at_lunch, agent="a1")])
    centre.fold_agents()
    wiring.directory_book().keep([Entry(kind="site", id="tokyo", name="Headquarters")])
    lunch, contact = desk.ask("/agents").body["agents"]
    assert lunch == {
        "agent": {"id": "a1", "name": "abe.kenji"},
        "site": None,
        "routing_profile": {"id": "support-office", "name": "Support-Office"},
        "state": "custom",
        "status": "Lunch",
        "since": "2026-06-15T09:00:00.000+09:00",
        "contacts": [],
        "next_status": None,
    }
    assert contact["site"] == {"id": "tokyo", "name": "Headquarters"}
    assert (contact["state"], contact["status"]) == ("on_contact", None)
    assert contact["contacts"] == list(talking.truth[-1].contacts)


def test_a_fold_that_is_half_written_shows_an_agent_once_in_the_new_state(centre: Centre, desk: Desk) -> None:
    shift = Shift(Random(1))
    shift.sign_in()
    centre.tell_of_agents(shift.events)
    centre.fold_agents()
    (old,) = centre.items("AgentStatesTable")
    shift.choose("Lunch")
    centre.tell_of_agents(shift.events)
    centre.fold_agents()
    centre.cloud.table("AgentStatesTable").fill([old])
    (row,) = desk.ask("/agents").body["agents"]
    assert row["status"] == "Lunch"
