"""The pipeline agrees with the ledger, whatever is lost of the events, comes twice or out of order, once the records are in."""

import json
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from chalicelib.contacts.model import Contact, ContactId, Fact, read_event, read_record
from chalicelib.quality.model import By, Interval, Step, rates, recount, review, share_of
from infra.local.connect.centre import Centre
from tests.operations.counting import count_call_log
from tests.traffic.counting import Figures, Key, count_ledger
from tests.traffic.town import PlayedDay, instance

THRESHOLDS = {name: queue.service_level_seconds or 20 for name, queue in Centre.of_file().queues.items()}


def told(day: PlayedDay, luck: Random) -> list[Fact]:
    """Return what reaches us: half of the events, some of them and of the records twice, in any order."""
    events = [json.dumps({"time": "2026-11-18T00:00:00Z", "detail": each}) for each in day.town.events]
    bodies: list[tuple[Any, str]] = [(read_event, each) for each in events if luck.random() < 0.5]
    bodies += [(read_record, json.dumps(each)) for each in day.town.records]
    bodies += luck.sample(bodies, len(bodies) // 5)
    luck.shuffle(bodies)
    return [fact for read, body in bodies for fact in read(body)]


def figures(facts: list[Fact], by: By, names: dict[str, str]) -> dict[Key, Figures]:
    """Return what the rules of the centre make of these facts."""
    of: dict[ContactId, list[Fact]] = {}
    for fact in facts:
        of.setdefault(fact.contact_id, []).append(fact)
    shares = [share for each, said in of.items() if (share := share_of(Contact.of(each, said)))]
    intervals: list[Interval] = []
    for cell in {share.cell for share in shares}:
        there = [share for share in shares if share.cell == cell]
        intervals += recount(cell, there, [], THRESHOLDS.get(names.get(cell.queue_id, ""), 20))
    rows = review(intervals, step=Step.QUARTER, by=by, zone=datetime.now().astimezone().tzinfo)  # type: ignore[arg-type]
    return {(names.get(row.key, row.key), row.start): rates(row.figures) for row in rows}


@pytest.mark.parametrize("scenario", ["ordinary-day", "outage", "homes-without-network"])
def test_every_figure_equals_the_ledger_s_count(tmp_path: Path, scenario: str) -> None:
    day = PlayedDay(tmp_path / "ledger.csv", scenario, contacts=400, agents=14, seed=3).play()
    text = day.ledger.path.read_text()
    centre = instance()
    names = {each.id: each.name for each in (*centre.queues.values(), *centre.groups.values())}
    facts = told(day, Random(5))
    for by in By:
        truth = count_ledger(text, by.value, THRESHOLDS)
        assert len(truth) > 20
        assert figures(facts, by, names) == truth


def test_the_ledger_is_a_call_log_and_counted_as_one_says_the_same(tmp_path: Path) -> None:
    day = PlayedDay(tmp_path / "ledger.csv", contacts=400, agents=14, seed=3).play()
    text = day.ledger.path.read_text()
    as_log, ours = count_call_log(text), count_ledger(text, "queue", THRESHOLDS)
    for figure in ("answered", "abandoned"):
        summed = sum(each[figure] or 0 for each in ours.values())
        assert sum(count for (_, _, name), count in as_log.items() if name == figure) == summed > 0
