"""Double delivery of what the backoffice puts on the agenda: entries that are about no single task."""

from tests.harness import House
from tests.proofs import order
from tests.proofs.bells import entry_of, give, lose_all
from tests.proofs.deeds import errand

OF_THE_BACKOFFICE = {"task.withdraw_all", "books.prove", "books.prove_day"}


def test_a_board_is_cleared_once_however_often_it_is_rung_for(house: House) -> None:
    agent = house.agent(deposit=100)
    tasks = [errand(agent) for _ in range(3)]
    entry = f"task.withdraw_all:{agent.id}"
    house.admin.do(f"/agents/{agent.id}/suspend")
    lose_all(house)
    for _ in range(2):
        assert give(house, "timers", entry, entry, entry) == []
        house.drain()
    house.advance(minutes=2)
    assert give(house, "timers", entry, f"{entry}:again") == []
    house.admin.do(f"/agents/{agent.id}/unsuspend")
    later = errand(agent)
    assert give(house, "timers", entry, f"{entry}:again") == []
    house.drain()
    assert {agent.task(task_id)["status"] for task_id in tasks} == {"CANCELLED"}
    assert agent.task(later)["status"] == "PENDING"
    order.check(house)


def test_a_proof_of_the_books_is_one_proof_however_often_it_is_rung_for(house: House) -> None:
    for _ in range(3):
        house.agent(deposit=5)
    house.admin.do("/books/prove")
    lose_all(house)
    day = entry_of(house, "books.prove_day")
    assert give(house, "timers", day, day) == []
    chunk = entry_of(house, "books.prove")
    lose_all(house)
    assert give(house, "timers", chunk, chunk, day) == []
    shown = house.admin.get("/admin/books/proof").json
    assert (shown["state"], shown["owners"], shown["proved"]) == ("proved", 3, 3)
    order.check(house)
