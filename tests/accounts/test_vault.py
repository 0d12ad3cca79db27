"""Private keys from Secrets Manager, tokens from KMS."""

import logging

import pytest

from chalicelib.accounts.model.number import CardNumber
from chalicelib.accounts.vault import KmsTokens, SecretKeys, keys_by_version
from chalicelib.problems import TryAgain
from chalicelib.settings import Misconfigured
from tests.accounts.messages import KEY_ID, Pair, pair, secret
from tests.support.cloud import Call, Cloud, Crash, Fault, Trouble, denied, in_turn

CARD = CardNumber("4111111111111111")


class Vault:
    """Keys in a secret, and a clock."""

    def __init__(self, *keys: tuple[str | None, Pair]) -> None:
        self.cloud = Cloud()
        self.seconds = 1_000.0
        self.holds(*keys)
        client = self.cloud.client("secretsmanager")
        self.keys = SecretKeys(lambda: client, "CardKeys", clock=lambda: self.seconds)

    def holds(self, *keys: tuple[str | None, Pair]) -> None:
        self.cloud.secrets_manager.secrets["CardKeys"] = secret(*keys)

    @property
    def read(self) -> int:
        return self.cloud.secrets_manager.read["CardKeys"]

    def ids(self, key_id: str) -> list[str | None]:
        return [key.key_id for key in self.keys.for_id(key_id)]


def test_a_secret_is_read_once_in_five_minutes() -> None:
    vault = Vault((KEY_ID, pair()))
    for _ in range(10):
        assert vault.ids(KEY_ID) == [KEY_ID]
        vault.seconds += 29
    assert vault.read == 1
    vault.seconds += 30
    vault.ids(KEY_ID)
    assert vault.read == 2


def test_a_new_key_is_found_at_once_and_ids_of_nobody_do_not_make_us_ask_faster() -> None:
    vault = Vault((KEY_ID, pair()))
    assert vault.ids(KEY_ID) == [KEY_ID]
    vault.holds((KEY_ID, pair()), ("next", pair("second")))
    vault.seconds += 31
    assert vault.ids("next") == ["next"]
    for _ in range(20):
        assert vault.ids("nobody") == []
        vault.seconds += 1
    assert vault.read == 2
    vault.seconds += 11
    vault.ids("nobody")
    assert vault.read == 3


def test_keys_without_an_id_stand_in_for_unknown_ids_and_for_no_others() -> None:
    vault = Vault((KEY_ID, pair()), (None, pair("second")), (None, pair("third")))
    assert vault.ids(KEY_ID) == [KEY_ID]
    assert vault.ids("new") == [None, None]


@pytest.mark.parametrize("text", [None, "", '{"keys": []}'])
def test_a_secret_without_keys_has_none(text: str | None) -> None:
    vault = Vault()
    vault.cloud.secrets_manager.secrets["CardKeys"] = text
    assert vault.ids(KEY_ID) == []


FAILURES = [Fault(Trouble.THROTTLED), Fault(Trouble.SERVER_ERROR), Fault(Trouble.DISCONNECTED)]


@pytest.mark.parametrize("failure", FAILURES)
def test_keys_outlive_a_reading_that_fails(failure: Fault, caplog: pytest.LogCaptureFixture) -> None:
    vault = Vault((KEY_ID, pair()))
    vault.ids(KEY_ID)
    vault.seconds += 301
    vault.cloud.faults = lambda call: failure
    with caplog.at_level(logging.DEBUG):
        for _ in range(5):
            assert vault.ids(KEY_ID) == [KEY_ID]
            vault.seconds += 1
    assert len(caplog.records) == 1, "tried once in half a minute"
    vault.cloud.faults = in_turn([])
    vault.seconds += 30
    vault.holds((KEY_ID, pair("second")))
    assert vault.keys.for_id(KEY_ID)[0].pem.text() == pair("second").pem


