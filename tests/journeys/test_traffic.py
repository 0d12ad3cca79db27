"""A seeded day through the running stack: whatever is lost, doubled and shuffled on the way, every figure equals the ledger's in the end."""

import json
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.local.clock import tick
from infra.local.connect.centre import Centre
from infra.local.settings import ROOT
from infra.local.traffic.scenario import named
from tests.journeys.running import RunningStack
from tests.journeys.staff import Staff, client, until
from tests.journeys.telling import failed
from tests.traffic.counting import Figures, Key, count_ledger

Stack = dict[str, Any]
THRESHOLDS = {name: queue.service_level_seconds or 20 for name, queue in Centre.of_file().queues.items()}
ZONE = named("ordinary-day").zone
CONTACTS, AGENTS = 1000, 40
PLAYED, FIGURED = 900, 300
"""Seconds that a day gets to be played and delivered, and the pipeline to have counted it."""
BAD = ("--lose", "0.3", "--duplicate", "0.2", "--shuffle", "on")


@pytest.fixture(scope="module")
def supervisor(living: Stack) -> Staff:
    return Staff(living, "supervisor")


def traffic(centre: RunningStack, *words: str) -> subprocess.Popen[str]:
    """Start the command as `make traffic` does."""
    return subprocess.Popen(
        [sys.executable, "-m", "infra.local.traffic", *words],
        cwd=ROOT,
        env={**os.environ, "LOCAL_DIR": str(centre.directory)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ledger_in(said: str) -> str:
    """Return the ledger that the command named last."""
    return Path(re.findall(r"^What truly happened: (.+)$", said, re.MULTILINE)[-1]).read_text()


def figures(supervisor: Staff, day: date, by: str) -> dict[Key, Figures]:
    """Return every figure that the quality API has of a day, by queue, site or channel and quarter of an hour."""
    begins = datetime.combine(day, time(), ZONE)
    span = {"from": begins.isoformat(), "to": (begins + timedelta(days=1)).isoformat()}
    status, answer = supervisor.get("/quality", **span, step="15m", by=by)
    assert status == 200, answer
    rows = answer["rows"]
    named_by = {"queue": "queue_name", "site": "site_name", "channel": "channel"}[by]
    not_figures = {"start", "queue", "queue_name", "site", "site_name", "channel"}
    return {
        (row[named_by], datetime.fromisoformat(row["start"]).astimezone(UTC)): {
            name: value for name, value in row.items() if name not in not_figures
        }
        for row in rows
    }


def apart(ours: dict[Key, Figures], truth: dict[Key, Figures]) -> dict[Key, Any]:
    """Return where the two differ, and what each says there."""
    return {key: (ours.get(key), truth.get(key)) for key in {*ours, *truth} if ours.get(key) != truth.get(key)}


def check_equal(supervisor: Staff, day: date, ledger: str) -> None:
    """Wait until every figure of a day is the ledger's own."""
    for by in ("queue", "site", "channel"):
        check_equal_by(by, supervisor, day, ledger)


def check_equal_by(by: str, supervisor: Staff, day: date, ledger: str) -> None:
    """Wait until the figures of a day by queue, site or channel are the ledger's own."""
    truth = count_ledger(ledger, by, THRESHOLDS)
    assert len(truth) > 10, "there is something to compare"
    try:
        until(lambda: not apart(figures(supervisor, day, by), truth), f"the ledger by {by}", seconds=FIGURED)
    except AssertionError as problem:
        raise AssertionError(f"{problem}: {apart(figures(supervisor, day, by), truth)}") from problem


def sweep(stack: Stack, moment: datetime) -> None:
    """Wake the sweep with a tick of this moment."""
    answer = client(stack, "lambda", read_timeout=320).invoke(
        FunctionName=stack["outputs"]["ContactSweepFunction"], Payload=json.dumps(tick("contact_sweep", moment))
    )
    said = answer["Payload"].read()
    assert "FunctionError" not in answer, said


def test_a_day_of_a_thousand_contacts_equals_its_ledger(alive: RunningStack, living: Stack, supervisor: Staff) -> None:
    day, put_aside = date(2026, 11, 18), failed(living)
    asked = ("--scenario", "ordinary-day", "--date", str(day), "--seed", "20261118")
    command = traffic(alive, *asked, "--contacts", str(CONTACTS), "--agents", str(AGENTS), *BAD)
    said = command.communicate(timeout=PLAYED)[0]
    assert command.returncode == 0, said
    ledger = ledger_in(said)
    rows = ledger.splitlines()
    assert len(rows) > CONTACTS
    assert {"VOICE", "EMAIL", "TASK"} <= {row.split(",")[1] for row in rows}
    assert len({row.split(",")[4] for row in rows} - {"", "agent"}) == AGENTS
    for days in range(3):
        sweep(living, datetime.now(UTC) + timedelta(days=days))
    check_equal(supervisor, day, ledger)
    assert failed(living) == put_aside

    connect = boto3.client("connect", endpoint_url=living["connect_endpoint"], region_name=living["region"],
                           aws_access_key_id="test", aws_secret_access_key="test")  # fmt: skip
    contact_id = rows[1].split(",")[0]
    described = connect.describe_contact(InstanceId=living["instance_id"], ContactId=contact_id)["Contact"]
    assert described["Id"] == contact_id, "Connect's API knows whom a day brought"


def test_a_day_that_somebody_stops_is_whole(alive: RunningStack, supervisor: Staff) -> None:
    day = date(2026, 11, 11)
    # Half a day of the day's time in a minute: it is at work when somebody reaches for the key.
    command = traffic(
        alive, "--scenario", "homes-without-network", "--date", str(day), "--speed", "1000", "--contacts", "300", *BAD
    )
    assert command.stdout is not None
    first = command.stdout.readline()
    assert "Homes without network" in first
    ledger = alive.directory / "traffic" / f"{day}-homes-without-network-1" / "ledger.csv"
    until(lambda: ledger.exists() and len(ledger.read_text().splitlines()) > 40, "forty contacts that are over")
    command.send_signal(signal.SIGINT)
    said = command.communicate(timeout=PLAYED)[0]
    assert command.returncode == 130, said
    assert "Stopped." in said
    assert len(ledger_in(said).splitlines()) < 300
    check_equal(supervisor, day, ledger_in(said))


def test_a_mistake_is_said_in_a_sentence(alive: RunningStack) -> None:
    for words, sentence in (
        (("--scenario", "quiet-day"), "There is no scenario 'quiet-day': say one of homes-without-network, "),
        (("--scenario", "outage", "--date", "2999-01-01"), "DATE=2999-01-01 makes no sense: write a day such as"),
    ):
        command = traffic(alive, *words)
        said = command.communicate(timeout=60)[0]
        assert (command.returncode, said.count("\n")) == (2, 1), said
        assert said.startswith(sentence)
