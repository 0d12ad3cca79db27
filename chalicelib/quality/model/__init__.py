"""The rules of connection quality: what a contact adds to which interval, and what is told of it.

Definitions: Amazon Connect Administrator Guide, "Metric definitions".
"""

from chalicelib.quality.model.figures import Figures, total
from chalicelib.quality.model.interval import Interval, recount
from chalicelib.quality.model.publication import Point, Series
from chalicelib.quality.model.review import By, Row, Step, rates, review, step_start
from chalicelib.quality.model.share import Cell, Share, interval_start, share_of

__all__ = [
    "By",
    "Cell",
    "Figures",
    "Interval",
    "Point",
    "Row",
    "Series",
    "Share",
    "Step",
    "interval_start",
    "rates",
    "recount",
    "review",
    "share_of",
    "step_start",
    "total",
]
