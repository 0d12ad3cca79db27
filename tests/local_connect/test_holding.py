"""A customer keys something to a flow in the middle of a call, while the agent who sent them there is on hold."""

from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.connect.doors.views import agent_view, call_view
from infra.local.connect.floor.contact import Contact, Stage
from infra.local.connect.floor.problems import InvalidRequest, NotPossible
from infra.local.connect.flows.line import Answer, Ending, Invoke, Line, Listen, Prompt, Refused, Request, Result, Speak
from tests.local_connect.house import House, Script, flow_over, straight_to
from tests.local_connect.scripts import HELLO

State = Literal["AgentOnHold", "CustomerOnHold", "OffHold"]
NUMBER_PLEASE = Prompt(text="The number, please.")
CARD = Listen(prompt=NUMBER_PLEASE, seconds=10, most=19, terminator="#", cancel_key=True, secret=True)
LOOK_UP = Invoke(function_arn="look-up", request={}, seconds=8)
CHECKING = Prompt(text="One moment.")
KEYED = "4929 1357 2468 0008".replace(" ", "")


def main(line: Line) -> Generator[Request, Answer, Ending]:
    """A caller goes straight to support; an agent's flow quick connect leads to the entry."""
    if line.data()["InitiationMethod"] == "INBOUND":
        line.set_event_hook("CustomerRemaining", "remaining")
        return (yield from straight_to("support")(line))
    return (yield from entry(line))


def entry(line: Line, *, off: bool = True, to: str = "disconnect") -> Generator[Request, Answer, Ending]:
    """What an agent's flow for secret input does; one that is not `off` forgets to end the agent's hold."""
    yield Speak(prompt=HELLO)
    try:
        line.set_previous_participant("AgentOnHold")
    except Refused:
        # The agent has gone and left the customer here.
        return (yield from remaining(line))
    keyed = yield CARD
    line.set_attributes({"length": str(len(str(keyed)))})
    yield Speak(prompt=CHECKING)
    yield LOOK_UP
    if off:
        line.set_previous_participant("OffHold")
    return flow_over(to)


def remaining(line: Line) -> Generator[Request, Answer, Ending]:
    return (yield from straight_to("billing")(line))


def sends(line: Line, to: str) -> Generator[Request, Answer, Ending]:
    if line.data()["InitiationMethod"] == "INBOUND":
        return (yield from main(line))
    return (yield from entry(line, off=False, to=to))


class Entry:
    """A call in which agent a has sent the customer to the entry; `agent` is the agent's contact, `flow` the consultation."""

    def __init__(self, script: Script = main) -> None:
        self.house = House({"main": script, "remaining": remaining})
        self.house.on_duty("a")
        self.agent = self.house.calls()
        self.house.talks("a", self.agent)
        self.house.pass_seconds(10)
        self.flow = self.house.exchange.transfer("a", self.agent, "to-flow")

    def begins(self) -> "Entry":
        """Let the flow come so far that it listens."""
        self.house.pass_seconds(2)
        assert self.listens
        return self

    def keys(self, keyed: str) -> None:
        self.house.exchange.press(self.agent, keyed)

    @property
    def contact(self) -> Contact:
        return self.house.contact(self.agent)

    @property
    def listens(self) -> bool:
        return self.house.hears(self.agent).secret

    def heard(self, contact_id: str) -> list[str | None]:
        """What was said on a contact, or what else was heard there."""
        heard = self.house.world.heard.get(contact_id, [])
        return [each.prompts[0].text if each.prompts else each.kind for each in heard]

    def talk(self) -> bool:
        """Whether the customer and agent a talk, and nothing is left of the entry."""
        contact = self.contact
        return (
            self.house.state("a", self.agent) == "CONNECTED"
            and contact.stage is Stage.CONNECTED
            and not (contact.agent_is_held or contact.is_held or contact.consult)
            and self.house.hears(self.agent).kind == "agent"
        )


def test_the_customer_hears_the_flow_and_keys_into_it_and_the_same_agent_has_them_back() -> None:
    scene = Entry().begins()
    scene.keys("12*")
    scene.keys(KEYED + "#")
    scene.house.pass_seconds(2)
    assert scene.talk()
    assert scene.contact.attributes == {"length": "16"}
    assert scene.heard(scene.agent)[-5:] == ["music", "silence", NUMBER_PLEASE.text, CHECKING.text, "agent"]
    assert scene.house.contact(scene.flow).reason == "CONTACT_FLOW_DISCONNECT"


