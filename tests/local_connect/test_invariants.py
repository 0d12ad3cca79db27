"""Whatever order people do things in, the floor stays in order. The oldest contact or agent of a kind is meant by number."""

from collections import Counter
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.connect.floor.contact import Contact, Stage
from infra.local.connect.floor.problems import NotPossible
from infra.local.connect.flows.line import (
    Answer,
    Callback,
    Ending,
    Line,
    Listen,
    Prompt,
    Refused,
    Repeat,
    Request,
    Speak,
)
from tests.local_connect.house import AVAILABLE, LUNCH, OFFLINE, House, flow_over, profile, user
from tests.local_connect.pages import page

HELLO = Prompt(text="x" * 30)
STATUSES = (AVAILABLE, LUNCH, OFFLINE)
CONNECTS = ("to-billing", "to-a", "to-b", "to-number", "to-flow")
PROFILES = {
    "office": profile("office", ("support", "VOICE", 1, 0), ("billing", "VOICE", 2, 15), ("support", "TASK", 3, 0), concurrency={"VOICE": 1, "TASK": 2}, any_channel=frozenset({"TASK"})),
    "second": profile("second", ("billing", "VOICE", 1, 0), ("support", "VOICE", 1, 30)),
}  # fmt: skip
USERS = (user("a", auto_accept=True), user("b", after_contact_work_limit=20), user("c", profile="second"), user("s"))
"""The last is a supervisor, who is there and takes no calls."""


def main(line: Line) -> Generator[Request, Answer, Ending]:
    """1 and 2 are queues; 3 is a callback; anything else ends the call. An agent who transfers here is on hold first."""
    for hook in ("CustomerQueue", "AgentWhisper", "CustomerWhisper", "CustomerRemaining"):
        line.set_event_hook(hook, hook)
    with suppress(Refused):
        line.set_previous_participant("AgentOnHold")
    task = line.data()["Channel"] == "TASK"
    keyed = "1" if task else (yield Listen(prompt=HELLO, seconds=5))
    line.choose_queue("billing" if keyed == "2" else "support")
    try:
        if keyed == "3":
            line.create_callback(Callback(initial_delay=10, retry_delay=30, attempts=2))
        elif keyed is not None:
            line.enter_queue()
            return flow_over("queue")
    except Refused:
        yield Speak(prompt=HELLO)
    return flow_over("disconnect")


def queue_flow(line: Line) -> Generator[Request, Answer, Ending]:
    yield Repeat(prompts=(HELLO,), interrupt_every=40)
    try:
        line.change_queue("billing", None)
    except Refused:
        return flow_over("disconnect")
    yield Repeat(prompts=(HELLO,), interrupt_every=60)
    return flow_over("third_party" if line.dice.random() < 0.5 else "flow")


def whisper(line: Line) -> Generator[Request, Answer, Ending]:
    yield Speak(prompt=HELLO)
    return flow_over("flow")


def remaining(line: Line) -> Generator[Request, Answer, Ending]:
    yield Speak(prompt=HELLO)
    line.choose_queue("support")
    try:
        line.enter_queue()
    except Refused:
        return flow_over("disconnect")
    return flow_over("queue")


SCRIPTS = {
    "main": main,
    "CustomerQueue": queue_flow,
    "AgentWhisper": whisper,
    "CustomerWhisper": whisper,
    "CustomerRemaining": remaining,
}


def pick(things: list[str], number: int) -> str:
    return things[number % len(things)]


def live(house: House) -> list[str]:
    return [each.id for each in house.exchange.contacts.values() if each.stage.is_live] or ["nobody"]


def of(house: House, name: str) -> list[str]:
    return list(house.exchange.agent(name).contacts) or ["nobody"]


