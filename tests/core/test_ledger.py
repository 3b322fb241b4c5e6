"""Books and transfers: whatever is posted, the books say what the transfers say, and nothing goes below zero."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from chalicelib.core.ledger import chart, postings
from chalicelib.core.ledger import service as ledger
from chalicelib.core.ledger import store as rows
from chalicelib.core.ledger.model import Code, Transfer
from chalicelib.core.ledger.postings import Shares
from chalicelib.core.ledger.proof import balances, prove_owner
from chalicelib.core.ledger.service import BalanceOwed, InsufficientFunds
from chalicelib.kit import clock, table
from chalicelib.kit.commit import commit
from chalicelib.kit.store import Store
from chalicelib.kit.table import ConditionBroken, Write
from tests.harness import House

AMOUNTS = some.integers(1, 5)
WHO = some.integers(0, 1)
# One movement: which posting, of which agent and operator, and how much in dollars.
NAMES = [
    "deposit", "hold", "refund", "complete", "settle", "take back", "work by time", "take back wage", "mature",
    "payout",
]  # fmt: skip
MOVES = some.tuples(some.sampled_from(NAMES), WHO, WHO, AMOUNTS)
NOW = datetime(2026, 2, 10, tzinfo=UTC)
DAY = clock.day(NOW)
_numbers = count()


def _fresh(kind: str) -> str:
    return f"{kind}_{next(_numbers)}"


def _open(store: Store, agents: int = 1, operators: int = 1) -> tuple[list[str], list[str]]:
    """Owners with empty books, of nobody else's."""
    mine, theirs = [_fresh("agent") for _ in range(agents)], [_fresh("op") for _ in range(operators)]
    books = [ledger.open_agent(owner) for owner in mine]
    commit(store, books + [ledger.open_operator(owner) for owner in theirs])
    return mine, theirs


def _post(house: House, transfers: Sequence[Transfer]) -> None:
    commit(house.world.store, ledger.writes(transfers, house.now()))


def _transfers(move: tuple[str, int, int, int], agents: Sequence[str], operators: Sequence[str]) -> list[Transfer]:
    name, agent, operator, dollars = move
    payer, payee, work, amount = agents[agent], operators[operator], _fresh("task"), dollars * 1_000_000
    return {
        "deposit": lambda: postings.deposit_usdc(work, payer, amount),
        "hold": lambda: postings.hold(work, payer, amount),
        "refund": lambda: postings.refund(work, payer, amount),
        "complete": lambda: postings.complete(work, payer, payee, amount, 1_000_000, DAY),
        "settle": lambda: postings.settle(work, payer, payee, _shares(amount), DAY),
        "take back": lambda: postings.take_back(work, payer, payee, _shares(amount), DAY),
        "work by time": lambda: postings.pay_by_time(work, payer, payee, amount, 1_000_000, 500_000),
        "take back wage": lambda: postings.take_back_wage(work, payer, payee, _shares(amount)),
        "mature": lambda: postings.mature(work, payee, amount),
        "payout": lambda: [*postings.payout(work, payee, amount), *postings.payout_sent(work, amount)],
    }[name]()


def _shares(amount: int) -> Shares:
    """Half of a reward and of a fee of a fifth."""
    half, tenth = amount // 2, amount // 10
    return Shares(operator=half, house=tenth, reward_back=amount - half, fee_back=tenth)


def _after(held: dict[str, int], transfers: Sequence[Transfer]) -> dict[str, int]:
    sums = defaultdict(int, held)
    for path, amount in balances(transfers).items():
        sums[path] += amount
    return sums


def _private(sums: dict[str, int]) -> dict[str, int]:
    """The sums of agents and operators, who have books; house and world have none."""
    return {path: amount for path, amount in sums.items() if not path.startswith(("house/", "world/"))}


def _changes(writes: Sequence[Write]) -> dict[str, int]:
    """What some writes add to which balance, read from what DynamoDB would be asked."""
    added: dict[str, int] = defaultdict(int)
    for write in writes:
        if write.key.sk == "book":
            pairs = re.findall(r"(#u\d+) (:u\d+)", write.request["UpdateExpression"])
            for name, value in pairs:
                amount = int(write.request["ExpressionAttributeValues"][value]["N"])
                added[f"{write.key.pk}/{write.request['ExpressionAttributeNames'][name]}"] += amount
    return {path: amount for path, amount in added.items() if not path.endswith(("/version", "/legs"))}


