"""What the floor tells, put through Tsunagu's own rules, adds up to what truly happened."""

import json
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from chalicelib.agents.model import State, intervals_of
from chalicelib.agents.model import read_event as read_agent_event
from chalicelib.contacts.model import Contact, ContactId, Fact, Outcome, Stage, read_event, read_record
from infra.local.connect.flows.line import Answer, Callback, Ending, Line, Listen, Prompt, Repeat, Request
from tests.local_connect.house import CALLER, House, flow_over, user

HELLO = Prompt(text="x" * 30)


def main(line: Line) -> Generator[Request, Answer, Ending]:
    """1: wait; 2: wait, and be moved to billing after a minute; 3: wait, and be called back; 4: closed; silence: wait."""
    keyed = yield Listen(prompt=HELLO, seconds=5)
    if keyed == "4":
        line.set_attributes({"turned_away": "closed"})
        return flow_over("disconnect")
    if keyed in ("2", "3"):
        line.set_event_hook("CustomerQueue", "moved" if keyed == "2" else "called-back")
    line.choose_queue("support")
    line.enter_queue()
    return flow_over("queue")


def moved(line: Line) -> Generator[Request, Answer, Ending]:
    yield Repeat(prompts=(HELLO,), interrupt_every=60)
    line.change_queue("billing", None)
    yield Repeat(prompts=(HELLO,))
    raise AssertionError("music never ends")


def called_back(line: Line) -> Generator[Request, Answer, Ending]:
    yield Repeat(prompts=(HELLO,), interrupt_every=60)
    line.create_callback(Callback(initial_delay=30, retry_delay=30, attempts=1))
    return flow_over("disconnect")


def centre(**of: Any) -> House:
    return House({"main": main, "moved": moved, "called-back": called_back}, **of)


