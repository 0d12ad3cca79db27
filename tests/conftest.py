"""Settings that all tests share."""

import os

import pytest
from hypothesis import settings

os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")

settings.register_profile("centre", deadline=None)
settings.load_profile("centre")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--histories` say how many histories of contacts Hypothesis tries."""
    parser.addoption("--histories", type=int, default=2_000, help="histories that tests/contacts tries (default 2000)")
