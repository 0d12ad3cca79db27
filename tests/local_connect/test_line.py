"""What a flow can ask of its contact at once."""

from collections.abc import Generator
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from infra.local.connect.floor.hours import is_open
from infra.local.connect.flows.line import Answer, Ending, Line, Refused, Request, Sleep
from infra.local.connect.instance import FlowModule, Hours, Opening, Override
from tests.local_connect.house import ARN, CALLER, House, Script, flow_over
from tests.local_connect.test_telling import sample, shape

Asked = Any


def asking(*questions: Asked) -> tuple[House, str, list[Any]]:
    """A call whose flow asks these things; what was refused is among the answers, as its error type."""
    answers: list[Any] = []

    def script(line: Line) -> Generator[Request, Answer, Ending]:
        for question in questions:
            try:
                answers.append(question(line))
            except Refused as problem:
                answers.append(problem.error_type)
        yield Sleep(seconds=1_000)
        return flow_over("disconnect")

    house = House({"main": script})
    return house, house.calls(), answers


def test_what_a_lambda_is_told_of_the_contact() -> None:
    _, contact, (_, _, _, data) = asking(
        lambda line: line.set_attributes({"language": "ja"}),
        lambda line: line.set_data({"LanguageCode": "ja-JP"}),
        lambda line: line.choose_queue(f"{ARN}/queue/support"),
        lambda line: dict(line.data()),
    )
    assert shape(data) == shape(sample("lambda-request-inbound-voice")["Details"]["ContactData"])
    assert data["CustomerEndpoint"] == {"Address": CALLER, "Type": "TELEPHONE_NUMBER"}
    assert data["InitialContactId"] == data["PreviousContactId"] == contact


def refusals() -> list[tuple[Asked, str]]:
    return [
        (lambda line: line.flow("none"), "NoMatchingError"),
        (lambda line: line.module("none"), "NoMatchingError"),
        (lambda line: line.choose_queue("none"), "NoMatchingError"),
        (lambda line: line.choose_agent("none"), "NoMatchingError"),
        (lambda line: line.is_open(None), "NoMatchingError"),
        (lambda line: line.is_open("none"), "NoMatchingError"),
        (lambda line: line.enter_queue(), "NoMatchingError"),
        (lambda line: line.change_queue("support", None), "NoMatchingError"),
        (lambda line: line.metrics(None, None), "NoMatchingError"),
        (lambda line: line.set_criteria([]), "NoMatchingError"),
        (lambda line: line.set_event_hook("CustomerQueue", "none"), "NoMatchingError"),
        (lambda line: line.set_attributes({"long": "x" * 40_000}), "NoMatchingError"),
        (lambda line: line.set_attributes({"tier": "gold"}, related=True), "NoMatchingError"),
        (lambda line: line.set_previous_participant("OffHold"), "NoMatchingError"),
        (lambda line: line.create_task(name="a", description="", flow_id="none", attributes={}), "NoMatchingError"),
        (lambda line: line.set_callback_number("0120"), "InvalidCallbackNumber"),
    ]


@pytest.mark.parametrize(("asked", "error_type"), refusals())
def test_what_is_refused(asked: Asked, error_type: str) -> None:
    assert asking(asked)[2] == [error_type]


def test_tags_logs_and_an_agents_own_queue() -> None:
    house, contact, answers = asking(
        lambda line: line.tag({"team": "blue", "tier": "gold"}),
        lambda line: line.untag(["tier", "never-there"]),
        lambda line: line.log("before", "Compare", {}, None),
        lambda line: line.set_logging(True),
        lambda line: line.log("after", "Compare", {"ComparisonValue": "$.Channel"}, "VOICE"),
        lambda line: line.choose_agent(f"{ARN}/agent/a"),
        lambda line: line.metrics(None, None).agents_online,
        lambda line: line.agent(),
        lambda line: line.is_open("always"),
        lambda line: line.encrypt("1234", "key", "certificate"),
    )
    assert {name: value for name, value in house.contact(contact).tags.items() if not name.startswith("aws:")} == {
        "team": "blue"
    }
    assert [(each["Identifier"], each["Results"]) for each in house.world.log] == [("after", "VOICE")]
    assert answers[6:] == [0, None, True, "encrypted 4"]


