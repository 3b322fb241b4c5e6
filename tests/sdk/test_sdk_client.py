"""Both clients against the real app: the seed's examples, every verb, typed answers."""

import asyncio
import inspect
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from byhand import AsyncByhand, Byhand
from byhand.drivers import AsyncDesk, AsyncEach, Desk, Each, Now, Soon, _Method
from byhand.errors import (
    Conflict,
    InsufficientFunds,
    Invalid,
    KeyReused,
    Misconfigured,
    NotFound,
    Refused,
    StillWaiting,
    Unauthenticated,
    WrongState,
)
from byhand.verbs import dispatch
from tests.sdk.served import Setting, order


@pytest.mark.promise("sdk.client.dispatch")
def test_the_seeds_first_example_in_python(setting: Setting) -> None:
    client = setting.client()
    task = client.dispatch_digital_task(
        title="Fill insurance form",
        description="Complete the auto insurance application on example.com",
        category="FORM_FILLING",
        reward_usd=15,
        digital_instructions="Use the provided details to fill all required fields",
        proof_type="CONFIRMATION",
    )
    assert (task.status, task.total_escrow) == ("PENDING", Decimal("17.70"))
    whole = client.tasks.get(task.task_id)
    assert (whole.proof_type, whole.proof_requirements) == ("CONFIRMATION", [dispatch.REQUIREMENTS["CONFIRMATION"]])
    assert whole.deadline is not None
    assert timedelta(minutes=115) < whole.deadline - datetime.now(UTC) <= timedelta(hours=2)


def test_a_task_from_post_to_rating(setting: Setting) -> None:
    client, operator = setting.client(), setting.house.operator()
    task = client.tasks.post(**order(setting.house))
    assert client.account.balance().model_dump() == {
        "deposit_balance": Decimal("970.5"), "escrow_balance": Decimal("29.5"), "currency": "USD"
    }  # fmt: skip

    def meanwhile() -> Any:
        yield operator.accept(task.task_id)
        yield operator.hand_in(task.task_id)
        yield setting.house.drain()

    setting.time.meanwhile = meanwhile()
    seen: list[str] = []
    done = client.tasks.wait(task.task_id, on_change=lambda now: seen.append(now.status))
    assert seen == ["PENDING", "ACCEPTED", "SUBMITTED", "COMPLETED"]
    assert done.guardian_result is not None
    assert done.proof is not None
    assert (done.guardian_result.decision, len(done.proof.photos)) == ("APPROVE", 1)
    assert done.completed_at is not None
    assert done.completed_at.tzinfo is not None
    rated = client.tasks.rate(task.task_id, 5, "quick")
    assert (rated.rating, rated.operator.name) == (5, "Jane D.")
    assert client.tasks.dispute(task.task_id, "The sign is another one").status == "DISPUTED"


def test_a_task_cancelled_and_one_decided_by_hand(setting: Setting) -> None:
    client, operator = setting.client(), setting.house.operator()
    task = client.tasks.post(**order(setting.house))
    assert client.tasks.cancel(task.task_id).refunded_usd == Decimal("29.5")
    with pytest.raises(WrongState) as refused:
        client.tasks.cancel(task.task_id)
    assert (refused.value.status, refused.value.code) == (409, "wrong_state")
    assert refused.value.request_id
    other = client.tasks.post(**order(setting.house))
    operator.accept(other.task_id)
    operator.hand_in(other.task_id)
    assert client.tasks.verify(other.task_id, "APPROVE").status == "COMPLETED"


