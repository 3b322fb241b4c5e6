"""Values of Python as the wire has them: amounts exact, times with their offset."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import BaseModel

from byhand.errors import Misused

Dollars = Decimal | int | float | str
"""An amount. Text and Decimal are exact; a float is taken for the digits it prints."""
_DIGITS_MAX = 12
When = datetime | timedelta | str
"""A time: a datetime with an offset, a span from now, or ISO 8601 text."""


def dollars(amount: Dollars) -> Decimal:
    """An amount, exactly. Raises Misused."""
    try:
        read = Decimal(str(amount))
    except InvalidOperation:
        raise Misused(f"{amount!r} is no amount such as 25 or '25.50'") from None
    if isinstance(amount, bool) or not read.is_finite() or read.adjusted() > _DIGITS_MAX:
        raise Misused(f"{amount!r} is no amount such as 25 or '25.50'")
    return read


def moment(when: When) -> str:
    """A time as ISO 8601 with its offset. Raises Misused for a datetime without one."""
    if isinstance(when, timedelta):
        when = datetime.now(UTC) + when
    if isinstance(when, str):
        return when
    if when.tzinfo is None:
        raise Misused("a time needs an offset: datetime.now(timezone.utc), for example")
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain(value: Any) -> Any:
    """Any value as JSON has it."""
    if isinstance(value, Decimal):
        # An amount has at most twelve digits and six decimals, of which a float prints the very digits again.
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | timedelta):
        return moment(value)
    if isinstance(value, BaseModel):
        return plain(value.model_dump(by_alias=True, exclude_none=True))
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return [plain(one) for one in value]
