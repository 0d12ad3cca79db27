"""Typed settings from the environment, read when first needed.

The template sets them; a missing or unreadable one is reported by name at the first call.
"""

import os
from datetime import timedelta

from chalicelib.problems import Problem


class Misconfigured(Problem):
    """A setting that `infra/template.yaml` should supply is missing or unreadable."""


def text(name: str) -> str:
    """Return the setting `name`.

    Raises `Misconfigured` when it is missing or empty.
    """
    value = os.environ.get(name, "")
    if not value:
        raise Misconfigured(f"Setting {name} is missing: add it to this function's Environment in infra/template.yaml.")
    return value


def optional(name: str) -> str | None:
    """Return the setting `name`, or None when it is missing or empty."""
    return os.environ.get(name) or None


def number(name: str) -> int:
    """Return the setting `name` as a whole number.

    Raises `Misconfigured` when it is missing or no whole number.
    """
    try:
        return int(text(name))
    except ValueError as error:
        raise Misconfigured(f"Setting {name} must be a whole number, not {os.environ[name]!r}.") from error


def days(name: str) -> timedelta:
    """Return the setting `name`, a whole number of days.

    Raises `Misconfigured` when it is missing or no whole number.
    """
    return timedelta(days=number(name))
