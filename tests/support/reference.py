"""Documents of others, which are not ours to copy: they lie outside of this repository; `TSUNAGU_REFERENCE` names the directory."""

import os
from pathlib import Path


def reference(*parts: str) -> Path | None:
    """Return a file or directory of the reference, or None where it is not at hand."""
    root = Path(__file__).parents[2]
    given = os.environ.get("TSUNAGU_REFERENCE")
    places = (
        [Path(given)] if given else [root.parent / "shared" / "reference", root.parent.parent / "shared" / "reference"]
    )
    return next((path for place in places if (path := place.joinpath(*parts)).exists()), None)