def test_the_agent_hears_the_flow_before_and_nothing_of_the_entry() -> None:
    scene = Entry().begins()
    scene.keys(KEYED + "#")
    scene.house.pass_seconds(2)
    assert scene.heard(scene.flow) == [HELLO.text, "silence", "over"]


def test_pages_say_who_is_where() -> None:
    scene = Entry().begins()
    exchange, contact = scene.house.exchange, scene.contact
    [held] = agent_view(exchange, "a")["contacts"]
    assert (held["held"], held["consult"]) == (
        True,
        {"id": scene.flow, "name": "Flow", "state": "ringing"},
    )
    assert call_view(exchange, contact, id=scene.agent)["stage"] == "menu"
    scene.keys("#")
    scene.house.pass_seconds(2)
    [held] = agent_view(exchange, "a")["contacts"]
    assert (held["held"], held["consult"]) == (False, None)
    assert call_view(exchange, contact, id=scene.agent)["stage"] == "talking"


OFFERS: dict[str, Callable[[House, str], object]] = {
    "resume": lambda house, contact: house.exchange.resume("a", contact),
    "hold": lambda house, contact: house.exchange.hold("a", contact),
    "conference": lambda house, contact: house.exchange.conference("a", contact),
    "transfer again": lambda house, contact: house.exchange.transfer("a", contact, "to-flow"),
}


@pytest.mark.parametrize("act", OFFERS.values(), ids=OFFERS)
def test_an_agent_cannot_come_back_before_the_flow_says_so(act: Callable[[House, str], object]) -> None:
    scene = Entry().begins()
    with pytest.raises(InvalidRequest):
        act(scene.house, scene.agent)
    assert scene.contact.agent_is_held
    assert scene.heard(scene.flow)[-1] == "silence"


GOES: dict[str, Callable[[House, str], object]] = {
    "ends the call": lambda house, contact: house.exchange.end("a", contact),
    "leaves": lambda house, contact: house.exchange.leave("a", contact),
    "loses the line": lambda house, contact: house.exchange.lose_line("a"),
}


@pytest.mark.parametrize("go", GOES.values(), ids=GOES)
def test_a_customer_whose_agent_goes_meanwhile_is_in_a_queue(go: Callable[[House, str], object]) -> None:
    scene = Entry().begins()
    scene.keys("4929")
    go(scene.house, scene.agent)
    customer = scene.house.exchange.customer_of(scene.agent)
    assert (customer.stage, customer.method) == (Stage.WAITING, "DISCONNECT")
    assert customer.queue is scene.house.exchange.queue("billing")
    assert (customer.keys, scene.house.contact(scene.flow).stage) == ("", Stage.OVER)


def test_the_agent_of_a_customer_who_hangs_up_meanwhile_writes_up() -> None:
    scene = Entry().begins()
    scene.house.exchange.hang_up(scene.agent)
    assert scene.house.state("a", scene.agent) == "ENDED"
    assert not scene.contact.agent_is_held
    assert scene.house.contact(scene.flow).stage is Stage.OVER


@pytest.mark.parametrize("to", ["disconnect", "flow", "queue", "agent", "third_party"])
def test_however_the_flow_ends_agent_and_customer_talk(to: str) -> None:
    scene = Entry(lambda line: sends(line, to)).begins()
    scene.keys("1#")
    scene.house.pass_seconds(2)
    assert (scene.house.state("a", scene.agent), scene.house.hears(scene.agent).kind) == ("CONNECTED", "agent")
    assert not scene.contact.agent_is_held
    assert not scene.contact.is_held


def test_who_is_on_hold_can_be_changed_at_any_time() -> None:
    states: list[State] = ["CustomerOnHold", "AgentOnHold", "AgentOnHold", "CustomerOnHold", "OffHold", "OffHold", "AgentOnHold", "OffHold", "CustomerOnHold"]  # fmt: skip

    def script(line: Line) -> Generator[Request, Answer, Ending]:
        if line.data()["InitiationMethod"] == "INBOUND":
            return (yield from main(line))
        for state in states:
            line.set_previous_participant(state)
            yield Speak(prompt=HELLO)
        return flow_over("disconnect")

    scene = Entry(script)
    for state in states:
        heard = {"AgentOnHold": HELLO.text, "CustomerOnHold": "music", "OffHold": "agent"}[state]
        assert scene.heard(scene.agent)[-1] == heard
        assert scene.heard(scene.flow)[-1] == ("silence" if state == "AgentOnHold" else HELLO.text)
        assert scene.house.state("a", scene.agent) == ("CONNECTED" if state == "OffHold" else "CONNECTED_ONHOLD")
        scene.house.pass_seconds(2)
    assert scene.house.state("a", scene.agent) == "CONNECTED_ONHOLD"


