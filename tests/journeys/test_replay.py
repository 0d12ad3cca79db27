"""History brought into the running stack by the command itself, and read back through the API by a supervisor."""

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from infra.local.settings import ROOT
from tests import lives
from tests.journeys.running import RunningStack
from tests.journeys.staff import Staff, client, until
from tests.operations import invented
from tests.operations.counting import FIGURES, TOKYO, Count, count_call_log, half_hour

Stack = dict[str, Any]


@pytest.fixture(scope="module")
def supervisor(stack: Stack) -> Staff:
    return Staff(stack, "supervisor")


def replay(running: RunningStack, file: Path) -> subprocess.Popen[str]:
    """Start the command as `make replay` does."""
    return subprocess.Popen(
        [sys.executable, "-m", "infra.operations.replay", str(file), "--zone", "Asia/Tokyo"],
        cwd=ROOT,
        env={**os.environ, "LOCAL_DIR": str(running.directory)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def figures(supervisor: Staff, day: datetime) -> Count:
    """Return what the quality API says of three days, by queue and half hour."""
    span = {"from": (day - timedelta(days=1)).isoformat(), "to": (day + timedelta(days=2)).isoformat()}
    status, answer = supervisor.get("/quality", **span, step="15m", by="queue")
    assert status == 200, answer
    counted: Count = Counter()
    for row in answer["rows"]:
        half = half_hour(datetime.fromisoformat(row["start"]).astimezone(TOKYO))
        counted.update({(row["queue_name"], half, figure): row[figure] for figure in FIGURES})
    return +counted


def is_there(stack: Stack, row: dict[str, str]) -> bool:
    """Whether something was said of the call of this row."""
    facts = client(stack, "dynamodb").query(
        TableName=stack["outputs"]["FactsTable"],
        KeyConditionExpression="contact_id = :id",
        ExpressionAttributeValues={":id": {"S": row["contact_id"]}},
    )
    return bool(facts["Items"])


def test_a_call_log_becomes_figures_and_twice_changes_nothing(
    running: RunningStack, supervisor: Staff, tmp_path: Path
) -> None:
    day = datetime(1999, 8, 8, tzinfo=TOKYO)
    text = invented.log_of([*invented.calls(Random(1), 60, day), dict.fromkeys(invented.COLUMNS, "?")])
    file = tmp_path / "calls.csv"
    file.write_text(text)
    truth = count_call_log(text.rpartition("?,?,?,?,?,?,?,?,?,?,?,?")[0])
    for sent in (60, 0):
        command = replay(running, file)
        said = command.communicate(timeout=300)[0]
        assert command.returncode == 1, said
        assert f"{sent:>12,} sent" in said
        assert f"{60:>12,} applied" in said
        assert "outcome must be answered, abandoned, menu, other" in said
        assert (tmp_path / "calls.refused.csv").exists()
        until(lambda: figures(supervisor, day) == truth, "the figures of the imported day")


def test_what_connect_once_said_is_said_again_and_found_by_its_facts(
    running: RunningStack, supervisor: Staff, tmp_path: Path
) -> None:
    began = datetime(2024, 3, 4, 10, tzinfo=TOKYO).astimezone(UTC)
    luck = Random(4)
    legs = [leg for kind in ("answered", "callback_promised") for leg in lives.story(kind, luck, began)]
    events = [event for leg in legs for event in lives.events(leg)]
    paused = lives.event(legs[0], "INITIATED", legs[0].at(90))
    paused["detail"]["eventType"] = "PAUSED"
    said = [*events[::2], *(event["detail"] for event in events[1::2]), paused, *map(lives.record, legs)]
    file = tmp_path / "said.jsonl"
    file.write_text("\n".join(map(json.dumps, said)))
    for sent in (len(said), 0):
        command = replay(running, file)
        words = command.communicate(timeout=300)[0]
        assert command.returncode == 0, words
        assert f"{sent:>12,} sent" in words
        assert f"{len(said):>12,} applied" in words
    for leg in legs:
        status, answer = supervisor.get(f"/contacts/{leg.contact_id}")
        assert (status, answer["contact"]["outcome"]) == (200, leg.outcome)


def test_an_import_that_somebody_stops_says_how_far_it_was_and_goes_on(
    running: RunningStack, stack: Stack, supervisor: Staff, tmp_path: Path
) -> None:
    day = datetime(1999, 8, 22, tzinfo=TOKYO)
    # So many that the import is still at work when somebody has seen its first call and reached for the key.
    rows = list(invented.calls(Random(3), 900, day))
    file = tmp_path / "calls.csv"
    file.write_text(invented.log_of(rows))
    stopped = replay(running, file)
    until(lambda: is_there(stack, rows[0]), "the first call's fact")
    stopped.send_signal(signal.SIGINT)
    said = stopped.communicate(timeout=60)[0]
    assert stopped.returncode == 130, said
    [applied] = re.findall(r"^ *([\d,]+) applied", said, re.MULTILINE)
    assert int(applied.replace(",", "")) < 900, said
    assert "The same command goes on from here" in said

    again = replay(running, file)
    said = again.communicate(timeout=300)[0]
    assert again.returncode == 0, said
    until(lambda: figures(supervisor, day) == count_call_log(file.read_text()), "the figures of the imported day")


def test_a_killed_import_is_repeated_without_a_single_double(
    running: RunningStack, stack: Stack, supervisor: Staff, tmp_path: Path
) -> None:
    day = datetime(1999, 8, 15, tzinfo=TOKYO)
    rows = list(invented.calls(Random(2), 600, day))
    file = tmp_path / "calls.csv"
    file.write_text(invented.log_of(rows))
    killed = replay(running, file)
    until(lambda: is_there(stack, rows[0]), "the first call's fact")
    killed.kill()
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL, "killed on the way"

    again = replay(running, file)
    said = again.communicate(timeout=300)[0]
    assert again.returncode == 0, said
    assert f"{600:>12,} applied" in said
    until(lambda: figures(supervisor, day) == count_call_log(file.read_text()), "the figures of the imported day")
