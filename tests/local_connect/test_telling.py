"""What is told has the shape of the references' samples, and says what happened."""

import json
from collections.abc import Generator
from typing import Any

import pytest

from infra.local.connect.flows.line import Answer, Callback, Ending, Line, Repeat, Request
from tests.local_connect.house import LUNCH, NUMBER, House, flow_over, speaks, straight_to, user
from tests.support.reference import reference

SAMPLES = reference("samples")
Document = dict[str, Any]

SILENT_OF_SAMPLES = frozenset({"QualityMetrics", "DeviceInfo"})
"""Members that the samples fill and we never can: nobody measures a line here, or knows an agent's browser."""


def sample(name: str) -> Document:
    if SAMPLES is None:
        pytest.skip("the references lie beside the repository where it is written, and nowhere else")
    return dict(json.loads((SAMPLES / f"{name}.json").read_text()))


def shape(document: Any, path: str = "") -> set[str]:
    """Every path of a document with the kind of its value; attributes and tags are whatever somebody calls them."""
    if path in (".Attributes", ".Configuration.Proficiencies"):
        return {path}
    if isinstance(document, dict):
        return {path}.union(
            *(shape(value, f"{path}.{name}") for name, value in document.items() if name not in SILENT_OF_SAMPLES)
        )
    if isinstance(document, list):
        return {path}.union(*(shape(each, f"{path}[]") for each in document))
    kind = "number" if isinstance(document, int | float) else type(document).__name__
    return {f"{path}: {kind}"}


def recorded(line: Line) -> Generator[Request, Answer, Ending]:
    line.set_recording(["Agent", "Customer"], menu=None, screen=())
    line.set_attributes({"language": "ja", "tier": "gold"})
    return (yield from straight_to("support")(line))


def handled() -> tuple[House, str]:
    """The sample's call: answered, held once, ended by the customer, with after-contact work. The agent's groups are two."""
    tokyo = user("a", proficiencies=speaks("English", 4.0))
    second = tokyo.hierarchy[0].__class__(id="remote", arn=tokyo.hierarchy[0].arn + "-remote", name="Remote")
    house = House(
        {"main": recorded}, users=(tokyo.__class__(**{**tokyo.__dict__, "hierarchy": (*tokyo.hierarchy, second)}),)
    )
    contact = house.calls()
    house.pass_seconds(18)
    house.on_duty("a")
    house.talks("a", contact)
    house.pass_seconds(200)
    house.exchange.hold("a", contact)
    house.pass_seconds(35)
    house.exchange.resume("a", contact)
    house.exchange.set_status("a", LUNCH)
    house.pass_seconds(75)
    house.exchange.hang_up(contact)
    house.pass_seconds(48)
    house.exchange.close("a", contact)
    house.pass_seconds(1)
    return house, contact


def abandoned() -> tuple[House, str]:
    house = House({"main": recorded})
    contact = house.calls()
    house.pass_seconds(110)
    house.exchange.hang_up(contact)
    house.pass_seconds(1)
    return house, contact


def event(house: House, contact: str, kind: str) -> Document:
    (found,) = [each for each in house.world.events if (each["contactId"], each["eventType"]) == (contact, kind)]
    return found


@pytest.mark.parametrize("kind", ["initiated", "queued", "connected-to-agent", "disconnected-handled", "completed"])
def test_events_of_a_handled_call(kind: str) -> None:
    house, contact = handled()
    told = event(house, contact, kind.removesuffix("-handled").replace("-", "_").upper())
    assert shape(told) == shape(sample(f"contact-event-{kind}")["detail"])


def test_the_event_of_an_abandoned_call() -> None:
    house, contact = abandoned()
    assert shape(event(house, contact, "DISCONNECTED")) == shape(
        sample("contact-event-disconnected-abandoned")["detail"]
    )


def test_the_event_of_routing_criteria() -> None:
    house = House()
    contact = house.calls()

    def condition(level: float) -> Document:
        return {
            "AttributeCondition": {
                "Name": "Language",
                "Value": "English",
                "ProficiencyLevel": level,
                "ComparisonOperator": "NumberGreaterOrEqualTo",
            }
        }

    steps = [{"Expression": condition(4.0), "Expiry": {"DurationInSeconds": 30}}, {"Expression": condition(2.0)}]
    house.exchange.update_routing(contact, criteria=steps)
    told = event(house, contact, "CONTACT_DATA_UPDATED")
    theirs = sample("contact-event-contact-data-updated-routing")["detail"]
    assert shape(told) == shape(theirs)
    assert told["routingCriteria"]["steps"][0]["expression"] == theirs["routingCriteria"]["steps"][0]["expression"]
    assert told["connectedToSystemTimestamp"] == theirs["connectedToSystemTimestamp"]


