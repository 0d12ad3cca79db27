"""What there is to say of a type of action: conditions it may have, types of flow that may hold it, and the form of all that."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from infra.local.connect.flows.language import Action, Condition
from infra.local.connect.flows.rules import Rule, is_number, shape
from infra.local.connect.instance import FlowType

Kind = FlowType | Literal["MODULE"]

INBOUND: frozenset[Kind] = frozenset({"CONTACT_FLOW", "CAMPAIGN", "MODULE"})
TRANSFER: frozenset[Kind] = frozenset({"AGENT_TRANSFER", "QUEUE_TRANSFER"})
QUEUE: frozenset[Kind] = frozenset({"CUSTOMER_QUEUE"})
HOLD: frozenset[Kind] = frozenset({"CUSTOMER_HOLD", "AGENT_HOLD"})
WHISPER: frozenset[Kind] = frozenset({"CUSTOMER_WHISPER", "AGENT_WHISPER", "OUTBOUND_WHISPER"})
OUTBOUND: frozenset[Kind] = frozenset({"OUTBOUND_WHISPER"})
EVERYWHERE = INBOUND | TRANSFER | QUEUE | HOLD | WHISPER
KNOWS_AN_AGENT = HOLD | WHISPER | {"AGENT_TRANSFER", "MODULE"}
"""Where `$.Agent` is known. In a module it depends on the flow around it."""

Fits = Callable[[Action, Condition], str | None]
"""What is wrong with a condition of an action, if anything is."""


def no_condition(_action: Action, _condition: Condition) -> str | None:
    """No condition at all."""
    return "takes no Conditions"


def any_condition(_action: Action, condition: Condition) -> str | None:
    """Any operator; numbers are compared with numbers."""
    if condition.operator.startswith("Number") and not is_number(condition.operand):
        return f"compares with {condition.operand}, which is no number"
    return None


def words(*words: str) -> Fits:
    """Return the rule: Equals one of these words."""

    def fits(_action: Action, condition: Condition) -> str | None:
        if condition.operator == "Equals" and condition.operand in words:
            return None
        return f"may only have conditions Equals {' or '.join(words)}"

    return fits


def named(_action: Action, condition: Condition) -> str | None:
    """Equals, and a name that somebody else chose."""
    return None if condition.operator == "Equals" else "may only have conditions with Equals"


def share(_action: Action, condition: Condition) -> str | None:
    """A share of a hundred, added up: 30 per cent is NumberLessThan 31."""
    fits = (
        condition.operator == "NumberLessThan" and condition.operand.isdecimal() and 1 <= int(condition.operand) <= 101
    )
    return None if fits else "may only have conditions NumberLessThan 1 to 101"


def metric(action: Action, condition: Condition) -> str | None:
    """Numbers; of agents only whether there is one."""
    if str(action.parameters.get("MetricType", "")).startswith("NumberOfAgents"):
        fits = condition.operator == "NumberGreaterThan" and condition.operand == "0"
        return None if fits else "counts agents, so its one condition is NumberGreaterThan 0"
    if not condition.operator.startswith("Number") or not is_number(condition.operand):
        return "may only have conditions that compare numbers"
    return None


@dataclass(frozen=True, kw_only=True)
class Form:
    """What one type of action may say.

    Every error in `needs` must have its branch, those in `may` can have one. `else_` names the branch or operand that NextAction must
    lead to as well, where conditions cover everything. A terminal action has nothing after it.
    """

    parameters: Rule = field(default_factory=shape)
    conditions: Fits = no_condition
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    where: frozenset[Kind] = EVERYWHERE
    terminal: bool = False
    else_: str | None = None
