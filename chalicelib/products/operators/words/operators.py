"""Requests and answers of operators, in the seed's casing."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
    model_validator,
)

from chalicelib.core.files.model import CONTENT_TYPES, RECORDING_TYPES, UPLOAD_BYTES_MAX, VIDEO_BYTES_MAX
from chalicelib.kit.pages import LIMIT_DEFAULT, LIMIT_MAX, PageWords, Pagination
from chalicelib.kit.words import AmountOut, Because, Email, Moment, Words

Text200 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Text100 = Annotated[str, StringConstraints(max_length=100)]
Text40 = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
Skill = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[A-Za-z][A-Za-z0-9_]*$"),
    AfterValidator(str.upper),
]
"""One word in upper case, a task type by convention: PHOTO."""

Skills = Annotated[list[Skill], Field(max_length=30), AfterValidator(lambda skills: list(dict.fromkeys(skills)))]


def _noticed_at(value: Any) -> datetime:
    """A time as identity checks write it: `2026-02-21 13:23:19.321`, with an offset or in UTC, or milliseconds."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**13:
        return datetime.fromtimestamp(value / 1000, UTC)
    if isinstance(value, str) and len(value) <= 40:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    raise ValueError("must be a time such as 2026-02-21 13:23:19.321")


NoticedAt = Annotated[datetime, BeforeValidator(_noticed_at)]


class Place(Words):
    """Where an operator works. With lat and lng they are found by place, to the cell of the grid and no nearer."""

    city: Text200 | None = None
    country: Text200 | None = None
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    lng: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)

    @model_validator(mode="after")
    def _both(self) -> "Place":
        if (self.lat is None) != (self.lng is None):
            raise ValueError("lat and lng go together")
        return self


class Profile(Words):
    """What helps to find the right person for a piece of work. All of it is optional, and as they say it."""

    region: Text40 | None = None
    language: Text40 | None = None
    age: int | None = Field(default=None, ge=16, le=120)
    gender: Text40 | None = None
    education: Text40 | None = None
    device: Text40 | None = None


class Registration(Words):
    """POST /operator/register. The e-mail is for contact; who somebody is their token says."""

    name: Text200
    email: Email
    phone: Text40 | None = None
    location: Place = Place()
    skills: Skills = Field(default_factory=list)
    profile: Profile = Profile()


def _without_default(schema: dict[str, Any]) -> None:
    """What stands for "left out" is no value that anybody may send."""
    del schema["default"]


class MeChange(Words):
    """PATCH /operator/me: what is left out stays as it is, and null clears what is optional."""

    name: Text200 = Field(default="", json_schema_extra=_without_default)
    phone: Text40 | None = None
    location: Place | None = None
    skills: Skills | None = None
    profile: Profile | None = None


class _Known(Words):
    """What is known of an operator's work so far. How many tasks they have done is left out while nobody counts."""

    rating: float | None
    completed_tasks: int | None = None

    @model_serializer(mode="wrap")
    def _without_nothing(self, inner: SerializerFunctionWrapHandler) -> dict[str, Any]:
        shown: dict[str, Any] = inner(self)
        if self.completed_tasks is None:
            del shown["completed_tasks"]
        return shown


class Me(_Known):
    """GET and PATCH /operator/me. `lat` and `lng` are the centre of the cell that is kept, not what was sent."""

    operator_id: str
    name: str
    email: str
    phone: str | None
    location: Place
    skills: list[str]
    profile: Profile
    kyc_status: str
    created_at: Moment


class Registered(Words):
    """The new operator."""

    operator_id: str
    name: str
    kyc_status: str


KycDecision = Literal["PENDING", "APPROVED", "REJECTED"]


class KycOrder(Because):
    """POST /admin/operators/:id/kyc."""

    status: KycDecision


class OperatorSheet(Me):
    """An operator as the backoffice sees one."""

    kyc_decided_at: Moment | None
    kyc_decided_by: str | None
    kyc_reason: str | None


