"""Find a Chromium for the browser tests, or install one: prints its path.

    python -m infra.browser

A browser that is there already is used as it is. Without one, Debian's own comes through apt where we may (with fonts for Japanese),
else the one that Playwright brings.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
ADVICE = (
    "No Chromium for the browser tests: install it (on Debian 'sudo apt-get install chromium fonts-noto-cjk'), "
    "or say where one is with 'make test CHROMIUM=/path/to/chromium'."
)


class NoBrowser(Exception):
    """There is no browser and none could be installed; the text says what to do."""


def find(environment: Mapping[str, str], which: Callable[[str], str | None] = shutil.which) -> str | None:
    """Return the path of a Chromium on this machine, or None. Raises NoBrowser when CHROMIUM names none."""
    named = environment.get("CHROMIUM")
    if named:
        found = which(named)
        if not found:
            raise NoBrowser(f"CHROMIUM={named} is no program: give the path of a Chromium, or leave the variable out.")
        return found
    return next(filter(None, map(which, (*NAMES, *MAC))), None)


def install() -> str:
    """Install a Chromium and return its path; raises NoBrowser."""
    if Path("/usr/bin/apt-get").exists() and os.geteuid() == 0:
        print("Installing Chromium with apt (once)", file=sys.stderr)
        _run(["apt-get", "update", "-qq"])
        _run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"])
        if found := find({}):
            return found
    print("Installing Playwright's Chromium (once)", file=sys.stderr)
    if _run([sys.executable, "-m", "playwright", "install", "chromium"]):
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
        if Path(path).exists():
            return path
    raise NoBrowser(ADVICE)


def _run(command: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, stdout=sys.stderr, check=False).returncode == 0


def main() -> int:
    """Print the path of a browser; 1 with one sentence when there is none."""
    if platform.system() == "Windows":
        print("The tests run on Linux and macOS: on Windows use WSL.", file=sys.stderr)
        return 1
    try:
        print(find(os.environ) or install())
    except NoBrowser as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
