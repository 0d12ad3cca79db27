"""`make replay` as somebody types it: what it says, and how it ends, before it meets any centre."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from infra.local import state
from infra.local.ports import claim
from infra.operations.replay.__main__ import REFUSED, STOPPED, UNFINISHED, UNUSABLE, Display, main
from infra.operations.replay.documents import Document, Kind
from infra.operations.replay.report import Report
from infra.operations.replay.sending import KINESIS, Limits, in_calls
from tests.operations import invented
from tests.support.cloud import without_waiting


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["calls.csv", "--zone", "Asia/Tokio"], "ZONE=Asia/Tokio is no time zone"),
        (["calls.csv", "--zone", ""], "such as ZONE=Asia/Tokyo"),
        (["calls.csv", "--zone", "../../etc/passwd"], "no time zone"),
        (["", "--zone", "Asia/Tokyo"], "FILE=calls.csv"),
        (["calls.csv", "--zone", "Asia/Tokyo"], "make run"),
    ],
)
def test_what_cannot_begin_says_what_to_do(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOCAL_DIR", str(tmp_path))
    assert main(arguments) == UNUSABLE
    assert said in capsys.readouterr().out


def test_the_ways_to_end_are_told_apart() -> None:
    assert len({0, REFUSED, UNUSABLE, UNFINISHED, STOPPED}) == 5


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_has_rate_and_remaining_time(terminal: bool) -> None:
    seen = StringIO()
    report = Report(lines_done=40, repeated=2)
    now = iter([0.0, 21.0])
    display = Display(
        Console(file=seen, force_terminal=terminal, width=120), report, lines=84, now=lambda: next(now, 21.0)
    )
    with display.shown():
        display.show()
    assert "2 rows/s" in seen.getvalue()
    assert ("50%" if terminal else "about 21 s left") in seen.getvalue()


def test_a_centre_that_was_killed_is_said_not_to_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOCAL_DIR", str(tmp_path))
    outputs = {name: name for name in ("FactsTable", "ContactsTable", "DirectoryTable", "ContactRecordsStream")}
    port = claim(0, "")
    state.write(
        tmp_path / "stack.json",
        state.Stack(
            aws_endpoint=f"http://127.0.0.1:{port}", api_url="", web_url="", region="ap-northeast-1", instance_id="i",
            event_source="local.connect", outputs=outputs, users=[], connect_endpoint="",
        ),
    )  # fmt: skip
    file = tmp_path / "day.csv"
    file.write_text(invented.FILE.read_text())
    with without_waiting():
        assert main([str(file), "--zone", "Asia/Tokyo"]) == UNFINISHED
    assert "The centre does not answer" in capsys.readouterr().out


def test_a_call_takes_no_more_than_it_may_and_nothing_is_left_out() -> None:
    documents = [Document(number, Kind.RECORD, "k", "x" * (number % 7 * 1000), ()) for number in range(2_000)]
    calls = list(in_calls(documents, KINESIS))
    assert [each for call in calls for each in call] == documents
    assert max(map(len, calls)) == KINESIS.entries
    small = Limits(entries=10, bytes=9_000)
    for call in in_calls(documents, small):
        assert len(call) <= small.entries
        assert sum(len(each.body) + len(each.key) for each in call) <= small.bytes


def test_a_report_says_what_was_refused_and_why_most_of_it_first() -> None:
    report = Report(read=1_203, sent=1_200, applied=1_200, folded=1_200)
    report.refused.update({"outcome must be another": 2, "queue is too long": 1})
    report.notes["connected_at before enqueued_at: moved to it"] = 12
    said = "\n".join(report.lines())
    assert "1,203 read" in said
    assert said.index("2  outcome must be another") < said.index("1  queue is too long")
    assert "12  connected_at before enqueued_at" in said


def test_a_report_of_many_kinds_stays_short() -> None:
    report = Report(missing=[str(number) for number in range(5_000)])
    report.refused.update({f"reason {number}": 1 for number in range(100)})
    assert len(list(report.lines())) < 60
