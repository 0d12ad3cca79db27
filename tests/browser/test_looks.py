"""Every state of the board in both languages, both themes, wide and narrow: photographed, free of barriers, never wider than the screen."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser import play
from tests.browser.centre import Centre
from tests.browser.conftest import Opener, Watch
from tests.browser.stage import Stage

SCREENSHOTS = Path(__file__).parents[2] / ".local" / "screenshots"
SEVERE = {"serious", "critical"}
FIGURES = ".number .value[data-shown]"
CHARTS = ".widget canvas"
PAINTED = "new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))"

Theme = Literal["light", "dark"]


def barriers(page: Page) -> list[tuple[str, list[str]]]:
    """Return what axe finds that would keep somebody out."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], [str(node["target"]) for node in one["nodes"]]) for one in found if one["impact"] in SEVERE]


def signing_in(page: Page, stage: Stage) -> None:
    page.evaluate("sessionStorage.clear()")
    page.add_init_script("sessionStorage.clear()")
    page.reload()
    page.wait_for_selector("dialog.signin #username")


def signing_in_wrongly(page: Page, stage: Stage) -> None:
    stage.cognito = lambda action, body: (400, {"__type": "NotAuthorizedException", "message": "Incorrect"})
    signing_in(page, stage)
    page.locator("#username").fill("hanako")
    page.locator("#password").fill("wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector(".message.wrong")


def good(page: Page, stage: Stage) -> None:
    pass


def bad(page: Page, stage: Stage) -> None:
    stage.answer("/quality", play.quality(good=False))
    stage.answer("/quality/now", play.waiting(7, 125.0))
    stage.answer("/dashboard", lambda query: play.dashboard(query, ringing=True))
    page.reload()
    page.wait_for_selector(".alarms [data-state=ALARM]")
    page.wait_for_selector(".verdict[data-mood=act]")


def opened(page: Page, stage: Stage) -> None:
    page.locator("tr[data-row='queue/q-ja'] .opener").click()
    page.wait_for_selector("tr.step")
    page.locator("#table-title").scroll_into_view_if_needed()


def empty(page: Page, stage: Stage) -> None:
    stage.answer("/quality", {"rows": []})
    stage.answer("/quality/now", {"at": "", "rows": []})
    stage.answer("/floor", play.floor(0) | {"waiting": []})
    stage.answer("/dashboard", lambda query: play.dashboard(query) | {"series": [], "alarms": []})
    page.reload()
    page.wait_for_selector("#table .state.empty")
    page.wait_for_selector("#floor .state.empty")
    page.wait_for_selector(CHARTS)


def loading(page: Page, stage: Stage) -> None:
    stage.hold_back()
    page.reload()
    page.wait_for_selector("#choices button")
    page.clock.fast_forward(400)
    page.wait_for_selector(".number.to-come")
    page.wait_for_selector(".floor-to-come")


def broken(page: Page, stage: Stage) -> None:
    for path in ("/quality", "/quality/now", "/dashboard", "/floor"):
        stage.answer(path, {"Code": "InternalServerError", "Message": ""}, 500)
    page.reload()
    page.wait_for_selector("#numbers .state.error")


def forbidden(page: Page, stage: Stage) -> None:
    for path in ("/quality", "/quality/now", "/dashboard", "/floor"):
        stage.answer(path, {"Code": "ForbiddenError", "Message": "This needs the role supervisor or leader."}, 403)
    page.reload()
    page.wait_for_selector("#numbers .state.error")


def stale(page: Page, stage: Stage) -> None:
    page.context.set_offline(True)
    page.clock.fast_forward(6_000)
    page.wait_for_selector(".freshness[data-stale]")
    page.wait_for_selector(".floor-pane[data-stale]")


def floor_in_trouble(page: Page, stage: Stage) -> None:
    stage.answer("/floor", play.trouble())
    stage.answer("/quality/now", {"at": "", "rows": play.trouble()["waiting"]})
    page.reload()
    page.wait_for_selector(".risk:nth-child(5)")
    page.wait_for_selector(CHARTS)


def listening(page: Page, stage: Stage) -> None:
    play.takes_request(stage, 4)
    floor_in_trouble(page, stage)
    page.wait_for_selector(".listen:enabled")
    page.locator(".listen:enabled").nth(1).click()
    page.wait_for_function("document.querySelector('.listen').disabled")


def floor_broken(page: Page, stage: Stage) -> None:
    stage.answer("/floor", {"Code": "InternalServerError", "Message": ""}, 500)
    page.reload()
    page.wait_for_selector("#floor .state.error")
    page.wait_for_selector(CHARTS)


def many_agents(page: Page, stage: Stage) -> None:
    stage.answer("/floor", play.trouble(300))
    page.reload()
    page.wait_for_selector("[data-density=compact] .agent")
    page.wait_for_selector(CHARTS)


def keys(page: Page, stage: Stage) -> None:
    page.keyboard.press("?")
    page.wait_for_selector("dialog.keys")


def made_of(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.url}/board/?drill=figure&figure=service_level")
    page.wait_for_selector(".drill tbody tr")


def its_contacts(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.url}/board/?drill=contacts&figure=answered&queue=q-ja&name=support-ja")
    page.wait_for_selector(".drill tbody tr")


def no_contacts(page: Page, stage: Stage) -> None:
    stage.answer("/contacts", {"contacts": [], "next": None})
    page.goto(f"{stage.url}/board/?drill=contacts&figure=transferred&queue=q-ja&name=support-ja")
    page.wait_for_selector(".drill .state.empty")


def one_contact(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.url}/board/?drill=contact&contact=one")
    page.wait_for_selector(".facts tr")


def one_call_at_work(page: Page, stage: Stage) -> None:
    page.wait_for_selector("#supervision:not([hidden])")
    page.locator(".agent a").first.click()
    page.wait_for_selector(".drill .trail .listen")
    page.wait_for_selector(".facts tr")


def wall(page: Page, stage: Stage) -> None:
    page.keyboard.press("w")
    page.wait_for_selector("html.wall")
    page.wait_for_selector(CHARTS)


STATES: list[Callable[[Page, Stage], None]] = [
    signing_in, signing_in_wrongly, good, bad, opened, empty, loading, broken, forbidden, stale, floor_in_trouble, listening, floor_broken,
    many_agents, keys, made_of, its_contacts, no_contacts, one_contact, one_call_at_work, wall,
]  # fmt: skip


VIEWS: list[tuple[Theme, int]] = [("light", 1280), ("dark", 1280), ("dark", 390), ("light", 390)]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_a_state_is_fit_to_be_seen(
    open_page: Opener, stage: Stage, watch: Watch, centre: Centre, state: Callable[[Page, Stage], None], language: str
) -> None:
    watch.expect(r"status of (400|403|500)|ERR_INTERNET_DISCONNECTED")
    page = open_page(language="ja-JP" if language == "ja" else "en-GB")
    page.goto(f"{stage.url}/board/")
    page.wait_for_selector(FIGURES)
    page.wait_for_selector(CHARTS)
    state(page, stage)
    if state is listening:
        centre.talks(method="MONITOR", supervision="listening")
        page.wait_for_selector("#supervision[data-mood=on] button:enabled")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    in_front = page.locator("dialog:modal").count() > 0

    for theme, width in VIEWS:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900 if width > 390 else 844})
        if not in_front:
            # A screen as high as the page: what keeps to the foot of the screen is photographed there.
            high = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": width, "height": high})
        page.evaluate(PAINTED)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=SCREENSHOTS / f"board-{state.__name__}-{language}-{theme}-{width}.png")
        # The words make no difference to contrast, names and order; each theme and each width is examined once.
        if language == ("en" if width == 390 else "ja"):
            assert barriers(page) == []
