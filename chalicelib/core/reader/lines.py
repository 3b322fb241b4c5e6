"""What can be read in text without understanding it: lines of a few shapes. A bullet before a line changes nothing.

    loginWorks: yes                      a value for a field; `Login works:` and `login_works:` say the same
    bug: the button is dead              something wrong; `issue:` says the same, and `bug (high):` says how bad it is
        nothing happens when I tap it    lines set in below it describe it
    passed: no                           whether it worked
    1. Open the page                     a step; so is a line with a bullet

What a value says depends on the type of its field:

    boolean    yes, no, true, false                     array     `none`, a JSON list, or parts between semicolons
    number     12, -3, 0.5                              object    a JSON object
    string     the text as it stands
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from chalicelib.core.asking import text as texts
from chalicelib.core.ports.reader import Finding, Severity
from chalicelib.kit import addresses

_BULLET = r"\s{0,8}(?:[-*•]\s{1,4})?"
_PAIR = re.compile(rf"{_BULLET}([^:\s][^:]{{0,99}}):(.*)")
_WRONG = re.compile(rf"{_BULLET}(?:bug|issue)\s?(?:\((critical|high|medium|low)\))?\s?:(.*)", re.IGNORECASE)
_STEP = re.compile(r"\s{0,8}(?:[-*•]|\d{1,2}[.)])\s{1,4}(?:\[[ xX]\]\s{1,4})?(\S.*)")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_URL = re.compile(r"https?://[^\s<>\"'`\])}]{1,2000}")
_YES, _NO, _NONE = {"yes", "true"}, {"no", "false"}, {"none", "nothing", "no"}
# Where code lives, and the pictures in its issues: no page that anybody would try.
_CODE_HOSTS = re.compile(r"https?://(?:[\w-]+\.)*(?:github\.com|githubusercontent\.com|gitlab\.com|bitbucket\.org)\b")


def values(words: str, name: str) -> list[str]:
    """What the lines for a field say, in their order; lines that say nothing are left out."""
    wanted = bare(name)
    pairs = (found for line in words.splitlines() if wanted and (found := _PAIR.fullmatch(line)))
    return [said for pair in pairs if bare(pair[1]) == wanted and (said := pair[2].strip())]


def value(said: Sequence[str], kind: str) -> Any:
    """The value in what the lines for a field say; None when there are none. Lists are joined; else the last counts,
    as people correct themselves further down. What is no value of its type stays a text.
    """
    if not said:
        return None
    if kind == "array":
        return [item for one in said for item in _items(one)]
    return read(said[-1], kind)


def read(said: str, kind: str) -> Any:
    """One text as a value of a type, or as it stands."""
    bare = said.strip()
    if kind == "boolean":
        return _flag(bare) if _flag(bare) is not None else bare
    if kind == "number" and _NUMBER.fullmatch(bare):
        return Decimal(bare) if "." in bare else int(bare)
    if kind == "array":
        return _items(bare)
    if kind == "object":
        return _json(bare)
    return bare


def passed(words: str) -> bool | None:
    """Whether a line says that it worked; the last one counts."""
    said = values(words, "passed")
    return _flag(said[-1]) if said else None


def findings(words: str) -> list[Finding]:
    """What lines say is wrong."""
    found: list[Finding] = []
    is_below = False
    for line in words.splitlines():
        if wrong := _WRONG.fullmatch(line):
            title = wrong[2].strip()
            is_below = bool(title) and title.rstrip(".").casefold() not in _NONE
            if is_below:
                found.append(Finding(title, "", _severity(wrong[1])))
        elif is_below and line[:1].isspace() and line.strip():
            found[-1] = replace(found[-1], description=f"{found[-1].description} {line.strip()}".strip())
        else:
            is_below = False
    return found


def steps(words: str) -> list[str]:
    """What lines with a number or a bullet say, in their order."""
    return [found[1].strip() for line in words.splitlines() if (found := _STEP.fullmatch(line))]


def page(words: str) -> str | None:
    """The first address of a page in a text, if there is one; where code lives is no page."""
    return next(_pages(words), None)


def bare(name: str) -> str:
    """A name without case, spaces and signs."""
    return re.sub(r"[\W_]+", "", name).casefold()


def _pages(words: str) -> Iterator[str]:
    for found in _URL.finditer(words):
        url = found[0].rstrip(".,;:!?")
        if addresses.is_page(url) and not _CODE_HOSTS.match(url):
            yield url


def _severity(said: str | None) -> Severity:
    known: dict[str, Severity] = {"critical": "critical", "high": "high", "low": "low"}
    return known.get((said or "").lower(), "medium")


def _flag(said: str) -> bool | None:
    word = said.strip().rstrip(".!").casefold()
    return True if word in _YES else False if word in _NO else None


def _items(said: str) -> list[Any]:
    if said.rstrip(".").casefold() in _NONE:
        return []
    whole = _json(said)
    return whole if isinstance(whole, list) else [part.strip() for part in said.split(";") if part.strip()]


def _json(said: str) -> Any:
    """The JSON that a text is, where it is a list or an object; else the text."""
    try:
        return texts.loads(said) if said.startswith(("[", "{")) else said
    except ValueError:
        return said
