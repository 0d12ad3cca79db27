"""The rules of agent states: what an agent event says, and which intervals all events of an agent add up to.

Nothing here knows AWS, the clock or the store.
"""

from chalicelib.agents.model.events import AgentEvent, AgentId, Held, read_event
from chalicelib.agents.model.folding import cut_at, intervals_of
from chalicelib.agents.model.interval import Interval
from chalicelib.agents.model.states import State

__all__ = ["AgentEvent", "AgentId", "Held", "Interval", "State", "cut_at", "intervals_of", "read_event"]
