"""The desk over a day: in the evening it is no larger than in the morning."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser import play
from tests.browser.centre import Centre
from tests.browser.conftest import Opener
from tests.browser.stage import Stage

CONTACTS = 400  # a long day: ten times what an agent answers
GROWTH = 512 * 1024  # bytes; a page that kept even one contact's nodes would grow by more


def used(page: Page) -> tuple[int, int]:
    """Return the bytes and the nodes that are in use once everything unused has been collected."""
    session = page.context.new_cdp_session(page)
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    size = session.send("Runtime.getHeapUsage")["usedSize"]
    nodes = session.send("Memory.getDOMCounters")["nodes"]
    session.detach()
    return int(size), int(nodes)


def test_a_day_leaves_nothing_behind(open_page: Opener, stage: Stage, centre: Centre) -> None:
    page = open_page(role="agent")
    centre.answer(page.context)
    page.goto(f"{stage.url}/desk/")
    page.wait_for_selector("#state[data-type=routable]")

    def work(contacts: int) -> None:
        for number in range(contacts):
            one(page, centre, f"contact-{number % 5}", number)

    for number in range(5):
        stage.answer(f"/contacts/contact-{number}/earlier", {"contacts": play.contacts({})["contacts"]})
        stage.answer(f"/contacts/contact-{number}/account", play.account())
    work(60)
    size, nodes = used(page)
    work(CONTACTS)
    later, later_nodes = used(page)
    assert later - size < GROWTH
    assert later_nodes <= nodes + 100


def one(page: Page, centre: Centre, contact_id: str, number: int) -> None:
    """Let a contact ring, be talked with, held, worked on and closed: six snapshots."""
    centre.rings(contact_id, customer=f"+8190{number:08}")
    steps: list[Callable[[], None]] = [
        lambda: centre.change(contact_id, state="connected", accepted=True, since=centre.ago(0)),
        lambda: centre.change(contact_id, held=True),
        lambda: centre.change(contact_id, held=False),
        lambda: centre.change(contact_id, state="ended", since=centre.ago(0), endsAt=centre.ago(-60)),
        lambda: centre.goes(contact_id),
    ]
    for step in steps:
        step()
    # The page draws before the next contact comes, as it would in life.
    page.evaluate("1")
