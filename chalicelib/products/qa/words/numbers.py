"""Minutes and seconds as clients send them: JSON numbers, with or without a point; never text or truth values."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from chalicelib.products.qa import rules


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("must be a number")
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError("must be a number")
    return number


def _between(value: object, low: int, high: int) -> Decimal:
    number = _number(value)
    if not low <= number <= high:
        raise ValueError(f"must be {low} to {high}")
    return number


def _target(value: object) -> Decimal:
    return _between(value, rules.MINUTES_MIN, rules.MINUTES_MAX)


def _extension(value: object) -> Decimal | Literal[False]:
    if value is False:
        return False
    try:
        return _between(value, 0, rules.MINUTES_MAX)
    except ValueError:
        raise ValueError(f"must be false, for as long as a test may take, or 0 to {rules.MINUTES_MAX}") from None


def plain(number: Decimal) -> int | Decimal:
    """A number as JSON shows it: 5 and not 5.0."""
    return int(number) if number == number.to_integral_value() else number.normalize()


def _schema(low: int, high: int, **more: Any) -> dict[str, Any]:
    return {"type": "number", "minimum": low, "maximum": high, **more}


_shown = PlainSerializer(lambda value: value if value is False else plain(value))

TargetMinutes = Annotated[
    Decimal, BeforeValidator(_target), _shown, WithJsonSchema(_schema(rules.MINUTES_MIN, rules.MINUTES_MAX))
]
ExtensionMinutes = Annotated[
    Decimal | Literal[False], BeforeValidator(_extension), _shown,
    WithJsonSchema({"anyOf": [_schema(0, rules.MINUTES_MAX), {"const": False}]}),
]  # fmt: skip
MoreMinutes = Annotated[
    Decimal, BeforeValidator(lambda value: _between(value, 0, rules.MINUTES_MAX)), _shown,
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": rules.MINUTES_MAX}),
]  # fmt: skip
Seconds = Annotated[
    Decimal, BeforeValidator(lambda value: _between(value, 1, 86_400)), _shown, WithJsonSchema(_schema(1, 86_400))
]
MinutesOut = Annotated[Decimal, _shown, WithJsonSchema({"type": "number"})]
