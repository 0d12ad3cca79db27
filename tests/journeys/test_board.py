"""An event in, a figure on the board: seen by a supervisor in a real browser."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import lives
from tests.journeys.staff import Staff, send_events

PATIENCE = 90_000  # milliseconds
QUEUE = "board-journey"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def legs_of_this_morning() -> list[lives.Leg]:
    """Two calls answered, one abandoned, all of them just now."""
    began = datetime.now(UTC) - timedelta(seconds=40)
    quick: dict[str, Any] = {"began": began, "queue": QUEUE, "queued": 1.0, "channel": "VOICE", "worked": None}
    return [
        lives.answered_leg(1, contact_id="board-journey-1", answered=4.0, ended=20.0, **quick),
        lives.answered_leg(1, contact_id="board-journey-2", answered=6.0, ended=30.0, **quick),
        lives.abandoned_leg(1, contact_id="board-journey-3", left_queue=30.0, ended=30.0, **quick),
    ]


def test_a_supervisor_sees_calls_appear_without_reloading(stack: dict[str, Any], page: Page) -> None:
    supervisor = Staff(stack, "supervisor").user
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))

    page.goto(stack["web_url"])
    page.get_by_label("User name").fill(supervisor["username"])
    page.get_by_label("Password").fill("this is not it")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("is not right")).to_be_visible(timeout=PATIENCE)
    page.get_by_label("Password").fill(supervisor["password"])
    page.keyboard.press("Enter")
    expect(page.locator("#dashboard-name")).to_have_text("tsunagu-local", timeout=PATIENCE)

    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))
    first, second, third = legs_of_this_morning()
    send_events(stack, [event for leg in (first, second, third) for event in lives.events(leg)])
    row = page.locator("#table tr").filter(has_text=QUEUE).first
    expect(row.locator('a[data-figure="answered"]')).to_have_text("2", timeout=PATIENCE)
    expect(row.locator('a[data-figure="abandoned"]')).to_have_text("1", timeout=PATIENCE)
    expect(row.locator('a[data-figure="answer_rate"]')).to_contain_text("66.7", timeout=PATIENCE)
    expect(row.locator('a[data-figure="average_speed_of_answer"]')).to_contain_text("4 s", timeout=PATIENCE)
    expect(page.locator("#dashboard canvas").first).to_be_visible(timeout=PATIENCE)
    assert loads == []

    row.locator('a[data-figure="answered"]').click()
    expect(page.get_by_text(first.contact_id[:8]).first).to_be_visible(timeout=PATIENCE)
    assert wrong == []
