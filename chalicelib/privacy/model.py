"""Whose data somebody looked at."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple


class Access(NamedTuple):
    """One opening of customers' data.

    `account` is the user name of who looked, `request` the id under which the log knows the request, and `contact_ids`
    are the contacts that the answer showed. Whose those are is looked up when somebody asks, so that this holds no
    customer's data itself.
    """

    account: str
    at: datetime
    request: str
    what: str
    contact_ids: Sequence[str]
