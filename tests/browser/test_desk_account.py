"""The account at the desk: card entry in the call, the second check, and taking back what was somebody else."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import play
from tests.browser.centre import CARD, Centre
from tests.browser.conftest import Watch
from tests.browser.looks import barriers
from tests.browser.stage import Stage
from tests.browser.test_desk import BAR, DETAIL, Desk, on_a_call, wait_for

ACCOUNT, CHECKS = f"/contacts/{play.CALL}/account", f"/contacts/{play.CALL}/checks"
PANEL, STANDING, OUTCOME = "#account", "#account .standing", "#account .outcome"
JIRO = play.MEMBER | {"account_id": "A-0001043"}
NUMBER = "4111111111111111"


@pytest.fixture
def taken(stage: Stage) -> Stage:
    """Let the API take checks."""
    stage.answer(CHECKS, {"check_id": "check-1"}, 202)
    return stage


def identified(desk: Desk, centre: Centre, stage: Stage, answer: Any = None) -> Page:
    """Open the desk of an agent who talks with a caller whose card has named an account."""
    stage.answer(ACCOUNT, answer or play.account())
    page = on_a_call(desk, centre)
    expect(page.locator(STANDING)).to_be_visible()
    return page


def posted(stage: Stage) -> list[Any]:
    return [asked.body for asked in stage.asked if asked.path == CHECKS]


def looks(stage: Stage) -> Callable[[], int]:
    return lambda: sum(asked.path == ACCOUNT for asked in stage.asked)


def answers(page: Page, said: str, fact: str | None = None) -> None:
    """Write down by keyboard what the customer said."""
    page.keyboard.press("v")
    if fact:
        page.keyboard.press("Shift+Tab")
        page.keyboard.press(fact)
        page.keyboard.press("Tab")
    page.keyboard.type(said)
    page.keyboard.press("Enter")


# --- who it is ----------------------------------------------------------------------------------------------------------


def test_where_nobody_was_named_nothing_stands(desk: Desk, centre: Centre, stage: Stage) -> None:
    page = on_a_call(desk, centre)
    wait_for(page, lambda: looks(stage)() == 1)
    expect(page.locator(".earlier li")).to_have_count(6)
    expect(page.locator(PANEL)).to_be_hidden()


def test_an_account_that_the_card_has_named_is_plainly_not_verified(desk: Desk, centre: Centre, stage: Stage) -> None:
    page = identified(desk, centre, stage)
    expect(page.locator(STANDING)).to_contain_text("▲ Not verified")
    expect(page.locator(".account-facts")).to_contain_text("A-0001042")
    expect(page.locator(".account-facts")).to_contain_text("LanguageJapanese")
    expect(page.locator(".account-facts")).to_contain_text("StatusOpen")
    expect(page.locator(PANEL)).not_to_contain_text("山田")
    assert barriers(page) == []


def test_what_the_flow_notes_of_the_account_stands_in_the_panel_alone(desk: Desk, centre: Centre, stage: Stage) -> None:
    stage.answer(ACCOUNT, play.account())
    page = desk()
    centre.talks(attributes={"account_id": "A-0001042", "identified": "card", "service": "support"})
    expect(page.locator(STANDING)).to_be_visible()
    expect(page.locator("#work .facts")).to_contain_text("Support")
    expect(page.locator("#work .facts")).not_to_contain_text("A-0001042")


def test_a_contact_that_becomes_identified_shows_it_by_itself(desk: Desk, centre: Centre, stage: Stage) -> None:
    page = on_a_call(desk, centre)
    wait_for(page, lambda: looks(stage)() == 1)
    stage.answer(ACCOUNT, play.account())
    centre.change(attributes={"account_id": "A-0001042"})
    expect(page.locator(STANDING)).to_contain_text("Not verified")
    assert looks(stage)() == 2


def test_a_contact_that_the_api_does_not_know_yet_is_asked_for_again(
    desk: Desk, centre: Centre, stage: Stage, watch: Watch
) -> None:
    watch.expect("status of 404")
    stage.answer("/contacts/another/account", {"Code": "NotFoundError", "Message": "look again"}, 404)
    page = desk()
    centre.talks("another")
    wait_for(page, lambda: any(asked.path == "/contacts/another/account" for asked in stage.asked))
    page.clock.fast_forward(400)
    expect(page.locator("#account .skeleton")).to_have_count(1)
    stage.answer("/contacts/another/account", play.account())
    page.clock.fast_forward(3_000)
    expect(page.locator(STANDING)).to_contain_text("Not verified")


def test_an_account_that_cannot_be_shown_says_so_and_is_asked_for_again(
    desk: Desk, centre: Centre, stage: Stage, watch: Watch
) -> None:
    watch.expect("status of 503")
    stage.answer(ACCOUNT, {"Code": "ServiceUnavailableError", "Message": "The centre's records are busy."}, 503)
    page = on_a_call(desk, centre)
    expect(page.locator(STANDING)).to_contain_text("The account cannot be shown. The centre's records are busy.")
    stage.answer(ACCOUNT, play.account())
    page.locator(STANDING).get_by_role("button").click()
    expect(page.locator(STANDING)).to_contain_text("Not verified")


# --- the second check ---------------------------------------------------------------------------------------------------


def test_an_address_that_fits_shows_who_it_is(desk: Desk, centre: Centre, taken: Stage) -> None:
    page = identified(desk, centre, taken)
    answers(page, "090-1234-5678")
    expect(page.locator(OUTCOME)).to_have_text("Comparing …")
    assert posted(taken) == [{"fact": "address", "said": "090-1234-5678"}]
    expect(page.locator("#check-said")).to_have_value("")
    taken.answer(ACCOUNT, play.verified())
    page.clock.fast_forward(1_600)
    expect(page.locator("#aloud")).to_have_text("✓ Right: this is the customer.")
    expect(page.locator(STANDING)).to_contain_text("✓ Verified")
    expect(page.locator(".account-facts")).to_contain_text("山田 太郎")
    expect(page.locator(".account-facts")).to_contain_text("taro.yamada@example.jp")
    expect(page.locator("#account .check")).to_be_hidden()


@pytest.mark.parametrize(
    ("fact", "after", "sentence"),
    [
        (None, play.account(tries=2, check=play.checked()), "▲ That does not match. Tries left: 2."),
        (None, play.account(tries=0, check=play.checked()), "■ Three answers did not match: no more checks"),
        ("n", play.account(tries=3, check=play.checked(fact="name", right=True)), "A name alone is not enough"),
    ],
)
def test_what_came_of_a_check_is_said_in_words(
    desk: Desk, centre: Centre, taken: Stage, fact: str | None, after: Any, sentence: str
) -> None:
    page = identified(desk, centre, taken)
    answers(page, "Taro", fact)
    wait_for(page, lambda: bool(posted(taken)))
    assert posted(taken) == [{"fact": "name" if fact else "address", "said": "Taro"}]
    taken.answer(ACCOUNT, after)
    page.clock.fast_forward(1_600)
    expect(page.locator("#aloud")).to_contain_text(sentence)
    if after["tries_left"]:
        expect(page.locator(OUTCOME)).to_contain_text(sentence)
        expect(page.locator("#check-said")).to_be_focused()
    else:
        expect(page.locator(STANDING)).to_contain_text("■ Not verified")
        expect(page.locator(STANDING)).to_contain_text("this contact has no more checks")
        expect(page.locator("#account .check")).to_be_hidden()
        expect(page.locator(PANEL)).not_to_contain_text("山田")


def test_a_check_of_which_nobody_hears_is_told_as_unknown(desk: Desk, centre: Centre, taken: Stage) -> None:
    page = identified(desk, centre, taken)
    answers(page, "090-1234-5678")
    wait_for(page, lambda: bool(posted(taken)))
    for _ in range(40):
        page.clock.fast_forward(1_600)
        page.wait_for_timeout(10)
    expect(page.locator(OUTCOME)).to_contain_text("not known yet")
    assert len(posted(taken)) == 1


def test_what_did_not_get_through_is_not_lost(desk: Desk, centre: Centre, stage: Stage, watch: Watch) -> None:
    watch.expect("status of 503")
    stage.answer(CHECKS, {"Code": "ServiceUnavailableError", "Message": "Busy."}, 503)
    page = identified(desk, centre, stage)
    answers(page, "090-1234-5678")
    expect(page.locator(OUTCOME)).to_have_text("▲ The answer was not sent. Try again. Busy.")
    expect(page.locator("#check-said")).to_have_value("090-1234-5678")


@pytest.mark.parametrize("pasted", [True, False], ids=["pasted", "typed"])
@pytest.mark.parametrize("typed", [NUMBER, "4111 1111 1111 1111", "4111-1111-1111-1111"])
def test_a_card_number_stays_neither_on_the_page_nor_leaves_it(
    desk: Desk, centre: Centre, taken: Stage, typed: str, pasted: bool
) -> None:
    page = identified(desk, centre, taken)
    page.keyboard.press("v")
    if pasted:
        page.keyboard.insert_text(typed)
    else:
        page.keyboard.type(typed)
    expect(page.locator("#check-how")).to_have_text(
        "That looked like a card number and was wiped. Ask for something else."
    )
    expect(page.locator("#check-said")).to_have_value("")
    page.keyboard.press("Enter")
    assert posted(taken) == []


def test_what_the_api_takes_for_a_card_number_is_wiped(desk: Desk, centre: Centre, stage: Stage, watch: Watch) -> None:
    watch.expect("status of 400")
    stage.answer(CHECKS, {"Code": "BadRequestError", "Message": "That looks like a card number."}, 400)
    page = identified(desk, centre, stage)
    answers(page, "630500000009")
    expect(page.locator(OUTCOME)).to_contain_text("That looks like a card number.")
    expect(page.locator("#check-said")).to_have_value("")


def test_several_accounts_are_listed_until_the_check_decides(desk: Desk, centre: Centre, taken: Stage) -> None:
    page = identified(desk, centre, taken, play.account("several", play.MEMBER, JIRO))
    expect(page.locator(STANDING)).to_contain_text("Several accounts, not verified")
    expect(page.locator(".account-facts")).to_have_count(2)
    expect(page.locator(".members")).to_contain_text("A-0001043")
    answers(page, "090-1234-5678")
    wait_for(page, lambda: bool(posted(taken)))
    taken.answer(ACCOUNT, play.verified())
    page.clock.fast_forward(1_600)
    expect(page.locator(".account-facts")).to_have_count(1)


def test_nothing_that_happens_takes_the_answer_from_whoever_types_it(desk: Desk, centre: Centre, taken: Stage) -> None:
    page = identified(desk, centre, taken)
    page.keyboard.press("v")
    page.keyboard.type("090-")
    centre.rings("second")
    centre.change(attributes={"account_id": "A-0001042"})
    wait_for(page, lambda: looks(taken)() >= 2)
    page.keyboard.type("1234 p u v z a")
    expect(page.locator("#check-said")).to_be_focused()
    expect(page.locator("#check-said")).to_have_value("090-1234 p u v z a")
    assert centre.heard == []


# --- somebody else ------------------------------------------------------------------------------------------------------


def test_not_this_customer_takes_the_account_away(desk: Desk, centre: Centre, taken: Stage) -> None:
    page = identified(desk, centre, taken, play.verified())
    page.keyboard.press("u")
    expect(page.locator("#account .pending")).to_contain_text("Taken from this contact in")
    assert posted(taken) == []
    taken.answer(ACCOUNT, play.account("undone", tries=0) | {"accounts": []})
    centre.pass_time(page, 5)
    expect(page.locator(STANDING)).to_contain_text("Not this customer")
    assert posted(taken) == [{"fact": "not_this_customer"}]
    expect(page.locator(PANEL)).not_to_contain_text("山田")
    page.keyboard.press("u")
    expect(page.locator("#notice")).to_have_text("“Not this customer” is not possible now.")


@pytest.mark.parametrize("again", ["u", "z"])
def test_not_this_customer_can_be_taken_back(desk: Desk, centre: Centre, taken: Stage, again: str) -> None:
    page = identified(desk, centre, taken)
    page.keyboard.press("u")
    expect(page.locator("#not-this")).to_have_text("Keep the account")
    page.keyboard.press(again)
    expect(page.locator("#notice")).to_have_text("The account stays.")
    centre.pass_time(page, 30)
    expect(page.locator("#account .check")).to_be_visible()
    assert posted(taken) == []


def test_a_page_that_is_closed_in_that_moment_has_not_taken_it_back(
    desk: Desk, centre: Centre, taken: Stage, watch: Watch
) -> None:
    watch.expect("status of 404")  # where the tab goes next, a picture, has no icon of its own
    page = identified(desk, centre, taken)
    page.keyboard.press("u")
    expect(page.locator("#not-this")).to_have_text("Keep the account")
    page.goto(f"{taken.url}/shared/icon.svg")
    wait_for(page, lambda: posted(taken) == [{"fact": "not_this_customer"}])


def test_what_does_not_get_through_is_said(desk: Desk, centre: Centre, stage: Stage, watch: Watch) -> None:
    watch.expect("status of 503")
    stage.answer(CHECKS, {"Code": "ServiceUnavailableError", "Message": "Busy."}, 503)
    page = identified(desk, centre, stage)
    page.keyboard.press("u")
    centre.pass_time(page, 5)
    expect(page.locator(OUTCOME)).to_contain_text("▲ The account is still here")
    expect(page.locator(STANDING)).to_contain_text("Not verified")


# --- card entry in the call ---------------------------------------------------------------------------------------------


@pytest.fixture(params=["Card entry", ""], ids=["named", "nameless"])
def entering(desk: Desk, centre: Centre, stage: Stage, request: pytest.FixtureRequest) -> Page:
    """Open the desk of an agent whose caller keys a card number; a consultation by a flow may go by a name or by none."""
    centre.agent["destinations"].append(CARD)
    page = on_a_call(desk, centre)
    expect(page.locator("#card-entry")).to_be_visible()
    page.keyboard.press("p")
    wait_for(page, lambda: bool(centre.did("transfer")))
    centre.change(held=True, consult={"id": "consult-1", "name": request.param, "state": "ringing"})
    expect(page.locator(STANDING)).to_contain_text("Customer is keying the card number")
    return page


def test_one_key_lets_the_customer_key_the_number(entering: Page, centre: Centre) -> None:
    assert centre.did("transfer") == [{"do": "transfer", "contact": play.CALL, "destination": "d-card"}]
    expect(entering.locator(BAR)).to_contain_text("Keying card")
    expect(entering.locator(DETAIL)).to_have_text("Customer is keying the card number")
    centre.pass_time(entering, 20)
    expect(entering.locator(STANDING)).to_contain_text(re.compile(r"2\d s"))
    assert entering.title().startswith("Keying card")


@pytest.mark.parametrize("key", ["h", "j", "Shift+G", "f", "p", "m"])
def test_while_it_goes_on_no_key_lets_anybody_hear_or_hands_the_caller_away(
    entering: Page, centre: Centre, key: str
) -> None:
    entering.keyboard.press(key)
    expect(entering.locator("#notice")).to_contain_text("is not possible now")
    assert len(centre.heard) == 1


def test_help_can_be_called_and_the_call_be_ended_meanwhile(entering: Page, centre: Centre, stage: Stage) -> None:
    stage.answer(f"/contacts/{play.CALL}/requests", {"request_id": "r"}, 202)
    entering.keyboard.press("c")
    expect(entering.locator("#marked")).to_contain_text("called in")
    entering.keyboard.press("Shift+E")
    expect(entering.locator(BAR)).to_contain_text("ACW")


def test_afterwards_the_account_is_there(entering: Page, centre: Centre, stage: Stage) -> None:
    stage.answer(ACCOUNT, play.account())
    centre.change(held=False, consult=None)
    expect(entering.locator(OUTCOME)).to_have_text("✓ The card named an account. Now check who it is.")
    expect(entering.locator("#aloud")).to_have_text("✓ The card named an account. Now check who it is.")
    expect(entering.locator(STANDING)).to_contain_text("Not verified")
    expect(entering.locator(BAR)).to_contain_text("Talking")


def test_afterwards_it_is_said_if_nobody_was_found(entering: Page, centre: Centre) -> None:
    centre.change(held=False, consult=None)
    expect(entering.locator(OUTCOME)).to_contain_text("The entry is over and named nobody.")
    entering.keyboard.press("p")
    wait_for(entering, lambda: len(centre.did("transfer")) == 2)


def test_a_page_that_is_loaded_anew_still_knows_what_goes_on(entering: Page, centre: Centre) -> None:
    centre.pass_time(entering, 20)
    entering.reload()
    expect(entering.locator(STANDING)).to_contain_text("Customer is keying the card number")
    # A page that is loaded anew under this clock is pushed on once more.
    expect(entering.locator(STANDING)).to_contain_text(re.compile(r"[2-5]\d s"))
    entering.keyboard.press("h")
    expect(entering.locator("#notice")).to_contain_text("“Resume” is not possible now")


def test_another_consultation_is_no_card_entry(desk: Desk, centre: Centre) -> None:
    centre.agent["destinations"].append(CARD)
    page = on_a_call(desk, centre)
    centre.change(held=True, consult={"id": "c", "name": "Ken Suzuki", "state": "ringing"})
    expect(page.locator(DETAIL)).to_have_text("Ringing Ken Suzuki")
    expect(page.locator(PANEL)).to_be_hidden()


def test_who_is_identified_is_not_asked_again(desk: Desk, centre: Centre, stage: Stage) -> None:
    centre.agent["destinations"].append(CARD)
    page = identified(desk, centre, stage)
    expect(page.locator("#card-entry")).to_have_count(0)
    page.keyboard.press("p")
    expect(page.locator("#notice")).to_contain_text("Already identified: account A-0001042.")
    assert centre.heard == []


def test_a_centre_without_card_entry_says_so(desk: Desk, centre: Centre) -> None:
    page = on_a_call(desk, centre)
    page.keyboard.press("p")
    expect(page.locator("#notice")).to_contain_text("This centre has no card entry")
    assert centre.heard == []


def test_without_a_call_no_card_can_be_keyed(desk: Desk, centre: Centre) -> None:
    centre.agent["destinations"].append(CARD)
    page = desk()
    page.keyboard.press("p")
    expect(page.locator("#notice")).to_have_text("“Have the card keyed” is not possible now.")


def test_a_card_entry_that_is_refused_says_why(desk: Desk, centre: Centre) -> None:
    centre.agent["destinations"].append(CARD)
    centre.refuses["transfer"] = "the customer has just left: finish the work"
    page = on_a_call(desk, centre)
    page.keyboard.press("p")
    expect(page.locator("#notice")).to_contain_text("the customer has just left")
    expect(page.locator(STANDING)).to_be_hidden()


def test_every_key_of_the_account_is_in_the_list_and_on_its_button(desk: Desk, centre: Centre, stage: Stage) -> None:
    centre.agent["destinations"].append(CARD)
    page = on_a_call(desk, centre)
    expect(page.locator("#card-entry")).to_have_attribute("title", "Have the card keyed (p)")
    stage.answer(ACCOUNT, play.account())
    centre.change(attributes={"account_id": "A-0001042"})
    expect(page.locator("#not-this")).to_have_attribute("title", "Not this customer (u)")
    page.keyboard.press("?")
    listed = page.locator("dialog.keys kbd").all_inner_texts()
    assert {"p", "u", "v"} <= set(listed)
    assert len(listed) == len(set(listed))
