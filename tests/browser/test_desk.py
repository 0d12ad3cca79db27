"""The desk at work: a call from the first ring to the end of its work, and what an agent sees when something goes wrong."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import play
from tests.browser.centre import CLOSING, Centre
from tests.browser.conftest import Watch, dress
from tests.browser.stage import Said, Stage, token

Desk = Callable[..., Page]
BAR = "#calls .row.first"
DETAIL = "#calls .row.second"
REQUESTS = f"/contacts/{play.CALL}/requests"


def button(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def heard(centre: Centre, command: str) -> Callable[[], bool]:
    return lambda: bool(centre.did(command))


def listening_to_cognito(stage: Stage) -> list[str]:
    """Return the list to which every action that a page asks of Cognito is added."""
    actions = []

    def answer(action: str, body: dict[str, Any]) -> Said:
        actions.append(action)
        return 200, {}

    stage.cognito = answer
    return actions


def wait_for(page: Page, met: Callable[[], bool]) -> None:
    """Wait until something has happened at the centre; the page's messages are handed over meanwhile."""
    for _ in range(200):
        if met():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it did not happen within 4 s")


def on_a_call(desk: Desk, centre: Centre) -> Page:
    """Open the desk of an agent who talks with a caller."""
    page = desk()
    centre.talks()
    expect(page.locator(BAR)).to_contain_text("Talking")
    return page


# --- a call -------------------------------------------------------------------------------------------------------------


def test_a_call_rings_is_answered_held_muted_and_ended(desk: Desk, centre: Centre) -> None:
    page = desk()
    expect(page.locator(BAR)).to_have_text("Free. Contacts ring here.")
    centre.rings()
    expect(page.locator(BAR)).to_contain_text("Incoming")
    expect(page.locator(BAR)).to_contain_text("+819012345678")
    expect(page.locator(DETAIL)).to_contain_text(re.compile(r"support-ja.*waited4\d s"))
    assert page.title().startswith("▲ Incoming · +819012345678")

    button(page, "Accept")
    expect(page.locator(BAR)).to_contain_text("Talking")
    assert page.title().startswith("Talking · ")
    button(page, "Hold")
    expect(page.locator(BAR)).to_contain_text("On hold")
    button(page, "Resume")
    expect(page.locator(BAR)).to_contain_text("Talking")
    button(page, "Mute")
    expect(page.locator(DETAIL)).to_contain_text("Muted")
    button(page, "Unmute")
    expect(page.locator(DETAIL)).not_to_contain_text("Muted")

    button(page, "End")
    expect(page.locator(DETAIL)).to_contain_text(re.compile(r"Ends by itself in(60|59|1 min)"))
    centre.pass_time(page, 20)
    expect(page.locator(DETAIL)).to_contain_text(re.compile(r"Ends by itself in(3[89]|40) s"))
    button(page, "Finish")
    expect(page.locator(BAR)).to_have_text("Free. Contacts ring here.")
    assert [one["do"] for one in centre.heard] == [
        "accept", "hold", "resume", "mute", "unmute", "end", "closeWork",
    ]  # fmt: skip


def test_what_the_caller_chose_and_how_long_they_waited_stands_in_words(desk: Desk, centre: Centre) -> None:
    page = desk(language="ja-JP")
    centre.rings(attributes={"service": "billing", "language": "en", "account_rank": "gold", "turned_away": ""})
    facts = page.locator(".facts")
    expect(facts).to_contain_text("キューsupport-ja")
    expect(facts).to_contain_text("メニューの選択お支払い")
    expect(facts).to_contain_text("言語英語")
    expect(facts).to_contain_text("account_rankgold")
    expect(facts).not_to_contain_text("turned_away")
    centre.pass_time(page, 18)
    expect(facts).to_contain_text("待ち時間1分")
    button(page, "応答")
    expect(page.locator(BAR)).to_contain_text("対応中")
    waited = facts.locator("dd").nth(2).inner_text()
    centre.pass_time(page, 30)
    expect(page.locator(BAR)).to_contain_text("30秒")
    assert facts.locator("dd").nth(2).inner_text() == waited


