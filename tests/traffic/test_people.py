"""People at work on our own flows: what a day brings, and that nobody ever does what a person cannot."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.timeline import Timeline
from infra.local.traffic.ledger import Ledger
from infra.local.traffic.people import People, midnight
from infra.local.traffic.scenario import DEMO, named
from tests.local_connect.house import MORNING
from tests.traffic.town import PlayedDay, Town, instance, players

CROWDED = 26_000
"""Contacts a day in the demo: as many as the template's agents can just bear."""
A_MOMENT = 0.001
"""Seconds; plans are finer than moments."""


def an_hour(seed: int, minutes: int = 60) -> tuple[Town, Exchange]:
    """An hour of the people whom `make run` brings."""
    timeline, scenario = Timeline(MORNING), named(DEMO)
    town = Town(timeline)
    exchange = Exchange(instance(), timeline, town, players, seed=seed)
    user_ids = [each.user.id for each in exchange.agents.values() if each.profile.queues]
    town.people = People(
        exchange, timeline, scenario, origin=midnight(scenario, MORNING), contacts=CROWDED, user_ids=user_ids, seed=seed
    )
    town.people.come()
    timeline.advance(MORNING + timedelta(minutes=minutes))
    return town, exchange


@pytest.fixture(scope="module")
def hour() -> tuple[Town, Exchange]:
    return an_hour(5)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> PlayedDay:
    """A day in which lines drop, with as many people as a scenario may have, and too few of them."""
    return PlayedDay(
        tmp_path_factory.mktemp("day") / "ledger.csv", "homes-without-network", contacts=700, agents=16
    ).play()


def test_most_callers_reach_somebody_and_some_do_not(hour: tuple[Town, Exchange]) -> None:
    town, _ = hour
    calls = [each for each in town.records if each["InitiationMethod"] == "INBOUND" and each["Channel"] == "VOICE"]
    answered = sum(each["Agent"] is not None for each in calls)
    assert len(calls) > 500
    assert 0.5 * len(calls) < answered < len(calls)
    assert {each["DisconnectReason"] for each in calls if each["Agent"]} == {"CUSTOMER_DISCONNECT", "AGENT_DISCONNECT"}


def test_callbacks_are_promised_and_kept(hour: tuple[Town, Exchange]) -> None:
    town, _ = hour
    kept = [each for each in town.records if each["InitiationMethod"] == "CALLBACK"]
    promised = {each["ContactId"] for each in town.records if each["NextContactId"]}
    assert kept
    assert {each["PreviousContactId"] for each in kept} <= promised
    assert any(each["Agent"] and each["Agent"]["AgentInteractionDuration"] for each in kept)


def test_tasks_and_mails_are_done_too(hour: tuple[Town, Exchange]) -> None:
    town, _ = hour
    done = Counter(each["Channel"] for each in town.records if each["Agent"])
    assert done["TASK"] > 10
    assert done["EMAIL"] > 10


def test_everybody_who_came_is_recorded_once_or_still_there(hour: tuple[Town, Exchange]) -> None:
    town, exchange = hour
    recorded = Counter(each["ContactId"] for each in town.records)
    assert set(recorded.values()) == {1}
    there = {contact.id for contact in exchange.contacts.values() if contact.completed_at is None}
    told = {each["contactId"] for each in town.events if each["eventType"] == "INITIATED"}
    late = {contact.id for contact in exchange.contacts.values()} - set(recorded) - there
    assert told == set(recorded) | there | late
    assert len(late) < 5, "only records of the last second are still to be told"


def test_one_seed_is_one_story() -> None:
    assert an_hour(9, 10)[0].records == an_hour(9, 10)[0].records
    assert an_hour(9, 10)[0].records != an_hour(10, 10)[0].records


def test_whatever_can_happen_to_a_contact_happens_in_a_day(day: PlayedDay) -> None:
    contacts = list(day.exchange.contacts.values())
    assert {"INBOUND", "API", "CALLBACK", "TRANSFER", "DISCONNECT"} <= {each.method for each in contacts}
    assert any(each.holds for each in contacts)
    assert any(each.offers > 1 for each in contacts), "somebody missed an offer"
    assert any(each.reason == "TELECOM_PROBLEM" for each in contacts), "a line dropped in mid-call"
    again = Counter(each.customer.address for each in contacts if each.method == "INBOUND" and each.customer)
    assert max(again.values()) > 1, "somebody called again"


def test_a_day_is_whole(day: PlayedDay) -> None:
    assert all(each.completed_at is not None for each in day.exchange.contacts.values())
    assert not any(each.signed_in or each.contacts for each in day.exchange.agents.values())
    assert day.ledger.is_complete
    assert day.ledger.written == len(day.exchange.contacts) == len(day.town.records)


