"""The judge: somebody who looks at proof. What follows from what they say is decided by the product."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


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
