"""Print a template with its flows inside, as CloudFormation takes it: `python -m infra.flows infra/connect.yaml > connect.json`."""

import argparse
import json
import sys
from pathlib import Path

from infra.flows import embedded


def main() -> None:
    """Print the template as JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.flows", description="Print a template with its flows inside."
    )
    parser.add_argument("template", type=Path)
    json.dump(embedded(parser.parse_args().template), sys.stdout, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main()
