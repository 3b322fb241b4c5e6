"""What the reader is shown of a session, and what follows from what it finds."""

from collections.abc import Mapping

from chalicelib.core.ports.reader import Extraction, Report
from chalicelib.core.providers import context
from chalicelib.core.reader import extract
from chalicelib.core.world import World
from chalicelib.kit import log
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.table import Write
from chalicelib.kit.words import dumps
from chalicelib.products.qa import show
from chalicelib.products.qa.actions import endings
from chalicelib.products.qa.lifecycle import JOB, Reason
from chalicelib.products.qa.model.jobs import FindingShown, Result, Sheets

INCOMPLETE = "What the tester said does not answer every required field of the outputSchema. Nothing is charged."
CONTEXT_FILES = ("README.md", "CLAUDE.md")


def report(world: World, sheets: Sheets) -> Report:
    """What a tester said of a page, and what is to be found in it."""
    order, session = sheets.order, sheets.session
    assert session is not None, "what was handed in has words"  # noqa: S101
    return Report(
        url=order.url, instructions=order.description, words=session.words, answers=show.loads(session.answers),
        fields=show.wanted(order), passed=session.passed, validation=order.validation or "",
        context=_context(world, sheets), wants_findings=True,
    )  # fmt: skip


def read(world: World, sheets: Sheets) -> list[Write]:
    """Have a session read, outside of any transaction; then answer with what follows. Raises ReaderUnavailable."""
    job = sheets.job
    found = extract.extraction(world.reader, report(world, sheets))
    if isinstance(found, Extraction):
        move = JOB.find("complete", job.status, Role.GUARDIAN)
        return endings.completion(world, job, move, _result(found), opens_issues=sheets.order.opens_issues)
    # Which fields are missing is an answer by itself, and this one is not paid for: it goes to the log alone.
    log.info("job.incomplete", job=job.job_id, fields=list(found.fields))
    move = JOB.find("miss", job.status, Role.GUARDIAN)
    return endings.ending(world, job, move, Reason.INCOMPLETE_DATA, INCOMPLETE, endings.handed_in(job))


def _context(world: World, sheets: Sheets) -> Mapping[str, str]:
    """What the repository says of itself (seed, "repoName")."""
    return context.of(world, sheets.order.repo, CONTEXT_FILES) if sheets.order.repo else {}


def _result(found: Extraction) -> Result:
    return Result(
        success=found.success, explanation=found.explanation, data=dumps(dict(found.data)), model=found.model,
        findings=[
            FindingShown(title=one.title, description=one.description, severity=one.severity)
            for one in found.findings
        ],
    )  # fmt: skip
