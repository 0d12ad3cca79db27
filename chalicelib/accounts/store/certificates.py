"""Where the certificates of card keys lie, and where people see how long they last.

They have a table of their own: a certificate is public, the secret beside which it was made is not, and whoever watches the one has no need to
read the other (decision 0029).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.accounts.model.certificate import Certificate
from chalicelib.cloud import busy_means_try_again, pages
from chalicelib.items import plain, typed
from chalicelib.moments import stamp

KIND = "card-key"
"""The one partition: there are two certificates at most."""

WHOLE_CENTRE = [{"Name": "Centre", "Value": "all"}]


class DynamoCertificateBook:
    """The table of certificates. Every method raises `TryAgain` when it is busy."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def all(self) -> Sequence[Certificate]:
        """Return every certificate."""
        query = {
            "TableName": self._table,
            "KeyConditionExpression": "kind = :kind",
            "ExpressionAttributeValues": typed({":kind": KIND}),
            "ConsistentRead": True,
        }
        return [_certificate(plain(item)) for page in pages(self._dynamodb, **query) for item in page]

    def keep(self, certificate: Certificate) -> None:
        """Keep a certificate, over what is known of its key."""
        item = {"kind": KIND, "fingerprint": certificate.fingerprint, "ends": stamp(certificate.ends)}
        if certificate.key_id is not None:
            item["key_id"] = certificate.key_id
        with busy_means_try_again():
            self._dynamodb.put_item(TableName=self._table, Item=typed(item))

    def forget(self, fingerprint: str) -> None:
        """Watch the certificate of this key no longer."""
        key = typed({"kind": KIND, "fingerprint": fingerprint})
        with busy_means_try_again():
            self._dynamodb.delete_item(TableName=self._table, Key=key)


class CloudWatchCertificateGauge:
    """Metrics of certificates in a CloudWatch namespace: days left by key, the fewest of the whole centre, and how many are watched."""

    def __init__(self, cloudwatch: Any, namespace: str) -> None:
        self._cloudwatch = cloudwatch
        self._namespace = namespace

    def publish(self, now: datetime, days_left: Mapping[str, int]) -> None:
        """Tell the days left by name of the key; the number of keys is told even where it is none, so that silence is a fault."""
        points = [("CardCertificatesWatched", WHOLE_CENTRE, len(days_left))]
        points += [("CardCertificateDaysLeft", _key(name), days) for name, days in days_left.items()]
        if days_left:
            points.append(("CardCertificateDaysLeft", WHOLE_CENTRE, min(days_left.values())))
        data = [
            {"MetricName": metric, "Dimensions": dimensions, "Timestamp": now, "Value": value, "Unit": "Count"}
            for metric, dimensions, value in points
        ]
        with busy_means_try_again():
            self._cloudwatch.put_metric_data(Namespace=self._namespace, MetricData=data)


def _key(name: str) -> list[dict[str, str]]:
    return [{"Name": "CardKey", "Value": name}]


def _certificate(item: Mapping[str, str | int]) -> Certificate:
    return Certificate(
        fingerprint=str(item["fingerprint"]),
        key_id=str(item["key_id"]) if "key_id" in item else None,
        ends=datetime.fromisoformat(str(item["ends"])),
    )
