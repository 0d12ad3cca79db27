"""The restore drill of docs/operations.md, on the running stack: facts come back, and all that is made of them with them."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from infra.local.settings import ROOT, aws_environment
from tests import lives
from tests.docs.pages import blocks
from tests.journeys.running import RunningStack
from tests.journeys.staff import Staff, client, send_events, send_records, until
from tests.journeys.telling import counted, failed, hours_ago, kept, truly_counted, truth_of

Stack = dict[str, Any]
Item = dict[str, Any]
RESTORED = "facts-of-yesterday"
SPAN = timedelta(hours=2)


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


class Day:
    """Some hours of which everything was told, folded and counted."""

    def __init__(self, stack: Stack, began: datetime, seed: int) -> None:
        luck = Random(seed)
        legs = [leg for kind in lives.KINDS for leg in lives.story(kind, luck, began)]
        self.truth = truth_of(legs)
        self._stack = stack
        self._began = began
        self._supervisor = Staff(stack, "supervisor")
        send_events(stack, [event for leg in legs for event in lives.events(leg)])
        send_records(stack, [lives.record(leg) for leg in legs])
        self.stands("as it was told")

    def stands(self, when: str) -> None:
        """Wait until contacts and figures are as they truly were."""
        until(lambda: kept(self._stack, list(self.truth)) == self.truth, f"the contacts {when}")
        until(lambda: self._counted() == truly_counted(self.truth), f"their figures {when}")

    def lose(self, *outputs: str) -> None:
        """Lose these contacts from tables, and all that was counted of these hours."""
        for output in outputs:
            assert lose(self._stack, output, lambda item: item["contact_id"]["S"] in self.truth) >= len(self.truth)
        assert lose(self._stack, "QualityTable", self._is_counted) > 0
        assert kept(self._stack, list(self.truth)) == {}
        assert sum(self._counted().values()) == 0

    def _is_counted(self, item: Item) -> bool:
        start: str = item["cell"]["S"].rpartition("|")[2]
        return f"{self._began:%Y-%m-%dT%H:%M}" <= start < f"{self._began + SPAN:%Y-%m-%dT%H:%M}"

    def _counted(self) -> dict[str, int]:
        return counted(self._supervisor, self._began, self._began + SPAN)


def test_lost_facts_are_copied_back_and_contacts_and_figures_follow(running: RunningStack, stack: Stack) -> None:
    put_aside = failed(stack)
    day = Day(stack, hours_ago(14), seed=21)
    dynamodb = client(stack, "dynamodb")
    facts = stack["outputs"]["FactsTable"]
    dynamodb.restore_table_to_point_in_time(
        SourceTableName=facts, TargetTableName=RESTORED, UseLatestRestorableTime=True
    )
    dynamodb.get_waiter("table_exists").wait(TableName=RESTORED)
    try:
        day.lose("FactsTable", "ContactsTable")
        refused = restore(running, "AccessesTable")
        assert refused.returncode == 2
        assert "not the same table" in refused.stderr
        done = restore(running, "FactsTable")
        assert done.returncode == 0, done.stderr
        assert f"items of {RESTORED} are in FactsTable" in done.stdout
        day.stands("as it was restored")
    finally:
        dynamodb.delete_table(TableName=RESTORED)
    assert failed(stack) == put_aside


def test_lost_contacts_and_figures_are_made_again_by_the_code_on_the_page(stack: Stack) -> None:
    day = Day(stack, hours_ago(7), seed=22)
    day.lose("ContactsTable")
    [code] = [code for _, code in blocks(ROOT / "docs" / "operations.md") if '"folded"' in code]
    outputs, environment = stack["outputs"], {**os.environ, **aws_environment(stack["aws_endpoint"])}
    command = [sys.executable, "-c", code, outputs["FactsTable"], outputs["ContactFoldingFunction"]]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=300)
    assert all(line.endswith(" folded") for line in done.stdout.splitlines())
    day.stands("as it was folded again")