def test_the_record_of_a_handled_call() -> None:
    house, contact = handled()
    told, theirs = house.record(contact), sample("contact-record-voice-handled")
    assert shape(told) == shape(theirs)
    ours = {
        name: told["Agent"][name]
        for name in (
            "AgentInteractionDuration",
            "CustomerHoldDuration",
            "LongestHoldDuration",
            "NumberOfHolds",
            "AfterContactWorkDuration",
        )
    }
    assert ours == {name: theirs["Agent"][name] for name in ours}


def test_the_record_of_an_abandoned_call() -> None:
    house, contact = abandoned()
    told, theirs = house.record(contact), sample("contact-record-voice-abandoned")
    assert shape(told) == shape(theirs)
    assert told["Queue"]["Duration"] == theirs["Queue"]["Duration"] == 110


def test_the_records_of_a_callback() -> None:
    def queue_flow(line: Line) -> Generator[Request, Answer, Ending]:
        yield Repeat(prompts=(), interrupt_every=120)
        line.create_callback(Callback(initial_delay=99, retry_delay=60, attempts=1, queue_id="billing"))
        return flow_over("disconnect")

    def main(line: Line) -> Generator[Request, Answer, Ending]:
        line.set_event_hook("CustomerQueue", "CustomerQueue")
        return (yield from straight_to("support")(line))

    house = House({"main": main, "CustomerQueue": queue_flow}, users=handled()[0].instance.users.values())
    first = house.calls()
    house.pass_seconds(240)
    second = house.newest().id
    house.on_duty("a")
    house.exchange.accept("a", second)
    house.pass_seconds(20)
    house.exchange.hang_up(second)
    house.exchange.close("a", second)
    inbound, callback = house.record(first), house.record(second)
    assert shape(inbound) == shape(sample("contact-record-callback-inbound-leg"))
    assert inbound["Queue"]["Duration"] == 120
    assert shape(callback) == shape(sample("contact-record-callback"))
    assert "systemEndpoint" not in event(house, second, "QUEUED")


AGENT_EVENTS = [
    "login",
    "state-change-available",
    "state-change-connected",
    "state-change-acw",
    "state-change-lunch",
    "heartbeat",
    "logout",
]


@pytest.mark.parametrize("kind", AGENT_EVENTS)
def test_agent_events_of_a_day(kind: str) -> None:
    house, _ = handled()
    house.pass_seconds(600)
    house.exchange.sign_out("a")
    theirs = sample(f"agent-event-{kind}")
    matching = [
        each
        for each in house.world.agent_events
        if each["EventType"] == theirs["EventType"] and _state(each) == _state(theirs)
    ]
    assert matching
    assert any(shape(each) == shape(theirs) for each in matching), shape(matching[0]) ^ shape(theirs)


def _state(told: Document) -> tuple[str, bool, tuple[str, ...]] | None:
    now = told["CurrentAgentSnapshot"]
    if now is None:
        return None
    return now["AgentStatus"]["Name"], now["NextAgentStatus"] is None, tuple(each["State"] for each in now["Contacts"])


def test_heartbeats_come_when_nothing_else_does_and_for_an_hour_after_leaving() -> None:
    house = House()
    house.exchange.sign_in("a")
    house.pass_seconds(60)
    house.exchange.set_status("a", "available")
    house.pass_seconds(300)
    house.exchange.sign_out("a")
    house.pass_seconds(10_000)
    beats = [each["EventTimestamp"][11:19] for each in house.world.agent_events if each["EventType"] == "HEART_BEAT"]
    assert beats[:3] == ["01:03:00", "01:05:00", "01:08:00"]
    assert beats[-1] == "02:06:00"
    assert len(beats) == 2 + 30


def test_a_record_says_what_the_events_said() -> None:
    house, contact = handled()
    told = house.record(contact)
    assert told["SystemEndpoint"]["Address"] == NUMBER
    for name, path in (("QUEUED", "Queue"), ("CONNECTED_TO_AGENT", "Agent"), ("DISCONNECTED", None)):
        moment = {
            "QUEUED": lambda each: each["queueInfo"]["enqueueTimestamp"],
            "CONNECTED_TO_AGENT": lambda each: each["agentInfo"]["connectedToAgentTimestamp"],
            "DISCONNECTED": lambda each: each["disconnectTimestamp"],
        }[name](event(house, contact, name))
        said = {"Queue": "EnqueueTimestamp", "Agent": "ConnectedToAgentTimestamp", None: "DisconnectTimestamp"}[path]
        assert (told[path] if path else told)[said] == moment[:19] + "Z"
