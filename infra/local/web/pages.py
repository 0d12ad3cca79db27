"""Pages and their libraries, from the work tree: an edit shows at the next reload."""

import json
import mimetypes
from pathlib import Path

from aiohttp import web

SERVED = frozenset(
    {".html", ".js", ".mjs", ".css", ".svg", ".png", ".ico", ".webp", ".woff2", ".webmanifest", ".txt", ".json"}
)
# What npm reads stands beside the pages and is none of them.
HIDDEN = frozenset(
    {"node_modules", "types", "package.json", "package-lock.json", "vendor.json", "tsconfig.json", "jsconfig.json"}
)


class Pages:
    """The files under one directory, and the libraries that its `vendor.json` names."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    async def page(self, request: web.Request) -> web.StreamResponse:
        """Serve a file; a directory is its `index.html`."""
        asked = request.match_info["path"]
        parts = [part for part in asked.split("/") if part]
        if "\0" in asked or "\\" in asked or any(part.startswith(".") or part in HIDDEN for part in parts):
            raise web.HTTPNotFound
        path = self._root.joinpath(*parts)
        if path.is_dir():
            if asked and not asked.endswith("/"):
                raise web.HTTPFound(f"/{'/'.join(parts)}/")
            path = path / "index.html"
        return self._file(path, within=self._root)

    async def library(self, request: web.Request) -> web.StreamResponse:
        """Serve a single-file library by the name that `vendor.json` gives it."""
        try:
            libraries = json.loads((self._root / "vendor.json").read_text())
        except FileNotFoundError:
            libraries = {}
        if request.path not in libraries:
            raise web.HTTPNotFound
        return self._file(self._root / libraries[request.path], within=self._root / "node_modules")

    def _file(self, path: Path, *, within: Path) -> web.StreamResponse:
        # Resolving follows links, so a link cannot lead outside either.
        resolved = path.resolve()
        if not resolved.is_relative_to(within) or resolved.suffix not in SERVED or not resolved.is_file():
            raise web.HTTPNotFound
        kind = mimetypes.guess_type(resolved.name)[0] or "application/octet-stream"
        text = kind.startswith("text/") or kind in ("application/json", "image/svg+xml")
        return web.FileResponse(resolved, headers={"Content-Type": f"{kind}; charset=utf-8" if text else kind})


mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("application/manifest+json", ".webmanifest")
