"""Jobs as tools, with the names and parameters of the seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.doors.mcp.tools import ToolCall, Tools
from chalicelib.products.qa.actions import jobs
from chalicelib.products.qa.tools import looks
from chalicelib.products.qa.words import jobs as words
from chalicelib.products.qa.words import tools as tool_words

if TYPE_CHECKING:
    from chalicelib.core.waiting import Wait
    from chalicelib.kit.once import Outcome

LOOKS_A_VISIT = 10
"""Models look again and again, and many of them share one address (ruling 6)."""
CREATED = "Job created. It is shown to testers now: call wait_for_result with this jobId."

_tools = Tools()


@_tools.deed("create_job", "Create job", lambda: tool_words.CreateJob, lambda: words.JobCreated, open_world=True)
def create_job(call: ToolCall[tool_words.CreateJob]) -> Outcome:
    """Have a person try a web page and say what happened, and have data read out of their words. Use it for what only
    somebody who looks can tell: whether a flow works, what is confusing, what looks wrong. The page must be reachable
    from the internet.

    Say everything in the description, since the tester knows nothing else: where to begin, what to do, what to look
    for, and which test account or card to use, made for testing. Every tester can read the first 300 characters, by
    which they choose; only the one who takes the job is shown what comes after them: put accounts and passwords there.
    Keep outputSchema simple, since testers answer in plain language. It answers at once with a jobId: call
    wait_for_result with that. It costs $0.0018 for each second of the test; the most that it can cost is set aside
    first, and what was not used comes back. Give an idempotency_key, and repeat the call with the same one if you get
    no answer.
    """
    return jobs.create(call.world, call.agent, call.words, call.claim, CREATED)


@_tools.look(
    "wait_for_result", "Wait for result", lambda: tool_words.WaitForResult, lambda: tool_words.Waited,
    untrusted=True, calls_a_visit=LOOKS_A_VISIT,
)  # fmt: skip
def wait_for_result(call: ToolCall[tool_words.WaitForResult]) -> Wait:
    """Wait for a job to end, and get what came of it: result with success, explanation and data, the tester's own
    words, what their browser recorded, and the cost. It looks first, and answers at once if the job has ended.

    People take minutes, so it may answer with isDone false: then call it again with the waitSeconds that
    nextWaitSeconds says (30, then 45, then 60, and so on), or do something else first. It may answer earlier than
    asked, and never later; waiting changes nothing. If a call longer than a minute is cut off here, stay at 60.
    """
    return looks.wait(call.agent, call.words.jobId, call.words.waitSeconds)


@_tools.look(
    "get_job", "Get job", lambda: tool_words.OneJob, lambda: tool_words.JobSeen, untrusted=True,
    calls_a_visit=LOOKS_A_VISIT,
)  # fmt: skip
def get_job(call: ToolCall[tool_words.OneJob]) -> tool_words.JobSeen:
    """Get a job with everything about it, as it was ordered and as it stands, without waiting. To wait for its end call
    wait_for_result. Links to screenshots and video may expire; call again for new ones.
    """
    return looks.seen(call.world, call.agent, call.words.jobId)


@_tools.look("list_jobs", "List jobs", lambda: tool_words.ListJobs, lambda: words.JobPage, untrusted=True)
def list_jobs(call: ToolCall[tool_words.ListJobs]) -> words.JobPage:
    """List the account's jobs, newest first, all of them or those in one status. Call it to find a jobId, or to see
    what is under way. 20 on a page unless limit says otherwise (at most 100); give the page's next_cursor as cursor for
    the next one.
    """
    return jobs.list_jobs(call.world, call.agent, call.words)


TOOLS = _tools.all
