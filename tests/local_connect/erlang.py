"""How long callers wait and how many leave, by queueing theory: Poisson arrivals, exponential service, servers alike, first come first served.

Times are in units of a mean service. No library: pyworkforce knows Erlang C only, in whole seconds of staffing tables, and brings OR-Tools.
"""

from typing import NamedTuple

LONG_TAIL = 1e-14
"""Probabilities of states below this are left out."""


class Steady(NamedTuple):
    """The steady state: probability of each number of callers present, mean wait of all who call, share who leave."""

    states: tuple[float, ...]
    wait: float
    leave: float


def erlang_c(servers: int, load: float) -> Steady:
    """Nobody leaves. A. K. Erlang, "Solution of some problems in the theory of probabilities", 1917; `load` is per server, below 1."""
    return erlang_a(servers, load, impatience=0.0)


def erlang_a(servers: int, load: float, *, impatience: float) -> Steady:
    """Callers leave after an exponential time of rate `impatience`.

    C. Palm, "Research on telephone traffic carried by full availability groups", 1957; O. Garnett, A. Mandelbaum, M. Reiman,
    "Designing a call center with impatient customers", 2002. A birth-death chain; the wait is by Little's law.
    """
    arrivals = servers * load
    weights = [1.0]
    while len(weights) <= servers or weights[-1] > LONG_TAIL * max(weights):
        present = len(weights)
        weights.append(weights[-1] * arrivals / (min(present, servers) + max(present - servers, 0) * impatience))
    states = tuple(each / sum(weights) for each in weights)
    waiting = sum(share * max(present - servers, 0) for present, share in enumerate(states))
    return Steady(states=states, wait=waiting / arrivals, leave=waiting * impatience / arrivals)
