"""What a person at a terminal meets around `make run`: starting, ending, and what goes wrong in between."""

import json
import os
import re
import signal
import socket
import stat
import time
from collections.abc import Callable
from pathlib import Path

import boto3
import psutil
import pytest

from infra.local.processes import MARK
from infra.local.state import Stack
from tests.journeys.running import RunningStack

Start = Callable[..., RunningStack]


def is_free(address: str) -> bool:
    host, port = address.removeprefix("http://").split(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex((host, int(port))) != 0


def carrying(mark: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def wait_for(condition: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def sign_in(stack: Stack, username: str) -> str:
    [user] = [user for user in stack.users if user.username == username]
    client = boto3.client(
        "cognito-idp",
        endpoint_url=stack.aws_endpoint,
        region_name=stack.region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    answer = client.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=stack.outputs["StaffClientId"],
        AuthParameters={"USERNAME": user.username, "PASSWORD": user.password},
    )
    return answer["AuthenticationResult"]["IdToken"]


def test_a_run_tells_its_addresses_and_leaves_nothing(local_dir: Path, make_run: Start) -> None:
    started = time.monotonic()
    run = make_run(local_dir)
    stack = run.ready()
    assert time.monotonic() - started < 60
    mode = stat.S_IMODE((local_dir / "stack.json").stat().st_mode)
    mark = json.loads((local_dir / "processes.json").read_text())["mark"]
    assert {user.role for user in stack.users} >= {
        "agent",
        "supervisor",
        "leader",
        "quality",
        "analyst",
        "auditor",
        "administrator",
    }
    assert sign_in(stack, "akari.mori")

    assert run.end(signal.SIGINT) == 0
    assert mode == 0o600
    assert run.said.rstrip().endswith("Everything is stopped.")
    assert all(user.password in run.said for user in stack.users)
    for name, address in (("AWS endpoint", stack.aws_endpoint), ("Connect", stack.connect_endpoint)):
        assert re.search(rf"^{name} +{address}\s*$", run.said, re.MULTILINE), run.said
        assert is_free(address)
    assert is_free(stack.web_url)
    assert not carrying(mark)
    assert not (local_dir / "stack.json").exists()


def test_the_second_start_takes_less_than_20_s_and_begins_fresh_unless_told_to_keep(
    local_dir: Path, make_run: Start
) -> None:
    first = make_run(local_dir)
    before = first.ready()
    first.end()

    started = time.monotonic()
    keeping = make_run(local_dir, KEEP="1")
    kept = keeping.ready()
    assert time.monotonic() - started < 20
    assert kept.users == before.users
    assert kept.outputs == before.outputs
    assert sign_in(kept, "hanako.sato")
    keeping.end()
    assert kept.users[0].password not in keeping.said

    fresh_run = make_run(local_dir)
    fresh = fresh_run.ready()
    fresh_run.end()
    assert {user.password for user in fresh.users}.isdisjoint(user.password for user in before.users)


def test_keeping_what_is_not_there_begins_fresh_and_says_so(local_dir: Path, make_run: Start) -> None:
    run = make_run(local_dir, KEEP="1")
    run.ready()
    run.end()
    assert "Nothing is kept from an earlier run, so this one begins fresh." in run.said


@pytest.mark.parametrize("variable", ["EMULATOR_PORT", "WEB_PORT", "CONNECT_PORT"])
def test_a_taken_port_is_named_with_its_holder_and_the_variable(
    local_dir: Path, make_run: Start, variable: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        run = make_run(local_dir, **{variable: str(port)})
        assert run.process.wait(30) == 1
    assert f"Port {port} is taken" in run.said
    assert f"(process {os.getpid()})" in run.said
    assert f"{variable}={port + 1}" in run.said
    assert "Traceback" not in run.said


def test_a_second_run_in_the_same_directory_is_told_about_the_first(running: RunningStack, make_run: Start) -> None:
    second = make_run(running.directory)
    words = second.words
    assert second.process.wait(30) == 1
    assert f"already runs in {running.directory} (process {running.process.pid})" in words.read_text()
    assert (running.directory / "stack.json").exists(), "the first goes on undisturbed"


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("ministack", "emulator"),
        ("infra.local.web", "web server"),
        ("infra.local.connect", "local Connect"),
        ("infra.local.clock", "clock"),
    ],
)
def test_a_killed_process_is_noticed_within_a_second_and_all_else_ends(
    local_dir: Path, make_run: Start, module: str, name: str
) -> None:
    run = make_run(local_dir, TRAFFIC="on")
    stack = run.ready()
    mark = json.loads((local_dir / "processes.json").read_text())["mark"]
    victim = run.process_of(module)
    victim.kill()
    sentence = f"The {name} (process {victim.pid}) was ended by signal 9 (SIGKILL)"
    assert wait_for(lambda: sentence in run.said, 1), run.said
    assert run.process.wait(30) == 1
    assert not carrying(mark)
    assert is_free(stack.aws_endpoint)
    assert is_free(stack.web_url)
    assert is_free(stack.connect_endpoint)


def test_a_closed_terminal_frees_the_ports(local_dir: Path, make_run: Start) -> None:
    run = make_run(local_dir)
    stack = run.ready()
    mark = json.loads((local_dir / "processes.json").read_text())["mark"]
    run.end(signal.SIGHUP)
    assert is_free(stack.aws_endpoint)
    assert is_free(stack.web_url)
    assert not carrying(mark)


def test_a_killed_supervisor_leaves_nothing_that_stops_the_next_start(local_dir: Path, make_run: Start) -> None:
    run = make_run(local_dir)
    stack = run.ready()
    mark = json.loads((local_dir / "processes.json").read_text())["mark"]
    port = stack.aws_endpoint.rsplit(":", 1)[1]
    run.process.kill()
    run.process.wait()

    again = make_run(local_dir, EMULATOR_PORT=port)
    assert wait_for(lambda: not (local_dir / "stack.json").exists() or again.process.poll() is not None)
    again.ready()
    assert not carrying(mark)
    again.end()
