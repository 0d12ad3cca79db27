"""Time in the whole local Connect, our own flows among it, with people who call and answer: no part is a stand-in but the world."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.floor.world import Heard
from infra.local.connect.flows.player import play
from infra.local.connect.flows.turn import State
from infra.local.connect.intrinsics import INSTANCE_ARN
from infra.local.connect.people import People
from infra.local.connect.template import Template
from infra.local.connect.timeline import Timeline
from tests.local_connect.house import MORNING, World

MUSIC = f"{INSTANCE_ARN}/prompt/00000000-0000-4000-8000-000000000001"


class Town(World):
    """The world that writes down, with people in it."""

    people: People

    def speak(self, contact_id: str, heard: Heard) -> None:
        self.people.heard(contact_id, heard)

    def show(self, user_id: str) -> None:
        self.people.shown(user_id)

    def dial(self, contact_id: str, picked_up: Callable[[], None]) -> None:
        self.people.dialled(contact_id, picked_up)


def players() -> Callable[..., Any]:
    return partial(_play, State())


def _play(state: State, flow: Any, line: Any) -> Any:
    return play(flow, line, state)


def an_hour(seed: int, minutes: int = 60) -> tuple[Town, Exchange]:
    instance = Template.of_file(parameters={"HoldMusicArn": MUSIC}).instance()
    timeline = Timeline(MORNING)
    town = Town(timeline)
    exchange = Exchange(instance, timeline, town, players, seed=seed)
    town.people = People(exchange, timeline, seed=seed, arrival_gap=2.4)
    town.people.come()
    timeline.advance(MORNING + timedelta(minutes=minutes))
    return town, exchange


@pytest.fixture(scope="module")
def hour() -> tuple[Town, Exchange]:
    return an_hour(5)


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
