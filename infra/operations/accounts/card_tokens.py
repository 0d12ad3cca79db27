"""`make card-tokens FILE=members.csv OUT=members.jsonl [STAGE=local] [KEYS=] [ENCODING=utf-8] [PER_SECOND=2000] [FORM=dynamodb]`.

It runs inside the card system, with the rights of whoever runs it: `kms:GenerateMac` on the key is enough where KEYS names it.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from chalicelib.accounts.vault import KmsTokens, keys_by_version
from chalicelib.problems import TryAgain
from chalicelib.settings import Misconfigured
from infra.operations.accounts.first_load import write_parts
from infra.operations.accounts.making import Making, MemberFile
from infra.operations.accounts.rows import BadFile, Rows
from infra.operations.place import PATIENT, NoPlace, Place, find
from infra.operations.replay.__main__ import Clock

DONE, REFUSED, UNUSABLE, UNFINISHED, STOPPED = 0, 1, 2, 3, 130
GOES_ON = "The same command goes on from here."


class Keys:
    """The keys of tokens: named by who asks, or those of a centre."""

    def __init__(self, told: str, stage: str) -> None:
        place = None if told else find(stage)
        self.by_version = keys_by_version(told or _told_by(place))
        self._place = place

    @property
    def newest(self) -> int:
        """The version under which tokens are made."""
        return max(self.by_version)

    @cached_property
    def kms(self) -> Any:
        """A client of KMS, which may be asked from several threads."""
        return self._place.client("kms") if self._place else boto3.session.Session().client("kms", config=PATIENT)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make a member file.

    Returns 0 when all rows are in it, 1 when rows were refused, 2 when nothing could begin, 3 when it broke off, 130 when
    somebody stopped it.
    """
    asked = _parser().parse_args(arguments)
    console = Console(highlight=False, soft_wrap=True)
    try:
        if not asked.file or not asked.out:
            raise BadFile("Name both files: make card-tokens FILE=members.csv OUT=members.jsonl.")  # noqa: TRY301
        keys = Keys(asked.keys, asked.stage)
        return _make(asked, keys, console)
    except (BadFile, NoPlace, Misconfigured) as problem:
        console.print(str(problem), markup=False)
        return UNUSABLE
    except KeyboardInterrupt:
        console.print(f"Stopped. {GOES_ON}")
        return STOPPED
    except (TryAgain, BotoCoreError, ClientError) as problem:
        console.print(f"KMS does not answer: {problem} {GOES_ON}", markup=False)
        return UNFINISHED
    except OSError as problem:
        console.print(f"This machine is in the way: {problem.strerror} {GOES_ON}", markup=False)
        return UNFINISHED


def _make(asked: argparse.Namespace, keys: Keys, console: Console) -> int:
    now, out = datetime.now(UTC), Path(asked.out)
    tokens = KmsTokens(lambda: keys.kms, keys.by_version)
    made = Making(tokens, keys.newest, per_second=asked.per_second, clock=Clock(), now=now)
    file = MemberFile(out)
    with _counting(console) as bar:
        task = bar.add_task("rows", total=None)
        place = made.run(
            Rows(Path(asked.file), asked.encoding), file, show=lambda place: bar.update(task, completed=place.rows)
        )
    console.print(f"{place.rows:>12,} rows, {place.tokens:,} tokens of key version {keys.newest}")
    console.print(f"{place.refused:>12,} refused")
    if asked.form == "dynamodb":
        parts = out.with_name(f"{out.name}.dynamodb")
        written = write_parts(out, parts, now=now)
        console.print(
            f"{written.accounts:>12,} accounts and {written.tokens:,} tokens for DynamoDB's import: {parts}",
            markup=False,
        )
        console.print(f"{written.left_out:>12,} rows left out, since another row of the same account counts")
    console.print(f"Written to {out}, for its owner's eyes only.", markup=False)
    if place.refused:
        console.print(f"Refused rows by line, and why: {file.problems}", markup=False)
    return REFUSED if place.refused else DONE


def _counting(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(), TextColumn("{task.completed:,.0f} {task.description}"), TimeElapsedColumn(), console=console
    )


def _told_by(place: Place | None) -> str:
    told = place.outputs.get("CardTokenKeys") if place else None
    if not told:
        raise NoPlace(
            "The stack names no key of card tokens: deploy this release first, or name the key by KEYS=1=<ARN>."
        )
    return told


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make card-tokens", description="Make a member file; see docs/accounts.md.")
    parser.add_argument("file", help="rows of the card system, as comma-separated values")
    parser.add_argument("out", help="the member file to make")
    parser.add_argument("--stage", default="local", help="whose key: local, or a stage on AWS")
    parser.add_argument("--keys", default="", help="the key itself, as 1=<ARN>, where the stack may not be asked")
    parser.add_argument("--encoding", default="utf-8", help="of the rows, such as cp932")
    parser.add_argument("--per-second", type=float, default=2_000.0, help="tokens a second at most")
    parser.add_argument(
        "--form", choices=("lines", "dynamodb"), default="lines", help="dynamodb: for a first load, too"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
