"""Both languages say the same things."""

import json
import re

from tests.browser.stage import WEB

PAGES = sorted(path.parent.name for path in WEB.glob("*/messages"))


def messages(page: str, language: str) -> dict[str, str]:
    """Return the messages of one page, or those that all pages share."""
    return dict(json.loads((WEB / page / "messages" / f"{language}.json").read_text()))


MESSAGES = {
    language: {f"{page} {key}": text for page in PAGES for key, text in messages(page, language).items()}
    for language in ("en", "ja")
}


def test_no_page_says_otherwise_what_all_share() -> None:
    shared = messages("shared", "en").keys()
    assert [page for page in PAGES if page != "shared" and shared & messages(page, "en").keys()] == []


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


def test_npm_fetches_what_pages_load_and_nothing_that_lies_in_those_files_already() -> None:
    """Streams is one file with all that it needs; npm would put eighty packages beside it (decision 0022)."""
    wanted = json.loads((WEB / "package.json").read_text())
    locked = json.loads((WEB / "package-lock.json").read_text())["packages"].keys()
    names = [*wanted["dependencies"], *wanted["devDependencies"]]
    assert sorted(locked) == sorted(["", *(f"node_modules/{name}" for name in names)])
