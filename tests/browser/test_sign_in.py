"""Signing in: right, wrong, for the first time, again in the middle of a day's work."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, Watch
from tests.browser.stage import Said, Stage, token

REFUSED = r"status of 400"  # the browser reports every refused request by itself


class Pool:
    """As much of a user pool as a page can tell: one person, one password, tokens that can be refused."""

    def __init__(self, *, temporary: bool = False) -> None:
        self.calls: list[str] = []
        self.temporary = temporary
        self.refreshes = True

    def __call__(self, action: str, body: dict[str, Any]) -> Said:
        flow = body.get("AuthFlow", "")
        self.calls.append(flow or action)
        if action == "RespondToAuthChallenge":
            if len(body["ChallengeResponses"]["NEW_PASSWORD"]) < 8:
                return 400, {"__type": "InvalidPasswordException", "message": "Password not long enough"}
            return self._granted("first")
        if action == "RevokeToken":
            return 200, {}
        if flow == "REFRESH_TOKEN_AUTH":
            if not self.refreshes:
                return 400, {"__type": "NotAuthorizedException", "message": "Refresh Token has expired"}
            return 200, {"AuthenticationResult": {"IdToken": token("refreshed"), "ExpiresIn": 3600}}
        if body.get("AuthParameters", {}).get("PASSWORD") != "right":
            return 400, {"__type": "NotAuthorizedException", "message": "Incorrect username or password."}
        if self.temporary:
            return 200, {"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "s", "ChallengeParameters": {}}
        return self._granted(body["AuthParameters"]["USERNAME"])

    def _granted(self, username: str) -> Said:
        return 200, {"AuthenticationResult": {"IdToken": token(username), "RefreshToken": "r", "ExpiresIn": 3600}}


@pytest.fixture
def pool(stage: Stage) -> Pool:
    """Put a user pool behind the stage."""
    pool = Pool()
    stage.cognito = pool
    return pool


def sign_in(page: Page, password: str, username: str = "hanako") -> None:
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_the_right_password_opens_the_board(open_page: Opener, stage: Stage, pool: Pool) -> None:
    page = open_page(signed_in=False)
    page.goto(f"{stage.url}/board/")
    sign_in(page, "right")
    expect(page.locator(".number")).to_have_count(7)
    expect(page.locator("dialog.signin")).to_have_count(0)
    expect(page.locator("#who")).to_have_text("hanako · supervisor")
    assert {asked.token for asked in stage.asked} == {token("hanako")}


def test_tokens_are_kept_for_this_tab_only(open_page: Opener, stage: Stage, pool: Pool) -> None:
    page = open_page(signed_in=False)
    page.goto(f"{stage.url}/board/")
    sign_in(page, "right")
    # The figures' places stand there before anybody has signed in.
    expect(page.locator("#who")).to_have_text("hanako · supervisor")
    assert page.evaluate("Object.values(localStorage).join().includes('signature')") is False
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("sessionStorage.getItem('tsunagu.session').includes('signature')") is True


def test_a_wrong_password_says_what_one_can_do(open_page: Opener, stage: Stage, pool: Pool, watch: Watch) -> None:
    watch.expect(REFUSED)
    page = open_page(signed_in=False)
    page.goto(f"{stage.url}/board/")
    sign_in(page, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("check both")
    expect(page.get_by_label("User name")).to_have_value("hanako")
    assert page.evaluate("document.activeElement.id") == "password"
    assert stage.asked == []
    page.get_by_label("Password").fill("right")
    page.keyboard.press("Enter")
    expect(page.locator(".number")).to_have_count(7)


def test_without_a_network_it_says_so(open_page: Opener, stage: Stage, watch: Watch) -> None:
    watch.expect(r"ERR_FAILED")
    page = open_page(signed_in=False)
    page.route("**/cognito", lambda route: route.abort())
    page.goto(f"{stage.url}/board/")
    sign_in(page, "right")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")


def test_the_first_sign_in_asks_for_a_password_of_ones_own(open_page: Opener, stage: Stage, watch: Watch) -> None:
    watch.expect(REFUSED)
    stage.cognito = Pool(temporary=True)
    page = open_page(signed_in=False)
    page.goto(f"{stage.url}/board/")
    sign_in(page, "right")
    page.get_by_label("New password").fill("short")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("Password not long enough")
    page.get_by_label("New password").fill("long enough")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".number")).to_have_count(7)


def test_an_old_token_is_renewed_without_a_word(open_page: Opener, stage: Stage, pool: Pool) -> None:
    page = open_page()
    page.goto(f"{stage.url}/board/")
    expect(page.locator("#who")).to_contain_text("hanako")
    page.clock.fast_forward(3_590_000)
    expect(page.locator("#who")).to_contain_text("refreshed")
    assert pool.calls == ["REFRESH_TOKEN_AUTH"]
    expect(page.locator("dialog:modal")).to_have_count(0)


def test_a_session_that_ended_is_taken_up_without_losing_the_view(
    open_page: Opener, stage: Stage, pool: Pool, watch: Watch
) -> None:
    watch.expect(r"status of 40[01]")
    page = open_page()
    page.goto(f"{stage.url}/board/?range=7d&by=site")
    expect(page.locator("#table tbody tr")).to_have_count(2)
    pool.refreshes = False
    stage.accepted = token("taro")
    page.clock.fast_forward(6_000)
    expect(page.locator("dialog.signin")).to_contain_text("carry on where you were")
    expect(page.locator("#table tbody tr")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.locator("dialog.signin")).to_be_visible()
    sign_in(page, "right", "taro")
    expect(page.locator("dialog.signin")).to_have_count(0)
    expect(page.locator("#who")).to_contain_text("taro")
    assert page.url.endswith("?range=7d&by=site")
    assert pool.calls.count("USER_PASSWORD_AUTH") == 1


def test_signing_out_forgets_everything(open_page: Opener, stage: Stage, pool: Pool) -> None:
    page = open_page(signed_in=False)
    page.goto(f"{stage.url}/board/")
    sign_in(page, "right")
    expect(page.locator(".number")).to_have_count(7)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("User name")).to_be_focused()
    expect(page.locator(".number .value")).to_have_count(0)
    assert page.evaluate("sessionStorage.length") == 0
    assert pool.calls[-1] == "RevokeToken"
