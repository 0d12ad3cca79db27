"""The live floor: who needs somebody, who waits, who works; and listening to a call from it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import play
from tests.browser.centre import Centre
from tests.browser.conftest import Opener, Watch
from tests.browser.looks import SCREENSHOTS
from tests.browser.stage import Stage

Floor = Callable[..., Page]
POLL = 6_000  # milliseconds: a little longer than the board waits between two questions
LISTENING = "7c0ffee0-0000-4000-8000-000000000001"
READY = "The softphone is ready"
COUNT_NOTES = """
    window.notes = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...when) { window.notes += 1; return start.apply(this, when); };
"""


@pytest.fixture
def floor(open_page: Opener, stage: Stage) -> Floor:
    """Return a function that opens the board and waits until its floor is there."""

    def open_floor(query: str = "", **how: Any) -> Page:
        page = open_page(**how)
        page.add_init_script(COUNT_NOTES)
        page.goto(f"{stage.url}/board/{query}")
        page.wait_for_selector(".number .value[data-shown]")
        page.wait_for_selector(".site, #floor > .state")
        return page

    return open_floor


def mark(page: Page, number: int) -> Any:
    return page.locator(f'.agent[data-id="a-{number}"]')


def names(page: Page, site: str) -> list[str]:
    return page.locator(f'.site[data-id="{site}"] .agent .name').all_inner_texts()


def strip(page: Page) -> Any:
    return page.locator("#supervision .strip-words")


def listening(centre: Centre, **more: Any) -> None:
    """Let the call that a supervisor asked for come to their softphone."""
    centre.talks(LISTENING, **{"method": "MONITOR", "supervision": "listening"} | more)


def poll(page: Page, stage: Stage) -> None:
    """Let the page ask for the floor once more, and read the answer."""
    before = sum(one.path == "/floor" for one in stage.asked)
    with page.expect_response("**/api/floor"):
        page.clock.fast_forward(POLL)
    assert sum(one.path == "/floor" for one in stage.asked) > before


# --- who works --------------------------------------------------------------------------------------------------------


def test_a_mark_says_what_an_agent_does_how_long_and_what_is_in_hand(floor: Floor, stage: Stage) -> None:
    stage.answer("/floor", play.floor(20, row=play.agent(7, "on_contact", since=200)))
    page = floor()
    expect(mark(page, 7).locator(".shape")).to_have_text("●")
    expect(mark(page, 7).locator(".doing")).to_have_text("On contact 3 min")
    expect(mark(page, 7).locator(".hand")).to_have_text("Voice · support-en · 3 min")
    expect(mark(page, 5).locator(".doing")).to_have_text("Lunch 3 min")
    expect(mark(page, 4).locator(".hand")).to_contain_text("On hold · support-ja")
    shapes = {
        state: page.locator(f'.agent[data-state="{state}"] .shape').first.inner_text() for state in play.STATES[:-1]
    }
    assert len(set(shapes.values())) == len(shapes)


def test_states_are_counted_by_site(floor: Floor) -> None:
    page = floor()
    told = play.floor()["agents"]
    for site, name in play.SITES:
        expect(page.locator(f'.site[data-id="{site}"] h3')).to_have_text(name)
        here = [one["state"] for one in told if one["site"]["id"] == site]
        assert len(names(page, site)) == len([state for state in here if state != "offline"])
        counts = page.locator(f'.site[data-id="{site}"] .counts .words')
        assert sorted(here.count(state) for state in set(here)) == sorted(
            int(text.split()[-1]) for text in counts.all_inner_texts()
        )
        expect(counts.filter(has_text="On contact")).to_have_text(f"On contact {here.count('on_contact')}")


def test_a_count_leads_to_the_agents_that_it_counts(floor: Floor) -> None:
    page = floor()
    page.locator(".counts a", has_text="Offline").first.click()
    assert page.url.endswith("?state=offline")
    offline = [one for one in play.floor()["agents"] if one["state"] == "offline"]
    expect(page.locator(".agent")).to_have_count(len(offline))
    page.locator("#floor-every").click()
    expect(page.locator(".agent")).to_have_count(20 - len(offline))
    assert "state" not in page.url


def test_who_needs_somebody_stands_first(floor: Floor, stage: Stage) -> None:
    told = play.floor(20, play.risk("help", 14, 30), play.risk("talks_long", 2, 900), play.risk("harassment", 17, 5))
    told["agents"] = [one | {"site": {"id": "tokyo", "name": "Tokyo"}} for one in told["agents"]]
    told["agents"][1] |= {"state": "error", "status": None, "since": play.ago(9)}
    stage.answer("/floor", told)
    page = floor()
    first = [play.agent(number)["agent"]["name"] for number in (17, 14, 2, 1)]
    assert names(page, "tokyo")[:4] == first
    expect(mark(page, 17).locator(".doing")).to_have_text("Harassment 5 s")
    states = page.locator(".agent").evaluate_all("marks => marks.slice(4).map((one) => one.dataset.state)")
    order = ["ringing", "on_contact", "after_contact_work", "available", "custom"]
    assert states == sorted(states, key=order.index)


def test_a_mark_leads_to_its_contact_and_every_further_contact_has_a_link(floor: Floor, stage: Stage) -> None:
    row = play.agent(0, "on_contact", since=61)
    chat = row["contacts"][0] | {"contact_id": play.call(77), "channel": "CHAT"}
    stage.answer("/floor", play.floor(20, row=row | {"contacts": [*row["contacts"], chat]}))
    page = floor()
    mark(page, 0).locator(".also").click()
    page.wait_for_url(f"**drill=contact&contact={play.call(77)}")
    page.keyboard.press("Escape")
    mark(page, 0).click(position={"x": 60, "y": 8})
    page.wait_for_url(f"**drill=contact&contact={play.call(0)}")
    expect(page.locator(".facts tr")).to_have_count(3)


def test_agents_of_no_site_and_names_that_are_markup(floor: Floor, stage: Stage) -> None:
    odd = play.agent(3) | {"agent": {"id": "a-3", "name": "<b>x</b>"}, "site": None}
    told = play.floor(4)
    stage.answer("/floor", told | {"agents": [*told["agents"][:3], odd]})
    page = floor()
    expect(page.locator(".site", has_text="No site").locator(".name")).to_have_text("<b>x</b>")


# --- who waits, what is at risk ---------------------------------------------------------------------------------------


def test_calls_at_risk_the_worst_first(floor: Floor, stage: Stage) -> None:
    stage.answer("/floor", play.trouble())
    page = floor()
    expect(page.locator(".risk .why .words")).to_have_text(
        ["Harassment", "Asks for help", "Waits long", "Waits long", "Talks long"]
    )
    expect(page.locator(".risk .for")).to_have_text(["8 s", "25 s", "2 min 20 s", "1 min 35 s", "21 min"])
    expect(page.locator(".risk").nth(2)).to_contain_text("A customer")
    expect(page.locator(".risk .listen:visible")).to_have_count(3)


def test_the_list_of_risks_is_short_until_it_is_opened(floor: Floor, stage: Stage) -> None:
    stage.answer("/floor", play.floor(20, *(play.risk("waits_long", number, 100 + number) for number in range(9))))
    page = floor()
    expect(page.locator(".risk")).to_have_count(5)
    expect(page.locator(".risk .for").first).to_have_text("1 min 48 s")
    page.get_by_role("button", name="4 more").click()
    expect(page.locator(".risk")).to_have_count(9)
    page.get_by_role("button", name="Fewer").click()
    expect(page.locator(".risk")).to_have_count(5)


def test_waiting_by_queue_the_longest_beside_its_target(floor: Floor, stage: Stage) -> None:
    stage.answer("/floor", play.trouble())
    page = floor()
    rows = page.locator(".queue-row")
    expect(rows).to_contain_text(["support-en", "support-ja", "mail-ja"])
    expect(rows.locator(".wait")).to_have_text(["▲ 2 min 20 s", "▲ 1 min 35 s", "41 s"])
    expect(rows.locator(".target").first).to_have_text("Target ≤ 1 min")
    rows.nth(1).get_by_role("link").click()
    expect(page.locator(".drill .state, .drill tbody tr").first).to_be_visible()
    asked = next(one.query for one in stage.asked if one.path == "/contacts")
    assert asked == {"queue": "q-ja", "from": "2026-06-15T11:00:00+09:00", "to": "2026-06-15T11:30:00+09:00"}


def test_a_calm_floor_says_so(floor: Floor, stage: Stage) -> None:
    stage.answer("/floor", play.floor() | {"waiting": []})
    page = floor()
    expect(page.locator(".risks")).to_contain_text("No call is at risk")
    expect(page.locator(".queues")).to_contain_text("Nobody waits")


# --- asked for help ---------------------------------------------------------------------------------------------------


def test_a_call_for_help_is_told_once_by_ear_and_by_tone(floor: Floor, stage: Stage) -> None:
    page = floor()
    page.locator("#floor-title").click()
    expect(page.locator("#tone")).to_have_text("♪ Tone for help: on")
    stage.answer("/floor", play.trouble())
    poll(page, stage)
    aloud = page.locator("#floor-aloud")
    expect(aloud).to_have_text("saki.ono reports harassment, support-ja, sota.ito asks for help, support-ja")
    expect(page.locator("#verdict")).to_have_text(
        "▲ saki.ono reports harassment, support-ja. Further calls for help: 1"
    )
    page.evaluate("""window.said = 0; new MutationObserver((all) => { window.said += all.length; })
        .observe(document.querySelector('#floor-aloud'), {childList: true, characterData: true, subtree: true})""")
    assert page.evaluate("notes") == 2  # one tone has two notes
    poll(page, stage)
    expect(page.locator(".risk")).to_have_count(5)
    assert (page.evaluate("said"), page.evaluate("notes")) == (0, 2)
    again = play.trouble() | {"at_risk": [*play.TROUBLE, play.risk("help", 7, 2)]}
    stage.answer("/floor", again)
    poll(page, stage)
    expect(aloud).to_have_text("rin.yamada asks for help, support-en")
    assert page.evaluate("notes") == 4


def test_the_tone_can_be_switched_off_and_stays_off(floor: Floor, stage: Stage) -> None:
    page = floor()
    expect(page.locator("#tone")).to_have_text("♪ Tone for help: after a click")
    page.keyboard.press("v")
    expect(page.locator("#tone")).to_have_text("♪ Tone for help: off")
    stage.answer("/floor", play.trouble())
    poll(page, stage)
    expect(page.locator(".risk")).to_have_count(5)
    assert page.evaluate("notes") == 0
    page.reload()
    expect(page.locator("#tone")).to_have_attribute("aria-pressed", "false")


# --- listening --------------------------------------------------------------------------------------------------------


def test_a_supervisor_listens_joins_and_stops(floor: Floor, stage: Stage, centre: Centre) -> None:
    stage.answer("/floor", play.trouble())
    play.takes_request(stage, 4)
    page = floor()
    expect(strip(page)).to_contain_text(READY)
    place = page.locator("#supervision").bounding_box()
    page.get_by_role("button", name="Listen to sota.ito").click()
    expect(strip(page)).to_contain_text("Asking for the call of sota.ito")
    expect(page.locator(".risk .listen:visible").first).to_be_disabled()
    sent = next(one for one in stage.asked if one.body)
    assert (sent.path, sent.body) == (f"/contacts/{play.call(4)}/requests", {"request": "listen"})

    listening(centre)
    expect(strip(page)).to_have_text("● Listening to sota.ito. Nobody hears you.")
    page.get_by_role("button", name="Join").click()
    expect(strip(page)).to_have_text("◆ In the call of sota.ito. Everybody hears you.")
    expect(page.get_by_role("button", name="Join")).to_be_disabled()
    page.locator("#supervision").get_by_role("button", name="Stop").click()
    expect(strip(page)).to_contain_text(READY)
    assert [one["do"] for one in centre.heard] == ["barge", "stopListening"]
    assert {one["contact"] for one in centre.heard} == {LISTENING}
    assert page.locator("#supervision").bounding_box() == place
    expect(page.locator(".risk .listen:visible").first).to_be_enabled()


def test_a_call_that_rings_at_the_supervisor_is_answered_first(floor: Floor, centre: Centre) -> None:
    page = floor()
    expect(strip(page)).to_contain_text(READY)
    listening(centre, state="connecting", accepted=False)
    expect(strip(page)).to_contain_text("rings here")
    page.get_by_role("button", name="Answer").click()
    expect(strip(page)).to_contain_text("Nobody hears you")
    assert [one["do"] for one in centre.heard] == ["accept"]


def test_a_refused_listen_says_why(floor: Floor, stage: Stage, watch: Watch) -> None:
    watch.expect(r"status of 409")
    stage.answer("/floor", play.trouble())
    refused = {"Code": "ConflictError", "Message": "The contact has ended. Choose another one."}
    stage.answer(f"/contacts/{play.call(4)}/requests", refused, 409)
    page = floor()
    page.get_by_role("button", name="Listen to sota.ito").click()
    expect(strip(page)).to_have_text("▽ Cannot listen to sota.ito: The contact has ended. Choose another one.")
    expect(page.locator(".risk .listen:visible").first).to_be_enabled()


def test_a_listen_that_is_refused_later_says_why(floor: Floor, stage: Stage) -> None:
    stage.answer("/floor", play.trouble())
    play.takes_request(stage, 4)
    page = floor()
    page.get_by_role("button", name="Listen to sota.ito").click()
    expect(strip(page)).to_contain_text("Asking for the call of sota.ito")
    play.takes_request(stage, 4, state="refused", why="You have a call already. End it first.")
    page.clock.fast_forward(2_000)
    expect(strip(page)).to_have_text("▽ Cannot listen to sota.ito: You have a call already. End it first.")
    before = len([one for one in stage.asked if one.path.endswith("/r-1")])
    page.clock.fast_forward(5_000)
    assert len([one for one in stage.asked if one.path.endswith("/r-1")]) == before


def test_a_call_that_never_comes_is_given_up(floor: Floor, stage: Stage) -> None:
    stage.answer("/floor", play.trouble())
    play.takes_request(stage, 4)
    page = floor()
    page.get_by_role("button", name="Listen to sota.ito").click()
    expect(strip(page)).to_contain_text("Asking")
    page.clock.fast_forward(31_000)
    expect(strip(page)).to_contain_text("The call of sota.ito did not come")


def test_a_refused_command_says_why_and_the_call_goes_on(floor: Floor, centre: Centre) -> None:
    centre.refuses["barge"] = "The call has just ended."
    page = floor()
    expect(strip(page)).to_contain_text(READY)
    listening(centre)
    page.get_by_role("button", name="Join").click()
    expect(strip(page)).to_have_text("▽ The call has just ended.")
    expect(page.get_by_role("button", name="Stop")).to_be_enabled()


def test_a_lost_line_says_so_and_comes_back(floor: Floor, centre: Centre) -> None:
    page = floor()
    expect(strip(page)).to_contain_text(READY)
    centre.drop()
    expect(strip(page)).to_contain_text("The line of the softphone is lost")
    centre.restore()
    page.clock.fast_forward(11_000)
    expect(strip(page)).to_contain_text(READY)


def test_a_refused_token_can_be_shown_again(floor: Floor, centre: Centre) -> None:
    page = floor()
    expect(strip(page)).to_contain_text(READY)
    centre.drop(4401)
    expect(strip(page)).to_contain_text("The softphone is signed out")
    centre.restore()
    page.get_by_role("button", name="Connect again").click()
    expect(strip(page)).to_contain_text(READY)


def test_who_has_no_softphone_sees_no_strip(floor: Floor, stage: Stage, centre: Centre) -> None:
    stage.answer("/floor", play.trouble())
    centre.close_with = 4403
    page = floor()
    expect(page.locator("#supervision")).to_be_hidden()
    expect(page.locator(".risk .listen:visible")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.locator("dialog.keys")).not_to_contain_text("Stop listening")


def test_quality_staff_see_the_floor_and_listen_to_nobody(floor: Floor, stage: Stage, centre: Centre) -> None:
    stage.answer("/floor", play.trouble())
    page = floor(role="quality")
    expect(page.locator(".risk")).to_have_count(5)
    expect(page.locator("#supervision")).to_be_hidden()
    assert centre.tokens == []


def test_any_call_can_be_listened_to_from_its_own_view(floor: Floor, stage: Stage, centre: Centre) -> None:
    play.takes_request(stage, 0)
    page = floor()
    expect(strip(page)).to_contain_text(READY)
    mark(page, 0).click()
    page.locator(".drill").get_by_role("button", name="Listen").click()
    expect(page.locator("dialog.drill")).to_be_hidden()
    expect(strip(page)).to_contain_text("Asking for the call of akari.mori")
    listening(centre)
    expect(strip(page)).to_contain_text("Listening to akari.mori")


def test_listening_by_keyboard_alone(floor: Floor, stage: Stage, centre: Centre) -> None:
    stage.answer("/floor", play.trouble())
    for number in (10, 12):
        play.takes_request(stage, number)
    page = floor()
    expect(strip(page)).to_contain_text(READY)
    page.keyboard.press("m")  # the worst that one can listen to
    expect(strip(page)).to_contain_text("saki.ono")
    listening(centre)
    expect(strip(page)).to_contain_text("Listening to saki.ono")
    page.keyboard.press("b")
    expect(strip(page)).to_contain_text("Everybody hears you")
    page.keyboard.press("x")
    expect(strip(page)).to_contain_text(READY)

    page.keyboard.press("f")
    expect(page.locator(".risk a").first).to_be_focused()
    mark(page, 12).locator("a").first.focus()
    page.keyboard.press("m")
    expect(strip(page)).to_contain_text("Asking for the call of emi.hara")
    asked = [one.path for one in stage.asked if one.path.endswith("/requests")]
    assert asked == [f"/contacts/{play.call(number)}/requests" for number in (10, 12)]


# --- many, stale, forbidden, wall -------------------------------------------------------------------------------------

WATCH_MARKS = """
    window.changed = new Set();
    window.moved = 0;
    new MutationObserver((all) => {
        for (const { target, type } of all) {
            const mark = (target instanceof Element ? target : target.parentElement).closest('.agent');
            if (mark) window.changed.add(mark.dataset.id);
            else if (target.matches?.('.marks') && type === 'childList') window.moved += 1;
        }
    }).observe(document.querySelector('#floor'), { subtree: true, childList: true, characterData: true, attributes: true });
