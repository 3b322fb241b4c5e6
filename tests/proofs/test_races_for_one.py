"""Races for what there is only once: a submission, a verdict, a deposit, an address, a key, an upload, a beginning."""

from dataclasses import replace
from functools import partial

import pytest

from chalicelib.core.identity import deployment
from chalicelib.kit.errors import Busy
from tests import faults
from tests.faults import Fault, FlakyClient
from tests.harness import House, picture
from tests.proofs import order
from tests.proofs.bells import entry_of, give
from tests.proofs.crowd import ask_at_once, at_once, statuses
from tests.proofs.deeds import CONFIRMED, HOOK, errand, handed_in
from tests.proofs.deployments import ON_BOTH_STORES
from tests.proofs.stand_ins import Mailbox, Mind, MovableClock

CONFLICT = faults.refused("TransactionConflictException", "UpdateItem")


@ON_BOTH_STORES
def test_of_two_submissions_at_once_one_counts(quiet: House) -> None:
    agent, operator = quiet.agent(deposit=100), quiet.operator()
    task_id = errand(agent)
    assert operator.accept(task_id).status == 200
    replies = ask_at_once(*[partial(operator.submit, task_id, **CONFIRMED)] * 2)
    assert statuses(replies) == {200: 1, 409: 1}
    assert agent.task(task_id)["submissions"] == 1


@ON_BOTH_STORES
def test_several_judges_at_one_entry_are_one_verdict_and_one_webhook(quiet: House) -> None:
    mind, mailbox = Mind(70), Mailbox()
    with quiet.living_in(judge=mind, courier=mailbox):
        agent, operator = quiet.agent(deposit=100), quiet.operator()
        task_id = handed_in(agent, operator, **HOOK)
        at_once(*[partial(give, quiet, "judge", entry_of(quiet, "task.judge"))] * 4)
        assert len(mind.cases) == 1
        at_once(*[partial(give, quiet, "courier", entry_of(quiet, "webhook.deliver"))] * 4)
        quiet.drain()
        assert agent.task(task_id)["status"] == "MANUAL_REVIEW"
        assert [letter.words["event"] for letter in mailbox.letters] == ["task.manual_review"]


@ON_BOTH_STORES
def test_a_transaction_that_two_agents_claim_is_credited_to_one(quiet: House) -> None:
    agents = [quiet.agent(), quiet.agent()]
    words = {"tx_hash": "0xabc", "amount_usdc": "100.00"}
    replies = ask_at_once(*(partial(agent.send, "/agents/deposit/usdc", words) for agent in agents))
    assert statuses(replies) == {200: 1, 409: 1}
    assert sorted(agent.balance()[0] for agent in agents) == [0, 100]


@ON_BOTH_STORES
def test_an_address_that_registers_several_times_is_one_account(quiet: House) -> None:
    words = {"name": "Jane Doe", "email": "jane@example.com"}
    for path, kind in (("/api/v1/agents/register", "account"), ("/api/v1/operator/register", "operator")):
        replies = ask_at_once(*[partial(quiet.request, "POST", path, words)] * 4)
        assert statuses(replies) == {201: 1, 409: 3}
        people = [
            row for row in order.scan(quiet.world.store, "identity") if (row["sk"], "email" in row) == (kind, True)
        ]
        assert len(people) == 1


@ON_BOTH_STORES
def test_a_key_asked_for_several_times_under_one_idempotency_key_is_made_once(quiet: House) -> None:
    agent = quiet.agent()
    replies = ask_at_once(*[partial(agent.send, "/agents/keys", {"name": "ci"}, key="one")] * 4)
    assert statuses(replies) == {201: 1, 409: 3}
    assert len(agent.get("/agents/keys").json["data"]) == 2


@ON_BOTH_STORES
def test_an_upload_handed_in_for_two_tasks_is_proof_of_one(quiet: House) -> None:
    agent, operator = quiet.agent(deposit=100), quiet.operator()
    tasks = [agent.posted(reward_usd=20) for _ in range(2)]
    assert statuses(operator.accept(task_id) for task_id in tasks) == {200: 2}
    url = operator.upload(picture(size=(8, 8)))
    replies = ask_at_once(*(partial(operator.submit, task_id, photos=[url]) for task_id in tasks))
    assert statuses(replies) == {200: 1, 409: 1}
    assert sorted(agent.task(task_id)["status"] for task_id in tasks) == ["ACCEPTED", "SUBMITTED"]


@pytest.mark.parametrize("moment", range(3))
def test_a_process_that_starts_while_another_starts_first_takes_its_data_key(quiet: House, moment: int) -> None:
    store, others = quiet.world.store, list[str]()
    facts = store.get(deployment.TABLE, deployment.FACTS)
    assert facts is not None
    key = {"pk": {"S": facts["pk"]}, "sk": {"S": facts["sk"]}}
    store.client.delete_item(TableName=store.names[deployment.TABLE], Key=key)

    def meanwhile(operation: str, index: int) -> Fault | None:
        if index == moment:
            others.append(deployment.agree(store, "test", lambda: "another key", quiet.world.wall())["data_key"])
        return None

    slow = replace(store, client=FlakyClient(store.client, meanwhile))
    mine = deployment.agree(slow, "test", lambda: "my key", quiet.world.wall())["data_key"]
    later = deployment.agree(store, "test", lambda: "a later key", quiet.world.wall())["data_key"]
    assert {mine, later, *others} == {mine}


# A row in another transaction's hands, which a single write meets by chance only: here it meets it for certain.


@ON_BOTH_STORES
def test_a_sweep_that_meets_a_row_in_a_transaction_asks_again_and_goes_on(quiet: House) -> None:
    agent, clock = quiet.agent(deposit=100), MovableClock(quiet.world.clock)
    client = FlakyClient(quiet.world.store.client, faults.nth_of({0, 1, 3}, CONFLICT, operation="update_item"))
    for _ in range(3):
        errand(agent, deadline=quiet.in_time(minutes=10))
    clock.pass_time(minutes=11)
    with quiet.living_in(clock=clock, store=replace(quiet.world.store, client=client)):
        quiet.sweep()
    with quiet.living_in(clock=clock):
        assert quiet.drain() == 3
    assert agent.balance() == (100, 0)


@ON_BOTH_STORES
def test_a_row_that_transactions_never_let_go_of_is_busy(quiet: House) -> None:
    client = FlakyClient(quiet.world.store.client, faults.nth_of(range(99), CONFLICT))
    with pytest.raises(Busy):
        deployment.advance_clock(replace(quiet.world.store, client=client), 1)
