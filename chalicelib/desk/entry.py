"""Ways into the HTTP API behind the agent's desk and the supervisor's board."""

from chalice.app import Blueprint, CognitoUserPoolAuthorizer

doors = Blueprint(__name__)
staff = CognitoUserPoolAuthorizer("Staff", provider_arns=["arn:placeholder"])


@doors.route("/quality", methods=["GET"], authorizer=staff)
def quality() -> dict[str, list[object]]:
    """Placeholder."""
    return {"rows": []}
