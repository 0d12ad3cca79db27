"""What an action has at hand while it is played, and what may become of it."""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, NamedTuple

from infra.local.connect.flows.language import Action
from infra.local.connect.flows.line import Answer, Ending, Line, Prompt, Refused, Request
from infra.local.connect.flows.references import as_text, interpolated, resolved
from infra.local.connect.instance import Flow, FlowModule


@dataclass
class State:
    """What a contact takes along from action to action and from flow to flow; each is overwritten by the next of its kind."""

    external: Mapping[str, Any] = field(default_factory=dict)
    invocation_id: str | None = None
    """The last function that was called asynchronously."""
    stored_input: str | None = None
    metrics: Mapping[str, Any] = field(default_factory=dict)
    result: Mapping[str, Any] = field(default_factory=dict)
    """What the last module returned: `Result` and `ResultData`."""
    buffers_keys: bool = False
    in_functions: timedelta = timedelta()
    """How long Lambda functions have kept the caller waiting since something was last heard."""

    def begin_functions_anew(self) -> None:
        """Note that the caller heard something: functions may take their 20 seconds again."""
        self.in_functions = timedelta()


@dataclass
class Scope:
    """What one flow or module keeps to itself."""

    input: Mapping[str, Any] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    rounds: dict[str, int] = field(default_factory=dict)


class Onward(NamedTuple):
    """The contact goes on in another flow, and does not come back."""

    flow: Flow


class Enter(NamedTuple):
    """A module is played, then the flow goes on."""

    module: FlowModule
    input: Mapping[str, Any]


class Leave(NamedTuple):
    """A module is over; `result` names the branch that the flow takes."""

    result: str | None
    data: Mapping[str, Any]


Result = str | None | Ending | Onward | Leave
Outcome = Result | Enter
"""None: go on. Text: the first condition that fits it, else NoMatchingCondition. What fails raises `Refused` with its error type."""

Steps = Generator[Request, Answer, Outcome]
Play = Callable[["Turn"], Outcome | Steps]
"""How an action is played: at once, or as a generator if it takes time."""


@dataclass
class Turn:
    """One action being played."""

    action: Action
    line: Line
    state: State
    scope: Scope

    @cached_property
    def known(self) -> Mapping[str, Any]:
        """What references can name."""
        return _Known(self)

    def text(self, name: str) -> str:
        """Return a parameter. Refused where it is missing or refers to nothing."""
        value = self.maybe(name)
        if not value:
            raise Refused(f"{name} is empty: {self.action.parameters.get(name, 'it is not set')}")
        return value

    def maybe(self, name: str) -> str | None:
        """Return a parameter, or None where it is missing or refers to nothing."""
        value = self.value(name)
        return None if value is None else as_text(value)

    def number(self, name: str) -> int:
        """Return a parameter that is a whole number. Refused where it is none."""
        return whole(name, self.text(name))

    def value(self, name: str) -> Any:
        """Return a parameter of any shape, with what its references stand for."""
        return resolved(self.action.parameters.get(name), self.known)

    def texts(self, name: str) -> dict[str, str]:
        """Return a parameter that maps names to texts; what refers to nothing is empty (unconfirmed)."""
        return {key: as_text(value) for key, value in (self.value(name) or {}).items()}

    def prompt(self) -> Prompt:
        """Return what this action says."""
        return self.prompt_of(self.action.parameters)

    def prompt_of(self, said: Mapping[str, Any]) -> Prompt:
        """Return what a part of this action says; in text and SSML references may stand among words. Refused where it is nothing."""
        if "Text" in said:
            return Prompt(text=interpolated(said["Text"], self.known))
        if "SSML" in said:
            return Prompt(ssml=interpolated(said["SSML"], self.known))
        if prompt_id := resolved(said.get("PromptId"), self.known):
            return Prompt(prompt_id=as_text(prompt_id))
        media = resolved(said.get("Media"), self.known)
        if not isinstance(media, Mapping) or not media.get("Uri"):
            raise Refused("there is nothing to say: set Text, SSML, PromptId or Media")
        return Prompt(media=as_text(media["Uri"]))


def whole(name: str, value: str) -> int:
    """Return a whole number that was written as text. Refused where it is none."""
    try:
        return int(value)
    except (TypeError, ValueError):
        raise Refused(f"{name} is no whole number") from None


class _Known(Mapping[str, Any]):
    """All that references can name; what the contact is, is asked of the line only when needed."""

    def __init__(self, turn: Turn) -> None:
        state, scope = turn.state, turn.scope
        self._line = turn.line
        self._own: dict[str, Callable[[], Any]] = {
            "External": lambda: state.external,
            "LambdaInvocation": lambda: {"ResultData": state.external, "InvocationId": state.invocation_id},
            "FlowAttributes": lambda: scope.attributes,
            "StoredCustomerInput": lambda: state.stored_input,
            "Metrics": lambda: state.metrics,
            "Modules": lambda: {"Input": scope.input, **state.result},
            "Loop": lambda: {name: {"Index": str(index)} for name, index in scope.rounds.items()},
            "Agent": turn.line.agent,
        }

    def __getitem__(self, name: str) -> Any:
        return self._own[name]() if name in self._own else self._line.data()[name]

    def __iter__(self) -> Iterator[str]:
        yield from {**self._own, **self._line.data()}

    def __len__(self) -> int:
        return len(list(iter(self)))
