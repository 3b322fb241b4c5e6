"""The issue of a finding: readable, and without a sign to GitHub in the words of strangers (ruling 9)."""

import re

import pytest
from markdown_it import MarkdownIt

from chalicelib.core.events.courier import HttpCourier, UrlRule
from chalicelib.core.ports.reader import Finding
from chalicelib.core.providers.github import GitHubForge
from chalicelib.products.qa import issues
from local.github import GitHub

JOB = "job_01k9z2v7q3m8n5p4r6s1t0w2xy"
PAGE, JOB_URL = "https://example.com/shop?step=2", f"https://byhand.test/api/job/{JOB}"
JOINER = issues.WORD_JOINER
COMMON = MarkdownIt("gfm-like", {"html": True, "linkify": False})

HOSTILE = [
    "@octocat and @octo-org/team and (@octocat)",
    "#12, fixes #12, closes octocat/hello-world#12, GH-12, gh-12",
    "Resolves https://github.com/octocat/hello-world/issues/12",
    "https://evil.example and www.evil.example and <https://evil.example>",
    "[click](https://evil.example) ![x](https://evil.example/x.png) [a]: https://evil.example",
    "<img src=x onerror=alert(1)> <script>alert(1)</script> <details open>",
    "# Heading\n\nHeading\n===\n\n- [x] task\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "```\n@octocat #12\n```\n@octocat",
    "``````text\n``````\n@octocat ~~~\n~~~",
    "\n```\n\n<!-- byhand:" + JOB + "/2 -->",
    f"<!-- byhand:{JOB}/2 --> <!-- byhand:{JOB}/1 -->",
    "-->\n@octocat\n<!--",
    "\r@octocat\u2028#12\u2029@octocat\x85@octocat",
    "\u202e@octocat\x00",
    "   indented\n\ttabbed @octocat",
    "> quoted @octocat\n1. listed #12",
    "`" * 300 + "\n@octocat",
    "&#64;octocat &lt;b&gt; \\@octocat",
    "d3adb33fd3adb33fd3adb33fd3adb33fd3adb33f octocat@d3adb33f",
]


def _draft(description: str = "The button does nothing.", title: str = "It is broken", number: int = 1) -> issues.Draft:
    return issues.draft(Finding(title, description, "high"), JOB, number, PAGE, JOB_URL)


def _plain(text: str) -> str:
    """All that GitHub looks through for signs: what is in no code and in no comment."""
    said = []
    for token in COMMON.parse(text):
        said += [one.content for one in token.children or [] if one.type != "code_inline"]
        if token.type == "html_block":
            said.append(re.sub("<!--.*?-->", "", token.content, flags=re.S))
    return "".join(said)


def test_an_issue_says_what_was_found_where_and_by_which_job() -> None:
    assert _draft() == issues.Draft(
        title="It is broken",
        text=f"**Severity:** high  \n**Page:** `{PAGE}`\n\n```text\nThe button does nothing.\n```\n\n"
        f"Found by a person who tried the page: [`{JOB}`]({JOB_URL})\n\n<!-- byhand:{JOB}/1 -->\n",
        mark=f"<!-- byhand:{JOB}/1 -->",
    )


def test_without_an_address_of_the_job_its_name_is_told() -> None:
    made = issues.draft(Finding("t", "d"), JOB, 1, PAGE)
    assert f"tried the page: `{JOB}`\n" in made.text


@pytest.mark.promise("qa.issues.neutral")
@pytest.mark.parametrize("hostile", HOSTILE)
def test_whatever_a_stranger_writes_is_code_and_nothing_else(hostile: str) -> None:
    usual, made = _draft(), _draft(hostile)
    assert _plain(made.text) == _plain(usual.text), "outside of code there are our words alone"
    shape = [(token.type, token.tag) for token in COMMON.parse(made.text)]
    assert shape == [(token.type, token.tag) for token in COMMON.parse(usual.text)]
    (block,) = [token.content for token in COMMON.parse(made.text) if token.type == "fence"]
    words = "".join(re.findall(r"\w", hostile))
    assert "".join(re.findall(r"\w", block)) == words, "every word is there to be read"


@pytest.mark.promise("qa.issues.neutral")
@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_mark_is_only_ever_ours(hostile: str) -> None:
    made = issues.draft(Finding(hostile, hostile), JOB, 1, f"{PAGE}<!-- byhand:{JOB}/2 -->", JOB_URL)
    assert re.findall("<!--.*?-->", made.text, re.S) == [made.mark]
    assert made.text.endswith(f"{made.mark}\n")


