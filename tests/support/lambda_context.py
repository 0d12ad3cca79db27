"""The second argument of every Lambda handler."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LambdaContext:
    """What Lambda tells a handler about its own invocation; `milliseconds_left` never runs down."""

    function_name: str = "test"
    memory_limit_in_mb: int = 512
    aws_request_id: str = "00000000-0000-4000-8000-000000000000"
    milliseconds_left: int = 60_000

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:ap-northeast-1:123456789012:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds_left
