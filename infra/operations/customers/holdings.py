"""Every place in which the centre keeps something, and what that means for a customer.

A test holds this list against the deployed template: a new store that is not entered here fails it.
"""

from typing import NamedTuple

NOTHING = "nothing of a customer's"
LEADS_TO_NOBODY = "nothing to do: a contact id leads to nobody once the contact is forgotten"


class Holding(NamedTuple):
    """What a store holds of a customer, how long it keeps that, and what `make disclose` and `make forget` do about it."""

    holds: str
    kept_for: str
    disclosed: str
    forgotten: str


def _nothing(kept_for: str) -> Holding:
    return Holding(holds=NOTHING, kept_for=kept_for, disclosed="-", forgotten="-")


def _passing(holds: str, kept_for: str) -> Holding:
    return Holding(
        holds=holds,
        kept_for=kept_for,
        disclosed="not searched: what passes here lies in FactsTable too, or comes to lie there",
        forgotten="expires by itself; put back or brought again it is forgotten when its contact is folded",
    )


HOLDINGS = {
    "FactsTable": Holding(
        holds="contact events and contact records as they came: addresses, customer ids, attributes",
        kept_for="RetentionDays after the contact (800 days)",
        disclosed="every fact of the customer's contacts, whole",
        forgotten="rewritten without all that tells whom they are about",
    ),
    "ContactsTable": Holding(
        holds="address and customer id of each contact",
        kept_for="RetentionDays after the contact (800 days)",
        disclosed="every record of the customer's contacts",
        forgotten="folded again without address and customer id",
    ),
    "QualityTable": Holding(
        holds="contact ids beside counts and durations",
        kept_for="as long as the centre's history",
        disclosed="named by contact id",
        forgotten=LEADS_TO_NOBODY,
    ),
    "AccessesTable": Holding(
        holds="contact ids beside the accounts of staff who opened them",
        kept_for="AccessRetentionDays (1,100 days)",
        disclosed="by `make accesses`",
        forgotten="stays: it proves who saw what",
    ),
    "AgentEventsTable": Holding(
        holds="contact ids beside what staff did; names of staff",
        kept_for="RetentionDays after the event (800 days)",
        disclosed="-",
        forgotten=LEADS_TO_NOBODY,
    ),
    "AgentStatesTable": Holding(
        holds="contact ids beside the states of staff",
        kept_for="RetentionDays after the state (800 days)",
        disclosed="-",
        forgotten=LEADS_TO_NOBODY,
    ),
    "RequestsTable": Holding(
        holds="contact ids beside what staff asked for; names of staff",
        kept_for="7 days",
        disclosed="-",
        forgotten=LEADS_TO_NOBODY,
    ),
    "EntriesTable": Holding(
        holds="contact ids beside card entries and their outcomes, never a card number or a part of one; calling numbers of failed entries",
        kept_for="RetentionDays after the entry (800 days); calling numbers 24 hours",
        disclosed="-",
        forgotten="expires by itself",
    ),
    "IdentificationsTable": Holding(
        holds="contact ids beside the accounts that were found for them, and who checked with what outcome",
        kept_for="7 days",
        disclosed="-",
        forgotten=LEADS_TO_NOBODY,
    ),
    "CardAuditTable": Holding(
        holds="contact ids and accounts beside who looked for an account, and what became of it",
        kept_for="AccessRetentionDays (1,100 days)",
        disclosed="-",
        forgotten="stays: it proves who looked for whom",
    ),
    "CardTokensTable": Holding(
        holds="accounts beside tokens of their cards, from which nobody reads a card number",
        kept_for="until the card system withdraws the card",
        disclosed="-",
        forgotten="by the card system: its next delta withdraws cards and accounts",
    ),
    "AccountsTable": Holding(
        holds="members as the card system tells of them: names, addresses, language, status",
        kept_for="until the card system withdraws the account",
        disclosed="-",
        forgotten="by the card system: its next delta withdraws cards and accounts",
    ),
    "ImportsTable": Holding(
        holds=f"{NOTHING}; lines of member files that were refused, by number and reason",
        kept_for="90 days",
        disclosed="-",
        forgotten="-",
    ),
    "CardCertificatesTable": _nothing("until its key is retired"),
    "DirectoryTable": _nothing("until replaced"),
    "ContactEventsQueue": _passing("contact events on their way", "14 days at most, as a rule seconds"),
    "RequestsQueue": Holding(
        holds="contact ids beside what staff ask for, on their way",
        kept_for="14 days at most, as a rule seconds",
        disclosed="-",
        forgotten=LEADS_TO_NOBODY,
    ),
    "ChecksQueue": Holding(
        holds="what customers said to show who they are, on its way to be compared, beside contact ids",
        kept_for="one hour at most, as a rule seconds",
        disclosed="-",
        forgotten="expires by itself",
    ),
    "ContactRecordsStream": _passing("contact records on their way", "7 days"),
    "AgentEventsStream": _nothing("7 days"),
    "ImportsQueue": _nothing("14 days"),
    "ImportsBucket": Holding(
        holds="members on their way in, as the card system tells of them",
        kept_for="7 days",
        disclosed="-",
        forgotten="expires by itself",
    ),
    "ParkedQueue": _passing("documents that could not be read, whole", "14 days"),
    "DeadLetterQueue": _passing("contact events and checks that crashed their function, whole", "14 days"),
    "StreamFailuresQueue": _nothing("14 days"),
    "SiteBucket": _nothing("until the next deployment"),
    "StaffPool": Holding(
        holds=f"{NOTHING}; names and addresses of staff",
        kept_for="as long as somebody works here",
        disclosed="-",
        forgotten="-",
    ),
}
"""By logical id in `infra/template.yaml`."""

ELSEWHERE = (
    "Amazon Connect itself: its contact records (24 months), recordings and transcripts in its own buckets, customer profiles. "
    "Disclose and delete there too.",
    "Backups: point-in-time recovery keeps tables as they were for 35 days. After a restore, forget again.",
    "Logs hold identifiers of contacts and requests, never what a customer said or how to reach one.",
)
"""What the tools cannot reach and whoever answers a customer must know."""
