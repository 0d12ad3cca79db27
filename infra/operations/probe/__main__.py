"""`make probe INSTANCE=… [FLOW=…] [STAGE=prod]`: where does a real instance differ from the local Connect?"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table

from chalicelib.contacts.model import ContactId
from infra.local import settings, state
from infra.local.connect.template import WITHOUT_CARDS, Template
from infra.operations.place import NoPlace, find
from infra.operations.probe.open_points import OPEN_POINTS, Evidence
from infra.operations.probe.script import READING, REFUSALS, TEST_CONTACT, Known, ask_all
from infra.operations.probe.shapes import Difference, Shape, differences, shape_of, together
from infra.operations.probe.told import documents_of

SAME, DIFFERENT, UNUSABLE = 0, 1, 2
GENTLE = Config(retries={"mode": "standard", "max_attempts": 8})
"""Connect allows two calls a second of most kinds, to everybody in the account together."""

TASKS = "Task"
"""The flow of the local instance that a test contact enters."""

Teller = Callable[[ContactId], Mapping[str, Sequence[Any]]]


def observe(connect: Any, instance_id: str, *, flow_id: str | None, told: Teller) -> Evidence:
    """Put the script's questions to one instance and read what it told of the test contact."""
    known = Known(instance_id=instance_id, ids={"flow": flow_id} if flow_id else {}, counts={})
    answers = ask_all(connect, known, (*READING, *REFUSALS, *TEST_CONTACT))
    shapes = {name: shape_of(answer.document) for name, answer in answers.items() if answer.document is not None}
    if "contact" in known.ids:
        for kind, documents in told(ContactId(known.ids["contact"])).items():
            shapes[kind] = together(map(shape_of, documents))
    errors = {name: answer.error for name, answer in answers.items() if answer.error is not None}
    return Evidence(shapes=shapes, errors=errors, counts=known.counts)


def compared(instance: Evidence, local: Evidence) -> dict[str, list[Difference]]:
    """Return the differences by what was asked or told, where both were heard; an error counts as a shape of its own."""
    found: dict[str, list[Difference]] = {}
    for name in sorted({*instance.shapes, *instance.errors} & {*local.shapes, *local.errors}):
        if different := differences(_seen(instance, name), _seen(local, name)):
            found[name] = different
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Probe as told on the command line: 0 when both are alike, 1 when they differ, 2 when nothing could be asked."""
    told = _parser().parse_args(arguments)
    console = Console()
    try:
        local = _observe_local()
        there = find(told.stage) if told.stage else None
        instance = observe(
            boto3.client("connect", config=GENTLE),
            told.instance,
            flow_id=told.flow or None,
            told=lambda contact_id: documents_of(there, contact_id) if there else {},
        )
    except (NoPlace, BotoCoreError, ClientError) as problem:
        print(problem, file=sys.stderr)
        return UNUSABLE
    found = compared(instance, local)
    told.out.write_text(json.dumps(_report(instance, local, found), indent=1, sort_keys=True))
    _show(console, instance, found)
    console.print(f"Every shape, and no value, is in {told.out}.", markup=False)
    return DIFFERENT if found else SAME


def _observe_local() -> Evidence:
    here = find(settings.STAGE)
    running = state.read(settings.Settings.of(os.environ).directory / "stack.json")
    if running.connect_endpoint is None:
        raise NoPlace("The centre on this machine runs without a Connect: start it again with `make run`.")
    connect = here.session.client("connect", endpoint_url=running.connect_endpoint, config=GENTLE)
    return observe(
        connect,
        running.instance_id,
        flow_id=next(
            flow.id for flow in Template.of_file(parameters=WITHOUT_CARDS).flows.values() if flow.name == TASKS
        ),
        told=lambda contact_id: documents_of(here, contact_id),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make probe", description="Where does an instance differ from the local Connect?"
    )
    parser.add_argument("instance", help="id or ARN of an instance of your own")
    parser.add_argument(
        "--flow", default="", help="id of a flow that lets a task end; without it no test contact is begun"
    )
    parser.add_argument("--stage", default="", help="the stage whose pipeline hears of the instance's contacts")
    parser.add_argument("--out", type=Path, default=Path("probe.json"), help="the file for the report")
    return parser


def _seen(evidence: Evidence, name: str) -> Shape:
    return evidence.shapes.get(name) or {"(error)": frozenset({evidence.errors[name]})}


def _report(instance: Evidence, local: Evidence, found: Mapping[str, Sequence[Difference]]) -> dict[str, Any]:
    def plain(evidence: Evidence) -> dict[str, Any]:
        return {name: {path: sorted(kinds) for path, kinds in shape.items()} for name, shape in evidence.shapes.items()}

    return {
        "instance": plain(instance),
        "local": plain(local),
        "errors": {"instance": dict(instance.errors), "local": dict(local.errors)},
        "differences": {name: [each.path for each in different] for name, different in found.items()},
        "open points": {point.question: point.read(instance) for point in OPEN_POINTS},
    }


def _show(console: Console, instance: Evidence, found: Mapping[str, Sequence[Difference]]) -> None:
    table = Table("asked or told", "member", "the instance", "the local Connect", title="Where they differ")
    for name, different in found.items():
        for each in different:
            table.add_row(name, each.path, _words(each.instance), _words(each.local))
    console.print(table if found else "No difference was seen.")
    points = Table("open point", "assumed", "seen", title="What the documents leave open")
    for point in OPEN_POINTS:
        points.add_row(point.question, point.assumed, point.read(instance) or "not to be seen by a probe")
    console.print(points)


def _words(kinds: frozenset[str]) -> str:
    return ", ".join(sorted(kinds)) or "absent"


if __name__ == "__main__":
    sys.exit(main())
