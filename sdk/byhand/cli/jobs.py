"""Jobs on the command line: have a person try a page, and see what they say."""

import json as reading
from pathlib import Path
from typing import Annotated, Any

import typer

from byhand import Job
from byhand.cli import exits, show
from byhand.cli.desk import JobId, Json, Key, client, deed
from byhand.errors import Misused, StillRunning, Unreachable

Timeout = Annotated[float, typer.Option(min=0, help="How many seconds to wait.")]


def try_page(
    url: Annotated[str, typer.Argument(help="The page to try.", show_default=False)],
    instructions: Annotated[str, typer.Argument(help="What to do there, all of it.", show_default=False)],
    schema: Annotated[
        Path | None, typer.Option(help="A JSON file: which fields to read out of the tester's words.")
    ] = None,
    minutes: Annotated[float | None, typer.Option(min=1, max=60, help="How long the test may take.")] = None,
    extend: Annotated[bool, typer.Option(help="Whether the tester may ask for more time.")] = True,
    screen: Annotated[
        str | None, typer.Option(help="desktop, laptop, tablet, mobile, or a size such as 1440x900.")
    ] = None,
    repo: Annotated[str | None, typer.Option(help="owner/repo on GitHub, read for context.")] = None,
    issues: Annotated[bool, typer.Option("--issues", help="Open an issue in --repo for each thing found.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait for the end, or only order the test.")] = True,
    timeout: Timeout = 3_600,
    key: Key = None, json: Json = False,
) -> None:  # fmt: skip
    """Have a person try a page, wait, and print what they say. Each change is told on stderr."""
    words: dict[str, Any] = {
        "url": url, "description": instructions, "output_schema": _schema(schema) if schema else None,
        "target_duration_minutes": minutes, "allow_duration_extension": None if extend else False,
        "screen_size": _screen(screen) if screen else None, "repo_name": repo,
        "can_create_github_issues": issues or None, "idempotency_key": key,
    }  # fmt: skip
    with deed() as made:
        job_id = made.jobs.create(**words).job_id
        if not wait:
            job = made.jobs.get(job_id)
    if wait:
        job = _waited(job_id, timeout)
    _told(job, json=json)


def job(
    job_id: JobId,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for its end.")] = False,
    timeout: Timeout = 3_600,
    json: Json = False,
) -> None:
    """One job with everything about it."""
    if wait:
        found = _waited(job_id, timeout)
    else:
        with client() as made:
            found = made.jobs.get(job_id)
    _told(found, json=json)


def list_jobs(
    status: Annotated[str | None, typer.Option(help="Only jobs in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 20,
    json: Json = False,
) -> None:
    """The account's jobs, newest first."""
    with client() as made:
        found = made.jobs.page(status=status.lower() if status else None, limit=limit)
    if json:
        show.as_json(found.data)
        return
    lines = [[row.id, row.status, row.reason, row.cost_usd, row.created_at, row.title] for row in found.data]
    show.rows(["job", "status", "reason", "cost $", "ordered", "title"], lines, "No jobs.")
    if found.pagination.total is not None and found.pagination.total > len(found.data):
        show.note(f"{len(found.data)} of {found.pagination.total}; --limit shows more.")


def _waited(job_id: str, timeout: float) -> Job:
    """The job once it has ended; each change is told on the way, and where to go on if something comes between."""
    with client() as made:
        try:
            return made.jobs.wait(job_id, timeout=timeout, on_change=lambda now: show.note(f"{job_id} {now.status}"))
        except (StillRunning, Unreachable):
            show.note(f"It goes on. To wait again: byhand job {job_id} --wait")
            raise


def _told(found: Job, *, json: bool) -> None:
    show.as_json(found) if json else _show(found)
    raise typer.Exit(exits.of_job(found))


def _show(found: Job) -> None:
    result = found.result
    show.facts(
        job=found.id, status=found.status, why=found.error or found.reason, page=found.url, tester=found.tester_alias,
        passed=None if result is None else "yes" if result.success else "no",
        explanation=result and result.explanation, words=found.tester_response,
        **{f"data {name}": _plain(value) for name, value in (result.data if result else {}).items()},
        issues=[f"{one.severity}: {one.title} {one.github_issue_url or ''}".rstrip() for one in found.extracted_issues],
        screenshots=found.tester_data and found.tester_data.screenshots,
        video=found.tester_data and found.tester_data.video_url, seconds=found.test_duration_seconds,
        cost=None if found.cost_usd is None else f"${show.amount(found.cost_usd)}",
    )  # fmt: skip


def _plain(value: Any) -> str:
    """A value that was read out of somebody's words, as JSON has it; text as it is."""
    return value if isinstance(value, str) else reading.dumps(value, default=str, ensure_ascii=False)


def _schema(path: Path) -> dict[str, Any]:
    try:
        words = reading.loads(path.read_text(encoding="utf-8"))
    except OSError as failed:
        raise Misused(f"--schema: {path} cannot be read ({failed.strerror}).") from None
    except ValueError:
        raise Misused(f"--schema: {path} is not JSON.") from None
    if not isinstance(words, dict):
        raise Misused('--schema: the file must hold an object such as {"works": {"type": "boolean"}}.')
    return words


def _screen(text: str) -> str | dict[str, int]:
    """A preset by its name, or a size."""
    width, cross, height = text.partition("x")
    if cross and width.isdigit() and height.isdigit():
        return {"width": int(width), "height": int(height)}
    return text
