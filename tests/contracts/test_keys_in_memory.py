"""KMS and Secrets Manager in memory answer as moto's do."""

import json
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib import cloud as ours
from tests.support.cloud import Cloud
from tests.support.dynamodb_calls import outcome

REGION = "ap-northeast-1"
KEY, SECRET = "CardTokenKey.Arn", "CardKeys"


def told(answer: Any, *names: str) -> Any:
    """Return these members of an answer, or the whole of a refusal."""
    return {name: answer[name] for name in names} if isinstance(answer, dict) else answer


@pytest.mark.parametrize("text", [None, "", json.dumps({"keys": []})])
def test_a_secret_is_read_as_motos_is(text: str | None) -> None:
    cloud = Cloud()
    cloud.secrets_manager.secrets[SECRET] = text
    mine = outcome(cloud.client("secretsmanager"), "get_secret_value", {"SecretId": SECRET})
    nobodys = outcome(cloud.client("secretsmanager"), "get_secret_value", {"SecretId": "Nobody"})
    with mock_aws():
        moto = boto3.Session("moto", "moto", region_name=REGION).client("secretsmanager")
        moto.create_secret(Name=SECRET, **({} if not text else {"SecretString": text}))
        theirs = outcome(moto, "get_secret_value", {"SecretId": SECRET})
        assert nobodys == outcome(moto, "get_secret_value", {"SecretId": "Nobody"})
    if text == "":
        assert told(mine, "SecretString") == {"SecretString": ""}, "the emulator's way of a secret without a value"
    else:
        assert told(mine, "SecretString", "Name") == told(theirs, "SecretString", "Name")


def test_a_label_leaves_only_the_version_that_is_named_as_motos_does() -> None:
    mine = moved(Cloud().client("secretsmanager"))
    with mock_aws():
        moto = boto3.Session("moto", "moto", region_name=REGION).client("secretsmanager")
        moto.create_secret(Name=SECRET)
        theirs = moved(moto)
    assert mine == theirs == ("1", "InvalidParameterException", "1", "2")


def moved(client: Any) -> tuple[str, ...]:
    """Write two versions, and move the label from the wrong one, then from the right one; return what is current in between."""

    def current() -> str:
        return str(client.get_secret_value(SecretId=SECRET, VersionStage="AWSCURRENT")["SecretString"])

    first = client.put_secret_value(SecretId=SECRET, SecretString="1")["VersionId"]
    second = client.put_secret_value(SecretId=SECRET, SecretString="2", VersionStages=["AWSPENDING"])["VersionId"]
    before = current()
    move = {"SecretId": SECRET, "VersionStage": "AWSCURRENT", "MoveToVersionId": second}
    with pytest.raises(client.exceptions.ClientError) as refused:
        client.update_secret_version_stage(**move, RemoveFromVersionId=second)
    still = current()
    client.update_secret_version_stage(**move, RemoveFromVersionId=first)
    return before, str(refused.value.response["Error"]["Code"]), still, current()


def test_equal_messages_have_equal_codes_of_one_length() -> None:
    mine = codes_and_refusal(Cloud().client("kms"), KEY)
    with mock_aws():
        moto = boto3.Session("moto", "moto", region_name=REGION).client("kms")
        made = moto.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
        theirs = codes_and_refusal(moto, made)
    for first, again, other, refused in (mine, theirs):
        assert first == again != other
        assert {len(first), len(other)} == {32}
        assert refused == "NotFoundException"


def codes_and_refusal(client: Any, key: str) -> tuple[bytes, bytes, bytes, str]:
    """Return the codes of two equal messages and another one, and how a key that nobody made is refused."""
    asked = {"KeyId": key, "MacAlgorithm": "HMAC_SHA_256"}
    first, again, other = (client.generate_mac(**asked, Message=text)["Mac"] for text in (b"1", b"1", b"2"))
    nobodys = {**asked, "KeyId": "12345678-1111-4222-8333-444455556666", "Message": b"1"}
    return first, again, other, refusal(client, nobodys)


def refusal(client: Any, asked: dict[str, Any]) -> str:
    with pytest.raises(client.exceptions.ClientError) as refused:
        client.generate_mac(**asked)
    return str(refused.value.response["Error"]["Code"])


def test_our_clients_know_both() -> None:
    assert {"kms", "secretsmanager"} <= set(ours.SERVICES)
