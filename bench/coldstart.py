"""What a cold Lambda pays before its first answer, against `import boto3`."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.cold_events import Scene, Story
from bench.report import Report
from infra.packaging import ROOT, package
from tests.support.cloud import Template

ROUNDS = 11
IMPORT_TIMES = 0.5
CALL_TIMES = 1.6
CARD_CALL_TIMES = 4.5
"""The card room's door alone imports the AWS Encryption SDK, which brings boto3 itself, and parses a private key (decision 0023)."""
BESIDE_BOTO3 = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
DOOR = Path(__file__).with_name("cold_door.py")
KEYS = {"AWS_ACCESS_KEY_ID": "memory", "AWS_SECRET_ACCESS_KEY": "memory", "AWS_DEFAULT_REGION": "ap-northeast-1"}


@dataclass(frozen=True)
class Door:
    """A function as it is deployed."""

    name: str
    handler: str
    environment: dict[str, str]


@dataclass(frozen=True)
class Runtime:
    """What a Lambda finds on its machine: the unzipped package, and boto3."""

    package: list[str]
    boto3: str

    def opens(
        self, handler: str, scene: Scene | None = None, environment: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Open a door in a fresh interpreter; raises RuntimeError with its words when it fails."""
        told: dict[str, Any] = {"paths": [*self.package, self.boto3], "handler": handler}
        if scene:
            told["event"] = scene.event
            told["replies"] = [(reply.status, reply.headers(), reply.body.decode()) for reply in scene.replies]
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(DOOR)],
            input=json.dumps(told),
            env={"PATH": os.environ["PATH"], **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{handler} failed cold:\n{done.stderr}{done.stdout}")
        log, _, last = done.stdout.rpartition("\n\n")
        answer: dict[str, Any] = {**json.loads(last), "log": log}
        return answer


def main() -> int:
    report = Report("coldstart", "`import boto3` in a fresh interpreter a moment before, bytecode already written")
    built = package("prod", ROOT / "out" / "bench")
    scenes = Story().scenes()
    with tempfile.TemporaryDirectory() as place:
        runtime = _unzipped(built.directory, Path(place))
        cold = [Cold(door, runtime, scenes[door.name]) for door in _doors(built.template)]
        for _ in range(ROUNDS):
            for door in cold:
                door.open()
    report.table(
        "CPU milliseconds of a fresh interpreter, the median of each",
        ["door", "import boto3", "import", "of boto3", "and first call", "of boto3"],
        [door.row() for door in cold],
    )
    for door in cold:
        for what, times, most in (
            ("import", door.imports, IMPORT_TIMES),
            ("import and first call", door.calls, CARD_CALL_TIMES if door.name == "card_lookup" else CALL_TIMES),
        ):
            report.promise(
                f"{door.name}: {what} at most {most} times `import boto3`",
                f"{median(times):.2f} times",
                kept=median(times) <= most,
            )
    return report.finish()


class Cold:
    """A door that is opened cold again and again, each time after an `import boto3`.

    A pair that follows closely meets the same machine: `imports` and `calls` are in times of its own `import boto3`.
    """

    def __init__(self, door: Door, runtime: Runtime, scene: Scene) -> None:
        self.name = door.name
        self.imports: list[float] = []
        self.calls: list[float] = []
        self._boto3: list[float] = []
        self._door, self._runtime, self._scene = door, runtime, scene

    def open(self) -> None:
        """Open it once more; raises RuntimeError when the first call goes wrong."""
        boto3 = self._runtime.opens("boto3")["import"]
        found = self._runtime.opens(self._door.handler, self._scene, {**KEYS, **self._door.environment})
        answer = found["answer"] or {}
        if answer.get("statusCode", 200) != 200 or answer.get("batchItemFailures") or found["unused"]:
            raise RuntimeError(f"{self.name} answered {found}")
        self._boto3.append(boto3)
        self.imports.append(found["import"] / boto3)
        self.calls.append(found["call"] / boto3)

    def row(self) -> list[str]:
        boto3, imported, called = median(self._boto3), median(self.imports), median(self.calls)
        milliseconds = [f"{times * boto3 * 1000:.0f}" for times in (1, imported, called)]
        return [self.name, milliseconds[0], milliseconds[1], f"{imported:.2f}", milliseconds[2], f"{called:.2f}"]


def _doors(sam: Path) -> list[Door]:
    template = Template(sam)
    return [
        Door(_name(told["Handler"]), told["Handler"], template.environment(function))
        for function, told in template.definitions("AWS::Serverless::Function").items()
    ]


def _name(handler: str) -> str:
    return handler.rpartition(".")[2]


def _unzipped(built: Path, place: Path) -> Runtime:
    for name, folder in (("deployment.zip", "task"), ("layer-deployment.zip", "opt")):
        with zipfile.ZipFile(built / name) as archive:
            archive.extractall(place / folder)
    layer = next((place / "opt").glob("python/lib/*/site-packages"))
    beside = place / "boto3"
    beside.mkdir()
    for name in BESIDE_BOTO3:
        found = importlib.util.find_spec(name)
        assert found, name
        assert found.origin, name
        source = Path(found.origin)
        link = source.parent if source.name == "__init__.py" else source
        (beside / link.name).symlink_to(link)
    runtime = Runtime([str(place / "task"), str(layer)], str(beside))
    runtime.opens("boto3")
    return runtime


if __name__ == "__main__":
    sys.exit(main())
