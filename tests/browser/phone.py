"""A softphone in a page without a desk: what it shows, and what it is asked for."""

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from playwright.sync_api import Page

from tests.browser import instance, play
from tests.browser.centre import Centre, Document
from tests.browser.stage import POLICY, Stage

PATIENCE = 20  # seconds
HOMES: dict[str, tuple[type[Centre], Document]] = {
    "local": (Centre, {"home": "local", "path": "/connect/desk"}),
    "streams": (instance.Instance, instance.CONFIG),
}
STREAMS_POLICY = (
    POLICY.replace("connect-src 'self'", f"connect-src 'self' {instance.ORIGIN}") + f"; frame-src {instance.ORIGIN}"
)
BLANK = "<!doctype html><html lang=en><title>Softphone</title>"
START = """async (config) => {
  const { openSoftphone } = await import("/shared/softphone/softphone.js");
  const { idToken } = await import("/shared/session.js");
  window.phone = openSoftphone(config, idToken);
  window.told = 0;
  window.phone.watch((seen) => { window.seen = seen; window.told += 1; });
  window.phone.open();
}"""
DO = """([command, given]) => window.phone[command](...given).then(() => null, ({ kind, message }) => ({ kind, message }))"""
MOMENTS = ("since", "queuedAt", "endsAt")


class Phone:
    """A softphone in a page, and what it shows."""

    def __init__(self, page: Page, home: str, url: str) -> None:
        self.page = page
        self.home = home
        self._url = url
        self._config = HOMES[home][1]

    def start(self) -> "Phone":
        """Load the page, anew if need be, and open the softphone."""
        self.page.goto(self._url)
        self.page.evaluate(START, self._config)
        return self

    @property
    def seen(self) -> Document:
        """What the softphone has told last."""
        return dict(json.loads(self.page.evaluate("JSON.stringify(window.seen)")))

    def until(self, holds: Callable[[Document], Any]) -> Document:
        """Wait until what is seen is as wanted, and return it."""
        end = time.monotonic() + PATIENCE
        while not holds(seen := self.seen):
            assert time.monotonic() < end, f"still: {json.dumps(seen, indent=1)}"
            self.page.wait_for_timeout(20)
        return seen

    def does(self, command: str, *given: str) -> None:
        """Ask for something that is not refused."""
        assert self.page.evaluate(DO, [command, given]) is None

    def asks_in_vain(self, command: str, *given: str) -> Document:
        """Ask for something, and return the problem."""
        problem = self.page.evaluate(DO, [command, given])
        assert problem is not None
        return dict(problem)

    def shows(self, centre: Centre) -> Document:
        """Wait until the page shows the agent exactly as the centre has them."""
        return dict(
            self.until(lambda seen: seen["line"] == "open" and moments_apart(seen["agent"]) == self._expected(centre))
        )

    def held(self, contact_id: str = play.CALL) -> Document:
        """Return a contact as it is seen."""
        return next(held for held in self.seen["agent"]["contacts"] if held["id"] == contact_id)

    def _expected(self, centre: Centre) -> Document:
        agent = moments_apart(centre.agent)
        # Streams does not tell when after-contact work ends by itself.
        if self.home == "streams":
            for held in agent["contacts"]:
                held["endsAt"] = None
        return agent


def moments_apart(agent: Document) -> Document:
    """Return an agent with moments in one form: Python and JavaScript write them differently."""

    def plain(told: Document) -> Document:
        return told | {
            name: datetime.fromisoformat(told[name]).timestamp() for name in MOMENTS if told.get(name) is not None
        }

    return plain(agent) | {"contacts": [plain(held) for held in agent["contacts"]]}


def open_phone(home: str, centre: Centre, page: Page, stage: Stage) -> Phone:
    """Open the softphone of this home, at this centre, under the policy that pages have there."""
    if home == "streams":
        stage.policy = STREAMS_POLICY
    headers = {"Content-Security-Policy": stage.policy}
    url = f"{stage.url}/softphone/"
    page.route(url, lambda route: route.fulfill(content_type="text/html", body=BLANK, headers=headers))
    centre.answer(page.context)
    return Phone(page, home, url).start()