def test_a_transfer_is_chosen_talked_about_and_handed_over_by_keyboard(desk: Desk, centre: Centre) -> None:
    page = on_a_call(desk, centre)
    page.keyboard.press("f")
    expect(page.get_by_role("combobox")).to_be_focused()
    expect(page.get_by_role("option")).to_have_count(3)
    page.keyboard.type("ke")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(DETAIL)).to_have_text("Ringing Ken Suzuki")
    assert centre.did("transfer") == [{"do": "transfer", "contact": play.CALL, "destination": "d-ken"}]
    expect(page.get_by_role("button", name="Join all")).to_have_attribute("aria-disabled", "true")
    centre.change(consult={"id": "c", "name": "Ken Suzuki", "state": "talking"})
    expect(page.locator(DETAIL)).to_have_text("Talking with Ken Suzuki")
    page.keyboard.press("j")
    expect(page.locator(DETAIL)).to_contain_text("All three talk")
    page.keyboard.press("Shift+G")
    expect(page.locator(BAR)).to_contain_text("ACW")
    assert [one["do"] for one in centre.heard] == ["transfer", "conference", "leave"]


def test_a_transfer_can_be_called_off_before_a_destination_is_chosen(desk: Desk, centre: Centre) -> None:
    page = on_a_call(desk, centre)
    page.locator("#notes").focus()
    page.locator("#notes").blur()
    page.keyboard.press("f")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="Ken Suzuki")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator(".chooser:visible")).to_have_count(0)
    assert centre.heard == []


def test_what_was_missed_is_cleared(desk: Desk, centre: Centre) -> None:
    page = desk()
    centre.rings()
    expect(page.locator(BAR)).to_contain_text("Incoming")
    centre.change(state="missed", since=centre.ago(0))
    expect(page.locator(DETAIL)).to_contain_text("Not answered. Clear it")
    button(page, "Clear")
    expect(page.locator(BAR)).to_contain_text("Free")
    assert [one["do"] for one in centre.heard] == ["closeWork"]


def test_a_task_beside_a_call_is_finished_where_it_stands(desk: Desk, centre: Centre) -> None:
    page = on_a_call(desk, centre)
    centre.talks("task-1", channel="TASK", name="Send the invoice", description="Twice", customer=None, queuedAt=None)
    expect(page.locator(".hand")).to_have_count(2)
    page.keyboard.press("2")
    expect(page.locator("#work h2")).to_have_text("Send the invoice")
    expect(page.locator(BAR)).to_contain_text("+819012345678")
    page.locator("#work").get_by_role("button", name="End", exact=True).click()
    wait_for(page, heard(centre, "end"))
    assert centre.did("end") == [{"do": "end", "contact": "task-1"}]
    page.keyboard.press("Shift+E")
    wait_for(page, lambda: len(centre.did("end")) == 2)
    assert centre.did("end")[1] == {"do": "end", "contact": play.CALL}


def test_whoever_is_free_calls_a_number(desk: Desk, centre: Centre) -> None:
    page = desk()
    page.keyboard.press("d")
    page.keyboard.type("+81 3-1234-5678")
    page.keyboard.press("Enter")
    wait_for(page, heard(centre, "dial"))
    assert centre.did("dial") == [{"do": "dial", "number": "+81312345678"}]
    expect(page.locator("#number")).to_have_value("")


def test_a_supervisor_who_listens_steps_in_and_stops(desk: Desk, centre: Centre) -> None:
    page = desk()
    centre.talks(method="MONITOR", supervision="listening")
    expect(page.locator(BAR)).to_contain_text("Listening")
    button(page, "Step in")
    expect(page.locator(BAR)).to_contain_text("Talking")
    button(page, "Stop")
    expect(page.locator(BAR)).to_contain_text("Free")
    assert [one["do"] for one in centre.heard] == ["barge", "stopListening"]


# --- my state -----------------------------------------------------------------------------------------------------------