Deed = Callable[[House, str, int], object]
DEEDS: dict[str, Deed] = {
    "call": lambda house, name, n: house.calls(),
    "task": lambda house, name, n: house.exchange.start_task(flow_id="main", name="Order"),
    "press": lambda house, name, n: house.exchange.press(pick(live(house), n), "123"[n % 3]),
    "hang up": lambda house, name, n: house.exchange.hang_up(pick(live(house), n)),
    "stop": lambda house, name, n: house.exchange.stop(pick(live(house), n)),
    "hurry": lambda house, name, n: house.exchange.update_routing(pick(live(house), n), priority=1 + n % 9),
    "sign in": lambda house, name, n: house.exchange.sign_in(name),
    "sign out": lambda house, name, n: house.exchange.sign_out(name),
    "status": lambda house, name, n: house.exchange.set_status(name, STATUSES[n % 3]),
    "available": lambda house, name, n: house.exchange.set_status(name, AVAILABLE),
    "profile": lambda house, name, n: house.exchange.set_routing_profile(name, ("office", "second")[n % 2]),
    "accept": lambda house, name, n: house.exchange.accept(name, pick(of(house, name), n)),
    "reject": lambda house, name, n: house.exchange.reject(name, pick(of(house, name), n)),
    "end": lambda house, name, n: house.exchange.end(name, pick(of(house, name), n)),
    "close": lambda house, name, n: house.exchange.close(name, pick(of(house, name), n)),
    "hold": lambda house, name, n: house.exchange.hold(name, pick(of(house, name), n)),
    "resume": lambda house, name, n: house.exchange.resume(name, pick(of(house, name), n)),
    "lose line": lambda house, name, n: house.exchange.lose_line(name),
    "transfer": lambda house, name, n: house.exchange.transfer(name, pick(of(house, name), n), CONNECTS[n % 5]),
    "conference": lambda house, name, n: house.exchange.conference(name, pick(of(house, name), n)),
    "leave": lambda house, name, n: house.exchange.leave(name, pick(of(house, name), n)),
    "mute": lambda house, name, n: house.exchange.mute(name, pick(of(house, name), n)),
    "dial": lambda house, name, n: house.exchange.dial(name, "+819099999999"),
    "attributes": lambda house, name, n: house.exchange.update_attributes(pick(live(house), n), {"n": str(n)}),
    "phone": lambda house, name, n: house.exchange.set_phone(name, after_contact_work_limit=n),
    "monitor": lambda house, name, n: house.exchange.monitor("s", pick(of(house, name), n)),
    "barge": lambda house, name, n: house.exchange.barge("s", pick(of(house, name), n)),
    "stop monitoring": lambda house, name, n: house.exchange.stop_monitoring("s"),
    "wait a little": lambda house, name, n: house.pass_seconds(1 + n),
    "wait": lambda house, name, n: house.pass_seconds(10 * n),
}
Step = tuple[str, str, int]
STEPS = st.tuples(st.sampled_from(sorted(DEEDS)), st.sampled_from("abc"), st.integers(0, 9))
BUSY = st.sampled_from(["call", "press", "available", "accept", "wait a little"])
BUSY_STEPS = st.tuples(BUSY, st.sampled_from("abc"), st.integers(0, 2))


@settings(max_examples=300)
@given(st.lists(STEPS | BUSY_STEPS, max_size=60), st.lists(st.booleans(), min_size=1, max_size=5), st.booleans())
def test_the_floor_stays_in_order(steps: list[Step], answering: list[bool], busy: bool) -> None:
    house = House(SCRIPTS, profiles=PROFILES, users=USERS, max_contacts=3)
    house.world.answering = (answering[n % len(answering)] for n in range(10**9))
    for name in house.exchange.agents:
        house.exchange.sign_in(name)
    if busy:
        in_the_middle_of_the_day(house)
    for deed, name, number in steps:
        before = len(house.world.events)
        pages = {user_id: page(house.exchange, user_id) for user_id in house.exchange.agents}
        house.world.shown.clear()
        try:
            DEEDS[deed](house, name, number)
        except NotPossible:
            assert len(house.world.events) == before, f"{deed} was refused after it had been told"
        in_order(house)
        desks_were_told(house, pages)
        callers_hear_where_they_are(house)
    everybody_leaves(house)
    in_order(house)
    everything_was_told(house)


def in_the_middle_of_the_day(house: House) -> None:
    """Two talk, a third rings, a callback is promised, a fifth waits."""
    for name in "abc":
        house.exchange.set_status(name, AVAILABLE)
    for key in "12231":
        house.exchange.press(house.calls(), key)
        house.pass_seconds(5)
        with suppress(NotPossible):
            house.exchange.accept("b", of(house, "b")[0])


def in_order(house: House) -> None:
    """No agent is over the slots, every contact is in exactly one place, and nobody waits whom a free agent could take."""
    for agent in house.exchange.agents.values():
        for channel in ("VOICE", "TASK"):
            most = max(each.concurrency.get(channel, 0) for each in PROFILES.values())
            assert agent.used_slots(channel) <= most
        for held in agent.contacts.values():
            if held.state.value in ("CONNECTING", "INCOMING", "CONNECTED", "CONNECTED_ONHOLD", "ENDED"):
                assert held.contact.agent is agent
    for contact in house.exchange.contacts.values():
        in_one_place(house, contact)
    for contact in house.exchange.contacts.values():
        assert all(each.stage.is_live for each in contact.watchers)
    for line in house.exchange.queues.values():
        assert all(each.stage in (Stage.WAITING, Stage.RINGING, Stage.SCHEDULED) for each in line.members.values())


def desks_were_told(house: House, before: dict[str, dict[str, Any]]) -> None:
    """Every desk that shows something else than before has been told so."""
    for user_id, shown in before.items():
        now = page(house.exchange, user_id)
        assert now == shown or user_id in house.world.shown, [name for name in now if now[name] != shown[name]]


