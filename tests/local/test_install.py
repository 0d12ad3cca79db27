"""Setting up: what stands in the way is said in one sentence."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from infra import browser, install


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_full_disk_is_said_before_anything_begins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10, 9, 1_000_000))
    with pytest.raises(install.NotInstalled, match="1 MB free"):
        install.ensure_room(tmp_path)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("Failed to establish a new connection: NewConnectionError", "cannot be reached"),
        ("npm error code ENOTFOUND", "cannot be reached"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not the one we pinned"),
        ("something else", r"out/test\.log says why"),
    ],
)
def test_a_failed_installation_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: str, sentence: str
) -> None:
    monkeypatch.setattr(install, "ROOT", tmp_path)
    with pytest.raises(install.NotInstalled, match=sentence):
        install.run_logged(["sh", "-c", f"echo '{words}'; exit 1"], log="test.log", cwd=tmp_path)


def test_a_browser_that_is_there_is_used() -> None:
    assert (
        browser.find({}, which=lambda name: f"/bin/{name}" if name == "google-chrome" else None) == "/bin/google-chrome"
    )
    assert browser.find({}, which=lambda name: None) is None
    with pytest.raises(browser.NoBrowser, match="CHROMIUM=/nowhere is no program"):
        browser.find({"CHROMIUM": "/nowhere"})
