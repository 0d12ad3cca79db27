"""kill -9 wherever something works on calls: after restart and repeat nothing is lost and nothing doubled."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import psutil

from tests.journeys.running import RunningStack
from tests.journeys.staff import Staff, until
from tests.journeys.telling import counted, failed, flowing, hours_ago, impatient_queue, kept, truly_counted, truth_of
from tests.journeys.test_replay import figures, is_there, replay
from tests.operations import invented
from tests.operations.counting import TOKYO, count_call_log

Stack = dict[str, Any]
KILLS = 4
"""Fewer than the five receives after which an event is dead-lettered: it was not the event's fault."""
PATIENCE = 240
"""Seconds: a function that dies while it starts may hold up the streams until its time is over, a minute."""


def kill_workers(running: RunningStack) -> None:
    """Kill what runs the Lambda functions of this stack, children of its own emulator and nothing else, as soon as there are any."""
    emulator = running.process_of("ministack")
    killed: set[psutil.Process] = set()

    def are_killed() -> bool:
        for worker in filter(is_alive, emulator.children(recursive=True)):
            worker.kill()
            killed.add(worker)
        return bool(killed) and not any(map(is_alive, killed))

    until(are_killed, "functions that run, and their death")


def is_alive(process: psutil.Process) -> bool:
    """Whether it still runs; a dead one stays as a zombie until its parent has noticed."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def deaths(running: RunningStack) -> int:
    """Return how often a function died at work, as the emulator saw it."""
    return (running.directory / "logs" / "emulator.log").read_text(errors="replace").count("Worker process died")


def test_killed_functions_lose_and_double_nothing(running: RunningStack, stack: Stack, tmp_path: Path) -> None:
    """While contacts flow in and history is imported; what they had in hand comes again."""
    day = datetime(1999, 9, 5, tzinfo=TOKYO)
    file = tmp_path / "calls.csv"
    rows = list(invented.calls(Random(11), 300, day))
    file.write_text(invented.log_of(rows))
    began, put_aside, died = hours_ago(18), failed(stack), deaths(running)
    with impatient_queue(stack):
        with flowing(stack, began, seed=9) as flow:
            command = replay(running, file)
            until(lambda: is_there(stack, rows[0]), "the first call's fact")
            for _ in range(KILLS):
                known = len(flow.legs)
                kill_workers(running)
                until(lambda: len(flow.legs) > known + 10, "contacts that flow in after the kill")  # noqa: B023
        assert deaths(running) > died, "nothing was at work when it was killed"
        said = command.communicate(timeout=300)[0]
        assert command.returncode == 0, said
        truth = truth_of(flow.legs)
        until(lambda: kept(stack, list(truth)) == truth, f"{len(truth)} contacts as they were", seconds=PATIENCE)
    supervisor = Staff(stack, "supervisor")
    until(lambda: figures(supervisor, day) == count_call_log(file.read_text()), "the figures of the imported day")
    span = began, began + timedelta(hours=3)
    until(lambda: counted(supervisor, *span) == truly_counted(truth), "the figures of the contacts that flowed in")
    assert failed(stack) == put_aside


def test_a_replay_into_a_killed_emulator_is_repeated_into_a_fresh_one(
    local_dir: Path, make_run: Callable[..., RunningStack], tmp_path: Path
) -> None:
    """The state of an emulator that is killed is gone; the file is not, and has it all once again."""
    day = datetime(1999, 9, 12, tzinfo=TOKYO)
    file = tmp_path / "calls.csv"
    rows = list(invented.calls(Random(12), 400, day))
    file.write_text(invented.log_of(rows))

    first = make_run(local_dir)
    stack = asdict(first.ready())
    interrupted = replay(first, file)
    until(lambda: is_there(stack, rows[0]), "the first call's fact")
    emulator = first.process_of("ministack")
    emulator.kill()
    assert first.process.wait(60) == 1
    assert f"The emulator (process {emulator.pid}) was ended by signal 9 (SIGKILL)" in first.said
    said = interrupted.communicate(timeout=300)[0]
    assert interrupted.returncode not in (0, 1), said

    second = make_run(local_dir)
    supervisor = Staff(asdict(second.ready()), "supervisor")
    again = replay(second, file)
    said = again.communicate(timeout=300)[0]
    assert again.returncode == 0, said
    assert f"{400:>12,} sent" in said, "it began empty"
    until(lambda: figures(supervisor, day) == count_call_log(file.read_text()), "the figures of the imported day")
