"""Build what is deployed: `sam.yaml`, the functions' zip and the layer with their libraries.

    python -m infra.packaging --stage prod out/package

Chalice packages a clean copy of the deployable files, so the same sources give the same bytes (no caches, nothing that lies about in
the work tree), and a build never disturbs another one or a running test.

The libraries are installed by pip itself into `vendor`, which Chalice puts into the layer: exactly what requirements.txt pins and hashes,
and native ones for the machine where the functions run. Chalice's own way would check no hash of a wheel that it fetches for Lambda, and
would bring boto3 along whenever a library asks for it.
"""

import argparse
import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore

from chalicelib.cloud import SERVICE_MODELS, SERVICES
from infra.models import write_models

ROOT = Path(__file__).resolve().parent.parent
DEPLOYABLE = (
    "app.py",
    "chalicelib",
    ".chalice/config.json",
    "requirements.txt",
    "infra/template.yaml",
    "infra/policies",
)
LAMBDA = "manylinux2014_x86_64"
"""The platform of Lambda's runtimes, as wheels name it; `.chalice/config.json` names no other architecture."""

HERE = ""
"""This machine, where the local emulator runs the functions."""

NO_NETWORK = (
    "Could not install dependencies",
    "Temporary failure in name resolution",
    "NewConnectionError",
    "ConnectionError",
    "No matching distribution",
)


class NotPackaged(Exception):
    """The application could not be packaged; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """What was built: the directory of `sam.yaml` and its zips, and a digest of all that went in."""

    directory: Path
    digest: str

    @property
    def template(self) -> Path:
        """The template that is deployed."""
        return self.directory / "sam.yaml"


def package(stage: str, directory: Path, *, root: Path = ROOT, machine: str = LAMBDA) -> Package:
    """Build the application into `directory`; nothing happens when it already holds a build of these sources.

    `machine` is where the functions will run, LAMBDA or HERE: native libraries are installed for it. Needs a network only when
    the pinned libraries changed. Raises NotPackaged.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with _alone(directory / ".lock"):
        digest = digest_of(root, stage, machine)
        built = directory / ".digest"
        if not built.exists() or built.read_text() != digest:
            built.unlink(missing_ok=True)
            _build(stage, directory, root, machine)
            built.write_text(digest)
    return Package(directory=directory, digest=digest)


def digest_of(root: Path, stage: str, machine: str = LAMBDA) -> str:
    """Return a digest of every deployable file, the stage, where the functions run, and the Python and botocore that package.

    The last two decide the runtime and the service models.
    """
    digest = hashlib.sha256(f"{stage} {_runtime(machine)} {botocore.__version__}".encode())
    for path in deployable_files(root):
        digest.update(f"\0{path.relative_to(root)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def deployable_files(root: Path) -> list[Path]:
    """Return the files that go into a build, in a fixed order, caches left out."""
    found: list[Path] = []
    for name in DEPLOYABLE:
        path = root / name
        found += sorted(path.rglob("*")) if path.is_dir() else [path]
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]


def _build(stage: str, directory: Path, root: Path, machine: str) -> None:
    sources = directory / "src"
    _copy(root, sources)
    _install_libraries(root / "requirements.txt", directory, machine)
    try:
        write_models(SERVICES, sources / "infra" / "policies", sources / SERVICE_MODELS.relative_to(ROOT))
    except ValueError as problem:
        raise NotPackaged(f"The functions' policies do not fit: {problem}") from problem
    for name in ("sam.yaml", "deployment.zip", "layer-deployment.zip"):
        (directory / name).unlink(missing_ok=True)
    command = [str(Path(sys.executable).parent / "chalice"), "package", "--stage", stage]
    command += ["--merge-template", "infra/template.yaml", str(directory.resolve())]
    environment = {
        "AWS_DEFAULT_REGION": "ap-northeast-1",
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "1",
        # Chalice runs pip; a newer pip's hint about itself is noise in the log we search.
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    returncode, said = _run(command, directory / "build.log", cwd=sources, env=environment)
    if returncode or not (directory / "sam.yaml").exists():
        raise NotPackaged(f"Chalice could not package the application:\n{said}")


def _install_libraries(requirements: Path, directory: Path, machine: str) -> None:
    """Install what is pinned for the machine where the functions run; nothing happens when it is there already."""
    vendor, stamp = directory / "src" / "vendor", directory / ".libraries"
    wanted = f"{_runtime(machine)} {hashlib.sha256(requirements.read_bytes()).hexdigest()}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    shutil.rmtree(vendor, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    command += ["--require-hashes", "--no-deps", "--only-binary=:all:", "--target", str(vendor.resolve())]
    if machine:
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        command += ["--platform", machine, "--implementation", "cp", "--python-version", python]
    returncode, said = _run([*command, "-r", str(requirements.resolve())], directory / "libraries.log")
    if returncode:
        raise NotPackaged(f"The functions' libraries could not be installed:\n{said}")
    # Programs that libraries bring along name this machine's Python in their first line; nobody calls them in a function.
    shutil.rmtree(vendor / "bin", ignore_errors=True)
    stamp.write_text(wanted)


def _run(command: Sequence[str], log: Path, **how: Any) -> tuple[int, str]:
    """Run a program and return its code and its words, which stand in the log too; raise NotPackaged for what everybody knows."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **how)
    log.write_text(done.stdout)
    if any(sign in done.stdout for sign in NO_NETWORK):
        raise NotPackaged(
            f"The functions' libraries could not be fetched: connect to the network once, then run the same command again ({log.name} has pip's words)."
        )
    if "No space left on device" in done.stdout:
        raise NotPackaged("The disk is full: free at least 1.5 GB, then run the same command again.")
    return done.returncode, done.stdout.strip()


def _runtime(machine: str) -> str:
    return f"{sys.version_info[:2]} {machine or platform.platform()}"


def _copy(root: Path, sources: Path) -> None:
    # The libraries stay: leaving them makes the next build work without a network.
    for name in ("app.py", "chalicelib", "infra", "requirements.txt"):
        path = sources / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for path in deployable_files(root):
        if path == root / "requirements.txt":
            continue
        copy = sources / path.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Package as told on the command line; 1 with one sentence when it cannot be done."""
    parser = argparse.ArgumentParser(prog="infra.packaging", description="Build what is deployed.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--stage", default="prod")
    arguments = parser.parse_args()
    try:
        built = package(arguments.stage, arguments.directory)
    except NotPackaged as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"{built.template} is ready")
    return 0


if __name__ == "__main__":
    sys.exit(main())