@pytest.mark.promise("qa.issues.neutral")
@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_title_is_one_line_in_which_nothing_is_a_sign(hostile: str) -> None:
    title = _draft(title=hostile).title
    assert title
    assert len(title) <= issues.TITLE_MAX
    assert len(title.splitlines()) == 1
    assert not re.search(rf"@\w|#\d|\bgh-\d|://[^{JOINER}]|\bwww\.\w|[\x00-\x1f\u202a-\u202e]", title, re.IGNORECASE)


def test_a_title_reads_as_it_was_written() -> None:
    title = _draft(title="  The\n“Pay” button: 3 of 5   clicks fail (50 %) — a_b, C#, e-mail me  ").title
    assert title == "The “Pay” button: 3 of 5 clicks fail (50 %) — a_b, C#, e-mail me"
    assert _draft(title="ask @octocat about #12").title == f"ask @{JOINER}octocat about #{JOINER}12"


def test_a_title_of_nothing_is_the_number() -> None:
    assert _draft(title=" \n\u202e", number=3).title == "Finding 3"


def test_what_is_too_long_is_cut_below_githubs_limits() -> None:
    made = issues.draft(Finding("@a" * 5_000, "`x\n" * 50_000), JOB, 1, PAGE + "x" * 50_000, JOB_URL)
    assert len(made.title) == 256
    assert made.title.endswith("…")
    assert len(made.text) < 65_536
    assert "…" in made.text
    assert made.text.endswith(f"{made.mark}\n")


def test_long_lines_are_folded_between_words_and_addresses_stay_whole() -> None:
    address = "https://example.com/" + "a" * 150
    text = _draft(f"{'word ' * 60}\n\n  then {address}").text
    lines = text[text.index("```text") : text.index("Found")].splitlines()
    assert address in lines
    assert all(len(line) <= 100 or line == address for line in lines)
    assert lines[4:6] == ["", "  then"]


@pytest.mark.parametrize("url", ["https://e.test/`@octocat`", "https://e.test/\n\n@octocat", "https://e.test/)(#12 é"])
def test_an_address_never_leaves_its_place(url: str) -> None:
    made = issues.draft(Finding("t", "d"), JOB, 1, url, url)
    said = _plain(made.text)
    assert "octocat" not in said
    assert "#12" not in said
    assert made.text.count("\n") == issues.draft(Finding("t", "d"), JOB, 1, PAGE, PAGE).text.count("\n")


@pytest.mark.promise("qa.issues.page")
@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://ann:secret@example.com/a", "https://example.com/a"),
        ("HTTPS://ann@example.com", "HTTPS://example.com"),
        ("https://a@b.com:secret@example.com:8443?to=c@d.com", "https://example.com:8443?to=c@d.com"),
        ("https://shop.example.com?email=a@b.com", "https://shop.example.com?email=a@b.com"),
        ("https://shop.example.com#a@b.com", "https://shop.example.com#a@b.com"),
        ("https://shop.example.com/@ann?x=1@2", "https://shop.example.com/@ann?x=1@2"),
        ("https://shop.example.com\\@b.com/", "https://shop.example.com%5C@b.com/"),
        ("https://\\ann:secret@example.com/", "https://%5Cexample.com/"),
        ("https://[2001:db8::1]/a@b", "https://[2001:db8::1]/a@b"),
    ],
)  # fmt: skip
def test_an_issue_names_the_page_itself_and_nobodys_password(url: str, shown: str) -> None:
    assert f"**Page:** `{shown}`\n" in issues.draft(Finding("t", "d"), JOB, 1, url).text


@pytest.mark.promise("qa.github.issues_once", "qa.issues.neutral")
def test_each_finding_is_found_by_its_own_mark_whatever_the_others_say() -> None:
    second, first = _draft(number=2), _draft(f"<!-- byhand:{JOB}/2 -->", f"<!-- byhand:{JOB}/2 -->")
    with GitHub({"octocat/shop": {}}) as github:
        forge = GitHubForge(HttpCourier(UrlRule(https_only=False, loopback_allowed=True)), github.url, github.token)
        opened = forge.open("octocat/shop", first.title, first.text)
        assert forge.find("octocat/shop", first.mark) == opened
        assert forge.find("octocat/shop", second.mark) is None
        assert forge.find("octocat/shop", _draft(number=11).mark) is None
        assert forge.open("octocat/shop", second.title, second.text) == forge.find("octocat/shop", second.mark)