def callers_hear_where_they_are(house: House) -> None:
    """What somebody was last said to hear is what is heard at the place where the contact is."""
    for contact in house.exchange.contacts.values():
        heard = [each.kind for each in house.world.heard.get(contact.id, []) if each.by == "customer"]
        assert (contact.heard.kind if contact.heard else None) == (heard[-1] if heard else None)
        if contact.stage is Stage.CONNECTED and contact.method != "MONITOR":
            if contact.agent_is_held:
                assert heard[-1] in ("silence", "prompt")
            else:
                assert heard[-1] == ("music" if contact.is_held else "agent")
        elif contact.stage is Stage.THIRD_PARTY:
            assert heard[-1] == "third_party"
        elif not contact.stage.is_live:
            assert heard[-1] == "over"


def in_one_place(house: House, contact: Contact) -> None:
    lines = [each for each in house.exchange.queues.values() if contact.id in each.members]
    waits = contact.stage in (Stage.WAITING, Stage.RINGING, Stage.SCHEDULED)
    assert len(lines) == waits
    assert (contact.place is not None) == (contact.stage is Stage.WAITING)
    holding = [
        each
        for each in house.exchange.agents.values()
        if contact.id in each.contacts and each.contacts[contact.id].state.value not in ("MISSED", "REJECTED", "ERROR")
    ]
    with_agent = contact.stage in (Stage.RINGING, Stage.JOINING, Stage.CONNECTED, Stage.AFTER_CONTACT_WORK)
    with_agent |= contact.stage is Stage.DIALLING and contact.method == "OUTBOUND"
    assert len(holding) == with_agent
    if contact.agent_is_held:
        assert contact.is_held
        assert contact.consult is not None
        assert contact.consult.stage is Stage.IN_FLOW
    if contact.stage in (Stage.OVER, Stage.AFTER_CONTACT_WORK):
        assert contact.playing is None
        assert contact.whispering is None
    if contact.stage is Stage.WAITING:
        assert contact.queue is not None
        assert contact.enqueued_at is not None
        waited = house.timeline.now - contact.enqueued_at
        for agent in house.exchange.agents.values():
            if contact.queue.user_id == agent.user.id:
                assert not agent.can_take(contact.channel)
            for served in agent.profile.queues:
                if (served.queue_id, served.channel) == (contact.queue.id, contact.channel):
                    assert not (agent.can_take(contact.channel) and waited.total_seconds() >= served.delay)


def everybody_leaves(house: House) -> None:
    """Customers hang up, agents end and close, callbacks are stopped; then a minute passes. Again, as one thing may lead to another."""
    exchange = house.exchange
    for _ in range(100):
        for contact_id in list(exchange.contacts):
            for leave in (exchange.hang_up, exchange.stop):
                with suppress(NotPossible):
                    leave(contact_id)
        for agent in exchange.agents.values():
            for contact_id in list(agent.contacts):
                for finish in (exchange.end, exchange.close):
                    with suppress(NotPossible):
                        finish(agent.user.id, contact_id)
        house.pass_seconds(60)
        if all(each.stage is Stage.OVER for each in exchange.contacts.values()):
            break
    for name in exchange.agents:
        exchange.sign_out(name)
    house.pass_seconds(2)


def everything_was_told(house: House) -> None:
    """Every contact ended with exactly one record, each event once, and its moments are in order."""
    records = Counter(each["ContactId"] for each in house.world.records)
    assert records == dict.fromkeys(house.exchange.contacts, 1)
    for record in house.world.records:
        queue, agent = record["Queue"] or {}, record["Agent"] or {}
        told = [
            record["InitiationTimestamp"], queue.get("EnqueueTimestamp"), queue.get("DequeueTimestamp"),
            agent.get("ConnectedToAgentTimestamp"), record["DisconnectTimestamp"],
            agent.get("AfterContactWorkEndTimestamp"), record["LastUpdateTimestamp"],
        ]  # fmt: skip
        assert sorted(filter(None, told)) == list(filter(None, told))
    for contact in house.exchange.contacts.values():
        kinds = [each for each in house.told(contact.id) if each != "CONTACT_DATA_UPDATED"]
        assert kinds[0] == "INITIATED"
        assert kinds[-2:] == ["DISCONNECTED", "COMPLETED"]
        assert len(kinds) == len(set(kinds))
        moments = [
            contact.initiated_at, contact.enqueued_at, contact.dequeued_at, contact.connected_at,
            contact.disconnected_at, contact.completed_at,
        ]  # fmt: skip
        known = [each for each in moments if each is not None]
        assert known == sorted(known)
        assert (contact.enqueued_at is None) == (contact.dequeued_at is None)
        assert all(each.end is not None for each in contact.holds)
        if contact.next_id is not None:
            following = house.contact(contact.next_id)
            assert (following.previous_id, following.chain_id) == (contact.id, contact.chain_id)
            assert following.attributes is contact.attributes
