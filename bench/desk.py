"""How soon the desk is painted, against a page of one line, and how that grows with what an agent has in hand."""

import json
import sys
from statistics import median

from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from bench.report import Report
from infra.browser import find
from tests.browser.centre import Centre
from tests.browser.stage import Stage, token
from tests.conftest import ARGUMENTS

ROUNDS = 9
IN_HAND = (0, 3, 30)
SOON = 1_000
"""Milliseconds until an agent sees the desk."""
ONE_LINE = "data:text/html,<p>Hello</p>"
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def painted(page: Page, address: str, shows: str) -> float:
    """Open a page that shows this in the end; return the milliseconds until it was first painted."""
    page.goto(address)
    expect(page.locator(shows).first).to_be_visible()
    return float(page.evaluate(PAINTED))


def opened(context: BrowserContext) -> Page:
    """Return a tab in which an agent has signed in."""
    page = context.new_page()
    kept = json.dumps({"id": token(role="agent"), "refresh": "r", "expires": 9e15})
    page.add_init_script(f"try {{ sessionStorage.setItem('tsunagu.session', {json.dumps(kept)}) }} catch {{}}")
    return page


def main() -> int:
    """Measure, print, and return 1 when the desk comes too late."""
    report = Report("desk", "a page of one line, without a server")
    rows, slowest = [], 0.0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find({}), args=ARGUMENTS)
        for contacts in IN_HAND:
            stage, centre = Stage(), Centre()
            for number in range(contacts):
                centre.rings(
                    f"contact-{number}", state="connected", accepted=True, channel="TASK", name=f"Task {number}"
                )
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            centre.answer(context)
            page = opened(context)
            pairs = [
                (painted(page, f"{stage.url}/desk/", "#state .mark"), painted(page, ONE_LINE, "p"))
                for _ in range(ROUNDS)
            ]
            desk, line = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
            slowest = max(slowest, desk)
            times = median(one / other for one, other in pairs)
            rows.append([str(contacts), f"{desk:.0f} ms", f"{line:.0f} ms", f"{times:.1f}"])
            context.close()
            stage.close()
    report.table("First paint", ["Contacts in hand", "The desk", "One line", "Times"], rows)
    report.promise(f"the desk is painted within {SOON} ms", f"{slowest:.0f} ms", kept=slowest < SOON)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
