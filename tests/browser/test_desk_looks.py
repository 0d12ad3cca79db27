"""Every state of the desk in both languages, both themes, wide and narrow: photographed, free of barriers, never wider than the screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser import play
from tests.browser.centre import CARD, CLOSING, LUNCH, Centre
from tests.browser.conftest import Opener, Watch
from tests.browser.looks import look_at
from tests.browser.stage import Stage

REQUESTS, CHECKS, ACCOUNT = (f"/contacts/{play.CALL}/{part}" for part in ("requests", "checks", "account"))
State = Callable[[Page, Stage, Centre], None]


def shows(page: Page, situation: str) -> None:
    page.wait_for_selector(f"#calls [data-situation={situation}]")


def free(page: Page, stage: Stage, centre: Centre) -> None:
    page.wait_for_selector("#list .state.empty")


def away(page: Page, stage: Stage, centre: Centre) -> None:
    centre.agent.update(status=LUNCH, since=centre.ago(1500))
    centre.tell()
    page.wait_for_selector("#state[data-type=custom]")


def choosing_a_state(page: Page, stage: Stage, centre: Centre) -> None:
    page.keyboard.press("s")
    page.wait_for_selector("[role=option]")


def ringing(page: Page, stage: Stage, centre: Centre) -> None:
    centre.rings()
    shows(page, "ringing")
    page.wait_for_selector(".earlier li")


def talking(page: Page, stage: Stage, centre: Centre) -> None:
    centre.talks(since=centre.ago(95), queuedAt=centre.ago(130))
    shows(page, "talking")
    page.wait_for_selector(".earlier li")
    page.locator("#notes").fill("請求書の宛名の変更。Sends the new address by mail.")
    page.locator("#notes").blur()


def choosing_a_destination(page: Page, stage: Stage, centre: Centre) -> None:
    talking(page, stage, centre)
    page.keyboard.press("f")
    page.wait_for_selector("[role=option]")


def consulting(page: Page, stage: Stage, centre: Centre) -> None:
    consult = {"id": "c", "name": "Ken Suzuki", "state": "talking"}
    centre.talks(since=centre.ago(95), held=True, consult=consult)
    shows(page, "held")
    page.wait_for_selector(".earlier li")


def three_talking(page: Page, stage: Stage, centre: Centre) -> None:
    consult = {"id": "c", "name": "Ken Suzuki", "state": "talking"}
    centre.talks(since=centre.ago(95), joined=True, muted=True, watched=True, consult=consult)
    page.wait_for_selector(".tag")
    page.wait_for_selector(".earlier li")


def working(page: Page, stage: Stage, centre: Centre) -> None:
    centre.agent["next"] = LUNCH
    centre.talks(state="ended", since=centre.ago(18), endsAt=centre.ago(-42))
    shows(page, "work")
    page.wait_for_selector(".earlier li")


def missed(page: Page, stage: Stage, centre: Centre) -> None:
    centre.rings(state="missed", since=centre.ago(31))
    shows(page, "missed")
    page.wait_for_selector(".earlier li")


def many(page: Page, stage: Stage, centre: Centre) -> None:
    talking(page, stage, centre)
    centre.talks(
        "task-1",
        channel="TASK",
        name="請求書を再送する Send the invoice again",
        description="先月分も。",
        customer=None,
        system=None,
    )
    centre.rings(
        "mail-1",
        channel="EMAIL",
        name="Re: ご注文の確認",
        customer="taro@example.com",
        system="support@example.com",
        attributes={},
    )
    shows(page, "ringing")
    page.wait_for_selector("li:nth-child(3) .hand")


def harassed(page: Page, stage: Stage, centre: Centre) -> None:
    stage.answer(REQUESTS, {"request_id": "r"}, 202)
    stage.answer(f"{REQUESTS}/r", {"state": "waiting", "why": ""})
    centre.agent["destinations"].append(CLOSING)
    talking(page, stage, centre)
    page.keyboard.press("i")
    page.wait_for_selector(".script button")


def helped(page: Page, stage: Stage, centre: Centre) -> None:
    stage.answer(REQUESTS, {"request_id": "r"}, 202)
    stage.answer(f"{REQUESTS}/r", {"state": "done", "why": ""})
    talking(page, stage, centre)
    page.keyboard.press("c")
    centre.pass_time(page, 6)
    page.wait_for_selector("#marked[data-state=done]")


def refused(page: Page, stage: Stage, centre: Centre) -> None:
    talking(page, stage, centre)
    centre.refuses["hold"] = "the customer has just left: finish the work"
    page.keyboard.press("h")
    page.wait_for_selector("#notice:not(:empty)")


def lost(page: Page, stage: Stage, centre: Centre) -> None:
    talking(page, stage, centre)
    centre.drop()
    page.keyboard.press("h")
    page.wait_for_selector("#line[data-line=lost]")
    page.wait_for_selector("#notice:not(:empty)")


def unreachable(page: Page, stage: Stage, centre: Centre) -> None:
    centre.drop()
    page.reload()
    page.wait_for_selector("#instead .state.error")


def stranger(page: Page, stage: Stage, centre: Centre) -> None:
    centre.drop(4403)
    page.reload()
    page.wait_for_selector("#instead .state.error")


def loading(page: Page, stage: Stage, centre: Centre) -> None:
    centre.is_mute = True
    page.reload()
    page.wait_for_selector("#line:not(:empty)")
    page.clock.fast_forward(400)
    page.wait_for_selector("#list .skeleton")


def earlier_contacts_missing(page: Page, stage: Stage, centre: Centre) -> None:
    stage.answer(f"/contacts/{play.CALL}/earlier", {"Code": "InternalServerError", "Message": ""}, 500)
    centre.rings()
    page.wait_for_selector(".earlier .state.error")


def account_loading(page: Page, stage: Stage, centre: Centre) -> None:
    stage.hold_back()
    centre.talks(since=centre.ago(2))
    shows(page, "talking")
    page.clock.fast_forward(400)
    page.wait_for_selector("#account .skeleton")


def account_missing(page: Page, stage: Stage, centre: Centre) -> None:
    stage.answer(ACCOUNT, {"Code": "InternalServerError", "Message": ""}, 500)
    talking(page, stage, centre)
    page.wait_for_selector(".standing[data-state=problem]")


def card_to_be_keyed(page: Page, stage: Stage, centre: Centre) -> None:
    centre.agent["destinations"].append(CARD)
    talking(page, stage, centre)
    page.wait_for_selector("#card-entry")


def card_being_keyed(page: Page, stage: Stage, centre: Centre) -> None:
    card_to_be_keyed(page, stage, centre)
    page.keyboard.press("p")
    page.wait_for_selector(".standing[data-state=keying]")
    centre.pass_time(page, 24)


def card_named_nobody(page: Page, stage: Stage, centre: Centre) -> None:
    card_being_keyed(page, stage, centre)
    centre.change(held=False, consult=None)
    page.wait_for_selector(".outcome[data-outcome=unentered]")


def identified(page: Page, stage: Stage, centre: Centre) -> None:
    stage.answer(CHECKS, {"check_id": "check-1"}, 202)
    stage.answer(ACCOUNT, play.account())
    talking(page, stage, centre)
    page.wait_for_selector(".standing[data-state=identified]")


def several_accounts(page: Page, stage: Stage, centre: Centre) -> None:
    stage.answer(ACCOUNT, play.account("several", play.MEMBER, play.MEMBER | {"account_id": "A-0001043"}))
    talking(page, stage, centre)
    page.wait_for_selector(".standing[data-state=several]")


def _checks(page: Page, stage: Stage, centre: Centre, becomes: play.Document, outcome: str) -> None:
    identified(page, stage, centre)
    stage.answer(ACCOUNT, becomes)
    page.keyboard.press("v")
    page.keyboard.type("090-1234-5678")
    page.keyboard.press("Enter")
    page.wait_for_selector(f".outcome[data-outcome={outcome}]", state="attached")
    page.keyboard.press("Escape")


def check_wrong(page: Page, stage: Stage, centre: Centre) -> None:
    _checks(page, stage, centre, play.account(tries=2, check=play.checked()), "wrong")


def check_by_name_alone(page: Page, stage: Stage, centre: Centre) -> None:
    _checks(page, stage, centre, play.account(check=play.checked(fact="name", right=True)), "half")


def checks_ended(page: Page, stage: Stage, centre: Centre) -> None:
    _checks(page, stage, centre, play.account(tries=0, check=play.checked()), "ended")


def verified(page: Page, stage: Stage, centre: Centre) -> None:
    _checks(page, stage, centre, play.verified(), "passed")


def looks_like_a_card(page: Page, stage: Stage, centre: Centre) -> None:
    identified(page, stage, centre)
    page.keyboard.press("v")
    page.keyboard.type("4111 1111 1111 1111")
    page.wait_for_selector("#check-how.wrong")
    page.keyboard.press("Escape")


def not_this_customer(page: Page, stage: Stage, centre: Centre) -> None:
    identified(page, stage, centre)
    page.keyboard.press("u")
    page.wait_for_selector("#account .pending")


def undone(page: Page, stage: Stage, centre: Centre) -> None:
    centre.agent["destinations"].append(CARD)
    stage.answer(ACCOUNT, play.account("undone", tries=0) | {"accounts": []})
    talking(page, stage, centre)
    page.wait_for_selector(".standing[data-state=undone]")


def keys(page: Page, stage: Stage, centre: Centre) -> None:
    page.keyboard.press("?")
    page.wait_for_selector("dialog.keys")


def dense(page: Page, stage: Stage, centre: Centre) -> None:
    many(page, stage, centre)
    page.keyboard.press("y")
    page.wait_for_selector("[data-density=compact]")


STATES: list[State] = [
    free, away, choosing_a_state, ringing, talking, choosing_a_destination, consulting, three_talking, working, missed, many, harassed, helped,
    refused, lost, unreachable, stranger, loading, earlier_contacts_missing, account_loading, account_missing, card_to_be_keyed, card_being_keyed,
    card_named_nobody, identified, several_accounts, check_wrong, check_by_name_alone, checks_ended, verified, looks_like_a_card, not_this_customer,
    undone, keys, dense,
]  # fmt: skip


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_a_state_is_fit_to_be_seen(
    open_page: Opener, stage: Stage, watch: Watch, centre: Centre, state: State, language: str
) -> None:
    watch.expect(r"status of 500")
    page = open_page(language="ja-JP" if language == "ja" else "en-GB", role="agent")
    centre.answer(page.context)
    page.goto(f"{stage.url}/desk/")
    page.wait_for_selector("#state[data-type=routable]")
    state(page, stage, centre)
    look_at(page, f"desk-{state.__name__.replace('_', '-')}", language)
