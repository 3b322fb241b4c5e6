"""Deposits by card and bank transfer, and what the provider says of them (ruling 27)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.harness import Agent, House, Reply
from tests.listening import listening
from tests.products.tasks.stages import Scene
from tests.proofs import order as rows
from tests.proofs.bells import deliver
from tests.providers import Dlocal, live, notify, signed

CARD = {"amount_usd": 100, "payment_method": "card"}


def _deposit(agent: Agent, key: str | None = None, **words: Any) -> Reply:
    return agent.send("/agents/deposit", {**CARD, **words}, key=key)


def _status(agent: Agent, payment_id: str) -> Reply:
    return agent.send("/agents/deposit/status", {"payment_id": payment_id})


@pytest.mark.promise("fiat.deposit.created", "fiat.status.told")
def test_in_test_mode_funds_are_added_at_once(house: House) -> None:
    agent = house.agent()
    made = _deposit(agent, return_url="https://example.com/")
    txn = made.json.pop("transaction_id")
    assert (made.status, made.json) == (
        200, {"amount_usd": 100, "status": "completed", "message": "Funds added (test mode)"}
    )  # fmt: skip
    assert agent.balance() == (100, 0)
    assert _status(agent, txn).json == {"payment_id": txn, "status": "completed", "amount_usd": 100}
    wrong: list[dict[str, Any]] = [
        {"amount_usd": "4.99"}, {"amount_usd": 10_001}, {"payment_method": "cash"}, {"return_url": "javascript:1"}
    ]  # fmt: skip
    for words in wrong:
        refused = _deposit(agent, **words)
        assert (refused.status, refused.json["details"]["field"]) == (400, next(iter(words)))
    assert house.prove().balances["world/fiat"] == -100_000_000


@pytest.mark.promise("fiat.deposit.created", "fiat.status.told", "fiat.deposit.list")
def test_in_live_the_provider_is_asked_and_its_word_decides(house: House) -> None:
    agent, other, dlocal = house.agent(deposit=7), house.agent(), Dlocal()
    with live(house, dlocal=dlocal):
        made = _deposit(agent, return_url="https://example.com/done").json
        pay = made["payment_id"]
        assert (made["status"], made["redirect_url"]) == ("pending", f"https://dlocal.test/{pay}")
        asked = dlocal.orders[pay]
        assert (asked["amount"], asked["currency"], asked["callback_url"]) == (100, "USD", "https://example.com/done")
        assert asked["notification_url"] == "https://byhand.test/api/v1/webhooks/dlocal"
        assert _status(agent, pay).json == {"payment_id": pay, "status": "pending", "amount_usd": 100}
        for payment_id in (pay, f"pay_{'0' * 26}", "pay_abc123"):
            assert _status(other, payment_id).json["code"] == "payment_not_found"
        dlocal.status = "PAID"
        assert _status(agent, pay).json["status"] == "completed", "a lost notice costs nothing"
        assert notify(house, pay).json == {"received": True}
        second = _deposit(agent, payment_method="bank_transfer").json["payment_id"]
        dlocal.status = "REJECTED"
        assert _status(agent, second).json["status"] == "failed"
        listed = agent.get("/agents/deposits").json["data"]
    assert [(one["payment_id"], one["payment_method"], one["status"], one["amount_usd"]) for one in listed] == [
        (second, "bank_transfer", "failed", 100), (pay, "card", "completed", 100), (None, "usdc", "completed", 7),
    ]  # fmt: skip
    first = agent.get("/agents/deposits?limit=1").json
    rest = agent.get(f"/agents/deposits?cursor={first['pagination']['next_cursor']}").json
    assert first["data"] + rest["data"] == listed
    assert (first["pagination"]["total"], "total" in rest["pagination"]) == (3, False)
    assert agent.balance() == (107, 0)
    house.prove()


@pytest.mark.promise("fiat.deposit.once")
def test_a_repeat_is_the_same_payment_also_when_the_provider_was_never_heard(house: House) -> None:
    agent, dlocal = house.agent(), Dlocal(mood="hangs up")
    with live(house, dlocal=dlocal):
        silent = _deposit(agent, key="k")
        assert (silent.status, silent.json["redirect_url"], silent.json["status"]) == (200, None, "pending")
        assert "did not answer" in silent.json["message"]
        dlocal.mood = "well"
        again, third = _deposit(agent, key="k"), _deposit(agent, key="k")
        assert again.json["payment_id"] == silent.json["payment_id"]
        assert again.json["redirect_url"] == f"https://dlocal.test/{silent.json['payment_id']}"
        assert (third.json, third.headers["idempotent-replayed"]) == (again.json, "true")
        assert list(dlocal.orders) == [silent.json["payment_id"]]
        dlocal.mood = "hangs up"
        assert _status(agent, silent.json["payment_id"]).json["status"] == "pending"
        dlocal.mood = "refuses"
        refused = _deposit(agent).json
        assert (refused["status"], refused["redirect_url"]) == ("failed", None)
    with house.living_in(settings=house.world.settings.model_copy(update={"byhand_mode": "live"})):
        assert _deposit(agent).json["code"] == "deposits_unavailable"


@pytest.mark.promise("fiat.notice.verified")
def test_a_notice_without_the_right_signature_is_nobodys(house: House) -> None:
    agent = house.agent()
    with live(house):
        pay = _deposit(agent).json["payment_id"]
        body = f'{{"status": "PAID", "order_id": "{pay}", "amount": 100}}'.encode()
        headers: list[dict[str, str]] = [
            {},
            {"X-Signature": "x"},
            {"X-Signature": "ü"},
            signed(body, "other"),
            signed(b"{}"),
        ]
        for header in headers:
            refused = house.request("POST", "/api/v1/webhooks/dlocal", headers=header, raw=body)
            assert (header, refused.status, refused.json["code"]) == (header, 401, "invalid_signature")
        unread = house.request("POST", "/api/v1/webhooks/dlocal", raw=b"{")
        assert unread.status == 401, "who it is comes before what it says"
        for nonsense in (b"{", b"[]", b"{}", b'{"order_id": 1, "status": "PAID"}'):
            assert (
                house.request("POST", "/api/v1/webhooks/dlocal", headers=signed(nonsense), raw=nonsense).status == 400
            )
        with listening() as lines:
            assert notify(house, f"pay_{'0' * 26}").status == notify(house, "agentId_timestamp").status == 200
        assert [line["event"] for line in lines if "unknown" in line["event"]] == ["deposit.unknown_order"] * 2
        assert agent.balance() == (0, 0)
    with live(house, dlocal_webhook_secret=""):
        refused = house.request("POST", "/api/v1/webhooks/dlocal", headers=signed(body, ""), raw=body)
        assert refused.status == 401, "an unset secret is no empty key"


@pytest.mark.promise("fiat.notice.verified")
def test_a_notice_that_comes_twice_or_two_at_once_credit_once(house: House) -> None:
    agent = house.agent()
    with live(house):
        pays = [_deposit(agent).json["payment_id"] for _ in range(3)]
        assert [notify(house, pays[0], status).status for status in ("PENDING", "PAID", "PAID", "COMPLETED")] == [
            200
        ] * 4
        assert agent.balance() == (100, 0)
        with ThreadPoolExecutor(6) as many:
            answers = list(many.map(lambda pay: notify(house, pay, amount="100.00"), pays[1:] * 3))
        assert {answer.status for answer in answers} <= {200, 503}
        assert 200 in {answer.status for answer in answers}
        for pay in pays:
            assert notify(house, pay).status == 200
    assert agent.balance() == (300, 0)
    house.prove()


@pytest.mark.promise("fiat.notice.parked")
def test_a_notice_that_does_not_fit_the_order_moves_nothing_and_wakes_somebody(house: House) -> None:
    agent = house.agent()
    wrong: list[dict[str, Any]] = [
        {"amount": 99}, {"amount": None}, {"amount": "1e2"}, {"amount": True}, {"currency": "BRL"}, {"currency": 1}
    ]  # fmt: skip
    with live(house), listening() as lines:
        for words in wrong:
            pay = _deposit(agent).json["payment_id"]
            assert notify(house, pay, **words).status == 200
            assert _status(agent, pay).json["status"] == "parked"
        assert agent.balance() == (0, 0)
        assert notify(house, pay, currency="USD").status == 200
        assert (_status(agent, pay).json["status"], agent.balance()) == ("completed", (100, 0))
        late = _deposit(agent).json["payment_id"]
        assert notify(house, late, "EXPIRED").status == 200
        assert _status(agent, late).json["status"] == "failed"
        notify(house, late)
        assert (_status(agent, late).json["status"], agent.balance()) == ("completed", (200, 0))
    assert len([line for line in lines if line["event"] == "deposit.parked"]) == len(wrong)


@pytest.mark.promise("fiat.reversal.frozen", "fiat.debt.first", "operators.payout.unknown")
def test_a_reversal_takes_what_is_here_and_the_rest_is_lost_owed_and_repaid_first(house: House) -> None:
    agent = house.agent()
    with live(house):
        pay = _deposit(agent).json["payment_id"]
        notify(house, pay)
    agent.posted(reward_usd=50)
    assert agent.balance() == (41, 59)
    with live(house):
        notify(house, pay, "REFUNDED", amount=60)
        assert agent.balance() == (41, 59), "a part is no reversal of the order: it is parked for a person"
        for _ in range(2):
            assert notify(house, pay, "CHARGEBACK").status == 200
        assert _status(agent, pay).json["status"] == "reversed"
    assert agent.balance() == (0, 59)
    balances = house.prove().balances
    assert (balances[f"{agent.id}/owed"], balances["house/losses"]) == (59_000_000, -59_000_000)
    assert agent.post().json["code"] == "balance_owed"
    (entry,) = [row["pk"] for row in rows.scan(house.world.store, "agenda") if row["kind"] == "account.suspend"]
    deliver(house, "timers", entry, entry)
    house.drain()
    told = [row["type"] for row in rows.scan(house.world.store, "events") if row["pk"] == agent.id]
    assert told.count("deposit.reversed") == told.count("account.suspended") == 1
    assert agent.get("/agents/balance").json["code"] == "account_suspended"
    assert house.admin.do(f"/agents/{agent.id}/unsuspend").status == 200
    assert agent.balance() == (59, 0), "its open work has left the board"
    agent.deposit(40)
    assert agent.balance() == (59, 0)
    assert _deposit(agent, amount_usd=30).status == 200
    assert agent.balance() == (70, 0)
    balances = house.prove().balances
    assert (balances[f"{agent.id}/owed"], balances["house/losses"]) == (0, 0)


@pytest.mark.promise("fiat.debt.first")
def test_no_deposit_is_given_back_to_whoever_owes_what_there_is(house: House) -> None:
    agent = house.agent()
    deposit = agent.deposit(30).json["transaction_id"]
    with live(house):
        pay = _deposit(agent).json["payment_id"]
        notify(house, pay)
    tasks = [agent.posted(reward_usd=50) for _ in range(2)]
    with live(house):
        notify(house, pay, "CHARGEBACK")
    assert agent.cancel(tasks[0]).status == 200
    assert agent.balance() == (59, 59)
    assert house.admin.do(f"/deposits/{deposit}/refund").json["code"] == "deposit_used"
    house.prove()


@pytest.mark.promise("fiat.reversal.frozen")
def test_a_reversal_that_overtakes_its_payment_leaves_nothing_to_be_credited(house: House) -> None:
    agent = house.agent()
    with live(house):
        for before in ([], [("EXPIRED", 100)], [("PAID", 99)]):
            pay = _deposit(agent).json["payment_id"]
            for status, amount in [*before, ("REFUNDED", 100), ("PAID", 100)]:
                assert notify(house, pay, status, amount=amount).status == 200
            assert (_status(agent, pay).json["status"], agent.balance()) == ("reversed", (0, 0))
    house.drain()
    assert agent.balance() == (0, 0), "nobody is suspended for money that never came"
    house.prove()


@pytest.mark.promise("fiat.hold.longer")
def test_rewards_behind_a_recent_fiat_deposit_are_held_longer(house: House) -> None:
    agent, operator = house.agent(deposit=500), house.operator()
    plain = Scene(house, agent, operator, agent.posted())
    assert _deposit(agent).status == 200
    recent = Scene(house, agent, operator, agent.posted())
    for one in (plain, recent):
        one.accept()
        one.submit()
        one.judged(95)
        house.drain()
    assert operator.earnings() == (50, 0, 50)
    house.advance(days=7, minutes=1)
    assert operator.earnings() == (25, 25, 50)
    house.advance(days=23)
    assert operator.earnings() == (0, 50, 50)
    house.advance(days=31)
    late = Scene(house, agent, operator, agent.posted())
    late.accept()
    late.submit()
    late.judged(95)
    house.advance(days=7, minutes=1)
    assert operator.earnings() == (0, 75, 75), "after 60 days it is as any other"
