"""Run every bench, each in a process of its own; 1 when any of them broke a promise."""

import subprocess
import sys

BENCHES = ("contacts", "quality", "coldstart", "replay", "accounts", "local_connect", "desk", "card", "floor")

if __name__ == "__main__":
    codes = [subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode for name in BENCHES]
    sys.exit(1 if any(codes) else 0)
