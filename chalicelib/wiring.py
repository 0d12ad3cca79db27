"""Where stores meet settings: cached factories, called by doors.

Nothing is made before it is needed, so importing a door costs neither a client nor a setting.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chalicelib import settings

if TYPE_CHECKING:
    from chalicelib.accounts.connect import ConnectRecorder
    from chalicelib.accounts.opening import SdkOpener
    from chalicelib.accounts.service.importing import Rooms as ImportRooms
    from chalicelib.accounts.store.certificates import CloudWatchCertificateGauge, DynamoCertificateBook
    from chalicelib.accounts.store.checks import (
        ConnectMemory,
        DynamoCheckAudit,
        DynamoIdentificationBook,
        DynamoRegister,
        SqsCheckPost,
    )
    from chalicelib.accounts.store.entries import DynamoEntries
    from chalicelib.accounts.store.holders import DynamoMembers
    from chalicelib.accounts.vault import KmsTokens
    from chalicelib.agents.store import DynamoEventBook, DynamoStateBook
    from chalicelib.contacts.connect import AmazonConnect
    from chalicelib.contacts.gauge import CloudWatchSilenceGauge
    from chalicelib.contacts.store import DynamoContactBook, DynamoFactBook
    from chalicelib.desk.store import CloudWatchConsole
    from chalicelib.parking.store import SqsParkingLot
    from chalicelib.privacy.store import DynamoAccessLog
    from chalicelib.quality.gauge import CloudWatchGauge
    from chalicelib.quality.store import DynamoTally
    from chalicelib.requests.connect import ConnectDesk
    from chalicelib.requests.store import DynamoAnswerBook, SqsPost
    from chalicelib.routing.store import DynamoDirectoryBook


@cache
def session() -> Any:
    """Return what this process makes its clients of."""
    from chalicelib.cloud import session

    return session()


@cache
def client(service: str, *, retries: int = 4, seconds: float = 20) -> Any:
    """Return this process's client of an AWS service."""
    from chalicelib.cloud import client

    return client(service, session(), retries=retries, seconds=seconds)


@cache
def fact_book() -> "DynamoFactBook":
    """Return the facts table."""
    from chalicelib.contacts.store import DynamoFactBook

    return DynamoFactBook(client("dynamodb"), settings.text("FACTS_TABLE"), retention=settings.days("RETENTION_DAYS"))


@cache
def contact_book() -> "DynamoContactBook":
    """Return the contacts table."""
    from chalicelib.contacts.store import DynamoContactBook

    table = settings.text("CONTACTS_TABLE")
    return DynamoContactBook(client("dynamodb"), table, retention=settings.days("RETENTION_DAYS"))


@cache
def agent_event_book() -> "DynamoEventBook":
    """Return the table of agent events."""
    from chalicelib.agents.store import DynamoEventBook

    table = settings.text("AGENT_EVENTS_TABLE")
    return DynamoEventBook(client("dynamodb"), table, retention=settings.days("RETENTION_DAYS"))


@cache
def agent_state_book() -> "DynamoStateBook":
    """Return the table of agent states."""
    from chalicelib.agents.store import DynamoStateBook

    table = settings.text("AGENT_STATES_TABLE")
    return DynamoStateBook(client("dynamodb"), table, retention=settings.days("RETENTION_DAYS"))


@cache
def connect() -> "AmazonConnect | None":
    """Return the Connect instance that can be asked about contacts, or None where there is none."""
    instance_id = settings.optional("CONNECT_INSTANCE_ID")
    if instance_id is None:
        return None
    from chalicelib.contacts.connect import AmazonConnect

    # Its limits are shared: a refused request is not repeated at once.
    client_of_connect = partial(client, "connect", retries=0)
    return AmazonConnect(client_of_connect, instance_id, per_second=settings.number("DESCRIBE_CONTACTS_PER_SECOND"))


@cache
def silence_gauge() -> "CloudWatchSilenceGauge":
    """Return the metrics of silent contacts."""
    from chalicelib.contacts.gauge import CloudWatchSilenceGauge

    return CloudWatchSilenceGauge(client("cloudwatch"), settings.text("METRICS_NAMESPACE"))


