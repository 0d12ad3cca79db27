"""Packaging: what goes in decides, nothing else does."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.cloud import SERVICES
from infra import packaging
from infra.packaging import HERE, LAMBDA, ROOT, NotPackaged, deployable_files, digest_of, package


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in (
        "app.py",
        "chalicelib/a.py",
        "chalicelib/__pycache__/a.pyc",
        ".chalice/config.json",
        "requirements.txt",
        "infra/template.yaml",
        "infra/policies/p.json",
        "infra/local/x.py",
    ):
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("" if name == "requirements.txt" else "{}")
    actions = [f"{service}:PutItem" for service in SERVICES]
    (tmp_path / "root/infra/policies/p.json").write_text(json.dumps({"Statement": [{"Action": actions}]}))
    return tmp_path / "root"


def test_only_what_is_deployed_goes_in(root: Path) -> None:
    names = {str(path.relative_to(root)) for path in deployable_files(root)}
    assert names == {
        "app.py",
        "chalicelib/a.py",
        ".chalice/config.json",
        "requirements.txt",
        "infra/template.yaml",
        "infra/policies/p.json",
    }


def test_the_digest_follows_content_name_and_stage(root: Path) -> None:
    before = digest_of(root, "local")
    assert digest_of(root, "local") == before
    assert digest_of(root, "prod") != before
    assert digest_of(root, "local", HERE) != before
    (root / "chalicelib/a.py").rename(root / "chalicelib/b.py")
    assert digest_of(root, "local") != before


def test_the_same_sources_are_built_once(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds: list[str] = []
    monkeypatch.setattr(packaging, "_build", lambda stage, directory, root, machine: builds.append(stage))
    package("local", tmp_path / "out", root=root)
    package("local", tmp_path / "out", root=root)
    assert builds == ["local"]
    (root / "app.py").write_text("changed")
    package("local", tmp_path / "out", root=root)
    assert builds == ["local", "local"]


def test_a_broken_application_is_reported_in_its_own_words(root: Path, tmp_path: Path) -> None:
    with pytest.raises(NotPackaged, match="Chalice could not package"):
        package("local", tmp_path / "out", root=root)
    assert not (tmp_path / "out" / ".digest").exists(), "the next try builds again"


@pytest.mark.parametrize(("machine", "platform"), [(LAMBDA, ["--platform", LAMBDA]), (HERE, [])])
def test_libraries_are_installed_by_hash_for_the_machine_where_the_functions_run(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: str, platform: list[str]
) -> None:
    """And once: the next build of the same pins works without a network."""
    ran: list[list[str]] = []
    monkeypatch.setattr(packaging, "_run", _runs(ran))
    for _ in range(2):
        with pytest.raises(NotPackaged, match="Chalice"):
            package("prod", tmp_path / "out", root=root, machine=machine)
    pip, *others = ran
    assert pip[1:4] == ["-m", "pip", "install"]
    assert {"--require-hashes", "--no-deps", "--only-binary=:all:"} <= set(pip)
    assert [part for part in pip if part in ("--platform", LAMBDA)] == platform
    assert not [command for command in others if "pip" in command]


def test_what_the_runtime_has_is_not_pinned_for_it() -> None:
    """Botocore alone would make the layer three times as large."""
    pinned = {line.partition("==")[0] for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line}
    assert {"aws-encryption-sdk", "cryptography", "cffi", "wrapt", "attrs"} <= pinned
    assert not pinned & {"boto3", "botocore", "s3transfer", "python-dateutil", "six", "urllib3"}


def _runs(ran: list[list[str]]) -> Any:
    def run(command: list[str], log: Path, **how: Any) -> tuple[int, str]:
        ran.append(command)
        return int("pip" not in command), ""

    return run


@pytest.mark.parametrize(("policy", "said"), [("{}", "p.json is no IAM policy"), ('{"Statement": []}', "cloudwatch")])
def test_a_policy_that_does_not_fit_is_named(root: Path, tmp_path: Path, policy: str, said: str) -> None:
    (root / "infra/policies/p.json").write_text(policy)
    with pytest.raises(NotPackaged, match=said):
        package("local", tmp_path / "out", root=root)
