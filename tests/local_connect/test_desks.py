"""Every change that an agent's page shows is told to that page, and every change of what a customer hears to the customer's."""

from collections.abc import Callable, Generator

import pytest

from infra.local.connect.flows.line import Answer, Ending, Line, Repeat, Request, Speak
from tests.local_connect.house import AVAILABLE, LUNCH, MOBILE, House, flow_over, profile, straight_to, user
from tests.local_connect.pages import page
from tests.local_connect.scripts import HELLO, hooked, says

Scene = Callable[[House], str]
"""Sets a scene and returns the contact that it is about."""
Deed = Callable[[House, str], object]

PROFILES = {"office": profile(), "other": profile("other")}
USERS = (user("a"), user("b"), user("s"), user("idle"))


def whisper(line: Line) -> Generator[Request, Answer, Ending]:
    yield Speak(prompt=HELLO)
    line.set_attributes({"whispered": "yes"})
    return flow_over("flow")


def house_of(answers: bool = True) -> House:
    """Agents a and b, a supervisor s, and one who has nothing to do with it."""
    house = House(
        {"main": hooked("AgentWhisper", then=straight_to("support")), "AgentWhisper": whisper},
        profiles=PROFILES,
        users=USERS,
    )
    house.world.answering = iter([answers] * 9)
    for name in house.exchange.agents:
        house.exchange.sign_in(name)
    return house


def nothing(house: House) -> str:
    return ""


def gone(house: House) -> str:
    house.exchange.sign_out("a")
    return ""


def rings(house: House) -> str:
    house.exchange.set_status("a", AVAILABLE)
    return house.calls()


def whispers(house: House) -> str:
    contact = rings(house)
    house.exchange.accept("a", contact)
    return contact


def talks(house: House) -> str:
    contact = whispers(house)
    house.pass_seconds(10)
    return contact


def held(house: House) -> str:
    contact = talks(house)
    house.exchange.hold("a", contact)
    return contact


def works(house: House) -> str:
    contact = talks(house)
    house.exchange.end("a", contact)
    return contact


def asks_b(house: House) -> str:
    contact = talks(house)
    house.exchange.transfer("a", contact, "to-b")
    return contact


def b_whispers(house: House) -> str:
    contact = talks(house)
    house.exchange.set_status("b", AVAILABLE)
    asked = house.exchange.transfer("a", contact, "to-b")
    house.exchange.accept("b", asked)
    return contact


def consults(house: House) -> str:
    contact = b_whispers(house)
    house.pass_seconds(10)
    return contact


def confers(house: House) -> str:
    contact = consults(house)
    house.exchange.conference("a", contact)
    return contact


def asks_outside(house: House) -> str:
    contact = talks(house)
    house.exchange.transfer("a", contact, "to-number")
    return contact


def listened_to(house: House) -> str:
    contact = talks(house)
    house.exchange.monitor("s", contact)
    return contact


def barged(house: House) -> str:
    contact = listened_to(house)
    house.exchange.barge("s", contact)
    return contact


def dials(house: House) -> str:
    return house.exchange.dial("a", MOBILE)


def does(deed: str, user_id: str) -> Deed:
    """What an agent does with the contact of the scene."""
    return lambda house, contact: getattr(house.exchange, deed)(user_id, contact)


def on_consult(deed: str, user_id: str) -> Deed:
    """What an agent does with the contact by which the scene's is being transferred."""

    def act(house: House, contact: str) -> None:
        consult = house.contact(contact).consult
        assert consult is not None
        getattr(house.exchange, deed)(user_id, consult.id)

    return act


def ask_b(house: House, contact: str) -> None:
    house.exchange.transfer("a", contact, "to-b")


def accept_and_talk(house: House, contact: str) -> None:
    house.exchange.accept("a", contact)
    house.pass_seconds(2)


def passes(seconds: float) -> Deed:
    return lambda house, _: house.pass_seconds(seconds)


