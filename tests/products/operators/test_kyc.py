"""KYC: notices of the identity check, and decisions of the backoffice (rulings 2, 20)."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.doors.strangers import StillClock
from tests.harness import House, Operator, Reply
from tests.listening import listening

SECRET = "the-secret-of-the-identity-check"
HOOK = "/api/v1/webhooks/kyc"
AT = datetime(2026, 2, 21, 13, 23, 19, 321_000, tzinfo=UTC)


@pytest.fixture
def settings() -> dict[str, str]:
    return {"KYC_WEBHOOK_SECRET": SECRET}


def _notice(operator_id: str, answer: str = "GREEN", at: datetime = AT, **words: Any) -> bytes:
    """What Sumsub sends."""
    whole = {
        "applicantId": "5cb56e8e0a975a35f333cb83", "inspectionId": "5cb56e8e0a975a35f333cb84",
        "correlationId": "req-a260b669-4f14-4bb5-a4c5-ac0218acb9a4", "externalUserId": operator_id,
        "levelName": "basic-kyc-level", "type": "applicantReviewed", "reviewStatus": "completed", "sandboxMode": False,
        "reviewResult": {"reviewAnswer": answer, "rejectLabels": ["FORGERY"] if answer == "RED" else []},
        "createdAt": at.strftime("%Y-%m-%d %H:%M:%S+0000"),
        "createdAtMs": at.strftime("%Y-%m-%d %H:%M:%S.") + f"{at.microsecond // 1000:03}",
        **words,
    }  # fmt: skip
    return json.dumps({name: value for name, value in whole.items() if value is not None}).encode()


def _sent(house: House, body: bytes, secret: str = SECRET, alg: str = "HMAC_SHA256_HEX", **headers: str) -> Reply:
    hashes = {"HMAC_SHA256_HEX": "sha256", "HMAC_SHA512_HEX": "sha512", "HMAC_SHA1_HEX": "sha1"}
    digest = hmac.new(secret.encode(), body, hashes[alg]).hexdigest()
    named = {"X-Payload-Digest": digest, "X-Payload-Digest-Alg": alg, **headers}
    return house.request("POST", HOOK, headers=named, raw=body)


def _heard(house: House, operator: Operator, answer: str = "GREEN", at: datetime = AT, **words: Any) -> Any:
    sent = _sent(house, _notice(operator.id, answer, at, **words))
    assert sent.status == 200, sent
    return sent.json["ignored"]


def _status(operator: Operator) -> str:
    return str(operator.get("/operator/me").json["kyc_status"])


def _events(house: House, account: str) -> list[dict[str, Any]]:
    table, client = house.world.store.names["events"], house.world.store.client
    rows = [row for row in client.scan(TableName=table)["Items"] if row["pk"]["S"].startswith(account)]
    return [
        {"type": row["type"]["S"], **json.loads(row["data"]["S"])} for row in sorted(rows, key=lambda r: r["sk"]["S"])
    ]


@pytest.mark.promise("operators.kyc.notice", "operators.kyc.order")
def test_a_signed_notice_decides_and_only_a_newer_one_decides_again(house: House) -> None:
    operator = house.operator()
    assert _heard(house, operator, "RED") is None
    assert _status(operator) == "REJECTED"
    assert _heard(house, operator, "RED") == "older_than_last_decision", "sent again it changes nothing"
    assert _heard(house, operator, "GREEN", AT - timedelta(milliseconds=1)) == "older_than_last_decision"
    assert _status(operator) == "REJECTED"
    assert _heard(house, operator, "GREEN", AT + timedelta(milliseconds=1)) is None
    assert _status(operator) == "APPROVED"
    later = int((AT + timedelta(seconds=5)).timestamp() * 1000)
    assert _heard(house, operator, "RED", createdAtMs=later) is None
    assert _heard(house, operator, createdAtMs=None, createdAt="2026-02-21 15:23:25+0200") is None
    for _ in range(2):
        ahead = _heard(house, operator, "RED", datetime(2199, 1, 1, tzinfo=UTC))
        assert ahead == "dated_ahead", "it would be newer than every decision, each time it is sent"
    assert _status(operator) == "APPROVED"
    told = [(one["before"], one["kyc_status"]) for one in _events(house, operator.id)]
    assert told == [("APPROVED", "REJECTED"), ("REJECTED", "APPROVED")] * 2


@pytest.mark.promise("operators.kyc.notice")
def test_what_decides_nothing_is_taken_logged_and_ignored(house: House) -> None:
    operator = house.operator()
    with listening() as lines:
        assert _heard(house, operator, "RED", type="applicantPending") == "no_decision"
        assert _heard(house, operator, "YELLOW") == "no_decision"
        assert _heard(house, operator, reviewResult=None) == "no_decision"
        bare = {"type": "applicantReviewed", "reviewResult": None, "externalUserId": None, "applicantId": None}
        assert _sent(house, json.dumps(bare).encode()).json["ignored"] == "no_decision"
        bare["reviewResult"] = {"reviewAnswer": "GREEN", "rejectLabels": None}
        assert _sent(house, json.dumps(bare).encode()).json["ignored"] == "unknown_operator"
        for nobody in ("op_" + "0" * 26, "x", "", "agent_" + "0" * 26, "é" * 100):
            assert _sent(house, _notice(nobody)).json == {"ok": True, "ignored": "unknown_operator"}
    assert [line["why"] for line in lines if line["event"] == "kyc.ignored"] == ["no_decision"] * 4 + [
        "unknown_operator"
    ] * 6
    live = house.world.settings.model_copy(update={"byhand_mode": "live"})
    with house.living_in(settings=live):
        assert _heard(house, operator, "RED", sandboxMode=True) == "sandbox"
    assert (_status(operator), _events(house, operator.id)) == ("APPROVED", [])
    for words, field in (
        ({"type": None}, "type"), ({"createdAtMs": "soon"}, "createdAtMs"), ({"createdAtMs": True}, "createdAtMs"),
        ({"createdAtMs": None, "createdAt": None}, "createdAtMs"), ({"reviewResult": "GREEN"}, "reviewResult"),
    ):  # fmt: skip
        refused = _sent(house, _notice(operator.id, **words))
        assert (words, refused.status, refused.json["details"]["field"]) == (words, 400, field)


@pytest.mark.promise("operators.kyc.signature")
def test_a_notice_without_the_agreed_signature_is_401(house: House) -> None:
    operator = house.operator()
    body = _notice(operator.id, "RED")
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    refused = [
        house.request("POST", HOOK, raw=body), _sent(house, body, secret="another secret"),
        _sent(house, body, secret=""),
        _sent(house, body, alg="HMAC_SHA512_HEX"), _sent(house, body, alg="HMAC_SHA1_HEX"),
        _sent(house, body, **{"X-Payload-Digest-Alg": ""}), _sent(house, body, **{"X-Payload-Digest-Alg": "NONE"}),
        _sent(house, body, **{"X-Payload-Digest": ""}), _sent(house, body, **{"X-Payload-Digest": digest[:-1]}),
        _sent(house, body, **{"X-Payload-Digest": "é" * 64}),
        _sent(house, _notice(operator.id), **{"X-Payload-Digest": digest}),
        _sent(house, body.replace(b", ", b","), **{"X-Payload-Digest": digest}),
        _sent(house, _notice(operator.id, type=None), secret="another secret"),
    ]  # fmt: skip
    assert {(one.status, one.json["code"]) for one in refused} == {(401, "invalid_signature")}
    assert _status(operator) == "APPROVED"
    for secret, algorithm in (("", "HMAC_SHA256_HEX"), (SECRET, "HMAC_SHA512_HEX")):
        changed = {"kyc_webhook_secret": secret, "kyc_webhook_algorithm": algorithm}
        with house.living_in(settings=house.world.settings.model_copy(update=changed)):
            assert _sent(house, body, secret=secret).status == 401
            assert _sent(house, body, alg="HMAC_SHA512_HEX").status == (200 if secret else 401)
    assert _status(operator) == "REJECTED"


@pytest.mark.promise("operators.kyc.admin", "operators.kyc.order")
def test_the_backoffice_finds_operators_and_decides_with_a_reason(house: House) -> None:
    operator, other = house.operator(), house.operator()
    decided = house.admin.do(f"/operators/{operator.id}/kyc", reason="documents by post", status="PENDING")
    assert (decided.status, decided.json["kyc_status"]) == (200, "PENDING")
    sheet = house.admin.get(f"/admin/operators/{operator.id}").json
    assert sheet == decided.json
    assert (sheet["kyc_decided_by"], sheet["kyc_reason"], sheet["email"]) == (
        "admin:local", "documents by post", "operator-1@example.com",
    )  # fmt: skip
    waiting = house.admin.get("/admin/operators").json
    assert [one["operator_id"] for one in waiting["data"]] == [operator.id]
    assert _heard(house, operator, "RED") == "older_than_last_decision", "it was made before the backoffice decided"
    assert house.admin.do(f"/operators/{operator.id}/kyc", status="APPROVED").json["kyc_status"] == "APPROVED"
    assert house.admin.get("/admin/operators?kyc_status=PENDING").json["data"] == []
    first = house.admin.get("/admin/operators?kyc_status=APPROVED&limit=1").json
    second = house.admin.get(
        f"/admin/operators?kyc_status=APPROVED&limit=1&cursor={first['pagination']['next_cursor']}"
    ).json
    assert [page["data"][0]["operator_id"] for page in (first, second)] == [other.id, operator.id]
    assert house.admin.get("/admin/operators?kyc_status=APPROVED&offset=1").json["data"] == second["data"]
    audit = [one for one in _events(house, "audit#") if one["type"] == "admin.kyc_decided"]
    assert [one["kyc_status"] for one in audit] == ["PENDING", "APPROVED"]
    assert [one["kyc_status"] for one in _events(house, operator.id)] == ["PENDING", "APPROVED"]


@pytest.mark.promise("operators.kyc.admin")
def test_a_decision_that_is_not_allowed_or_not_whole_is_refused(house: House) -> None:
    operator = house.operator()
    path = f"/operators/{operator.id}/kyc"
    for words, field in (
        ({"status": "MAYBE"}, "status"), ({"reason": " ", "status": "REJECTED"}, "reason"),
        ({"reason": "x" * 501, "status": "REJECTED"}, "reason"), ({}, "status"),
    ):  # fmt: skip
        refused = house.admin.do(path, **words)
        assert (words, refused.status, refused.json["details"]["field"]) == (words, 400, field)
    for unknown in ("op_" + "0" * 26, "op_1", "x" * 3_000):
        missing = house.admin.do(f"/operators/{unknown}/kyc", status="REJECTED")
        assert (missing.status, missing.json["code"]) == (404, "account_not_found")
        assert house.admin.get(f"/admin/operators/{unknown}").status == 404
    for caller in (operator, house.agent()):
        assert caller.send(f"/admin{path}", {"status": "REJECTED", "reason": "x"}).status == 403
        assert caller.get("/admin/operators").status == 403
    assert house.admin.get("/admin/operators?kyc_status=MAYBE").status == 400
    assert _status(operator) == "APPROVED"


@pytest.mark.promise("operators.kyc.order")
def test_a_decision_by_hand_outlives_a_notice_of_a_clock_that_is_ahead(house: House) -> None:
    operator = house.operator()
    with house.living_in(clock=StillClock()) as world:
        ahead = world.wall() + timedelta(minutes=4)
        assert _heard(house, operator, "RED", ahead) is None
        assert house.admin.do(f"/operators/{operator.id}/kyc", status="APPROVED").status == 200
        assert _heard(house, operator, "RED", ahead) == "older_than_last_decision"
        assert _heard(house, operator, "RED", ahead + timedelta(seconds=1)) is None


@pytest.mark.promise("operators.kyc.blocks")
def test_who_is_rejected_takes_no_work_and_is_paid_nothing_out(house: House) -> None:
    agent, operator = house.agent(deposit=100), house.operator()
    task_id = agent.posted()
    assert _heard(house, operator, "RED") is None
    for refused in (operator.accept(task_id), operator.payout(10)):
        assert (refused.status, refused.json["code"]) == (403, "kyc_required")
        assert refused.json["details"]["kyc_status"] == "REJECTED"
    assert _heard(house, operator, "GREEN", AT + timedelta(seconds=1)) is None
    assert operator.accept(task_id).status == 200
