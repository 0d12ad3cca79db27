"""The local Connect: an instance of Amazon Connect on this machine.

`instance` is what `infra/connect.yaml` says the instance consists of; `flows` plays the flow language; `floor` holds contacts, queues and
agents and decides what happens next; `telling` writes it down as contact events, contact records and agent events; `outbox` delivers that.
`api` answers Connect's API. None of these reads a clock or waits: the `timeline` is told how late it is, so a day takes as long as one likes.
"""