def _books(store: Store, owners: Sequence[str]) -> dict[str, int]:
    return {
        f"{owner}/{name}": amount
        for owner in owners
        for name, amount in rows.find_book(store, owner).balances.items()
        if name != "earned"
    }


@settings(max_examples=20)
@given(some.lists(MOVES, max_size=12))
def test_whatever_is_tried_in_whatever_order_no_balance_goes_below_zero_and_the_books_are_right(
    house: House, moves: list[tuple[str, int, int, int]]
) -> None:
    store = house.world.store
    agents, operators = _open(store, 2, 2)
    held: dict[str, int] = defaultdict(int)
    for move in moves:
        transfers = _transfers(move, agents, operators)
        after = _after(held, transfers)
        if min(_private(after).values()) >= 0:
            _post(house, transfers)
            held = after
        else:
            with pytest.raises((InsufficientFunds, ConditionBroken)):
                _post(house, transfers)
    books = _books(store, [*agents, *operators])
    assert books == {path: held[path] for path in books}
    assert [prove_owner(store, owner) for owner in [*agents, *operators]] == [[], [], [], []]


@given(some.lists(MOVES, min_size=1, max_size=20), some.randoms(use_true_random=False))
def test_transfers_fold_to_the_same_sums_in_one_commit_as_in_many_and_in_any_order(
    moves: list[tuple[str, int, int, int]], chance: Random
) -> None:
    transfers = [transfer for move in moves for transfer in _transfers(move, ["agent_a", "agent_b"], ["op_a", "op_b"])]
    at_once = _changes(ledger.writes(transfers, NOW))
    one_by_one = list(transfers)
    chance.shuffle(one_by_one)
    assert at_once == _changes([write for one in one_by_one for write in ledger.writes([one], NOW)])
    assert {path: amount for path, amount in at_once.items() if "rewards_" not in path and "earned" not in path} == (
        _private(balances(transfers))
    )


@given(some.lists(MOVES, min_size=1, max_size=20))
def test_no_two_writes_of_one_commit_meet_on_one_row(moves: list[tuple[str, int, int, int]]) -> None:
    transfers = [transfer for move in moves for transfer in _transfers(move, ["agent_a", "agent_b"], ["op_a", "op_b"])]
    places = [write.key for write in ledger.writes(transfers, NOW)]
    assert len(set(places)) == len(places)


def test_a_transfer_can_be_made_once(house: House) -> None:
    (agent,), _ = _open(house.world.store)
    deposit = postings.deposit_usdc(_fresh("txn"), agent, 5_000_000)
    _post(house, deposit)
    with pytest.raises(ConditionBroken):
        _post(house, deposit)
    assert rows.find_book(house.world.store, agent)["deposit"] == 5_000_000


def test_an_owner_without_a_book_can_receive_nothing_and_a_book_is_opened_once(house: House) -> None:
    with pytest.raises(ConditionBroken):
        _post(house, postings.deposit_usdc(_fresh("txn"), "agent_without_a_book", 5_000_000))
    (agent,), _ = _open(house.world.store)
    with pytest.raises(ConditionBroken):
        commit(house.world.store, [ledger.open_agent(agent)])


def test_a_hold_of_more_than_there_is_says_what_is_needed_and_what_is_there(house: House) -> None:
    (agent,), _ = _open(house.world.store)
    _post(house, postings.deposit_usdc(_fresh("txn"), agent, 5_500_000))
    with pytest.raises(InsufficientFunds) as caught:
        _post(house, postings.hold(_fresh("task"), agent, 29_500_000))
    assert caught.value.sentence == "Insufficient balance for escrow: $29.50 needed, $5.50 available."
    assert caught.value.details == {"required_usd": Decimal("29.5"), "available_usd": Decimal("5.5")}
    with pytest.raises(InsufficientFunds, match=r"Insufficient balance for escrow: \$29.50 needed, \$5.50 available"):
        ledger.check_deposit(ledger.book_of(house.world.store, agent), 29_500_000)


def test_a_payout_of_more_than_is_available_is_refused_whatever_is_pending(house: House) -> None:
    (agent,), (operator,) = _open(house.world.store)
    _post(house, postings.deposit_usdc(_fresh("txn"), agent, 10**8))
    _post(house, postings.hold(_fresh("task"), agent, 10**8))
    _post(house, postings.complete(_fresh("task"), agent, operator, 9 * 10**7, 10**7, DAY))
    with pytest.raises(InsufficientFunds, match=r"for this payout: \$10.00 needed, \$0.00 available"):
        _post(house, postings.payout(_fresh("payout"), operator, 10**7))


