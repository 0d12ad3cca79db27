"""CloudWatch, as the place where people see that an import needs them."""

from collections.abc import Callable
from typing import Any

from chalicelib.cloud import busy_means_try_again

WHOLE_CENTRE = [{"Name": "Centre", "Value": "all"}]


class CloudWatchImportGauge:
    """Two metrics of the whole centre in a CloudWatch namespace."""

    def __init__(self, cloudwatch: Callable[[], Any], namespace: str) -> None:
        self._cloudwatch = cloudwatch
        self._namespace = namespace

    def publish(self, *, refused: int, failed: int) -> None:
        """Tell that an import ended. Without a time of ours CloudWatch takes its own, which is what alarms look at."""
        data = [
            {"MetricName": name, "Dimensions": WHOLE_CENTRE, "Value": value, "Unit": "Count"}
            for name, value in {"ImportLinesRefused": refused, "ImportsFailed": failed}.items()
        ]
        with busy_means_try_again():
            self._cloudwatch().put_metric_data(Namespace=self._namespace, MetricData=data)