def test_nobody_talks_to_two_at_once_or_before_their_shift_or_without_a_line(day: PlayedDay) -> None:
    talks: dict[str, list[tuple[datetime, datetime, Any]]] = {}
    for each in day.exchange.contacts.values():
        if each.agent is not None and each.connected_at and each.disconnected_at and each.channel == "VOICE":
            talks.setdefault(each.agent.user.id, []).append((each.connected_at, each.disconnected_at, each))
    plans = {plan.user_id: plan for plan in day.people.staff.plans}
    assert set(talks) <= set(plans)
    for user_id, spans in talks.items():
        spans.sort(key=lambda span: span[0])
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
        plan = plans[user_id]
        for begins, ends, _ in spans:
            at, over = ((moment - day.begins).total_seconds() for moment in (begins, ends))
            assert at >= plan.begins
            assert not any(lost + A_MOMENT < over and at < back for lost, back in plan.offline)


def test_nobody_is_offered_anything_while_at_lunch(day: PlayedDay) -> None:
    said = [each["CurrentAgentSnapshot"] for each in day.town.agent_events if each["EventType"] == "STATE_CHANGE"]
    at_lunch = [each for each in said if each["AgentStatus"]["Name"] == "Lunch"]
    assert len({each["Configuration"]["Username"] for each in at_lunch}) > 3
    assert not any(each["Contacts"] for each in at_lunch)


def test_while_homes_have_no_network_their_agents_are_gone(tmp_path: Path) -> None:
    played = PlayedDay(tmp_path / "ledger.csv", "homes-without-network", contacts=300)
    homes = [plan for plan in played.people.staff.plans if plan.home]
    cut = [plan for plan in homes if plan.offline]
    assert (len(homes), len(cut)) == (32, 13), "40 % of 32 homes"
    played.until(11 * 3600.0)
    for plan in cut:
        assert played.exchange.agent(plan.user_id).status.type != "ROUTABLE"
    played.until(12 * 3600.0)
    back = [played.exchange.agent(plan.user_id) for plan in cut if plan.begins < 11 * 3600]
    assert any(agent.status.type == "ROUTABLE" for agent in back)


def test_who_is_there_before_the_shift_begins_goes_and_comes_with_it() -> None:
    timeline, scenario = Timeline(MORNING), named("ordinary-day")
    town = Town(timeline)
    exchange = Exchange(instance(), timeline, town, players, seed=1)
    user_ids = [each.user.id for each in exchange.agents.values() if each.profile.queues]
    # A live part that begins at eleven: those of the noon shift are not there yet.
    origin = MORNING - timedelta(hours=11)
    town.people = People(exchange, timeline, scenario, origin=origin, contacts=100, user_ids=user_ids, seed=1)
    for user_id in user_ids:
        exchange.sign_in(user_id)
    town.people.come()
    timeline.advance(MORNING + timedelta(minutes=5))
    at_noon = {plan.user_id for plan in town.people.staff.plans if plan.begins == 12 * 3600}
    assert at_noon
    assert {each for each in user_ids if not exchange.agent(each).signed_in} == at_noon
    timeline.advance(MORNING + timedelta(minutes=65))
    assert all(exchange.agent(each).signed_in for each in user_ids)


def test_who_comes_back_after_a_rest_goes_on_with_what_there_is() -> None:
    town, exchange = an_hour(3, 5)
    town.people.rest()
    before = town.people.callers.came
    town.timeline.advance(town.timeline.now + timedelta(minutes=1))
    assert town.people.callers.came == before
    busy = {contact_id for agent in exchange.agents.values() for contact_id in agent.contacts}
    assert busy, "nobody acts, so whoever talked still does"
    town.people.come_back()
    town.timeline.advance(town.timeline.now + timedelta(minutes=5))
    assert town.people.callers.came > before + 20
    assert all(exchange.contact(contact_id).completed_at is not None for contact_id in busy)


def test_a_ledger_of_a_part_waits_for_those_who_came_in_it_and_no_others(tmp_path: Path) -> None:
    town, exchange = an_hour(4, 3)
    ledger = Ledger(tmp_path / "ledger.csv", exchange, named(DEMO).zone)
    town.timeline.advance(town.timeline.now + timedelta(minutes=2))
    ledger.take_no_more()
    begun = ledger.begun
    assert ledger.written < begun
    town.timeline.advance(town.timeline.now + timedelta(minutes=30))
    ledger.write()
    assert ledger.written == begun < len(exchange.contacts)
