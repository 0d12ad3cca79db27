"""Every state of the board in both languages, both themes, wide and narrow: photographed, free of barriers, never wider than the screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser import play
from tests.browser.centre import Centre
from tests.browser.conftest import Opener, Watch
from tests.browser.looks import look_at
from tests.browser.stage import Stage

FIGURES = ".number .value[data-shown]"
CHARTS = ".widget canvas"


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
    page.locator(".agent[data-state=on_contact] a").first.click()
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
    look_at(page, f"board-{state.__name__}", language)
