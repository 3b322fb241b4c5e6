"""What can go wrong, cut by what the caller can do next.

    ByhandError
    ├── Misconfigured              say where the deployment is, or who you are
    ├── Misused                    say it in words that can be meant; nothing was sent (a ValueError, too)
    ├── Unreachable                no answer came; send it again, deeds under the same idempotency key
    ├── BadAnswer                  what answered is no deployment, or much newer than this package
    ├── StillWaiting               `tasks.wait` came to its timeout; the task goes on, and `task` is how it stood
    ├── StillRunning               the same of `jobs.wait` and `jobs.run`; `job` is how it stood
    ├── BadSignature               a webhook that is not from where it says: answer 401 and do nothing
    ├── KeyMissing, KeyExists      the private key of a task is not kept here, or another one is
    ├── BadCredential              a credential that this key, task or text does not open
    └── Refused                    the deployment answered, with a status and a stable `code`
        ├── Invalid           400  fix the words; `details` names the field          (413, 415 too)
        ├── Unauthenticated   401  show who you are
        ├── PaymentRequired   402  pay first                                         InsufficientFunds, BalanceOwed
        ├── Forbidden         403  ask someone else                                  TaskTypeDisabled
        ├── NotFound          404  look elsewhere
        ├── Unfinished        408  look again later; what was begun goes on
        ├── Conflict          409  choose another moment                             WrongState, KeyReused
        ├── Gone              410  too late for good
        ├── RateLimited       429  wait; it was waited for already, as often as `retries` says
        └── ServerFault       5xx  a fault over there, or nobody had time            Busy, OutcomeUnknown

Catch at the height you like. A code that this version does not know is its status's class, so newer deployments do no
harm; `code` is there to compare.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from byhand.answers import Task
    from byhand.job_answers import Job


class ByhandError(Exception):
    """Anything that this package raises on purpose."""


class Misconfigured(ByhandError):
    """The client was not told where the deployment is, or who is calling."""


class Misused(ByhandError, ValueError):
    """An argument that cannot be meant, such as a time without an offset; nothing was sent."""


class Unreachable(ByhandError):
    """No answer came, however often it was tried. A deed may have been done: send it again under the same key."""

    def __init__(self, sentence: str, idempotency_key: str | None = None) -> None:
        again = f" Send it again with idempotency_key={idempotency_key!r}." if idempotency_key else ""
        super().__init__(sentence + again)
        self.idempotency_key = idempotency_key


class BadAnswer(ByhandError):
    """What came back is not what this route answers: the address may be of something else."""


class StillWaiting(ByhandError):
    """The timeout of a wait came first; nothing happened to the task because of that."""

    def __init__(self, task: "Task", seconds: float) -> None:
        super().__init__(f"Task {task.task_id} is still {task.status} after {seconds:g} s. It goes on; wait again.")
        self.task = task


class StillRunning(ByhandError):
    """The timeout of a wait came first; nothing happened to the job because of that."""

    def __init__(self, job: "Job", seconds: float) -> None:
        super().__init__(f"Job {job.id} is still {job.status} after {seconds:g} s. It goes on; wait again.")
        self.job = job


class BadSignature(ByhandError):
    """A webhook whose signature, or whose age, is not right."""


class KeyMissing(ByhandError):
    """The private key that would open a credential is not kept here."""


class KeyExists(ByhandError):
    """Another private key or credential is kept under this name; it is never overwritten: it may be the only one."""


class BadCredential(ByhandError):
    """A credential that does not open: another key, another task, or bytes that were changed."""


class Refused(ByhandError):
    """The deployment said no. `str()` is its sentence, with the code and the id of the request to report."""

    def __init__(
        self, status: int, code: str, message: str, *, details: Mapping[str, Any] | None = None,
        request_id: str | None = None, retry_after: float | None = None, idempotency_key: str | None = None,
    ) -> None:  # fmt: skip
        marks = ", ".join(mark for mark in (str(status), code, request_id) if mark)
        super().__init__(f"{message} ({marks})")
        self.status, self.code, self.message = status, code, message
        self.details: Mapping[str, Any] = details or {}
        self.request_id, self.retry_after = request_id, retry_after
        self.idempotency_key = idempotency_key


class Invalid(Refused):
    """The words of the request are wrong."""

    @property
    def field(self) -> str | None:
        """The first field at fault, when the deployment named one."""
        named = self.details.get("field")
        return str(named) if named else None


class Unauthenticated(Refused):
    """The API key is missing, wrong or revoked."""


class PaymentRequired(Refused):
    """There is less money than this needs."""


class InsufficientFunds(PaymentRequired):
    """The balance does not cover reward and fee."""


class BalanceOwed(PaymentRequired):
    """A reversed deposit left a debt, which deposits pay before anything else."""


class Forbidden(Refused):
    """The deployment knows who this is, and they may not."""


class TaskTypeDisabled(Forbidden):
    """This deployment does not take such tasks."""


class NotFound(Refused):
    """There is no such thing, or it is another account's."""


class Unfinished(Refused):
    """The deployment has waited as long as it does; what was begun goes on."""


class Conflict(Refused):
    """Right words at the wrong moment."""


class WrongState(Conflict):
    """The task is in a state from which this cannot be done."""


class KeyReused(Conflict):
    """The idempotency key was used before, for another request."""


class Gone(Refused):
    """The moment has passed for good."""


class RateLimited(Refused):
    """Too many requests in this minute."""


class ServerFault(Refused):
    """Something went wrong over there; report it with its `request_id`."""


class Busy(ServerFault):
    """Others kept writing the same rows; nothing was changed."""


class OutcomeUnknown(ServerFault):
    """Nobody can say whether this was done: send it again under the same idempotency key."""


BY_STATUS: Mapping[int, type[Refused]] = {
    400: Invalid, 401: Unauthenticated, 402: PaymentRequired, 403: Forbidden, 404: NotFound,
    408: Unfinished, 409: Conflict, 410: Gone, 413: Invalid, 415: Invalid, 429: RateLimited,
}  # fmt: skip
BY_CODE: Mapping[str, type[Refused]] = {
    "insufficient_funds": InsufficientFunds, "balance_owed": BalanceOwed, "task_type_disabled": TaskTypeDisabled,
    "wrong_state": WrongState, "key_reused": KeyReused, "busy": Busy, "outcome_unknown": OutcomeUnknown,
}  # fmt: skip


def kind(status: int, code: str) -> type[Refused]:
    """The class of a refusal: by its code where that has one, else by its status."""
    return BY_CODE.get(code) or BY_STATUS.get(status) or (ServerFault if status >= 500 else Refused)
