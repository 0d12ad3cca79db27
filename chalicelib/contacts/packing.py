"""Facts in few bytes.

A contact event repeats the same forty names and ARN beginnings; deflate with those as its preset dictionary leaves a
fifth of it, which is what intake sends and DynamoDB bills. Format: one byte that names the dictionary, then a raw
deflate stream (RFC 1951). See `docs/decisions/0003-facts-are-packed.md`.
"""

import zlib

from chalicelib.problems import Unreadable

_FORMAT = b"\x01"
_BITS = -13
_SMALL = 4
"""A raw stream with a window of 8 KB and tables to fit: making larger ones takes longer than packing an event does."""
_WORDS = (
    b'"Attributes":{"language":"ja"},"Campaign":{},"ContactDetails":{},"QualityMetrics":{"Agent":{"Audio":{'
    b'"PotentialQualityIssues":[],"QualityScore":4}}},"Recording":{"Location":"","Status":"AVAILABLE","Type":"AUDIO"},'
    b'"Recordings":[{"MediaStreamType":"AUDIO","StorageType":"S3"}],"References":[],"TotalPauseCount":0,'
    b'"TotalPauseDurationInSeconds":0},"DeviceInfo":{"OperatingSystem":"Windows","PlatformName":"Chrome",'
    b'"PlatformVersion":"126"},"MediaStreams":[{"Type":"AUDIO"}],"AWSContactTraceRecordFormatVersion":"2017-03-10",'
    b'{"AWSAccountId":"","Agent":{"ARN":"arn:aws:connect:","AfterContactWorkDuration":,"AfterContactWorkEndTimestamp":"'
    b',"AfterContactWorkStartTimestamp":"","AgentInitiatedHoldDuration":0,"AgentInteractionDuration":,'
    b'"AgentPauseDuration":0,"ConnectedToAgentTimestamp":"","CustomerHoldDuration":0,"HierarchyGroups":{"Level1":{"ARN":"'
    b'","GroupName":""},"Level2":{"ARN":"","LongestHoldDuration":0,"NumberOfHolds":0,"RoutingProfile":{"ARN":"'
    b'/routing-profile/","Name":"","Username":"","AgentConnectionAttempts":1,"Channel":"VOICE",'
    b'"ConnectedToSystemTimestamp":"","ContactId":"","CustomerEndpoint":{"Address":"+81","Type":"TELEPHONE_NUMBER"},'
    b'"DisconnectReason":"CUSTOMER_DISCONNECT","DisconnectTimestamp":"","InitialContactId":"","InitiationMethod":"INBOUND",'
    b'"InitiationTimestamp":"","InstanceARN":"","LastUpdateTimestamp":"","NextContactId":"","PreviousContactId":"",'
    b'"Queue":{"ARN":"","DequeueTimestamp":"","Duration":,"EnqueueTimestamp":"","Name":"support-ja"},'
    b'"SegmentAttributes":{"connect:Subtype":{"ValueString":"connect:Telephony"}},"SystemEndpoint":{"Address":"+81",'
    b'"Type":"TELEPHONE_NUMBER"},"Tags":{"aws:connect:instanceId":"","aws:connect:systemEndpoint":"+81"}}'
    b'"channel":"CHAT","channel":"TASK","channel":"EMAIL","initiationMethod":"API","initiationMethod":"OUTBOUND",'
    b'"initiationMethod":"CALLBACK","initiationMethod":"QUEUE_TRANSFER","initiationMethod":"TRANSFER",'
    b'"initialContactId":"","previousContactId":"","relatedContactId":"","updatedProperties":["UserDefinedAttributes"],'
    b'{"agentInfo":{"afterContactWorkDuration":4,"afterContactWorkEndTimestamp":"2026-0Z",'
    b'"afterContactWorkStartTimestamp":"2026-0Z","agentArn":"arn:aws:connect:us-east-1:eu-central-1:ap-northeast-1:'
    b'{"agentInfo":{"agentArn":"arn:aws:connect:/agent/",'
    b'"agentInitiatedHoldDuration":0,"connectedToAgentTimestamp":"2026-0Z","hierarchyGroups":{"level1":{"arn":'
    b'"arn:aws:connect:/agent-group/"},"level2":{"arn":"arn:aws:connect:/agent-group/"}}},"channel":"VOICE",'
    b'"connectedToSystemTimestamp":"2026-0Z","disconnectTimestamp":"2026-0Z","initiationMethod":"INBOUND",'
    b'{"channel":"VOICE","initiationMethod":"INBOUND","initiationTimestamp":"2026-0-1T00:00:00.000Z","instanceArn":'
    b'"arn:aws:connect:ap-northeast-1::instance/","queueInfo":{"enqueueTimestamp":"2026-0Z","queueArn":'
    b'"arn:aws:connect:ap-northeast-1:/queue/","queueType":"STANDARD"},"segmentAttributes":{"connect:Subtype":'
    b'{"valueString":"connect:Telephony"}},"systemEndpoint":{"address":"+81","type":"TELEPHONE_NUMBER"},"tags":'
    b'{"aws:connect:instanceId":"","aws:connect:systemEndpoint":"+81"}}'
)
"""Never change a letter: facts in the table were packed with it. A better dictionary gets a format byte of its own."""


# Most of what the dictionary leaves over is random digits: Z_FILTERED codes those better than the default.
_PRIMED = zlib.compressobj(9, zlib.DEFLATED, _BITS, _SMALL, zlib.Z_FILTERED, _WORDS)


def pack(text: str) -> bytes:
    """Return `text` in few bytes."""
    deflate = _PRIMED.copy()
    return _FORMAT + deflate.compress(text.encode()) + deflate.flush()


def unpack(packed: bytes) -> str:
    """Return the text that `pack` was given.

    Raises `Unreadable` for bytes of a format that this release does not know.
    """
    if packed[:1] != _FORMAT:
        written = packed[:1].hex() or "none"
        raise Unreadable("detail", f"is in format {written}: written by a newer release than this one")
    return zlib.decompressobj(_BITS, _WORDS).decompress(packed[1:]).decode()
