"""Run a Python module that ends when the process that started it is gone, however that ended.

    python -P leash.py <module> [arguments]

The starter holds the other end of our standard input. When that closes, the whole process group goes: first politely, so that the
emulator can write its state, then for certain. Standard library alone, since the emulator runs in an environment of its own.
"""

import os
import runpy
import signal
import sys
import threading
import time

PATIENCE = 8  # seconds between asking and ending


def end_with_the_starter() -> None:
    """Wait until standard input closes, then end this process and all it started."""
    while os.read(0, 4096):
        pass
    os.killpg(0, signal.SIGTERM)
    time.sleep(PATIENCE)
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    """Run the module that the arguments name."""
    _, module, *arguments = sys.argv
    threading.Thread(target=end_with_the_starter, name="leash", daemon=True).start()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
