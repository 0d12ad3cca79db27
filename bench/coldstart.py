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
from typing import Any

from bench.clock import least
from bench.cold_events import Scene, Story
from bench.report import Report
from infra.packaging import ROOT, package
from tests.support.cloud import Template

ROUNDS = 9
IMPORT_TIMES = 0.5
CALL_TIMES = 1.6
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
    report = Report("coldstart", "`import boto3` in the same fresh interpreters, bytecode already written")
    built = package("prod", ROOT / "out" / "bench")
    scenes = Story().scenes()
    with tempfile.TemporaryDirectory() as place:
        runtime = _unzipped(built.directory, Path(place))
        cold = [Cold(door, runtime, scenes[door.name]) for door in _doors(built.template)]
        subjects = {door.name: door.open for door in cold}
        taken = least(ROUNDS, {"boto3": lambda: float(runtime.opens("boto3")["import"]), **subjects})
    boto3 = taken["boto3"]
    report.table(
        f"CPU milliseconds of a fresh interpreter; `import boto3` takes {boto3 * 1000:.0f}",
        ["door", "import", "of boto3", "and first call", "of boto3"],
        [_row(door.name, taken[door.name], min(door.calls), boto3) for door in cold],
    )
    for door in cold:
        _promise(report, f"{door.name}: import", taken[door.name] / boto3, IMPORT_TIMES)
        _promise(report, f"{door.name}: import and first call", min(door.calls) / boto3, CALL_TIMES)
    return report.finish()


class Cold:
    """A door that is opened cold again and again; `calls` are the CPU seconds of import and first call."""

    def __init__(self, door: Door, runtime: Runtime, scene: Scene) -> None:
        self.name = door.name
        self.calls: list[float] = []
        self._door, self._runtime, self._scene = door, runtime, scene

    def open(self) -> float:
        """Return the CPU seconds of the import; raises RuntimeError when the first call goes wrong."""
        found = self._runtime.opens(self._door.handler, self._scene, {**KEYS, **self._door.environment})
        answer = found["answer"] or {}
        if answer.get("statusCode", 200) != 200 or answer.get("batchItemFailures") or found["unused"]:
            raise RuntimeError(f"{self.name} answered {found}")
        self.calls.append(found["call"])
        return float(found["import"])


def _row(name: str, imported: float, called: float, boto3: float) -> list[str]:
    return [
        name,
        f"{imported * 1000:.0f}",
        f"{imported / boto3:.2f}",
        f"{called * 1000:.0f}",
        f"{called / boto3:.2f}",
    ]


def _promise(report: Report, what: str, times: float, most: float) -> None:
    report.promise(f"{what} at most {most} times `import boto3`", f"{times:.2f} times", kept=times <= most)


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
