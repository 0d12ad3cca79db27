"""What a poll of the live floor costs the board's page, against drawing the same floor for the first time, by the number of agents."""

import json
import sys
from statistics import median

from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright

from bench.report import Report
from infra.browser import find
from tests.browser import play
from tests.browser.stage import Stage, token
from tests.conftest import ARGUMENTS

ROUNDS = 7
AGENTS = (30, 100, 300)
POLL = 6_000
"""Milliseconds, a little longer than the board waits between two questions."""
MOST = 0.25
"""Of the first drawing: a board that drew everything anew would need about the whole."""


def work(devtools: CDPSession) -> float:
    """Return the milliseconds that the page's thread has worked so far."""
    metrics = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"]) * 1000


def opened(context: BrowserContext) -> tuple[Page, CDPSession]:
    """Return a tab in which a supervisor has signed in, and what measures it."""
    page = context.new_page()
    kept = json.dumps({"id": token(role="supervisor"), "refresh": "r", "expires": 9e15})
    page.add_init_script(f"try {{ sessionStorage.setItem('tsunagu.session', {json.dumps(kept)}) }} catch {{}}")
    page.clock.install(time=play.NOW)
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable")
    return page, devtools


def measured(context: BrowserContext, stage: Stage, agents: int) -> tuple[float, float]:
    """Return the milliseconds of work for the first drawing, and for a poll that brings one change."""
    stage.answer("/floor", play.floor(agents))
    page, devtools = opened(context)
    page.goto(f"{stage.url}/board/")
    page.wait_for_selector('.agent[data-id="a-7"]')
    drawing = work(devtools)
    stage.answer("/floor", play.floor(agents, row=play.agent(7, "custom", since=3)))
    before = work(devtools)
    with page.expect_response("**/api/floor"):
        page.clock.fast_forward(POLL)
    page.wait_for_selector('.agent[data-id="a-7"] .doing:has-text("Lunch")')
    polling = work(devtools) - before
    page.close()
    return drawing, polling


def main() -> int:
    """Measure, print, and return 1 when a poll costs too much of a drawing."""
    report = Report("floor", "drawing the same floor for the first time")
    rows, worst = [], 0.0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find({}), args=ARGUMENTS)
        for agents in AGENTS:
            stage = Stage()
            play.morning(stage)
            context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="en-GB")
            pairs = [measured(context, stage, agents) for _ in range(ROUNDS)]
            drawing, polling = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
            times = median(poll / draw for draw, poll in pairs)
            worst = max(worst, times)
            rows.append([str(agents), f"{drawing:.0f} ms", f"{polling:.0f} ms", f"{times:.2f}"])
            context.close()
            stage.close()
    report.table("Work of the page's thread", ["Agents", "First drawing", "A poll with one change", "Times"], rows)
    report.promise(f"a poll costs at most {MOST} of a drawing", f"{worst:.2f}", kept=worst <= MOST)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