def test_estimates_quotes_categories_and_people_nearby(setting: Setting) -> None:
    client, operator = setting.client(), setting.house.operator()
    ids = [client.tasks.post(**order(setting.house, estimate_required=True)).task_id for _ in range(2)]
    for task_id in ids:
        operator.accept(task_id, estimate_minutes=90)
        waited = client.tasks.wait(task_id)
        assert waited.estimate is not None
        assert (waited.status, waited.estimate.minutes) == ("ESTIMATE_PENDING", 90)
    assert client.tasks.approve_estimate(ids[0]).status == "ACCEPTED"
    assert client.tasks.reject_estimate(ids[1], "too long").status == "PENDING"
    quote = client.tasks.quote("100.50", task_type="PHOTO")
    assert (quote.reward_usd, quote.platform_fee) == (Decimal("100.5"), Decimal("18.09"))
    assert client.tasks.search_operators(lat=40.7, lng=-74.0, radius_km=10).total == 0
    shown = {one.task_type: one for one in client.tasks.categories().digital}
    assert shown["CAPTCHA_SOLVING"].reward_max_usd == Decimal(10)


def test_the_categories_kept_here_are_those_of_the_deployment(setting: Setting) -> None:
    served = {one.task_type: one for one in setting.client().tasks.categories().digital}
    kept = {name: (one.usual, one.proof_type) for name, one in dispatch.CATEGORIES.items()}
    assert kept == {name: (timedelta(minutes=one.default_minutes or 0), one.proof_type) for name, one in served.items()}


def test_money_comes_in_each_of_its_ways(setting: Setting) -> None:
    client = setting.client(deposit=None)
    assert client.account.deposit_usdc(tx_hash="0xabc", amount_usdc="100.00").status == "confirmed"
    added = client.account.deposit(amount_usd=Decimal("20.25"))
    assert (added.amount_usd, added.status) == (Decimal("20.25"), "completed")
    assert [one.amount_usd for one in client.account.deposits()] == [Decimal("20.25"), Decimal(100)]
    assert client.account.balance().deposit_balance == Decimal("120.25")
    with pytest.raises(Invalid) as refused:
        client.account.deposit(amount_usd=1)
    assert refused.value.field == "amount_usd"
    with pytest.raises(NotFound):
        client.account.deposit_status("pay_nowhere")


def test_an_account_is_opened_and_its_keys_turned(setting: Setting) -> None:
    made = setting.client_of(None).account.register(name="my-agent", email="a@example.com", company="Acme Inc")
    client = setting.client_of(made.api_key)
    other = client.account.make_key("ci-pipeline")
    assert [one.name for one in client.account.list_keys()] == ["ci-pipeline", "default"]
    listed = client.account.list_keys()[0]
    assert listed.created_at.tzinfo is not None
    assert client.account.revoke_key(listed.id).revoked
    with pytest.raises(Unauthenticated):
        setting.client_of(other.api_key).account.balance()
    assert made.api_key not in repr(made) + repr(other) + repr(client) + repr(client._driver.wire)


def test_a_list_goes_over_all_its_pages(setting: Setting) -> None:
    client = setting.client()
    ids = [client.tasks.post(**order(setting.house)).task_id for _ in range(5)]
    assert [row.task_id for row in client.tasks.list(page_size=2)] == ids[::-1]
    assert [row.task_id for row in client.tasks.list()] == ids[::-1]
    client.tasks.cancel(ids[0])
    assert [row.task_id for row in client.tasks.list(status="CANCELLED")] == ids[:1]
    page = client.tasks.page(limit=2)
    assert (len(page.data), page.pagination.total) == (2, 5)


def test_a_wait_that_takes_too_long_says_how_the_task_stands(setting: Setting) -> None:
    client = setting.client()
    task = client.tasks.post(**order(setting.house))
    with pytest.raises(StillWaiting) as waited:
        client.tasks.wait(task.task_id, timeout=120)
    assert waited.value.task.status == "PENDING"
    assert setting.time.now == pytest.approx(120)
    pauses = setting.time.slept
    assert pauses[0] <= 1 < pauses[5]
    assert max(pauses) <= 30
    assert client.tasks.wait(task.task_id, until={"PENDING"}).status == "PENDING"