def test_a_state_is_chosen(desk: Desk, centre: Centre) -> None:
    page = desk()
    expect(page.locator("#state")).to_contain_text(re.compile(r"Available.*3 min 2\d s", re.DOTALL))
    page.keyboard.press("s")
    expect(page.get_by_role("option", name="Available")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_contain_text("Lunch")
    expect(page.locator(BAR)).to_contain_text("No contacts are offered")
    expect(page.locator("#aloud")).to_have_text("Your state: Lunch")


def test_while_busy_the_next_state_is_shown_as_such(desk: Desk, centre: Centre) -> None:
    page = on_a_call(desk, centre)
    page.keyboard.press("s")
    page.get_by_role("option", name="Training").click()
    expect(page.locator("#state")).to_contain_text("Available")
    expect(page.locator("#state .next")).to_have_text("Next: Training")
    centre.goes()
    expect(page.locator("#state strong").first).to_have_text("Training")
    expect(page.locator("#state .next")).to_have_count(0)


# --- nothing steals, nothing fires --------------------------------------------------------------------------------------


def test_a_call_never_takes_the_cursor_from_whoever_writes(desk: Desk, centre: Centre) -> None:
    page = on_a_call(desk, centre)
    button(page, "End")
    page.keyboard.press("n")
    page.keyboard.type("The invoice ")
    centre.rings("second")
    expect(page.locator(BAR)).to_contain_text("Incoming")
    page.keyboard.type("was wrong. a x m h f j G E w c i z K 1")
    expect(page.locator("#notes")).to_be_focused()
    expect(page.locator("#notes")).to_have_value("The invoice was wrong. a x m h f j G E w c i z K 1")
    assert [one["do"] for one in centre.heard] == ["end"]
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    wait_for(page, heard(centre, "accept"))
    assert centre.did("accept") == [{"do": "accept", "contact": "second"}]


def test_a_number_that_is_being_typed_stays_when_a_call_rings(desk: Desk, centre: Centre) -> None:
    page = desk()
    page.keyboard.press("d")
    page.keyboard.type("+813")
    centre.rings()
    expect(page.locator(BAR)).to_contain_text("Incoming")
    page.keyboard.type("99")
    expect(page.locator("#number")).to_have_value("+81399")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.locator("#work h2")).to_have_text("+819012345678")


def test_a_key_that_means_nothing_now_says_so(desk: Desk, centre: Centre) -> None:
    page = desk()
    page.keyboard.press("h")
    expect(page.locator("#notice")).to_have_text("“Hold” is not possible now.")
    assert centre.heard == []


def test_nothing_moves_when_a_call_comes_and_goes(desk: Desk, centre: Centre) -> None:
    page = desk()
    places = "Object.fromEntries([...document.querySelectorAll('.bar button, #calls, .bar')].map((n) => [n.id, JSON.stringify(n.getBoundingClientRect())]))"
    before = page.evaluate(places)
    centre.rings()
    expect(page.locator(BAR)).to_contain_text("Incoming")
    assert page.evaluate(places) == before
    page.keyboard.press("a")
    page.keyboard.press("c")
    page.keyboard.press("x")
    expect(page.locator("#notice")).to_contain_text("Reject")
    assert page.evaluate(places) == before


def test_notes_survive_a_reload_and_old_ones_go(desk: Desk, centre: Centre) -> None:
    page = on_a_call(desk, centre)
    page.keyboard.press("n")
    page.keyboard.type("Wants an invoice")
    expect(page.locator("#notes-where")).to_contain_text("on this machine")
    page.evaluate(
        "localStorage.setItem('tsunagu.notes/old', JSON.stringify({text: 'x', at: Date.now() - 25 * 3600000}))"
    )
    page.reload()
    expect(page.locator("#notes")).to_have_value("Wants an invoice")
    assert page.evaluate("localStorage.getItem('tsunagu.notes/old')") is None


def test_work_that_ends_by_itself_takes_no_sentence_from_whoever_writes(desk: Desk, centre: Centre) -> None:
    page = on_a_call(desk, centre)
    page.keyboard.press("n")
    page.keyboard.type("Wants an ")
    centre.goes()
    expect(page.locator(BAR)).to_contain_text("Free")
    page.keyboard.type("invoice")
    expect(page.locator("#notes")).to_have_value("Wants an invoice")
    page.keyboard.press("Escape")
    expect(page.locator("#number")).to_be_visible()
    expect(page.locator(".recent")).to_contain_text("Wants an invoice")