CHANGES: list[tuple[str, Scene, Deed, str]] = [
    # what changes,                      before,       what happens,                                                        whose page shows it
    ("who signs in", gone, lambda house, _: house.exchange.sign_in("a"), "a"),
    ("who signs out", nothing, lambda house, _: house.exchange.sign_out("a"), "a"),
    ("a status", nothing, lambda house, _: house.exchange.set_status("a", LUNCH), "a"),
    ("the next status", talks, lambda house, _: house.exchange.set_status("a", LUNCH), "a"),
    ("a routing profile", nothing, lambda house, _: house.exchange.set_routing_profile("a", "other"), "a"),
    ("it rings", nothing, lambda house, _: rings(house), "a"),
    ("accepted, it whispers", rings, does("accept", "a"), "a"),
    ("attributes, from a whisper", whispers, passes(2), "a"),
    ("missed", rings, passes(20), "a"),
    ("rejected", rings, does("reject", "a"), "a"),
    ("the caller is gone while it rings", rings, lambda house, contact: house.exchange.hang_up(contact), "a"),
    ("muted", talks, does("mute", "a"), "a"),
    ("hold", talks, does("hold", "a"), "a"),
    ("hold ends", held, does("resume", "a"), "a"),
    ("after-contact work", talks, does("end", "a"), "a"),
    ("work is done", works, does("close", "a"), "a"),
    ("the customer hangs up", talks, lambda house, contact: house.exchange.hang_up(contact), "a"),
    ("attributes, from outside", talks, lambda house, contact: house.exchange.update_attributes(contact, {"vip": "yes"}), "a"),
    ("attributes, in after-contact work", works, lambda house, contact: house.exchange.update_attributes(contact, {"vip": "yes"}), "a"),
    ("attributes, while two have it", consults, lambda house, contact: house.exchange.update_attributes(contact, {"vip": "yes"}), "ab"),
    ("a consultation begins", talks, ask_b, "a"),
    ("a consultation begins on hold", held, ask_b, "a"),
    ("b is rung up", asks_b, lambda house, _: house.exchange.set_status("b", AVAILABLE), "b"),
    ("b answers", b_whispers, passes(10), "ab"),
    ("somebody outside answers", asks_outside, passes(4), "a"),
    ("b goes back", consults, on_consult("end", "b"), "ab"),
    ("b leaves", consults, on_consult("leave", "b"), "ab"),
    ("three talk", consults, does("conference", "a"), "ab"),
    ("three talk no more", confers, does("hold", "a"), "ab"),
    ("b leaves the conference", confers, on_consult("end", "b"), "ab"),
    ("a hands over, cold", asks_b, does("leave", "a"), "a"),
    ("a hands over, warm", consults, does("leave", "a"), "ab"),
    ("the customer leaves a consultation", consults, lambda house, contact: house.exchange.hang_up(contact), "ab"),
    ("a supervisor listens", talks, lambda house, contact: house.exchange.monitor("s", contact), "s"),
    ("a supervisor joins", listened_to, does("barge", "s"), "as"),
    ("a supervisor leaves", barged, lambda house, _: house.exchange.stop_monitoring("s"), "as"),
    ("a supervisor listens no more", listened_to, lambda house, _: house.exchange.stop_monitoring("s"), "s"),
    ("a supervisor's line drops", barged, lambda house, _: house.exchange.lose_line("s"), "as"),
    ("a supervisor hangs up", barged, lambda house, contact: house.exchange.end("s", house.contact(contact).watchers[0].id), "as"),
    ("the call ends that a supervisor listens to", barged, does("end", "a"), "as"),
    ("an agent dials", nothing, lambda house, _: dials(house), "a"),
    ("whoever was dialled answers", dials, passes(4), "a"),
    ("the line drops", talks, lambda house, _: house.exchange.lose_line("a"), "a"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "scene", "deed", "whose"), CHANGES, ids=[each[0] for each in CHANGES])
