"""`make card-tokens`: rows with card numbers in, a member file without any out, whatever breaks on the way."""

import base64
import gzip
import json
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.accounts.model.finding import Status
from chalicelib.accounts.model.imports import Problem
from chalicelib.accounts.model.member import Member, Withdrawal, read_line
from chalicelib.accounts.model.number import CardNumber
from chalicelib.accounts.model.token import Token
from chalicelib.accounts.vault import KmsTokens
from chalicelib.problems import TryAgain
from infra.operations.accounts import card_tokens, first_load, making
from infra.operations.accounts.demo import MEMBERS
from infra.operations.accounts.making import Making, MemberFile, Place
from infra.operations.accounts.rows import COLUMNS, BadFile, Row, Rows
from tests.support.cloud import Cloud

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HEAD = ",".join((*COLUMNS, "withdrawn_at"))
CARDS = ("4111111111111111", "5555555555554444", "3530111333300000", "378282246310005")


class Time:
    """A clock on which nothing passes but waiting."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        return self.at

    def pause(self, seconds: float) -> None:
        self.at += seconds


class Mint:
    """Tokens without KMS; dies when asked for the nth."""

    def __init__(self, dies_at: int = -1) -> None:
        self.asked = 0
        self._dies_at = dies_at

    def token(self, number: CardNumber, version: int) -> Token:
        self.asked += 1
        if self.asked == self._dies_at:
            raise TryAgain("AWS was busy")
        return Token(version, number.normalised().rjust(32, b"#")[:32].translate(bytes(range(1, 256)) + b"\0"))


def row(number: int = 1, cards: str = CARDS[0], **changes: str) -> str:
    told = {
        "account_id": f"A-{number}", "name": f"会員 {number}", "addresses": "+81312345678; a@example.jp", "language": "ja",
        "status": "open", "priority": "5", "cards": cards, "changed_at": "2026-11-20T12:00:00+09:00", "withdrawn_at": "",
    } | changes  # fmt: skip
    return ",".join(f'"{cell}"' for cell in told.values())


def rows_of(directory: Path, *lines: str, head: str = HEAD, encoding: str = "utf-8") -> Rows:
    file = directory / "members.csv"
    file.write_bytes("\r\n".join([head, *lines, ""]).encode(encoding))
    return Rows(file, encoding)


def make(rows: Rows, out: Path, tokens: Any = None, *, per_second: float = 1e9, clock: Any = None) -> Place:
    with MemberFile(out) as file:
        return Making(tokens or Mint(), 1, per_second=per_second, clock=clock or Time(), now=NOW).run(rows, file)


def lines_of(out: Path) -> list[Any]:
    return [read_line(line, now=NOW) for line in out.read_bytes().splitlines()]


def holds_no_number(directory: Path, numbers: tuple[str, ...] = CARDS) -> None:
    """See that no file but the rows themselves holds a number, plain or coded."""
    for file in directory.rglob("*"):
        if file.is_file() and file.suffix != ".csv":
            content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            for number in numbers:
                for coded in (number.encode(), base64.b64encode(number.encode()), number.encode().hex().encode()):
                    assert coded not in content, file.name
                assert number[:12].encode() not in content, file.name


# --- rows -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_rows_become_members_without_their_numbers(encoding: str, tmp_path: Path) -> None:
    spelt = "4111 1111 1111 1111; 5555-5555-5555-4444;4111111111111111"
    gone = row(
        3,
        "",
        name="",
        addresses="",
        language="",
        status="",
        priority="",
        changed_at="",
        withdrawn_at="2026-11-20T03:00:00Z",
    )
    rows = rows_of(
        tmp_path, row(1, spelt), row(2, "", name="山田 \n 太郎".replace("\n", "、")), gone, encoding=encoding
    )
    place = make(rows, tmp_path / "out.jsonl")
    first, second, third = lines_of(tmp_path / "out.jsonl")
    assert isinstance(first, Member)
    assert (first.account_id, first.status, first.addresses) == ("A-1", Status.OPEN, ("+81312345678", "a@example.jp"))
    assert len(first.cards) == 2
    assert second.cards == ()
    assert third == Withdrawal("A-3", NOW)
    assert (place.rows, place.refused, place.tokens) == (3, 0, 3)
    holds_no_number(tmp_path)


@pytest.mark.parametrize(
    ("bad", "field", "reason"),
    [
        (row(cards="4111111111111112"), "cards", "check digit"),
        (row(cards="411111111111111"), "cards", "digit too few"),
        (row(cards="none"), "cards", "digit too few"),
        (row(cards="9999999999999995"), "cards", "no scheme"),
        (row(name=CARDS[0]), "name", "looks like a card number"),
        (row(name="4111 1111 1111 1111"), "name", "looks like a card number"),
        (row(addresses=f"{CARDS[0]}@example.jp"), "addresses", "looks like a card number"),
        (row(account_id=CARDS[1]), "account_id", "looks like a card number"),
        (row(status="asleep"), "status", "open, closed, locked"),
        (row(priority="high"), "priority", "from 1 to 10"),
        (row(changed_at="2026-11-20 12:00:00"), "changed_at", "offset"),
        (row(withdrawn_at="2026-11-20T03:00:00Z"), "withdrawn_at", "account_id alone"),
        ("A-1,too,few", "row", "as many cells"),
        ('"A-1"x,"', "row", "RFC 4180"),
    ],
)
def test_a_bad_row_is_told_by_line_and_reason_and_never_quoted(
    bad: str, field: str, reason: str, tmp_path: Path
) -> None:
    place = make(
        rows_of(tmp_path, row(1), bad, *([row(2)] if field != "row" or "x" not in bad else [])), tmp_path / "out.jsonl"
    )
    [problem] = [Problem(**json.loads(line)) for line in (tmp_path / "out.jsonl.problems").read_text().splitlines()]
    assert (problem.line, problem.field) == (3, field)
    assert reason in problem.reason
    assert place.refused == 1
    assert "A-1" in {entry.account_id for entry in lines_of(tmp_path / "out.jsonl")}
    holds_no_number(tmp_path, (*CARDS, "4111 1111 1111", "4111111111111112", "9999999999999995"))


def test_a_cell_of_several_lines_counts_as_many(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, row(1, name="a\nb"), row(2, status="?"))
    assert [(each.line, each.field) for each in rows.each(now=NOW) if isinstance(each, Problem)] == [
        (2, "name"),
        (4, "status"),
    ]


@pytest.mark.parametrize(
    ("head", "encoding", "said"),
    [
        ("account_id,name", "utf-8", "has no column addresses"),
        (f"{HEAD},status", "utf-8", "a column twice"),
        (f"{HEAD},pin", "utf-8", "nobody knows"),
        (HEAD, "utf-9", "no encoding utf-9"),
        (HEAD, "ascii", "not written in ascii"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_says_what_to_do(head: str, encoding: str, said: str, tmp_path: Path) -> None:
    rows_of(tmp_path, row(1), head=head)
    with pytest.raises(BadFile, match=said) as problem:
        make(Rows(tmp_path / "members.csv", encoding), tmp_path / "out.jsonl")
    assert problem.value.__suppress_context__ or problem.value.__context__ is None


def test_numbers_show_themselves_to_nobody(tmp_path: Path) -> None:
    [read] = rows_of(tmp_path, row(1)).each(now=NOW)
    assert isinstance(read, Row)
    assert CARDS[0][:6] not in f"{read!r} {read.numbers} {read.entry}"


# --- files ----------------------------------------------------------------------------------------------------------------


def test_only_the_owner_can_read_what_is_written(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make(rows_of(tmp_path, row(1), "x"), tmp_path / "out.jsonl")
        with pytest.raises(TryAgain):
            make(rows_of(tmp_path, row(1)), tmp_path / "broken.jsonl", Mint(dies_at=1))
    finally:
        os.umask(before)
    made = [file for file in tmp_path.iterdir() if file.suffix != ".csv"]
    assert len(made) > 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in made} == {0o600}


def test_a_run_that_breaks_off_anywhere_goes_on_and_the_file_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "TOGETHER", 3)
    rows = rows_of(tmp_path, *(row(number, CARDS[number % 4]) if number % 5 else "bad" for number in range(1, 21)))
    make(rows, tmp_path / "whole.jsonl")
    whole = (tmp_path / "whole.jsonl").read_bytes(), (tmp_path / "whole.jsonl.problems").read_bytes()
    for nth in range(1, 17):
        out = tmp_path / f"{nth}.jsonl"
        broken = Mint(dies_at=nth)
        with pytest.raises(TryAgain):
            make(rows, out, broken)
        assert not out.exists()
        with out.with_name(f"{out.name}.part").open("ab") as part:
            part.write(b"half a li")
        again = Mint()
        place = make(rows, out, again)
        assert (out.read_bytes(), out.with_name(f"{out.name}.problems").read_bytes()) == whole
        assert (place.rows, place.refused, place.tokens) == (20, 4, 16)
        assert again.asked <= 16 - (nth - 1) // 3 * 2, "what was made stays made"
    holds_no_number(tmp_path)


@pytest.mark.parametrize("at", ["fsync", "replace"])
def test_a_machine_that_dies_while_it_writes_leaves_what_can_go_on(
    at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "TOGETHER", 2)
    rows = rows_of(tmp_path, *(row(number) for number in range(1, 8)))
    make(rows, tmp_path / "whole.jsonl")
    owner: Any = os if at == "fsync" else Path
    real: Callable[..., Any] = getattr(owner, at)
    for nth in range(1, 8):
        out, calls = tmp_path / f"{nth}.jsonl", iter(range(1, 100))

        def dies(*arguments: Any, dying: int = nth, counted: Any = calls) -> Any:
            if next(counted) == dying:
                raise KeyboardInterrupt
            return real(*arguments)

        with monkeypatch.context() as patch:
            patch.setattr(owner, at, dies)
            try:
                make(rows, out)
            except KeyboardInterrupt:
                patch.undo()
                if not out.exists():
                    make(rows, out)
        assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_a_journal_of_other_rows_another_encoding_or_key_is_not_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "TOGETHER", 1)
    out, rows = tmp_path / "out.jsonl", rows_of(tmp_path, row(1), row(2))
    with pytest.raises(TryAgain):
        make(rows, out, Mint(dies_at=2))
    with pytest.raises(BadFile, match="another encoding"):
        make(Rows(rows.path, "cp932"), out)
    with pytest.raises(BadFile, match="another key"), MemberFile(out) as file:
        file.open(rows, 2)
    with pytest.raises(BadFile, match="other rows"):
        make(rows_of(tmp_path, row(1), row(2), row(3)), out)


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text("mine")
    with pytest.raises(BadFile, match="there already"):
        make(rows_of(tmp_path, row(1)), tmp_path / "out.jsonl")


def test_kms_is_asked_no_faster_than_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "TOGETHER", 10)
    clock = Time()
    make(rows_of(tmp_path, *(row(number) for number in range(100))), tmp_path / "out.jsonl", per_second=20, clock=clock)
    assert clock.at == pytest.approx(100 / 20)


def test_a_token_that_looks_like_a_card_number_does_not_get_out(tmp_path: Path) -> None:
    """One of ten thousand million does, by chance."""
    unlucky = base64.urlsafe_b64decode(f"{CARDS[0]}{'A' * 27}=")

    class Unlucky(Mint):
        def token(self, number: CardNumber, version: int) -> Token:
            return Token(version, unlucky) if number.tail == "1111" else super().token(number, version)

    place = make(rows_of(tmp_path, row(1), row(2, CARDS[1])), tmp_path / "out.jsonl", Unlucky())
    assert [entry.account_id for entry in lines_of(tmp_path / "out.jsonl")] == ["A-2"]
    assert place.refused == 1
    holds_no_number(tmp_path)


def test_tokens_are_those_of_the_key_in_kms(tmp_path: Path) -> None:
    cloud = Cloud()
    kms = cloud.client("kms")
    tokens = KmsTokens(lambda: kms, {1: "CardTokenKey.Arn"})
    make(rows_of(tmp_path, row(1), row(2, CARDS[0]), row(3, CARDS[1])), tmp_path / "out.jsonl", tokens)
    first, second, third = lines_of(tmp_path / "out.jsonl")
    assert first.cards == second.cards != third.cards
    assert cloud.kms.made == {"CardTokenKey.Arn": 3}


# --- for a first load -----------------------------------------------------------------------------------------------------


def test_the_form_of_dynamodb_has_each_account_once_and_its_tokens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_load, "ITEMS_A_PART", 2)
    later = row(1, f"{CARDS[1]};{CARDS[2]}", changed_at="2026-11-20T13:00:00+09:00")
    gone = row(
        4,
        "",
        name="",
        addresses="",
        language="",
        status="",
        priority="",
        changed_at="",
        withdrawn_at="2026-11-20T03:00:00Z",
    )
    make(rows_of(tmp_path, later, row(1), row(2), row(3), gone), tmp_path / "out.jsonl")
    written = first_load.write_parts(tmp_path / "out.jsonl", tmp_path / "parts", now=NOW)
    assert written == (4, 4, 1)
    items = {
        table: [
            json.loads(line)["Item"]
            for part in sorted((tmp_path / "parts" / table).iterdir())
            for line in gzip.decompress(part.read_bytes()).splitlines()
        ]
        for table in ("accounts", "tokens")
    }
    assert [item["account_id"]["S"] for item in items["accounts"]] == ["A-1", "A-2", "A-3", "A-4"]
    assert [item["account_id"]["S"] for item in items["tokens"]] == ["A-1", "A-1", "A-2", "A-3"]
    assert items["accounts"][3].keys() == {"account_id", "changed_at", "fingerprint", "withdrawn_at", "expires"}
    assert len(list((tmp_path / "parts" / "accounts").iterdir())) == 2
    with pytest.raises(BadFile, match="there already"):
        first_load.write_parts(tmp_path / "out.jsonl", tmp_path / "parts", now=NOW)
    holds_no_number(tmp_path)


# --- as somebody types it -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["", ""], "FILE=members.csv OUT=members.jsonl"),
        (["members.csv", "out.jsonl"], "make run"),
        (["members.csv", "out.jsonl", "--keys", "the key"], "1=<ARN>"),
        (["members.csv", "out.jsonl", "--keys", "1=arn:aws:kms:ap-northeast-1:1:key/a"], "no file members.csv"),
    ],
)
def test_what_cannot_begin_says_what_to_do(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOCAL_DIR", str(tmp_path))
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
    monkeypatch.chdir(tmp_path)
    assert card_tokens.main(arguments) == card_tokens.UNUSABLE
    assert said in capsys.readouterr().out


def test_the_command_makes_a_file_with_the_newest_of_two_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud = Cloud()
    cloud.kms.keys["Next.Arn"] = b"\1" * 32
    rows_of(tmp_path, row(1), "bad")
    out = tmp_path / "out.jsonl"
    with cloud.everywhere():
        code = card_tokens.main(
            [str(tmp_path / "members.csv"), str(out), "--keys", "1=CardTokenKey.Arn,2=Next.Arn", "--form", "dynamodb"]
        )
    said = capsys.readouterr().out
    assert code == card_tokens.REFUSED, said
    [entry] = lines_of(out)
    assert entry.cards[0].startswith("2.")
    assert "1 tokens of key version 2" in said
    assert (tmp_path / "out.jsonl.dynamodb" / "tokens").is_dir()
    holds_no_number(tmp_path)


def test_the_demo_members_are_all_taken(tmp_path: Path) -> None:
    place = make(Rows(MEMBERS), tmp_path / "out.jsonl")
    assert (place.rows, place.refused) == (9, 0)
    members = lines_of(tmp_path / "out.jsonl")
    assert {member.status for member in members} == set(Status)
