"""Rows of the qa table about repositories that the backoffice granted to agents (ruling 36).

pk         sk                     what
agent_…    repo#<owner>/<name>    issues may be opened there for this agent; in small letters, as GitHub knows no others
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.conditions import Attr
from chalicelib.kit.errors import Forbidden, NotFound
from chalicelib.kit.store import Rows, Store, under
from chalicelib.kit.table import Key, Write, delete, put

TABLE = "qa"
PREFIX = "repo#"


class RepoNotAllowed(Forbidden):
    """The backoffice has not granted this repository to this account."""

    code = "repo_not_allowed"

    def __init__(self, repo: str) -> None:
        super().__init__(
            f"No issues may be opened in {repo} for this account. Ask those who run this deployment to grant it, or "
            "send the job without canCreateGithubIssues.",
            repo=repo,
        )


class RepositoryNotGranted(NotFound):
    """This repository is not granted to this account."""

    code = "repository_not_granted"

    def __init__(self) -> None:
        super().__init__("This repository is not granted to this account; GET on the same path lists those that are.")


def check_allowed(store: Store, account_id: str, repo: str) -> None:
    """Refuse a repository that was not granted. Raises RepoNotAllowed."""
    if store.get(TABLE, _row(account_id, repo)) is None:
        raise RepoNotAllowed(repo)


def grant(account_id: str, repo: str, by: str, now: datetime) -> Write:
    """The write after which issues may be opened there. Granted twice is granted once."""
    return put(TABLE, _row(account_id, repo), {"repo": repo, "granted_by": by, "granted_at": clock.iso(now)})


def withdraw(account_id: str, repo: str) -> Write:
    """The write after which none may be opened there. It refuses RepositoryNotGranted."""
    return delete(TABLE, _row(account_id, repo), where=Attr("pk").exists(), refusal=RepositoryNotGranted())


def list_granted(store: Store, account_id: str, limit: int, after: Mapping[str, Any] | None) -> Rows:
    """Repositories that are granted to an account, by name."""
    return store.query(TABLE, under(account_id, PREFIX), limit=limit, after=after)


def _row(account_id: str, repo: str) -> Key:
    return Key(account_id, f"{PREFIX}{repo.lower()}")