def test_a_right_that_is_taken_away_and_a_broken_secret_leave_the_keys_of_before() -> None:
    vault = Vault((KEY_ID, pair()))
    vault.ids(KEY_ID)

    def deny(call: Call) -> None:
        raise denied(call)

    vault.seconds += 301
    vault.cloud.faults = deny
    assert vault.ids(KEY_ID) == [KEY_ID]
    vault.cloud.faults = in_turn([])
    for broken in ("no JSON", "[]", '{"keys": [{}]}', '{"keys": 3}', "{}"):
        vault.seconds += 301
        vault.cloud.secrets_manager.secrets["CardKeys"] = broken
        assert vault.ids(KEY_ID) == [KEY_ID]


@pytest.mark.parametrize("failure", FAILURES)
def test_without_any_keys_a_failure_is_told(failure: Fault) -> None:
    vault = Vault((KEY_ID, pair()))
    vault.cloud.faults = in_turn([failure])
    with pytest.raises(TryAgain):
        vault.ids(KEY_ID)
    assert vault.ids(KEY_ID) == [KEY_ID], "and the next one may ask again at once"


def test_what_a_broken_secret_holds_is_not_said() -> None:
    vault = Vault()
    vault.cloud.secrets_manager.secrets["CardKeys"] = '{"keys": [{"id": 1, "private": "-----BEGIN"}]}'
    with pytest.raises(Misconfigured) as said:
        vault.ids(KEY_ID)
    assert "BEGIN" not in str(said.value)
    assert said.value.__cause__ is None


def test_a_key_shows_itself_to_nobody() -> None:
    [key] = Vault((KEY_ID, pair())).keys.for_id(KEY_ID)
    assert repr(key) == f"PrivateKey(key_id='{KEY_ID}', pem=<Pem>)"


def tokens(cloud: Cloud, *versions: int) -> KmsTokens:
    cloud.kms.keys |= {f"arn-{version}": bytes([version]) * 32 for version in versions}
    client = cloud.client("kms")
    return KmsTokens(lambda: client, {version: f"arn-{version}" for version in versions})


def test_equal_numbers_have_equal_tokens_under_one_version_alone() -> None:
    made = tokens(Cloud(), 1, 2)
    assert made.versions() == [2, 1]
    assert made.token(CARD, 1) == made.token(CardNumber("4111111111111111"), 1)
    texts = {
        made.token(CARD, 1).text(),
        made.token(CARD, 2).text(),
        made.token(CardNumber("378282246310005"), 1).text(),
    }
    assert len(texts) == 3
    assert all(len(text) == 45 and text[:2] in ("1.", "2.") for text in texts)


@pytest.mark.parametrize("failure", FAILURES)
def test_kms_out_of_reach_may_be_asked_again(failure: Fault) -> None:
    cloud = Cloud()
    made = tokens(cloud, 1)
    cloud.faults = in_turn([failure])
    with pytest.raises(TryAgain):
        made.token(CARD, 1)
    assert made.token(CARD, 1).version == 1


@pytest.mark.parametrize(
    ("setting", "keys"),
    [("1=arn:a", {1: "arn:a"}), ("1=arn:a,2=arn:b", {1: "arn:a", 2: "arn:b"}), ("10=arn:a=b", {10: "arn:a=b"})],
)
def test_a_setting_names_keys_by_version(setting: str, keys: dict[int, str]) -> None:
    assert keys_by_version(setting) == keys


@pytest.mark.parametrize("setting", ["", "arn:a", "one=arn:a", "1=", "1=arn:a,1=arn:b", "1=arn:a,"])
def test_a_setting_that_names_none_is_told(setting: str) -> None:
    with pytest.raises(Misconfigured, match="CARD_TOKEN_KEYS"):
        keys_by_version(setting)


def test_a_death_while_asking_leaves_nothing_half_done() -> None:
    vault = Vault((KEY_ID, pair()))
    vault.cloud.faults = in_turn([Fault(Trouble.CRASHED, 1)])
    with pytest.raises(Crash):
        vault.ids(KEY_ID)
    assert vault.ids(KEY_ID) == [KEY_ID]