class OperatorsQuery(PageWords):
    """GET /admin/operators."""

    kyc_status: KycDecision = "PENDING"


class OperatorsPage(Words):
    """Operators whose KYC stands there, newest first."""

    data: list[OperatorSheet]
    pagination: Pagination


class Review(Words):
    """What the identity check found."""

    answer: Text100 | None = Field(default=None, alias="reviewAnswer")
    labels: list[Text100] | None = Field(default=None, alias="rejectLabels", max_length=100)


class KycNotice(Words):
    """A notice of the identity check, in its provider's casing. `externalUserId` is our operator_id."""

    type: Text100
    operator_id: Text100 | None = Field(default=None, alias="externalUserId")
    applicant_id: Text100 | None = Field(default=None, alias="applicantId")
    review: Review | None = Field(default=None, alias="reviewResult")
    sandbox: bool | None = Field(default=None, alias="sandboxMode")
    created_at_ms: NoticedAt | None = Field(default=None, alias="createdAtMs")
    created_at: NoticedAt | None = Field(default=None, alias="createdAt")


class KycHeard(Words):
    """The notice was read; `ignored` says why it changed nothing."""

    ok: bool = True
    ignored: str | None = None


class SearchQuery(Words):
    """GET /operators/search."""

    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    lng: float = Field(ge=-180, le=180, allow_inf_nan=False)
    radius_km: float = Field(default=25, ge=5, le=500, allow_inf_nan=False)
    task_type: Skill | None = None
    min_rating: float | None = Field(default=None, ge=1, le=5, allow_inf_nan=False)
    limit: int = Field(default=LIMIT_DEFAULT, ge=1, le=LIMIT_MAX)


class FoundRow(_Known):
    """One operator near a place. The distance is that of the centre of their cell."""

    operator_id: str
    name: str
    skills: list[str]
    distance_km: int
    city: str | None
    country: str | None


class FoundNear(Words):
    """Operators near a place, nearest first; `total_capped` when more live there than a search looks at."""

    data: list[FoundRow]
    total: int
    total_capped: bool


class UploadOrder(Words):
    """POST /operator/upload with words: a file that will be PUT to a signed URL."""

    content_type: Annotated[str, StringConstraints(max_length=100)] | None = Field(
        default=None, description=f"one of {', '.join(CONTENT_TYPES)}"
    )
    size_bytes: int | None = Field(default=None, ge=1, le=UPLOAD_BYTES_MAX)
    sha256: Annotated[str, StringConstraints(to_lower=True, pattern=r"^[0-9a-fA-F]{64}$")] | None = None


class RecordingOrder(UploadOrder):
    """POST /tester/uploads with words: a file of a session that will be PUT to a signed URL."""

    content_type: Annotated[str, StringConstraints(max_length=100)] | None = Field(
        default=None, description=f"one of {', '.join(RECORDING_TYPES)}"
    )
    size_bytes: int | None = Field(
        default=None, ge=1, le=VIDEO_BYTES_MAX,
        description="at most 200 MB for a video, 20 MB for JSON, 10 MB for everything else",
    )  # fmt: skip


class UploadKept(Words):
    """What is kept of the answer: signed URLs are made on the way out."""

    upload_id: str


class UploadReady(Words):
    """Where to PUT the bytes, with which headers, and the URL to submit. Without `upload_url` they are stored."""

    upload_id: str
    upload_url: str | None
    headers: dict[str, str]
    url: str


class RecentTask(Words):
    """One completed piece of work."""

    task_id: str
    title: str
    reward_usd: AmountOut
    status: str = "COMPLETED"
    completed_at: Moment | None


class Earnings(Words):
    """GET /operator/earnings."""

    pending_balance: AmountOut
    available_balance: AmountOut
    total_earned: AmountOut
    currency: str = "USD"
    recent_tasks: list[RecentTask]
