"""The local centre's card key: kept where its owner alone reads it, and in the flows as CloudFormation would put it there."""

import json
import re
import stat
from pathlib import Path

import pytest
from cryptography import x509

from infra.card_keys import secret_of
from infra.flows import embedded
from infra.local import cards
from infra.local.connect.intrinsics import id_of
from infra.local.connect.template import TEMPLATE
from infra.local.members import cards as members_cards
from tests.local_connect.card_house import card_key, instance


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that are made at once."""
    ready = card_key()
    monkeypatch.setattr(cards, "make", lambda now: ready._replace(made_at=now.isoformat()))


def test_a_key_is_its_owners_alone_and_kept_only_if_asked(tmp_path: Path, quick: None) -> None:
    file = tmp_path / "card-key.json"
    first = cards.of_directory(file, keep=True).result()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert cards.of_directory(file, keep=True).result() == first
    file.write_text(secret_of([first._replace(made_at="before")]))
    assert cards.of_directory(file, keep=True).result().made_at == "before"
    assert cards.of_directory(file, keep=False).result().made_at != "before"
    file.write_text("half a key")
    assert cards.of_directory(file, keep=True).result().private_key == first.private_key


def test_the_parameters_are_what_the_template_takes() -> None:
    wanted = embedded(TEMPLATE)["Parameters"]
    for name, value in card_key().parameters().items():
        assert re.fullmatch(wanted[name]["AllowedPattern"], value), name
        assert len(value) <= 4096, "CloudFormation's longest parameter"
    # Each in the other's form would break the flow's JSON, or be no PEM.
    assert not re.fullmatch(wanted["CardCertificate"]["AllowedPattern"], card_key().certificate)
    assert not re.fullmatch(wanted["CardPublicKey"]["AllowedPattern"], card_key().public_key.replace("\n", "\\n"))


def test_the_certificate_is_in_the_flow_with_its_line_breaks() -> None:
    [module] = [each for each in instance().modules.values() if each.name == "Card entry"]
    asked = [each["Parameters"]["InputEncryption"] for each in json.loads(module.content)["Actions"] if "InputEncryption" in each["Parameters"]]  # fmt: skip
    assert len(asked) == 2
    for each in asked:
        assert each == {"EncryptionKeyId": id_of("CardKey"), "Key": card_key().certificate}
        x509.load_pem_x509_certificate(each["Key"].encode())


def test_callers_key_the_cards_of_members() -> None:
    assert "4111111111111111" in members_cards()
    assert all(card.isdecimal() and 13 <= len(card) <= 19 for card in members_cards())
