"""Slack: one message into one channel, through an incoming webhook.

    header     the title
    section    the facts, two in a row
    section    the text
    section    the link

Words of strangers stand in plain text only, of which Slack makes no mention, link or bold print (ruling 9). A header
has at most 150 characters there, a section 3,000, a field 2,000, and a section ten fields.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from chalicelib.core.agenda.service import TryLater
from chalicelib.core.world import World
from chalicelib.kit import log, words

HEADER_MAX, SECTION_MAX, FIELD_MAX, FIELDS_MAX = 150, 3_000, 2_000, 10
# Beside its address a link has words and signs in the same section.
LINK_WORDS_MAX = 150
LATER = (408, 425, 429)
_CONTROL = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def message(title: str, facts: Mapping[str, str], text: str, link: str | None, link_words: str) -> str:
    """The JSON of a message: a title, some facts by their names, a text, and a link under words of ours, if there is
    one.
    """
    blocks = [{"type": "header", "text": _plain(title, HEADER_MAX)}, *_facts(facts)]
    if text.strip():
        blocks.append({"type": "section", "text": _plain(text, SECTION_MAX)})
    if link is not None:
        words_of_link = {"type": "mrkdwn", "verbatim": True, "text": _link(link, link_words)}
        blocks.append({"type": "section", "text": words_of_link})
    # What a notification shows, and a client that knows no blocks.
    fallback = {"text": _escaped(title, HEADER_MAX), "mrkdwn": False}
    return words.dumps({**fallback, "blocks": blocks, "unfurl_links": False, "unfurl_media": False})


def post(world: World, body: str) -> None:
    """Post a message; a deployment without a channel posts none. Raises TryLater.

    What Slack refuses for good (a payload that it cannot read, a webhook or channel that is gone) is given up and
    logged: the same again would be refused again.
    """
    if not world.settings.slack_webhook_url:
        return
    headers = {"Content-Type": "application/json", "User-Agent": "Byhand/1"}
    receipt = world.courier.post(world.settings.slack_webhook_url, headers, body.encode())
    if receipt.accepted:
        return
    if receipt.status is None or receipt.status >= 500 or receipt.status in LATER:
        raise TryLater(receipt.problem or f"HTTP {receipt.status}")
    log.warning("slack.refused", status=receipt.status)


def _facts(facts: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    fields = [_plain(f"{name}: {value}", FIELD_MAX) for name, value in facts.items()]
    for first in range(0, len(fields), FIELDS_MAX):
        yield {"type": "section", "fields": fields[first : first + FIELDS_MAX]}


def _plain(text: str, most: int) -> dict[str, Any]:
    return {"type": "plain_text", "emoji": False, "text": _escaped(text, most)}


def _link(link: str, link_words: str) -> str:
    """A link, and not a button: Slack reports a button's click to the app behind it, and warns where there is none."""
    address = _escaped(quote(link, safe="%/:?#[]@!$&'()*+,;=~"), SECTION_MAX - LINK_WORDS_MAX - len("<|>"))
    return f"<{address}|{_escaped(link_words.replace('|', ' '), LINK_WORDS_MAX)}>"


def _escaped(text: str, most: int) -> str:
    """A text in which nothing is a sign to Slack, cut to `most` characters as Slack may count them: in UTF-16."""
    pieces = [_CONTROL.get(character, character) for character in words.without_strange(text)]
    lengths = [len(piece.encode("utf-16-le")) // 2 for piece in pieces]
    if sum(lengths) <= most:
        return "".join(pieces)
    kept, left = [], most - len("…")
    for piece, length in zip(pieces, lengths, strict=True):
        left -= length
        if left < 0:
            break
        kept.append(piece)
    return "".join([*kept, "…"])
