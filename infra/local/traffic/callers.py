"""Those who call, write and fill in forms. Each has dice of their own, so a change in one story leaves the others as they were."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from random import Random

from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.floor.world import Heard
from infra.local.connect.timeline import Timeline
from infra.local.members import cards
from infra.local.traffic.acting import if_possible
from infra.local.traffic.chance import Rates
from infra.local.traffic.scenario import CHANNELS, Scenario
from infra.local.traffic.scenario import Callers as Ways

CARDS = cards()
FLOWS = {"TASK": "Task", "EMAIL": "Mail"}
"""Tasks and mails enter the flows of these names."""
MAILBOX = "support@example.com"
KEYING = (1.0, 3.0)
KEYING_CARD = (6.0, 14.0)
IN_MENU = (3.0, 12.0)
PICK_UP = (1.0, 5.0)
MOST_CALLS = 3
"""How often somebody calls until they give up."""


class Callers:
    """The customers of one exchange. Tell them what they hear; they act a little later, never at once.

    `rates` are seconds since `origin`; nobody begins after `until`.
    """

    def __init__(
        self, exchange: Exchange, timeline: Timeline, scenario: Scenario, rates: Rates, *, origin: datetime, until: datetime | None, seed: int
    ) -> None:  # fmt: skip
        self._exchange, self._timeline, self._scenario = exchange, timeline, scenario
        self._rates, self._origin, self._until, self._seed = rates, origin, until, seed
        self._dice = Random(f"{seed} callers")
        self._numbers = sorted(exchange.instance.numbers)
        named = {flow.name: flow.id for flow in exchange.instance.flows.values()}
        self._flows = {channel: named[name] for channel, name in FLOWS.items()}
        self._known: dict[str, _Caller] = {}
        self._rests = False
        self._round = 0
        self.came = 0

    def come(self) -> None:
        """Let them come, from now on."""
        self._expect()

    def rest(self) -> None:
        """Let nobody come any more; who is there goes on."""
        self._rests = True

    def come_back(self) -> None:
        """Let them come again."""
        self._rests = False
        self._round += 1
        self._expect()

    def heard(self, contact_id: str, heard: Heard) -> None:
        """Take notice of what the customer of a contact hears now; a customer is known by the first contact of the chain."""
        contact = self._exchange.contact(contact_id)
        caller = self._known.get(contact.chain_id)
        if caller is None or heard.by != "customer":
            return
        if heard.kind == "over":
            if not self._exchange.customer_of(contact.chain_id).stage.is_live:
                del self._known[contact.chain_id]
        elif heard.keys:
            keys, takes = (caller.card(), KEYING_CARD) if heard.secret else (caller.key(), KEYING)
            if keys is not None:
                self._soon(caller.dice.uniform(*takes), partial(self._exchange.press, contact.chain_id, keys))
        if contact.stage.is_queued and contact_id not in caller.waited:
            caller.waited.add(contact_id)
            patience = self._scenario.callers.patience.draw(caller.dice)
            self._soon(patience, partial(self._lose_patience, contact_id, caller))

    def dialled(self, contact_id: str, picked_up: Callable[[], None]) -> bool:
        """Let the telephone of whoever this contact dials ring, and have it picked up or not; ours is every one that nobody else has."""
        dice = Random(f"{self._seed} {contact_id}")
        if dice.random() < self._scenario.callers.pick_up:
            self._soon(dice.uniform(*PICK_UP), picked_up)
        return True

    def _expect(self) -> None:
        following = self._rates.next_after((self._timeline.now - self._origin).total_seconds(), self._dice)
        if following is None or self._rests:
            return
        moment = self._origin + timedelta(seconds=following)
        if self._until is None or moment <= self._until:
            self._timeline.at(moment, partial(self._come_in, self._round))

    def _come_in(self, of_round: int) -> None:
        # One who was expected before a rest was another's.
        if self._rests or of_round != self._round:
            return
        self.came += 1
        dice = Random(self._dice.getrandbits(64))
        channel = dice.choices(CHANNELS, weights=self._scenario.channels)[0]
        if channel == "TASK":
            self._exchange.start_task(flow_id=self._flows[channel], name="A form to be looked at")
        elif channel == "EMAIL":
            by = f"customer{dice.randrange(10**6):06}@example.com"
            self._exchange.start_mail(flow_id=self._flows[channel], by=by, to=MAILBOX, subject="A question")
        else:
            self._dial(_Caller(dice, self._scenario.callers, f"+8190{dice.randrange(10**8):08}"))
        self._expect()

    def _dial(self, caller: "_Caller") -> None:
        if self._rests:
            return
        caller.begin()
        contact_id = self._exchange.call(to=caller.dice.choice(self._numbers), by=caller.number)
        self._known[contact_id] = caller
        if caller.dice.random() < self._scenario.callers.in_menu:
            self._soon(caller.dice.uniform(*IN_MENU), partial(self._exchange.hang_up, contact_id))

    def _lose_patience(self, contact_id: str, caller: "_Caller") -> None:
        contact, ways = self._exchange.contact(contact_id), self._scenario.callers
        if not contact.stage.is_queued:
            return
        self._exchange.hang_up(contact_id)
        if caller.calls < MOST_CALLS and caller.dice.random() < ways.again:
            self._soon(caller.dice.expovariate(1 / ways.again_after), partial(self._dial, caller))

    def _soon(self, seconds: float, act: Callable[[], object]) -> None:
        self._timeline.after(timedelta(seconds=seconds), partial(if_possible, act))


class _Caller:
    """One caller: dice, number, how often they have called, and how far this call has come."""

    def __init__(self, dice: Random, ways: Ways, number: str) -> None:
        self.dice, self.number, self._ways = dice, number, ways
        self.calls = self._menus = 0
        self.waited: set[str] = set()
        self._card: str | None = None

    def begin(self) -> None:
        """Forget what was keyed in the call before; the card is at hand, or not, for the whole call."""
        self._card = None
        self.calls += 1
        self._menus = 0

    def card(self) -> str | None:
        """Return a card number as it is keyed, now and then with a wrong digit, or None for one who has no card at hand."""
        if self._card is None:
            self._card = self.dice.choice(CARDS) if self.dice.random() < self._ways.card else ""
        if not self._card:
            return None
        keyed = self._card
        if self.dice.random() < self._ways.mistype:
            place = self.dice.randrange(len(keyed))
            keyed = keyed[:place] + str((int(keyed[place]) + self.dice.randint(1, 9)) % 10) + keyed[place + 1 :]
        return f"{keyed}#"

    def key(self) -> str | None:
        """Return the key for a menu, or None for one who presses none: language first, then the service, then an offer to be called back."""
        self._menus += 1
        if self._menus > 2 or self.waited:
            return "1" if self.dice.random() < self._ways.callback else None
        if self.dice.random() < self._ways.silent:
            return None
        other = self._ways.english if self._menus == 1 else self._ways.billing
        return "2" if self.dice.random() < other else "1"