@cache
def parking_lot() -> "SqsParkingLot":
    """Return the parked queue."""
    from chalicelib.parking.store import SqsParkingLot

    return SqsParkingLot(partial(client, "sqs"), settings.text("PARKED_QUEUE_URL"))


@cache
def tally() -> "DynamoTally":
    """Return the quality table."""
    from chalicelib.quality.store import DynamoTally

    return DynamoTally(client("dynamodb"), settings.text("QUALITY_TABLE"))


@cache
def gauge() -> "CloudWatchGauge":
    """Return the centre's CloudWatch metrics."""
    from chalicelib.quality.gauge import CloudWatchGauge

    return CloudWatchGauge(partial(client, "cloudwatch"), settings.text("METRICS_NAMESPACE"))


@cache
def directory_book() -> "DynamoDirectoryBook":
    """Return the directory table."""
    from chalicelib.routing.store import DynamoDirectoryBook

    return DynamoDirectoryBook(client("dynamodb"), settings.text("DIRECTORY_TABLE"))


@cache
def access_log() -> "DynamoAccessLog":
    """Return the accesses table."""
    from chalicelib.privacy.store import DynamoAccessLog

    table = settings.text("ACCESSES_TABLE")
    return DynamoAccessLog(client("dynamodb"), table, retention=settings.days("ACCESS_RETENTION_DAYS"))


@cache
def request_post() -> "SqsPost":
    """Return the queue of requests from the desk."""
    from chalicelib.requests.store import SqsPost

    return SqsPost(partial(client, "sqs"), settings.text("REQUESTS_QUEUE_URL"))


@cache
def answer_book() -> "DynamoAnswerBook":
    """Return the table of what became of requests."""
    from chalicelib.requests.store import DynamoAnswerBook

    return DynamoAnswerBook(client("dynamodb"), settings.text("REQUESTS_TABLE"))


@cache
def check_post() -> "SqsCheckPost":
    """Return the queue of checks of who calls."""
    from chalicelib.accounts.store.checks import SqsCheckPost

    return SqsCheckPost(partial(client, "sqs"), settings.text("CHECKS_QUEUE_URL"))


@cache
def identification_book() -> "DynamoIdentificationBook":
    """Return the table of whom cards have named."""
    from chalicelib.accounts.store.checks import DynamoIdentificationBook

    return DynamoIdentificationBook(client("dynamodb"), settings.text("IDENTIFICATIONS_TABLE"))


@cache
def member_book() -> "DynamoRegister":
    """Return the table of members."""
    from chalicelib.accounts.store.checks import DynamoRegister

    return DynamoRegister(client("dynamodb"), settings.text("ACCOUNTS_TABLE"))


@cache
def check_audit() -> "DynamoCheckAudit":
    """Return the card room's audit, as far as checks add to it."""
    from chalicelib.accounts.store.checks import DynamoCheckAudit

    table = settings.text("CARD_AUDIT_TABLE")
    return DynamoCheckAudit(client("dynamodb"), table, retention=settings.days("ACCESS_RETENTION_DAYS"))


@cache
def flow_memory() -> "ConnectMemory | None":
    """Return the Connect instance whose flows remember whom a card has named, or None where there is none."""
    instance_id = settings.optional("CONNECT_INSTANCE_ID")
    if instance_id is None:
        return None
    from chalicelib.accounts.store.checks import ConnectMemory

    return ConnectMemory(partial(client, "connect"), instance_id)


@cache
def connect_desk() -> "ConnectDesk | None":
    """Return the Connect instance on which requests are carried out, or None where there is none."""
    instance_id = settings.optional("CONNECT_INSTANCE_ID")
    if instance_id is None:
        return None
    from chalicelib.requests.connect import ConnectDesk

    return ConnectDesk(partial(client, "connect"), instance_id)


@cache
def card_recorder() -> "ConnectRecorder | None":
    """Return the Connect instance whose recordings pause around card entry, or None where there is none."""
    instance_id = settings.optional("CONNECT_INSTANCE_ID")
    if instance_id is None:
        return None
    from chalicelib.accounts.connect import ConnectRecorder

    # A caller waits: two calls of one operation fit into the function's time, and Connect asks the function again.
    return ConnectRecorder(partial(client, "connect", retries=1, seconds=2), instance_id)


