"""The live floor at the desk: rules one a row, and what a supervisor is shown."""

import json
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.contacts.model import ContactId, Mark, MarkKind, Talk, Waiting
from chalicelib.contacts.service import mark
from chalicelib.desk.model.floor import at_risk, calls
from chalicelib.routing.model import Entry
from tests import lives
from tests.centre import Centre
from tests.desk.desk import NOON, Desk
from tests.shifts import Shift, event, held, snapshot, status

LONG = timedelta(minutes=20)


def ago(seconds: float) -> Any:
    return NOON - timedelta(seconds=seconds)


def waits(seconds: float, queue: str | None = "support", method: str | None = "INBOUND") -> Waiting:
    return Waiting(
        contact_id=ContactId("w"), queue_id=queue, channel="VOICE", since=ago(seconds), initiation_method=method
    )


def talks(seconds: float, *marks: Mark, channel: str | None = "VOICE", method: str | None = "INBOUND") -> Talk:
    return Talk(
        contact_id=ContactId("t"), queue_id="support", site_id="tokyo", channel=channel, initiation_method=method,
        agent_id="hanako", since=ago(seconds), marks=marks,
    )  # fmt: skip


HELP = Mark(kind=MarkKind.HELP, by="sato.hanako", at=ago(30))
HELP_AGAIN = Mark(kind=MarkKind.HELP, by="sato.hanako", at=ago(5))
HARASSMENT = Mark(kind=MarkKind.HARASSMENT, by="sato.hanako", at=ago(10))

AT_RISK: list[tuple[list[Waiting], list[Talk], list[tuple[str, float]]]] = [
    ([waits(19)], [], []),
    ([waits(20)], [], []),
    ([waits(20.001)], [], [("waits_long", 20.001)]),
    ([waits(100, "mail")], [], []),
    ([waits(601, "mail")], [], [("waits_long", 601)]),
    ([waits(21, None)], [], [("waits_long", 21)]),
    ([waits(3600, method="CALLBACK")], [], []),
    ([waits(3600, method=None)], [], [("waits_long", 3600)]),
    ([waits(-5)], [], []),
    ([], [talks(1200)], []),
    ([], [talks(1201)], [("talks_long", 1201)]),
    ([], [talks(9999, channel="CHAT")], []),
    ([], [talks(99999, channel="TASK")], []),
    ([], [talks(9999, method="MONITOR")], []),
    ([], [talks(60, HELP)], [("help", 30)]),
    ([], [talks(60, HELP, HELP_AGAIN)], [("help", 30)]),
    ([], [talks(60, HARASSMENT)], [("harassment", 10)]),
    ([], [talks(60, HELP, channel="TASK")], [("help", 30)]),
    ([], [talks(2000, HELP, HARASSMENT)], [("harassment", 10), ("help", 30), ("talks_long", 2000)]),
    ([waits(50), waits(70)], [talks(2000)], [("waits_long", 70), ("waits_long", 50), ("talks_long", 2000)]),
]


@pytest.mark.parametrize(("waiting", "talking", "told"), AT_RISK)
def test_who_should_be_looked_at_the_most_urgent_first(
    waiting: list[Waiting], talking: list[Talk], told: list[tuple[str, float]]
) -> None:
    found = at_risk(
        waiting, talking, [], threshold=lambda queue: {"mail": 600}.get(queue, 20), long_talk=LONG, now=NOON
    )
    assert [(each.why.value, each.seconds) for each in found] == told


@pytest.mark.parametrize(
    ("talk", "is_call"),
    [
        (talks(1), True),
        (talks(1, channel="CHAT"), True),
        (talks(1, method="OUTBOUND"), True),
        (talks(1, channel="TASK"), False),
        (talks(1, channel="EMAIL"), False),
        (talks(1, channel=None), False),
        (talks(1, method="MONITOR"), False),
    ],
)
def test_calls_are_what_a_supervisor_can_listen_to(talk: Talk, is_call: bool) -> None:
    assert bool(calls([talk], [])) is is_call


# --- at the desk --------------------------------------------------------------------------------------------------------


def goes_on(centre: Centre, contact_id: str, seconds: float, **changes: Any) -> lives.Leg:
    """Let a call be answered so many seconds ago, by the agent hanako."""
    answered = {"queued": 0.0, "answered": 8.0, "agent": "hanako", "site": "tokyo", "queue": "support-ja"}
    leg = lives.answered_leg(
        1, contact_id=ContactId(contact_id), began=ago(seconds + 8), **{"channel": "VOICE", **answered, **changes}
    )
    stages = ("QUEUED", "CONNECTED_TO_AGENT")
    centre.deliver([json.dumps(each) for each in lives.events(leg) if each["detail"]["eventType"] in stages])
    centre.fold()
    return leg


def test_a_quiet_centre_has_an_empty_floor(desk: Desk) -> None:
    assert desk.ask("/floor").body == {
        "at": "2026-06-15T12:00:00.000+09:00", "agents": [], "waiting": [], "at_risk": [], "calls": [],
    }  # fmt: skip


