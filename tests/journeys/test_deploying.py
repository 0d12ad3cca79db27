"""An upgrade and a rollback while calls come in: no event and no call is lost, doubled or put aside."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra import stack as stacks
from infra.local import application
from infra.local.settings import BUCKET, ROOT, STACK_NAME, STAGE
from infra.packaging import Package, deployable_files, package
from tests.journeys.running import RunningStack
from tests.journeys.staff import Staff, client, until
from tests.journeys.telling import counted, failed, flowing, hours_ago, impatient_queue, kept, truly_counted, truth_of

Stack = dict[str, Any]
NOTED, NEXT_NOTED = "contact events noted", "contact events noted by the next release"
"""What intake logs of a batch, in this release and in the next one."""
PATIENCE = 240
"""Seconds: a function that the emulator replaces while it starts may hold up the streams until its time is over, a minute."""


@pytest.fixture
def next_release(running: RunningStack, tmp_path: Path) -> Package:
    """This release with another word in its log, packaged from a tree of its own."""
    tree = tmp_path / "tree"
    for path in deployable_files(ROOT):
        copy = tree / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    entry = tree / "chalicelib" / "contacts" / "entry.py"
    source = entry.read_text()
    assert source.count(f'"{NOTED}"') == 1
    entry.write_text(source.replace(f'"{NOTED}"', f'"{NEXT_NOTED}"'))
    # What was built before holds the layer, which has not changed: nothing is fetched anew.
    return package(STAGE, shutil.copytree(application.BUILT, tmp_path / "built"), root=tree)


@pytest.fixture
def deploy(stack: Stack) -> Iterator[Callable[[Package], None]]:
    """Deploy a package onto the running stack, and in the end the one that it was started with."""

    def deploy(built: Package) -> None:
        address = stacks.upload(built, bucket=BUCKET, s3=client(stack, "s3"))
        stacks.deploy(STACK_NAME, address, {}, cloudformation=client(stack, "cloudformation"), pause=0.2)

    yield deploy
    deploy(application.build())


def test_calls_come_in_through_an_upgrade_and_a_rollback(
    running: RunningStack, stack: Stack, next_release: Package, deploy: Callable[[Package], None]
) -> None:
    log = running.directory / "logs" / "emulator.log"

    def batches(words: str) -> int:
        return log.read_text(errors="replace").count(f'"{words}"')

    def some_batches(words: str) -> None:
        before = batches(words)
        until(lambda: batches(words) > before + 3, f"batches of which the log says: {words}", seconds=PATIENCE)

    began, put_aside = hours_ago(22), failed(stack)
    with impatient_queue(stack), flowing(stack, began, seed=16) as flow:
        some_batches(NOTED)
        deploy(next_release)
        some_batches(NEXT_NOTED)
        deploy(application.build())
        some_batches(NOTED)
        flow.end()
        truth = truth_of(flow.legs)
        until(lambda: kept(stack, list(truth)) == truth, f"{len(truth)} contacts as they were", seconds=PATIENCE)
    supervisor = Staff(stack, "supervisor")
    span = began, began + timedelta(hours=3)
    until(lambda: counted(supervisor, *span) == truly_counted(truth), "the figures", seconds=PATIENCE)
    assert failed(stack) == put_aside