def test_a_screen_reader_hears_a_new_call_and_no_ticks(desk: Desk, centre: Centre) -> None:
    page = desk()
    centre.rings()
    expect(page.locator("#alarm")).to_have_text("Incoming contact: +819012345678, support-ja")
    page.evaluate(
        "window.heard = 0; for (const id of ['aloud', 'alarm']) new MutationObserver(() => (window.heard += 1)).observe(document.getElementById(id), {childList: true, characterData: true, subtree: true})"
    )
    before = page.locator(BAR).inner_text()
    centre.pass_time(page, 5)
    expect(page.locator(BAR)).not_to_have_text(before)
    assert page.evaluate("window.heard") == 0
    assert page.locator(".bar [aria-live], .bar [role=timer], .bar [role=status]").count() == 0


# --- the line -----------------------------------------------------------------------------------------------------------


def test_a_lost_line_says_what_is_safe_and_comes_back_by_itself(desk: Desk, centre: Centre) -> None:
    page = on_a_call(desk, centre)
    centre.drop()
    expect(page.locator("#line")).to_contain_text("Your call goes on")
    expect(page.locator("#aloud")).to_contain_text("Your call goes on")
    page.keyboard.press("h")
    expect(page.locator("#notice")).to_contain_text("“Hold” was not sent")
    centre.contact()["muted"] = True
    centre.restore()
    expect(page.locator("#line")).to_have_text("● Connected")
    expect(page.locator(DETAIL)).to_contain_text("Muted")
    assert centre.heard == []
    page.keyboard.press("h")
    expect(page.locator(BAR)).to_contain_text("On hold")


def test_pauses_between_attempts_grow(desk: Desk, centre: Centre) -> None:
    page = desk()
    page.evaluate(
        "window.pauses = []; const real = setTimeout; window.setTimeout = (f, ms, ...a) => (window.pauses.push(ms), real(f, ms, ...a)); 0"
    )

    # Answers, notices and dead lines have their own, fixed times; what else is waited for is the next attempt.
    def pauses() -> list[float]:
        return [ms for ms in page.evaluate("window.pauses") if ms not in (6_000, 12_000, 40_000)]

    def attempted(times: int) -> Callable[[], bool]:
        return lambda: len(pauses()) >= times

    centre.drop()
    for times in range(1, 9):
        wait_for(page, attempted(times))
        page.clock.fast_forward(10_000)
    assert 250 <= pauses()[0] <= 500
    assert 5_000 <= pauses()[-1] <= 10_000
    assert max(pauses()) <= 10_000


def test_a_command_without_an_answer_is_told_as_doubtful(desk: Desk, centre: Centre) -> None:
    page = on_a_call(desk, centre)
    centre.is_silent = True
    page.keyboard.press("h")
    page.keyboard.press("h")
    wait_for(page, heard(centre, "hold"))
    page.clock.fast_forward(6_100)
    expect(page.locator("#notice")).to_contain_text("“Hold” may not have arrived")
    expect(page.locator("#line")).to_have_text("● Connected")
    assert len(centre.did("hold")) == 1


def test_a_line_that_says_nothing_any_more_is_dead(desk: Desk, centre: Centre) -> None:
    page = desk()
    expect(page.locator("#line")).to_have_text("● Connected")
    centre.pass_time(page, 30)
    centre.pass_time(page, 30)
    expect(page.locator("#line")).to_have_text("● Connected")
    assert len(centre.tokens) == 1
    centre.close_with = 1013
    page.clock.fast_forward(41_000)
    expect(page.locator("#line")).to_contain_text("connection is lost")
    centre.restore()
    page.clock.fast_forward(10_000)
    expect(page.locator("#line")).to_have_text("● Connected")


def test_a_refused_command_shows_the_centres_sentence(desk: Desk, centre: Centre) -> None:
    page = desk()
    centre.rings()
    expect(page.locator(BAR)).to_contain_text("Incoming")
    centre.refuses["accept"] = "the caller has hung up: wait for the next one"
    page.keyboard.press("a")
    expect(page.locator("#notice")).to_have_text("“Accept” was refused: the caller has hung up: wait for the next one")
    expect(page.locator(BAR)).to_contain_text("Incoming")


