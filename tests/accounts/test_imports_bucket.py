"""The bucket of member files, as it is deployed: nobody but those who must reads it, over TLS, for some days."""

from tests.support.cloud import Template

TEMPLATE = Template()
BUCKET = TEMPLATE.definitions("AWS::S3::Bucket")["ImportsBucket"]


def test_it_is_private_encrypted_and_forgets() -> None:
    assert set(BUCKET["PublicAccessBlockConfiguration"].values()) == {True}
    assert BUCKET["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    [rule] = BUCKET["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    [lifecycle] = BUCKET["LifecycleConfiguration"]["Rules"]
    assert (lifecycle["Status"], lifecycle["ExpirationInDays"]) == ("Enabled", 7)
    assert "Prefix" not in lifecycle, "whatever lies there goes"


def test_it_is_reached_over_tls_alone() -> None:
    """But from a loopback address, which nobody has who reaches AWS."""
    policy = TEMPLATE.definitions("AWS::S3::BucketPolicy")["FilesComeOverTls"]
    [statement] = policy["PolicyDocument"]["Statement"]
    assert (policy["Bucket"], statement["Effect"], statement["Principal"]) == ({"Ref": "ImportsBucket"}, "Deny", "*")
    assert statement["Action"] == "s3:*"
    assert statement["Condition"] == {
        "Bool": {"aws:SecureTransport": "false"},
        "NotIpAddress": {"aws:SourceIp": "127.0.0.0/8"},
    }


def test_only_member_files_wake_the_function_and_their_problems_do_not() -> None:
    [told] = BUCKET["NotificationConfiguration"]["QueueConfigurations"]
    assert told["Queue"] == {"Fn::GetAtt": "ImportsQueue.Arn"}
    names = {rule["Name"]: rule["Value"] for rule in told["Filter"]["S3Key"]["Rules"]}
    assert names == {"prefix": "members/", "suffix": ".jsonl"}


def test_both_tables_of_a_first_load_are_made_of_their_own_parts() -> None:
    for table, part in (("AccountsTable", "accounts"), ("CardTokensTable", "tokens")):
        told = TEMPLATE.definitions("AWS::DynamoDB::Table")[table]["ImportSourceSpecification"]["Fn::If"]
        assert told[0] == "HasFirstLoad"
        assert TEMPLATE.resolved(told[1]["S3BucketSource"]["S3KeyPrefix"]).endswith(f"/{part}/")
        assert (told[1]["InputFormat"], told[1]["InputCompressionType"]) == ("DYNAMODB_JSON", "GZIP")
        assert told[2] == {"Ref": "AWS::NoValue"}
