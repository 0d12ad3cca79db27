"""The documentation shows every state of every page that the browser tests bring about, and no other."""

import re
from pathlib import Path

from tests.browser import test_desk_looks, test_looks, test_phone_looks

DOCS = Path(__file__).parents[2] / "docs"
LOOKS = {"board": test_looks, "desk": test_desk_looks, "phone": test_phone_looks}


def test_every_state_has_its_screens() -> None:
    states = {f"{page}-{state.__name__}".replace("_", "-") for page, looks in LOOKS.items() for state in looks.STATES}
    screens = {file.name for file in (DOCS / "screens").iterdir()}
    assert {name.replace("_", "-") for name in screens} == {
        f"{state}-{language}.jpg" for state in states for language in ("ja", "en")
    }


def test_every_screen_is_shown() -> None:
    shown = set(re.findall(r"\(screens/([\w-]+\.jpg)\)", (DOCS / "screens.md").read_text()))
    assert shown == {file.name for file in (DOCS / "screens").iterdir()}
