"""The board: what it shows, how it stays alive, how one gets around it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import play
from tests.browser.conftest import Opener, Watch
from tests.browser.stage import Stage

Board = Callable[..., Page]
POLL = 6_000  # milliseconds: a little longer than the board waits between two questions


def number(page: Page, figure: str) -> str:
    return page.locator(f'[data-figure="{figure}"] .value').first.inner_text()


def cell(page: Page, row: str, figure: str) -> str:
    return page.locator(f'tr[data-row="{row}"] a[data-figure="{figure}"]').inner_text()


def test_seven_numbers_with_target_and_trend(board: Board) -> None:
    page = board()
    assert page.locator(".number").count() == 7
    assert [number(page, name) for name in ("waiting", "longest_wait", "answer_rate", "abandoned")] == [
        "1",
        "12s",
        "100%",
        "0",
    ]
    expect(page.locator('[data-figure="service_level"] .target').first).to_have_text("Target ≥ 80%")
    assert page.locator(".number .spark :is(polyline.line, polyline.dot)").count() >= 7
    expect(page.locator("#verdict")).to_have_attribute("data-mood", "fine")


def test_rates_are_weighed_and_not_averaged(board: Board, stage: Stage) -> None:
    small = play.row(play.NOW.replace(minute=0), 0) | {
        "offered": 10,
        "answered": 10,
        "answered_in_time": 10,
        "service_level": 1.0,
        "average_speed_of_answer": 10.0,
    }
    large = play.row(play.NOW.replace(minute=0), 1) | {
        "offered": 90,
        "answered": 30,
        "answered_in_time": 45,
        "service_level": 0.5,
        "average_speed_of_answer": 50.0,
    }
    rows = [small | {"queue": "a", "queue_name": "a"}, large | {"queue": "b", "queue_name": "b"}]
    stage.answer("/quality", {"rows": rows})
    page = board()
    assert number(page, "service_level") == "55%"
    assert number(page, "answer_rate") == "40%"
    assert number(page, "average_speed_of_answer") == "40s"


def test_nothing_offered_is_no_rate(board: Board, stage: Stage) -> None:
    none = {
        "offered": 0,
        "answered": 0,
        "answered_in_time": 0,
        "abandoned": 0,
        "answer_rate": None,
        "service_level": None,
        "average_speed_of_answer": None,
        "average_handle_time": None,
        "longest_wait": None,
    }
    stage.answer("/quality", {"rows": [play.row(play.NOW, 0) | none | {"queue": "a", "queue_name": "a"}]})
    page = board()
    assert number(page, "service_level") == "\u2013"
    assert number(page, "abandoned") == "0"


def test_who_waits_too_long_is_said_first_and_in_red(board: Board, stage: Stage) -> None:
    stage.answer("/quality", play.quality(good=False))
    stage.answer("/quality/now", play.waiting(7, 125.0))
    page = board()
    expect(page.locator("#verdict")).to_contain_text("support-ja: someone has waited 2 min 5 s (target 1 min)")
    moods = {
        card.get_attribute("data-figure"): card.get_attribute("data-mood") for card in page.locator(".number").all()
    }
    assert [name for name, mood in moods.items() if mood == "act"] == ["waiting", "longest_wait"]
    assert moods["service_level"] == "watch"
    expect(page.locator("tr[data-row='queue/q-ja'] .waiting")).to_have_text("▲ 7 (2 min 5 s)")


def test_an_alarm_that_rings_is_named(board: Board, stage: Stage) -> None:
    stage.answer("/dashboard", lambda query: play.dashboard(query, ringing=True))
    page = board()
    expect(page.locator("#verdict")).to_contain_text("tsunagu-parked")
    expect(page.locator(".alarms [data-state=ALARM]")).to_contain_text("Alarm")


def test_new_figures_come_without_reloading(board: Board, stage: Stage) -> None:
    page = board()
    page.evaluate("window.mark = 1")
    page.locator("tr[data-row='queue/q-ja'] .opener").focus()
    stage.answer("/quality/now", play.waiting(4, 33.0))
    page.clock.fast_forward(POLL)
    expect(page.locator('[data-figure="waiting"] .value')).to_have_text("4")
    expect(page.locator('[data-figure="longest_wait"] .value')).to_have_text("33s")
    assert page.evaluate("window.mark") == 1
    assert page.evaluate("document.activeElement.closest('tr').dataset.row") == "queue/q-ja"


def test_a_screen_reader_hears_what_matters_once(board: Board, stage: Stage) -> None:
    page = board()
    expect(page.locator("#aloud")).to_contain_text("Nobody waits too long")
    stage.answer("/quality/now", play.waiting(1, 70.0))
    page.clock.fast_forward(POLL)
    expect(page.locator("#aloud")).to_contain_text("has waited 1 min 10 s")
    stage.answer("/quality/now", play.waiting(1, 75.0))
    page.clock.fast_forward(POLL)
    expect(page.locator("#verdict")).to_contain_text("1 min 15 s")
    expect(page.locator("#aloud")).to_contain_text("has waited 1 min 10 s")


def test_without_a_network_it_says_since_when_and_comes_back(board: Board, stage: Stage, watch: Watch) -> None:
    watch.expect(r"ERR_INTERNET_DISCONNECTED")
    page = board()
    page.context.set_offline(True)
    page.clock.fast_forward(POLL)
    expect(page.locator("#freshness")).to_have_text(re.compile(r"Stale since 11:20:\d\d"))
    expect(page.locator("#verdict")).to_contain_text("What happens now is not known here.")
    assert number(page, "waiting") == "1"
    stage.answer("/quality/now", play.waiting(2))
    page.context.set_offline(False)
    expect(page.locator("#freshness")).to_contain_text("Live")
    expect(page.locator('[data-figure="waiting"] .value')).to_have_text("2")


def test_a_broken_api_keeps_the_last_figures(board: Board, stage: Stage, watch: Watch) -> None:
    watch.expect(r"status of 50\d|status of 429")
    page = board()
    stage.answer("/quality/now", {"Code": "TooManyRequests", "Message": "Wait a moment."}, 429)
    page.clock.fast_forward(POLL)
    expect(page.locator("#freshness")).to_contain_text("Stale since")
    assert number(page, "waiting") == "1"
    stage.answer("/quality/now", play.waiting(3))
    page.clock.fast_forward(POLL)
    expect(page.locator("#freshness")).to_contain_text("Live")


def test_a_hidden_page_asks_nothing(board: Board, stage: Stage) -> None:
    page = board()
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {configurable: true, get: () => true}); document.dispatchEvent(new Event('visibilitychange'))"
    )
    before = len(stage.asked)
    page.clock.fast_forward(10 * POLL)
    assert len(stage.asked) == before
    stage.answer("/quality/now", play.waiting(5))
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {configurable: true, get: () => false}); document.dispatchEvent(new Event('visibilitychange'))"
    )
    expect(page.locator('[data-figure="waiting"] .value')).to_have_text("5")


def test_the_skeleton_waits_and_nothing_jumps(open_page: Opener, stage: Stage) -> None:
    stage.hold_back()
    page = open_page()
    page.goto(f"{stage.url}/board/")
    page.wait_for_selector("#choices button")
    page.clock.fast_forward(400)
    expect(page.locator(".number.to-come")).to_have_count(7)
    # How many work only the answer tells, so what is above the floor has to stay where it is.
    floor = page.locator("#floor-title").bounding_box()
    stage.let_through()
    expect(page.locator(".number .value[data-shown]")).to_have_count(7)
    expect(page.locator(".site")).to_have_count(3)
    assert page.locator("#floor-title").bounding_box() == floor


def test_the_other_language_is_kept(board: Board) -> None:
    page = board()
    page.get_by_role("button", name="日本語").click()
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.locator("h1")).to_have_text("接続品質")
    expect(page.locator('[data-figure="average_handle_time"] .label')).to_have_text("平均処理時間")
    assert page.title() == "ボード · 繋ぐ"
    page.reload()
    expect(page.locator("h1")).to_have_text("接続品質")


def test_a_japanese_browser_gets_japanese(board: Board) -> None:
    page = board(language="ja-JP")
    expect(page.locator('[data-figure="longest_wait"] .value')).to_have_text("12秒")


def test_the_table_follows_range_step_and_dimension(board: Board, stage: Stage) -> None:
    page = board()
    assert cell(page, "queue/q-ja", "offered") == "92"
    page.get_by_role("button", name="7 days").click()
    expect(page.get_by_role("button", name="Day", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("tr[data-row='queue/q-ja'] a[data-figure=offered]")).not_to_have_text("92")
    page.get_by_role("button", name="Site", exact=True).click()
    expect(page.locator("#table tbody th")).to_contain_text(["sapporo", "tokyo"])
    assert page.url.endswith("?range=7d&by=site")
    asked = [one.query for one in stage.asked if one.path == "/quality" and one.query["by"] == "site"]
    assert asked[-1]["step"] == "day"
    assert asked[-1]["from"] == "2026-06-09T00:00:00+09:00"
    page.go_back()
    expect(page.locator("tr[data-row='queue/q-ja']")).to_be_visible()


def test_a_row_opens_into_its_steps(board: Board) -> None:
    page = board()
    page.locator("tr[data-row='queue/q-ja'] .opener").click()
    expect(page.locator("tr.step th")).to_contain_text(["15/06, 11:00", "15/06, 10:00", "15/06, 09:00"])
    page.clock.fast_forward(POLL)
    expect(page.locator("tr.step")).to_have_count(3)
    page.locator("tr[data-row='queue/q-ja'] .opener").click()
    expect(page.locator("tr.step")).to_have_count(0)


def test_every_number_leads_to_its_contacts_and_back(board: Board, stage: Stage) -> None:
    page = board()
    page.locator('.number[data-figure="abandoned"] a').click()
    expect(page.locator("#drill-title")).to_have_text("Abandoned")
    page.locator(".drill tr", has_text="support-ja").get_by_role("link").nth(1).click()
    expect(page.locator(".drill tbody tr")).to_have_count(6)
    expect(page.locator(".drill tbody tr").first).to_contain_text("Abandoned")
    asked = next(one.query for one in stage.asked if one.path == "/contacts")
    assert asked == {"queue": "q-ja", "from": "2026-06-15T00:00:00+09:00", "to": "2026-06-15T11:30:00+09:00"}
    page.locator(".drill tbody a").first.click()
    expect(page.locator(".facts tr")).to_have_count(3)
    expect(page.locator(".drill .fields").first).to_contain_text("agent-1")
    page.go_back()
    expect(page.locator(".drill tbody tr")).to_have_count(6)
    page.keyboard.press("Escape")
    expect(page.locator("dialog.drill")).to_be_hidden()
    assert "drill" not in page.url


def test_a_table_cell_leads_to_the_contacts_of_its_row_and_time(board: Board, stage: Stage) -> None:
    page = board("?step=hour")
    page.locator("tr[data-row='queue/q-en'] .opener").click()
    page.locator("tr.step a[data-figure=answered]").nth(1).click()
    expect(page.locator(".drill tbody tr").first).to_contain_text("Answered")
    asked = [one.query for one in stage.asked if one.path == "/contacts"]
    assert asked[0]["queue"] == "q-en"
    assert (asked[0]["from"], asked[0]["to"]) == ("2026-06-15T10:00:00+09:00", "2026-06-15T11:00:00+09:00")


def test_who_waits_is_looked_for_since_they_began(board: Board, stage: Stage) -> None:
    stage.answer("/quality/now", play.waiting(1, 1000.0))
    page = board()
    page.locator("tr[data-row='queue/q-ja'] .waiting").click()
    expect(page.locator(".drill .state")).to_contain_text("No contacts belong to this number")
    asked = [one.query for one in stage.asked if one.path == "/contacts"]
    assert asked[0] == {"queue": "q-ja", "from": "2026-06-15T10:45:00+09:00", "to": "2026-06-15T11:30:00+09:00"}


def test_contacts_of_a_site_come_from_every_queue(board: Board, stage: Stage) -> None:
    page = board("?by=site")
    page.locator("tr[data-row='site/tokyo'] a[data-figure=answered]").click()
    expect(page.locator(".drill tbody tr").first).to_contain_text("Answered")
    page.get_by_role("button", name="Show more").click()
    expect(page.locator(".drill [role=status]")).to_have_text("54 contacts. That is all of them.")
    assert {one.query["queue"] for one in stage.asked if one.path == "/contacts"} == {"q-ja", "q-en", "q-mail"}


def test_contacts_without_a_queue_have_a_row_too(board: Board, stage: Stage) -> None:
    stage.answer("/quality", {"rows": [play.row(play.NOW, 0) | {"queue": "none", "queue_name": "none"}]})
    page = board()
    expect(page.locator("#table tbody th")).to_contain_text("No queue")


def test_a_contact_leads_to_the_one_before(board: Board) -> None:
    page = board("?drill=contact&contact=5f0c9a3e-0000-4000-8000-000000000000")
    before = "5f0c9a3e-0000-4000-8000-000000000099"
    with page.expect_request(f"**/api/contacts/{before}"):
        page.get_by_role("link", name=before).click()
    page.wait_for_url(f"**contact={before}")


def test_a_link_into_a_drill_down_opens_it(board: Board) -> None:
    page = board("?drill=figure&figure=service_level")
    expect(page.locator("#drill-title")).to_have_text("Service level")
    expect(page.locator(".drill tbody th")).to_have_text(["mail-ja", "support-en", "support-ja", "All queues"])
    expect(page.locator(".drill tr.whole td").last).to_have_text(number(page, "service_level"))


def test_a_contact_that_is_not_there_says_so(board: Board, stage: Stage, watch: Watch) -> None:
    watch.expect(r"status of 404")
    stage.answer("/contacts/*", {"Code": "NotFoundError", "Message": "No contact has this id."}, 404)
    page = board("?drill=contact&contact=none")
    expect(page.locator(".drill .state.error")).to_contain_text("No contact has this id.")


@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)>", "'\"><script>alert(1)</script>"])
def test_what_arrives_stays_text(board: Board, stage: Stage, text: str) -> None:
    stage.answer("/quality", {"rows": [play.row(play.NOW, 0) | {"queue": "a", "queue_name": text}]})
    stage.answer(
        "/contacts/*", play.CONTACT | {"contact": play.CONTACT["contact"] | {"agent": {"id": "a", "name": text}}}
    )
    page = board("?drill=contact&contact=x")
    expect(page.locator(".drill .fields").first).to_contain_text(text)
    expect(page.locator("#table tbody th")).to_contain_text(text)


def test_a_refused_role_is_told_which_one_is_needed(open_page: Opener, stage: Stage, watch: Watch) -> None:
    watch.expect(r"status of 403")
    for path in ("/quality", "/quality/now", "/dashboard"):
        stage.answer(path, {"Code": "ForbiddenError", "Message": "This needs the role supervisor or leader."}, 403)
    page = open_page(role="agent")
    page.goto(f"{stage.url}/board/")
    expect(page.locator("#numbers .state.error")).to_contain_text("This needs the role supervisor or leader.")
    expect(page.locator("#numbers .state.error")).to_contain_text("You are signed in as hanako. Your roles: agent.")


def test_an_error_can_be_tried_again(open_page: Opener, stage: Stage, watch: Watch) -> None:
    watch.expect(r"status of 500")
    stage.answer("/quality/now", {"Code": "InternalServerError", "Message": "An internal server error occurred."}, 500)
    page = open_page()
    page.goto(f"{stage.url}/board/")
    expect(page.locator("#numbers .state.error")).to_contain_text("did not answer as it should")
    stage.answer("/quality/now", play.waiting())
    page.locator("#numbers").get_by_role("button", name="Try again").click()
    expect(page.locator(".number")).to_have_count(7)


def test_one_task_by_keyboard_alone(board: Board) -> None:
    """Which contacts were abandoned at support-ja today: from a fresh page to one contact and back, no mouse."""
    page = board()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(5):
        page.keyboard.press("Tab")
    expect(page.locator('.number[data-figure="abandoned"] a')).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#drill-title")).to_be_focused()
    page.locator(".drill tbody tr", has_text="support-ja").get_by_role("link").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".drill tbody tr")).to_have_count(6)
    page.locator(".drill tbody a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".facts tr")).to_have_count(3)
    page.keyboard.press("Escape")
    expect(page.locator("dialog.drill")).to_be_hidden()
    expect(page.locator('.number[data-figure="abandoned"] a')).to_be_focused()


def test_every_action_has_a_key_and_a_list_of_them(board: Board) -> None:
    page = board()
    expect(page.locator("#supervision")).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("dialog.keys dt")).to_have_count(21)
    page.keyboard.press("2")
    assert page.url.endswith("/board/")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.keys")).to_have_count(0)
    page.keyboard.press("3")
    expect(page.get_by_role("button", name="7 days")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("i")
    expect(page.get_by_role("button", name="Week", exact=True)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("c")
    expect(page.locator("#table tbody th")).to_contain_text(["E-mail", "Voice"])
    page.keyboard.press("n")
    expect(page.locator('.number[data-figure="waiting"] a')).to_be_focused()
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("l")
    expect(page.locator("html")).to_have_attribute("lang", "ja")


def test_a_key_never_fires_while_one_types(open_page: Opener, stage: Stage) -> None:
    page = open_page(signed_in=False)
    page.goto(f"{stage.url}/board/")
    page.get_by_label("User name").press_sequentially("twilo?")
    expect(page.get_by_label("User name")).to_have_value("twilo?")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("dialog.keys")).to_have_count(0)


def test_the_wall_is_twice_the_size_and_has_no_controls(board: Board) -> None:
    page = board(width=1920, height=1080)
    size = "parseFloat(getComputedStyle(document.querySelector('.number .value')).fontSize)"
    before = page.evaluate(size)
    page.keyboard.press("w")
    expect(page.locator(".controls")).to_be_hidden()
    expect(page.locator(".choices")).to_be_hidden()
    assert page.evaluate(size) == 2 * before
    assert page.url.endswith("?wall=1")
    last = page.locator(".number").last.bounding_box()
    assert last is not None
    assert last["y"] + last["height"] < 1080
    page.keyboard.press("Escape")
    expect(page.locator(".controls")).to_be_visible()
