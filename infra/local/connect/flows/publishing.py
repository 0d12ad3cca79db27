"""What publishing a flow would complain about, in sentences for whoever writes it.

`CreateContactFlow` with status PUBLISHED answers `InvalidContactFlowException` with messages of this kind. What only an instance knows, such
as whether a queue exists, is not looked at here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.local.connect.flows.forms import KNOWS_AN_AGENT, Form, Kind
from infra.local.connect.flows.grammar import FORMS, UNCHECKED, form_name
from infra.local.connect.flows.language import (
    LONGEST_CONTENT,
    MOST_ACTIONS,
    OPERATORS,
    VERSION,
    Action,
    Document,
    InvalidFlow,
    identifier_problem,
    read,
)  # fmt: skip
from infra.local.connect.flows.references import NAMESPACES, is_reference, path_of, references_in

TYPED_BY_MODULES = frozenset({("InvokeFlowModule", "Input"), ("EndFlowModuleExecution", "ResultData")})
"""Parameters whose values have the types that the module declares; all others are text."""


def problems(content: str, kind: Kind | None = None) -> list[str]:
    """Return why Connect would not publish this flow, action by action; nothing means that it would.

    Without its `kind` it is not asked whether its actions may stand in such a flow.
    """
    try:
        document = read(content)
    except InvalidFlow as invalid:
        return invalid.problems
    return [f"{problem}." for problem in [*_of_document(document, content, kind), *_of_actions(document, kind)]]


def _of_document(document: Document, content: str, kind: Kind | None) -> Iterator[str]:
    if len(content) > LONGEST_CONTENT:
        yield f"The flow has {len(content)} characters, {LONGEST_CONTENT} are allowed: put a part of it into a module"
    if document.version != VERSION:
        yield f"Version must be {VERSION}"
    if len(document.actions) > MOST_ACTIONS:
        yield f"The flow has {len(document.actions)} actions, {MOST_ACTIONS} are allowed: put a part of it into a module"
    if document.start not in document.actions:
        yield f"StartAction names {document.start}, which is no action of this flow"
    if kind == "MODULE" and document.settings is None:
        yield "A module needs Settings beside its Actions"


def _of_actions(document: Document, kind: Kind | None) -> Iterator[str]:
    for action in document.actions.values():
        for problem in _of_action(action, document, kind):
            yield f"Action {action.id} ({action.type}): {problem}"


def _of_action(action: Action, document: Document, kind: Kind | None) -> Iterator[str]:
    if problem := identifier_problem(action.id):
        yield f"Identifier {problem}"
    yield from _of_values(action, kind)
    for target in dict.fromkeys(action.transitions.targets()):
        if target not in document.actions:
            yield f"Transitions lead to {target}, which is no action of this flow"
    form = FORMS.get(form_name(action))
    if form is not None:
        yield from _of_form(action, form, kind)
    elif action.type not in UNCHECKED:
        yield "Type is none that the flow language has"


def _of_form(action: Action, form: Form, kind: Kind | None) -> Iterator[str]:
    if kind is not None and kind not in form.where:
        yield f"may not stand in a flow of type {kind}"
    yield from form.parameters("Parameters", action.parameters)
    yield from _of_special_input(action)
    if form.terminal:
        if any(True for _ in action.transitions.targets()):
            yield "Transitions must be empty, since nothing comes after it"
        return
    yield from _of_transitions(action, form)


def _of_transitions(action: Action, form: Form) -> Iterator[str]:
    transitions = action.transitions
    if transitions.next is None:
        yield "Transitions.NextAction is required, also where conditions cover everything"
    for condition in transitions.conditions:
        if condition.operator not in OPERATORS:
            yield f"Operator {condition.operator} is none that the flow language has"
        elif problem := form.conditions(action, condition):
            yield problem
    for missing in sorted(set(form.needs) - transitions.errors.keys()):
        yield f"Transitions.Errors needs a branch for {missing}"
    for unknown in sorted(transitions.errors.keys() - {*form.needs, *form.may}):
        yield f"Transitions.Errors must not name {unknown}"
    if form.else_ is not None and (other := _target_of(action, form.else_)) not in {None, transitions.next}:
        yield f"Transitions.NextAction must lead to {other}, as {form.else_} does"


def _target_of(action: Action, name: str) -> str | None:
    of_conditions = {condition.operand: condition.next for condition in action.transitions.conditions}
    return action.transitions.errors.get(name, of_conditions.get(name))


def _of_special_input(action: Action) -> Iterator[str]:
    """What binds several fields of one action together."""
    parameters, errors = action.parameters, action.transitions.errors
    validation = parameters.get("InputValidation")
    by_phone = isinstance(validation, Mapping) and "PhoneNumberValidation" in validation
    if form_name(action) == "GetParticipantInput (store)":
        if by_phone and "InputEncryption" in parameters:
            yield "InputEncryption goes only with CustomValidation"
        if not by_phone and "InvalidPhoneNumber" in errors:
            yield "Transitions.Errors names InvalidPhoneNumber, which goes only with PhoneNumberValidation"
        if by_phone and "InvalidPhoneNumber" not in errors:
            yield "Transitions.Errors needs a branch for InvalidPhoneNumber"
        yield from _of_terminator(parameters.get("DTMFConfiguration"))
    if action.type == "TransferParticipantToThirdParty" and parameters.get("ContinueFlowExecution") != "True":
        for error in sorted(errors.keys() & {"CallFailed", "ConnectionTimeLimitExceeded"}):
            yield f"Transitions.Errors names {error}, which goes only with ContinueFlowExecution True"


def _of_terminator(keys: Any) -> Iterator[str]:
    sequence = keys.get("InputTerminationSequence") if isinstance(keys, Mapping) else None
    if not isinstance(sequence, str) or is_reference(sequence):
        return
    if len(sequence) > 5 or set(sequence) - set("0123456789*#"):
        yield "DTMFConfiguration.InputTerminationSequence must be at most 5 keys of 0 to 9, # and *"
    if "*" in sequence and keys.get("DisableCancelKey") != "True":
        yield "DTMFConfiguration.InputTerminationSequence may hold * only with DisableCancelKey True"


def _of_values(action: Action, kind: Kind | None) -> Iterator[str]:
    for name, value in action.parameters.items():
        if (action.type, name) not in TYPED_BY_MODULES:
            yield from _of_value(name, value, kind, spoken=False)
    for condition in action.transitions.conditions:
        if not condition.operand:
            yield "a condition compares with empty text, which the flow language does not have"


def _of_value(where: str, value: Any, kind: Kind | None, *, spoken: bool) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _of_value(f"{where}.{name}", inner, kind, spoken=name in {"Text", "SSML"})
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _of_value(f"{where}[{place}]", inner, kind, spoken=False)
    elif not isinstance(value, str):
        yield f"{where} must be text, as every single value is: write it in quotes"
    elif not value:
        yield f"{where} must not be empty"
    else:
        yield from _of_references(where, value, kind, spoken=spoken or where in {"Text", "SSML"})


def _of_references(where: str, value: str, kind: Kind | None, *, spoken: bool) -> Iterator[str]:
    if not spoken and not is_reference(value) and references_in(value):
        yield f"{where} must be one reference and nothing else; only Text and SSML may hold references among words"
    for reference in references_in(value):
        first = path_of(reference)[0]
        if first not in NAMESPACES:
            yield f"{where} refers to {reference}, and there is no $.{first}"
        if first == "Agent" and kind is not None and kind not in KNOWS_AN_AGENT:
            yield f"{where} refers to {reference}, which a flow of type {kind} does not know"
