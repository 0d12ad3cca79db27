"""`make replay FILE=calls.csv ZONE=Asia/Tokyo [STAGE=local] [ENCODING=utf-8]`."""

import argparse
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from chalicelib.problems import TryAgain
from chalicelib.routing.store import DynamoDirectoryBook
from infra.operations.patience import Busy
from infra.operations.place import NoPlace, Place, find
from infra.operations.replay.books import Books
from infra.operations.replay.call_log import Names
from infra.operations.replay.files import BadFile, History, RefusedLines, Survey
from infra.operations.replay.report import Report
from infra.operations.replay.running import Reading, Replay, documents_of
from infra.operations.replay.sending import Sender

DONE, REFUSED, UNUSABLE, UNFINISHED, STOPPED = 0, 1, 2, 3, 130
GOES_ON = "The same command goes on from here; nothing will be doubled."
SAY_EVERY = 10.0  # seconds, where there is no terminal to draw a bar on


class Clock:
    """Real time."""

    def now(self) -> float:
        """Return seconds that only go forward."""
        return time.monotonic()

    def pause(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class Display:
    """A progress bar with rate and remaining time; without a terminal, a line now and then."""

    def __init__(
        self, console: Console, report: Report, lines: int, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._report = report
        self._lines = lines
        self._now = now
        self._began = self._said = now()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
            get_time=now,
        )
        self._task = self._bar.add_task("Replaying", total=lines, rate="")

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the bar as long as this lasts."""
        with self._bar:
            yield

    def show(self) -> None:
        """Bring it up to date."""
        report = self._report
        done = report.lines_done + report.repeated + report.refused.total()
        now = self._now()
        rate = done / (now - self._began or 1)
        self._bar.update(self._task, completed=done, rate=f"{rate:,.0f} rows/s")
        if not self._console.is_terminal and now - self._said >= SAY_EVERY:
            self._said = now
            left = f"about {max(self._lines - done, 0) / rate:,.0f} s left" if rate else "nothing arrived yet"
            self._console.print(f"{done:,} of about {self._lines:,} rows, {rate:,.0f} rows/s, {left}")


def main(arguments: list[str] | None = None) -> int:
    """Replay a file and say how it went.

    Returns 0 when all of it is in, 1 when rows were refused, 2 when nothing could begin, 3 when something is not
    applied yet, 130 when somebody stopped it.
    """
    asked = _parser().parse_args(arguments)
    console = Console(highlight=False, soft_wrap=True)
    try:
        zone = _zone(asked.zone)
        if not asked.file:
            raise BadFile("Name the file: make replay FILE=calls.csv ZONE=Asia/Tokyo.")  # noqa: TRY301
        place = find(asked.stage)
        history = History(Path(asked.file), asked.encoding)
        return _replay(history, history.survey(), place, zone, console)
    except (BadFile, NoPlace) as problem:
        console.print(str(problem), markup=False)
        return UNUSABLE
    except OSError as problem:
        console.print(f"The file for refused rows cannot be made anew: {problem}", markup=False)
        return UNUSABLE


def _replay(history: History, survey: Survey, place: Place, zone: ZoneInfo, console: Console) -> int:
    report, clock = Report(), Clock()
    beside = RefusedLines(history.path, history.columns, is_call_log=survey.is_call_log)
    display = Display(console, report, survey.lines)
    sender = Sender(place, pause=clock.pause)
    replay = Replay(sender, Books(place, pause=clock.pause), report, clock=clock, show=display.show)
    code, words = UNFINISHED, ""
    try:
        names = Names(DynamoDirectoryBook(place.client("dynamodb"), place.outputs["DirectoryTable"]).all())
        documents = documents_of(
            history,
            is_call_log=survey.is_call_log,
            reading=Reading(report, refuse=beside.write),
            zone=zone,
            names=names,
            sender=sender,
            source=place.event_source,
        )
        with display.shown():
            replay.run(documents)
            display.show()
        code, words = _ending(report)
    except KeyboardInterrupt:
        code, words = STOPPED, f"Stopped. {GOES_ON}"
    except (Busy, TryAgain, BotoCoreError, ClientError) as problem:
        words = f"The centre does not answer: {problem} {GOES_ON}"
    except (BadFile, OSError, sqlite3.Error) as problem:
        words = f"This machine is in the way: {problem} {GOES_ON}"
    finally:
        beside.close()
    _say(console, history, report, beside, words)
    return code


def _ending(report: Report) -> tuple[int, str]:
    if report.missing:
        return UNFINISHED, (
            "Nothing has moved for a while. Look at the alarms and at the parked and dead-letter queues "
            "(docs/operations.md); the same command looks again and sends what is not there."
        )
    follow = "Figures follow within a minute or two: GET /quality."
    return (REFUSED if report.refused else DONE), follow


def _say(console: Console, history: History, report: Report, beside: RefusedLines, words: str) -> None:
    console.print(f"{history.path}:", markup=False)
    for line in report.lines():
        console.print(line, markup=False)
    if report.refused:
        console.print(f"Refused rows and their reasons: {beside.path}", markup=False)
    console.print(words, markup=False)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise BadFile(
            f"ZONE={name} is no time zone: name the one whose clocks the file was written by, such as ZONE=Asia/Tokyo."
        ) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make replay", description="Bring history in; see docs/history.md.")
    parser.add_argument(
        "file", help="a call log (CSV), or contact events, contact records or agent events (JSON lines)"
    )
    parser.add_argument("--zone", required=True, help="IANA name of the zone of times without an offset")
    parser.add_argument("--stage", default="local", help="local, or a stage on AWS")
    parser.add_argument("--encoding", default="utf-8", help="of the file's text, such as cp932")
    return parser


if __name__ == "__main__":
    sys.exit(main())
