"""The pages are held to the types that their comments name: `python -m infra.page_types`."""

import subprocess
import sys

from infra.install import ROOT, NotInstalled, node, say


def main() -> int:
    """Run TypeScript's checker, which builds nothing; return what it returned."""
    compiler = ROOT / "web" / "node_modules" / "typescript" / "bin" / "tsc"
    try:
        return subprocess.call([node(), str(compiler), "--project", str(ROOT / "web")])
    except NotInstalled as problem:
        say(problem.args[0])
        return 1


if __name__ == "__main__":
    sys.exit(main())
