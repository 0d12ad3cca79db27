"""Card keys come and go without one being lost or shown, and whoever makes one is told what to upload where."""

import hashlib
import io
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from moto import mock_aws

from chalicelib.accounts.model.certificate import Certificate
from chalicelib.accounts.store.certificates import DynamoCertificateBook
from infra import card_keys
from infra.operations.card_keys import __main__ as command
from infra.operations.card_keys.ring import KeyRing, NotPossible
from infra.operations.place import Place
from tests.support.cloud import Template

REGION = "ap-northeast-1"
FIRST, SECOND = "5f3c0c86-0000-4000-8000-000000000001", "5f3c0c86-0000-4000-8000-000000000002"


class Said(NamedTuple):
    """What a run of the command ended with and wrote."""

    code: int
    out: str
    err: str


class Room:
    """The secret and the table of a stack, and the command that works on them."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, out: Path) -> None:
        session = boto3.Session(region_name=REGION)
        self.secrets: Any = session.client("secretsmanager")
        self.secret = self.secrets.create_secret(Name="card-keys")["ARN"]
        dynamodb: Any = session.client("dynamodb")
        keys = [("kind", "HASH"), ("fingerprint", "RANGE")]
        dynamodb.create_table(
            TableName="certificates",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": name, "KeyType": role} for name, role in keys],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        )
        outputs = {"CardKeysArn": self.secret, "CardCertificatesTable": "certificates", "RetentionDays": "800"}
        monkeypatch.setattr(command, "find", lambda stage: Place(stage, session, outputs, "aws.connect"))
        # Keys of the usual size take seconds each; one test makes such a one.
        monkeypatch.setattr(command, "make", partial(card_keys.make, bits=2048))
        self.book = DynamoCertificateBook(dynamodb, "certificates")
        self.out = out
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def run(self, *words: str, answer: str = "", stage: str = "prod") -> Said:
        self._monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        code = command.main(["--stage", stage, "--out", str(self.out), *words])
        said = self._capsys.readouterr()
        return Said(code, said.out, said.err)

    def held(self) -> Sequence[card_keys.CardKey]:
        return KeyRing(self.secrets, self.secret, self.book).read().keys

    def made(self, *words: str) -> card_keys.CardKey:
        assert self.run(*words).code == 0
        return self.held()[-1]


@pytest.fixture
def room(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Room]:
    with mock_aws():
        yield Room(capsys, monkeypatch, tmp_path / "card-key")


def test_a_key_is_of_4096_bits_and_its_certificate_of_the_same_pair(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "make", card_keys.make)
    key = room.made("--days", "90")
    private: Any = load_pem_private_key(key.private_key.text().encode(), None)
    public: Any = load_pem_public_key((room.out / "public-key.pem").read_bytes())
    certificate = x509.load_pem_x509_certificate((room.out / "certificate.pem").read_bytes())
    assert private.key_size == 4096
    assert private.public_key() == public == certificate.public_key()
    lasts = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert lasts.days == 91, "and a day before today, since clocks differ"
    # Connect verifies the certificate by the public key.
    assert certificate.signature_hash_algorithm
    public.verify(certificate.signature, certificate.tbs_certificate_bytes, padding.PKCS1v15(), SHA256())


def test_connect_takes_what_is_written_and_the_template_takes_the_parameters(room: Room) -> None:
    room.made()
    public = (room.out / "public-key.pem").read_text()
    assert len(public) <= 1024, "Connect takes no longer one"
    parameters = {
        each["ParameterKey"]: each["ParameterValue"] for each in json.loads((room.out / "parameters.json").read_text())
    }
    assert parameters["CardPublicKey"] == public
    assert parameters["CardCertificate"].replace("\\n", "\n") == (room.out / "certificate.pem").read_text()
    assert "\n" not in parameters["CardCertificate"], "it stands inside the JSON of a flow"
    template = Template(Path(card_keys.__file__).with_name("connect.yaml"))
    for name, value in parameters.items():
        assert re.fullmatch(template.parameter(name)["AllowedPattern"], value)


def test_what_is_said_says_what_to_do_next(room: Room) -> None:
    said = room.run()
    assert (
        f"aws connect associate-security-key --instance-id <instance id> --key file://{room.out}/public-key.pem"
        in said.out
    )
    assert f"--parameter-overrides file://{room.out}/parameters.json" in said.out
    assert "make card-key ID=<the AssociationId that it prints> STAGE=prod" in said.out
    assert "An instance takes 2 keys at most" in said.out
    certificate = (room.out / "certificate.pem").read_text().replace("\n", "\\n")
    assert certificate in said.out, "in one piece, however narrow the terminal"


def test_no_private_key_is_shown_or_written(room: Room) -> None:
    said = [room.run(), room.run("--list"), room.run("--id", FIRST)]
    said += [
        room.run(),
        room.run("--retire", FIRST, answer=f"{FIRST}\n"),
        room.run("--key", room.held()[0].fingerprint),
    ]
    assert {each.code for each in said} == {0}
    written = [path.read_text() for path in room.out.rglob("*")]
    for text in [*written, *(each.out + each.err for each in said)]:
        assert "PRIVATE" not in text
    assert "PRIVATE" not in repr(room.held())
    assert not [line for line in room.held()[0].private_key.text().splitlines()[1:-1] if line in "".join(written)]


def test_a_second_key_leaves_the_first_as_it_is(room: Room) -> None:
    first = room.made()
    assert room.run("--id", FIRST).code == 0
    second = room.made()
    assert [(key.key_id, key.fingerprint) for key in room.held()] == [
        (FIRST, first.fingerprint),
        (None, second.fingerprint),
    ]
    assert room.held()[0].private_key == first.private_key


def test_connect_takes_two_keys_so_a_third_is_refused_before_it_is_made(room: Room) -> None:
    room.made()
    room.made()
    said = room.run()
    assert said.code == 2
    assert "an instance of Connect takes 2" in said.err
    assert len(room.held()) == 2


def test_a_key_gets_its_id_and_repeating_that_changes_nothing(room: Room) -> None:
    room.made()
    for _ in ("once", "again"):
        said = room.run("--id", FIRST)
        assert (said.code, said.err) == (0, "")
        assert [key.key_id for key in room.held()] == [FIRST]


def test_of_two_keys_without_id_one_must_be_named(room: Room) -> None:
    first, second = room.made(), room.made()
    said = room.run("--id", FIRST)
    assert said.code == 2
    assert "KEY=<fingerprint>" in said.err
    assert room.run("--id", FIRST, "--key", second.fingerprint[:8].upper()).code == 0
    assert [key.key_id for key in room.held()] == [None, FIRST]
    assert "Another card key has the id" in room.run("--id", FIRST, "--key", first.fingerprint).err


def test_a_wrong_id_is_put_right_only_on_purpose(room: Room) -> None:
    key = room.made()
    room.run("--id", FIRST)
    assert "Every card key has an id" in room.run("--id", SECOND).err
    said = room.run("--id", SECOND, "--key", key.fingerprint)
    assert (said.code, room.held()[0].key_id) == (2, FIRST)
    assert "FORCE=1" in said.err
    assert room.run("--id", SECOND, "--key", key.fingerprint, "--force").code == 0
    assert room.held()[0].key_id == SECOND


def test_the_list_shows_ids_fingerprints_and_ends(room: Room) -> None:
    assert "There is no card key yet" in room.run("--list").out
    key = room.made("--days", "400")
    room.run("--id", FIRST)
    said = room.run("--list")
    table = re.sub(r"[\s│]", "", said.out)
    assert FIRST in table
    assert key.fingerprint[:16] in table
    assert f"{key.ends:%Y-%m-%d}" in table
    assert "399" in table


def test_the_fingerprint_is_what_openssl_would_say(room: Room) -> None:
    key = room.made()
    der = load_pem_public_key(key.public_key.encode()).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert key.fingerprint == hashlib.sha256(der).hexdigest()


def test_the_old_key_is_taken_out_after_asking_and_no_version_keeps_it(room: Room) -> None:
    old = room.made()
    room.run("--id", FIRST)
    room.made()
    said = room.run("--retire", FIRST, answer="yes\n")
    assert (said.code, len(room.held())) == (1, 2)
    assert "Nothing was done." in said.out
    said = room.run("--retire", old.fingerprint, answer=f"{FIRST}\n")
    assert said.code == 0
    assert "disassociate-security-key" in said.out
    assert [key.fingerprint for key in room.held()] != [old.fingerprint]
    versions = room.secrets.list_secret_version_ids(SecretId=room.secret, IncludeDeprecated=True)["Versions"]
    for each in versions:
        value = room.secrets.get_secret_value(SecretId=room.secret, VersionId=each["VersionId"])["SecretString"]
        if old.fingerprint in {key.fingerprint for key in card_keys.keys_in(value)}:
            assert "AWSCURRENT" not in each["VersionStages"]
            assert "AWSPREVIOUS" not in each["VersionStages"]


def test_the_newest_key_is_taken_out_only_by_force(room: Room) -> None:
    key = room.made()
    said = room.run("--retire", key.fingerprint, answer=f"{key.fingerprint[:16]}\n")
    assert (said.code, len(room.held())) == (2, 1)
    assert "the newest card key" in said.err
    assert room.run("--retire", key.fingerprint, "--force", answer=f"{key.fingerprint[:16]}\n").code == 0
    assert room.held() == []


def test_nobody_there_to_answer_means_no(room: Room) -> None:
    key = room.made()
    room.made()
    assert room.run("--retire", key.fingerprint).code == 1
    assert len(room.held()) == 2


def test_what_to_upload_is_written_again_on_demand(room: Room) -> None:
    key = room.made()
    for path in room.out.iterdir():
        path.unlink()
    assert room.run("--key", key.fingerprint).code == 0
    assert (room.out / "certificate.pem").read_text() == key.certificate
    assert len(room.held()) == 1


def test_certificates_are_watched_from_the_first_day_until_their_key_is_out(room: Room) -> None:
    first = room.made()
    assert room.book.all() == [first.watched()]
    room.run("--id", FIRST)
    second = room.made()
    assert {each.key_id for each in room.book.all()} == {FIRST, None}
    room.run("--retire", FIRST, answer=f"{FIRST}\n")
    assert room.book.all() == [second.watched()]


def test_a_listing_mends_what_is_watched(room: Room) -> None:
    key = room.made()
    room.book.forget(key.fingerprint)
    room.book.keep(Certificate(fingerprint="0" * 64, key_id="gone", ends=key.ends))
    assert room.run("--list").code == 0
    assert room.book.all() == [key.watched()]


def test_of_two_who_change_keys_at_once_one_is_told_and_neither_key_is_lost(room: Room) -> None:
    room.made()
    ring = KeyRing(room.secrets, room.secret, room.book)
    seen = ring.read()
    other = room.made()
    mine = card_keys.make(datetime.now(UTC), days=10, common_name="mine", bits=2048)
    with pytest.raises(NotPossible, match="Somebody else changed the card keys"):
        ring.add(seen, mine)
    assert other.fingerprint in {key.fingerprint for key in room.held()}
    assert mine.fingerprint not in {key.fingerprint for key in room.held()}


@pytest.mark.parametrize(
    "secret",
    [
        "no JSON",
        "{}",
        '{"keys": [{"id": null}]}',
        '{"keys": [{"id": null, "private_key": "k", "certificate": "c", "made_at": "m"}]}',
    ],
)
def test_a_secret_that_somebody_wrote_by_hand_is_left_alone_and_not_shown(room: Room, secret: str) -> None:
    room.secrets.put_secret_value(SecretId=room.secret, SecretString=secret)
    said = room.run()
    assert said.code == 2
    assert "was changed by hand" in said.err
    assert room.secrets.get_secret_value(SecretId=room.secret)["SecretString"] == secret


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--days", "0"], "DAYS=0 is no number of days"),
        (["--days", "two years"], "DAYS=two years is no number of days"),
        (["--days", "771"], "say one from 1 to 770"),
        (["--id", "an id"], "without spaces"),
        (["--id", FIRST, "--list"], "say one at a time"),
        (["--retire", FIRST, "--id", FIRST], "say one at a time"),
        (["--id", FIRST], "Every card key has an id"),
        (["--retire", FIRST], "There is no card key"),
        (["--key", "abc"], "a fingerprint of 8 digits or more"),
        (["--out", "/dev/null/there"], "Not a directory"),
    ],
)
def test_every_mistake_has_its_sentence_and_nothing_is_made(room: Room, words: list[str], says: str) -> None:
    said = room.run(*words)
    assert said.code == 2
    assert says in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert room.held() == []


def test_an_older_stack_is_told_to_be_deployed(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place("prod", boto3.Session(region_name=REGION), {}, "aws.connect")
    monkeypatch.setattr(command, "find", lambda stage: place)
    assert "deploy this release first" in room.run().err
