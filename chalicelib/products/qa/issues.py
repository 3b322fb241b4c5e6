"""The issue of one finding, in GitHub's Markdown. Pure.

    the title                         one line, in which nothing is a sign to GitHub
    Severity: high                    ours
    Page: `https://example.com/`      in code
    ```text                           the finding, in a block of code
    ```
    Found by a person: `job_…`        a link of ours
    <!-- byhand:job_…/1 -->           the mark by which the issue is found again

Words of strangers (a tester, a model, who ordered the test) stand in code: of what is in code GitHub makes no mention,
no reference, no link, no image, no heading and no HTML (ruling 9). Escaping would not do, because mentions and
references are looked for when escapes are gone. Only its fence ends a block of code, so the fence is longer than any
row of the same sign in the words.
"""

import re
from dataclasses import dataclass
from textwrap import wrap
from urllib.parse import quote

from chalicelib.core.ports.reader import Finding
from chalicelib.kit import words
from chalicelib.products.qa import rules

# GitHub takes 256 characters for a title and 65,536 for a text.
TITLE_MAX, DESCRIPTION_MAX, ADDRESS_MAX = 256, 8_000, 2_000
# GitHub breaks no line of a block of code.
LINE_CHARACTERS = 100
WORD_JOINER = "\u2060"
# What GitHub takes for a sign where there is no Markdown: a name, the number of an issue in its two spellings, an
# address. Behind its first part comes a joiner, which nobody sees.
_SIGNS = re.compile(r"@(?=\w)|#(?=\d)|\bgh-(?=\d)|://(?=\S)|\bwww\.(?=\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Draft:
    """An issue before it is opened. `mark` is in its text, and in that of no other."""

    title: str
    text: str
    mark: str


def draft(finding: Finding, job_id: str, number: int, page_url: str, job_url: str | None = None) -> Draft:
    """The issue of a job's finding with this number."""
    mark = f"<!-- byhand:{job_id}/{number} -->"
    job = f"[`{job_id}`]({_address(job_url)})" if job_url else f"`{job_id}`"
    parts = [
        f"**Severity:** {finding.severity}  \n**Page:** `{_address(rules.public_url(page_url))}`",
        _block(finding.description),
        f"Found by a person who tried the page: {job}",
        mark,
    ]
    return Draft(_title(finding.title) or f"Finding {number}", "\n\n".join(parts) + "\n", mark)


def _title(text: str) -> str:
    line = " ".join(words.without_strange(text).split())
    return _cut(_SIGNS.sub(lambda sign: sign[0] + WORD_JOINER, line), TITLE_MAX)


def _address(url: str) -> str:
    """A URL in which nothing ends a line, a line of code or a link."""
    return quote(url, safe="%/:?#[]@!$&'*+,;=~")[:ADDRESS_MAX]


def _block(text: str) -> str:
    """Some words as a block of code. What would begin a mark in them begins none."""
    plain = words.without_strange(_cut(text.strip(), DESCRIPTION_MAX)).replace("<!--", "<! --")
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", plain)), default=0))
    return "\n".join([f"{fence}text", *(part for line in plain.splitlines() for part in _folded(line)), fence])


def _folded(line: str) -> list[str]:
    """A line in pieces that can be read without scrolling; a word that is longer, such as an address, stays whole."""
    return wrap(line, LINE_CHARACTERS, break_long_words=False, break_on_hyphens=False) or [""]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
