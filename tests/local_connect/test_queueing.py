"""Queueing is right: call by call what first come, first served means, and on average what Erlang says.

Every replication begins in the steady state, its first callers drawn from the theory's distribution (service and patience forget their past), so
that nothing has to warm up and replications are independent.
"""

import math
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from heapq import heapreplace
from random import Random
from statistics import fmean, stdev
from typing import NamedTuple

import pytest

from infra.local.connect.floor.contact import Contact
from infra.local.connect.floor.world import Heard
from tests.local_connect.erlang import Steady, erlang_a, erlang_c
from tests.local_connect.house import AVAILABLE, House, user

REPLICATIONS, CALLERS = 20, 400
SERVICE_SECONDS = 180.0
T_999 = 3.883
"""Student's t for 19 degrees of freedom: within this many standard errors lie 99.9 %."""
LOADS = [(1, 0.5), (2, 0.7), (4, 0.8), (6, 0.85), (10, 0.9), (20, 0.95)]
IMPATIENCE = 0.5


class Caller(NamedTuple):
    """When somebody calls, how long the talk would take, and how long the caller would wait; seconds."""

    arrives: float
    talks: float
    patience: float


class Fate(NamedTuple):
    """What became of a caller."""

    waited: float
    left: bool


def callers(luck: Random, servers: int, load: float, steady: Steady, impatience: float) -> tuple[int, list[Caller]]:
    """Return how many were there before, and those with everybody who calls afterwards."""
    before = luck.choices(range(len(steady.states)), steady.states)[0]
    rate = servers * load / SERVICE_SECONDS
    arrives, found = 0.0, []
    for number in range(before + CALLERS):
        arrives += luck.expovariate(rate) if number >= before else 0.0
        talks = luck.expovariate(1 / SERVICE_SECONDS)
        patience = luck.expovariate(impatience / SERVICE_SECONDS) if impatience else math.inf
        found.append(Caller(arrives=arrives, talks=talks, patience=patience))
    # Those who are being served already do not wait.
    return before, [each._replace(patience=math.inf) if n < servers else each for n, each in enumerate(found)]


def by_the_book(servers: int, everybody: Sequence[Caller]) -> list[Fate]:
    """Kiefer and Wolfowitz' recursion: whoever calls is served by the server who is free first, or has left by then."""
    free, fates = [0.0] * servers, []
    for caller in everybody:
        wait = max(free[0] - caller.arrives, 0.0)
        left = wait > caller.patience
        if not left:
            heapreplace(free, caller.arrives + wait + caller.talks)
        fates.append(Fate(waited=min(wait, caller.patience), left=left))
    return fates


class Busy(House):
    """A house in which everybody who is connected talks for as long as they have to say."""

    def __init__(self, servers: int, everybody: Sequence[Caller]) -> None:
        users = tuple(user(f"agent-{number:02}", auto_accept=True) for number in range(servers))
        super().__init__(patience=0, tells=False, users=users)
        self.world.speak = self._speak  # type: ignore[method-assign]
        self._everybody = everybody
        self._came: list[Contact] = []
        for each in users:
            self.exchange.sign_in(each.id)
            self.exchange.set_status(each.id, AVAILABLE)
        for caller in everybody:
            self._after(caller.arrives, partial(self._arrive, caller))

    def fates(self) -> list[Fate]:
        while (due := self.timeline.following()) is not None:
            self.timeline.advance(due)
        found = []
        for contact in self._came:
            assert contact.enqueued_at is not None
            assert contact.dequeued_at is not None
            waited = (contact.dequeued_at - contact.enqueued_at).total_seconds()
            found.append(Fate(waited=waited, left=contact.connected_at is None))
        return found

    def _arrive(self, caller: Caller) -> None:
        contact = self.calls()
        self._came.append(self.contact(contact))
        if caller.patience < math.inf:
            self._after(caller.patience, lambda: self._lose_patience(contact))

    def _lose_patience(self, contact_id: str) -> None:
        if self.contact(contact_id).stage.is_queued:
            self.exchange.hang_up(contact_id)

    def _speak(self, contact_id: str, heard: Heard) -> None:
        if heard.kind == "agent":
            seconds = self._everybody[self.contact(contact_id).number].talks
            self._after(seconds, lambda: self._be_done(contact_id))

    def _be_done(self, contact_id: str) -> None:
        agent = self.contact(contact_id).agent
        assert agent is not None
        self.exchange.end(agent.user.id, contact_id)
        self.exchange.close(agent.user.id, contact_id)

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        self.timeline.after(timedelta(seconds=seconds), act)


@pytest.mark.parametrize(("servers", "load"), LOADS)
@pytest.mark.parametrize("impatience", [0.0, IMPATIENCE], ids=["erlang-c", "erlang-a"])
def test_waits_are_those_of_theory(servers: int, load: float, impatience: float) -> None:
    steady = erlang_a(servers, load, impatience=impatience) if impatience else erlang_c(servers, load)
    luck = Random(f"{servers} {load} {impatience}")
    waits, shares = [], []
    for _ in range(REPLICATIONS):
        before, everybody = callers(luck, servers, load, steady, impatience)
        fates = Busy(servers, everybody).fates()
        expected = by_the_book(servers, everybody)
        assert [each.left for each in fates] == [each.left for each in expected]
        assert [each.waited for each in fates] == pytest.approx([each.waited for each in expected], abs=0.01)
        waits.append(fmean(each.waited for each in fates[before:]) / SERVICE_SECONDS)
        shares.append(fmean(each.left for each in fates[before:]))
    assert_is_mean(steady.wait, waits)
    if impatience:
        assert_is_mean(steady.leave, shares)


def assert_is_mean(expected: float, found: Sequence[float]) -> None:
    half = T_999 * stdev(found) / math.sqrt(len(found))
    assert abs(fmean(found) - expected) <= half, f"{fmean(found):.5f} ± {half:.5f}, not {expected:.5f}"


@pytest.mark.parametrize(
    ("servers", "load", "wait"),
    # M/M/1 waits load/(1-load); M/M/2 load²/(1-load²).
    [(1, 0.5, 1.0), (1, 0.9, 9.0), (2, 0.5, 1 / 3), (2, 0.8, 0.64 / 0.36)],
)
def test_the_formula_in_cases_that_books_solve(servers: int, load: float, wait: float) -> None:
    assert erlang_c(servers, load).wait == pytest.approx(wait)