def test_only_a_call_that_an_agent_transfers_has_somebody_to_put_on_hold() -> None:
    refused: list[str] = []

    def script(line: Line) -> Generator[Request, Answer, Ending]:
        with suppress(Refused):
            line.set_previous_participant("AgentOnHold")
            refused.append("not at all")
        return (yield from straight_to("support")(line))

    House({"main": script}).calls()
    assert refused == []


# --- whatever happens -------------------------------------------------------------------------------------------------

Deed = Callable[[Entry], object]
DEEDS: dict[str, Deed] = {
    "digits": lambda scene: scene.keys("4929"),
    "the rest": lambda scene: scene.keys("13572468#"),
    "star": lambda scene: scene.keys("*"),
    "a moment": lambda scene: scene.house.pass_seconds(1),
    "silence": lambda scene: scene.house.pass_seconds(15),
    "resume": lambda scene: scene.house.exchange.resume("a", scene.agent),
    "hold": lambda scene: scene.house.exchange.hold("a", scene.agent),
    "mute": lambda scene: scene.house.exchange.mute("a", scene.agent),
    "conference": lambda scene: scene.house.exchange.conference("a", scene.agent),
    "monitor": lambda scene: scene.house.exchange.monitor("b", scene.agent),
    "agent ends": lambda scene: scene.house.exchange.end("a", scene.agent),
    "agent leaves": lambda scene: scene.house.exchange.leave("a", scene.agent),
    "line drops": lambda scene: scene.house.exchange.lose_line("a"),
    "caller hangs up": lambda scene: scene.house.exchange.hang_up(scene.agent),
    "the function answers": lambda scene: scene.house.world.late.pop()(Result(document={})),
    "the function fails": lambda scene: scene.house.world.late.pop()(Result(problem="it broke")),
    "again": lambda scene: scene.house.exchange.transfer("a", scene.agent, "to-flow"),
}


@given(st.lists(st.sampled_from(sorted(DEEDS)), max_size=25), st.booleans())
def test_whatever_happens_nobody_is_left_alone_and_the_agent_hears_nothing(deeds: list[str], forgetful: bool) -> None:
    scene = Entry((lambda line: sends(line, "disconnect")) if forgetful else main)
    house = scene.house
    house.exchange.sign_in("b")
    house.world.functions = None
    for deed in deeds:
        with suppress(NotPossible, IndexError):
            DEEDS[deed](scene)
        agent_heard_nothing(scene)
        if scene.contact.agent_is_held:
            assert (house.state("a", scene.agent), scene.contact.stage) == ("CONNECTED_ONHOLD", Stage.CONNECTED)
            assert scene.contact.consult is not None
            assert scene.contact.consult.stage is Stage.IN_FLOW
    while house.world.late:
        house.world.late.pop()(Result(document={}))
    house.pass_seconds(60)
    while house.world.late:
        house.world.late.pop()(Result(document={}))
    house.pass_seconds(60)
    agent_heard_nothing(scene)
    customer = house.exchange.customer_of(scene.agent)
    if not customer.stage.is_live:
        assert customer.reason in ("CUSTOMER_DISCONNECT", "AGENT_DISCONNECT", "CONTACT_FLOW_DISCONNECT")
        assert house.state("a", scene.agent) in ("ENDED", None)
    elif customer is scene.contact:
        assert not customer.agent_is_held
        assert house.state("a", scene.agent) in ("CONNECTED", "CONNECTED_ONHOLD")
    else:
        assert customer.stage in (Stage.WAITING, Stage.RINGING, Stage.IN_FLOW)


def agent_heard_nothing(scene: Entry) -> None:
    """Neither a prompt of the entry nor a key is anywhere on the agent's side, in what is told, or in the log."""
    world = scene.house.world
    for contact in scene.house.exchange.contacts.values():
        if contact.method in ("TRANSFER", "MONITOR"):
            texts = scene.heard(contact.id)
            assert NUMBER_PLEASE.text not in texts
    for told in (world.events, world.records, world.agent_events, world.log, agent_view(scene.house.exchange, "a")):
        assert "4929" not in str(told).replace(scene.agent, "")
