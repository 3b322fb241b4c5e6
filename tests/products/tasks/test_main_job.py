"""The main job, from registration to payout, through the doors."""

from tests.harness import House


def test_a_task_goes_from_registration_to_payout(house: House) -> None:
    agent, operator = house.agent(deposit=100), house.operator()
    task_id = agent.posted(callback_url=None)
    assert agent.balance() == (70.5, 29.5)

    assert operator.accept(task_id).status == 200
    operator.hand_in(task_id)
    house.drain()

    task = agent.task(task_id)
    assert task["status"] == "COMPLETED", task
    assert task["guardian_result"]["decision"] == "APPROVE"
    assert agent.balance() == (70.5, 0)
    assert operator.earnings() == (25, 0, 25)

    house.advance(days=7)
    assert operator.earnings() == (0, 25, 25)

    paid = operator.payout(25)
    assert (paid.status, paid.json["status"]) == (200, "completed"), paid
    assert operator.earnings() == (0, 0, 25)
    proof = house.prove()
    assert proof.balances["house/fees"] == 4_500_000
    assert proof.balances["world/payouts"] == 25_000_000
