"""`make traffic SCENARIO=… [DATE=2026-11-16] [SPEED=max|60|1] [SEED=] [CONTACTS=] [AGENTS=]`: plays a day in the centre that runs."""

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from infra.local import state
from infra.local.problems import CannotRun
from infra.local.settings import Settings
from infra.local.traffic.door import PATH
from infra.local.traffic.order import KNOWN
from infra.local.traffic.reading import BadScenario

DONE, FAILED, UNUSABLE, STOPPED = 0, 1, 2, 130
LOOKS = 0.3  # seconds between two looks at how far it is
SAY_EVERY = 10.0  # seconds, where there is no terminal to draw a bar on
Document = dict[str, Any]


class Centre:
    """The local Connect that runs, by its door."""

    def __init__(self, stack: state.Stack) -> None:
        if stack.control_key is None:
            raise CannotRun("This run asks another Connect (CONNECT_ENDPOINT), which has no people: start without it.")
        self._address = stack.connect_endpoint + PATH
        self._key = stack.control_key
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    @classmethod
    def running(cls) -> "Centre":
        """Return the centre that runs in LOCAL_DIR; raises CannotRun."""
        directory = Settings.of(os.environ).directory
        try:
            return cls(state.read(directory / "stack.json"))
        except FileNotFoundError:
            raise CannotRun(f"Nothing runs in {directory}: start it with 'make run', then ask again.") from None

    def begin(self, words: Document) -> Document:
        """Begin a day; raises CannotRun with what is wrong."""
        return self._ask("POST", "", words)

    def progress(self, run: str) -> Document:
        """Return how a day stands."""
        return self._ask("GET", f"/{run}")

    def stop(self, run: str) -> Document:
        """End a day early."""
        return self._ask("DELETE", f"/{run}")

    def _ask(self, method: str, path: str, words: Document | None = None) -> Document:
        body = None if words is None else json.dumps(words).encode()
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        # The address is our own file's, and http.
        request = urllib.request.Request(self._address + path, body, headers, method=method)  # noqa: S310
        try:
            with self._opener.open(request, timeout=30) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as refused:
            raise CannotRun(str(json.loads(refused.read() or b"{}").get("problem", refused))) from refused
        except OSError as problem:
            raise CannotRun(
                f"The local Connect does not answer on {self._address}: does 'make run' still run? ({problem})"
            ) from problem


class Display:
    """A progress bar with rate and remaining time; without a terminal, a line now and then."""

    def __init__(self, console: Console, *, now: Callable[[], float] = time.monotonic) -> None:
        self._console, self._now = console, now
        self._began = self._said = now()
        self._promised = 0
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._day = self.bar.add_task("Playing", total=None, rate="")
        self._way = self.bar.add_task("Delivering", total=None, rate="", visible=False)

    def show(self, known: Document) -> None:
        """Bring it up to date."""
        begins, ends, at = (datetime.fromisoformat(known[name]) for name in ("from", "to", "now"))
        seconds = self._now() - self._began or 1.0
        clock = f"{at.astimezone():%H:%M}, {known['contacts']:,} contacts, {known['contacts'] / seconds:,.0f}/s"
        played = min((at - begins).total_seconds(), (ends - begins).total_seconds())
        self.bar.update(self._day, total=(ends - begins).total_seconds(), completed=played, rate=clock)
        said = clock
        if known["state"] == "delivering":
            self._promised = self._promised or known["undelivered"]
            said = f"{known['undelivered']:,} documents to deliver"
            done = self._promised - known["undelivered"]
            self.bar.update(self._way, total=self._promised, completed=done, rate=said, visible=True)
        if not self._console.is_terminal and self._now() - self._said >= SAY_EVERY:
            self._said = self._now()
            self._console.print(said)


def main(arguments: list[str] | None = None) -> int:
    """Play a day and show how it goes.

    Returns 0 when it is over and delivered, 1 when it failed, 2 when nothing could begin, 130 when somebody stopped it.
    """
    asked = {key: value for key, value in vars(_parser().parse_args(arguments)).items() if value}
    console = Console(highlight=False, soft_wrap=True)
    try:
        centre = Centre.running()
        begun = centre.begin(asked)
    except (CannotRun, BadScenario) as problem:
        console.print(str(problem), markup=False)
        return UNUSABLE
    console.print(f"{begun['title']} ({begun['run']})", markup=False)
    try:
        known = _watched(centre, begun, console)
    except CannotRun as problem:
        console.print(str(problem), markup=False)
        return FAILED
    if known["state"] == "failed":
        console.print(f"It failed: {known['problem']}. More is in logs/local-Connect.log.", markup=False)
        return FAILED
    how = "Stopped." if known["stopped"] else "Over."
    console.print(f"{how} {known['came']:,} came, {known['over']:,} contacts, every document delivered.")
    console.print(f"What truly happened: {known['ledger']}", markup=False)
    return STOPPED if known["stopped"] else DONE


def _watched(centre: Centre, begun: Document, console: Console) -> Document:
    """Return how it stands in the end. Ctrl-C ends the day, and waits until it has; a second one waits no longer."""
    display, known, stops = Display(console), begun, False
    with display.bar:
        while known["state"] in ("playing", "delivering"):
            try:
                display.show(known)
                time.sleep(LOOKS)
                known = centre.progress(begun["run"])
            except KeyboardInterrupt:
                if stops:
                    return {**known, "stopped": True}
                stops = True
                centre.stop(begun["run"])
                console.print("Everybody goes home; what was said so far is still delivered.")
    return known


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="infra.local.traffic", description="Play a day in the centre that runs.")
    for name in KNOWN:
        parser.add_argument(f"--{name}", default="")
    return parser


if __name__ == "__main__":
    sys.exit(main())
