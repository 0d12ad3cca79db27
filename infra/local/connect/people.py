"""People for a centre that has none yet: callers who dial, key and lose patience, agents who answer, talk and write up.

They act on the exchange as a phone and a desk would, and nowhere else. Each has dice of their own, so a change in one story leaves the
others as they were.
"""

from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial
from random import Random

from infra.local.connect.floor.agent import AgentContact, AgentContactState
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.floor.problems import NotPossible
from infra.local.connect.floor.world import Heard
from infra.local.connect.timeline import Timeline

ARRIVAL_GAP = 4.0
"""Seconds between two contacts, on average: enough that a board is alive and a few have to wait."""
CHANNELS = {"VOICE": 80, "TASK": 8, "EMAIL": 12}
"""How people reach us, by weight; tasks and mails enter the flows of these names."""
FLOWS = {"TASK": "Task", "EMAIL": "Mail"}
MAILBOX = "support@example.com"
KEYS = {"1": 7, "2": 3}
"""What callers key at a menu, by weight; some key nothing and go on by silence, which every menu must bear."""
SILENT = 0.06
GONE_IN_MENU = 0.06
TAKES_CALLBACK = 0.15
PICKS_UP = 0.8
"""How likely somebody answers who is called back."""
PATIENCE = 90.0
"""Seconds that a caller waits for an agent on average, exponentially distributed."""
CUSTOMER_ENDS = 0.6
"""How likely it is the customer who hangs up first."""
TALK = (15.0, 55.0)
WORK = (2.0, 12.0)
PICK_UP = (1.0, 5.0)


class People:
    """Callers and agents of one exchange. Tell them what is `heard` and `shown`; they act a little later, never at once.

    Nobody sits at the desks of the users who are named as `away`: they are somebody else's.
    """

    def __init__(
        self,
        exchange: Exchange,
        timeline: Timeline,
        *,
        seed: int,
        arrival_gap: float = ARRIVAL_GAP,
        away: Collection[str] = (),
    ) -> None:
        self._exchange = exchange
        self._timeline = timeline
        self._dice = Random(seed)
        self._arrival_gap = arrival_gap
        self._callers: dict[str, _Caller] = {}
        self._numbers = sorted(exchange.instance.numbers)
        named = {flow.name: flow.id for flow in exchange.instance.flows.values()}
        self._flows = {channel: named[name] for channel, name in FLOWS.items()}
        self._agents = [each.user.id for each in exchange.agents.values() if each.user.name not in away]
        self._seen: dict[str, dict[str, AgentContactState]] = {}

    def come(self) -> None:
        """Let the agents sign in, and contacts come."""
        available = next(status for status in self._exchange.instance.statuses.values() if status.type == "ROUTABLE")
        for user_id in self._agents:
            self._exchange.sign_in(user_id)
            self._exchange.set_status(user_id, available.id)
        self._expect_contact()

    def heard(self, contact_id: str, heard: Heard) -> None:
        """Take notice of what the customer of a contact hears now."""
        caller = self._callers.get(contact_id)
        if caller is None or heard.by != "customer":
            return
        if heard.kind == "over":
            del self._callers[contact_id]
        elif heard.keys:
            key = caller.key()
            if key is not None:
                self._soon(caller.dice.uniform(1, 3), partial(self._exchange.press, contact_id, key))
        elif heard.kind == "music" and not caller.waits:
            caller.waits = True
            self._soon(caller.dice.expovariate(1 / PATIENCE), partial(self._lose_patience, contact_id))

    def dialled(self, contact_id: str, picked_up: Callable[[], None]) -> bool:
        """Let the telephone of whoever this contact dials ring, and have it picked up or not."""
        if self._dice.random() < PICKS_UP:
            self._soon(self._dice.uniform(*PICK_UP), picked_up)
        return True

    def shown(self, user_id: str) -> None:
        """Take notice that an agent's desk shows something new."""
        if user_id not in self._agents:
            return
        held_now = self._exchange.agent(user_id).contacts
        seen = self._seen.get(user_id, {})
        self._seen[user_id] = {contact_id: held.state for contact_id, held in held_now.items()}
        for contact_id, held in held_now.items():
            if seen.get(contact_id) != held.state:
                self._work(user_id, contact_id, held)

    def _work(self, user_id: str, contact_id: str, held: AgentContact) -> None:
        act: Callable[[], None]
        match held.state:
            case AgentContactState.CONNECTING | AgentContactState.INCOMING if not held.accepted:
                span, act = PICK_UP, partial(self._exchange.accept, user_id, contact_id)
            case AgentContactState.CONNECTED:
                span, act = TALK, partial(self._end, user_id, contact_id)
            case (
                AgentContactState.ENDED
                | AgentContactState.MISSED
                | AgentContactState.ERROR
                | AgentContactState.REJECTED
            ):
                span, act = WORK, partial(self._exchange.close, user_id, contact_id)
            case _:
                return
        self._soon(self._dice.uniform(*span), act)

    def _expect_contact(self) -> None:
        self._soon(self._dice.expovariate(1 / self._arrival_gap), self._come_in)

    def _come_in(self) -> None:
        self._expect_contact()
        dice = Random(self._dice.getrandbits(64))
        channel = dice.choices(list(CHANNELS), weights=list(CHANNELS.values()))[0]
        if channel == "TASK":
            self._exchange.start_task(flow_id=self._flows[channel], name="A form to be looked at")
        elif channel == "EMAIL":
            by = f"customer{dice.randrange(10**6):06}@example.com"
            self._exchange.start_mail(flow_id=self._flows[channel], by=by, to=MAILBOX, subject="A question")
        else:
            self._dial(_Caller(dice))

    def _dial(self, caller: "_Caller") -> None:
        contact_id = self._exchange.call(to=caller.dice.choice(self._numbers), by=caller.number())
        self._callers[contact_id] = caller
        if caller.dice.random() < GONE_IN_MENU:
            self._soon(caller.dice.uniform(3, 12), partial(self._exchange.hang_up, contact_id))

    def _lose_patience(self, contact_id: str) -> None:
        if contact_id in self._callers and self._exchange.contact(contact_id).connected_at is None:
            self._exchange.hang_up(contact_id)

    def _end(self, user_id: str, contact_id: str) -> None:
        is_call = self._exchange.contact(contact_id).channel == "VOICE"
        if is_call and self._dice.random() < CUSTOMER_ENDS:
            self._exchange.hang_up(contact_id)
        else:
            self._exchange.end(user_id, contact_id)

    def _soon(self, seconds: float, act: Callable[[], object]) -> None:
        self._timeline.after(timedelta(seconds=seconds), partial(_if_possible, act))


class _Caller:
    """One caller's dice, and how far the call has come."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.waits = False

    def number(self) -> str:
        return f"+8190{self.dice.randrange(10**8):08}"

    def key(self) -> str | None:
        """Return the key for a menu, or None for one who presses none; who waits is asked about a callback."""
        if self.waits:
            return "1" if self.dice.random() < TAKES_CALLBACK else None
        if self.dice.random() < SILENT:
            return None
        return self.dice.choices(list(KEYS), weights=list(KEYS.values()))[0]


def _if_possible(act: Callable[[], object]) -> None:
    """Act, unless it has become pointless: the caller hung up while the agent reached for the key."""
    try:
        act()
    except NotPossible:
        return