def test_a_fresh_token_goes_out_before_the_old_one_ends(desk: Desk, centre: Centre, stage: Stage) -> None:
    stage.cognito = lambda action, body: (200, {"AuthenticationResult": {"IdToken": token("fresh"), "ExpiresIn": 3600}})
    page = desk()
    page.clock.fast_forward(3_500_000)
    page.wait_for_timeout(100)
    assert centre.tokens == [token(role="agent")]
    page.clock.fast_forward(60_000)
    wait_for(page, lambda: len(centre.tokens) == 2)
    assert centre.tokens[1] == token("fresh")
    expect(page.locator("#line")).to_have_text("● Connected")


def test_who_is_signed_out_signs_in_again_and_goes_on(desk: Desk, centre: Centre, stage: Stage) -> None:
    answers = {"REFRESH_TOKEN_AUTH": (200, {"AuthenticationResult": {"IdToken": token("renewed"), "ExpiresIn": 3600}})}
    new = {"AuthenticationResult": {"IdToken": token("hanako"), "RefreshToken": "r", "ExpiresIn": 3600}}
    stage.cognito = lambda action, body: answers.get(body.get("AuthFlow", ""), (200, new))
    page = on_a_call(desk, centre)
    page.keyboard.press("n")
    page.keyboard.type("half a sentence")
    centre.drop(4401)
    expect(page.locator("dialog.signin")).to_contain_text("carry on where you were")
    centre.restore()
    page.get_by_label("User name").fill("hanako")
    page.get_by_label("Password").fill("right")
    page.keyboard.press("Enter")
    expect(page.locator("#line")).to_have_text("● Connected")
    expect(page.locator("#notes")).to_have_value("half a sentence")
    assert centre.tokens[-1] == token("hanako")


def test_who_is_no_agent_is_told_so(open_page: Callable[..., Page], stage: Stage, centre: Centre) -> None:
    centre.close_with = 4403
    page = open_page(role="auditor")
    centre.answer(page.context)
    page.goto(f"{stage.url}/desk/")
    expect(page.locator("#instead")).to_contain_text("You have no desk here")
    expect(page.locator("#instead")).to_contain_text("Your roles: auditor")
    actions = listening_to_cognito(stage)
    page.get_by_role("button", name="Sign in as someone else").click()
    wait_for(page, lambda: actions == ["RevokeToken"])


def test_signing_out_tells_the_centre_first(desk: Desk, centre: Centre, stage: Stage) -> None:
    page = desk()
    centre.refuses["signOut"] = "hanako still has contacts: end and close them first"
    actions = listening_to_cognito(stage)
    page.keyboard.press("o")
    expect(page.locator("#notice")).to_contain_text("end and close them first")
    assert actions == []
    del centre.refuses["signOut"]
    page.keyboard.press("o")
    wait_for(page, lambda: actions == ["RevokeToken"])
    assert len(centre.did("signOut")) == 2


# --- two tabs -----------------------------------------------------------------------------------------------------------

COUNT_TONES = "window.tones = 0; const start = AudioBufferSourceNode.prototype.start; AudioBufferSourceNode.prototype.start = function (...a) { window.tones += 1; return start.apply(this, a); }; 0"


def test_two_tabs_do_not_fight(desk: Desk, centre: Centre, stage: Stage, watch: Watch) -> None:
    first = desk()
    second = first.context.new_page()
    dress(second, watch, role="agent")
    second.goto(f"{stage.url}/desk/")
    second.wait_for_selector("#state[data-type=routable]")
    for page in (first, second):
        page.evaluate(COUNT_TONES)
        page.mouse.click(640, 600)
    centre.rings()
    for page in (first, second):
        expect(page.locator(BAR)).to_contain_text("Incoming")
    assert [page.evaluate("window.tones") for page in (first, second)] == [1, 0]
    second.keyboard.press("a")
    for page in (first, second):
        expect(page.locator(BAR)).to_contain_text("Talking")
    first.keyboard.press("m")
    for page in (first, second):
        expect(page.locator(DETAIL)).to_contain_text("Muted")
    assert [one["do"] for one in centre.heard] == ["accept", "mute"]
    first.close()
    centre.goes()
    centre.rings("next")
    wait_for(second, lambda: second.evaluate("window.tones") == 1)


