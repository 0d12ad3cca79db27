"""Whether a value fits a condition."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

_TEXTS: Mapping[str, Callable[[str, str], bool]] = {
    "Equals": lambda value, operand: value == operand,
    "TextStartsWith": lambda value, operand: value.startswith(operand),
    "TextEndsWith": lambda value, operand: value.endswith(operand),
    "TextContains": lambda value, operand: operand in value,
    "KeyExists": lambda _value, _operand: True,
}
_NUMBERS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "NumberGreaterThan": lambda value, operand: value > operand,
    "NumberGreaterOrEqualTo": lambda value, operand: value >= operand,
    "NumberLessThan": lambda value, operand: value < operand,
    "NumberLessOrEqualTo": lambda value, operand: value <= operand,
}


def fits(value: str, operator: str, operand: str) -> bool:
    """Whether a value that is there fits; upper and lower case count, what is no number fits no comparison of numbers.

    `KeyExists` holds for every value that is there, whatever its operand says (undocumented).
    """
    if operator in _TEXTS:
        return _TEXTS[operator](value, operand)
    left, right = _number(value), _number(operand)
    if operator not in _NUMBERS or left is None or right is None:
        return False
    return _NUMBERS[operator](left, right)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
