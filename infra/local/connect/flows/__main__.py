"""Check flows: `python -m infra.local.connect.flows FILE…`. A template is checked with all its flows, each as the type of flow that it is."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from infra.flows import FLOW_TYPES, embedded
from infra.local.connect.flows.publishing import problems
from infra.local.settings import ROOT


def main() -> int:
    """Print what Connect would complain about, and return 1 if it would."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.local.connect.flows", description="Check flows as publishing them would."
    )
    parser.add_argument(
        "files",
        nargs="*",
        type=Path,
        default=[ROOT / "infra" / "connect.yaml"],
        metavar="FILE",
        help="flows (.json) or templates that name flows; by default infra/connect.yaml",
    )
    found = [line for file in parser.parse_args().files for line in complaints(file)]
    for line in found:
        print(line)
    return 1 if found else 0


def complaints(file: Path) -> Iterator[str]:
    """Yield what is wrong with a flow, or with every flow of a template."""
    if file.suffix == ".json":
        yield from (f"{file}: {problem}" for problem in problems(file.read_text()))
        return
    for name, resource in embedded(file)["Resources"].items():
        if resource["Type"] in FLOW_TYPES:
            properties = resource["Properties"]
            for problem in problems(properties["Content"]["Fn::Sub"], properties.get("Type", "MODULE")):
                yield f"{file}, {name}: {problem}"


if __name__ == "__main__":
    sys.exit(main())
