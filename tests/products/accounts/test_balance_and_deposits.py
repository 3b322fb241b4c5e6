"""GET /agents/balance and POST /agents/deposit/usdc."""

from typing import Any

import pytest

from tests.harness import Agent, House, Reply


def _deposit(agent: Agent, amount: Any, tx_hash: Any = "0xabc...def") -> Reply:
    return agent.send("/agents/deposit/usdc", {"tx_hash": tx_hash, "amount_usdc": amount})


@pytest.mark.promise("accounts.balance.shape")
def test_a_balance_has_a_deposit_an_escrow_and_a_currency(house: House) -> None:
    agent = house.agent(deposit=100)
    agent.posted()
    found = agent.get("/agents/balance")
    assert found.status == 200
    assert found.json == {"deposit_balance": 70.5, "escrow_balance": 29.5, "currency": "USD"}


@pytest.mark.promise("accounts.deposit.credited")
def test_a_deposit_is_credited_at_once_in_test_mode(house: House) -> None:
    agent = house.agent()
    made = _deposit(agent, "100.00")
    assert made.status == 200
    transaction_id = made.json.pop("transaction_id")
    assert made.json == {
        "amount_usd": 100, "status": "confirmed", "chain": "base", "message": "USDC deposit confirmed",
    }  # fmt: skip
    assert transaction_id.startswith("txn_")
    assert agent.balance() == (100, 0)
    house.prove()


@pytest.mark.promise("accounts.deposit.limits")
def test_a_deposit_is_5_to_10_000_dollars(house: House) -> None:
    agent = house.agent()
    wrong: list[Any] = ["0", 1, "4.99", "4.999999", "10000.000001", 1_000_000]
    for amount in wrong:
        refused = _deposit(agent, amount)
        assert (amount, refused.status, refused.json["details"]["field"]) == (amount, 400, "amount_usdc")
    right: list[Any] = ["5", 5, "10000", 10_000]
    for position, amount in enumerate(right):
        assert (amount, _deposit(agent, amount, f"0x{position}").status) == (amount, 200)
    assert agent.balance() == (20_010, 0)


NO_AMOUNTS = [
    "1e2", "+50", "-50", " 50", "50 ", "1_000", "1,000", "\uff15\uff10", "\u0665\u0660", "50.", ".5", "50.0000001",
    "0x32", "NaN", "Infinity", "", "fifty", "$50", True, False, None, [50], {"usd": 50}, -50,
]  # fmt: skip


@pytest.mark.promise("wire.amounts.grammar")
def test_an_amount_is_ascii_digits_with_at_most_six_decimals(house: House) -> None:
    agent = house.agent()
    for amount in NO_AMOUNTS:
        refused = _deposit(agent, amount)
        assert (amount, refused.status, refused.json["details"]["field"]) == (amount, 400, "amount_usdc")
    assert agent.balance() == (0, 0)


@pytest.mark.promise("wire.amounts.grammar")
def test_a_json_number_follows_the_same_grammar_as_text(house: House) -> None:
    agent = house.agent()
    for number in ("1e3", "1E2", "5e1", "50.0000001", "-50", "1e30"):
        raw = f'{{"tx_hash": "0x1", "amount_usdc": {number}}}'.encode()
        refused = house.request("POST", "/api/v1/agents/deposit/usdc", headers=agent.headers, raw=raw)
        assert (number, refused.status, refused.json["details"]["field"]) == (number, 400, "amount_usdc")


@pytest.mark.promise("wire.amounts.numbers")
def test_money_is_written_as_json_numbers_without_float_artefacts(house: House) -> None:
    agent = house.agent()
    for position, amount in enumerate(["5.1", "5.2", "5.000001"]):
        assert _deposit(agent, amount, f"0x{position}").status == 200
    assert '"deposit_balance":15.300001,' in agent.get("/agents/balance").text
    assert '"amount_usd":10000,' in _deposit(agent, "10000.00", "0xbig").text


@pytest.mark.promise("accounts.deposit.hash")
def test_without_a_chain_a_hash_is_any_text_of_1_to_80_characters(house: House) -> None:
    agent = house.agent()
    right: list[Any] = ["0", "0xabc...def", "h" * 80, "Überweisung Nº 7"]
    for tx_hash in right:
        assert (tx_hash, _deposit(agent, 10, tx_hash).status) == (tx_hash, 200)
    wrong: list[Any] = ["", "   ", "h" * 81, 7, None]
    for tx_hash in wrong:
        refused = _deposit(agent, 10, tx_hash)
        assert (tx_hash, refused.status, refused.json["details"]["field"]) == (tx_hash, 400, "tx_hash")
    assert agent.balance() == (40, 0)


@pytest.mark.promise("accounts.deposit.once_per_hash")
def test_the_same_hash_is_credited_once_and_answers_the_same_agent_as_the_first_time(house: House) -> None:
    agent = house.agent()
    first, again, larger = _deposit(agent, 100), _deposit(agent, 100), _deposit(agent, 5_000)
    assert (again.status, again.json) == (200, first.json)
    assert (larger.status, larger.json) == (200, first.json)
    assert agent.balance() == (100, 0)
    house.prove()


@pytest.mark.promise("accounts.deposit.once_per_hash")
def test_a_hash_in_capitals_is_the_same_transaction(house: House) -> None:
    agent = house.agent()
    for tx_hash in ("0xABCDEF01", "0xabcdef01", "0XabcDEF01"):
        assert _deposit(agent, 100, tx_hash).status == 200
    assert agent.balance() == (100, 0)
    assert _deposit(agent, 100, "Not hex").json != _deposit(agent, 100, "NOT HEX").json
    assert agent.balance() == (300, 0)


@pytest.mark.promise("accounts.deposit.once_per_hash")
def test_the_hash_of_another_agent_is_409(house: House) -> None:
    first, other = house.agent(), house.agent()
    assert _deposit(first, 100).status == 200
    refused = _deposit(other, 100)
    assert (refused.status, refused.json["code"]) == (409, "deposit_already_claimed")
    assert (first.balance(), other.balance()) == ((100, 0), (0, 0))
