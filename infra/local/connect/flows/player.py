"""The player: takes a contact through a flow, action by action, and says what becomes of it."""

from collections.abc import Generator
from datetime import datetime

from infra.local.connect.flows.actions import PLAYED
from infra.local.connect.flows.comparing import fits
from infra.local.connect.flows.language import Action, Document, read
from infra.local.connect.flows.line import Answer, Ending, Line, Refused, Request
from infra.local.connect.flows.references import as_text, resolved
from infra.local.connect.flows.turn import Enter, Leave, Onward, Result, Scope, State, Turn
from infra.local.connect.instance import Flow, FlowType

MOST_AT_ONCE = 1_000
"""Actions played in one moment before a flow counts as one that will never end. Connect has such a limit too (its number is unconfirmed)."""
MOST_NESTED = 5
"""Modules within modules (unconfirmed)."""
_BESIDE_THE_CALL: frozenset[FlowType] = frozenset(
    {"CUSTOMER_QUEUE", "CUSTOMER_HOLD", "AGENT_HOLD", "CUSTOMER_WHISPER", "AGENT_WHISPER", "OUTBOUND_WHISPER"}
)

_Over = Ending | Onward | Leave
_Played = Generator[Request, Answer, Result]


def play(flow: Flow, line: Line, state: State) -> Generator[Request, Answer, Ending]:
    """Play a flow to its end: yields what takes time, is sent the answers, returns what becomes of the contact.

    `state` is the contact's own, the same for all its flows. An action that cannot be played, or that the line refuses, is named in the flow
    log and takes its error branch; a flow that leads nowhere, or that goes on for ever without taking time, ends with a sentence there.
    The log holds parameters as the flow has them, never what references in them stood for.

    Raises:
        InvalidFlow: the content is no flow at all; publishing would not have let it pass.
    """
    return (yield from _Player(line, state).flow(flow))


class _Player:
    def __init__(self, line: Line, state: State) -> None:
        self._line = line
        self._state = state
        self._type: FlowType = "CONTACT_FLOW"
        self._moment: datetime | None = None
        self._at_once = 0

    def flow(self, flow: Flow) -> Generator[Request, Answer, Ending]:
        while True:
            self._type = flow.type
            over = yield from self._document(read(flow.content), Scope(), depth=0)
            if isinstance(over, Ending):
                return over
            assert isinstance(over, Onward), "only a module returns to the flow around it"
            flow = over.flow

    def _document(self, document: Document, scope: Scope, *, depth: int) -> Generator[Request, Answer, _Over]:
        following: str | None = document.start
        action: Action | None = None
        said: str | None
        while following is not None and following in document.actions:
            action = document.actions[following]
            turn = Turn(action, self._line, self._state, scope)
            if self._goes_on_for_ever():
                return self._lost(action, f"ended: {MOST_AT_ONCE} actions without taking any time")
            try:
                outcome = yield from self._action(turn, depth)
            except Refused as refused:
                following, said = _after_an_error(action, refused.error_type), f"{refused.error_type}: {refused}"
            else:
                if isinstance(outcome, Leave) and depth == 0:
                    return self._lost(action, "ended: this is no module, there is nothing to return to")
                if isinstance(outcome, Ending | Onward | Leave):
                    self._log(action, None)
                    return outcome
                following, said = _after(turn, outcome)
            self._log(action, said)
        return self._lost(action, f"ended: the flow leads to {following}, which is no action of it")

    def _action(self, turn: Turn, depth: int) -> _Played:
        kind = turn.action.type
        if kind not in PLAYED:
            raise Refused(f"{kind} cannot be played here")
        outcome = PLAYED[kind](turn)
        if isinstance(outcome, Generator):
            outcome = yield from outcome
            if kind != "InvokeLambdaFunction":
                self._state.begin_functions_anew()
        if isinstance(outcome, Enter):
            return (yield from self._module(outcome, depth + 1))
        return outcome

    def _module(self, entered: Enter, depth: int) -> _Played:
        if depth > MOST_NESTED:
            raise Refused(f"modules lie in each other more than {MOST_NESTED} deep")
        over = yield from self._document(read(entered.module.content), Scope(input=entered.input), depth=depth)
        if not isinstance(over, Leave):
            return over
        self._state.result = {"Result": over.result, "ResultData": over.data}
        return over.result

    def _goes_on_for_ever(self) -> bool:
        if self._line.now != self._moment:
            self._moment, self._at_once = self._line.now, 0
        self._at_once += 1
        return self._at_once > MOST_AT_ONCE

    def _lost(self, action: Action | None, why: str) -> Ending:
        if action is not None:
            self._log(action, why)
        beside = self._type in _BESIDE_THE_CALL
        return Ending(to="flow" if beside else "disconnect", action=action.id if action else "")

    def _log(self, action: Action, results: str | None) -> None:
        self._line.log(action.id, action.type, action.parameters, results)


def _after(turn: Turn, outcome: str | None) -> tuple[str | None, str | None]:
    """Return what comes next and what the log says of it: the branch, not the value, which may be a customer's."""
    transitions = turn.action.transitions
    if outcome is None or not transitions.conditions:
        return transitions.next, None
    for condition in transitions.conditions:
        if fits(outcome, condition.operator, as_text(resolved(condition.operand, turn.known))):
            return condition.next, f"{condition.operator} {condition.operand}"
    return transitions.errors.get("NoMatchingCondition", transitions.next), "NoMatchingCondition"


def _after_an_error(action: Action, error_type: str) -> str | None:
    errors = action.transitions.errors
    if error_type in errors or "NoMatchingError" in errors:
        return errors.get(error_type) or errors["NoMatchingError"]
    return next(iter(errors.values()), action.transitions.next)
