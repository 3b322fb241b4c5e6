"""Slack: what a message is made of, and what is done about the answers of its webhook."""

import json
import logging
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.core.agenda.service import TryLater
from chalicelib.core.ports.courier import Receipt
from chalicelib.core.providers import slack
from chalicelib.core.world import World
from tests.core.stand_ins import Notebook

URL = "https://hooks.slack.example/services/T0/B0/a-secret-that-nobody-reads"


def _message(title: str = "A test waits", text: str = "Try it.", **facts: str) -> dict[str, Any]:
    made = slack.message(title, facts, text, "https://byhand.test/operator/#job_1", "Open it")
    return dict(json.loads(made))


def _at_slack(world: World, *receipts: Receipt) -> tuple[World, Notebook]:
    courier = Notebook(list(receipts))
    settings = world.settings.model_copy(update={"slack_webhook_url": URL})
    return replace(world, settings=settings, courier=courier), courier


def test_a_message_has_a_title_facts_a_text_and_a_link() -> None:
    plain = {"type": "plain_text", "emoji": False}
    assert _message(Pays="$0.54", Minutes="5") == {
        "text": "A test waits", "mrkdwn": False,
        "blocks": [
            {"type": "header", "text": {**plain, "text": "A test waits"}},
            {"type": "section", "fields": [{**plain, "text": "Pays: $0.54"}, {**plain, "text": "Minutes: 5"}]},
            {"type": "section", "text": {**plain, "text": "Try it."}},
            {
                "type": "section",
                "text": {
                    "type": "mrkdwn", "verbatim": True, "text": "<https://byhand.test/operator/#job_1|Open it>"
                },
            },
        ],
        "unfurl_links": False, "unfurl_media": False,
    }  # fmt: skip


def test_what_is_not_there_has_no_block() -> None:
    assert [block["type"] for block in _message(text=" \n")["blocks"]] == ["header", "section"]


@pytest.mark.promise("qa.slack.neutral")
@pytest.mark.parametrize(
    "hostile",
    ["<!channel>", "<!here|all>", "<@U123>", "<https://evil.example|Open it>", "&lt;!channel&gt;", "*_~`>", ":skull:",
     "\u202egnp.exe", "a\x00b\x07"],
)  # fmt: skip
def test_words_of_strangers_are_signs_nowhere(hostile: str) -> None:
    made = _message(hostile, hostile, **{hostile: hostile})
    *strangers, link = made["blocks"]
    texts = [part for block in strangers for part in (block.get("fields") or [block["text"]])]
    assert {part["type"] for part in texts} == {"plain_text"}
    assert not any(part["emoji"] for part in texts)
    said = "".join([made["text"], *(part["text"] for part in texts)])
    assert not set(said) & set("<>\x00\x07\u202e")
    assert "&" not in said.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
    assert link["text"]["text"] == "<https://byhand.test/operator/#job_1|Open it>"


def test_a_link_has_no_way_out_of_itself() -> None:
    made = slack.message("t", {}, "x", "https://byhand.test/a|b><!channel> c?x=1&y=2", "Open | <it>")
    (said,) = [block["text"]["text"] for block in json.loads(made)["blocks"] if block.get("text", {}).get("verbatim")]
    assert said == "<https://byhand.test/a%7Cb%3E%3C!channel%3E%20c?x=1&amp;y=2|Open   &lt;it&gt;>"


@pytest.mark.parametrize("character", ["x", "&", "🦄", "é"])
def test_every_limit_of_slack_is_kept_and_no_escape_is_cut_in_two(character: str) -> None:
    long = character * 5_000
    made = _message(long, long, **{f"{number}": long for number in range(12)})
    header, *facts, text, link = made["blocks"]
    fields = [field["text"] for block in facts for field in block["fields"]]
    assert [len(block["fields"]) for block in facts] == [10, 2]
    said = [(header["text"]["text"], 150), (text["text"]["text"], 3_000), *((one, 2_000) for one in fields)]
    for words, most in said:
        units = len(words.encode("utf-16-le")) // 2
        assert most - 5 < units <= most
        assert words.endswith("…")
        rest = words.removesuffix("…").split(": ")[-1]
        assert rest == {"&": "&amp;"}.get(character, character) * (len(rest) // len({"&": "&amp;"}.get(character, "x")))
    assert len(link["text"]["text"]) <= 3_000


@pytest.mark.promise("qa.slack.posted")
def test_a_message_is_posted_to_the_webhook(world: World) -> None:
    world, courier = _at_slack(world, Receipt(200))
    slack.post(world, '{"text":"é"}')
    ((url, headers, body),) = courier.carried
    assert (url, headers["Content-Type"], body) == (URL, "application/json", '{"text":"é"}'.encode())


def test_a_deployment_without_a_channel_posts_nothing(world: World) -> None:
    courier = Notebook()
    slack.post(replace(world, courier=courier), "{}")
    assert courier.carried == []


@pytest.mark.promise("qa.slack.posted")
@pytest.mark.parametrize(
    "receipt", [Receipt(None, "TimeoutError"), Receipt(429), Receipt(408), Receipt(500), Receipt(503)], ids=str
)
def test_what_may_get_better_is_tried_again_and_the_reason_tells_no_secret(world: World, receipt: Receipt) -> None:
    world, _ = _at_slack(world, receipt)
    with pytest.raises(TryLater) as caught:
        slack.post(world, "{}")
    assert str(caught.value) == (receipt.problem or f"HTTP {receipt.status}")


@pytest.mark.promise("qa.slack.posted")
@pytest.mark.parametrize("status", [302, 400, 403, 404, 410])
def test_what_slack_refuses_for_good_is_given_up_and_logged_without_the_secret(
    world: World, status: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("byhand"), "propagate", True)
    world, courier = _at_slack(world, Receipt(status))
    slack.post(world, "{}")
    assert len(courier.carried) == 1
    assert "slack.refused" in caplog.text
    assert str(status) in caplog.text
    assert "a-secret" not in caplog.text
    assert "a-secret" not in repr(world.settings)