def test_refusals_are_told_apart(setting: Setting) -> None:
    client, poor = setting.client(), setting.client(deposit=None)
    with pytest.raises(InsufficientFunds):
        poor.tasks.post(**order(setting.house))
    with pytest.raises(Invalid) as wrong:
        client.tasks.post(**order(setting.house, reward_usd=1))
    assert wrong.value.field == "reward_usd"
    for strange in ("task_none", "../agents/balance", "a/b?c#d"):
        with pytest.raises((NotFound, Invalid)):
            client.tasks.get(strange)
    with pytest.raises(Misconfigured):
        setting.client_of(None).account.balance()
    client.tasks.post(**order(setting.house), idempotency_key="one")
    with pytest.raises(KeyReused) as reused:
        client.tasks.post(**order(setting.house, title="Another"), idempotency_key="one")
    assert isinstance(reused.value, Conflict | Refused)


@pytest.mark.parametrize("words", [{"deadline": datetime(2026, 1, 1)}, {"reward_usd": "ten"}, {"reward_usd": True}])  # noqa: DTZ001
def test_words_that_cannot_be_meant_are_refused_before_anything_is_sent(
    setting: Setting, words: dict[str, Any]
) -> None:
    client = setting.client()
    with pytest.raises(ValueError):
        client.tasks.post(**order(setting.house, **words))
    with pytest.raises(ValueError):
        client.tasks.get("..")
    with pytest.raises(ValueError, match="deadline"):
        client.dispatch_digital_task(
            title="t", description="d", category="FORM_FILLING", reward_usd=15, idempotency_key="mine"
        )
    assert setting.line.sent == []


def test_the_other_client_does_the_same_when_awaited(setting: Setting) -> None:
    operator = setting.house.operator()

    async def story() -> list[str]:
        async with setting.async_client() as client:
            task = await client.tasks.post(**order(setting.house))

            def meanwhile() -> Any:
                yield operator.accept(task.task_id)
                yield (operator.hand_in(task.task_id), setting.house.drain())

            setting.time.meanwhile = meanwhile()
            done = await client.tasks.wait(task.task_id)
            with pytest.raises(WrongState):
                await client.tasks.cancel(task.task_id)
            return [done.status, *[row.status async for row in client.tasks.list()]]

    assert asyncio.run(story()) == ["COMPLETED", "COMPLETED"]


def _methods(client: type[Desk] | type[AsyncDesk]) -> dict[str, Any]:
    return {name: one for name, one in vars(client).items() if isinstance(one, _Method)}


def test_both_clients_have_the_same_methods_and_each_says_what_it_does(setting: Setting) -> None:
    now, soon = setting.client(), setting.async_client()
    for group in ("account", "tasks", "webhooks", "events"):
        pairs = _methods(type(getattr(now, group))), _methods(type(getattr(soon, group)))
        assert pairs[0].keys() == pairs[1].keys()
        for name, one in pairs[0].items():
            assert isinstance(pairs[1][name], AsyncEach if isinstance(one, Each) else Soon)
            method = getattr(getattr(now, group), name)
            assert inspect.getdoc(method)
            assert "wire" not in inspect.signature(method).parameters
    assert _methods(Byhand).keys() == _methods(AsyncByhand).keys()
    assert all(isinstance(one, Now) for one in _methods(Byhand).values())


def test_a_client_closes_its_own_connections_and_nobody_elses() -> None:
    mine, theirs = httpx.Client(), httpx.AsyncClient()
    with Byhand("ho_x", "http://x", http=mine), Byhand("ho_x", "http://x") as own:
        assert not own._driver.http.is_closed
    assert (mine.is_closed, own._driver.http.is_closed) == (False, True)
    mine.close()

    async def story() -> tuple[bool, bool]:
        async with AsyncByhand("ho_x", "http://x", http=theirs), AsyncByhand("ho_x", "http://x") as own:
            assert repr(own) == "<AsyncByhand http://x/api/v1>"
        left = theirs.is_closed, own._driver.http.is_closed
        await theirs.aclose()
        return left

    assert asyncio.run(story()) == (False, True)