"""


def test_three_hundred_agents_and_only_the_changed_are_written(floor: Floor, stage: Stage) -> None:
    stage.answer("/floor", play.floor(300))
    page = floor()
    expect(page.locator(".agent")).to_have_count(270)
    expect(page.locator(".sites")).to_have_attribute("data-density", "compact")
    page.evaluate(WATCH_MARKS)
    mark(page, 120).locator("a").first.focus()
    poll(page, stage)
    stage.answer("/floor", play.floor(300, row=play.agent(120, "after_contact_work", since=1)))
    poll(page, stage)
    expect(mark(page, 120).locator(".doing")).to_have_text("After-contact work 1 s")
    assert page.evaluate("[...changed]") == ["a-120"]
    assert page.evaluate("moved") == 2  # taken out, put in
    expect(mark(page, 120).locator("a").first).to_be_focused()


def test_a_floor_that_cannot_be_asked_says_since_when(floor: Floor, stage: Stage, watch: Watch) -> None:
    watch.expect(r"status of 500")
    page = floor()
    stage.answer("/floor", {"Code": "InternalServerError", "Message": ""}, 500)
    poll(page, stage)
    expect(page.locator("#floor-note")).to_have_text(re.compile(r"The floor as of 11:20:05"))
    assert page.locator(".agent").count() == 18
    stage.answer("/floor", play.floor())
    poll(page, stage)
    expect(page.locator("#floor-note")).to_have_text("")


def test_a_floor_that_never_came_can_be_asked_again(floor: Floor, stage: Stage, watch: Watch) -> None:
    watch.expect(r"status of 500")
    stage.answer("/floor", {"Code": "InternalServerError", "Message": ""}, 500)
    page = floor()
    expect(page.locator("#floor .state.error")).to_contain_text("did not answer as it should")
    stage.answer("/floor", play.floor())
    page.locator("#floor").get_by_role("button", name="Try again").click()
    expect(page.locator(".agent")).to_have_count(18)


def test_an_empty_floor_says_how_one_gets_there(floor: Floor, stage: Stage) -> None:
    stage.answer("/floor", play.floor(0) | {"waiting": []})
    expect(floor().locator("#floor .state.empty")).to_contain_text("Nobody is signed in")


@pytest.mark.parametrize("role", ["analyst", "auditor"])
def test_who_may_not_see_the_floor_asks_for_none(open_page: Opener, stage: Stage, role: str) -> None:
    page = open_page(role=role)
    page.goto(f"{stage.url}/board/")
    page.wait_for_selector(".number .value[data-shown]")
    page.clock.fast_forward(POLL)
    expect(page.locator("#floor-pane")).to_be_hidden()
    assert [one for one in stage.asked if one.path == "/floor"] == []
    page.keyboard.press("?")
    expect(page.locator("dialog.keys")).not_to_contain_text("Go to the floor")


def test_a_role_that_the_api_refuses_loses_the_pane(open_page: Opener, stage: Stage, watch: Watch) -> None:
    watch.expect(r"status of 403")
    stage.answer("/floor", {"Code": "ForbiddenError", "Message": "This needs the role supervisor."}, 403)
    page = open_page()
    page.goto(f"{stage.url}/board/")
    page.wait_for_selector(".number .value[data-shown]")
    expect(page.locator("#floor-pane")).to_be_hidden()


@pytest.mark.parametrize("language", ["en-GB", "ja-JP"])
def test_a_wall_holds_forty_agents_at_twice_the_size(floor: Floor, stage: Stage, centre: Centre, language: str) -> None:
    told = play.trouble(48)
    told["agents"] = [one for one in told["agents"] if one["state"] != "offline"][:40]
    stage.answer("/floor", told)
    page = floor("?wall=1", width=1920, height=1080, language=language)
    expect(page.locator(".agent")).to_have_count(40)
    expect(page.locator(".sites")).to_have_attribute("data-density", "compact")
    bottom = "document.querySelector('#floor-pane').getBoundingClientRect().bottom"
    assert page.evaluate(bottom) <= 1080
    assert page.evaluate("document.documentElement.scrollWidth") <= 1920
    for control in ("#supervision", "#tone", ".listen", ".controls"):
        assert page.locator(f"{control}:visible").count() == 0
    assert centre.tokens == []  # a wall listens to nobody
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"board-floor-wall-{language}.png")
    name = "parseFloat(getComputedStyle(document.querySelector('.agent .name')).fontSize)"
    large = page.evaluate(name)
    page.keyboard.press("Escape")
    expect(strip(page)).to_be_visible()
    assert large >= 1.8 * page.evaluate(name)


def test_a_fuller_wall_has_one_line_for_each(floor: Floor, stage: Stage) -> None:
    stage.answer("/floor", play.floor(80))
    page = floor("?wall=1", width=1920, height=1080)
    expect(page.locator(".sites")).to_have_attribute("data-density", "dense")
    assert page.evaluate("document.querySelector('#floor-pane').getBoundingClientRect().bottom") <= 1080