def test_while_something_is_owed_nothing_is_set_aside_however_much_there_is(house: House) -> None:
    store = house.world.store
    (agent,), _ = _open(store)
    _post(house, postings.deposit_usdc(_fresh("txn"), agent, 10**9))
    commit(store, [table.update(rows.TABLE, rows.book_row(agent), plus={"owed": 1_500_000})])
    with pytest.raises(BalanceOwed, match=r"This account owes \$1.50; deposits pay that first"):
        _post(house, postings.hold(_fresh("task"), agent, 10_000_000))
    with pytest.raises(BalanceOwed):
        ledger.check_deposit(ledger.book_of(store, agent), 1)


def test_escrow_that_runs_short_is_a_fault_of_ours_and_no_refusal(house: House) -> None:
    (agent,), _ = _open(house.world.store)
    with pytest.raises(ConditionBroken):
        _post(house, postings.refund(_fresh("task"), agent, 1))


@pytest.mark.parametrize("amount", [0, -1])
def test_a_transfer_moves_more_than_nothing_between_two_accounts(amount: int) -> None:
    with pytest.raises(ValueError, match="a transfer moves more than nothing"):
        postings.hold("task_1", "agent_1", amount)
    with pytest.raises(ValueError, match="from one account to another"):
        Transfer("x", Code.HOLD, chart.deposit("a"), chart.deposit("a"), 1)


def test_every_transfer_of_a_day_is_listed_once_whoever_has_legs_of_it(house: House) -> None:
    (agent,), (operator,) = _open(house.world.store)
    transfers = [
        *postings.deposit_usdc(_fresh("txn"), agent, 10**8), *postings.hold(_fresh("task"), agent, 10**8),
        *postings.complete(_fresh("task"), agent, operator, 9 * 10**7, 10**7, DAY),
        *postings.mature(_fresh("task"), operator, 9 * 10**7), *postings.payout(_fresh("payout"), operator, 10**7),
        *postings.payout_sent(_fresh("payout"), 10**6), *postings.payout_failed(_fresh("payout"), operator, 10**6),
    ]  # fmt: skip
    for transfer in transfers:
        _post(house, [transfer])
    today = rows.transfers_on(house.world.store, clock.day(house.now()))
    assert sorted(today, key=lambda one: one.id) == sorted(transfers, key=lambda one: one.id)
    assert house.prove().balances["world/payouts"] == 10**6


def test_earned_counts_what_work_paid_and_neither_holds_nor_payouts_change_it(house: House) -> None:
    store = house.world.store
    (agent,), (operator,) = _open(store)
    _post(house, postings.deposit_usdc(_fresh("txn"), agent, 10**8))
    _post(house, postings.hold(_fresh("task"), agent, 10**8))
    _post(house, postings.complete(_fresh("task"), agent, operator, 3 * 10**7, 10**7, DAY))
    _post(house, postings.mature(_fresh("task"), operator, 3 * 10**7))
    _post(house, postings.payout(_fresh("payout"), operator, 2 * 10**7))
    assert rows.find_book(store, operator).balances == {"pending": 0, "available": 10**7, "earned": 3 * 10**7}
    assert rows.find_book(store, operator).version == 3


@pytest.mark.parametrize(("days_ago", "counted"), [(0, True), (29, True), (30, False), (365, False)])
def test_the_fee_tier_counts_completed_work_of_today_and_the_29_days_before(
    house: House, days_ago: int, counted: bool
) -> None:
    (agent,), (operator,) = _open(house.world.store)
    now = house.now()
    _post(house, postings.deposit_usdc(_fresh("txn"), agent, 10**8))
    _post(house, postings.hold(_fresh("task"), agent, 10**8))
    then = now - timedelta(days=days_ago)
    paid = postings.complete(_fresh("task"), agent, operator, 10**7, 10**6, clock.day(then))
    commit(house.world.store, ledger.writes(paid, then))
    book = ledger.book_of(house.world.store, agent)
    assert ledger.trailing_rewards_micros(book, now) == (10**7 if counted else 0)
    # A day that no longer counts leaves the book when the book next moves, or the row would grow for ever.
    commit(house.world.store, ledger.writes(postings.deposit_usdc(_fresh("txn"), agent, 1), now, book=book))
    assert bool(ledger.book_of(house.world.store, agent).rewards_by_day) is counted
