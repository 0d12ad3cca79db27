"""The restore drill of docs/operations.md, on the running stack: facts come back, and all that is made of them with them."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from infra.local.settings import ROOT
from tests import lives
from tests.journeys.running import RunningStack
from tests.journeys.staff import Staff, client, send_events, send_records, until
from tests.journeys.telling import counted, failed, kept, truly_counted, truth_of

Stack = dict[str, Any]
Item = dict[str, Any]
BEGAN = datetime(2021, 5, 10, 10, tzinfo=UTC)
RESTORED = "facts-of-yesterday"


def lose(stack: Stack, output: str, is_lost: Callable[[Item], bool]) -> int:
    """Delete these items of a table, as a careless hand would, and return how many they were."""
    dynamodb, table = client(stack, "dynamodb"), stack["outputs"][output]
    keys = [key["AttributeName"] for key in dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]]
    pages: Iterable[Any] = dynamodb.get_paginator("scan").paginate(TableName=table)
    lost = [item for page in pages for item in page["Items"] if is_lost(item)]
    for item in lost:
        dynamodb.delete_item(TableName=table, Key={key: item[key] for key in keys})
    return len(lost)


def restore(running: RunningStack, table: str) -> subprocess.CompletedProcess[str]:
    """Copy the restored table into a table of the centre as `make restore` does."""
    return subprocess.run(
        [sys.executable, "-m", "infra.operations.restore", RESTORED, table],
        cwd=ROOT,
        env={**os.environ, "LOCAL_DIR": str(running.directory), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_lost_facts_are_copied_back_and_contacts_and_figures_follow(running: RunningStack, stack: Stack) -> None:
    luck = Random(21)
    legs = [leg for kind in lives.KINDS for leg in lives.story(kind, luck, BEGAN)]
    truth = truth_of(legs)
    put_aside = failed(stack)
    supervisor = Staff(stack, "supervisor")
    span = BEGAN, BEGAN + timedelta(hours=3)
    send_events(stack, [event for leg in legs for event in lives.events(leg)])
    send_records(stack, [lives.record(leg) for leg in legs])
    until(lambda: kept(stack, list(truth)) == truth, "the contacts")
    until(lambda: counted(supervisor, *span) == truly_counted(truth), "their figures")
    dynamodb = client(stack, "dynamodb")
    facts = stack["outputs"]["FactsTable"]
    dynamodb.restore_table_to_point_in_time(
        SourceTableName=facts, TargetTableName=RESTORED, UseLatestRestorableTime=True
    )
    dynamodb.get_waiter("table_exists").wait(TableName=RESTORED)
    try:
        for table in ("FactsTable", "ContactsTable"):
            assert lose(stack, table, lambda item: item["contact_id"]["S"] in truth) >= len(truth)
        assert lose(stack, "QualityTable", lambda item: f"|{BEGAN:%Y-%m-%d}" in item["cell"]["S"]) > 0
        assert kept(stack, list(truth)) == {}
        assert sum(counted(supervisor, *span).values()) == 0

        refused = restore(running, "AccessesTable")
        assert refused.returncode == 2
        assert "not the same table" in refused.stderr
        done = restore(running, "FactsTable")
        assert done.returncode == 0, done.stderr
        assert f"items of {RESTORED} are in FactsTable" in done.stdout
        until(lambda: kept(stack, list(truth)) == truth, "the contacts again")
        until(lambda: counted(supervisor, *span) == truly_counted(truth), "their figures again")
    finally:
        dynamodb.delete_table(TableName=RESTORED)
    assert failed(stack) == put_aside
