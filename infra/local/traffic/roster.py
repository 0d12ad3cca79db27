"""Who works when, and where: a plan for each agent, made before the day begins."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import NamedTuple

from infra.local.connect.instance import Instance, User
from infra.local.connect.intrinsics import USER, arn_of, id_of
from infra.local.traffic.reading import BadScenario
from infra.local.traffic.scenario import Scenario, Shift

Span = tuple[float, float]
"""From when until when, in seconds since the midnight at which the day begins."""


class Break(NamedTuple):
    """A pause of one agent: into which status, when, for how many seconds."""

    status_id: str
    at: float
    seconds: float


class Plan(NamedTuple):
    """One agent's day. `offline` are the stretches in which there is no network; `stays` tells that nobody comes after."""

    user_id: str
    home: bool
    begins: float
    ends: float
    stays: bool
    breaks: tuple[Break, ...]
    offline: tuple[Span, ...]


def plans(scenario: Scenario, user_ids: Sequence[str], instance: Instance, seed: int) -> list[Plan]:
    """Return the plan of each of these agents; raises BadScenario for a pause in a status that the instance has not."""
    dice = Random(f"{seed} roster")
    homes = dice.sample(user_ids, round(scenario.home * len(user_ids)))
    last = max(shift.ends for shift in scenario.shifts)
    offline: dict[str, list[Span]] = {}
    for loss in scenario.losses:
        for user_id in dice.sample(homes, round(loss.share * len(homes))):
            offline.setdefault(user_id, []).append(
                (loss.begins + dice.uniform(0, loss.spread), loss.ends + dice.uniform(0, loss.spread))
            )
    found = []
    for user_id, shift in zip(user_ids, _shifts(scenario, len(user_ids)), strict=True):
        breaks = tuple(
            Break(_status(scenario, instance, each.status), dice.uniform(each.earliest, each.latest), each.seconds)
            for each in shift.pauses
        )
        found.append(
            Plan(
                user_id=user_id,
                home=user_id in homes,
                begins=shift.begins,
                ends=shift.ends,
                stays=shift.ends == last,
                breaks=breaks,
                offline=tuple(offline.get(user_id, ())),
            )
        )
    return found


def staffed(instance: Instance, number: int) -> tuple[Instance, list[str]]:
    """Return the instance with so many more users of the same kind, half of them in each site, and their ids.

    They are others than those of the template, whose states somebody may be looking at.
    """
    kinds: dict[str, User] = {}
    for user in instance.users.values():
        profile = instance.routing_profiles[user.routing_profile_id]
        if user.hierarchy and profile.queues:
            kinds.setdefault(user.hierarchy[0].id, user)
    like = list(kinds.values())
    users = [_user(like[place % len(like)], place + 1) for place in range(number)]
    return replace(instance, users={**instance.users, **{each.id: each for each in users}}), [each.id for each in users]


def _user(like: User, number: int) -> User:
    name = f"traffic.agent.{number:02}"
    return replace(
        like, id=id_of(name), arn=arn_of(USER, name), name=name, first_name="Agent", last_name=f"{number:02}"
    )


def _shifts(scenario: Scenario, number: int) -> list[Shift]:
    """Return a shift for each agent, so that every beginning of the list is shared out by weight as well as whole agents can be."""
    given = [0] * len(scenario.shifts)
    total = sum(each.weight for each in scenario.shifts)
    if total <= 0:
        raise BadScenario(f"{scenario.name}.toml: every shift has weight 0: write a number above 0 for one of them.")
    chosen = []
    for place in range(number):
        lacking = [(place + 1) * each.weight / total - had for each, had in zip(scenario.shifts, given, strict=True)]
        best = lacking.index(max(lacking))
        given[best] += 1
        chosen.append(scenario.shifts[best])
    return chosen


def _status(scenario: Scenario, instance: Instance, name: str) -> str:
    custom = {each.name: each.id for each in instance.statuses.values() if each.type == "CUSTOM"}
    if name not in custom:
        raise BadScenario(
            f"{scenario.name}.toml: a pause in the status {name!r}, which the instance has not: write {' or '.join(custom)}."
        )
    return custom[name]
