"""The built-in Guardian: needs no model, and checks only what can honestly be checked without one.

    proof type          met, requirement by requirement
    PHOTO, SCREENSHOT   there is a picture for it that opens; the same picture twice is one picture;
                        and nothing that checks.py can find speaks against it
    CONFIRMATION        the confirmation says something; one text stands for all requirements
    ARTIFACT            the same

A proof that lies elsewhere is not fetched, and a document is not understood: both count as unread, which is neither for
nor against. Nothing that anybody wrote is obeyed or even understood here, so no words can talk this Guardian into
anything.
"""

import hashlib
from dataclasses import dataclass

from chalicelib.core.judge import checks
from chalicelib.core.ports.judge import Case, Photo, RequirementResult, Verdict
from chalicelib.kit import pictures

MODEL = "built-in/2"
MET, MET_WITHOUT_NOTES, UNREAD, MISSING = 95, 90, 60, 0
CONFIRMATION_CHARACTERS = 10


@dataclass(frozen=True)
class BuiltInJudge:
    """Gives at most `most` points: in live mode 89, so that a person looks at everything (ruling 13)."""

    most: int = 100

    def judge(self, case: Case) -> Verdict:
        """The verdict: the mean over the requirements. Raises nothing: there is nobody to wait for."""
        results = [
            RequirementResult(requirement, met=points >= MET_WITHOUT_NOTES, confidence=points, note=note)
            for requirement, (points, note) in zip(case.requirements, _look(case), strict=True)
        ]
        mean = sum(result.confidence for result in results) // len(results)
        met = sum(result.met for result in results)
        reasoning = (
            f"{met} of {len(results)} proof requirements met by what can be checked without a model: "
            f"{'; '.join(dict.fromkeys(result.note for result in results))}."
        )
        return Verdict(min(mean, self.most), reasoning, tuple(results), MODEL)


def _look(case: Case) -> list[tuple[int, str]]:
    """Points and a note for each requirement, in their order."""
    if case.proof_type == "CONFIRMATION":
        return [_confirmation(case)] * len(case.requirements)
    return _pictures(case)


def _confirmation(case: Case) -> tuple[int, str]:
    if len(case.confirmation_text.strip()) >= CONFIRMATION_CHARACTERS:
        return MET, "the confirmation says what was done"
    return UNREAD, "the confirmation is too short to say what was done"


def _pictures(case: Case) -> list[tuple[int, str]]:
    """The first picture stands for the first requirement, and so on; spare pictures are fine."""
    met = (MET, "a picture that opens") if case.notes.strip() else (MET_WITHOUT_NOTES, "a picture, without notes")
    seen: set[str] = set()
    marks: list[tuple[int, str]] = []
    for photo in case.photos:
        if photo.content is None:
            marks.append((UNREAD, "a proof that lies elsewhere and was not read"))
        elif photo.content.startswith(b"%PDF-"):
            marks.append((UNREAD, "a document, which only a person can read"))
        elif (identity := _identity(photo, photo.content, case)) not in seen and pictures.is_readable(photo.content):
            seen.add(identity)
            marks.append((checks.doubts(photo, case) or [met])[0])
    marks.sort(key=lambda mark: -mark[0])
    missing = (MISSING, "no picture for this requirement")
    return (marks + [missing] * len(case.requirements))[: len(case.requirements)]


def _identity(photo: Photo, content: bytes, case: Case) -> str:
    return checks.identity(photo, case, hashlib.sha256(content).hexdigest())
