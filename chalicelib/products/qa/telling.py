"""What is told of jobs elsewhere: to testers in a channel of Slack, and to developers as issues of their repository."""

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import Entry
from chalicelib.core.events import service as events
from chalicelib.core.identity import service as identity
from chalicelib.core.ports.forge import ForgeRefused, ForgeUnavailable, Issue
from chalicelib.core.ports.reader import Finding
from chalicelib.core.providers import slack
from chalicelib.core.world import World
from chalicelib.kit import log, money
from chalicelib.kit.table import Write
from chalicelib.products.qa import issues, kinds, rules, show, subjects
from chalicelib.products.qa.lifecycle import Status
from chalicelib.products.qa.model.jobs import OpenedIssue, Sheets
from chalicelib.products.qa.store import jobs as rows
from chalicelib.products.qa.store import repositories


def tell_slack(world: World, entry: Entry) -> list[Write]:
    """Post a job that can be claimed. Its only effect here is that it is done; news of a job that is gone is none."""
    sheets = subjects.sheets(world, entry)
    if sheets.job.status is Status.WAITING:
        slack.post(world, _message(world, sheets))
    return []


def open_issue(world: World, entry: Entry) -> list[Write]:
    """Make an issue of a finding, once. What GitHub refuses for good is given up and told, anything else is tried
    again; for a suspended account it is put off. Raises RepoNotAllowed: the grant was taken back, and the entry ends.
    """
    sheets, number = subjects.sheets(world, entry), int(agenda.about(entry))
    job, told = sheets.job, {"job_id": sheets.job.job_id, "finding": number}
    if sheets.result is None or sheets.order.repo is None or number in sheets.issues:
        return []
    if identity.any_suspended(world.store, [job.account_id]):
        return [agenda.put_off(kinds.OPEN_ISSUE, entry, world.now())]
    try:
        repositories.check_allowed(world.store, job.account_id, sheets.order.repo)
        opened = _opened(world, sheets, number, again=entry.tried)
    except ForgeUnavailable as problem:
        raise agenda.TryLater(str(problem)) from problem
    except ForgeRefused as refusal:
        log.warning("forge.refused", job=job.job_id, repo=sheets.order.repo, problem=str(refusal))
        refused = {**told, "repo": sheets.order.repo, "status_code": refusal.status}
        return [events.record(world, "job.issue_refused", job.account_id, job.job_id, refused)]
    return [
        rows.add_issue(job.job_id, number, OpenedIssue(url=opened.url, number=opened.number)),
        events.record(world, "job.issue_opened", job.account_id, job.job_id, {**told, "url": opened.url}),
    ]


def _opened(world: World, sheets: Sheets, number: int, *, again: bool) -> Issue:
    """The issue of a finding. After a try whose answer nobody heard it may be there already: its mark tells."""
    order, result = sheets.order, sheets.result
    assert result is not None, "findings were read out of something"  # noqa: S101
    assert order.repo is not None, "an order of issues says where"  # noqa: S101
    one = result.findings[number - 1]
    found = Finding(one.title, one.description, one.severity)
    job_url = show.absolute(world, f"/api/job/{sheets.job.job_id}")
    draft = issues.draft(found, sheets.job.job_id, number, order.url, job_url)
    there = world.forge.find(order.repo, draft.mark) if again else None
    return there or world.forge.open(order.repo, draft.title, draft.text)


def _message(world: World, sheets: Sheets) -> str:
    job, share = sheets.job, sheets.job.share_percent
    pay, most = rules.wage_for(show.MINUTE_SECONDS, share), rules.wage_for(job.target_seconds, share)
    facts = {
        "Page": rules.public_url(job.url),
        "Time": f"{show.plain_minutes(job.target_seconds)} minutes",
        "Pay": f"{money.say(pay)} a minute, about {money.say(most)}",
    }
    link = show.absolute(world, f"/operator/#/job/{job.job_id}")
    told = rules.offered(sheets.order.description)
    return slack.message(f"New test: {job.title}", facts, told, link, "Open the job and claim it")
