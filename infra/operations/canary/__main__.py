"""`make canary [STAGE=…] [CALLS=…]`: plant card numbers that are nobody's, search everything for them, write down what was seen."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape

from infra.local import state
from infra.local.settings import STAGE, Settings
from infra.operations.canary.numbers import Planting, marks_of, planting
from infra.operations.canary.planting import CannotPlant, Planted, plant
from infra.operations.canary.searching import Search, search
from infra.operations.place import NoPlace, Place, find

CLEAN, FOUND, UNUSABLE, STOPPED = 0, 1, 2, 130
SETTLE_SECONDS = 20
"""How long what was planted takes to arrive wherever it goes: events, records, folding, logs."""
DRAWS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant, search and write the evidence; 1 when a number was found, 2 when the search could not be made, 130 when stopped."""
    parser = argparse.ArgumentParser(
        prog="make canary", description="Search a centre for card numbers it must not keep."
    )
    parser.add_argument("--stage", default=STAGE)
    parser.add_argument("--calls", type=int, default=12, help="how many callers key numbers")
    parser.add_argument("--out", type=Path, default=Path("out/canary"))
    told = parser.parse_args(arguments)
    console = Console()
    try:
        place = find(told.stage)
        began = datetime.now(UTC)
        around = _Around.of(place, told.stage)
        drawn = _unheard_of(place, around, began, console)
        planted = _planted(told.stage, around, drawn, told.calls, console)
        console.print(
            f"{planted.entries} entries keyed. Waiting {SETTLE_SECONDS} s until they have gone wherever they go."
        )
        asyncio.run(asyncio.sleep(SETTLE_SECONDS))
        seen = _searched(place, around, drawn, planted, began, console)
        evidence = _written(told.out, told.stage, began, planted, seen)
    except (NoPlace, CannotPlant, BotoCoreError, ClientError) as problem:
        print(problem, file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        console.print("Stopped; nothing is left behind but calls of callers who do not exist.")
        return STOPPED
    _say(seen, evidence, console)
    return FOUND if seen.findings else CLEAN


class _Around:
    """What there is beside a stage's stack: its Connect, and on this machine its directory and its pages."""

    def __init__(self, connect: Any, instance_id: str, directory: Path | None, web_url: str | None) -> None:
        self.connect, self.instance_id, self.directory, self.web_url = connect, instance_id, directory, web_url

    @classmethod
    def of(cls, place: Place, stage: str) -> "_Around":
        if stage != STAGE:
            [stack] = place.client("cloudformation").describe_stacks(StackName=f"tsunagu-{stage}")["Stacks"]
            given = {each["ParameterKey"]: each.get("ParameterValue", "") for each in stack.get("Parameters", [])}
            instance_id = given.get("ConnectInstanceId", "")
            return cls(place.client("connect") if instance_id else None, instance_id, None, None)
        directory = Settings.of(os.environ).directory
        running = state.read(directory / "stack.json")
        connect = place.session.client("connect", endpoint_url=running.connect_endpoint)
        return cls(connect, running.instance_id, directory, running.web_url)


def _unheard_of(place: Place, around: _Around, began: datetime, console: Console) -> Planting:
    """Return a planting of which nothing is there yet: a run of digits that stands somewhere by chance would be found afterwards."""
    for _ in range(DRAWS):
        drawn = planting()
        console.print("Looking whether the numbers are new here.")
        if not search(place, marks_of([], drawn.shared), since=began, directory=around.directory).findings:
            return drawn
    raise CannotPlant("Whatever numbers are drawn, parts of them stand here already: is this search itself recorded?")


def _planted(stage: str, around: _Around, drawn: Planting, calls: int, console: Console) -> Planted:
    if around.web_url is not None:
        console.print(f"{calls} callers key card numbers, well and badly; that takes a minute or two.")
        return asyncio.run(plant(around.web_url, drawn.numbers(), calls=calls))
    numbers = _one_by_one(drawn.numbers(), console)
    ids = input("The ids of the contacts, if you have them at hand, with spaces between: ").split()
    return Planted(contact_ids=tuple(ids), entries=len(numbers), numbers=tuple(numbers))


def _one_by_one(numbers: Iterator[str], console: Console) -> list[str]:
    """Let a person key numbers on a telephone, since no program can dial into an instance; return those keyed."""
    keyed: list[str] = []
    for number in numbers:
        console.print(
            f"Call the centre, choose what asks for a card number, and key [bold]{number}[/]. It is nobody's."
        )
        keyed.append(number)
        if input("Enter for another number, s and Enter to search now: ").strip().lower() == "s":
            break
    return keyed


def _searched(
    place: Place, around: _Around, drawn: Planting, planted: Planted, began: datetime, console: Console
) -> Search:
    with console.status("Searching") as status:
        return search(
            place,
            marks_of(list(planted.numbers), drawn.shared),
            since=began,
            directory=around.directory,
            connect=around.connect,
            instance_id=around.instance_id,
            contact_ids=list(planted.contact_ids),
            looked_at=lambda name: status.update(f"Searching {escape(name)}"),
        )


def _written(out: Path, stage: str, began: datetime, planted: Planted, seen: Search) -> Path:
    """Write what was seen, without any number, and return where."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{stage}-{began:%Y-%m-%dT%H-%M-%S}Z.json"
    document = {
        "stage": stage,
        "began": began.isoformat(timespec="seconds"),
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
        "planted": {
            "by": "phone",
            "entries": planted.entries,
            "numbers": len(planted.numbers),
            "contacts": planted.contact_ids,
        },
        "searched": [each._asdict() for each in seen.stores],
        "found": [each._asdict() for each in seen.findings],
    }
    path.write_text(json.dumps(document, indent=2))
    return path


def _say(seen: Search, evidence: Path, console: Console) -> None:
    size = sum(store.size for store in seen.stores)
    items = sum(store.items for store in seen.stores)
    for store in seen.stores:
        if store.left_out:
            console.print(f"Not looked at: {store.name}: {store.left_out}.", markup=False)
    for finding in seen.findings:
        console.print(f"[red]FOUND[/] in {escape(finding.store)}, {escape(finding.name)}: {', '.join(finding.ways)}")
    word = f"[red]{len(seen.findings)} places show a number[/]" if seen.findings else "[green]No number anywhere[/]"
    console.print(
        f"{word} in {items:,} things of {len(seen.stores)} stores, {size / 1e6:,.1f} MB. Evidence: {evidence}"
    )


if __name__ == "__main__":
    sys.exit(main())
