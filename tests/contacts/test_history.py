"""Whatever the cloud does to what is said of contacts, the same facts end in the same records."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.contacts.model import Contact, ContactId, Fact, read_event, read_record
from chalicelib.quality.model import Cell, Figures, share_of
from tests import lives
from tests.centre import Centre
from tests.support.cloud import EVERY_PART, Call, Crash, Fault, Trouble, no_faults

DAY = timedelta(days=1)

documents_nobody_can_read = st.sampled_from(
    [
        "not JSON",
        "[]",
        '{"detail": 7}',
        '{"detail": {"eventType": "QUEUED"}}',
        '{"detail": {"contactId": "c", "eventType": ""}}',
        '{"detail": {"contactId": "c", "eventType": "QUEUED", "queueInfo": {"enqueueTimestamp": "noon"}}}',
        '{"detail": {"contactId": "c", "eventType": "QUEUED", "initiationTimestamp": "2026-06-15T10:00:00"}}',
        "[" * 20_000,
    ]
)

faults = st.lists(
    st.none() | st.builds(Fault, st.sampled_from(Trouble), st.sampled_from((0, 1, 3, EVERY_PART))), max_size=40
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[lives.Leg], Random]:
    luck = Random(draw(st.integers(0, 2**32)))
    kinds = draw(st.lists(st.sampled_from(lives.KINDS), min_size=1, max_size=4))
    return [leg for kind in kinds for leg in lives.story(kind, luck)], luck


@pytest.fixture(scope="module")
def running() -> Iterator[Centre]:
    with Centre() as centre:
        yield centre


def test_any_delivery_ends_in_the_same_records_and_figures(running: Centre, request: pytest.FixtureRequest) -> None:
    """Repeated, shuffled, batched, by two writers at once, with throttling and crashes at any call."""
    histories_to_try = settings(max_examples=request.config.getoption("--histories"))
    histories_to_try(
        given(history=histories(), unreadable=st.lists(documents_nobody_can_read, max_size=2), trouble=faults)(
            lambda history, unreadable, trouble: check_history(running, history, unreadable, trouble)
        )
    )()


def check_history(
    running: Centre, history: tuple[list[lives.Leg], Random], unreadable: list[str], trouble: list[Fault | None]
) -> None:
    """Bring a history in some disorder and compare what the centre then knows with what is true."""
    legs, luck = history
    running.cloud.clear()
    said = lives.bodies(legs)
    repeated = luck.sample(said, luck.randrange(len(said) + 1))
    running.cloud.faults = Troubles(running, trouble, luck.sample(said, min(3, len(said))))

    delivered = running.deliver([*said, *repeated, *unreadable], luck=luck)
    assert len(delivered.applied) + len(delivered.dead) == len(said) + len(repeated) + len(unreadable)
    trouble_of_the_day, running.cloud.faults = running.cloud.faults, no_faults
    put_back = running.deliver(delivered.dead)
    assert put_back.dead == [], "what was dead-lettered can be put back once the trouble is over"
    running.cloud.faults = trouble_of_the_day
    records = [lives.record(leg) for leg in legs if luck.random() < 0.5]
    running.record([*records, *luck.sample(records, len(records) // 2)])
    running.fold()

    parked = Counter(letter["body"] for letter in running.parked())
    assert set(parked) == set(unreadable), "what cannot be read is parked, and nothing else"
    truth = contacts_of(said, [json.dumps(record) for record in records])
    assert running.contacts() == truth
    assert figures_kept(running) == figures_of(truth)


class Troubles:
    """What goes wrong, call by call; now and then another writer slips in between two calls."""

    def __init__(self, centre: Centre, trouble: list[Fault | None], others: list[str]) -> None:
        self._centre = centre
        self._trouble = iter(trouble)
        self._others = others

    def __call__(self, call: Call) -> Fault | None:
        if self._others and call.number % 3 == 0:
            other = self._others.pop()
            faults, self._centre.cloud.faults = self._centre.cloud.faults, no_faults
            self._centre.deliver([other])
            self._centre.cloud.faults = faults
        return next(self._trouble, None)


def contacts_of(events: list[str], records: list[str]) -> dict[str, Contact]:
    """Return the contacts that these documents add up to, without any cloud."""
    facts: dict[str, list[Fact]] = {}
    said = [fact for body in events for fact in read_event(body)]
    said += [fact for body in records for fact in read_record(body)]
    for fact in said:
        facts.setdefault(fact.contact_id, []).append(fact)
    return {contact_id: Contact.of(ContactId(contact_id), own) for contact_id, own in facts.items()}


def figures_of(contacts: dict[str, Contact]) -> dict[tuple[Cell, str, str], dict[str, str | int]]:
    """Return the figures of these contacts, counted one by one."""
    counted: dict[tuple[Cell, str, str], Figures] = {}
    for share in filter(None, map(share_of, contacts.values())):
        counted.setdefault((share.cell, share.site_id, share.channel), Figures()).count(share, threshold=20)
    return {key: figures.plain() for key, figures in counted.items()}


def figures_kept(centre: Centre) -> dict[tuple[Cell, str, str], dict[str, str | int]]:
    """Return the figures that the running centre counted, however often the count had to be begun again."""
    with suppress(Exception, Crash):
        centre.tick(lives.MORNING + DAY)
    centre.cloud.faults = no_faults
    centre.tick(lives.MORNING + DAY)
    kept = centre.intervals(lives.MORNING - DAY, lives.MORNING + DAY)
    return {(each.cell, each.site_id, each.channel): each.figures.plain() for each in kept if each.figures.plain()}
