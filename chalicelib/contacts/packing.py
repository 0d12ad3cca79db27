"""Facts in few bytes.

A contact event repeats the same forty names and ARN beginnings; deflate with those as its preset dictionary leaves a
fifth of it, which is what intake sends and DynamoDB bills. Format: one byte that names the dictionary, then a raw
deflate stream (RFC 1951). See `docs/decisions/0003-facts-are-packed.md`.
"""

import zlib

_FORMAT = b"\x01"
_BITS = -15
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
    b'"channel":"CHAT""channel":"TASK""channel":"EMAIL""initiationMethod":"API""initiationMethod":"OUTBOUND"'
    b'"initiationMethod":"CALLBACK""initiationMethod":"QUEUE_TRANSFER""initiationMethod":"TRANSFER"'
    b'"previousContactId":"","relatedContactId":"","updatedProperties":["UserDefinedAttributes"],'
    b'{"agentInfo":{"afterContactWorkDuration":48,"afterContactWorkEndTimestamp":"","afterContactWorkStartTimestamp":"",'
    b'"agentArn":"arn:aws:connect:ap-northeast-1:/agent/","agentInitiatedHoldDuration":0,"connectedToAgentTimestamp":"",'
    b'"hierarchyGroups":{"level1":{"arn":"arn:aws:connect:ap-northeast-1:/agent-group/"},"level2":{"arn":"arn:aws:connect:'
    b'ap-northeast-1:/agent-group/"}}},"channel":"VOICE","connectedToSystemTimestamp":"2026-","contactId":"",'
    b'"disconnectTimestamp":"2026-","eventType":"COMPLETED""eventType":"DISCONNECTED""eventType":"CONNECTED_TO_AGENT"'
    b'"eventType":"QUEUED""eventType":"INITIATED","initialContactId":"","initiationMethod":"INBOUND",'
    b'"initiationTimestamp":"2026-","instanceArn":"arn:aws:connect:ap-northeast-1:123456789012:instance/","queueInfo":'
    b'{"enqueueTimestamp":"2026-","queueArn":"arn:aws:connect:ap-northeast-1:/queue/","queueType":"STANDARD"},'
    b'"segmentAttributes":{"connect:Subtype":{"valueString":"connect:Telephony"}},"systemEndpoint":{"address":"+81",'
    b'"type":"TELEPHONE_NUMBER"},"tags":{"aws:connect:instanceId":"","aws:connect:systemEndpoint":"+81"}}'
)
"""Never change a letter: facts in the table were packed with it. A better dictionary gets a format byte of its own."""


def pack(text: str) -> bytes:
    """Return `text` in few bytes."""
    deflate = zlib.compressobj(6, zlib.DEFLATED, _BITS, 9, zlib.Z_DEFAULT_STRATEGY, _WORDS)
    return _FORMAT + deflate.compress(text.encode()) + deflate.flush()


def unpack(packed: bytes) -> str:
    """Return the text that `pack` was given.

    Raises ValueError for bytes of a format that this release does not know.
    """
    if packed[:1] != _FORMAT:
        raise ValueError(f"fact in format {packed[:1].hex() or 'none'}: written by a newer release than this one")
    return zlib.decompressobj(_BITS, _WORDS).decompress(packed[1:]).decode()
