"""The backoffice's words on tasks: who may speak them, what is kept of them, and what they do (rulings 2 and 15)."""

import hashlib

import pytest

from tests.harness import Admin, House
from tests.products.tasks import disputes
from tests.products.tasks.stages import scene
from tests.proofs import order

ANN, BOB, SHORT, REGISTRATION = "a" * 40, "b" * 32, "s" * 31, "r" * 40
KEYS = {
    "BYHAND_ADMIN_KEY_HASHES": ",".join(
        f"{name}:{hashlib.sha256(key.encode()).hexdigest()}" for name, key in (("ann", ANN), ("bob", BOB), ("c", SHORT))
    ),
    "BYHAND_REGISTRATION_KEY_HASHES": f"partner:{hashlib.sha256(REGISTRATION.encode()).hexdigest()}",
    "BYHAND_REGISTRATION": "admin_key",
}


@pytest.mark.promise("admin.keys.named", "admin.deeds.kept")
@pytest.mark.parametrize("settings", [KEYS])
def test_admin_keys_are_named_and_open_the_backoffice_and_nothing_else(house: House) -> None:
    def asked(method: str, path: str, **headers: str) -> tuple[int, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        made = house.request(method, f"/api/v1{path}", {} if method == "POST" else None, headers=named)
        return made.status, made.json.get("code", "")

    routes = (
        ("GET", "/admin/disputes"), ("POST", "/admin/disputes/dispute_1/resolve"), ("POST", "/admin/tasks/1/dispute"),
        ("POST", "/admin/tasks/1/cancel"),
    )  # fmt: skip
    for method, path in routes:
        for headers in (
            {}, {"X_Admin_Key": ""}, {"X_Admin_Key": SHORT}, {"X_Admin_Key": ANN[:-1]}, {"X_Admin_Key": "ann"},
            {"X_Admin_Key": REGISTRATION}, {"X_API_Key": ANN}, {"Authorization": f"Bearer {ANN}"},
        ):  # fmt: skip
            assert (path, headers, asked(method, path, **headers)[0]) == (path, headers, 403)
        for key in (ANN, BOB):
            assert asked(method, path, X_Admin_Key=key)[0] in (200, 400)
    for path in ("/tasks", "/agents/balance", "/operator/earnings"):
        for headers in ({"X_Admin_Key": ANN}, {"X_API_Key": ANN}, {"X_Operator_Id": ANN}):
            assert (path, headers, asked("GET", path, **headers)[0]) == (path, headers, 401)

    words = {"name": "A", "email": "a@example.com"}
    for key, status in ((REGISTRATION, 201), (ANN, 403)):
        made = house.request("POST", "/api/v1/agents/register", words, headers={"X-Admin-Key": key})
        assert made.status == status, made
        words = {"name": "B", "email": "b@example.com"}


@pytest.mark.promise("admin.deeds.kept")
def test_every_deed_is_kept_with_who_did_it_and_why(house: House) -> None:
    stage = disputes.by_admin(house)
    assert disputes.resolve(stage, "refund", reason="The shop is in Boston.").status == 200
    house.admin.do(f"/tasks/{stage.agent.posted()}/cancel", "Against the law.", key="once")
    assert disputes.audits(house) == [
        ("admin.dispute_resolved", "local", "The shop is in Boston."),
        ("admin.task_cancelled", "local", "Against the law."),
        ("admin.task_disputed", "local", disputes.REASON),
    ]
    (row,) = house.admin.get("/admin/disputes?state=resolved").json["data"]
    assert (row["resolved_by"], row["resolution"]) == ("admin#local", "The shop is in Boston.")


@pytest.mark.promise("admin.tasks.cancelled")
@pytest.mark.parametrize("status", ["PENDING", "ACCEPTED", "SUBMITTED", "VERIFIED", "MANUAL_REVIEW"])
def test_any_task_that_has_not_ended_is_cancelled_refunded_and_its_operator_freed(house: House, status: str) -> None:
    stage = scene(house, status)
    made = house.admin.do(f"/tasks/{stage.task_id}/cancel", key="one")
    assert (made.status, made.json["status"], made.json["refunded_usd"]) == (200, "CANCELLED", 29.5)
    again = house.admin.do(f"/tasks/{stage.task_id}/cancel", key="one")
    assert (again.text, again.headers["idempotent-replayed"]) == (made.text, "true")
    assert (stage.status, stage.task["cancel_reason"]) == ("CANCELLED", "ADMIN")
    assert (stage.agent.balance(), stage.operator.earnings()) == ((10_000, 0), (0, 0, 0))
    house.advance(days=10)
    order.check(house)


@pytest.mark.promise("admin.tasks.cancelled")
def test_what_has_ended_or_is_disputed_is_not_cancelled(house: House) -> None:
    first = scene(house, "COMPLETED")
    for stage in (first, first.next("DISPUTED"), first.next("CANCELLED")):
        refused = house.admin.do(f"/tasks/{stage.task_id}/cancel")
        assert (refused.status, refused.json["code"]) == (409, "wrong_state")
    for task_id in ("task_00000000000000000000000000", "nonsense"):
        for word in ("cancel", "dispute"):
            assert house.admin.do(f"/tasks/{task_id}/{word}").json["code"] == "task_not_found"
    for reason in ("", "x" * 501):
        assert house.admin.do(f"/tasks/{first.task_id}/cancel", reason).json["details"]["field"] == "reason"


@pytest.mark.promise("admin.disputes.listed")
def test_open_disputes_of_all_accounts_are_listed_newest_first_page_by_page(house: House) -> None:
    stages = [disputes.inside_hold(house) for _ in range(3)]
    wanted = [disputes.dispute_id(stage) for stage in reversed(stages)]
    seen, cursor = list[str](), ""
    while True:
        page = house.admin.get(f"/admin/disputes?limit=1{cursor}").json
        seen += [row["dispute_id"] for row in page["data"]]
        if "next_cursor" not in page["pagination"]:
            break
        cursor = f"&cursor={page['pagination']['next_cursor']}"
    assert seen == wanted
    (row,) = house.admin.get("/admin/disputes?limit=1&offset=2").json["data"]
    assert row == {
        "dispute_id": wanted[2], "task_id": stages[0].task_id, "account_id": stages[0].agent.id,
        "operator_id": stages[0].operator.id, "state": "open", "source": "agent", "reason": disputes.REASON,
        "opened_at": row["opened_at"], "completed_before": True, "confidence": 95, "reward_usd": 25,
        "platform_fee_usd": 4.5, "outcome": None, "operator_share_usd": None, "house_share_usd": None,
        "refunded_usd": None, "resolved_by": None, "resolution": None, "resolved_at": None,
    }  # fmt: skip
    disputes.resolve(stages[0], "release")
    assert [row["dispute_id"] for row in house.admin.get("/admin/disputes").json["data"]] == wanted[:2]
    (row,) = house.admin.get("/admin/disputes?state=resolved").json["data"]
    assert (row["dispute_id"], row["state"], row["outcome"], row["house_share_usd"]) == (
        wanted[2], "resolved", "release", 4.5,
    )  # fmt: skip
    assert house.admin.get("/admin/disputes?state=resubmitted").json["data"] == []
    assert house.admin.get("/admin/disputes?state=all").status == 400
    other = Admin(house, {"X-Admin-Key": "x" * 40}, "nobody")
    assert other.get("/admin/disputes").status == 403
