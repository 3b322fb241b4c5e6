"""What a body may be (rulings 4, 9), and what becomes of strange text."""

import json
from typing import Any

import pytest

from tests.harness import Agent, House, Reply
from tests.products.tasks.stages import scene

DEPOSIT = "/api/v1/agents/deposit/usdc"


def _sent(agent: Agent, raw: bytes, content_type: str = "application/json", path: str = DEPOSIT) -> Reply:
    headers = {**agent.headers, "Content-Type": content_type}
    return agent.house.request("POST", path, headers=headers, raw=raw)


def _nested(depth: int, leaf: str = "1") -> bytes:
    """A right deposit with something ignored in it that makes the whole this deep."""
    inner = '{"a":' * (depth - 1) + leaf + "}" * (depth - 1)
    return f'{{"tx_hash": "0x{depth}", "amount_usdc": 5, "ignored": {inner}}}'.encode()


@pytest.mark.promise("bodies.not_json")
def test_a_body_that_is_no_json_object_is_400(house: House) -> None:
    agent = house.agent()
    for raw in (
        b"{", b"tx_hash=0x1&amount_usdc=5", b"[]", b'[{"tx_hash": "0x1", "amount_usdc": 5}]', b'"text"', b"7", b"null",
        b"true", b'{"tx_hash": "0x1", "amount_usdc": NaN}', b'{"tx_hash": "0x1", "amount_usdc": Infinity}',
        b'{"tx_hash": "0x1", "amount_usdc": -Infinity}', b"{'tx_hash': '0x1', 'amount_usdc': 5}",
        b'{"tx_hash": "0x1", "amount_usdc": 5} {}', b'{"tx_hash": "0x1", "amount_usdc": 5,}', b"\xff\xfe",
        b'{"tx_hash": "0x1", "amount_usdc": 5} // comment', b'{"amount_usdc": ' + b"9" * 5_000 + b"}",
        b'{"tx_hash": "0x1", "amount_usdc": 1e999999999}', b'{"tx_hash": "0x1", "amount_usdc": 1e-999999999}',
    ):  # fmt: skip
        refused = _sent(agent, raw)
        assert (raw, refused.status, refused.json["code"]) == (raw, 400, "invalid")
        assert refused.json["details"]["field"] == "body"
    assert agent.balance() == (0, 0)


@pytest.mark.promise("bodies.too_deep")
def test_a_body_is_nested_at_most_32_deep(house: House) -> None:
    agent = house.agent()
    for depth in (2, 31, 32):
        assert (depth, _sent(agent, _nested(depth)).status) == (depth, 200)
    for raw in (_nested(33), _nested(33, "{}"), _nested(1_000), b"[" * 100_000, b'{"a":' * 200_000):
        refused = _sent(agent, raw)
        assert (len(raw), refused.status, refused.json["details"]["field"]) == (len(raw), 400, "body")


@pytest.mark.promise("bodies.too_large")
def test_a_body_has_at_most_a_megabyte(house: House) -> None:
    agent = house.agent()
    frame = len(b'{"tx_hash": "0x1", "amount_usdc": 5, "ignored": ""}')
    for size, status in ((1024 * 1024, 200), (1024 * 1024 + 1, 413)):
        raw = b'{"tx_hash": "0x1", "amount_usdc": 5, "ignored": "%s"}' % (b"x" * (size - frame))
        assert len(raw) == size
        reply = _sent(agent, raw)
        assert (size, reply.status) == (size, status)
    assert (reply.json["code"], set(reply.json)) == ("too_large", {"error", "details", "code", "request_id"})


@pytest.mark.promise("bodies.content_type")
def test_a_body_of_another_type_is_415(house: House) -> None:
    agent = house.agent()
    right = b'{"tx_hash": "0x1", "amount_usdc": 5}'
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "xml"):
        refused = _sent(agent, right, content_type)
        assert (content_type, refused.status, refused.json["code"]) == (content_type, 415, "unsupported_media_type")
    for content_type in ("application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8"):
        assert (content_type, _sent(agent, right, content_type).status) == (content_type, 200)
    assert house.request("POST", DEPOSIT, headers=agent.headers, raw=right).status == 200, "none said means JSON"


