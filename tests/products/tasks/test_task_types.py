"""Task types: what they are for everybody, and the switches that turn them off (ruling 25)."""

import pytest

from chalicelib.core import settings as configuration
from chalicelib.core.identity import deployment
from chalicelib.core.identity.deployment import Switches
from chalicelib.kit.commit import commit
from chalicelib.kit.lifecycle import MovedOn
from chalicelib.products.tasks.rules import CATEGORIES, TaskType
from tests.harness import House

FORM = {"task_type": "FORM_FILLING", "location": None}


@pytest.mark.promise("tasks.types.listed")
def test_anybody_may_see_what_can_be_asked_for(house: House) -> None:
    found = house.request("GET", "/api/v1/tasks/categories")
    assert found.status == 200
    rows = {row["task_type"]: row for row in [*found.json["digital"], *found.json["physical"]]}
    assert len(found.json["physical"]) == 4
    assert set(rows) == set(TaskType)
    assert rows["CAPTCHA_SOLVING"] == {
        "task_type": "CAPTCHA_SOLVING", "task_domain": "DIGITAL", "default_minutes": 15, "reward_min_usd": 10,
        "description": "Solve CAPTCHAs and visual challenges that AI cannot handle", "reward_max_usd": 10,
        "proof_type": "SCREENSHOT", "tier_2": False, "enabled": True,
    }  # fmt: skip
    minutes = {name: row["default_minutes"] for name, row in rows.items() if row["task_domain"] == "DIGITAL"}
    assert minutes == {
        "CAPTCHA_SOLVING": 15, "FORM_FILLING": 60, "BROWSER_INTERACTION": 60, "CONTENT_REVIEW": 120,
        "DATA_VALIDATION": 120, "ACCOUNT_CREATION": 60, "API_KEY_PROCUREMENT": 120, "PHONE_VERIFICATION": 30,
        "SUBSCRIPTION_SETUP": 120,
    }  # fmt: skip
    assert {name for name, row in rows.items() if row["tier_2"]} == {
        "ACCOUNT_CREATION", "API_KEY_PROCUREMENT", "PHONE_VERIFICATION", "SUBSCRIPTION_SETUP"
    }  # fmt: skip


@pytest.mark.promise("tasks.types.disabled")
@pytest.mark.parametrize("settings", [{"BYHAND_DISABLED_TASK_TYPES": "FORM_FILLING, DELIVERY"}])
def test_a_type_that_the_setting_turns_off_is_403_and_stays_off(house: House) -> None:
    agent = house.agent(deposit=100)
    for refused in (agent.post(**FORM), agent.get("/tasks/quote?reward_usd=20&task_type=FORM_FILLING")):
        assert (refused.status, refused.json["code"]) == (403, "task_type_disabled")
        assert refused.json["details"] == {"task_type": "FORM_FILLING"}
    assert agent.balance() == (100, 0)
    assert agent.post().status == 201
    listed = {row["task_type"]: row for row in house.admin.get("/admin/task-types").json["data"]}
    assert (listed["DELIVERY"]["enabled"], listed["DELIVERY"]["disabled_by"]) == (False, ["setting"])
    refused = house.admin.do("/task-types/DELIVERY", enabled=True)
    assert (refused.status, refused.json["code"]) == (409, "disabled_by_setting")
    off = {
        row["task_type"]
        for row in house.request("GET", "/api/v1/tasks/categories").json["physical"]
        if not row["enabled"]
    }
    assert off == {"DELIVERY"}


@pytest.mark.promise("tasks.types.switched")
def test_the_backoffice_turns_a_type_off_and_on_while_the_deployment_runs(house: House) -> None:
    agent = house.agent(deposit=100)
    turned = house.admin.do("/task-types/FORM_FILLING", enabled=False, reason="abuse", key="off")
    assert (turned.status, turned.json["enabled"], turned.json["disabled_by"]) == (200, False, ["switch"])
    assert house.admin.do("/task-types/FORM_FILLING", enabled=False, reason="abuse", key="off").text == turned.text
    assert agent.post(**FORM).json["code"] == "task_type_disabled"
    house.admin.do("/task-types/PHOTO", enabled=False)
    house.admin.do("/task-types/FORM_FILLING", enabled=True)
    assert agent.post(**FORM).status == 201
    listed = house.admin.get("/admin/task-types").json["data"]
    assert [row["task_type"] for row in listed if not row["enabled"]] == ["PHOTO"]
    assert listed[0] == {
        "task_type": "VERIFICATION", "task_domain": "PHYSICAL", "proof_type": "PHOTO", "reward_max_usd": 10_000,
        "default_minutes": None, "enabled": True, "disabled_by": [],
    }  # fmt: skip


@pytest.mark.promise("tasks.types.switched")
def test_only_an_admin_with_a_reason_turns_a_type_off(house: House) -> None:
    assert house.request("GET", "/api/v1/admin/task-types").status == 403
    assert house.agent().send("/admin/task-types/PHOTO", {"enabled": False, "reason": "x"}).status == 403
    assert house.admin.do("/task-types/PHOTO", enabled=False, reason="").json["details"]["field"] == "reason"
    assert house.admin.do("/task-types/PHOTO").json["details"]["field"] == "enabled"
    assert house.admin.do("/task-types/HACKING", enabled=False).json["code"] == "task_type_not_found"
    assert deployment.switches(house.world.store) == Switches()


def test_of_two_switches_at_once_none_is_lost(house: House) -> None:
    store, seen = house.world.store, Switches()
    commit(store, [deployment.switch_task_types(seen, frozenset({"PHOTO"}))])
    with pytest.raises(MovedOn):
        commit(store, [deployment.switch_task_types(seen, frozenset({"DELIVERY"}))])
    assert deployment.switches(store).disabled_task_types == {"PHOTO"}
    commit(store, [deployment.switch_task_types(deployment.switches(store), frozenset())])
    commit(store, [deployment.switch_task_types(seen, frozenset({"DELIVERY"}))])


def test_the_setting_knows_the_types_that_the_product_has() -> None:
    assert set(configuration.TASK_TYPES) == set(TaskType) == set(CATEGORIES)
