"""Settings that all tests share."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from chalicelib import cloud
from infra.models import write_models

os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")

ROOT = Path(__file__).parents[1]
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NAMES = ("chromium", "chromium-browser", "google-chrome")

settings.register_profile("centre", deadline=None)
settings.load_profile("centre")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--histories` say how many histories of contacts Hypothesis tries."""
    parser.addoption("--histories", type=int, default=2_000, help="histories that tests/contacts tries (default 2000)")


def is_journey(nodeid: str) -> bool:
    return nodeid.startswith("tests/journeys/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let journeys come first: they wait much, and nothing waits for them at the end."""
    items.sort(key=lambda item: not is_journey(item.nodeid))


class Shares(LoadScopeScheduling):
    """Shares of tests for several processes: all journeys, since they share running stacks; everything else file by file.

    Not by xdist's own groups: it names them within the ids of tests, which newer releases of pytest do not let it change.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "journeys" if is_journey(nodeid) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Shares:
    """Share tests out among the processes of `-n`."""
    return Shares(config, log)


@pytest.fixture(scope="session", autouse=True)
def service_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Let our clients know no more of AWS than those in the package do."""
    place = tmp_path_factory.mktemp("service_models")
    write_models(cloud.SERVICES, ROOT / "infra" / "policies", place)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cloud, "SERVICE_MODELS", place)
        yield place


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a Chromium for a module's tests; without one on this machine Playwright's own is tried.

    Not for the whole session: while it runs, Playwright keeps an event loop in this thread, and no other can be run.
    """
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield started
        started.close()
