"""The world: everything outside itself that the code may touch, in one frozen record.

The doors build it once per container, a test builds its own. Ports are Protocols only where strangers stand: the AI
judge, the webhook courier, the identity provider, the rails that pay and the till that is paid. DynamoDB is no
stranger, its conditions are our rules, so there is no port around it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.core.settings import Settings
from chalicelib.kit.bucket import Bucket
from chalicelib.kit.clock import Clock, StoppedClock
from chalicelib.kit.pages import Cursors
from chalicelib.kit.queue import Queues
from chalicelib.kit.seal import Seal
from chalicelib.kit.store import Store


class Likeness(StrEnum):
    """Whether a picture was handed in before, for something else."""

    NEW = "new"
    ALIKE = "alike"
    """One that looks the same was."""
    SAME = "same"
    """The very same file was."""


@dataclass(frozen=True)
class Photo:
    """One picture handed in as proof: its bytes, and what its EXIF block said. No bytes: it could not be read.

    `look` says in 64 bits what it looks like; it is empty for what has no look, such as a blank picture.
    """

    content: bytes | None
    latitude: float | None = None
    longitude: float | None = None
    taken_at: datetime | None = None
    look: str = ""
    likeness: Likeness = Likeness.NEW


@dataclass(frozen=True)
class Place:
    """Where something is to be done."""

    latitude: float
    longitude: float
    address: str = ""


@dataclass(frozen=True)
class Case:
    """What the judge is asked: the words of the task, and the proof. All of it is untrusted text (ruling 9)."""

    title: str
    description: str
    requirements: Sequence[str]
    proof_type: str
    photos: Sequence[Photo] = ()
    notes: str = ""
    confirmation_text: str = ""
    reference_url: str = ""
    place: Place | None = None
    accepted_at: datetime | None = None
    submitted_at: datetime | None = None


@dataclass(frozen=True)
class RequirementResult:
    """What the judge says of one requirement."""

    requirement: str
    met: bool
    confidence: int
    note: str


@dataclass(frozen=True)
class Verdict:
    """What the judge says. What follows from it is our decision, not the judge's."""

    confidence: int
    reasoning: str
    requirement_results: Sequence[RequirementResult] = field(default_factory=tuple)
    model: str = ""


class JudgeUnavailable(Exception):
    """The judge gave no usable verdict: no answer, or words that are no verdict."""


class Judge(Protocol):
    """Somebody who looks at proof. Raises JudgeUnavailable."""

    def judge(self, case: Case) -> Verdict:
        """The verdict on one case."""
        ...


@dataclass(frozen=True)
class Receipt:
    """How a delivery went: the HTTP status, or None and the reason why there is none; how much of an answer was read,
    and how long it took.
    """

    status: int | None
    problem: str = ""
    answer_bytes: int | None = field(default=None, compare=False)
    duration_ms: int = field(default=0, compare=False)

    @property
    def accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class UnsafeUrl(Exception):
    """The URL leads, or may lead, into a network that is none of the caller's business; says what would be right."""


class Courier(Protocol):
    """Somebody who carries a message to an address that a stranger gave us."""

    def check(self, url: str) -> None:
        """Refuse a URL whose words already show that it will not be called. Raises UnsafeUrl."""
        ...

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Receipt:
        """Deliver one message; never raises for anything that the other side does."""
        ...


@dataclass(frozen=True)
class Bearer:
    """Whose token it is: `subject` is unique for its issuer, and for nobody else."""

    issuer: str
    subject: str


class BadToken(Exception):
    """The token proves nothing. What is wrong with it is for our log alone."""


class Tokens(Protocol):
    """Somebody who reads the tokens of an identity provider. Raises BadToken."""

    def read(self, token: str, wall: datetime) -> Bearer:
        """Whose token this is at that moment."""
        ...


@dataclass(frozen=True)
class Paid:
    """The money has arrived."""


@dataclass(frozen=True)
class Refused:
    """The money has not left, and will not: it is the operator's again."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """Nobody can say yet: it is on its way, or no answer came. Look again later."""

    reason: str = ""


@dataclass(frozen=True)
class Unheard:
    """The rail never heard of this payout: paying again is safe."""


class Rail(Protocol):
    """A way on which money leaves. `payout_id` makes a payment one: paying twice under one id pays once.

    Both raise kit's Unreached when the rail never saw the question.
    """

    def pay(self, payout_id: str, amount_micros: int, destination: str) -> Paid | Refused | Unknown:
        """Send money on its way."""
        ...

    def look(self, payout_id: str) -> Paid | Refused | Unknown | Unheard:
        """What became of a payout."""
        ...


@dataclass(frozen=True)
class Charge:
    """What somebody wants to pay in: our order id, how, and where they go when it is done."""

    order_id: str
    account_id: str
    email: str
    amount_micros: int
    method: str
    return_url: str | None = None


@dataclass(frozen=True)
class Opened:
    """A payment that a provider has taken up: where its payer goes; or that it was refused at once."""

    redirect_url: str | None
    refused: bool = False


@dataclass(frozen=True)
class Notice:
    """What a provider says of an order. All of it is a stranger's word: our own row has the amount."""

    status: str
    amount: object = None
    currency: object = None


class Till(Protocol):
    """Somebody who takes fiat money for us. Both raise kit's Unreached and Unanswered."""

    def open(self, charge: Charge) -> Opened:
        """Begin a payment. Beginning one order twice begins it once."""
        ...

    def look(self, order_id: str) -> Notice | None:
        """What became of an order; None when the provider never heard of it."""
        ...


@dataclass(frozen=True)
class World:
    """What there is outside the code."""

    settings: Settings
    store: Store
    clock: Clock
    queues: Queues
    bucket: Bucket
    seal: Seal
    judge: Judge
    courier: Courier
    tokens: Tokens
    rails: Mapping[str, Rail] = field(default_factory=dict)
    till: Till | None = None

    def at_one_moment(self) -> "World":
        """The same world with its clock stopped now: what one request or one job does has one time."""
        return replace(self, clock=StoppedClock(self.clock))

    def now(self) -> datetime:
        """Business time."""
        return self.clock.now()

    def wall(self) -> datetime:
        """Wall time, for leases, claims and rows that expire."""
        return self.clock.wall()

    def wall_seconds(self) -> int:
        """Wall time in whole seconds since 1970."""
        return int(self.clock.wall().timestamp())

    @property
    def cursors(self) -> Cursors:
        """The cursors of this deployment; their key is derived from the data key."""
        return Cursors(self.seal.derive("byhand/cursor/v1"))
