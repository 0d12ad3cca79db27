"""`make disclose CUSTOMER=…`, `make forget CUSTOMER=…`, `make accesses ACCOUNT=…`."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.prompt import Prompt
from rich.table import Table

from chalicelib.contacts.model import ContactId
from chalicelib.problems import Problem
from infra.operations.customers.holdings import ELSEWHERE, HOLDINGS
from infra.operations.customers.request import Desk, Disclosure
from infra.operations.place import NoPlace, find
from infra.operations.progress import counting_bar

PATIENCE = 120
"""Seconds for which `forget` watches folding do its work."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do as told on the command line; 1 when something is left to be done, 2 when nothing could be done."""
    told = _parser().parse_args(arguments)
    console = Console()
    try:
        desk = Desk(find(told.stage))
        if told.request == "accesses":
            return _accesses(desk, told.account, _moment(told.start), _moment(told.end), console)
        found = desk.find(told.customer)
        if not found:
            console.print(
                f"Nothing is held under {told.customer}. Phone numbers are kept as +819012345678, mail addresses as they came.",
                markup=False,
            )
            return 0
        if told.request == "disclose":
            return _disclose(desk, found, Path(told.out), console)
        return _forget(desk, found, told.customer, told.yes, console)
    except (NoPlace, BotoCoreError, ClientError, Problem, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyError as missing:
        print(f"The stack has no output {missing}: deploy this release first.", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="customers", description="What a customer may ask of those who keep their data."
    )
    parser.add_argument("--stage", default="local")
    requests = parser.add_subparsers(dest="request", required=True)
    disclose = requests.add_parser("disclose", help="write all that is held of a customer into a file")
    disclose.add_argument("customer", help="phone number (+81…), mail address or customer id")
    disclose.add_argument("--out", default="disclosure.json")
    forget = requests.add_parser("forget", help="take from every store whom its contacts were about")
    forget.add_argument("customer", help="phone number (+81…), mail address or customer id")
    forget.add_argument("--yes", action="store_true", help="do not ask")
    accesses = requests.add_parser("accesses", help="whose data an account opened")
    accesses.add_argument("account")
    accesses.add_argument("--start", default="")
    accesses.add_argument("--end", default="")
    return parser


def _disclose(desk: Desk, found: Sequence[ContactId], out: Path, console: Console) -> int:
    disclosure = desk.disclose(found, datetime.now(UTC))
    text = json.dumps(disclosure._asdict(), indent=2, ensure_ascii=False, sort_keys=True)
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as written:
        written.write(text + "\n")
    console.print(_report("disclosed", _counts(disclosure)))
    _elsewhere(console)
    console.print(f"Written to {out}, for its owner's eyes only.", markup=False)
    return 0


def _forget(desk: Desk, found: Sequence[ContactId], customer: str, sure: bool, console: Console) -> int:
    console.print(f"{len(found)} contacts are held under {customer}. This cannot be undone.", markup=False)
    if not sure and Prompt.ask("Type the customer once more to forget them") != customer:
        console.print("Nothing was done.")
        return 1
    now = datetime.now(UTC)
    disclosure = desk.disclose(found, now)
    desk.forget(found, now)
    left = _watch(desk, found, console)
    console.print(_report("forgotten", _counts(disclosure)))
    _elsewhere(console)
    if left:
        console.print(
            f"{len(left)} contacts are still to be folded; run this again to see whether they are: {left[:3]}",
            markup=False,
        )
    return 1 if left else 0


def _watch(desk: Desk, found: Sequence[ContactId], console: Console) -> list[ContactId]:
    left, end = list(found), time.monotonic() + PATIENCE
    with counting_bar(console) as bar:
        task = bar.add_task("Forgetting", total=len(found))
        while (left := desk.not_yet_forgotten(left)) and time.monotonic() < end:
            bar.update(task, completed=len(found) - len(left))
            time.sleep(1)
        bar.update(task, completed=len(found) - len(left))
    return left


def _accesses(desk: Desk, account: str, start: datetime | None, end: datetime | None, console: Console) -> int:
    until = end or datetime.now(UTC)
    table = Table("when (UTC)", "what", "contact", "customer", title=f"What {account} opened")
    for each in desk.accesses(account, start or until - timedelta(days=7), until):
        table.add_row(f"{each.at:%Y-%m-%d %H:%M:%S}", each.what, each.contact_id, each.customer or "-")
    console.print(table)
    return 0


def _counts(disclosure: Disclosure) -> dict[str, int]:
    return {"ContactsTable": len(disclosure.contacts), "FactsTable": len(disclosure.facts)}


def _report(deed: str, counts: dict[str, int]) -> Table:
    table = Table("store", "holds", "kept for", "items", deed)
    for store, holding in HOLDINGS.items():
        done = holding.disclosed if deed == "disclosed" else holding.forgotten
        table.add_row(store, holding.holds, holding.kept_for, str(counts.get(store, "")), done)
    return table


def _elsewhere(console: Console) -> None:
    for line in ELSEWHERE:
        console.print(f"* {line}", markup=False)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.astimezone()


if __name__ == "__main__":
    sys.exit(main())
