"""The phone's door: anybody may be a caller, with a number of their own choice, and be called back."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from aiohttp import web

from infra.local.connect.api.problems import sentence
from infra.local.connect.doors.page import Document, Doorway, Misunderstood, Page, text_in
from infra.local.connect.doors.views import call_view, heard_view, numbers_view
from infra.local.connect.floor.contact import Contact
from infra.local.connect.floor.dialling import is_number
from infra.local.connect.floor.problems import NotPossible, UnknownResource
from infra.local.connect.floor.world import Heard
from infra.local.connect.timeline import Alarm

ABSENCE = timedelta(seconds=5)
"""How long a page may be gone in the middle of a call until it has hung up."""
MOST_KEYS = 50


@dataclass(slots=True)
class Call:
    """A call on a telephone: the contact it began with, and the one where its caller was last. `picked_up` is set while it rings."""

    id: str
    contact: Contact
    incoming: bool = False
    rings_since: datetime | None = None
    picked_up: Callable[[], None] | None = None

    @property
    def is_on(self) -> bool:
        """Whether it goes on; one that rings does."""
        return self.contact.stage.is_live

    @property
    def is_third_party(self) -> bool:
        """Whether an agent has called this telephone beside the customer's; it stays on the contact that it was called by."""
        return self.contact.method == "EXTERNAL_OUTBOUND" and self.contact.id == self.id


@dataclass(slots=True, eq=False)
class Telephone:
    """A telephone in use. In the middle of a call its page may be gone for a moment."""

    number: str
    page: Page | None
    call: Call | None = None
    absence: Alarm | None = None


