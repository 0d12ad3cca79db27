"""Agent and customer talk: hold, recording, the work afterwards."""

from collections.abc import Generator

import pytest

from infra.local.connect.floor.problems import InvalidRequest
from infra.local.connect.flows.line import Answer, Ending, Line, Request
from tests.local_connect.house import AVAILABLE, LUNCH, House, straight_to, user
from tests.local_connect.scripts import WHOLE_LIFE


def test_hold_and_resume() -> None:
    house = House()
    house.on_duty("a")
    contact = house.calls()
    house.talks("a", contact)
    for seconds in (20, 35):
        house.exchange.hold("a", contact)
        assert (house.state("a", contact), house.hears(contact).kind) == ("CONNECTED_ONHOLD", "music")
        house.pass_seconds(seconds)
        house.exchange.resume("a", contact)
        house.pass_seconds(5)
    house.exchange.end("a", contact)
    house.exchange.close("a", contact)
    agent = house.record(contact)["Agent"]
    assert {name: agent[name] for name in ("AgentInteractionDuration", "CustomerHoldDuration", "NumberOfHolds", "LongestHoldDuration")} == {
        "AgentInteractionDuration": 10, "CustomerHoldDuration": 55, "NumberOfHolds": 2, "LongestHoldDuration": 35,
    }  # fmt: skip


def test_a_status_chosen_while_busy_comes_when_the_work_is_done() -> None:
    house = House()
    house.on_duty("a")
    contact = house.calls()
    house.talks("a", contact)
    house.exchange.set_status("a", LUNCH)
    assert house.exchange.agent("a").status.id == AVAILABLE
    house.exchange.end("a", contact)
    waiting = house.calls()
    house.exchange.close("a", contact)
    assert house.exchange.agent("a").status.id == LUNCH
    assert house.state("a", waiting) is None


def test_after_contact_work_ends_by_itself_at_its_limit() -> None:
    house = House(users=(user("a", after_contact_work_limit=30),))
    house.on_duty("a")
    contact = house.calls()
    house.talks("a", contact)
    house.exchange.end("a", contact)
    house.pass_seconds(30)
    assert house.state("a", contact) is None
    assert house.told(contact) == WHOLE_LIFE


def test_voice_and_screen_are_paused_together_or_each_on_its_own() -> None:
    def recorded(line: Line) -> Generator[Request, Answer, Ending]:
        line.set_recording(["Customer"], menu=None, screen=["Agent"])
        return (yield from straight_to("support")(line))

    house = House({"main": recorded})
    house.on_duty("a")
    contact = house.calls()
    house.talks("a", contact)
    recording = house.contact(contact).recording

    def running() -> tuple[bool, bool]:
        return recording.spans[-1].end is None, recording.screens[-1].end is None

    for act, kind, runs in (
        (house.exchange.pause_recording, None, (False, False)),
        (house.exchange.pause_recording, None, (False, False)),
        (house.exchange.resume_recording, "SCREEN", (False, True)),
        (house.exchange.resume_recording, None, (True, True)),
        (house.exchange.pause_recording, "SCREEN", (True, False)),
    ):
        house.pass_seconds(1)
        act(contact, kind)  # type: ignore[arg-type]
        assert running() == runs
    with pytest.raises(InvalidRequest, match="not being recorded"):
        house.exchange.pause_recording(contact, "IVR")
    house.exchange.hang_up(contact)
    assert running() == (False, False)


def test_recording_runs_while_they_talk_and_can_be_paused() -> None:
    def recorded(line: Line) -> Generator[Request, Answer, Ending]:
        line.set_recording(["Agent", "Customer"], menu=None, screen=())
        return (yield from straight_to("support")(line))

    house = House({"main": recorded})
    house.on_duty("a")
    contact = house.calls()
    with pytest.raises(InvalidRequest):
        house.exchange.pause_recording(contact)
    house.talks("a", contact)
    house.pass_seconds(10)
    house.exchange.pause_recording(contact)
    house.pass_seconds(10)
    house.exchange.resume_recording(contact)
    house.pass_seconds(10)
    house.exchange.end("a", contact)
    house.exchange.close("a", contact)
    assert [each.seconds(house.timeline.now) for each in house.contact(contact).recording.spans] == [10, 10]
    assert house.record(contact)["Recording"]["Location"].endswith(
        f"/CallRecordings/2026/06/15/{contact}_20260615T01:00_UTC.wav"
    )
