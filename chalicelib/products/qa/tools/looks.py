"""Looking at one job as a model does: how it stands, what came of it, and how long to wait next."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from chalicelib.core.identity.model import Agent
from chalicelib.core.waiting import Look, Wait
from chalicelib.core.world import World
from chalicelib.products.qa.actions import jobs
from chalicelib.products.qa.lifecycle import Status
from chalicelib.products.qa.words import jobs as job_words
from chalicelib.products.qa.words import tools as words

ENTRIES_MAX, ENTRY_CHARACTERS_MAX = 50, 500
"""A browser writes thousands of lines in a few minutes; what a model reads of them is paid for by whoever asked."""
RUNG_SECONDS = 15
"""By how much each wait is longer than the one before: 30, 45, 60 … (seed, "wait_for_result")."""
MINUTE, BEFORE_IT_SECONDS = 60, 2
"""Many clients give up a call after a minute, to the moment: an answer after just that long would come too late."""

_STANDS: Mapping[Status, str] = {
    Status.PENDING: "The job is about to be shown to testers.",
    Status.WAITING: "No tester has taken the job yet.",
    Status.WORKING: "A tester is at work, or their words are being read.",
    Status.COMPLETED: "The test is completed; result has what came of it.",
    Status.INCOMPLETE: "The tester's words left something open that you asked for. It cost nothing: say what is "
    "wanted more plainly, and call create_job again.",
    Status.ABANDONED: "Nobody finished this job, and it cost nothing. Call create_job again if it is still needed.",
    Status.REJECTED: "The tester could not do it as it was described; error says why. It cost nothing: put the "
    "description right, and call create_job again.",
    Status.ERROR: "The job ended by an error of the system, and cost nothing. Call create_job again.",
}  # fmt: skip
_LISTS = ("consoleMessages", "networkRequests", "clicks")


def seen(world: World, agent: Agent, job_id: str) -> words.JobSeen:
    """A job with everything about it. Raises JobNotFound."""
    shown = jobs.find(world, agent, job_id)
    return words.JobSeen.model_construct(**{**_parts(shown), **_recorded(shown.testerData)})


def wait(agent: Agent, job_id: str, seconds: float) -> Wait:
    """Wait until a job has ended."""
    most = max(seconds - BEFORE_IT_SECONDS, min(seconds, MINUTE - BEFORE_IT_SECONDS))
    return Wait(
        partial(_look, agent=agent, job_id=job_id), most, told=lambda look, waited: _not_yet(look, seconds, waited)
    )


def next_wait_seconds(asked: float) -> int:
    """The wait to ask for after one of so many seconds."""
    longer = int(asked) + RUNG_SECONDS
    return min(max(longer, words.WAIT_SECONDS_DEFAULT), words.WAIT_SECONDS_MAX)


def _look(world: World, agent: Agent, job_id: str) -> Look:
    """How a job stands, as a model needs it. Raises JobNotFound."""
    look = jobs.look(world, agent, job_id)
    told = look.answer
    assert isinstance(told, job_words.JobTold), "that is what the look answers"  # noqa: S101
    answer = words.Waited.model_construct(
        **{name: part for name, part in _parts(told).items() if name in words.Waited.model_fields},
        **_recorded(told.testerData if isinstance(told, job_words.JobShown) else None),
        isDone=look.is_done, message=_STANDS[told.status],
    )  # fmt: skip
    return Look(answer, look.is_done, look.sentence)


def _not_yet(look: Look, asked: float, waited: float) -> words.Waited:
    """What is said when a wait is over and the job is not."""
    answer, seconds = look.answer, next_wait_seconds(asked)
    assert isinstance(answer, words.Waited), "that is what the look answers"  # noqa: S101
    early = f" This call could wait for {waited:.0f} s only." if waited < asked - BEFORE_IT_SECONDS else ""
    told = f"{answer.message}{early} Call wait_for_result again with waitSeconds {seconds}."
    changed: dict[str, Any] = {"message": told, "waitedSeconds": round(waited, 1), "nextWaitSeconds": seconds}
    return answer.model_copy(update=changed)


def _recorded(data: job_words.TesterData | None) -> dict[str, Any]:
    """What was recorded, cut to what a model can use, and how much of it that leaves out."""
    if data is None:
        return {}
    whole = {name: getattr(data, name) for name in _LISTS}
    left_out = {name: len(one) - ENTRIES_MAX for name, one in whole.items() if len(one) > ENTRIES_MAX}
    brief = {name: [_brief(entry) for entry in one[:ENTRIES_MAX]] for name, one in whole.items()}
    return {
        "testerData": data.model_copy(update=brief),
        "testerDataLeftOut": words.LeftOut(**left_out) if left_out else None,
    }


def _brief(entry: Any) -> Any:
    """An entry whose texts are at most so long."""
    texts = {name: part for name, part in entry if isinstance(part, str) and len(part) > ENTRY_CHARACTERS_MAX}
    return entry.model_copy(update={name: f"{text[:ENTRY_CHARACTERS_MAX]}…" for name, text in texts.items()})


def _parts(shown: job_words.JobTold) -> dict[str, Any]:
    """The fields of an answer as they are, for another answer that has them too."""
    return {name: getattr(shown, name) for name in type(shown).model_fields if name != "testerData"}
