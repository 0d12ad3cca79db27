"""The other end of the phone's line: an exchange that says exactly what a test wants."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser import play

PATH = "**/connect/phone"
INBOUND = "+81312345678"
NUMBERS = ({"number": INBOUND, "name": "Support"}, {"number": "+81120444113", "name": "Billing"})
WELCOME = (
    "<speak>お電話ありがとうございます。日本語でのご案内は、1を押してください。"
    '<break time="500ms"/><lang xml:lang="en-US">For English, press 2.</lang></speak>'
)
SERVICES = {
    "ja": "製品についてのお問い合わせは1を、ご請求とお支払いについては2を押してください。",
    "en": "For help with the product, press 1. For invoices and payments, press 2.",
}
CARD = {
    "ja": "カード番号を、続けて入力してください。",
    "en": "Please key in the number of your card.",
}
VOICES = {"ja": "ja-JP", "en": "en-US"}

Document = dict[str, Any]


def text(words: str, language: str | None = "en-US", *, ssml: bool = False) -> Document:
    """Return a prompt."""
    return {"text": words, "ssml": ssml, "language": language}


def stamp(moment: datetime) -> str:
    """Return a moment as the exchange writes it."""
    return moment.isoformat(timespec="milliseconds")


class Exchange:
    """The exchange as one page sees it. The page must be routed here before it opens."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.numbers: tuple[Document, ...] = NUMBERS
        self.greets = True
        """Whether the exchange says anything to who connects."""
        self.closes_with: int | None = None
        """The code with which every new connection is closed, or None."""
        self.in_use = False
        """Whether another page has every telephone."""
        self.told: list[Document] = []
        """What the page has said, from the first connection on."""
        self.connections = 0
        self._call: Document | None = None
        self._line: WebSocketRoute | None = None
        page.route_web_socket(PATH, self._connected)

    def _connected(self, line: WebSocketRoute) -> None:
        self.connections += 1
        self._line = line
        line.on_message(lambda message: self._hear(line, json.loads(message)))
        if self.closes_with is not None:
            line.close(code=self.closes_with)
        elif self.greets:
            line.send(json.dumps({"numbers": self.numbers}))

    def _hear(self, line: WebSocketRoute, said: Document) -> None:
        self.told.append(said)
        if said["do"] == "have" and self.in_use:
            self.problem(f"{said['number']} is in use on another page.")
        elif said["do"] == "have" and self.greets:
            self._send({"have": said["number"]})
            self._tell_call()

    def commands(self) -> list[Document]:
        """Return what the page has asked for, but for which telephone it is."""
        return [said for said in self.told if said["do"] != "have"]

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the page has said what it is waited for."""
        for _ in range(200):
            if condition():
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"the page said only {self.told}")

    def reload(self) -> None:
        """Load the page anew, and wait until it has said which telephone it is."""
        before = len(self.told)
        self.page.reload()
        self.until(lambda: len(self.told) > before)

    def call(self, stage: str | None, *, ago: float = 0, agent: str | None = None, **more: Any) -> None:
        """Tell how the call stands, since some seconds ago, and who talks to the caller; None means that there is no call."""
        usual: Document = {
            "id": "c-1", "stage": stage, "since": stamp(play.NOW - timedelta(seconds=ago)), "place": None, "with": agent,
            "to": INBOUND, "incoming": False, "reason": None,
        }  # fmt: skip
        self._call = None if stage is None else usual | more
        self._tell_call()
        if stage is not None:
            expect(self.page.locator("#state")).to_have_attribute("data-stage", stage)

    def heard(self, kind: str, *prompts: Document, keys: bool = False, secret: bool = False) -> None:
        """Let the caller hear something."""
        self._send({"heard": {"kind": kind, "text": list(prompts), "keys": keys, "secret": secret}})

    def problem(self, sentence: str) -> None:
        """Refuse what the page asked for."""
        self._send({"problem": sentence})

    def drop(self, code: int = 1011) -> None:
        """Let the connection end."""
        assert self._line is not None
        self._line.close(code=code)

    def forget(self) -> None:
        """Know of no call, without a word."""
        self._call = None

    def _tell_call(self) -> None:
        self._send({"call": self._call, "now": stamp(play.NOW)})

    def _send(self, document: Document) -> None:
        assert self._line is not None
        self._line.send(json.dumps(document))
