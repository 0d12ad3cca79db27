"""Imported history: counted as it truly was, once, whatever happens on the way."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.quality.service import bring_up_to_date
from chalicelib.routing.model import Directory
from infra.operations.patience import Busy
from tests import lives
from tests.centre import Centre
from tests.operations import invented
from tests.operations.counting import count_call_log
from tests.operations.importing import bring_in, figures, place
from tests.support.cloud import EVERY_PART, Call, Crash, Fault, Trouble, no_faults

OF_THE_TOOL = {"PutRecords", "SendMessageBatch", "BatchGetItem"}


@pytest.fixture(scope="module")
def centre() -> Iterator[Centre]:
    with Centre() as opened:
        yield opened


@pytest.fixture
def fresh(centre: Centre) -> Centre:
    centre.cloud.clear()
    return centre


def test_any_call_log_survives_whatever_happens_on_the_way(
    centre: Centre, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Throttled, taken in part, disconnected or killed at any call, and then repeated: nothing lost, nothing doubled."""
    file, to = tmp_path_factory.mktemp("logs") / "log.csv", place()

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        seed=st.integers(0, 2**32),
        number=st.integers(1, 30),
        trouble=st.lists(
            st.none() | st.builds(Fault, st.sampled_from(Trouble), st.sampled_from((0, 1, 3, EVERY_PART))), max_size=8
        ),
    )
    def check(seed: int, number: int, trouble: list[Fault | None]) -> None:
        centre.cloud.clear()
        text = invented.log_of(invented.calls(Random(seed), number))
        file.write_text(text)
        coming = iter(trouble)

        def faults(call: Call) -> Fault | None:
            return next(coming, None) if call.operation in OF_THE_TOOL else None

        centre.cloud.faults = faults
        for _ in range(len(trouble) + 1):
            try:
                report = bring_in(centre, file, to=to)
            except (Crash, Exception):
                continue
            break
        assert (report.applied, report.folded, report.missing) == (number, number, [])
        assert figures(centre) == count_call_log(text)

    check()


def test_a_contact_id_means_one_call_within_a_file(fresh: Centre, tmp_path: Path) -> None:
    first, second = invented.calls(Random(8), 2)
    other = second | {"contact_id": first["contact_id"]}
    file = tmp_path / "log.csv"
    file.write_text(invented.log_of([first, first, other, second]))
    report = bring_in(fresh, file)
    assert (report.read, report.sent, report.repeated) == (4, 2, 1)
    assert report.refused == {"contact_id was that of another call before in this file: two calls need two ids": 1}
    (refused,) = csv.DictReader((tmp_path / "log.refused.csv").read_text().splitlines())
    assert refused["queue"] == other["queue"]


def test_today_does_not_wait_while_history_comes_in(fresh: Centre) -> None:
    bring_in(fresh, invented.FILE)
    leg = lives.abandoned_leg(1)
    fresh.record([lives.record(leg)])
    fresh.fold()
    time_for_one_round = iter([True, False])
    nobody = Directory([], service_level_seconds=20)
    tally = wiring.tally()
    counted = bring_up_to_date(
        now=lives.MORNING,
        tally=tally,
        gauge=wiring.gauge(),
        directory=nobody,
        more_time=lambda: next(time_for_one_round),
    )
    assert not counted.complete
    (today,) = fresh.intervals(lives.MORNING, lives.MORNING + timedelta(hours=3))
    assert today.figures.abandoned == 1


def test_what_is_not_taken_for_long_is_sent_by_the_next_import(fresh: Centre, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(invented.log_of(invented.calls(Random(9), 5)))
    fresh.cloud.faults = lambda call: Fault(Trouble.UNPROCESSED, 1) if call.operation == "PutRecords" else None
    report = bring_in(fresh, file)
    assert report.applied == 5, "taken one by one, all of them arrive"

    fresh.cloud.clear()
    fresh.cloud.faults = lambda call: Fault(Trouble.UNPROCESSED, 0) if call.operation == "PutRecords" else None
    with pytest.raises((Busy, ClientError)):
        bring_in(fresh, file)
    fresh.cloud.faults = no_faults
    assert bring_in(fresh, file).sent == 5


def test_what_never_arrives_is_named(fresh: Centre, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(invented.log_of(invented.calls(Random(7), 3)))
    report = bring_in(fresh, file, works=False)
    assert (report.sent, report.applied) == (3, 0)
    assert len(report.missing) == 3

    again = bring_in(fresh, file)
    assert (again.applied, again.folded, again.missing) == (3, 3, [])
