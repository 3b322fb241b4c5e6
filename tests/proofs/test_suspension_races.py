"""A suspension races what its account does at the same moment: no key and no task is left outside of it."""

from collections.abc import Iterator
from functools import partial

import pytest

from tests.harness import Agent, House
from tests.proofs import order
from tests.proofs.crowd import ask_at_once
from tests.proofs.pairs import ERRAND

pytestmark = pytest.mark.slow


@pytest.fixture
def agent(house: House) -> Iterator[Agent]:
    yield house.agent(deposit=500)
    # The second walk over the board comes a minute later; nothing is left to do then.
    house.advance(minutes=2)
    order.check(house)


@pytest.mark.promise("admin.accounts.suspended")
def test_a_key_made_while_its_account_is_suspended_is_suspended_too(house: House, agent: Agent) -> None:
    for number in range(6):
        suspended, *made = ask_at_once(
            partial(house.admin.do, f"/agents/{agent.id}/suspend", key=f"suspend-{number}"),
            *(partial(agent.send, "/agents/keys", {"name": f"{number}-{one}"}) for one in range(3)),
        )
        assert suspended.status == 200
        assert {reply.status for reply in made} <= {201, 403}
        for key in [agent.headers["X-API-Key"], *(one.json["api_key"] for one in made if one.status == 201)]:
            refused = house.request("GET", "/api/v1/agents/balance", headers={"X-API-Key": key})
            assert (refused.status, refused.json["code"]) == (403, "account_suspended")
        assert house.admin.do(f"/agents/{agent.id}/unsuspend").status == 200
        for row in agent.get("/agents/keys").json["data"][:-1]:
            agent.send(f"/agents/keys/{row['id']}", method="DELETE")


@pytest.mark.promise("admin.accounts.board_cleared")
def test_what_is_posted_while_its_account_is_suspended_leaves_the_board_too(house: House, agent: Agent) -> None:
    words = agent.order(**ERRAND)
    suspended, *_ = ask_at_once(
        partial(house.admin.do, f"/agents/{agent.id}/suspend", key="suspend"),
        *(partial(agent.send, "/tasks", words, key=f"post-{one}") for one in range(8)),
    )
    assert suspended.status == 200
    house.drain()
    house.advance(minutes=2)
    assert house.operator().get("/operator/tasks").json["data"] == []
    assert house.admin.get(f"/admin/agents/{agent.id}").json["balances"]["escrow"] == 0