def test_a_notification_is_shown_only_after_a_click_has_allowed_it(desk: Desk, centre: Centre) -> None:
    page = desk()
    page.evaluate(
        """
        window.asked = 0; window.shown = [];
        window.Notification = class extends EventTarget {
          static permission = "default";
          static requestPermission() { window.asked += 1; window.Notification.permission = "granted"; return Promise.resolve("granted"); }
          constructor(title, how) { super(); window.shown.push([title, how.body]); }
          close() {}
        };
        document.hasFocus = () => false;
        """
    )
    centre.rings()
    expect(page.locator(BAR)).to_contain_text("Incoming")
    assert page.evaluate("[window.asked, window.shown.length]") == [0, 0]
    button(page, "Allow notifications")
    expect(page.locator("#notify")).to_be_hidden()
    centre.goes()
    centre.rings("another")
    wait_for(page, lambda: page.evaluate("window.shown.length") == 1)
    assert page.evaluate("window.shown") == [["Incoming", "+819012345678 · support-ja"]]


# --- the person ---------------------------------------------------------------------------------------------------------


def test_what_happened_before_is_listed(desk: Desk, centre: Centre) -> None:
    page = desk()
    centre.rings()
    expect(page.locator(".earlier li")).to_have_count(6)
    expect(page.locator(".earlier li").first).to_contain_text("Answered")
    expect(page.locator(".earlier li").first).to_contain_text("Voice · support-ja · agent-1")


def test_a_contact_that_the_api_does_not_know_yet_is_asked_for_again(
    desk: Desk, centre: Centre, stage: Stage, watch: Watch
) -> None:
    watch.expect("status of 404")
    page = desk()
    centre.rings("new")
    wait_for(page, lambda: any(asked.path == "/contacts/new/earlier" for asked in stage.asked))
    page.clock.fast_forward(400)
    expect(page.locator(".earlier .skeleton")).to_have_count(4)
    stage.answer("/contacts/new/earlier", {"contacts": []})
    page.clock.fast_forward(3_000)
    expect(page.locator(".earlier")).to_contain_text("The first contact")


# --- help and harassment ------------------------------------------------------------------------------------------------


@pytest.fixture
def taken(stage: Stage) -> Stage:
    """Let the API take requests."""
    stage.answer(REQUESTS, {"request_id": "r-1"}, 202)
    stage.answer(f"{REQUESTS}/r-1", {"state": "waiting", "why": ""})
    return stage


def posted(stage: Stage) -> list[str]:
    return [asked.body["request"] for asked in stage.asked if asked.path == REQUESTS]


def test_one_key_calls_the_supervisor_and_says_what_became_of_it(desk: Desk, centre: Centre, taken: Stage) -> None:
    page = on_a_call(desk, centre)
    page.keyboard.press("c")
    expect(page.locator("#marked")).to_contain_text("The supervisor is called in")
    assert posted(taken) == []
    centre.pass_time(page, 5)
    expect(page.locator("#marked")).to_have_text("The call for help is on its way.")
    assert posted(taken) == ["help"]
    taken.answer(f"{REQUESTS}/r-1", {"state": "done", "why": ""})
    page.clock.fast_forward(1_600)
    expect(page.locator("#marked")).to_have_text("✓ The supervisor has been called.")
    expect(page.locator("#aloud")).to_have_text("✓ The supervisor has been called.")


@pytest.mark.parametrize("again", ["c", "z"])
def test_a_call_for_help_is_taken_back(desk: Desk, centre: Centre, taken: Stage, again: str) -> None:
    page = on_a_call(desk, centre)
    page.keyboard.press("c")
    expect(page.locator("#mark-help")).to_contain_text("Take back")
    page.keyboard.press(again)
    expect(page.locator("#notice")).to_have_text("The supervisor is not called.")
    centre.pass_time(page, 30)
    page.keyboard.press("z")
    expect(page.locator("#notice")).to_have_text("There is nothing to take back any more.")
    assert posted(taken) == []


