"""What only the softphone at an instance does: its CCP stays out of sight, and says why it lets nobody in."""

import pytest
from playwright.sync_api import expect

from tests.browser import instance, play
from tests.browser.centre import OFFLINE
from tests.browser.conftest import Opener, Watch
from tests.browser.instance import Instance
from tests.browser.phone import STREAMS_POLICY, Phone, open_phone
from tests.browser.stage import Stage


@pytest.fixture
def centre() -> Instance:
    """Return a centre at an instance of Amazon Connect."""
    return Instance()


@pytest.fixture
def phone(centre: Instance, open_page: Opener, stage: Stage) -> Phone:
    """Return the softphone of that centre's agent, not waited for."""
    return open_phone("streams", centre, open_page(role="agent"), stage)


def refused(phone: Phone, why: str) -> None:
    """Wait until the line is refused for this reason."""
    assert phone.until(lambda seen: seen["line"] == "refused")["why"] == why


def test_the_ccp_is_out_of_sight_and_leaves_ringing_and_warnings_to_the_desk(phone: Phone, centre: Instance) -> None:
    phone.shows(centre)
    box = phone.page.locator(".ccp iframe").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (320, 460)
    assert box["x"] + box["width"] <= 0
    assert phone.page.evaluate("document.querySelector('.ccp').inert")
    assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    [told] = centre.configured
    assert told["softphone"] == {"allowFramedSoftphone": True, "disableRingtone": True}
    assert told["pageOptions"] == {"showInactivityModal": False}


def test_the_telephone_of_somebody_else_is_refused(phone: Phone, centre: Instance) -> None:
    phone.shows(centre)
    centre.agent["username"] = "ken"
    centre.tell()
    refused(phone, "agent")
    centre.agent["username"] = "Hanako"
    centre.tell()
    phone.until(lambda seen: seen["line"] == "open")


def test_an_origin_that_is_not_approved_is_refused_until_it_is(phone: Phone, centre: Instance) -> None:
    phone.shows(centre)
    centre.say("access_denied")
    refused(phone, "origin")
    phone.page.evaluate("window.phone.open()")
    phone.shows(centre)


def test_whoever_is_signed_out_at_the_instance_is_told_and_goes_on_when_signed_in_again(
    phone: Phone, centre: Instance
) -> None:
    phone.shows(centre)
    centre.say("auth_fail")
    refused(phone, "instance")
    centre.tell()
    phone.shows(centre)


def test_a_ccp_that_never_answers_may_want_a_sign_in(centre: Instance, open_page: Opener, stage: Stage) -> None:
    centre.drop()
    phone = open_phone("streams", centre, open_page(role="agent"), stage)
    phone.page.wait_for_selector(".ccp iframe", state="attached")
    centre.pass_time(phone.page, 11)
    refused(phone, "instance")
    centre.restore()
    centre.pass_time(phone.page, 31)
    phone.shows(centre)


def test_signing_out_goes_offline_first_and_takes_the_ccp_off_the_page(phone: Phone, centre: Instance) -> None:
    phone.shows(centre)
    phone.does("signOut")
    assert centre.agent["status"] == OFFLINE
    assert [one["do"] for one in centre.heard] == ["setStatus", "signOut"]
    assert centre.logged_out == 1
    assert phone.page.locator("iframe").count() == 0


def test_nobody_signs_out_with_a_contact_in_hand(phone: Phone, centre: Instance) -> None:
    centre.talks()
    phone.shows(centre)
    assert phone.asks_in_vain("signOut")["kind"] == "refused"
    assert centre.heard == []


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (["Only a connected contact can be held."], "Only a connected contact can be held."),
        (['"Only a connected contact can be held."'], "Only a connected contact can be held."),
        (['{"type": "NoSuchContact", "message": "There is no such contact."}'], "There is no such contact."),
        (["UnknownException", {"message": "There is no such contact."}], "There is no such contact."),
        (["error"], "Amazon Connect did not do that (error): see what has become of the contact, then try again."),
        (['{"half'], 'Amazon Connect did not do that ({"half): see what has become of the contact, then try again.'),
        (
            [None],
            "Amazon Connect did not do that (it gave no reason): see what has become of the contact, then try again.",
        ),
    ],
)
def test_whatever_form_a_failure_has_it_becomes_a_sentence(phone: Phone, failure: list[object], sentence: str) -> None:
    said = """async (failure) => (await import("/shared/softphone/streams-views.js")).sentenceOf(...failure)"""
    assert phone.page.evaluate(said, failure) == sentence


def test_the_desk_is_the_same_page_at_an_instance(centre: Instance, open_page: Opener, stage: Stage) -> None:
    stage.policy, stage.config = STREAMS_POLICY, stage.config | {"softphone": instance.CONFIG}
    page = open_page(role="agent")
    centre.answer(page.context)
    page.goto(f"{stage.url}/desk/")
    page.wait_for_selector("#state[data-type='routable']")
    centre.rings()
    call = page.locator("#calls .row.first")
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(call).to_contain_text("Talking")
    assert centre.did("accept") == [{"do": "accept", "contact": play.CALL}]


@pytest.fixture(autouse=True)
def what_streams_writes_is_part_of_the_story(watch: Watch) -> None:
    """Streams writes what goes wrong to the console as well."""
    watch.expect(r"^\[\d{4}-")
