"""One local run from start to end: the order of things, and what ends it."""

import fcntl
import os
import secrets
import shutil
import signal
import socket
import time
import urllib.request
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self
from urllib.parse import urlsplit

from rich.markup import escape

from infra.local import application, cards, emulator, members, state, users
from infra.local.connect.intrinsics import INSTANCE_ID
from infra.local.connect.outbox import outbox_of
from infra.local.connect.template import Template
from infra.local.ports import claim
from infra.local.problems import CannotRun
from infra.local.processes import Family, end_leftovers, wait_until
from infra.local.screen import Screen
from infra.local.settings import EVENT_SOURCE, HOST, REGION, ROOT, Settings, lead_to
from infra.packaging import NotPackaged
from infra.stack import NotDeployed

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ROOM_NEEDED = 300_000_000  # bytes


class Stopped(BaseException):
    """A person, or the closing terminal, asked the run to end. No Exception: nothing on the way may swallow it."""


class Run:
    """A run of one directory; as a context it ends every process it started, however it is left."""

    def __init__(self, settings: Settings, screen: Screen) -> None:
        self._settings = settings
        self._screen = screen
        self._directory = settings.directory
        self._family = Family(settings.directory)
        self._stack_file = settings.directory / "stack.json"
        self._lock: int | None = None

    def __enter__(self) -> Self:
        for number in ENDING:
            signal.signal(number, _stop)
        signal.signal(signal.SIGCHLD, self._on_child)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        # From here on nothing interrupts: ending takes a few seconds at most, and half an end would leave processes.
        for number in (*ENDING, signal.SIGCHLD):
            signal.signal(number, signal.SIG_IGN if number != signal.SIGCHLD else signal.SIG_DFL)
        if self._lock is not None:
            self._stack_file.unlink(missing_ok=True)
        # Said first, since ending takes seconds and a person watches now.
        if isinstance(problem, Exception):
            self._screen.say(f"[red]✗[/] {_words(problem)}")
        self._family.end()
        if isinstance(problem, Stopped):
            self._screen.say("Everything is stopped.")
        if self._lock is not None:
            os.close(self._lock)

    def start(self) -> None:
        """Bring everything up. Raises CannotRun, NotPackaged or NotDeployed, each with what to do."""
        self._directory.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(self._directory / "run.lock")
        left = end_leftovers(self._directory)
        if left:
            self._screen.say(f"Ended {left} processes that an earlier run had left behind.")
        self._stack_file.unlink(missing_ok=True)
        _ensure_room(self._directory)
        emulator_port = claim(self._settings.emulator_port, "EMULATOR_PORT")
        web_port = claim(self._settings.web_port, "WEB_PORT")
        connect_endpoint = self._settings.connect_endpoint or self._own_connect()
        home = emulator.Home(directory=self._directory / "emulator")
        kept_users = users.kept(self._directory / "users.json")
        keep = self._settings.keep and home.is_kept() and bool(kept_users)
        if self._settings.keep and not keep:
            self._screen.say("Nothing is kept from an earlier run, so this one begins fresh.")
        home.prepare(keep=keep)
        if not keep:
            shutil.rmtree(outbox_of(self._directory).parent, ignore_errors=True)

        # Making a key takes seconds, beside everything else.
        card_key = cards.of_directory(self._directory / "card-key.json", keep=keep)
        with self._screen.step("Packaging the application") as step:
            endpoint = emulator.start(self._family, home, emulator_port, connect_endpoint=connect_endpoint)
            lead_to(endpoint)
            built = application.build()
            step.done = "Application packaged"
        with self._screen.step("Starting the emulated AWS") as step:
            emulator.wait_until_ready(self._family, endpoint)
            step.done = f"Emulated AWS ready on {endpoint}, IAM enforced"
        with self._screen.step("Deploying the template") as step:
            outputs = application.deploy(built, tell=lambda progress: step.detail(progress.resource))
            centre = card_key.result().parameters()
            # Read here too, so that a mistake in it is said on the screen and not in a log.
            Template.of_file(parameters={**outputs, **centre}).instance()
            cards.store(card_key.result(), outputs)
            members.begin_to_bring_in(endpoint, outputs, tell=lambda problem: self._screen.say(escape(problem)))
            step.done = "Template deployed"
        with self._screen.step("Creating demo staff") as step:
            staff = kept_users if keep else users.make_users(outputs["StaffPoolId"])
            users.keep(self._directory / "users.json", staff)
            step.done = "Staff kept from the earlier run" if keep else "Demo staff created"
        stack = state.Stack(
            aws_endpoint=endpoint,
            api_url=f"{endpoint}/_aws/execute-api/{outputs['RestAPIId']}/api",
            web_url=f"http://{HOST}:{web_port}",
            region=REGION,
            instance_id=INSTANCE_ID,
            event_source=EVENT_SOURCE,
            outputs=outputs,
            users=staff,
            centre=centre,
            connect_endpoint=connect_endpoint,
            # A Connect that somebody brought has no such door.
            control_key=None if self._settings.connect_endpoint else secrets.token_urlsafe(32),
        )
        with self._screen.step("Starting Connect, pages, clock and traffic") as step:
            self._start_parts(stack, web_port)
            flows = self._settings.traffic and self._settings.connect_endpoint is None
            connect = f"Connect answers on {connect_endpoint}, pages and clock running"
            step.done = f"{connect}, contacts flowing in" if flows else f"{connect}, no traffic"
        self._screen.show(stack, new_users=not keep)
        self._screen.say("Ctrl-C ends it; 'KEEP=1 make run' goes on where this run ended.")

    def watch(self) -> None:
        """Wait until a process ends or a person ends the run; raises ProcessEnded or Stopped."""
        while True:
            # A child's end interrupts the sleep; looking again every second makes up for a lost signal.
            time.sleep(1)
            self._family.check()

    def _start_parts(self, stack: state.Stack, web_port: int) -> None:
        starting = self._directory / "starting.json"
        state.write(starting, stack)
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        arguments = [str(starting)]
        if self._settings.connect_endpoint is None:
            port = str(urlsplit(stack.connect_endpoint).port)
            self._family.start("local Connect", "infra.local.connect", [*arguments, port], environment=environment)
        self._family.start("web server", "infra.local.web", [*arguments, str(web_port)], environment=environment)
        self._family.start("clock", "infra.local.clock", arguments, environment=environment)
        if not wait_until(lambda: self._answers(stack), seconds=30):
            raise CannotRun(
                f"The web server does not answer on {stack.web_url}: see logs/web-server.log in {self._directory}."
            )
        if self._settings.connect_endpoint is None and not wait_until(lambda: self._listens(stack), seconds=30):
            raise CannotRun(
                f"The local Connect does not answer on {stack.connect_endpoint}: see logs/local-Connect.log in {self._directory}."
            )
        state.write(self._stack_file, stack)

    def _own_connect(self) -> str:
        return f"http://{HOST}:{claim(self._settings.connect_port, 'CONNECT_PORT')}"

    def _listens(self, stack: state.Stack) -> bool:
        self._family.check()
        with socket.socket() as probe:
            return probe.connect_ex((HOST, urlsplit(stack.connect_endpoint).port or 0)) == 0

    def _answers(self, stack: state.Stack) -> bool:
        self._family.check()
        try:
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"{stack.web_url}/config.json", timeout=2):
                return True
        except OSError:
            return False

    def _on_child(self, number: int, frame: FrameType | None) -> None:
        self._family.check()


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _lock(path: Path) -> int:
    """Hold the directory; the system lets go when this process ends, however it ends."""
    held = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        holder = os.read(held, 20).decode().strip()
        os.close(held)
        raise CannotRun(
            f"Tsunagu already runs in {path.parent} (process {holder}): end it with Ctrl-C there, or run beside it with 'LOCAL_DIR=.local2 WEB_PORT=0 EMULATOR_PORT=0 CONNECT_PORT=0 make run'."
        ) from problem
    os.ftruncate(held, 0)
    os.pwrite(held, str(os.getpid()).encode(), 0)
    return held


def _ensure_room(directory: Path) -> None:
    free = shutil.disk_usage(directory).free
    if free < ROOM_NEEDED:
        raise CannotRun(
            f"The disk has {free // 1_000_000} MB free and a run needs {ROOM_NEEDED // 1_000_000}: free some space, then run the same command again."
        )


def _words(problem: Exception) -> str:
    if isinstance(problem, CannotRun | NotPackaged | NotDeployed):
        return escape(str(problem))
    if "No space left on device" in str(problem):
        return "The disk is full: free at least 1 GB, then run the same command again."
    return escape(
        f"The local stack failed: {problem}. More is in the local directory under logs/; start again with 'make run'."
    )
