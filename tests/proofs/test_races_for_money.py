"""Races for money that leaves: a deposit given back while it is spent, and payouts that several hands reach for."""

from functools import partial

import pytest

from tests.harness import House
from tests.proofs import order
from tests.proofs.bells import entry_of, give
from tests.proofs.crowd import ask_at_once, at_once, statuses
from tests.proofs.deeds import errand, handed_in
from tests.proofs.deployments import ON_BOTH_STORES
from tests.proofs.pairs import ERRAND
from tests.proofs.stand_ins import Purse

pytestmark = pytest.mark.slow


@ON_BOTH_STORES
def test_a_deposit_that_is_given_back_while_it_is_spent_is_spent_or_given_back(quiet: House) -> None:
    agent = quiet.agent()
    deposit = agent.deposit("59").json["transaction_id"]
    words = agent.order(**ERRAND)
    posted, also, *given_back = ask_at_once(
        *(partial(agent.send, "/tasks", words, key=f"post-{one}") for one in range(2)),
        *(partial(quiet.admin.do, f"/deposits/{deposit}/refund", key=f"back-{one}") for one in range(2)),
    )
    assert {posted.status, also.status} <= {201, 402}
    returned = [reply.json["refunded_usd"] for reply in given_back if reply.status == 200]
    assert len(returned) <= 1
    assert sum(returned) + sum(agent.balance()) == 59


@pytest.mark.promise("operators.payout.unknown")
@ON_BOTH_STORES
def test_a_payout_that_is_paid_and_sent_back_at_once_is_one_of_the_two(quiet: House) -> None:
    purse = Purse()
    agent, operator = quiet.agent(deposit=100), quiet.operator()
    task_id = handed_in(agent, operator)
    assert agent.verify(task_id, "APPROVE").status == 200
    quiet.advance(days=7, minutes=1)
    settings = quiet.world.settings.model_copy(update={"byhand_mode": "live", "payout_cooling_hours": 0})
    with quiet.living_in(settings=settings, rails={"payoneer": purse}):
        made = operator.send("/operator/payout", {"amount_usd": 20, "payoneer_payee_id": "payee"}).json
        send = partial(give, quiet, "timers", entry_of(quiet, "payout.send"))
        failed, *_ = at_once(partial(quiet.admin.do, f"/payouts/{made['payout_id']}/fail", key="fail"), send, send)
        sent = [row["pk"] for row in order.scan(quiet.world.store, "agenda") if row["kind"] == "payout.pay"]
        at_once(*[partial(give, quiet, "courier", *sent)] * 3)
        quiet.drain()
    assert (failed.status, len(purse.paid)) in ((200, 0), (409, 1))
    assert operator.earnings()[1] == (20 if failed.status == 200 else 0)


@ON_BOTH_STORES
def test_of_many_posts_and_one_suspension_no_money_stays_behind(quiet: House) -> None:
    agent = quiet.agent(deposit=1_000)
    tasks = [errand(agent) for _ in range(3)]
    words = agent.order(**ERRAND)
    replies = ask_at_once(
        partial(quiet.admin.do, f"/agents/{agent.id}/suspend"),
        *(partial(agent.cancel, task_id) for task_id in tasks),
        *(partial(agent.send, "/tasks", words) for _ in range(3)),
    )
    assert set(statuses(replies)) <= {200, 201, 403}
    quiet.drain()
    quiet.advance(minutes=2)
    assert quiet.admin.do(f"/agents/{agent.id}/unsuspend").status == 200
    assert agent.balance() == (1_000, 0)