def test_a_task_from_a_flow_is_related_and_its_attributes_can_reach_back() -> None:
    def task(line: Line) -> Generator[Request, Answer, Ending]:
        yield from ()
        line.set_attributes({"checked": "yes"}, related=True)
        return flow_over("disconnect")

    def main(line: Line) -> Generator[Request, Answer, Ending]:
        line.create_task(name="Check", description="the address", flow_id="task", attributes={"of": "flow"})
        yield Sleep(seconds=1_000)
        return flow_over("disconnect")

    scripts: dict[str, Script] = {"main": main, "task": task}
    house = House(scripts)
    contact = house.calls()
    started = house.newest()
    assert (started.method, started.related_id, started.attributes) == ("FLOW", contact, {"of": "flow"})
    assert house.contact(contact).attributes == {"checked": "yes"}
    assert house.record(started.id)["RelatedContactId"] == contact


def test_a_transfer_flow_can_put_the_customer_on_hold_and_off() -> None:
    seen: list[str | None] = []

    def main(line: Line) -> Generator[Request, Answer, Ending]:
        yield from ()
        if line.data()["InitiationMethod"] == "TRANSFER":
            agent = line.agent()
            assert agent is not None
            line.set_previous_participant("OffHold")
            seen.append(house.state("a", first))
            line.set_previous_participant("CustomerOnHold")
            seen.append(house.state("a", first))
        line.choose_queue("support")
        line.enter_queue()
        return flow_over("queue")

    house = House({"main": main})
    house.on_duty("a")
    first = house.calls()
    house.talks("a", first)
    house.exchange.transfer("a", first, "to-flow")
    assert seen == ["CONNECTED", "CONNECTED_ONHOLD"]


def test_a_module_is_found_whatever_version_is_named() -> None:
    house, _, _ = asking()
    object.__setattr__(house.instance, "modules", {"greet": FlowModule(id="greet", arn="", name="greet", content="{}")})
    found: list[Any] = []

    def script(line: Line) -> Generator[Request, Answer, Ending]:
        yield from ()
        found.append(line.module("greet:$LATEST").id)
        return flow_over("disconnect")

    house.scripts["main"] = script
    house.calls()
    assert found == ["greet"]


OFFICE = Hours(
    id="office", arn="", name="office", zone="Asia/Tokyo",
    week={day: (Opening(start=time(9), end=time(17, 30)),) for day in range(5)} | {5: (Opening(start=time(22), end=time(2)),)},
    overrides=(Override(name="holidays", first=date(2026, 12, 29), last=date(2026, 12, 31), week={}),),
)  # fmt: skip

OPEN = [
    # Monday is 15 June 2026; moments are in Tokyo.
    ("2026-06-15 08:59", False),
    ("2026-06-15 09:00", True),
    ("2026-06-15 17:29", True),
    ("2026-06-15 17:30", False),
    ("2026-06-20 21:59", False),
    ("2026-06-20 23:00", True),
    ("2026-06-21 01:59", True),
    ("2026-06-21 02:00", False),
    ("2026-12-28 10:00", True),
    ("2026-12-29 10:00", False),
    ("2026-12-31 10:00", False),
    ("2027-01-01 10:00", True),
]


@pytest.mark.parametrize(("moment", "expected"), OPEN)
def test_hours(moment: str, expected: bool) -> None:
    assert is_open(OFFICE, datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Asia/Tokyo"))) is expected


def test_hours_from_midnight_to_midnight_are_always() -> None:
    always = replace(OFFICE, week={day: (Opening(start=time(0), end=time(0)),) for day in range(7)}, overrides=())
    assert all(
        is_open(always, datetime(2026, 6, 15 + day, hour, tzinfo=ZoneInfo("UTC")))
        for day in range(7)
        for hour in range(24)
    )
