"""The rules of the desk: what may be asked and by whom, what a dashboard needs, how an answer reads."""

from chalicelib.desk.model.asking import Limits, Parameters, Span
from chalicelib.desk.model.dashboard import Alarm, Body, Points, Query, Wanted
from chalicelib.desk.model.roles import ROLES, roles_in
from chalicelib.desk.model.waiting import Queueing, queueing

__all__ = [
    "ROLES",
    "Alarm",
    "Body",
    "Limits",
    "Parameters",
    "Points",
    "Query",
    "Queueing",
    "Span",
    "Wanted",
    "queueing",
    "roles_in",
]