@cache
def import_rooms() -> "ImportRooms":
    """Return all that an import of members needs."""
    from chalicelib.accounts.gauge import CloudWatchImportGauge
    from chalicelib.accounts.service.importing import Rooms
    from chalicelib.accounts.store.imports import DynamoImportBook, S3Files, SqsSlicePost
    from chalicelib.accounts.store.members import DynamoMemberBook

    # A large file is more than new tables take at once: they grow while it waits.
    dynamodb = client("dynamodb", retries=10)
    return Rooms(
        members=DynamoMemberBook(dynamodb, settings.text("ACCOUNTS_TABLE"), settings.text("CARD_TOKENS_TABLE")),
        imports=DynamoImportBook(dynamodb, settings.text("IMPORTS_TABLE")),
        files=S3Files(partial(client, "s3"), settings.text("IMPORTS_BUCKET")),
        post=SqsSlicePost(partial(client, "sqs"), settings.text("IMPORTS_QUEUE_URL")),
        gauge=CloudWatchImportGauge(partial(client, "cloudwatch"), settings.text("METRICS_NAMESPACE")),
        parked=parking_lot(),
    )


@cache
def card_certificates() -> "DynamoCertificateBook":
    """Return the table of card keys' certificates."""
    from chalicelib.accounts.store.certificates import DynamoCertificateBook

    return DynamoCertificateBook(client("dynamodb"), settings.text("CARD_CERTIFICATES_TABLE"))


@cache
def certificate_gauge() -> "CloudWatchCertificateGauge":
    """Return the metrics of card keys' certificates."""
    from chalicelib.accounts.store.certificates import CloudWatchCertificateGauge

    return CloudWatchCertificateGauge(client("cloudwatch"), settings.text("METRICS_NAMESPACE"))


@cache
def card_opener() -> "SdkOpener":
    """Return what opens keyed digits; it alone reads the private keys."""
    import time

    from chalicelib.accounts.opening import SdkOpener
    from chalicelib.accounts.vault import SecretKeys

    keys = SecretKeys(_soon("secretsmanager"), settings.text("CARD_KEYS"), clock=time.monotonic)
    return SdkOpener(keys.for_id)


@cache
def card_tokens() -> "KmsTokens":
    """Return what makes tokens of card numbers."""
    from chalicelib.accounts.vault import KmsTokens, keys_by_version

    return KmsTokens(_soon("kms"), keys_by_version(settings.text("CARD_TOKEN_KEYS")))


@cache
def card_entries() -> "DynamoEntries":
    """Return the tables of card entries, identifications and their audit."""
    from chalicelib.accounts.store.entries import DynamoEntries, Tables

    tables = Tables(
        entries=settings.text("ENTRIES_TABLE"),
        identifications=settings.text("IDENTIFICATIONS_TABLE"),
        audit=settings.text("CARD_AUDIT_TABLE"),
    )
    kept, audited = settings.days("RETENTION_DAYS"), settings.days("ACCESS_RETENTION_DAYS")
    return DynamoEntries(_soon("dynamodb")(), tables, retention=kept, audited_for=audited)


@cache
def card_members() -> "DynamoMembers":
    """Return the tables of card tokens and accounts."""
    from chalicelib.accounts.store.holders import DynamoMembers

    tokens, accounts = settings.text("CARD_TOKENS_TABLE"), settings.text("ACCOUNTS_TABLE")
    return DynamoMembers(_soon("dynamodb")(), tokens=tokens, accounts=accounts)


def _soon(service: str) -> Callable[[], Any]:
    # A caller waits: nobody but the use case itself asks again (`Patience`), and a second is long for each of these services.
    return partial(client, service, retries=0, seconds=1)


@cache
def console() -> "CloudWatchConsole":
    """Return CloudWatch as its console shows it."""
    from chalicelib.desk.store import CloudWatchConsole

    return CloudWatchConsole(client("cloudwatch"))


@cache
def zone() -> ZoneInfo:
    """Return the centre's time zone.

    Raises `Misconfigured` when there is none of that name, or this machine has no time zone data.
    """
    name = settings.text("ZONE")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise settings.Misconfigured(
            f"Setting ZONE is {name!r}, which is no IANA time zone known here, such as Asia/Tokyo."
        ) from error
