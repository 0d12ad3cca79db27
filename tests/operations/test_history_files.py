"""Files of history as they come: packed, marked, in another encoding, cut, or not there."""

import csv
import gzip
from pathlib import Path

import pytest

from infra.operations.replay.call_log import COLUMNS
from infra.operations.replay.documents import Refused
from infra.operations.replay.files import BadFile, History, RefusedLines

HEADER = ",".join(COLUMNS)
ROW = "c-1,VOICE,解約,,,2026-06-15 10:00:00,,,,menu,,"


def written(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (f"{HEADER}\n{ROW}\n".encode(), "utf-8"),
        (f"\ufeff{HEADER}\r\n{ROW}".encode(), "utf-8"),
        (gzip.compress(f"{HEADER}\n{ROW}\n".encode(), mtime=0), "utf-8"),
        (f"{HEADER}\n{ROW}\n".encode("cp932"), "cp932"),
        (f"{HEADER}\n{ROW}\n".encode("utf-16"), "utf-16"),
        (f" Contact_ID ,{HEADER.partition(',')[2]}\n{ROW}\n\n".encode(), "UTF8"),
    ],
)
def test_a_call_log_is_read_however_it_was_saved(tmp_path: Path, data: bytes, encoding: str) -> None:
    history = History(written(tmp_path / "calls.csv", data), encoding)
    survey = history.survey()
    assert survey.is_call_log
    (row,) = history.rows()
    assert (row.number, row.cells["contact_id"], row.cells["queue"]) == (2, "c-1", "解約")


BAD = [
    # the file,                                                       what it says
    (b"", "is empty"),
    (b" \n\n", "is empty"),
    (f"{HEADER}\n{ROW}\n".encode("cp932"), "ENCODING=cp932"),
    (HEADER.replace("queue,", "").encode() + b"\n", "no column queue. A call log has the columns contact_id, channel,"),
    (HEADER.replace(",", ";").encode() + b"\n", "separated by commas"),
    (f"{HEADER},queue\n".encode(), "the column queue twice"),
    (b"[{}]", "each document on a line of its own"),
    (gzip.compress(HEADER.encode() * 50, mtime=0)[:60], "broken off"),
]


@pytest.mark.parametrize(("data", "said"), BAD)
def test_a_file_that_cannot_be_imported_says_what_to_do(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(BadFile) as problem:
        History(written(tmp_path / "calls.csv", data)).survey()
    assert said in str(problem.value)


def test_a_file_that_is_not_there_and_an_encoding_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no file"):
        History(tmp_path / "calls.csv").survey()
    with pytest.raises(BadFile, match="cannot be read"):
        History(tmp_path).survey()
    with pytest.raises(BadFile, match="ENCODING=cp932"):
        History(written(tmp_path / "calls.csv", HEADER), "shift-jiss").survey()


def test_rows_that_cannot_be_taken_apart_hold_nobody_up(tmp_path: Path) -> None:
    lines = [HEADER, ROW, "c-2,too,few", '"c-3"x,VOICE', ROW.replace("c-1", "c-4"), '"c-5,VOICE']
    history = History(written(tmp_path / "calls.csv", "\n".join(lines)))
    history.survey()
    rows = list(history.rows())
    assert [row.problem is None for row in rows] == [True, False, False, True, False]
    assert [row.cells["contact_id"] for row in rows] == ["c-1", *lines[2:4], "c-4", lines[5]], "nothing of them is lost"


def test_refused_rows_lie_beside_and_can_be_imported_once_they_are_mended(tmp_path: Path) -> None:
    path = written(tmp_path / "calls.csv.gz", f"{HEADER},note\n{ROW.replace('menu', 'lunch')},x\n")
    history = History(path)
    history.survey()
    beside = RefusedLines(path, history.columns, is_call_log=True)
    assert beside.path == tmp_path / "calls.refused.csv"
    (row,) = history.rows()
    beside.write(row, Refused("outcome", "must be another"))
    beside.close()
    (kept,) = csv.DictReader(beside.path.read_text().splitlines())
    assert (kept["outcome"], kept["note"]) == ("lunch", "x")
    assert kept["reason"] == "outcome must be another"

    mended = History(written(tmp_path / "mended.csv", beside.path.read_text().replace("lunch", "menu")))
    assert mended.survey().is_call_log
    assert [row.cells["outcome"] for row in mended.rows()] == ["menu"]
    RefusedLines(path, history.columns, is_call_log=True)
    assert not beside.path.exists(), "a new import begins without the refusals of an earlier one"
