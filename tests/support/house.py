"""The house on a cloud in memory: the deployed environment, and stores that stand on this cloud."""

from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib import wiring
from tests.support.cloud import Cloud


@contextmanager
def opened(cloud: Cloud) -> Iterator[None]:
    """Let every door called inside work on `cloud`, with the variables that the template gives the functions.

    Nothing made before is used inside, nothing made inside is kept after.
    """
    with cloud.everywhere(cloud.template.all_environments()):
        _forget()
        try:
            yield
        finally:
            _forget()


def _forget() -> None:
    for made in vars(wiring).values():
        if hasattr(made, "cache_clear"):
            made.cache_clear()
