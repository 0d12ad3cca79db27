"""Silence: from when on an open contact should be asked about, and when to ask again.

Events are best effort: of a contact whose last ones were lost, nothing more comes until its record does.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from chalicelib.contacts.model.contact import Contact, Stage
from chalicelib.contacts.model.fact import ContactId

BEFORE_AN_AGENT = {
    "VOICE": timedelta(hours=1),
    "CHAT": timedelta(hours=4),
    "TASK": timedelta(days=7),
    "EMAIL": timedelta(days=14),
}
"""How long a contact may say nothing in the menu or in a queue: few callers bear an hour; a chat's customer may be slow;
tasks and e-mails wait as long as Connect lets them by default."""

WITH_AN_AGENT = {
    "VOICE": timedelta(hours=4),
    "CHAT": timedelta(hours=25),
    "TASK": timedelta(days=7),
    "EMAIL": timedelta(days=14),
}
"""How long it may say nothing with an agent: a very long call; the usual greatest length of a chat; as above."""

BEFORE_A_CALLBACK = timedelta(days=3)
"""How long a callback may say nothing in its queue: the longest delay that a flow can give it."""

AFTER_CONTACT_WORK = timedelta(hours=2)
"""How long after-contact work may go on without a word: minutes are usual, a forgotten screen is not."""

SOONEST, LATEST = timedelta(hours=1), timedelta(days=1)
"""How long to wait, at least and at most, before asking again about the same contact."""

GIVE_UP_AFTER = timedelta(days=1)
"""How long a contact must have been silent before we believe that Connect does not know it."""


class Silent(NamedTuple):
    """An open contact that is due to be asked about.

    `silent_from` is when it had said nothing for too long, `look_at` when it was to be asked about: the same moment at first,
    later ones each time after that.
    """

    contact_id: ContactId
    silent_from: datetime
    look_at: datetime


def silent_from(contact: Contact) -> datetime | None:
    """Return from when on a contact that stays as it is has been silent for too long; None when it never is.

    A channel that we do not know is taken for the most impatient one: asking once too often is cheap. A contact
    scheduled for later is not silent before that.
    """
    said = contact.said
    news = [*said.moments(), *filter(None, [said.last_updated_at])]
    if contact.stage in (Stage.ENDED, Stage.UNKNOWN) or not news:
        return None
    try:
        return max(news) + _patience(contact)
    except OverflowError:
        # A moment at the end of the calendar is as good as no end.
        return datetime.max.replace(tzinfo=UTC)


def ask_again_at(silent: Silent, now: datetime) -> datetime:
    """Return when to ask again about a contact of which `now` brought no end: after as long as it has been silent."""
    return now + min(max(now - silent.silent_from, SOONEST), LATEST)


def is_given_up(silent: Silent, now: datetime) -> bool:
    """Whether a contact has been silent for so long that Connect's not knowing it is an answer."""
    return now - silent.silent_from >= GIVE_UP_AFTER


def _patience(contact: Contact) -> timedelta:
    channel = contact.said.channel or "VOICE"
    if contact.stage is Stage.AFTER_CONTACT_WORK:
        return AFTER_CONTACT_WORK
    if contact.stage is Stage.WITH_AGENT:
        return WITH_AN_AGENT.get(channel, WITH_AN_AGENT["VOICE"])
    if contact.is_callback:
        return BEFORE_A_CALLBACK
    return BEFORE_AN_AGENT.get(channel, BEFORE_AN_AGENT["VOICE"])
