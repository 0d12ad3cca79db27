"""A pretended centre for the desk: it speaks the wire of the local Connect, and does what a test tells it to do.

What can be done when is the local Connect's business; here every command works that is not refused, so that a test sees what a page makes
of an answer. A snapshot goes to every page of the agent after each change.
"""

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Self

from playwright.sync_api import BrowserContext, Page, WebSocketRoute

from tests.browser import play

Document = dict[str, Any]

AVAILABLE = {"id": "s-available", "name": "Available", "type": "routable"}
LUNCH = {"id": "s-lunch", "name": "Lunch", "type": "custom"}
TRAINING = {"id": "s-training", "name": "Training", "type": "custom"}
OFFLINE = {"id": "s-offline", "name": "Offline", "type": "offline"}
SUPPORT = {"id": "q-ja", "name": "support-ja"}
DESTINATIONS = [
    {"id": "d-billing", "name": "Billing", "type": "queue"},
    {"id": "d-ken", "name": "Ken Suzuki", "type": "agent"},
    {"id": "d-police", "name": "Emergency", "type": "number"},
]
CLOSING = {"id": "d-closing", "name": "Closing announcement", "type": "flow"}
WORK_SECONDS = 60
GONE = 1011


class Centre:
    """One agent, the pages of that agent, and what they asked for."""

    def __init__(self) -> None:
        self.heard: list[Document] = []
        """Commands, in order."""
        self.tokens: list[str] = []
        self.refuses: dict[str, str] = {}
        """Commands that are refused, and the sentence that says why."""
        self.close_with: int | None = None
        """The code with which every line is closed at once, while there is one."""
        self.is_silent = False
        """Whether commands stay unanswered."""
        self.is_mute = False
        """Whether a page that shows its token is told nothing."""
        self._pages: list[WebSocketRoute] = []
        self._began = time.monotonic()
        self._passed = timedelta()
        self.agent: Document = {
            "id": "a-1",
            "username": "hanako",
            "name": "Hanako Sato",
            "status": AVAILABLE,
            "since": self.ago(200),
            "next": None,
            "statuses": [AVAILABLE, LUNCH, TRAINING, OFFLINE],
            "destinations": [*DESTINATIONS],
            "contacts": [],
        }

    # --- time -----------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The centre's clock, which runs with that of the pages."""
        return play.NOW + timedelta(seconds=time.monotonic() - self._began) + self._passed

    def ago(self, seconds: float) -> str:
        """Return a moment of the past, as the wire writes it; a negative number is the future."""
        return (self.now - timedelta(seconds=seconds)).isoformat(timespec="milliseconds")

    def ahead(self, seconds: float) -> Self:
        """Put this clock ahead of the pages'."""
        self._passed += timedelta(seconds=seconds)
        return self

    def pass_time(self, page: Page, seconds: int) -> None:
        """Let time go by, here and on the page, which is told so afterwards: no line stays silent for longer than 15 s."""
        self._passed += timedelta(seconds=seconds)
        page.clock.fast_forward(seconds * 1000)
        for line in self._pages:
            line.send(json.dumps({"now": self.ago(0)}))

    # --- the line -------------------------------------------------------------------------------------------------------

    def answer(self, context: BrowserContext) -> None:
        """Answer every tab of this browser."""
        context.route_web_socket("**/connect/desk", self._opened)

    def drop(self, code: int | None = GONE) -> None:
        """Close every line, and each new one with `code` until `restore`."""
        self.close_with = code
        pages, self._pages = self._pages, []
        for page in pages:
            page.close(code=code or GONE)

    def restore(self) -> None:
        """Answer again."""
        self.close_with = None

    def tell(self) -> None:
        """Tell every page how things stand."""
        for page in self._pages:
            page.send(json.dumps({"agent": self.agent, "now": self.ago(0)}))

    def did(self, command: str) -> list[Document]:
        """Return these commands without their numbers."""
        return [{key: value for key, value in one.items() if key != "id"} for one in self.heard if one["do"] == command]

    def _opened(self, page: WebSocketRoute) -> None:
        if self.close_with is not None:
            page.close(code=self.close_with)
            return
        page.on_message(lambda text: self._said(page, json.loads(text)))
        page.on_close(lambda code, reason: self._left(page))

    def _left(self, page: WebSocketRoute) -> None:
        if page in self._pages:
            self._pages.remove(page)
        page.close()

    def _said(self, page: WebSocketRoute, said: Document) -> None:
        if "token" in said:
            self.tokens.append(said["token"])
            if page not in self._pages and not self.is_mute:
                self._pages.append(page)
                page.send(json.dumps({"agent": self.agent, "now": self.ago(0)}))
            return
        self.heard.append(said)
        if self.is_silent:
            return
        problem = self.refuses.get(said["do"])
        page.send(json.dumps({"re": said["id"]} | ({"problem": problem} if problem else {})))
        if problem is None:
            self._do(said)
            self.tell()

    # --- what happens ---------------------------------------------------------------------------------------------------

    def rings(self, contact_id: str = play.CALL, **more: Any) -> Document:
        """Let a contact ring."""
        held = {
            "id": contact_id,
            "initialId": None,
            "channel": "VOICE",
            "method": "INBOUND",
            "state": "connecting",
            "since": self.ago(0),
            "accepted": False,
            "held": False,
            "muted": False,
            "queue": SUPPORT,
            "queuedAt": self.ago(42),
            "customer": "+819012345678",
            "system": "+81312345678",
            "attributes": {"language": "ja", "service": "support"},
            "name": None,
            "description": None,
            "consult": None,
            "joined": False,
            "from": None,
            "supervision": None,
            "watched": False,
            "endsAt": None,
        } | more
        self.agent["contacts"].append(held)
        self.tell()
        return held

    def talks(self, contact_id: str = play.CALL, **more: Any) -> Document:
        """Let a contact be one that the agent talks with."""
        return self.rings(contact_id, **{"state": "connected", "accepted": True} | more)

    def change(self, contact_id: str = play.CALL, **news: Any) -> None:
        """Let something happen to a contact."""
        self.contact(contact_id).update(news)
        self.tell()

    def goes(self, contact_id: str = play.CALL) -> None:
        """Take a contact out of the agent's hands."""
        self.agent["contacts"] = [held for held in self.agent["contacts"] if held["id"] != contact_id]
        if not self.agent["contacts"] and self.agent["next"]:
            self.agent.update(status=self.agent["next"], next=None, since=self.ago(0))
        self.tell()

    def contact(self, contact_id: str = play.CALL) -> Document:
        """Return a contact in hand."""
        return next(held for held in self.agent["contacts"] if held["id"] == contact_id)

    def _do(self, said: Document) -> None:
        does: dict[str, Callable[[Document], None]] = {
            "setStatus": self._set_status,
            "accept": lambda held: held.update(accepted=True, state="connected", since=self.ago(0)),
            "reject": lambda held: held.update(state="rejected", since=self.ago(0)),
            "end": self._end,
            "closeWork": lambda held: self.goes(held["id"]),
            "hold": lambda held: held.update(held=True),
            "resume": lambda held: held.update(held=False),
            "mute": lambda held: held.update(muted=True),
            "unmute": lambda held: held.update(muted=False),
            "transfer": lambda held: held.update(held=True, consult=self._consult(said["destination"])),
            "conference": lambda held: held.update(held=False, joined=True),
            "leave": self._end,
            "barge": lambda held: held.update(supervision="joined"),
            "stopListening": lambda held: self.goes(held["id"]),
        }
        if said["do"] in ("dial", "signOut"):
            return
        does[said["do"]](said if said["do"] == "setStatus" else self.contact(said["contact"]))

    def _set_status(self, said: Document) -> None:
        chosen = next(status for status in self.agent["statuses"] if status["id"] == said["status"])
        if not self.agent["contacts"]:
            self.agent.update(status=chosen, next=None, since=self.ago(0))
        else:
            self.agent["next"] = None if chosen == self.agent["status"] else chosen

    def _end(self, held: Document) -> None:
        held.update(
            state="ended",
            since=self.ago(0),
            held=False,
            muted=False,
            joined=False,
            consult=None,
            endsAt=self.ago(-WORK_SECONDS),
        )

    def _consult(self, destination: str) -> Document:
        name = next(one["name"] for one in self.agent["destinations"] if one["id"] == destination)
        return {"id": "consult-1", "name": name, "state": "ringing"}
