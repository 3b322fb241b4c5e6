"""GET /admin/agenda/dead, POST /admin/agenda/rerun and /drop, GET /admin/audit."""

import pytest

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda import store as rows
from chalicelib.kit.commit import commit
from chalicelib.products.tasks import kinds
from tests.harness import House


def _dead(house: House, *subjects: str) -> list[str]:
    """Entries whose subject does not exist: their jobs bury them."""
    for subject in subjects:
        write = agenda.at(kinds.EXPIRE, subject, house.now(), house.now(), which="2026-02-10T00:00:00.000Z")
        house.world.queues.ring(commit(house.world.store, [write]))
    house.drain()
    return [row["id"] for row in house.admin.get("/admin/agenda/dead").json["data"]]


@pytest.mark.promise("admin.agenda.dead")
def test_dead_entries_are_listed_with_why_page_by_page(house: House) -> None:
    ids = _dead(house, "agent_1/task_1", "agent_1/task_2", "agent_1/task_3")
    assert len(ids) == 3
    page = house.admin.get("/admin/agenda/dead?limit=2").json
    assert page["data"][0] == {
        "id": ids[0], "kind": "task.expire", "subject": "agent_1/task_1", "attempts": 1,
        "why": "there is no agent_1/task_1", "due_at": page["data"][0]["due_at"],
    }  # fmt: skip
    rest = house.admin.get(f"/admin/agenda/dead?limit=2&cursor={page['pagination']['next_cursor']}").json
    assert [row["id"] for row in page["data"] + rest["data"]] == ids


@pytest.mark.promise("admin.agenda.rerun")
def test_a_dead_entry_is_run_again_at_once_with_all_its_tries(house: House) -> None:
    (entry_id,) = _dead(house, "agent_1/task_1")
    told = house.admin.do("/agenda/rerun", "mended", entry_id=entry_id, key="once")
    assert (told.status, told.json) == (200, {"entry_id": entry_id, "state": "due"})
    entry = rows.find(house.world.store, entry_id)
    assert entry is not None
    assert (entry.dead, entry.attempts, entry.why) == (False, 1, "")
    assert house.admin.get("/admin/agenda/dead").json["data"] == []
    refused = house.admin.do("/agenda/rerun", "mended", entry_id=entry_id)
    assert (refused.status, refused.json["code"]) == (409, "entry_not_dead")
    house.drain()
    assert [row["id"] for row in house.admin.get("/admin/agenda/dead").json["data"]] == [entry_id]
    again = house.admin.do("/agenda/rerun", "mended", entry_id=entry_id, key="once")
    assert again.headers["idempotent-replayed"] == "true"


@pytest.mark.promise("admin.agenda.dropped")
def test_a_dead_entry_is_dropped_for_good(house: House) -> None:
    (entry_id,) = _dead(house, "agent_1/task_1")
    told = house.admin.do("/agenda/drop", "nobody needs it", entry_id=entry_id)
    assert (told.status, told.json) == (200, {"entry_id": entry_id, "state": "dropped"})
    for verb in ("rerun", "drop"):
        refused = house.admin.do(f"/agenda/{verb}", entry_id=entry_id)
        assert (refused.status, refused.json["code"]) == (404, "entry_not_found")


@pytest.mark.promise("admin.agenda.dropped")
def test_an_entry_that_is_alive_is_not_dropped(house: House) -> None:
    house.agent(deposit=100).posted()
    alive = next(iter(rows.due(house.world.store, house.now().replace(year=2100), 10)))["pk"]
    refused = house.admin.do("/agenda/drop", entry_id=alive)
    assert (refused.status, refused.json["code"]) == (409, "entry_not_dead")


@pytest.mark.promise("admin.audit.listed")
def test_every_deed_is_told_with_name_and_reason_newest_first(house: House) -> None:
    (entry_id,) = _dead(house, "agent_1/task_1")
    agent = house.agent()
    house.admin.do("/agenda/rerun", "mended", entry_id=entry_id)
    house.admin.do(f"/agents/{agent.id}/suspend", "fraud")
    house.admin.do("/agents/agent_1/suspend", "refused, so nothing was done")
    page = house.admin.get("/admin/audit?limit=1").json
    newest = page["data"][0]
    assert (newest["act"], newest["admin"], newest["subject"], newest["reason"], newest["facts"]) == (
        "admin.account_suspended", "local", agent.id, "fraud", {},
    )  # fmt: skip
    rest = house.admin.get(f"/admin/audit?limit=5&cursor={page['pagination']['next_cursor']}").json["data"]
    assert [(row["act"], row["subject"], row["facts"]["kind"]) for row in rest] == [
        ("admin.entry_rerun", entry_id, "task.expire")
    ]
    assert house.admin.get("/admin/audit?month=2020-01").json["data"] == []
    assert house.admin.get("/admin/audit?month=2020").status == 400
