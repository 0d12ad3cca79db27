"""A real day of a bank's calls, and an invented one with the same flaws: nothing invented, lost or doubled."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.centre import Centre
from tests.operations import bank, invented
from tests.operations.counting import count_call_log
from tests.operations.importing import check_imported_twice
from tests.support.reference import reference


@pytest.fixture
def fresh() -> Iterator[Centre]:
    with Centre() as opened:
        yield opened


def test_a_real_day_equals_a_direct_count(fresh: Centre, tmp_path: Path) -> None:
    day = reference("calls", "bank_one_day.csv.gz")
    if day is None:
        pytest.skip("the bank's real day is not at hand: TSUNAGU_REFERENCE names the directory that has it")
    rows = bank.rows_of(day)
    file = tmp_path / "bank.csv"
    file.write_text(bank.call_log(rows))
    truth = bank.count(rows)
    assert truth == count_call_log(file.read_text()), "the two ways of counting agree"
    check_imported_twice(fresh, file, truth)


def test_an_invented_day_with_the_same_flaws_equals_a_direct_count(fresh: Centre, tmp_path: Path) -> None:
    text = invented.FILE.read_text()
    assert text == invented.day(), "python -m tests.operations.invented writes it again"
    file = tmp_path / "day.csv"
    file.write_text(text)
    check_imported_twice(fresh, file, count_call_log(text))