def test_a_call_for_help_is_seen_with_agent_queue_and_site_by_name(centre: Centre, desk: Desk) -> None:
    leg = goes_on(centre, "c", 100)
    talking = snapshot(status("Available", ago(9000)), held("c", "CONNECTED", ago(100)), username="sato.hanako")
    centre.tell_of_agents([event("STATE_CHANGE", ago(100), talking, agent="hanako")])
    centre.fold_agents()
    mark(leg.contact_id, HELP, "request-7", facts=wiring.fact_book())
    centre.fold()
    wiring.directory_book().keep(
        [Entry(kind="queue", id="support-ja", name="Support"), Entry(kind="site", id="tokyo", name="Headquarters")]
    )
    floor = desk.ask("/floor").body
    hanako = {"id": "hanako", "name": "sato.hanako"}
    assert floor["at_risk"] == [
        {
            "contact_id": "c", "why": "help", "queue": "support-ja", "queue_name": "Support", "agent": hanako,
            "site": {"id": "tokyo", "name": "Headquarters"}, "since": "2026-06-15T11:59:30.000+09:00", "seconds": 30.0,
        }
    ]  # fmt: skip
    marks = [{"mark": "help", "by": "sato.hanako", "at": "2026-06-15T11:59:30.000+09:00"}]
    assert floor["calls"] == [
        {
            "contact_id": "c", "channel": "VOICE", "agent": hanako, "queue": "support-ja", "queue_name": "Support",
            "since": "2026-06-15T11:58:20.000+09:00", "marks": marks,
        }
    ]  # fmt: skip
    [agent] = floor["agents"]
    assert agent["contacts"] == [
        {
            "contact_id": "c", "channel": "VOICE", "state": "CONNECTED", "since": "2026-06-15T11:58:20.000+09:00",
            "queue": {"id": "support-ja", "name": "Support"},
        }
    ]  # fmt: skip
    shown = desk.ask("/contacts/c").body
    assert shown["contact"]["marks"] == marks
    assert [(fact["source"], fact["type"], fact["moment"]) for fact in shown["facts"]][-1] == (
        "mark", "HELP", "2026-06-15T11:59:30.000+09:00",
    )  # fmt: skip


def test_what_is_over_is_no_longer_on_the_floor(centre: Centre, desk: Desk) -> None:
    leg = goes_on(centre, "c", 1500)
    mark(leg.contact_id, HELP, "request-7", facts=wiring.fact_book())
    centre.fold()
    assert {row["why"] for row in desk.ask("/floor").body["at_risk"]} == {"help", "talks_long"}
    centre.deliver(lives.bodies([leg]))
    centre.fold()
    floor = desk.ask("/floor").body
    assert (floor["calls"], floor["at_risk"]) == ([], [])
    assert len(desk.ask("/contacts/c").body["contact"]["marks"]) == 1


def test_a_long_wait_is_long_by_the_service_level_of_its_queue(centre: Centre, desk: Desk) -> None:
    wiring.directory_book().keep([Entry(kind="queue", id="mail", name="Mail", service_level_seconds=600)])
    for contact_id, queue in (("a", "support-ja"), ("b", "mail")):
        leg = lives.Leg(
            contact_id=ContactId(contact_id),
            began=ago(90),
            outcome="answered",
            queue=queue,
            queued=0.0,
            channel="VOICE",
        )
        centre.deliver([json.dumps(lives.event(leg, "QUEUED", leg.began))])
    centre.fold()
    floor = desk.ask("/floor").body
    assert [(row["contact_id"], row["why"], row["seconds"]) for row in floor["at_risk"]] == [("a", "waits_long", 90.0)]
    assert [line["waiting"] for line in floor["waiting"]] == [1, 1]


def test_a_call_is_there_though_no_agent_event_ever_came(centre: Centre, desk: Desk) -> None:
    goes_on(centre, "c", 10)
    [call] = desk.ask("/floor").body["calls"]
    assert call["agent"] == {"id": "hanako", "name": "hanako"}


def test_who_signed_out_has_nothing_in_hand(centre: Centre, desk: Desk) -> None:
    shift = Shift(Random(1), NOON - timedelta(hours=2))
    shift.sign_in()
    shift.answer()
    shift.sign_out("closes the browser")
    centre.tell_of_agents(shift.events)
    centre.fold_agents()
    [agent] = desk.ask("/floor").body["agents"]
    assert (agent["state"], agent["contacts"]) == ("offline", [])


def test_the_floor_of_300_agents_and_500_waiting_is_read_in_a_few_pages(centre: Centre, desk: Desk) -> None:
    for number in range(300):
        agent = f"agent-{number}"
        talking = snapshot(status("Available", ago(9000)), held(f"t{number}", "CONNECTED", ago(100)), username=agent)
        centre.tell_of_agents([event("STATE_CHANGE", ago(100), talking, agent=agent)])
    centre.fold_agents()
    stages = []
    for number in range(800):
        leg = lives.answered_leg(
            1, contact_id=ContactId(f"{'t' if number < 300 else 'w'}{number}"), began=ago(100), queued=0.0, answered=5.0,
            agent=f"agent-{number}", channel="VOICE",
        )  # fmt: skip
        stages.append(json.dumps(lives.event(leg, "QUEUED", leg.began)))
        if number < 300:
            stages.append(json.dumps(lives.event(leg, "CONNECTED_TO_AGENT", leg.at(5.0))))
    centre.deliver(stages, batch=100)
    centre.fold()
    centre.cloud.tally.clear()
    floor = desk.ask("/floor").body
    assert (len(floor["agents"]), len(floor["calls"]), len(floor["at_risk"])) == (300, 300, 500)
    asked = [centre.cloud.tally.of("Query", table) for table in ("ContactsTable", "AgentStatesTable", "DirectoryTable")]
    assert sum(each.calls for each in asked) <= 6
    # A unit reads 8 KB where a moment's delay does no harm.
    assert sum(each.bytes_read for each in asked) / 8192 <= 40