def test_a_change_is_told_to_whoever_sees_it(what: str, scene: Scene, deed: Deed, whose: str) -> None:
    house = house_of()
    contact = scene(house)
    before = {name: page(house.exchange, name) for name in house.exchange.agents}
    house.world.shown.clear()
    deed(house, contact)
    changed = {name for name in before if page(house.exchange, name) != before[name]}
    assert changed == set(whose)
    assert changed <= set(house.world.shown)
    assert "idle" not in house.world.shown


def test_an_agent_s_page_tells_who_is_asked_and_whether_three_talk() -> None:
    house = house_of()
    contact = house.contact(consults(house))
    assert contact.consult is not None
    assert (contact.consult.is_answered, contact.is_conference, contact.consult.is_conference) == (True, False, False)
    house.exchange.conference("a", contact.id)
    assert (contact.is_conference, contact.consult.is_conference) == (True, True)
    house.exchange.hold("a", contact.id)
    assert (contact.is_conference, contact.consult.is_conference) == (False, False)


def hold_flow(line: Line) -> Generator[Request, Answer, Ending]:
    yield Repeat(prompts=(HELLO,))
    raise AssertionError("music never ends")


HEARD: list[tuple[str, Scene, Deed, list[str]]] = [
    ("answered", rings, accept_and_talk, ["agent"]),
    ("hold", talks, does("hold", "a"), ["music"]),
    ("hold ends", held, does("resume", "a"), ["agent"]),
    ("a consultation", talks, ask_b, ["music"]),
    ("three talk", consults, does("conference", "a"), ["agent"]),
    ("the end", held, does("end", "a"), ["over"]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "scene", "deed", "hears"), HEARD, ids=[each[0] for each in HEARD])
def test_a_customer_is_told_what_there_is_to_hear(what: str, scene: Scene, deed: Deed, hears: list[str]) -> None:
    house = house_of()
    contact = scene(house)
    house.world.heard.pop(contact, None)
    deed(house, contact)
    assert [each.kind for each in house.world.heard[contact] if each.by == "customer"] == hears


@pytest.mark.parametrize(
    ("scene", "hears"),
    [(asks_b, "music"), (consults, "agent"), (confers, "agent"), (asks_outside, "third_party")],
)
def test_a_customer_who_is_handed_over_hears_what_goes_on_there(scene: Scene, hears: str) -> None:
    house = house_of()
    contact = scene(house)
    house.pass_seconds(5)
    consult = house.contact(contact).consult
    assert consult is not None
    before = len(house.world.heard[consult.id])
    house.exchange.leave("a", contact)
    assert [each.kind for each in house.world.heard[consult.id][before:]] == [hears]
    assert house.hears(contact).kind == "over"


def test_hold_flows_play_to_customer_and_agent_until_the_hold_ends() -> None:
    house = House(
        {
            "main": hooked("CustomerHold", "AgentHold", then=straight_to("support")),
            "CustomerHold": hold_flow,
            "AgentHold": says(Speak(prompt=HELLO), to="flow"),
        }
    )
    house.on_duty("a", "b")
    contact = house.calls()
    house.talks("a", contact)
    house.world.heard.clear()
    house.exchange.hold("a", contact)
    house.pass_seconds(5)
    heard = [(each.by, each.kind) for each in house.world.heard[contact]]
    assert heard == [("customer", "music"), ("agent", "prompt"), ("agent", "silence")]
    house.exchange.resume("a", contact)
    house.exchange.hold("a", contact)
    house.exchange.resume("a", contact)
    told = len(house.world.heard[contact])
    house.pass_seconds(60)
    assert len(house.world.heard[contact]) == told
    assert (house.contact(contact).playing, house.contact(contact).whispering) == (None, None)


def test_an_agent_who_asks_another_hears_that_one_and_no_hold_flow() -> None:
    house = House({"main": hooked("AgentHold", then=straight_to("support")), "AgentHold": hold_flow})
    house.on_duty("a", "b")
    contact = house.calls()
    house.talks("a", contact)
    house.exchange.transfer("a", contact, "to-b")
    assert house.contact(contact).whispering is None
    assert house.contact(contact).is_held
