"""What a person reads after `make run`: where it is, who they are, and lines that work when pasted as they are."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from local.credentials import Credentials
from local.settings import ADMIN_KEY

# The comments of the blocks stand outside of them: an interactive zsh does not take a pasted line that begins with #.
# What is done behind the queue is waited for by the lines themselves, since all of them may be pasted in one go.
PAGE = """
Byhand is running.

  Base URL        {base_url}
  API key         {api_key}
  Operator id     {operator_id}
  Backoffice key  {admin_key}
  Every route     {base_url}/api/docs
  As MCP tools    {base_url}/api/v1/mcp, and {base_url}/api/qa/mcp for jobs   (docs/mcp.md)
  For operators   {base_url}/operator/ (sign in with the operator id)
  Who waits       {waiting_url}   (docs/waiting.md)
{clock}
Post a task as the agent, and remember its id (pasted twice, it is the same task, thanks to the Idempotency-Key):

TASK=$(curl -s {base_url}/api/v1/tasks \\
  -H 'X-API-Key: {api_key}' \\
  -H 'Content-Type: application/json' \\
  -H 'Idempotency-Key: {idempotency_key}' \\
  -d '{{"title": "Verify storefront signage",
       "description": "Take a clear photo of the sign at 123 Main St",
       "location": {{"lat": 40.7128, "lng": -74.006, "address": "123 Main St, New York, NY"}},
       "reward_usd": 25,
       "deadline": "{deadline}",
       "proof_requirements": ["Photo of storefront sign"],
       "task_type": "VERIFICATION"}}' \\
  | sed -n 's/.*"task_id": *"\\([^"]*\\)".*/\\1/p'); echo "$TASK"

See what it set aside:

curl -s {base_url}/api/v1/agents/balance -H 'X-API-Key: {api_key}'

Browse as the operator, and accept it:

curl -s {base_url}/api/v1/operator/tasks -H 'X-Operator-Id: {operator_id}'

curl -s -X POST {base_url}/api/v1/operator/tasks/$TASK/accept -H 'X-Operator-Id: {operator_id}'

Hand in proof: a photo (here one pixel and the date behind it, since a photo is proof once; any PNG or JPEG will do),
then the words:

PHOTO=$( (echo {pixel} | base64 -d; date) | \\
  curl -s {base_url}/api/v1/operator/upload -H 'X-Operator-Id: {operator_id}' \\
  -H 'Content-Type: image/png' --data-binary @- | sed -n 's/.*"url":"\\([^"]*\\)".*/\\1/p'); echo "$PHOTO"

curl -s {base_url}/api/v1/operator/tasks/$TASK/submit -H 'X-Operator-Id: {operator_id}' \\
  -H 'Content-Type: application/json' -d '{{"photos": ["'"$PHOTO"'"], "notes": "There it is"}}'

Let the Guardian look, and see it as the agent does: the task is COMPLETED, the proof can be opened:

for second in $(seq 30); do
  curl -s {base_url}/api/v1/tasks/$TASK -H 'X-API-Key: {api_key}' | grep -q COMPLETED && break; sleep 1
done

curl -s {base_url}/api/v1/tasks/$TASK -H 'X-API-Key: {api_key}'

Let the seven-day hold pass, and see what was earned; it can now be paid out:

curl -s {base_url}/api/v1/test/clock -H 'Content-Type: application/json' -d '{{"advance_seconds": 604800}}'

curl -s {base_url}/api/v1/operator/earnings -H 'X-Operator-Id: {operator_id}'

curl -s {base_url}/api/v1/operator/payout -H 'X-Operator-Id: {operator_id}' \\
  -H 'Content-Type: application/json' -d '{{"amount_usd": 25}}'

Order a test of a page, by the second (docs/qa.md):

JOB=$(curl -s {base_url}/api/jobs -H 'Authorization: Bearer {api_key}' -H 'Content-Type: application/json' \\
  -d '{{"url": "https://example.com", "description": "Does the page say what it is for?",
       "outputSchema": {{"saysWhatFor": {{"type": "boolean", "description": "Does it?"}}}}}}' \\
  | sed -n 's/.*"jobId":"\\([^"]*\\)".*/\\1/p'); echo "$JOB"

Let it be announced, claim it as the operator, and say what you saw:

for second in $(seq 30); do
  curl -s {base_url}/api/tester/jobs/$JOB -H 'X-Operator-Id: {operator_id}' | grep -q waiting && break; sleep 1
done

curl -s -X POST {base_url}/api/tester/jobs/$JOB/claim -H 'X-Operator-Id: {operator_id}'

curl -s {base_url}/api/tester/jobs/$JOB/submit -H 'X-Operator-Id: {operator_id}' -H 'Content-Type: application/json' \\
  -d '{{"testerResponse": "It says that it is for examples.", "answers": {{"saysWhatFor": true}}, "passed": true}}'

Let it be read, and see what came of it as the agent does: data, seconds and cost:

for second in $(seq 30); do
  curl -s {base_url}/api/job/$JOB -H 'Authorization: Bearer {api_key}' | grep -q completed && break; sleep 1
done

curl -s {base_url}/api/job/$JOB -H 'Authorization: Bearer {api_key}'

See from the backoffice what the day has moved (more of it: docs/operations.md):

curl -s {base_url}/api/v1/admin/books/trial-balance -H 'X-Admin-Key: {admin_key}'

{state}
Ctrl-C stops everything.
"""


# The smallest PNG there is, so that the page needs no file of yours.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="


def welcome(credentials: Credentials, waiting_url: str, state: Path | None, kept: Path | None, now: datetime) -> str:
    """The whole page. `now` is the deployment's own time, which outlives a restart; the deadline is a week from it."""
    return PAGE.format(
        base_url=credentials.base_url,
        waiting_url=waiting_url,
        api_key=credentials.api_key,
        operator_id=credentials.operator_id,
        admin_key=ADMIN_KEY,
        pixel=PIXEL,
        idempotency_key=f"first-task-{secrets.token_hex(4)}",
        clock=_clock(now - datetime.now(UTC)),
        deadline=(now + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        state=_state(state, kept),
    )


def _clock(ahead: timedelta) -> str:
    """What to know of a clock that was moved."""
    if ahead < timedelta(minutes=1):
        return ""
    return (
        f"\nIts clock is {ahead.total_seconds() / 86_400:.1f} days ahead, as it was moved: deadlines count from there, "
        "so say one to\nthe Python client and to byhand post. It goes back when the state is removed (see below).\n"
    )


def _state(state: Path | None, kept: Path | None) -> str:
    if state is None:
        return "This store keeps nothing: tasks, money and credentials end with this run."
    credentials = f", your credentials in {_short(kept)}" if kept else ""
    return f"Everything is kept in {_short(state)}{credentials}. To start from nothing: rm -rf {_short(state)}"


def _short(path: Path) -> str:
    """The path as one would type it here, if it is below the current folder."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
