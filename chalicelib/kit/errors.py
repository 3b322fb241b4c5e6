"""Refusals, cut by what the caller can do next.

    Refusal
    ├── Invalid              400  fix the words
    │   ├── TooLarge         413  send fewer of them
    │   └── UnsupportedType  415  send another kind
    ├── PaymentRequired      402  pay first
    ├── Unauthenticated      401  show who you are
    ├── Forbidden            403  ask someone else
    ├── NotFound             404  look elsewhere
    ├── Unfinished           408  look again later
    ├── Conflict             409  choose another moment
    │   └── Gone             410  too late for good
    └── Wait                      come back in a while
        ├── RateLimited      429
        ├── Busy             503
        └── OutcomeUnknown   503

A refusal is an expected answer, never a fault: it has a status, a stable code, a sentence that it writes itself, and
details for programs. Anything else is a fault of ours: it is logged whole and tells the caller nothing.
"""

from typing import Any, ClassVar


class Refusal(Exception):
    """An expected "no". `details` is JSON-ready and safe to show to the caller."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"
    retry_after_seconds: int | None = None
    """How long to wait before the same request may succeed; None when repeating it is of no use."""

    def __init__(self, sentence: str, **details: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details


class Invalid(Refusal):
    """The words of the request are wrong; the details name the field and say what would be right."""

    status, code = 400, "invalid"

    def __init__(self, field: str, problem: str, **details: Any) -> None:
        super().__init__(f"{field}: {problem}", field=field, problem=problem, **details)


class TooLarge(Invalid):
    """The body is larger than this route reads."""

    status, code = 413, "too_large"


class UnsupportedType(Invalid):
    """The body is of a content type that this route does not read."""

    status, code = 415, "unsupported_media_type"


class PaymentRequired(Refusal):
    """There is not enough money for this."""

    status, code = 402, "payment_required"


class Unauthenticated(Refusal):
    """Nobody we know sent this."""

    status, code = 401, "unauthenticated"


class Forbidden(Refusal):
    """We know who sent this, and they may not."""

    status, code = 403, "forbidden"


class NotFound(Refusal):
    """There is no such thing, or it is not yours: the two look the same on purpose."""

    status, code = 404, "not_found"


class Unfinished(Refusal):
    """The wait is over and the answer is not there yet; what was begun goes on."""

    status, code = 408, "unfinished"


class Conflict(Refusal):
    """Right words at the wrong moment."""

    status, code = 409, "conflict"


class Gone(Conflict):
    """The moment has passed for good."""

    status, code = 410, "gone"


class Wait(Refusal):
    """The same request may succeed after a while."""

    def __init__(self, sentence: str, *, seconds: int, **details: Any) -> None:
        super().__init__(sentence, **details)
        self.retry_after_seconds = seconds


class RateLimited(Wait):
    """Too many requests in this minute."""

    status, code = 429, "rate_limited"


class Busy(Wait):
    """Others kept writing the same rows, or a service did not answer; nothing was changed."""

    status, code = 503, "busy"

    def __init__(self, contended: object = None) -> None:
        super().__init__("Too many requests met at the same place. Nothing was changed; please try again.", seconds=1)
        self.contended = contended


class OutcomeUnknown(Wait):
    """The database did not answer, so nobody can say whether this was done."""

    status, code = 503, "outcome_unknown"

    def __init__(self) -> None:
        super().__init__(
            "The database did not answer in time, so this may or may not have been done. Send it again with the same "
            "Idempotency-Key; without one, look before you send it again.",
            seconds=1,
        )
