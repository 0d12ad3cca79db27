"""The desk's door: agents see what is in their hands and act on it, each from as many pages as they like."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from aiohttp import WSCloseCode, web

from infra.local.connect.api.problems import sentence
from infra.local.connect.doors.page import Closed, Document, Doorway, Misunderstood, Page, text_in
from infra.local.connect.doors.tokens import KeysMissing, Staff, TokenRefused, Tokens
from infra.local.connect.doors.views import agent_view
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.floor.problems import InvalidRequest, NotPossible
from infra.local.connect.floor.world import Heard
from infra.local.connect.timeline import Alarm

TOKEN_SECONDS = 10.0
"""How long a page may take to show its token."""
ABSENCE = timedelta(seconds=15)
"""How long an agent's last page may be gone until the line counts as dropped."""
ROLES = frozenset({"agent", "supervisor", "leader"})


class Command(NamedTuple):
    """What a page may ask for: the exchange's method, and the members that come along as its arguments."""

    method: str
    needs: tuple[str, ...]


CONTACT = ("contact",)
COMMANDS = {
    "setStatus": Command("set_status", ("status",)),
    "accept": Command("accept", CONTACT),
    "reject": Command("reject", CONTACT),
    "end": Command("end", CONTACT),
    "closeWork": Command("close", CONTACT),
    "hold": Command("hold", CONTACT),
    "resume": Command("resume", CONTACT),
    "mute": Command("mute", CONTACT),
    "unmute": Command("unmute", CONTACT),
    "transfer": Command("transfer", ("contact", "destination")),
    "conference": Command("conference", CONTACT),
    "leave": Command("leave", CONTACT),
    "dial": Command("dial", ("number",)),
    "signOut": Command("sign_out", ()),
}


