"""The sweep: what was lost on the way is asked for, whatever goes wrong while asking."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.contacts.entry import contact_sweep
from chalicelib.contacts.model import Contact, ContactId, Stage
from chalicelib.contacts.service import sweep
from chalicelib.problems import TryAgain
from tests import lives
from tests.centre import Centre, scheduled
from tests.contacts.test_history import contacts_of, faults, figures_kept, figures_of
from tests.support.cloud import Call, Crash, Fault, Faults, Trouble, in_turn, no_faults
from tests.support.cloud.answers import Refused
from tests.support.lambda_context import LambdaContext

Setting = Callable[[str, str], None]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = lives.MORNING + 10 * HOUR
MUCH_LATER = lives.MORNING + 20 * DAY
"""By then tasks and e-mails are silent as well."""


@pytest.fixture(scope="module")
def running() -> Iterator[Centre]:
    with Centre() as centre:
        yield centre


@pytest.fixture
def centre(running: Centre) -> Centre:
    running.cloud.clear()
    return running


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Setting]:
    """Change a setting of the sweep for one test."""

    def change(name: str, value: str) -> None:
        monkeypatch.setenv(name, value)
        wiring.connect.cache_clear()

    yield change
    wiring.connect.cache_clear()


def tell(
    centre: Centre, *legs: lives.Leg, only: tuple[str, ...] = ("INITIATED", "QUEUED", "CONNECTED_TO_AGENT")
) -> None:
    """Bring these events of the legs and no others, and let Connect know how it truly went."""
    envelopes = [event for leg in legs for event in lives.events(leg) if event["detail"]["eventType"] in only]
    centre.deliver([json.dumps(event) for event in envelopes])
    centre.cloud.connect.contacts |= {leg.contact_id: lives.description(leg) for leg in legs}
    centre.fold()


def some_legs(count: int) -> list[lives.Leg]:
    return [lives.answered_leg(seed, channel="VOICE") for seed in range(count)]


def silent_and_reconciled(centre: Centre) -> tuple[float, float]:
    """Return the last point of each metric of the sweep."""
    found = {}
    for (_, metric, dimensions), minutes in centre.cloud.cloudwatch.series.items():
        if dimensions == (("Centre", "all"),):
            found[metric] = minutes[max(minutes)].sum
    return found["ContactsSilent"], found["ContactsReconciled"]


def stages(centre: Centre) -> dict[str, Stage]:
    return {contact_id: contact.stage for contact_id, contact in centre.contacts().items()}


def test_a_contact_whose_end_was_lost_is_closed(centre: Centre) -> None:
    leg = lives.answered_leg(1, channel="VOICE", worked=None)
    tell(centre, leg)
    assert stages(centre) == {leg.contact_id: Stage.WITH_AGENT}
    centre.sweep(LATER)
    centre.fold()
    (contact,) = centre.contacts().values()
    assert (contact.stage, contact.outcome) == (Stage.ENDED, leg.outcome)
    assert contact.handle_seconds == pytest.approx(leg.ended - (leg.answered or 0), abs=0.002)
    assert silent_and_reconciled(centre) == (0, 1)


def test_nobody_asks_about_a_contact_that_spoke_lately_or_is_over(centre: Centre) -> None:
    over, fresh = lives.answered_leg(1, channel="VOICE"), lives.answered_leg(2, channel="VOICE", began=LATER)
    tell(centre, over, only=lives.STAGES)
    tell(centre, fresh)
    centre.sweep(LATER + HOUR)
    assert centre.cloud.connect.asked == []
    assert silent_and_reconciled(centre) == (0, 0)


def test_a_contact_that_is_still_open_is_asked_about_again_later_and_is_no_gap(centre: Centre) -> None:
    leg = lives.answered_leg(1, channel="VOICE")
    tell(centre, leg)
    centre.cloud.connect.contacts[leg.contact_id] = lives.description(leg, leg.at(leg.answered or 0))
    asked_at = []
    for minutes in range(0, 60 * 24, 5):
        before = len(centre.cloud.connect.asked)
        centre.sweep(LATER + timedelta(minutes=minutes))
        centre.fold()
        asked_at += [minutes] * (len(centre.cloud.connect.asked) - before)
        assert silent_and_reconciled(centre) == (0, 0)
    # The first answer was news, so the second question came at once; from then on they are rarer and rarer.
    assert asked_at[:2] == [0, 5]
    assert 3 <= len(asked_at) <= 5
    centre.cloud.connect.contacts[leg.contact_id] = lives.description(leg)
    centre.sweep(LATER + 3 * DAY)
    centre.fold()
    assert stages(centre) == {leg.contact_id: Stage.ENDED}


def test_a_contact_that_connect_does_not_know_is_a_gap_until_it_is_given_up(centre: Centre) -> None:
    leg = lives.abandoned_leg(1, channel="VOICE")
    tell(centre, leg)
    centre.cloud.connect.contacts.clear()
    first = lives.MORNING + 3 * HOUR
    centre.sweep(first)
    centre.sweep(first + timedelta(minutes=5))
    assert len(centre.cloud.connect.asked) == 1
    centre.sweep(first + 3 * HOUR)
    assert silent_and_reconciled(centre) == (1, 0)
    centre.fold()
    assert stages(centre) == {leg.contact_id: Stage.WAITING}
    centre.sweep(first + 2 * DAY)
    centre.fold()
    assert silent_and_reconciled(centre) == (0, 1)
    assert stages(centre) == {leg.contact_id: Stage.ENDED}
    centre.sweep(first + 9 * DAY)
    assert len(centre.cloud.connect.asked) == 3


def test_an_answer_that_nobody_can_read_is_parked_and_holds_nobody_up(centre: Centre) -> None:
    odd, other = some_legs(2)
    tell(centre, odd, other)
    centre.cloud.connect.contacts[odd.contact_id]["Channel"] = "x" * 2000
    centre.sweep(LATER)
    centre.sweep(LATER + timedelta(minutes=5))
    centre.fold()
    (letter,) = centre.parked()
    assert (letter["source"], letter["field"]) == ("descriptions", "Channel")
    assert json.loads(letter["body"])["Id"] == odd.contact_id
    assert stages(centre)[other.contact_id] is Stage.ENDED


def test_when_connect_wants_fewer_requests_the_run_ends_and_the_next_goes_on(centre: Centre) -> None:
    legs = some_legs(10)
    tell(centre, *legs)
    patience = in_turn([None] * 4 + [Fault(Trouble.THROTTLED)])
    centre.cloud.faults = lambda call: patience(call) if call.operation == "DescribeContact" else None
    centre.sweep(LATER)
    assert silent_and_reconciled(centre) == (6, 4)
    assert centre.cloud.tally.of("DescribeContact", instance()).calls == 5, "the refused one is not repeated"
    centre.fold()
    centre.sweep(LATER + timedelta(minutes=5))
    centre.fold()
    assert silent_and_reconciled(centre) == (0, 6)
    assert set(stages(centre).values()) == {Stage.ENDED}
    assert len(centre.cloud.connect.asked) == len(legs)


def test_more_silent_contacts_than_one_run_may_ask_about(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "QUESTIONS_A_RUN", 4)
    legs = some_legs(10)
    tell(centre, *legs)
    gaps = []
    for run in range(3):
        centre.sweep(LATER + timedelta(minutes=5 * run))
        centre.fold()
        gaps.append(silent_and_reconciled(centre))
    assert gaps == [(6, 4), (2, 4), (0, 2)]
    assert sorted(centre.cloud.connect.asked) == sorted(leg.contact_id for leg in legs)


def test_a_run_without_time_left_asks_nobody_and_says_so(centre: Centre) -> None:
    tell(centre, *some_legs(2))
    centre.sweep(LATER, milliseconds_left=20_000)
    assert centre.cloud.connect.asked == []
    assert silent_and_reconciled(centre) == (2, 0)


@pytest.mark.parametrize("trouble", [Trouble.SERVER_ERROR, Trouble.DISCONNECTED])
def test_while_connect_is_down_a_run_tries_three_contacts_and_the_gap_shows(centre: Centre, trouble: Trouble) -> None:
    legs = some_legs(8)
    tell(centre, *legs)
    centre.cloud.faults = lambda call: Fault(trouble) if call.operation == "DescribeContact" else None
    for run in range(3):
        centre.sweep(LATER + timedelta(minutes=5 * run))
        assert silent_and_reconciled(centre) == (8, 0)
    assert centre.cloud.tally.of("DescribeContact", instance()).calls == 9
    centre.cloud.faults = no_faults
    centre.sweep(LATER + HOUR)
    assert silent_and_reconciled(centre) == (0, 8)


def test_contacts_that_always_fail_keep_no_other_from_its_turn(centre: Centre) -> None:
    legs = [lives.answered_leg(seed, channel="VOICE", began=lives.MORNING + seed * HOUR / 6) for seed in range(9)]
    tell(centre, *legs)
    longest_silent = [leg.contact_id for leg in legs[:4]]
    centre.cloud.faults = always_failing(longest_silent)
    for run in range(3):
        centre.sweep(LATER + timedelta(minutes=5 * run))
        centre.fold()
    assert [each for each, stage in stages(centre).items() if stage is not Stage.ENDED] == longest_silent
    assert silent_and_reconciled(centre) == (4, 0)


def test_failures_apart_from_each_other_do_not_end_a_run(centre: Centre) -> None:
    legs = [lives.answered_leg(seed, channel="VOICE", began=lives.MORNING + seed * HOUR / 6) for seed in range(9)]
    tell(centre, *legs)
    centre.cloud.faults = always_failing([leg.contact_id for leg in legs[::2]])
    centre.sweep(LATER)
    assert silent_and_reconciled(centre) == (5, 4)


def test_what_could_not_be_kept_is_still_a_gap_and_asked_again(centre: Centre) -> None:
    tell(centre, *some_legs(2))
    centre.cloud.faults = lambda call: Fault(Trouble.UNPROCESSED) if call.operation == "BatchWriteItem" else None
    centre.sweep(LATER)
    assert silent_and_reconciled(centre) == (2, 0)
    centre.cloud.faults = no_faults
    centre.sweep(LATER + timedelta(minutes=5))
    assert silent_and_reconciled(centre) == (0, 2)


def test_with_nobody_to_ask_the_gap_is_published(centre: Centre, setting: Setting) -> None:
    setting("CONNECT_INSTANCE_ID", "")
    tell(centre, *some_legs(3))
    centre.sweep(LATER)
    assert centre.cloud.connect.asked == []
    assert silent_and_reconciled(centre) == (3, 0)


def test_connect_is_asked_no_faster_than_agreed(centre: Centre, setting: Setting) -> None:
    setting("DESCRIBE_CONTACTS_PER_SECOND", "10")
    tell(centre, *some_legs(4))
    began = time.monotonic()
    centre.sweep(LATER)
    assert time.monotonic() - began >= 0.3
    assert len(centre.cloud.connect.asked) == 4


def test_a_run_says_what_went_wrong_and_whom_connect_does_not_know(centre: Centre) -> None:
    unknown, failing = some_legs(2)
    tell(centre, unknown, failing)
    del centre.cloud.connect.contacts[unknown.contact_id]
    centre.cloud.faults = always_failing([failing.contact_id])
    swept = sweep.reconcile(
        now=LATER,
        connect=wiring.connect(),
        contacts=wiring.contact_book(),
        facts=wiring.fact_book(),
        parked=wiring.parking_lot(),
        gauge=wiring.silence_gauge(),
        more_time=lambda: True,
    )
    assert (swept.closed, swept.open, swept.parked, swept.silent) == (0, 0, 0, 2)
    assert swept.unknown == [unknown.contact_id]
    assert "InternalServerError" in (swept.trouble or "")


def test_without_the_right_to_ask_the_run_fails_loudly(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(centre, *some_legs(1))
    monkeypatch.setattr(centre.cloud.connect, "answer", refuse_access)
    with pytest.raises(Exception, match="AccessDenied"):
        centre.sweep(LATER)


def test_a_busy_table_ends_the_run_and_the_next_one_does_it(centre: Centre) -> None:
    tell(centre, *some_legs(2))
    centre.cloud.faults = lambda call: Fault(Trouble.THROTTLED) if call.operation == "Query" else None
    with pytest.raises(TryAgain):
        contact_sweep(scheduled(LATER), LambdaContext())
    centre.cloud.faults = no_faults
    centre.sweep(LATER)
    assert silent_and_reconciled(centre) == (0, 2)


def test_news_that_come_while_connect_is_asked_win_over_the_plan_to_ask_again(centre: Centre) -> None:
    leg = lives.answered_leg(1, channel="VOICE")
    tell(centre, leg, only=("INITIATED",))
    as_it_was = centre.cloud.connect.contacts[leg.contact_id] = lives.description(leg, leg.began)

    def meanwhile(call: Call) -> None:
        if call.operation == "DescribeContact":
            centre.cloud.faults = no_faults
            tell(centre, leg, only=("CONNECTED_TO_AGENT",))
            centre.cloud.connect.contacts[leg.contact_id] = as_it_was

    centre.cloud.faults = meanwhile
    centre.sweep(LATER)
    (item,) = centre.items("ContactsTable")
    assert item["look_at"] == item["silent_from"]
    assert item["open_stage"]["S"] == Stage.WITH_AGENT


# --- whole centres ------------------------------------------------------------------------------------------------------

Seen = tuple[object, ...]
Population = tuple[list[lives.Leg], Random, float]
"""Contacts as they truly were, the dice of the day, and which part of the events is lost."""


def seen(contact: Contact) -> Seen:
    """Return what people see of a contact; events know milliseconds, so moments are only compared by what they make."""
    said = contact.said
    told = (said.channel, said.queue_id, said.agent_id, said.site_id, said.disconnect_reason, said.disconnected_at)
    return (contact.stage, contact.outcome, contact.wait_seconds, contact.handle_seconds, contact.arrived_at, *told)


@st.composite
def populations(draw: st.DrawFn) -> Population:
    luck = Random(draw(st.integers(0, 2**32)))
    kinds = draw(st.lists(st.sampled_from(lives.KINDS), min_size=1, max_size=8))
    lost = draw(st.sampled_from((0.02, 0.3, 0.9)))
    return [leg for kind in kinds for leg in lives.story(kind, luck)], luck, lost


def on_the_way(said: list[str], luck: Random, lost: float) -> list[str]:
    """Return what arrives of these documents: some lost, one in twenty doubled, all shuffled."""
    came = [each for each in said if luck.random() >= lost]
    came += [each for each in came if luck.random() < 0.05]
    luck.shuffle(came)
    return came


def sweep_in_trouble(centre: Centre, trouble: list[Fault | None], now: datetime) -> None:
    """Sweep while calls fail, and once more when they do not."""
    centre.cloud.faults = in_turn(trouble)
    with suppress(Exception, Crash):
        centre.sweep(now)
    centre.cloud.faults = no_faults
    centre.sweep(now + timedelta(minutes=5))
    centre.fold()


def begin(centre: Centre, legs: list[lives.Leg]) -> None:
    centre.cloud.clear()
    centre.cloud.connect.contacts = {leg.contact_id: lives.description(leg) for leg in legs}


def check_with_records(centre: Centre, population: Population, trouble: list[Fault | None]) -> None:
    """Bring events, records and the sweep in any order: every contact is what it truly was."""
    legs, luck, lost = population
    begin(centre, legs)
    records = [lives.record(leg) for leg in legs]

    def bring_events() -> None:
        centre.deliver(on_the_way(lives.bodies(legs), luck, lost), luck=luck)

    def bring_records() -> None:
        centre.record(on_the_way([json.dumps(each) for each in records], luck, 0.0))

    steps: list[Callable[[], None]] = [
        bring_events,
        bring_records,
        lambda: sweep_in_trouble(centre, trouble, MUCH_LATER),
    ]
    luck.shuffle(steps)
    for step in steps:
        step()
        centre.fold()
    truth = contacts_of([], [json.dumps(each) for each in records])
    assert {name: seen(each) for name, each in centre.contacts().items()} == {
        name: seen(each) for name, each in truth.items()
    }
    assert figures_kept(centre) == figures_of(truth)


def check_without_records(centre: Centre, population: Population, trouble: list[Fault | None]) -> None:
    """Bring events alone: after one sweep no contact that ended in truth is still open, and what is late fits in."""
    legs, luck, lost = population
    begin(centre, legs)
    came = on_the_way(lives.bodies(legs), luck, lost)
    late = [each for each in lives.bodies(legs) if each not in came]
    centre.deliver(came, luck=luck)
    centre.fold()
    sweep_in_trouble(centre, trouble, MUCH_LATER)
    answered: dict[str, bool] = {leg.contact_id: leg.answered is not None for leg in legs}
    for contact_id, contact in centre.contacts().items():
        assert contact.stage is Stage.ENDED
        if contact_id in centre.cloud.connect.asked:
            assert contact.answered is answered[contact_id]
    centre.deliver(late)
    centre.fold()
    assert {name: seen(each)[:5] for name, each in centre.contacts().items()} == {
        name: seen(each)[:5] for name, each in contacts_of(lives.bodies(legs), []).items()
    }


def test_records_and_one_sweep_make_every_contact_what_it_was(running: Centre, request: pytest.FixtureRequest) -> None:
    examples = settings(max_examples=request.config.getoption("--histories") // 10)
    examples(
        given(population=populations(), trouble=faults)(
            lambda population, trouble: check_with_records(running, population, trouble)
        )
    )()


def test_one_sweep_leaves_no_contact_open_that_ended(running: Centre, request: pytest.FixtureRequest) -> None:
    examples = settings(max_examples=request.config.getoption("--histories") // 10)
    examples(
        given(population=populations(), trouble=faults)(
            lambda population, trouble: check_without_records(running, population, trouble)
        )
    )()


@pytest.mark.parametrize("lost", [0.02, 0.2])
def test_a_day_of_a_centre_that_loses_some_events(running: Centre, lost: float) -> None:
    luck = Random(0)
    legs = [leg for _ in range(100) for leg in lives.story(luck.choice(lives.KINDS), luck)]
    trouble: list[Fault | None] = [None, None, Fault(Trouble.THROTTLED), None, Fault(Trouble.CRASHED)] * 3
    check_without_records(running, (legs, luck, lost), trouble)
    assert running.cloud.connect.asked, "some contacts went silent"
    check_with_records(running, (legs, luck, lost), trouble)


def instance() -> str:
    return lives.INSTANCE.rpartition("/")[2]


def always_failing(contact_ids: list[ContactId]) -> Faults:
    """Return what makes every question about these contacts fail."""
    return lambda call: (
        Fault(Trouble.SERVER_ERROR)
        if call.operation == "DescribeContact" and call.request["path"][-1] in contact_ids
        else None
    )


def refuse_access(operation: str, request: object, parts: int) -> bytes:
    raise Refused("AccessDeniedException", "not authorized to perform: connect:DescribeContact", status=403)
