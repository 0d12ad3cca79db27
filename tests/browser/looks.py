"""A page photographed in both themes, wide and narrow, and looked through for what would keep somebody out."""

import os
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / ".local" / "screenshots"
FOR_DOCS = ROOT / "docs" / "screens" if os.environ.get("SCREENS") else None
"""Where the documentation keeps its own, made anew when `SCREENS` is set: no two machines paint alike to the last pixel."""
IN_DOCS = (("ja", "light", 1280), ("en", "dark", 390))
SEVERE = {"serious", "critical"}
PAINTED = "new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))"

Theme = Literal["light", "dark"]
VIEWS: list[tuple[Theme, int]] = [("light", 1280), ("dark", 1280), ("dark", 390), ("light", 390)]


def barriers(page: Page) -> list[tuple[str, list[str]]]:
    """Return what axe finds that would keep somebody out."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], [str(node["target"]) for node in one["nodes"]]) for one in found if one["impact"] in SEVERE]


def look_at(page: Page, name: str, language: str) -> None:
    """Photograph what the page shows now, as `name`; it must be free of barriers and never wider than the screen."""
    for directory in filter(None, (SCREENSHOTS, FOR_DOCS)):
        directory.mkdir(parents=True, exist_ok=True)
    in_front = page.locator("dialog:modal").count() > 0
    for theme, width in VIEWS:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900 if width > 390 else 844})
        if not in_front:
            # A screen as high as the page, so that what keeps to the foot of the screen is photographed there.
            high = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": width, "height": high})
        page.evaluate(PAINTED)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=SCREENSHOTS / f"{name}-{language}-{theme}-{width}.png")
        if FOR_DOCS and (language, theme, width) in IN_DOCS:
            page.screenshot(path=FOR_DOCS / f"{name}-{language}.jpg", quality=50)
        # The words make no difference to contrast, names and order; each theme and each width is examined once.
        if language == ("en" if width == 390 else "ja"):
            assert barriers(page) == []
