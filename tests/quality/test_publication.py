"""CloudWatch adds up what it is given; what it then shows must be what is true, however it came about."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from random import Random

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.quality.model import Series, total
from chalicelib.quality.model.interval import MEASURES
from chalicelib.quality.model.publication import WHOLE_CENTRE
from chalicelib.quality.service import bring_up_to_date
from chalicelib.routing.model import Directory, Entry
from chalicelib.routing.service import keep_directory
from tests import lives
from tests.centre import Centre
from tests.support.cloud import EVERY_PART, Call, Crash, Fault, Faults, Trouble, no_faults
from tests.support.cloud.template import REGION

HOUR = timedelta(hours=1)
NOON = lives.MORNING + 3 * HOUR
EVER = timedelta(days=2)


@pytest.fixture(scope="module")
def running() -> Iterator[Centre]:
    with Centre() as centre:
        yield centre


@pytest.fixture
def centre(running: Centre) -> Centre:
    running.cloud.clear()
    return running


def shown(dimension: tuple[str, str] = WHOLE_CENTRE, *, until: datetime = NOON) -> dict[str, int]:
    """Return what CloudWatch shows of every metric from the morning until then."""
    series = [Series(metric, dimension) for metric in MEASURES]
    held = wiring.gauge().held(series, lives.MORNING - HOUR, until)
    sums: dict[str, int] = {}
    for (each, _), value in held.items():
        sums[each.metric] = sums.get(each.metric, 0) + value
    return {metric: value for metric, value in sums.items() if value}


def true(centre: Centre) -> dict[str, int]:
    """Return what it should show: the sum of all intervals."""
    figures = total(each.figures for each in centre.intervals(lives.MORNING - EVER, lives.MORNING + EVER))
    return {metric: value for metric, name in MEASURES.items() if (value := getattr(figures, name))}


def some_stories(seed: int, count: int = 12) -> list[lives.Leg]:
    luck = Random(seed)
    return [leg for _ in range(count) for leg in lives.story(luck.choice(lives.KINDS), luck)]


@given(seed=st.integers(0, 2**32), cuts=st.lists(st.integers(0, 80), max_size=5))
@settings(max_examples=40)
def test_however_late_and_in_whatever_order_it_came_the_sums_are_true(
    running: Centre, seed: int, cuts: list[int]
) -> None:
    running.cloud.clear()
    said = lives.bodies(some_stories(seed))
    Random(seed).shuffle(said)
    for begin, end in zip([0, *sorted(cuts)], [*sorted(cuts), None], strict=True):
        running.deliver(said[begin:end])
        running.fold()
        running.tick(NOON)
    assert shown() == true(running) != {}


def test_a_contact_that_moves_to_another_interval_leaves_nothing_behind(centre: Centre) -> None:
    leg = lives.answered_leg(2, began=lives.MORNING, queued=1000.0, answered=1010.0, ended=1100.0)
    initiated, *rest = lives.bodies([leg])
    centre.deliver([initiated])
    centre.fold()
    centre.tick(NOON)
    centre.deliver(rest)
    centre.fold()
    centre.tick(NOON)
    (interval,) = centre.intervals(lives.MORNING - EVER, lives.MORNING + EVER)
    assert interval.cell.queue_id == leg.queue
    assert shown() == true(centre)


def test_the_same_tick_twice_tells_cloudwatch_nothing_new(centre: Centre) -> None:
    centre.deliver(lives.bodies(some_stories(3)))
    centre.fold()
    centre.tick(NOON)
    before = shown()
    centre.tick(NOON)
    assert shown() == before == true(centre)


def test_queues_and_sites_are_shown_by_name(centre: Centre) -> None:
    leg = lives.answered_leg(4, queue="support-ja", site="tokyo")
    keep_directory(
        [Entry(kind="queue", id="support-ja", name="Support"), Entry(kind="site", id="tokyo", name="Tokyo")],
        directory=wiring.directory_book(),
    )
    centre.deliver(lives.bodies([leg]))
    centre.fold()
    centre.tick(NOON)
    for dimension in (WHOLE_CENTRE, ("Queue", "Support"), ("Site", "Tokyo"), ("Channel", leg.channel)):
        assert shown(dimension) == true(centre)


def test_a_queue_has_its_own_threshold(centre: Centre) -> None:
    leg = lives.answered_leg(4, queue="billing", queued=1.0, answered=41.0, ended=99.0)
    entry = Entry(kind="queue", id="billing", name="Support", service_level_seconds=40)
    keep_directory([entry], directory=wiring.directory_book())
    centre.deliver(lives.bodies([leg]))
    centre.fold()
    centre.tick(NOON)
    assert true(centre)["AnsweredInTime"] == 1


def test_after_a_rollback_newer_parts_and_outcomes_stop_no_figures(centre: Centre) -> None:
    """A newer release may count parts, publish metrics and name outcomes that this one does not know."""
    began = {"began": lives.MORNING, "queue": "billing", "queued": 1.0, "channel": "VOICE"}
    first, second, third = (lives.answered_leg(seed, answered=11.0, ended=99.0, **began) for seed in (1, 2, 3))
    centre.deliver(lives.bodies([first, second]))
    centre.fold()
    centre.tick(NOON)
    dynamodb = boto3.Session(region_name=REGION).client("dynamodb")
    for item in centre.items("QualityTable"):
        if "intervals" in item:
            known = json.loads(item["intervals"]["S"])
            for interval in known:
                interval["figures"]["answered_by_robot"] = 1
                interval["published"] = {**shown(), "AnsweredByRobot": 1}
            item = {**item, "intervals": {"S": json.dumps(known)}}
        elif item["entry"]["S"] == f"contact#{second.contact_id}":
            item = {**item, "outcome": {"S": "answered_by_robot"}}
        dynamodb.put_item(TableName="QualityTable", Item=item)
    assert true(centre)["Answered"] == 2
    centre.deliver(lives.bodies([third]))
    centre.fold()
    centre.tick(NOON)
    centre.check(NOON + HOUR)
    assert true(centre) == shown()
    assert (true(centre)["Offered"], true(centre)["Answered"]) == (3, 2), "the one of the newer outcome ended otherwise"


def test_history_beyond_what_cloudwatch_takes_is_counted_and_not_published(centre: Centre) -> None:
    centre.deliver(lives.bodies(some_stories(5)))
    centre.fold()
    centre.tick(lives.MORNING + timedelta(days=15))
    assert true(centre)
    assert shown() == {}


def test_who_waits_now_is_shown_with_the_longest_wait(centre: Centre) -> None:
    leg = lives.abandoned_leg(6, began=lives.MORNING, queued=0.0)
    centre.deliver(lives.bodies([leg])[:2])
    centre.fold()
    centre.tick(lives.MORNING + timedelta(seconds=95))
    gauge = wiring.gauge()
    series = [Series("WaitingNow"), Series("LongestWaitNow")]
    held = gauge.held(series, lives.MORNING, NOON)
    assert {each.metric: value for (each, _), value in held.items()} == {"WaitingNow": 1, "LongestWaitNow": 95_000}


def dying_at(operation: str, *, after: bool) -> Faults:
    """Return the trouble that kills the run at its first call of this operation, before or after it took effect."""
    left = [Fault(Trouble.CRASHED, applied=EVERY_PART if after else 0)]
    return lambda call: left.pop() if left and call.operation == operation else None


@pytest.mark.parametrize("operation", ["BatchWriteItem", "PutMetricData", "Query"])
@pytest.mark.parametrize("after", [False, True])
def test_a_run_that_died_is_done_again_and_drift_is_mended_by_the_check(
    centre: Centre, operation: str, after: bool
) -> None:
    centre.deliver(lives.bodies(some_stories(7)))
    centre.fold()
    centre.cloud.faults = dying_at(operation, after=after)
    with suppress(Crash):
        centre.tick(NOON)
    centre.cloud.faults = no_faults
    centre.tick(NOON)
    evening = NOON + 7 * HOUR
    centre.check(evening)
    assert shown(until=evening) == true(centre)
    before = shown(until=evening)
    centre.check(evening)
    centre.check(evening + 2 * HOUR)
    assert shown(until=evening) == before, "a check that finds nothing wrong changes nothing"


def test_cloudwatch_being_busy_delays_its_points_and_loses_none(centre: Centre) -> None:
    centre.deliver(lives.bodies(some_stories(8)))
    centre.fold()
    centre.cloud.faults = lambda call: Fault(Trouble.THROTTLED) if call.service == "cloudwatch" else None
    with suppress(Exception):
        centre.tick(NOON)
    assert true(centre), "the figures themselves do not wait for CloudWatch"
    centre.cloud.faults = no_faults
    centre.tick(NOON)
    assert shown() == true(centre)


def test_a_run_out_of_time_leaves_its_marks_for_the_next_one(centre: Centre) -> None:
    centre.deliver(lives.bodies(some_stories(9)))
    centre.fold()
    marks = list(wiring.tally().marks())
    assert marks
    directory = Directory([], service_level_seconds=20)
    run = partial(bring_up_to_date, now=NOON, tally=wiring.tally(), gauge=wiring.gauge(), directory=directory)
    assert not run(more_time=lambda: False).complete
    assert list(wiring.tally().marks()) == marks
    assert run(more_time=lambda: True).complete
    assert list(wiring.tally().marks()) == []


def test_a_change_noted_during_the_run_is_counted_by_the_next_one(centre: Centre) -> None:
    """The run forgets the marks it read and no newer one, though they mark the same cell."""
    first, second = lives.answered_leg(10), lives.answered_leg(10, contact_id="another")
    centre.deliver(lives.bodies([first]))
    centre.fold()
    late = [second]

    def another_caller(call: Call) -> None:
        if call.operation == "PutMetricData" and late:
            centre.cloud.faults = no_faults
            centre.deliver(lives.bodies([late.pop()]))
            centre.fold()

    centre.cloud.faults = another_caller
    centre.tick(NOON)
    assert not late
    centre.tick(NOON)
    assert true(centre)["Answered"] == 2
    assert shown() == true(centre)
