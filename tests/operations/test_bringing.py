"""`make accounts`: a file goes up, is watched until it is done, and its problems come back."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.accounts.model import imports
from chalicelib.accounts.model.member import Entry
from infra.operations.accounts import __main__ as command
from infra.operations.accounts import bringing
from infra.operations.accounts.bringing import Bringing, Stuck, Upload
from infra.operations.accounts.demo import load_demo_members
from infra.operations.accounts.rows import BadFile
from infra.operations.place import Place
from tests.accounts.members import BUCKET, NOON, arrives, carry, check, file_of, member, tables, withdrawal
from tests.operations.importing import SmallerPlace
from tests.support.cloud import Cloud
from tests.support.cloud.template import REGION
from tests.support.house import opened

OUTPUTS = {
    **{name: name for name in ("ImportsBucket", "ImportsTable", "AccountsTable", "CardTokensTable")},
    "CardTokenKeys": "1=CardTokenKey.Arn",
}


class WorkingTime:
    """A clock on which nothing passes but waiting; S3 tells of each new file meanwhile, and a message or so is taken."""

    def __init__(self, cloud: Cloud, *, works: bool = True) -> None:
        self.at = 0.0
        self._cloud = cloud
        self._works = works
        self._told: set[str] = set()

    def now(self) -> float:
        return self.at

    def pause(self, seconds: float) -> None:
        self.at += seconds
        for key, content in list(self._cloud.s3.buckets[BUCKET].items()):
            if key.endswith(".jsonl") and key not in self._told:
                self._told.add(key)
                arrives(self._cloud, content, key)
        if self._works:
            carry(self._cloud, most=1)


@pytest.fixture(scope="module")
def house() -> Iterator[Cloud]:
    cloud = Cloud()
    with opened(cloud):
        yield cloud


@pytest.fixture
def cloud(house: Cloud) -> Cloud:
    house.clear()
    return house


@pytest.fixture
def place(cloud: Cloud) -> Place:
    return SmallerPlace("test", boto3.Session(region_name=REGION), OUTPUTS, "local.connect")


@pytest.fixture
def typed(cloud: Cloud, place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Type the command, against the centre in memory; return its code and what it said."""
    monkeypatch.setattr(command, "find", lambda stage: place)
    monkeypatch.setattr(command, "Clock", lambda: WorkingTime(cloud))

    def run(file: Path) -> tuple[int, str]:
        code = command.main([str(file)])
        return code, capsys.readouterr().out

    return run


def test_a_file_is_brought_in_and_counted(
    cloud: Cloud, typed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "SLICE_BYTES", 2_000)
    file = tmp_path / "members.jsonl"
    entries: list[Entry] = [*(member(number) for number in range(30)), withdrawal(3, NOON + timedelta(hours=1))]
    file.write_bytes(file_of(entries))
    code, said = typed(file)
    assert code == command.DONE, said
    assert f"{31:>12,} lines" in said
    check(cloud, entries)
    code, said = typed(file)
    assert code == command.DONE, said
    assert f"{0:>12,} of them changed something" in said


def test_refused_lines_are_shown_and_kept_beside_the_file(cloud: Cloud, typed: Any, tmp_path: Path) -> None:
    file = tmp_path / "members.jsonl"
    file.write_bytes(file_of([member(1), '{"name": "4111 1111 1111 1111"}', "?"]))
    code, said = typed(file)
    assert code == command.REFUSED, said
    assert "line 2: name holds what looks like a card number" in said
    assert "4111" not in said
    problems = (tmp_path / "members.jsonl.problems").read_text()
    assert [json.loads(line)["line"] for line in problems.splitlines()] == [2, 3]
    assert "4111" not in problems


def test_a_file_that_is_removed_on_the_way_is_told(
    cloud: Cloud, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: Any
) -> None:
    file = tmp_path / "members.jsonl"
    file.write_bytes(file_of([member(1)]))
    real = WorkingTime.pause

    def removed(self: WorkingTime, seconds: float) -> None:
        real(self, seconds)
        cloud.s3.buckets[BUCKET].clear()

    monkeypatch.setattr(WorkingTime, "pause", removed)
    code, said = typed(file)
    assert code == command.UNFINISHED
    assert "The import failed: The file was removed" in said


def test_what_does_not_move_for_long_is_said_to_be_stuck(cloud: Cloud, place: Place, tmp_path: Path) -> None:
    file = tmp_path / "members.jsonl"
    file.write_bytes(file_of([member(1)]))
    clock = WorkingTime(cloud, works=False)
    upload = Upload.of(file, NOON)
    at_work = Bringing(place, clock=clock)
    at_work.send(upload)
    with pytest.raises(Stuck, match="dead-letter"):
        list(at_work.watch(upload))
    assert clock.at >= bringing.PATIENCE


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"", "is empty"),
        (b"\x1f\x8b\x08", "unpack it first"),
        (b"account_id,name\n", "make card-tokens"),
        (b"[{}]", "make card-tokens"),
    ],
)
def test_what_is_no_member_file_does_not_leave_this_machine(content: bytes | None, said: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "file").write_bytes(content)
    with pytest.raises(BadFile, match=said):
        Upload.of(tmp_path / "file", NOON)


def test_what_cannot_begin_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOCAL_DIR", str(tmp_path))
    file = tmp_path / "members.jsonl"
    file.write_bytes(file_of([member(1)]))
    assert command.main([""]) == command.UNUSABLE
    assert command.main([str(file)]) == command.UNUSABLE
    said = capsys.readouterr().out
    assert "FILE=members.jsonl" in said
    assert "make run" in said


def test_two_uploads_of_one_file_have_names_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "members.jsonl"
    file.write_bytes(file_of([member(1)]))
    assert Upload.of(file, NOON).key != Upload.of(file, NOON).key


def test_the_demo_members_come_in_by_the_way_of_all_others_and_twice_changes_nothing(
    cloud: Cloud, place: Place
) -> None:
    whole = load_demo_members(place, clock=WorkingTime(cloud))
    assert (whole.counts.members, whole.counts.written) == (9, 9)
    before = tables(cloud)
    assert len(before[1]) == 10
    again = load_demo_members(place, clock=WorkingTime(cloud))
    assert again.counts.written == 0
    assert tables(cloud) == before
    held = json.dumps(
        [list(cloud.table(name).items()) for name in ("AccountsTable", "CardTokensTable", "ImportsTable")]
    )
    for number in ("4111111111111111", "5555555555554444", "3530111333300000", "378282246310005"):
        assert number not in held
