"""Double delivery of what the backoffice puts on the agenda: entries that are about no single task."""

from collections.abc import Callable

import pytest

from tests.harness import Agent, House
from tests.products.qa.people import Customer
from tests.proofs import order
from tests.proofs.bells import entry_of, give, lose_all
from tests.proofs.deeds import errand

OF_THE_BACKOFFICE = {"task.withdraw_all", "job.withdraw_all", "books.prove", "books.prove_day"}
# What an agent has on the board, how it is put there, how it stands, and as what it ends when the agent is suspended.
ON_THE_BOARD: dict[str, tuple[Callable[[Agent], str], Callable[[Agent, str], str], str, str]] = {
    "task": (errand, lambda agent, task_id: str(agent.task(task_id)["status"]), "PENDING", "CANCELLED"),
    "job": (
        lambda agent: Customer(agent).ordered(), lambda agent, job_id: str(Customer(agent).job(job_id)["status"]),
        "waiting", "error",
    ),
}  # fmt: skip


@pytest.mark.parametrize("thing", ON_THE_BOARD)
def test_a_board_is_cleared_once_however_often_it_is_rung_for(thing: str, house: House) -> None:
    put_up, status, standing, ended = ON_THE_BOARD[thing]
    agent = house.agent(deposit=100)
    things = [put_up(agent) for _ in range(3)]
    entry = f"{thing}.withdraw_all:{agent.id}"
    house.admin.do(f"/agents/{agent.id}/suspend")
    lose_all(house)
    for _ in range(2):
        assert give(house, "timers", entry, entry, entry) == []
        house.drain()
    house.advance(minutes=2)
    assert give(house, "timers", entry, f"{entry}:again") == []
    house.admin.do(f"/agents/{agent.id}/unsuspend")
    later = put_up(agent)
    assert give(house, "timers", entry, f"{entry}:again") == []
    house.drain()
    assert {status(agent, one) for one in things} == {ended}
    assert status(agent, later) == standing
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
