"""The people of one exchange: those who call, and those who answer. They act on it as a phone and a desk would, and nowhere else."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.floor.world import Heard
from infra.local.connect.timeline import Timeline
from infra.local.traffic.acting import if_possible
from infra.local.traffic.callers import Callers
from infra.local.traffic.roster import plans
from infra.local.traffic.scenario import Scenario
from infra.local.traffic.staff import Staff


class People:
    """Callers and agents of one scenario.

    `origin` is the midnight at which its day begins on the timeline, `contacts` how many a day without surges brings, and `user_ids`
    name the agents who are ours; all others are somebody else's. Nobody begins a contact after `until`. Raises BadScenario.
    """

    def __init__(
        self, exchange: Exchange, timeline: Timeline, scenario: Scenario,
        *, origin: datetime, contacts: float, user_ids: Sequence[str], seed: int, until: datetime | None = None,
    ) -> None:  # fmt: skip
        self._exchange = exchange
        rates = scenario.rates(contacts)
        planned = plans(scenario, user_ids, exchange.instance, seed)
        self.callers = Callers(exchange, timeline, scenario, rates, origin=origin, until=until, seed=seed)
        self.staff = Staff(exchange, timeline, scenario, planned, origin=origin, seed=seed)
        self.expected = rates.expected

    def come(self) -> None:
        """Let the agents begin their shifts, and contacts come."""
        self.staff.come()
        self.callers.come()

    def rest(self) -> None:
        """Let nobody come any more, and no agent act: others take over. Callers who are there go on."""
        self.callers.rest()
        self.staff.rest()

    def come_back(self) -> None:
        """Let it go on after a rest: contacts come, and agents go on with what they find."""
        self.staff.come_back()
        self.callers.come_back()

    def go_home(self) -> None:
        """End every contact that is not over, as whoever is on it would, and let the agents go, all at once."""
        self.callers.rest()
        for contact in list(self._exchange.contacts.values()):
            for end in (self._exchange.hang_up, self._exchange.stop):
                if contact.stage.is_live:
                    if_possible(partial(end, contact.id))
        self.staff.go_home()

    def heard(self, contact_id: str, heard: Heard) -> None:
        """Take notice of what the customer of a contact hears now."""
        self.callers.heard(contact_id, heard)

    def dialled(self, contact_id: str, picked_up: Callable[[], None]) -> bool:
        """Let the telephone of whoever this contact dials ring; ours is every one that nobody else has."""
        return self.callers.dialled(contact_id, picked_up)

    def shown(self, user_id: str) -> None:
        """Take notice that an agent's desk shows something new."""
        self.staff.shown(user_id)


def midnight(scenario: Scenario, moment: datetime) -> datetime:
    """Return the beginning of the day in which a moment lies, by the scenario's clocks."""
    local = moment.astimezone(scenario.zone)
    begins = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return moment - timedelta(seconds=(local - begins).total_seconds())
