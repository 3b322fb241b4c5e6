"""How a command ends, for scripts: one number per thing to do next."""

from collections.abc import Mapping

from byhand import errors
from byhand.job_answers import Job

DONE, USAGE, AGAIN_LATER, UNFINISHED = 0, 2, 7, 8
NEEDS_YOU, ENDED_OTHERWISE, NOT_PASSED = 10, 11, 12
INTERRUPTED = 130

MEANINGS: Mapping[int, str] = {
    DONE: "done",
    1: "a fault of this program",
    USAGE: "wrong words: fix the command",
    3: "no deployment, no key, or a wrong one: `byhand register`, or set BYHAND_API_URL and BYHAND_API_KEY",
    4: "not enough money: `byhand deposit`",
    5: "not allowed, or not there",
    6: "not at this moment, or too late for good",
    AGAIN_LATER: "the deployment did not answer, or asks to wait: try again",
    UNFINISHED: "`wait`, `test` or `job --wait` came to its timeout; the task or job goes on",
    9: "the credential does not open",
    NEEDS_YOU: "`wait`: the task waits for your decision (MANUAL_REVIEW, ESTIMATE_PENDING)",
    ENDED_OTHERWISE: "`wait`: the task was cancelled or is disputed; `test`, `job`: the job ended without a result",
    NOT_PASSED: "`test`, `job`: the test was completed, and did not pass",
    INTERRUPTED: "interrupted by you",
}
# The first class that fits decides, so the narrow ones come first.
_BY_ERROR: tuple[tuple[tuple[type[errors.ByhandError], ...], int], ...] = (
    ((errors.Invalid, errors.Misused), USAGE),
    ((errors.Misconfigured, errors.Unauthenticated, errors.KeyMissing, errors.KeyExists, errors.BadAnswer), 3),
    ((errors.PaymentRequired,), 4),
    ((errors.Forbidden, errors.NotFound), 5),
    ((errors.Conflict, errors.Gone), 6),
    ((errors.RateLimited, errors.ServerFault, errors.Unreachable), AGAIN_LATER),
    ((errors.StillWaiting, errors.StillRunning, errors.Unfinished), UNFINISHED),
    ((errors.BadCredential,), 9),
)
_BY_STATUS: Mapping[str, int] = {
    "MANUAL_REVIEW": NEEDS_YOU, "ESTIMATE_PENDING": NEEDS_YOU, "CANCELLED": ENDED_OTHERWISE,
    "DISPUTED": ENDED_OTHERWISE,
}  # fmt: skip


def of_error(error: errors.ByhandError) -> int:
    """The exit code of an error."""
    return next((code for classes, code in _BY_ERROR if isinstance(error, classes)), 1)


def of_status(status: str) -> int:
    """The exit code of a wait that ended in a state."""
    return _BY_STATUS.get(status, DONE)


def of_job(job: Job) -> int:
    """The exit code of a job: whether it goes on, passed, or what else became of it."""
    if job.is_running:
        return DONE
    if job.status != "completed":
        return ENDED_OTHERWISE
    return DONE if job.passed else NOT_PASSED