def test_a_page_that_is_closed_at_once_still_calls(desk: Desk, centre: Centre, taken: Stage, watch: Watch) -> None:
    watch.expect("status of 404")  # where the tab goes next, a picture, has no icon of its own
    page = on_a_call(desk, centre)
    page.keyboard.press("c")
    expect(page.locator("#marked")).to_contain_text("called in")
    page.goto(f"{taken.url}/shared/icon.svg")
    wait_for(page, lambda: posted(taken) == ["help"])


def test_harassment_is_marked_and_the_caller_goes_to_the_closing_announcement(
    desk: Desk, centre: Centre, taken: Stage
) -> None:
    centre.agent["destinations"].append(CLOSING)
    page = on_a_call(desk, centre)
    page.keyboard.press("i")
    script = page.locator(".script")
    expect(script).to_contain_text("お電話を終了させていただきます")
    expect(script).to_contain_text("I am going to end the call now")
    centre.pass_time(page, 5)
    wait_for(page, lambda: posted(taken) == ["harassment"])
    page.keyboard.press("Shift+K")
    expect(page.locator(BAR)).to_contain_text("ACW")
    assert centre.heard[0]["destination"] == CLOSING["id"]
    assert [one["do"] for one in centre.heard] == ["transfer", "leave"]
    expect(script).to_be_hidden()


def test_without_a_closing_announcement_the_call_is_ended(desk: Desk, centre: Centre, taken: Stage) -> None:
    page = on_a_call(desk, centre)
    page.keyboard.press("i")
    page.locator(".script").get_by_role("button", name="End the call").click()
    expect(page.locator(BAR)).to_contain_text("ACW")
    assert [one["do"] for one in centre.heard] == ["end"]


def test_a_report_that_is_taken_back_takes_its_script_with_it(desk: Desk, centre: Centre, taken: Stage) -> None:
    page = on_a_call(desk, centre)
    page.keyboard.press("i")
    expect(page.locator(".script")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator(".script")).to_be_hidden()
    centre.pass_time(page, 10)
    assert posted(taken) == []


def test_a_call_for_help_that_does_not_get_through_is_said(
    desk: Desk, centre: Centre, stage: Stage, watch: Watch
) -> None:
    watch.expect("status of 403")
    stage.answer(REQUESTS, {"Code": "ForbiddenError", "Message": "This is not your contact."}, 403)
    page = on_a_call(desk, centre)
    page.keyboard.press("c")
    centre.pass_time(page, 5)
    expect(page.locator("#marked")).to_have_text(
        "▲ The supervisor was not called. Press again, or call out. This is not your contact."
    )


# --- by keyboard alone --------------------------------------------------------------------------------------------------


def test_a_whole_call_by_keyboard_alone(desk: Desk, centre: Centre, taken: Stage) -> None:
    page = desk()
    page.keyboard.press("s")
    for key in ("Home", "Enter"):
        page.keyboard.press(key)
    centre.rings()
    expect(page.locator(BAR)).to_contain_text("Incoming")
    page.keyboard.press("a")
    expect(page.locator(BAR)).to_contain_text("Talking")
    page.keyboard.press("n")
    page.keyboard.type("Wants an invoice")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    page.keyboard.type("bill")
    page.keyboard.press("Enter")
    expect(page.locator(DETAIL)).to_have_text("Ringing Billing")
    page.keyboard.press("Shift+G")
    expect(page.locator(BAR)).to_contain_text("ACW")
    page.keyboard.press("w")
    expect(page.locator(BAR)).to_contain_text("Free")
    assert [one["do"] for one in centre.heard] == ["setStatus", "accept", "transfer", "leave", "closeWork"]


def test_every_key_is_in_the_list_and_on_its_button(desk: Desk, centre: Centre) -> None:
    page = desk()
    keys = [one.get_attribute("aria-keyshortcuts") or "" for one in page.locator(".acts > button").all()]
    assert len(set(keys)) == 11
    assert all(
        f"({key})" in (one.get_attribute("title") or "")
        for one, key in zip(page.locator(".acts > button").all(), keys, strict=True)
    )
    page.keyboard.press("?")
    listed = page.locator("dialog.keys kbd").all_inner_texts()
    assert set(keys) <= set(listed)
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.keys")).to_have_count(0)
