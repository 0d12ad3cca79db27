"""How Connect's API says no."""

from infra.local.connect.floor.problems import NotPossible


class ApiProblem(Exception):
    """An error by the name that Connect's model gives it; the text says what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def not_found(what: str, id: str) -> ApiProblem:
    """Return the error for something that is not in the instance."""
    return ApiProblem("ResourceNotFoundException", f"There is no {what} {id} in this instance.")


def invalid_parameter(sentence: str) -> ApiProblem:
    """Return the error for a parameter that makes no sense."""
    return ApiProblem("InvalidParameterException", sentence)


def invalid_request(sentence: str) -> ApiProblem:
    """Return the error for a request that cannot be done as it is."""
    return ApiProblem("InvalidRequestException", sentence)


def sentence(problem: NotPossible) -> str:
    """Return what the floor finds impossible as a sentence for whoever asked."""
    text = str(problem)
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