class Turned(Exception):
    """A page is turned away, with the code that its socket is closed with."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


class Desks:
    """The desks of all agents. An agent signs in by opening the first page, and stays when pages close."""

    def __init__(self, doorway: Doorway, tokens: Tokens) -> None:
        self._doorway, self._tokens = doorway, tokens
        self._exchange = doorway.exchange
        self._user_ids = {each.user.name: each.user.id for each in self._exchange.agents.values()}
        self._pages: dict[str, list[Page]] = {}
        self._absences: dict[str, Alarm] = {}

    def heard(self, contact_id: str, heard: Heard) -> None:
        """Let every desk look again: the other side of a transfer may have answered."""
        self._look_again()

    def shown(self, user_id: str) -> None:
        """Let every desk look again; whoever sees nothing new is told nothing."""
        self._look_again()

    def dialled(self, contact_id: str, picked_up: Callable[[], None]) -> bool:
        """Return False: a desk is no telephone that could be rung up."""
        return False

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one page for as long as it stays."""
        async with self._doorway.page(request) as page:
            messages = page.messages()
            try:
                came = await self._welcome(messages)
                if came is not None:
                    await self._serve(page, messages, *came)
            except Turned as turned:
                await page.close(turned.code, str(turned))
            return page.socket

    async def _welcome(self, messages: AsyncIterator[Document]) -> tuple[str, Staff] | None:
        """Return who comes, by the page's first message, or None if it goes instead; raises Turned."""
        try:
            async with asyncio.timeout(TOKEN_SECONDS):
                async for message in messages:
                    return await self._admit(message)
        except TimeoutError:
            raise Turned(Closed.NO_TOKEN_IN_TIME, f"No token came within {TOKEN_SECONDS:.0f} s.") from None
        except KeysMissing as problem:
            raise Turned(WSCloseCode.TRY_AGAIN_LATER, "Tokens cannot be checked now: try again.") from problem
        return None

    async def _serve(self, page: Page, messages: AsyncIterator[Document], user_id: str, staff: Staff) -> None:
        """Do what an agent's page asks, for as long as its newest token holds; raises Turned."""
        self._come(user_id, page)
        try:
            async with asyncio.timeout_at(_end_of(staff)) as limit:
                async for message in messages:
                    if "token" in message:
                        # Where it cannot be checked, the one before serves until it ends.
                        with suppress(KeysMissing):
                            limit.reschedule(_end_of(await self._again(user_id, message)))
                    else:
                        page.say(self._answer(user_id, message))
        except TimeoutError:
            raise Turned(Closed.TOKEN, "The token has expired: sign in again.") from None
        finally:
            self._go(user_id, page)

    async def _again(self, user_id: str, message: Document) -> Staff:
        """Return what a fresh token says of the same person; raises Turned and KeysMissing."""
        came, staff = await self._admit(message)
        if came != user_id:
            raise Turned(Closed.TOKEN, "This is another person's token: sign in again.")
        return staff

    async def _admit(self, message: Document) -> tuple[str, Staff]:
        """Return who comes with a token; raises Turned and KeysMissing."""
        try:
            staff = await self._tokens.staff(text_in(message, "token"))
        except (TokenRefused, Misunderstood) as problem:
            raise Turned(Closed.TOKEN, "The token is not accepted: sign in again.") from problem
        user_id = self._user_ids.get(staff.username)
        if user_id is None or not staff.roles & ROLES:
            raise Turned(Closed.NO_AGENT, "No agent of this centre has this name, or the role is another.")
        return user_id, staff

    def _come(self, user_id: str, page: Page) -> None:
        self._pages.setdefault(user_id, []).append(page)
        if (absence := self._absences.pop(user_id, None)) is not None:
            absence.cancel()
        with self._doorway.acting():
            self._exchange.sign_in(user_id)
        page.show(lambda: {"agent": agent_view(self._exchange, user_id)})

    def _go(self, user_id: str, page: Page) -> None:
        self._pages[user_id].remove(page)
        if not self._pages[user_id]:
            del self._pages[user_id]
            with self._doorway.acting():
                self._absences[user_id] = self._doorway.timeline.after(ABSENCE, partial(self._lose, user_id))

    def _lose(self, user_id: str) -> None:
        del self._absences[user_id]
        self._exchange.lose_line(user_id)

    def _answer(self, user_id: str, message: Document) -> Document:
        number = message.get("id")
        if type(number) is not int:
            return {"problem": 'A command needs an "id", a whole number, by which it is answered.'}
        try:
            with self._doorway.acting():
                self._obey(user_id, message)
        except NotPossible as problem:
            return {"re": number, "problem": sentence(problem)}
        except Misunderstood as problem:
            return {"re": number, "problem": str(problem)}
        return {"re": number}

    def _obey(self, user_id: str, message: Document) -> None:
        asked = message.get("do")
        if asked == "barge":
            self._exchange.barge(user_id, _listened_to(self._exchange, user_id, text_in(message, "contact")))
        elif asked == "stopListening":
            _listened_to(self._exchange, user_id, text_in(message, "contact"))
            self._exchange.stop_monitoring(user_id)
        elif isinstance(asked, str) and asked in COMMANDS:
            command = COMMANDS[asked]
            getattr(self._exchange, command.method)(user_id, *(text_in(message, name) for name in command.needs))
        else:
            raise Misunderstood(f'"do" is one of {", ".join((*COMMANDS, "barge", "stopListening"))}.')

    def _look_again(self) -> None:
        for pages in self._pages.values():
            for page in pages:
                page.look_again()


def _listened_to(exchange: Exchange, user_id: str, contact_id: str) -> str:
    """Return the contact that a supervisor's own one listens to; raises InvalidRequest where it listens to none."""
    held = exchange.agent(user_id).contacts.get(contact_id)
    if held is None or held.contact.related_id is None or held.contact.method != "MONITOR":
        raise InvalidRequest(f"you do not listen by contact {contact_id}: listen to a call first")
    return held.contact.related_id


def _end_of(staff: Staff) -> float:
    """Return when a token ends, by the loop's clock; like its verification it goes by the real time, whatever the floor's is."""
    return asyncio.get_running_loop().time() + staff.expires.timestamp() - time.time()
