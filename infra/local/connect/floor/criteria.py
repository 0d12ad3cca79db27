"""Routing criteria: which agents a waiting contact asks for, step by step, less choosy as time passes.

Format: `RoutingCriteria` of UpdateContactRoutingData and of the flow language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from infra.local.connect.floor.problems import InvalidRequest
from infra.local.connect.instance import User

MOST_STEPS = 5


class Step(NamedTuple):
    """One step: an expression, and how many seconds it holds; None for as long as it takes."""

    expression: Mapping[str, Any]
    seconds: int | None = None


@dataclass(slots=True)
class Criteria:
    """The steps of one contact. `index` is that of the current step; past the last one, any agent will do."""

    steps: tuple[Step, ...]
    index: int = 0
    activated_at: datetime | None = None
    step_began_at: datetime | None = None
    joined: bool = False

    def start(self, now: datetime) -> None:
        """Begin with the first step."""
        self.activated_at = self.step_began_at = now

    def expire(self, now: datetime) -> None:
        """Go on to the next step."""
        self.index += 1
        self.step_began_at = now

    @property
    def expires_at(self) -> datetime | None:
        """When the current step gives way to the next, if ever."""
        if self.step_began_at is None or self.index >= len(self.steps):
            return None
        seconds = self.steps[self.index].seconds
        return None if seconds is None else self.step_began_at + timedelta(seconds=seconds)

    def suits(self, user: User) -> bool:
        """Whether an agent is among those asked for now."""
        return self.index >= len(self.steps) or matches(self.steps[self.index].expression, user)

    def status(self, number: int) -> str:
        """Return the status of a step as documents name it."""
        if self.activated_at is None or number > self.index:
            return "INACTIVE"
        if number < self.index:
            return "EXPIRED"
        return "JOINED" if self.joined else "ACTIVE"


def criteria_of(steps: Sequence[Mapping[str, Any]]) -> Criteria:
    """Return criteria for `Steps` as the language and the API write them; raises InvalidRequest for what they cannot say."""
    if not 1 <= len(steps) <= MOST_STEPS:
        raise InvalidRequest(f"routing criteria have one to {MOST_STEPS} steps, not {len(steps)}")
    return Criteria(steps=tuple(_step(each) for each in steps))


def matches(expression: Mapping[str, Any], user: User) -> bool:
    """Whether an agent fulfils an expression."""
    if (both := expression.get("AndExpression")) is not None:
        return all(matches(each, user) for each in both)
    if (either := expression.get("OrExpression")) is not None:
        return any(matches(each, user) for each in either)
    if (unwanted := expression.get("NotAttributeCondition")) is not None:
        return not _fulfils(unwanted, user)
    return _fulfils(expression["AttributeCondition"], user)


def _fulfils(condition: Mapping[str, Any], user: User) -> bool:
    if condition.get("ComparisonOperator") == "Match":
        wanted = condition["MatchCriteria"]["AgentsCriteria"]["AgentIds"]
        return user.id in wanted or user.arn in wanted
    least, most = float(condition.get("ProficiencyLevel") or 1.0), 5.0
    if condition.get("ComparisonOperator") == "Range":
        bounds = condition["Range"]
        least, most = float(bounds["MinProficiencyLevel"]), float(bounds["MaxProficiencyLevel"])
    return any(
        each.name == condition["Name"] and each.value == condition["Value"] and least <= each.level <= most
        for each in user.proficiencies
    )


def _step(written: Mapping[str, Any]) -> Step:
    expression = written.get("Expression")
    if not isinstance(expression, Mapping):
        raise InvalidRequest("a step of routing criteria needs an Expression")
    _check(expression)
    expiry = written.get("Expiry") or {}
    seconds = expiry.get("DurationInSeconds")
    return Step(expression=expression, seconds=None if seconds is None else int(seconds))


def _check(expression: Mapping[str, Any]) -> None:
    kinds = ("AttributeCondition", "AndExpression", "OrExpression", "NotAttributeCondition")
    given = [kind for kind in kinds if expression.get(kind) is not None]
    if len(given) != 1:
        raise InvalidRequest(f"an expression has exactly one of {', '.join(kinds)}")
    if given[0] in ("AndExpression", "OrExpression"):
        for each in expression[given[0]]:
            _check(each)
        return
    condition = expression[given[0]]
    needed = {"Match": ("MatchCriteria",), "Range": ("Name", "Value", "Range")}
    for member in needed.get(condition.get("ComparisonOperator"), ("Name", "Value")):
        if not condition.get(member):
            raise InvalidRequest(f"the condition of a step lacks {member}")
