"""`make accounts FILE=members.jsonl [STAGE=local]`: bring a member file in, and say what became of it."""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from chalicelib.accounts.model.imports import Import, Problem, State
from infra.operations.accounts.bringing import Bringing, Stuck, Upload
from infra.operations.accounts.rows import BadFile
from infra.operations.place import NoPlace, find
from infra.operations.progress import counting_bar
from infra.operations.replay.__main__ import Clock

DONE, REFUSED, UNUSABLE, UNFINISHED, STOPPED = 0, 1, 2, 3, 130
SHOWN = 20
"""Problems that are listed; all of them are in the file beside."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Bring a file in.

    Returns 0 when all of it is in, 1 when lines were refused, 2 when nothing could begin, 3 when it failed or stopped moving,
    130 when somebody stopped watching.
    """
    asked = _parser().parse_args(arguments)
    console = Console(highlight=False, soft_wrap=True)
    try:
        if not asked.file:
            raise BadFile("Name the file: make accounts FILE=members.jsonl.")  # noqa: TRY301
        upload = Upload.of(Path(asked.file), datetime.now(UTC))
        bringing = Bringing(find(asked.stage), clock=Clock())
    except (BadFile, NoPlace) as problem:
        console.print(str(problem), markup=False)
        return UNUSABLE
    try:
        return _bring(bringing, upload, console)
    except KeyboardInterrupt:
        console.print(
            "Nobody watches any longer. What was sent is brought in all the same; sending it again harms nothing."
        )
        return STOPPED
    except (Stuck, Boto3Error, BotoCoreError, ClientError) as problem:
        console.print(f"{problem} Sending the file again harms nothing.", markup=False)
        return UNFINISHED
    except KeyError as missing:
        console.print(f"The stack has no output {missing}: deploy this release first.", markup=False)
        return UNUSABLE


def _bring(bringing: Bringing, upload: Upload, console: Console) -> int:
    with counting_bar(console) as bar:
        sending = bar.add_task("Sending, bytes", total=upload.bytes)
        bringing.send(upload, show=lambda sent: bar.advance(sending, sent))
        taking = bar.add_task("Bringing in, slices", total=None)
        for whole in bringing.watch(upload):
            bar.update(taking, total=whole.slices, completed=whole.slices_done)
    for line in _said(whole):
        console.print(line, markup=False)
    if whole.state is State.FAILED:
        return UNFINISHED
    if not whole.counts.refused:
        return DONE
    problems = bringing.problems(upload)
    beside = upload.path.with_name(f"{upload.path.name}.problems")
    beside.write_text("".join(f"{problem.text()}\n" for problem in problems))
    for line in _table(problems):
        console.print(line, markup=False)
    console.print(f"Refused lines and their reasons: {beside}", markup=False)
    return REFUSED


def _said(whole: Import) -> list[str]:
    counts = whole.counts
    known = counts.members + counts.withdrawals - counts.written - counts.older
    return [
        *([f"The import failed: {whole.why}"] if whole.why else []),
        f"{counts.lines:>12,} lines",
        f"{counts.members:>12,} members",
        f"{counts.withdrawals:>12,} withdrawals",
        f"{counts.written:>12,} of them changed something",
        f"{known:>12,} were known already",
        f"{counts.older:>12,} were older than what is known",
        f"{counts.refused:>12,} refused",
    ]


def _table(problems: Sequence[Problem]) -> list[str]:
    kinds = Counter(f"{problem.field} {problem.reason}" for problem in problems)
    listed = [f"{count:>16,}  {kind}" for kind, count in kinds.most_common(SHOWN)]
    return [*listed, *(f"{'':16}  line {each.line}: {each.field} {each.reason}" for each in problems[:SHOWN])]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make accounts", description="Bring members in; see docs/accounts.md.")
    parser.add_argument("file", help="a member file, as `make card-tokens` makes it")
    parser.add_argument("--stage", default="local", help="local, or a stage on AWS")
    return parser


if __name__ == "__main__":
    sys.exit(main())
