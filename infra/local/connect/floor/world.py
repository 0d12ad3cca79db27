"""What the floor asks of the world: deeds, for which somebody else has the hands."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, Protocol

from infra.local.connect.flows.line import Invoke, Prompt, Result


class Heard(NamedTuple):
    """What somebody on a call hears from now on; `keys` tells that the caller is expected to press some, `secret` that nobody else may see which."""

    kind: Literal["prompt", "music", "ringing", "agent", "third_party", "silence", "over"]
    prompts: tuple[Prompt, ...] = ()
    keys: bool = False
    secret: bool = False
    by: Literal["customer", "agent"] = "customer"


class World(Protocol):
    """The deeds. None of them may call the exchange back before it returns, but for `invoke`'s answer."""

    def tell_event(self, detail: dict[str, Any]) -> None:
        """Send a contact event with this `detail`."""

    def tell_record(self, record: dict[str, Any]) -> None:
        """Send a contact record."""

    def tell_agent(self, event: dict[str, Any]) -> None:
        """Send an agent event."""

    def invoke(self, request: Invoke, answer: Callable[[Result], None]) -> None:
        """Call a function; `answer` is called once, now or later."""

    def speak(self, contact_id: str, heard: Heard) -> None:
        """Let somebody on a contact hear something from now on."""

    def show(self, user_id: str) -> None:
        """Tell an agent's desk that there is something new to show."""

    def encrypt(self, keyed: str, key_id: str, certificate: str) -> str:
        """Return what was keyed as Connect encrypts it; raises `Refused`."""

    def log_flow(self, entry: dict[str, Any]) -> None:
        """Write a line of the flow log."""

    def dial(self, contact_id: str, picked_up: Callable[[], None]) -> None:
        """Ring up whoever this contact dials; `picked_up` may be called, later and once, and does nothing after we gave up."""
