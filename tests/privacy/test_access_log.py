"""Nobody looks at a customer's contact without leaving a trace, and the trace says whose it was."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

import pytest

from chalicelib import wiring
from chalicelib.privacy.model import Access
from chalicelib.privacy.service import accesses_of
from tests import lives
from tests.centre import Centre
from tests.desk.desk import NOON, Desk
from tests.support.cloud import Call, Fault, Trouble

LEGS = [lives.story("answered", Random(number), lives.MORNING)[0] for number in range(3)]


@pytest.fixture
def centre() -> Iterator[Centre]:
    with Centre() as running:
        running.deliver(lives.bodies(LEGS))
        running.fold()
        yield running


def opened(account: str = "hana", start: datetime = NOON, minutes: int = 60) -> list[Access]:
    return accesses_of(account, start=start, end=start + timedelta(minutes=minutes), log=wiring.access_log())


def test_opening_a_contact_is_noted_by_account_moment_and_contact(centre: Centre) -> None:
    Desk().ask(f"/contacts/{LEGS[0].contact_id}")
    [access] = opened()
    assert (access.account, access.what, list(access.contact_ids)) == ("hana", "contact", [LEGS[0].contact_id])
    assert access.at == NOON
    assert opened("jiro") == []


def test_a_list_notes_every_contact_on_it(centre: Centre) -> None:
    queue = LEGS[0].queue
    start, end = lives.MORNING - timedelta(hours=1), lives.MORNING + timedelta(hours=12)
    answer = Desk().ask("/contacts", queue=queue, from_=start.isoformat(), to=end.isoformat())
    shown = [contact["contact_id"] for contact in answer.body["contacts"]]
    assert shown
    [access] = opened()
    assert (access.what, list(access.contact_ids)) == ("contacts", shown)


def test_what_shows_nobody_leaves_no_trace(centre: Centre) -> None:
    Desk().ask("/contacts/unheard-of")
    Desk().ask("/quality/now")
    Desk().sit_down("agent").ask(f"/contacts/{LEGS[0].contact_id}")
    assert centre.items("AccessesTable") == []


def test_what_cannot_be_noted_is_not_shown(centre: Centre) -> None:
    def busy(call: Call) -> Fault | None:
        return Fault(Trouble.THROTTLED) if "AccessesTable" in call.resources else None

    centre.cloud.faults = busy
    answer = Desk().ask(f"/contacts/{LEGS[0].contact_id}")
    assert answer.status == 503
    assert LEGS[0].contact_id not in str(answer.body)


def test_accesses_come_oldest_first_and_only_of_the_time_asked_for(centre: Centre) -> None:
    for minute in (30, 0, 59, 60):
        Desk(now=NOON + timedelta(minutes=minute)).ask(f"/contacts/{LEGS[minute % 3].contact_id}")
    assert [access.at - NOON for access in opened()] == [timedelta(minutes=each) for each in (0, 30, 59)]


def test_a_trace_expires_when_it_may(centre: Centre) -> None:
    Desk().ask(f"/contacts/{LEGS[0].contact_id}")
    [item] = centre.items("AccessesTable")
    assert int(item["expires"]["N"]) == (NOON + timedelta(days=1100)).timestamp()