def folded(house: House, *, records: bool = True, luck: Random | None = None) -> dict[str, Contact]:
    """Every contact as Tsunagu would know it; with luck, documents come in any order and some twice."""
    facts = [fact for detail in house.world.events for fact in read_event(json.dumps({"detail": detail}))]
    if records:
        facts += [fact for record in house.world.records for fact in read_record(json.dumps(record))]
    if luck:
        facts += luck.choices(facts, k=len(facts) // 5)
        luck.shuffle(facts)
    by_contact: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_contact[fact.contact_id].append(fact)
    return {contact_id: Contact.of(ContactId(contact_id), each) for contact_id, each in by_contact.items()}


def press(house: House, key: str) -> str:
    contact = house.calls()
    house.exchange.press(contact, key)
    return contact


def finish(house: House, name: str, contact: str) -> None:
    house.pass_seconds(100)
    house.exchange.end(name, contact)
    house.pass_seconds(15)
    house.exchange.close(name, contact)


def answered(house: House) -> None:
    contact = press(house, "1")
    house.on_duty("a")
    house.talks("a", contact)
    finish(house, "a", contact)


def abandoned(house: House) -> None:
    contact = press(house, "1")
    house.pass_seconds(30)
    house.exchange.hang_up(contact)


def abandoned_while_it_rang(house: House) -> None:
    house.on_duty("a")
    contact = press(house, "1")
    house.pass_seconds(5)
    house.exchange.hang_up(contact)


def left_in_the_menu(house: House) -> None:
    house.exchange.hang_up(house.calls())


def turned_away(house: House) -> None:
    press(house, "4")


def moved_to_billing(house: House) -> None:
    contact = press(house, "2")
    house.pass_seconds(70)
    house.exchange.hang_up(contact)


def called_back_and_reached(house: House) -> None:
    press(house, "3")
    house.pass_seconds(95)
    house.on_duty("a")
    callback = house.newest().id
    house.exchange.accept("a", callback)
    house.pass_seconds(4)
    finish(house, "a", callback)


def transferred_cold(house: House) -> None:
    house.on_duty("a", "b")
    first = press(house, "1")
    house.talks("a", first)
    second = house.exchange.transfer("a", first, "to-billing")
    house.exchange.leave("a", first)
    house.exchange.close("a", first)
    house.pass_seconds(10)
    house.exchange.hang_up(second)


def dialled_and_reached(house: House) -> None:
    house.on_duty("a")
    contact = house.exchange.dial("a", CALLER)
    house.pass_seconds(4)
    finish(house, "a", contact)


def dialled_in_vain(house: House) -> None:
    house.on_duty("a")
    house.world.answering = iter([False])
    contact = house.exchange.dial("a", CALLER)
    house.pass_seconds(60)
    house.exchange.close("a", contact)


def a_task_that_nobody_took(house: House) -> None:
    house.exchange.stop(house.exchange.start_task(flow_id="main", name="Order"))


STORIES: list[tuple[Callable[[House], None], list[Outcome]]] = [
    (answered, [Outcome.ANSWERED]),
    (abandoned, [Outcome.ABANDONED]),
    (abandoned_while_it_rang, [Outcome.ABANDONED]),
    (left_in_the_menu, [Outcome.LEFT_IN_MENU]),
    (turned_away, [Outcome.TURNED_AWAY]),
    (moved_to_billing, [Outcome.TRANSFERRED, Outcome.ABANDONED]),
    (called_back_and_reached, [Outcome.CALLBACK_PROMISED, Outcome.ANSWERED]),
    (transferred_cold, [Outcome.ANSWERED, Outcome.ABANDONED]),
    (dialled_and_reached, [Outcome.ANSWERED]),
    (dialled_in_vain, [Outcome.OTHER]),
    (a_task_that_nobody_took, [Outcome.OTHER]),
]


@pytest.mark.parametrize("records", [True, False], ids=["with records", "by events alone"])
@pytest.mark.parametrize(("story", "outcomes"), STORIES)
def test_every_story_ends_as_it_did(story: Callable[[House], None], outcomes: list[Outcome], records: bool) -> None:
    house = centre()
    story(house)
    house.pass_seconds(2)
    if story is turned_away and not records:
        outcomes = [Outcome.LEFT_IN_MENU]  # user-defined attributes travel with records only
    known = folded(house, records=records, luck=Random(1))
    assert [known[each].outcome for each in house.exchange.contacts] == outcomes
    assert {each.stage for each in known.values()} == {Stage.ENDED}


class Morning:
    """Three hours with four agents: callers who press anything and lose patience, agents who hold, miss, and take their time."""

    def __init__(self, seed: int) -> None:
        self.luck = Random(seed)
        self.house = centre(users=tuple(user(name) for name in "abcd"), seed=seed)
        self.house.on_duty(*"abcd")
        self.end = self.house.timeline.now + timedelta(hours=3)
        self.arrive()
        for name in "abcd":
            self.look_at_desk(name)
        self.house.pass_seconds(5 * 3600)

    def later(self, mean: float, act: Callable[[], None]) -> None:
        self.house.timeline.after(timedelta(seconds=self.luck.expovariate(1 / mean)), act)

    def arrive(self) -> None:
        if self.house.timeline.now < self.end:
            contact = press(self.house, self.luck.choice(("1", "1", "1", "2", "3", "4", "")))
            self.later(240, lambda: self.lose_patience(contact))
            self.later(25, self.arrive)

    def lose_patience(self, contact: str) -> None:
        if self.house.contact(contact).stage in ("in_flow", "waiting", "ringing"):
            self.house.exchange.hang_up(contact)

    def look_at_desk(self, name: str) -> None:
        exchange = self.house.exchange
        deeds = {
            "CONNECTING": (exchange.accept,) * 9 + (exchange.reject,),
            "INCOMING": (exchange.accept,),
            "CONNECTED": (exchange.hold, exchange.end),
            "CONNECTED_ONHOLD": (exchange.resume,),
            "ENDED": (exchange.close,),
            "MISSED": (exchange.close,),
        }
        for contact, held in list(exchange.agent(name).contacts.items()):
            if not (held.accepted and held.state.value == "CONNECTING"):
                self.luck.choice(deeds[held.state.value])(name, contact)
        if self.house.timeline.now < self.end + timedelta(hours=1):
            self.later(20, lambda: self.look_at_desk(name))


@pytest.mark.parametrize("seed", range(3))
def test_a_busy_morning_adds_up(seed: int) -> None:
    house = Morning(seed).house
    known = folded(house, luck=Random(seed))
    assert set(known) == set(house.exchange.contacts)
    assert len(known) > 300
    assert {each.outcome for each in known.values()} >= set(Outcome) - {Outcome.OTHER, Outcome.LEFT_IN_MENU}
    for contact in house.exchange.contacts.values():
        said = known[contact.id]
        assert said.stage is Stage.ENDED
        assert (said.outcome is Outcome.ANSWERED) == (contact.connected_at is not None)
        assert said.said.queue_id == (contact.queue.id if contact.queue else None)
        assert said.said.site_id == ("tokyo" if contact.connected_at else None)
        assert contact.disconnected_at is not None
        assert contact.completed_at is not None
        if contact.enqueued_at and contact.dequeued_at:
            assert said.wait_seconds == pytest.approx(seconds(contact.enqueued_at, contact.dequeued_at), abs=1)
        if contact.connected_at:
            assert said.handle_seconds == pytest.approx(seconds(contact.connected_at, contact.completed_at), abs=3)


def test_agent_events_tell_how_long_agents_talked_and_worked_afterwards() -> None:
    house = Morning(7).house
    truth: dict[tuple[str, State], float] = defaultdict(float)
    for contact in house.exchange.contacts.values():
        if contact.agent and contact.connected_at and contact.disconnected_at and contact.completed_at:
            truth[contact.agent.user.id, State.ON_CONTACT] += seconds(contact.connected_at, contact.disconnected_at)
            truth[contact.agent.user.id, State.AFTER_CONTACT_WORK] += seconds(
                contact.disconnected_at, contact.completed_at
            )
    for name in "abcd":
        told = [each for each in house.world.agent_events if each["AgentARN"].endswith(f"/{name}")]
        spent = in_states(told)
        for state in (State.ON_CONTACT, State.AFTER_CONTACT_WORK):
            assert truth[name, state] > 600
            assert spent[state] == pytest.approx(truth[name, state], rel=0.001)


def in_states(told: Iterable[dict[str, Any]]) -> dict[State, float]:
    spent: dict[State, float] = defaultdict(float)
    for each in intervals_of(sorted((read_agent_event(json.dumps(each)) for each in told), key=lambda each: each.key)):
        if each.end is not None:
            spent[each.state] += seconds(each.start, each.end)
    return spent


def seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()
