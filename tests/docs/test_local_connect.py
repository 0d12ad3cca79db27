"""What the page of the local Connect says that it answers is what it answers."""

from botocore import xform_name

from infra.local.connect.api.app import OPERATIONS
from infra.local.connect.api.caller import GOOD_FOR
from infra.local.connect.template import LABEL, NUMBER, THRESHOLD
from tests.docs.pages import first_cells, text_of

PAGE = text_of("docs/local-connect.md")


def test_every_operation_is_on_the_page_and_no_other() -> None:
    named = first_cells("docs/local-connect.md", "The API")
    assert sorted(map(xform_name, named)) == sorted(OPERATIONS)


def test_names_and_numbers_are_those_that_count() -> None:
    for name in (NUMBER, THRESHOLD, f"{LABEL}ja", f"{LABEL}en"):
        assert f"`{name}`" in PAGE
    assert f"holds for {GOOD_FOR.total_seconds():.0f} seconds" in PAGE