class Phones:
    """The telephones that pages have, by number."""

    def __init__(self, doorway: Doorway) -> None:
        self._doorway = doorway
        self._exchange = doorway.exchange
        self._telephones: dict[str, Telephone] = {}
        self._pages: dict[Page, Telephone | None] = {}
        self._placing: Telephone | None = None
        self._early: list[tuple[str, Heard]] = []
        self._commands: dict[str, Callable[[Page, Document], None]] = {
            "have": self._have,
            "call": self._call,
            "press": self._press,
            "hangUp": self._hang_up,
            "answer": self._pick_up,
            "decline": self._decline,
        }

    def heard(self, contact_id: str, heard: Heard) -> None:
        """Let a caller hear it, and every phone look again: the queue may have moved."""
        if heard.by == "customer":
            if self._placing is not None:
                self._early.append((contact_id, heard))
            for telephone in self._telephones.values():
                self._tell(telephone, contact_id, heard)
        self._look_again()

    def shown(self, user_id: str) -> None:
        """Let every phone look again: an agent may have been offered somebody in the queue."""
        self._look_again()

    def dialled(self, contact_id: str, picked_up: Callable[[], None]) -> bool:
        """Let a page's telephone ring; one that is busy is not answered."""
        contact = self._exchange.contact(contact_id)
        telephone = self._telephones.get(contact.customer.address) if contact.customer else None
        # A flow that connects its caller with somebody else dials for the caller's own contact, maybe before that is known here.
        if telephone is None or telephone is self._placing:
            return False
        if telephone.call and self._followed(telephone.call).is_on:
            return telephone.call.contact is not contact
        if telephone.page is None:
            return True
        telephone.call = Call(contact_id, contact, incoming=True, rings_since=self._exchange.now, picked_up=picked_up)
        self._look_again()
        return True

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one page for as long as it stays."""
        async with self._doorway.page(request) as page:
            self._pages[page] = None
            page.say({"numbers": numbers_view(self._exchange.instance)})
            try:
                async for message in page.messages():
                    self._obey(page, message)
            finally:
                self._go(page)
            return page.socket

    def _obey(self, page: Page, message: Document) -> None:
        try:
            command = self._commands.get(text_in(message, "do"), self._refuse)
            with self._doorway.acting():
                command(page, message)
        except NotPossible as problem:
            page.say({"problem": sentence(problem)})
        except Misunderstood as problem:
            page.say({"problem": str(problem)})
        page.look_again()

    def _refuse(self, page: Page, message: Document) -> None:
        raise Misunderstood(f'"do" is one of {", ".join(self._commands)}.')

    def _have(self, page: Page, message: Document) -> None:
        number = text_in(message, "number")
        if not is_number(number) or number in self._exchange.instance.numbers:
            raise Misunderstood("This is no number of a caller's: choose one such as +819012345678.")
        before = self._pages[page]
        if before is None or before.number != number:
            self._take(page, before, number)
        page.say({"have": number})
        page.show(lambda: {"call": self._view(page)})
        self._repeat(page)

    def _take(self, page: Page, before: Telephone | None, number: str) -> None:
        """Give a page a telephone in place of the one it had; raises Misunderstood."""
        if before is not None and before.call and self._followed(before.call).is_on:
            raise Misunderstood("You are on a call: hang up before you change the number.")
        telephone = self._telephones.setdefault(number, Telephone(number, page=None))
        if telephone.page is not None:
            raise Misunderstood(f"{number} is in use on another page: choose another number, or close that page.")
        if before is not None:
            del self._telephones[before.number]
        if telephone.absence is not None:
            telephone.absence.cancel()
        telephone.page, telephone.absence = page, None
        self._pages[page] = telephone

    def _call(self, page: Page, message: Document) -> None:
        telephone = self._telephone(page)
        if telephone.call and self._followed(telephone.call).is_on:
            raise Misunderstood("You are on a call already: hang up first.")
        to = text_in(message, "to")
        self._placing, self._early = telephone, []
        try:
            contact_id = self._exchange.call(to=to, by=telephone.number)
        finally:
            self._placing = None
        telephone.call = Call(contact_id, self._exchange.contact(contact_id))
        # The flow has begun to speak before there was a call to hear it.
        for each in self._early:
            self._tell(telephone, *each)

    def _press(self, page: Page, message: Document) -> None:
        keys = text_in(message, "keys")
        call = self._call_of(page)
        if len(keys) > MOST_KEYS or call.contact.method == "EXTERNAL_OUTBOUND":
            raise Misunderstood(f"Nobody takes these keys: press up to {MOST_KEYS} where a voice asks for some.")
        self._exchange.press(call.id, keys)

    def _hang_up(self, page: Page, message: Document) -> None:
        call = self._call_of(page)
        if call.picked_up is not None:
            self._decline(page, message)
        else:
            self._exchange.hang_up(call.id)

    def _pick_up(self, page: Page, message: Document) -> None:
        call = self._call_of(page)
        if call.picked_up is None:
            raise Misunderstood("Your telephone does not ring: there is nothing to answer.")
        picked_up, call.picked_up, call.rings_since = call.picked_up, None, None
        picked_up()

    def _decline(self, page: Page, message: Document) -> None:
        call = self._call_of(page)
        if call.picked_up is None:
            raise Misunderstood("Your telephone does not ring: there is nothing to decline.")
        # Nobody picks up: whoever calls gives up in time.
        self._telephone(page).call = None

    def _telephone(self, page: Page) -> Telephone:
        telephone = self._pages[page]
        if telephone is None:
            raise Misunderstood('You have no telephone yet: say which number is yours, with "have".')
        return telephone

    def _call_of(self, page: Page) -> Call:
        call = self._telephone(page).call
        if call is None or not self._followed(call).is_on:
            raise Misunderstood("There is no call: call a number first.")
        return call

    def _followed(self, call: Call) -> Call:
        """Find out on which contact the caller is now; one that nobody remembers any more was over long before."""
        if not call.is_third_party:
            with suppress(UnknownResource):
                call.contact = self._exchange.customer_of(call.id)
        return call

    def _repeat(self, page: Page) -> None:
        """Tell a page that has come back what its caller hears now."""
        call = self._telephone(page).call
        if call and self._followed(call).is_on and call.contact.heard is not None:
            page.say({"heard": heard_view(call.contact.heard, call.contact.details.get("LanguageCode"))})

    def _tell(self, telephone: Telephone, contact_id: str, heard: Heard) -> None:
        call = telephone.call
        # A contact that ends hands its caller over before it says so; then the call is not over.
        if call and telephone.page and self._followed(call).contact.id == contact_id:
            telephone.page.say({"heard": heard_view(heard, call.contact.details.get("LanguageCode"))})

    def _view(self, page: Page) -> Document | None:
        telephone = self._pages[page]
        if telephone is None or telephone.call is None:
            return None
        call = self._followed(telephone.call)
        return call_view(self._exchange, call.contact, id=call.id, incoming=call.incoming, rings_since=call.rings_since)

    def _go(self, page: Page) -> None:
        telephone = self._pages.pop(page)
        if telephone is None:
            return
        telephone.page = None
        with self._doorway.acting():
            call = telephone.call
            if call and call.picked_up is None and self._followed(call).is_on:
                telephone.absence = self._doorway.timeline.after(ABSENCE, partial(self._leave, telephone))
            else:
                del self._telephones[telephone.number]

    def _leave(self, telephone: Telephone) -> None:
        del self._telephones[telephone.number]
        if telephone.call:
            with suppress(NotPossible):
                self._exchange.hang_up(telephone.call.id)

    def _look_again(self) -> None:
        for page in self._pages:
            page.look_again()
