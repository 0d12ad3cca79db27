"""Amazon Connect's API over HTTP, as far as it is answered here, for boto3 and every other AWS client.

`wire` reads and writes what botocore's own model of Connect describes; `contacts`, `resources`, `users` and `metrics` answer the
operations; `throttle`, `pages` and `caller` do what every operation needs; `app` is the server.
"""
