"""Both languages say the same things."""

import json
import re

from tests.browser.stage import WEB

MESSAGES = {name: json.loads((WEB / "shared" / "messages" / f"{name}.json").read_text()) for name in ("en", "ja")}


def test_both_languages_have_every_message() -> None:
    assert MESSAGES["en"].keys() == MESSAGES["ja"].keys()


def test_both_languages_tell_the_same_figures() -> None:
    def holes(message: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", message))

    assert {key for key, message in MESSAGES["en"].items() if holes(message) != holes(MESSAGES["ja"][key])} == set()


def test_japanese_is_calm() -> None:
    assert [message for message in MESSAGES["ja"].values() if "\uff01" in message or "!" in message] == []


def test_the_lock_names_no_registry() -> None:
    lock = (WEB / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert "http" not in lock
