"""CloudWatch, as the place where people see whether contacts stay silent."""

from datetime import datetime
from typing import Any

from chalicelib.cloud import busy_means_try_again

WHOLE_CENTRE = [{"Name": "Centre", "Value": "all"}]


class CloudWatchSilenceGauge:
    """Two metrics of the whole centre in a CloudWatch namespace."""

    def __init__(self, cloudwatch: Any, namespace: str) -> None:
        self._cloudwatch = cloudwatch
        self._namespace = namespace

    def publish(self, now: datetime, *, silent: int, reconciled: int) -> None:
        """Tell how many contacts are silent now, and how many this run has closed."""
        figures = {"ContactsSilent": silent, "ContactsReconciled": reconciled}
        data = [
            {"MetricName": name, "Dimensions": WHOLE_CENTRE, "Timestamp": now, "Value": value, "Unit": "Count"}
            for name, value in figures.items()
        ]
        with busy_means_try_again():
            self._cloudwatch.put_metric_data(Namespace=self._namespace, MetricData=data)
