"""Run the web server: `python -m infra.local.web <stack.json> <port>`."""

import asyncio
import logging
import signal
import sys
from pathlib import Path

from aiohttp import web

from infra.local import state
from infra.local.settings import HOST
from infra.local.web.app import make_app

LONGEST_LINE = 1 << 20  # bytes the parser takes, so that a long address gets our answer and not the parser's


async def serve(stack: state.Stack, port: int) -> None:
    """Serve until told to end."""
    runner = web.AppRunner(make_app(stack, port), access_log=None, max_line_size=LONGEST_LINE, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()
    await runner.cleanup()


def main() -> None:
    """Serve the stack and port that the arguments name."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    _, path, port = sys.argv
    asyncio.run(serve(state.read(Path(path)), int(port)))


if __name__ == "__main__":
    main()
