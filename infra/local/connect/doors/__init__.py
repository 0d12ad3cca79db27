"""The doors through which browser pages take part: the agent's desk and the caller's phone, each on a WebSocket.

What they say to each other stands in docs/local-connect.md, who gets in and why in docs/decisions/0021-doors.md.
"""
