"""The command behind `make traffic`, as far as no stack is needed: what it shows, and what it says when nothing runs."""

import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from infra.local import state
from infra.local.traffic.__main__ import UNUSABLE, Display, main

KNOWN: dict[str, Any] = {
    "run": "2026-11-18-ordinary-day-1", "title": "An ordinary day", "state": "playing", "stopped": False,
    "from": "2026-11-17T15:00:00+00:00", "to": "2026-11-18T15:00:00+00:00", "now": "2026-11-18T03:00:00+00:00",
    "came": 480, "contacts": 500, "over": 490, "undelivered": 900, "ledger": "ledger.csv", "problem": None,
}  # fmt: skip


def stack(**changes: Any) -> state.Stack:
    known: dict[str, Any] = {
        "aws_endpoint": "http://127.0.0.1:9", "api_url": "", "web_url": "", "region": "ap-northeast-1", "instance_id": "i",
        "event_source": "local.connect", "outputs": {}, "users": [], "connect_endpoint": "http://127.0.0.1:9",
    }  # fmt: skip
    return state.Stack(**{**known, **changes})


def test_a_bar_shows_the_day_and_then_its_delivery() -> None:
    said, seconds = io.StringIO(), [0.0]
    console = Console(file=said, force_terminal=True, width=160)
    display = Display(console, now=lambda: seconds[0])
    with display.bar:
        seconds[0] = 5.0
        display.show(KNOWN)
        day, _ = display.bar.tasks
        assert day.percentage == 50
        assert "500 contacts, 100/s" in day.fields["rate"]
        display.show(KNOWN | {"state": "delivering", "now": KNOWN["to"]})
        display.show(KNOWN | {"state": "delivering", "now": KNOWN["to"], "undelivered": 300})
        day, way = display.bar.tasks
        assert day.percentage == 100
        assert round(way.percentage) == 67
        assert way.fields["rate"] == "300 documents to deliver"


def test_without_a_terminal_a_line_now_and_then() -> None:
    said, seconds = io.StringIO(), [0.0]
    display = Display(Console(file=said), now=lambda: seconds[0])
    for seconds[0] in (4.0, 11.0, 15.0, 22.0):
        display.show(KNOWN)
    assert said.getvalue().count("500 contacts") == 2


@pytest.mark.parametrize(
    ("stands", "sentence"),
    [
        (None, "Nothing runs in {}: start it with 'make run', then ask again."),
        (stack(), "This run asks another Connect (CONNECT_ENDPOINT), which has no people: start without it."),
        (stack(control_key="k"), "The local Connect does not answer on http://127.0.0.1:9/traffic: does 'make run' still run?"),
    ],
)  # fmt: skip
def test_when_nothing_can_begin_a_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stands: Any, sentence: str
) -> None:
    monkeypatch.setenv("LOCAL_DIR", str(tmp_path))
    if stands is not None:
        (tmp_path / "stack.json").write_text(json.dumps(asdict(stands)))
    assert main(["--scenario", "outage"]) == UNUSABLE
    assert capsys.readouterr().out.startswith(sentence.format(tmp_path))
