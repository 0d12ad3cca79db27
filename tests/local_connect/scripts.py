"""What scenes on the floor have in common: flows as scripts, and a caller who talks."""

from collections.abc import Generator

from infra.local.connect.flows.line import Answer, Ending, Line, Prompt, Request
from tests.local_connect.house import House, Script, flow_over

HELLO = Prompt(text="x" * 30)
"""Two seconds at fifteen characters a second."""
WHOLE_LIFE = ["INITIATED", "QUEUED", "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED"]


def says(*requests: Request, to: str = "disconnect", got: list[Answer] | None = None) -> Script:
    """A flow that asks for these things in turn and keeps the answers."""

    def script(line: Line) -> Generator[Request, Answer, Ending]:
        for request in requests:
            answer = yield request
            if got is not None:
                got.append(answer)
        return flow_over(to)

    return script


def hooked(*hooks: str, then: Script) -> Script:
    """A flow that chooses flows of the same name for these events first."""

    def script(line: Line) -> Generator[Request, Answer, Ending]:
        for hook in hooks:
            line.set_event_hook(hook, hook)
        return (yield from then(line))

    return script


def talking(house: House, name: str = "a") -> str:
    """A caller who has talked to an agent for ten seconds."""
    contact = house.calls()
    house.talks(name, contact)
    house.pass_seconds(10)
    return contact
