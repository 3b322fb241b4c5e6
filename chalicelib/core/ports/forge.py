"""The forge: where code lives, and where issues about it are opened."""

import re
from dataclasses import dataclass
from typing import Protocol

REPO_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$"
"""How the name of a repository is spelled: its owner and its own name, such as octocat/hello-world."""


def is_repo(text: str) -> bool:
    """Whether a text can name a repository. The names `.` and `..` cannot be: they would lead elsewhere in a path."""
    return re.fullmatch(REPO_PATTERN, text, re.ASCII) is not None and text.partition("/")[2].strip(".") != ""


class ForgeUnavailable(Exception):
    """No answer, or none that helps now, or we do not know how to show who we are: the same may be asked again later,
    when somebody has mended it.
    """


class ForgeRefused(Exception):
    """The forge says no, and will say no again: no such repository, no right to it, issues are switched off.

    `status` is the HTTP status with which it did; None where it was not even asked.
    """

    def __init__(self, said: str, status: int | None = None) -> None:
        super().__init__(said)
        self.status = status


@dataclass(frozen=True)
class Issue:
    """An issue as the forge knows it."""

    number: int
    url: str


class Forge(Protocol):
    """A host of repositories, which are named owner/name. All raise ForgeUnavailable and ForgeRefused."""

    def read(self, repo: str, path: str, bytes_max: int) -> str | None:
        """The beginning of a text file at the head of its default branch; None when there is none. Asked without the
        deployment's own rights: only what everybody may read (ruling 36).
        """
        ...

    def find(self, repo: str, mark: str) -> Issue | None:
        """The issue of ours whose text holds a mark; None when there is none."""
        ...

    def open(self, repo: str, title: str, text: str) -> Issue:
        """Open an issue. Opening the same twice makes two: look for its mark first when in doubt."""
        ...
