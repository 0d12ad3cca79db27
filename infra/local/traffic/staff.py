"""Agents: they come, answer, talk, hold, transfer, write up, have lunch, lose their line, and go home."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random

from infra.local.connect.floor.agent import FAILED, TALKING, AgentContact, AgentContactState
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.instance import Channel
from infra.local.connect.timeline import Timeline
from infra.local.traffic.acting import if_possible
from infra.local.traffic.roster import Break, Plan
from infra.local.traffic.scenario import Scenario

SETTLES = (5.0, 60.0)
"""Seconds from signing in until somebody is available."""
COMES_BACK = (5.0, 40.0)
"""Seconds until somebody clears an offer that was missed."""
ASKS_AGAIN = 5.0
CONSULTS = (10.0, 40.0)
"""Seconds that two agents talk before the first one leaves."""
WAITS_FOR_COLLEAGUE = 60.0
STAYS = timedelta(hours=2)
"""How much longer the last shift stays while somebody waits."""
LOOKS_AGAIN = 300.0


@dataclass(slots=True)
class _Worker:
    """An agent at work: dice of their own, what they have begun, and whether they are cut off or on their way home."""

    plan: Plan
    dice: Random
    cut: bool = False
    leaving: bool = False
    pausing: Break | None = None
    seen: dict[str, AgentContactState] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)


class Staff:
    """The agents of one exchange who are ours. Tell them what their desks show; they act a little later, never at once."""

    def __init__(
        self, exchange: Exchange, timeline: Timeline, scenario: Scenario, plans: Sequence[Plan], *, origin: datetime, seed: int
    ) -> None:  # fmt: skip
        self._exchange, self._timeline, self._scenario, self._origin = exchange, timeline, scenario, origin
        self.plans = tuple(plans)
        self._workers = {plan.user_id: _Worker(plan, Random(f"{seed} {plan.user_id}")) for plan in plans}
        statuses = exchange.instance.statuses.values()
        self._available = next(each.id for each in statuses if each.type == "ROUTABLE")
        self._offline = next(each.id for each in statuses if each.type == "OFFLINE")
        self._rests = False
        self._round = 0

    def come(self) -> None:
        """Let everybody come when their shift begins, and whoever is there before it go.

        Those whose shift has begun are there at once, and go on with what they find.
        """
        for worker in self._workers.values():
            plan, now = worker.plan, self._seconds()
            for begins, ends in plan.offline:
                self._at(begins, partial(self._lose_line, worker))
                self._at(ends, partial(self._line_is_back, worker))
            if self._scenario.endless or plan.begins <= now < plan.ends:
                self._begin(worker, at_once=True)
            else:
                self._at(plan.begins, partial(self._begin, worker))
                self._send_home(worker)
            if not self._scenario.endless:
                self._at(plan.ends, partial(self._leave, worker))
                for each in plan.breaks:
                    self._at(each.at, partial(self._pause, worker, each))

    def rest(self) -> None:
        """Let nobody act any more: somebody else takes over."""
        self._rests = True

    def come_back(self) -> None:
        """Let everybody go on after a rest; what somebody meant to do before it is forgotten."""
        self._rests = False
        self._round += 1
        for worker in self._workers.values():
            self._begin(worker, at_once=True)

    def go_home(self) -> None:
        """Let everybody end what they have and go, at once."""
        self.rest()
        for user_id in self._workers:
            agent = self._exchange.agent(user_id)
            for contact_id, held in list(agent.contacts.items()):
                if held.state in TALKING:
                    if_possible(partial(self._exchange.end, user_id, contact_id))
                if_possible(partial(self._exchange.close, user_id, contact_id))
            if_possible(partial(self._exchange.sign_out, user_id))

    def shown(self, user_id: str) -> None:
        """Take notice that an agent's desk shows something new."""
        worker = self._workers.get(user_id)
        if worker is None or worker.cut or self._rests:
            return
        agent = self._exchange.agent(user_id)
        seen, worker.seen = worker.seen, {contact_id: held.state for contact_id, held in agent.contacts.items()}
        for contact_id, held in agent.contacts.items():
            if seen.get(contact_id) != held.state:
                self._plan(worker, contact_id, held)
        if worker.leaving and agent.signed_in and not agent.contacts:
            self._soon(worker, 2.0, partial(self._exchange.sign_out, user_id))
        if worker.pausing is not None and agent.status.id == worker.pausing.status_id:
            seconds, worker.pausing = worker.pausing.seconds, None
            self._soon(worker, seconds, partial(self._back, worker))

    # --- the day --------------------------------------------------------------------------------------------------------

    def _begin(self, worker: _Worker, *, at_once: bool = False) -> None:
        user_id, ready = worker.plan.user_id, partial(self._back, worker)
        if self._rests or worker.cut:
            return
        worker.leaving = False
        self._exchange.sign_in(user_id)
        if at_once:
            ready()
            self._see_anew(worker)
        else:
            self._soon(worker, worker.dice.uniform(*SETTLES), ready)

    def _back(self, worker: _Worker) -> None:
        if not worker.leaving:
            self._exchange.set_status(worker.plan.user_id, self._available)

    def _pause(self, worker: _Worker, each: Break) -> None:
        if not (worker.cut or worker.leaving or self._rests):
            worker.pausing = each
            if_possible(partial(self._exchange.set_status, worker.plan.user_id, each.status_id))

    def _leave(self, worker: _Worker) -> None:
        late = self._timeline.now - self._origin - timedelta(seconds=worker.plan.ends)
        if (
            worker.plan.stays
            and late < STAYS
            and any(next(each.in_queue(), None) for each in self._exchange.queues.values())
        ):
            self._timeline.after(timedelta(seconds=LOOKS_AGAIN), partial(self._leave, worker))
        elif not self._rests:
            self._send_home(worker)

    def _send_home(self, worker: _Worker) -> None:
        worker.leaving = True
        if not worker.cut:
            if_possible(partial(self._exchange.set_status, worker.plan.user_id, self._offline))
            self.shown(worker.plan.user_id)

    def _lose_line(self, worker: _Worker) -> None:
        if self._rests:
            return
        worker.cut, worker.pausing = True, None
        self._exchange.lose_line(worker.plan.user_id)
        if_possible(partial(self._exchange.set_status, worker.plan.user_id, self._offline))

    def _line_is_back(self, worker: _Worker) -> None:
        worker.cut = False
        agent, works = (
            self._exchange.agent(worker.plan.user_id),
            worker.plan.begins <= self._seconds() < worker.plan.ends,
        )
        if self._rests or (not works and not agent.signed_in):
            return
        worker.leaving = not works
        self._exchange.sign_in(worker.plan.user_id)
        self._back(worker)
        self._see_anew(worker)

    def _see_anew(self, worker: _Worker) -> None:
        worker.seen.clear()
        worker.begun.clear()
        self.shown(worker.plan.user_id)

    # --- a contact ------------------------------------------------------------------------------------------------------

    def _plan(self, worker: _Worker, contact_id: str, held: AgentContact) -> None:
        user_id, habits, dice = worker.plan.user_id, self._scenario.habits, worker.dice
        work = self._scenario.handling[self._channel(contact_id)].work
        if held.state in (AgentContactState.CONNECTING, AgentContactState.INCOMING) and not held.accepted:
            seconds = dice.uniform(habits.accept_from, habits.accept_to)
            if dice.random() >= habits.miss:
                self._soon(worker, seconds, partial(self._exchange.accept, user_id, contact_id))
        elif held.state in TALKING and contact_id not in worker.begun:
            worker.begun.add(contact_id)
            self._talk(worker, contact_id)
        elif held.state is AgentContactState.ENDED:
            self._soon(worker, work.draw(dice), partial(self._exchange.close, user_id, contact_id))
        elif held.state in FAILED:
            self._soon(worker, dice.uniform(*COMES_BACK), partial(self._exchange.close, user_id, contact_id))

    def _talk(self, worker: _Worker, contact_id: str) -> None:
        user_id, habits, dice = worker.plan.user_id, self._scenario.habits, worker.dice
        seconds = self._scenario.handling[self._channel(contact_id)].talk.draw(dice)
        seconds *= self._scenario.talk_factor(self._seconds())
        chance, is_call = dice.random(), self._channel(contact_id) == "VOICE"
        if is_call and chance < habits.transfer and self._exchange.contact(contact_id).method != "TRANSFER":
            self._soon(worker, seconds / 2, partial(self._transfer, worker, contact_id))
        elif is_call and chance < habits.transfer + habits.hold:
            held = dice.expovariate(1 / habits.hold_for)
            self._soon(worker, seconds / 3, partial(self._exchange.hold, user_id, contact_id))
            self._soon(worker, seconds / 3 + held, partial(self._exchange.resume, user_id, contact_id))
            seconds += held
        self._soon(worker, seconds, partial(self._end, worker, contact_id))

    def _end(self, worker: _Worker, contact_id: str) -> None:
        held = self._exchange.agent(worker.plan.user_id).contacts.get(contact_id)
        if held is None or held.state not in TALKING:
            return
        if self._channel(contact_id) == "VOICE" and worker.dice.random() < self._scenario.habits.customer:
            self._exchange.hang_up(contact_id)
        else:
            self._exchange.end(worker.plan.user_id, contact_id)

    def _transfer(self, worker: _Worker, contact_id: str) -> None:
        instance, queue = self._exchange.instance, self._exchange.contact(contact_id).queue
        others = [
            each.id
            for each in instance.quick_connects.values()
            if each.type == "QUEUE"
            and each.queue_id in instance.queues
            and queue is not None
            and each.queue_id != queue.id
        ]
        if not others:
            return
        consult_id = self._exchange.transfer(worker.plan.user_id, contact_id, worker.dice.choice(others))
        warm = worker.dice.random() < 0.5
        self._soon(worker, ASKS_AGAIN, partial(self._hand_over, worker, contact_id, consult_id, 0.0 if warm else None))

    def _hand_over(self, worker: _Worker, contact_id: str, consult_id: str, waited: float | None) -> None:
        """Leave at once where nobody waits for the colleague, or has waited for too long; else when both have talked."""
        user_id, leave = worker.plan.user_id, partial(self._exchange.leave, worker.plan.user_id, contact_id)
        if waited is None or waited > WAITS_FOR_COLLEAGUE:
            leave()
        elif self._exchange.contact(consult_id).connected_at is None:
            again = partial(self._hand_over, worker, contact_id, consult_id, waited + ASKS_AGAIN)
            self._soon(worker, ASKS_AGAIN, again)
        else:
            alone = worker.dice.uniform(*CONSULTS)
            self._soon(worker, alone, partial(self._exchange.conference, user_id, contact_id))
            self._soon(worker, alone + worker.dice.uniform(*CONSULTS), leave)

    # --- small things ---------------------------------------------------------------------------------------------------

    def _channel(self, contact_id: str) -> Channel:
        channel = self._exchange.contact(contact_id).channel
        return channel if channel in self._scenario.handling else "VOICE"

    def _seconds(self) -> float:
        return (self._timeline.now - self._origin).total_seconds()

    def _at(self, seconds: float, act: Callable[[], None]) -> None:
        moment = self._origin + timedelta(seconds=seconds)
        if moment >= self._timeline.now:
            self._timeline.at(moment, act)

    def _soon(self, worker: _Worker, seconds: float, act: Callable[[], object]) -> None:
        self._timeline.after(timedelta(seconds=seconds), partial(self._act, worker, self._round, act))

    def _act(self, worker: _Worker, of_round: int, act: Callable[[], object]) -> None:
        if not (worker.cut or self._rests or of_round != self._round):
            if_possible(act)
