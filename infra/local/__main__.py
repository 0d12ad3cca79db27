"""`make run`: start the whole centre on this machine, watch over it, end it."""

import os
import sys

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.problems import CannotRun
from infra.local.run import Run, Stopped
from infra.local.screen import Screen
from infra.local.settings import Settings
from infra.packaging import NotPackaged
from infra.stack import NotDeployed


def main() -> int:
    """Run until told to end. 0 when a person ended it, 1 when something else did, which the screen has said by then."""
    screen = Screen()
    try:
        settings = Settings.of(os.environ)
    except CannotRun as problem:
        screen.say(f"[red]✗[/] {problem}")
        return 1
    try:
        with Run(settings, screen) as run:
            run.start()
            run.watch()
    except Stopped:
        return 0
    except (CannotRun, NotPackaged, NotDeployed, BotoCoreError, ClientError, OSError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