@pytest.mark.promise("bodies.fields")
def test_unknown_fields_are_ignored_and_of_a_field_given_twice_the_last_counts(house: House) -> None:
    agent = house.agent()
    raw = b'{"tx_hash": "0x1", "amount_usdc": 6, "amount_usd": 9000, "amount_usdc": 7, "__proto__": {"a": 1}}'
    assert _sent(agent, raw).json["amount_usd"] == 7
    assert agent.balance() == (7, 0)


@pytest.mark.promise("bodies.empty")
def test_a_verb_without_words_takes_an_empty_body_and_one_with_words_names_what_is_missing(house: House) -> None:
    stage = scene(house)
    for raw in (b"", b"  \n", b"{}", b'{"unknown": 1}'):
        task_id = stage.agent.posted(reward_usd=10)
        cancelled = _sent(stage.agent, raw, path=f"/api/v1/tasks/{task_id}/cancel")
        assert (raw, cancelled.status) == (raw, 200)
    assert stage.operator.accept(stage.task_id).status == 200
    for raw in (b"", b"{}"):
        refused = _sent(stage.agent, raw)
        assert (refused.status, refused.json["details"]["field"]) == (400, "tx_hash")


TEXTS = [
    "Ünïcödé 中文 العربية עברית हिन्दी", "🏪📸👩🏽‍🚀", "\ufeffbom", "line one\nline two\r\n\ttab",
    "\u200fright to left\u200e", "<script>alert(1)</script>", '"; DROP TABLE tasks; --', "{{7*7}} ${7*7} %s",
    "\\u0041 \\n", "e\u0301 é", "\U0001f600" * 50, "../../etc/passwd", "a\u2028b\u2029c",
]  # fmt: skip


@pytest.mark.promise("bodies.text")
def test_text_comes_back_as_it_went_in_whatever_it_says(house: House) -> None:
    agent, operator = house.agent(deposit=1_000), house.operator()
    texts = {agent.posted(title=text, description=text, proof_requirements=[text]): text for text in TEXTS}
    listed = {row["task_id"]: row["title"] for row in agent.get("/tasks").json["data"]}
    offered = {row["task_id"]: row for row in operator.get("/operator/tasks").json["data"]}
    for task_id, text in texts.items():
        task, plain = agent.task(task_id), text.strip()
        assert [task["title"], task["description"], *task["proof_requirements"]] == [plain] * 3
        assert [listed[task_id], offered[task_id]["title"], offered[task_id]["description"]] == [plain] * 3


@pytest.mark.promise("bodies.text")
def test_the_words_of_a_proof_come_back_to_the_letter(house: House) -> None:
    stage, text = scene(house, "ACCEPTED"), "\n".join(TEXTS)
    stage.submit(notes=text)
    assert stage.task["proof"]["notes"] == text


# Controls, and the marks that turn the direction of reading round, behind which a text shows other words than it says.
STRANGE = ["\x00", "\x07", "\x1b[31m", "\x7f", "\x85", "\u202e", "\u2066"]


@pytest.mark.promise("bodies.text_strange")
def test_characters_that_nobody_could_have_meant_are_refused_by_field(house: House) -> None:
    stage = scene(house, "ACCEPTED")
    for strange in STRANGE:
        for field in ("title", "description", "digital_instructions", "callback_secret"):
            text = f"before {strange} after"
            refused = stage.agent.post(**{"callback_url": "https://example.com/", field: text})
            assert (strange, refused.status, refused.json["details"]["field"]) == (strange, 400, field)
        listed = stage.agent.post(proof_requirements=["fine", strange])
        assert (strange, listed.status, listed.json["details"]["field"]) == (strange, 400, "proof_requirements.1")
        notes = stage.operator.submit(stage.task_id, photos=["https://example.com/1.jpg"], notes=strange)
        assert (strange, notes.status, notes.json["details"]["field"]) == (strange, 400, "notes")
    assert stage.status == "ACCEPTED"


@pytest.mark.promise("bodies.text_strange")
def test_half_a_character_is_no_text(house: House) -> None:
    agent = house.agent(deposit=100)
    for field in ("title", "description", "callback_secret", "callback_url", "task_type", "deadline", "reward_usd"):
        order: dict[str, Any] = {"callback_url": "https://example.com/", **agent.order(), field: "half \ud83d"}
        refused = _sent(agent, json.dumps(order).encode(), path="/api/v1/tasks")
        assert (field, refused.status, refused.json["details"]["field"]) == (field, 400, field)
