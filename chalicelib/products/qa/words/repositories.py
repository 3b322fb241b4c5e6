"""Requests and answers about repositories that agents may have issues opened in."""

from typing import Annotated

from pydantic import AfterValidator, Field

from chalicelib.core.ports.forge import REPO_PATTERN, is_repo
from chalicelib.kit.pages import Pagination
from chalicelib.kit.words import Because, Moment, Words


def repo(text: str) -> str:
    """The name of a repository, if it is one. Raises ValueError."""
    if not is_repo(text):
        raise ValueError("must name a repository as owner/name, such as octocat/hello-world")
    return text


Repo = Annotated[
    str, AfterValidator(repo), Field(examples=["octocat/hello-world"], json_schema_extra={"pattern": REPO_PATTERN}),
]  # fmt: skip
"""A repository of GitHub, by its owner and its name."""


class RepositoryOrder(Because):
    """POST /admin/agents/:id/repositories and /withdraw: the name is in the body, as its characters fit no path."""

    repo: Repo


class RepositoryShown(Words):
    """A repository in which issues may be opened for an agent. GitHub tells no capitals apart; nor is this told."""

    repo: str
    granted_by: str
    granted_at: Moment


class RepositoryWithdrawn(Words):
    """A repository in which nothing more is opened for an agent."""

    repo: str
    withdrawn: bool = True


class RepositoryPage(Words):
    """GET /admin/agents/:id/repositories, in the order of their names."""

    data: list[RepositoryShown]
    pagination: Pagination
