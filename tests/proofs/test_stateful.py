"""A marketplace left to chance: agents, operators, a moody Guardian, lost and repeated bells, and jumps in time.

After every step everything in order.py holds, and every answer is one that the rows before it called for. At the end
time goes on until nothing is left to do, and then everything has ended.
"""

from contextlib import AbstractContextManager
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chalicelib.core.board import store as board
from chalicelib.core.heads import Ref
from chalicelib.core.ledger.store import find_book
from chalicelib.core.world import World
from chalicelib.kit import money
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.table import Item
from chalicelib.products.tasks import rules
from chalicelib.products.tasks.lifecycle import TASK, CancelReason, Status
from chalicelib.products.tasks.model.tasks import Task
from chalicelib.products.tasks.store import tasks as task_rows
from tests import faults
from tests.faults import Fault
from tests.harness import Agent
from tests.proofs import order
from tests.proofs.bells import deliver
from tests.proofs.chance import KEYED, LONG, PICKS, QUICK, Chance
from tests.proofs.stand_ins import Counter, Mailbox, Mind, Purse
from tests.providers import WEBHOOK_SECRET, notify

AGENTS, OPERATORS = st.integers(0, 1), st.integers(0, 1)
ASKED = ("", *Status)
# What may run out of tries here: the Guardian's bell can be lost every time, and a receiver or a rail can stay down.
MAY_DIE = ("task.judge", "webhook.deliver", "payout.pay")
# A moment, a try of the sweeper, the Guardian's patience, the agent's window, a deadline, the agent's patience, a hold.
SPANS = (1, 61, 31 * 60, 2 * 3_600 + 1, 25 * 3_600, 73 * 3_600, 8 * 86_400)
PAYEE = {"payoneer_payee_id": "payee"}


def silent(operation: str, index: int) -> Fault | None:
    """A rail that pays, and whose answer is lost every time."""
    return faults.lost_answer()


class Marketplace(Chance):
    """Two agents and two operators in one house."""

    spans = SPANS

    def __init__(self) -> None:
        super().__init__()
        self.mind, self.mailbox, self.purse = Mind(), Mailbox(), Purse()
        rails = {**self.house.world.rails, "payoneer": self.purse}
        self.open.enter_context(
            self.house.living_in(judge=self.mind, courier=self.mailbox, rails=rails, till=Counter())
        )
        self.agents = [self.house.agent(deposit=amount) for amount in (90, 60)]
        self.operators = [self.house.operator() for _ in range(2)]
        self.tasks: list[tuple[Agent, str]] = []
        self.told: set[str] = set()
        self.estimated: set[str] = set()
        self.steps = 0
        self.claimed: dict[str, tuple[int, str]] = {}
        self.ordered: list[tuple[Agent, str, int]] = []

    @initialize(stages=st.lists(st.integers(0, 5), min_size=4, max_size=4))
    def begin_in_the_middle(self, stages: list[int]) -> None:
        """Some tasks are under way already; chance alone would hardly ever walk one to its end."""
        for number, stage in enumerate(stages):
            self.post(number % 2, 12, 48, 7_200 if number == 3 else 0, told=number > 0, keyed=True)
            if stage > 0:
                self.accept(0, number % 2, keyed=True)
            if stage > 1:
                self.submit(0, number % 2, keyed=True)
            if stage > 2:
                self.drain({3: 95, 4: 70, 5: 20}[stage], receiver_is_up=True)

    # What agents do

    @rule(who=AGENTS, amount=st.integers(5, 40), number=st.integers(0, 4))
    def deposit(self, who: int, amount: int, number: int) -> None:
        """A transaction is credited once: its agent gets the first answer again, another agent is refused."""
        tx_hash = f"0x{number}"
        made = self.agents[who].send("/agents/deposit/usdc", {"tx_hash": tx_hash, "amount_usdc": amount})
        first = self.claimed.setdefault(tx_hash, (who, made.text))
        assert made.status == (200 if first[0] == who else 409), made
        assert made.status == 409 or made.text == first[1]

    @rule(
        who=AGENTS, reward=st.integers(10, 40), hours=st.integers(1, 72), window=st.sampled_from([0, 7_200]),
        told=st.booleans(), keyed=KEYED, estimated=st.booleans(),
    )  # fmt: skip
    def post(
        self, who: int, reward: int, hours: int, window: int, told: bool, keyed: bool, estimated: bool = False
    ) -> None:
        """There is a task if there is money for it, and nothing is owed."""
        agent = self.agents[who]
        callback: dict[str, Any] = {"callback_url": "https://example.com/hook", "callback_secret": "s"} if told else {}
        words = agent.order(
            reward_usd=reward, deadline=self.house.in_time(hours=hours), auto_complete_after_seconds=window,
            task_type="FORM_FILLING", proof_type="CONFIRMATION", location=None, estimate_required=estimated, **callback,
        )  # fmt: skip
        price = money.usd(reward) + rules.fee_micros(money.usd(reward), 0)
        book = find_book(self.house.world.store, agent.id)
        enough = book["deposit"] >= price and not book["owed"]
        made = self.send(agent, "/tasks", words, keyed)
        assert made.status == (201 if enough else 402), made
        if enough:
            self.tasks.append((agent, made.json["task_id"]))
            self.estimated |= {made.json["task_id"]} if estimated else set()
            self.told |= {made.json["task_id"]} if told else set()

    @precondition(lambda self: self.tasks)
    @rule(pick=PICKS, keyed=KEYED)
    def cancel(self, pick: int, keyed: bool) -> None:
        agent, task = self._pick(pick)
        made = self.send(agent, f"/tasks/{task.task_id}/cancel", None, keyed)
        assert made.status == (200 if task.status in TASK.starts("cancel", Role.AGENT) else 409), (task, made)

    @precondition(lambda self: self.tasks)
    @rule(pick=PICKS, decision=st.sampled_from(["APPROVE", "REJECT"]), keyed=KEYED)
    def verify(self, pick: int, decision: str, keyed: bool) -> None:
        agent, task = self._pick(pick)
        made = self.send(agent, f"/tasks/{task.task_id}/verify", {"decision": decision}, keyed)
        decidable = task.status in (Status.SUBMITTED, Status.VERIFIED, Status.MANUAL_REVIEW)
        assert made.status == (200 if decidable else 409), (task, made)

    @precondition(lambda self: self.tasks)
    @rule(pick=PICKS, decision=st.sampled_from(["approve", "reject"]), keyed=KEYED)
    def answer_estimate(self, pick: int, decision: str, keyed: bool) -> None:
        agent, task = self._pick(pick)
        made = self.send(agent, f"/tasks/{task.task_id}/estimate/{decision}", None, keyed)
        if task.status is not Status.ESTIMATE_PENDING:
            expected = 409
        else:
            expected = 200 if decision == "reject" or task.deadline > self.house.now() else 410
        assert made.status == expected, (task, made)

    @precondition(lambda self: self.tasks)
    @rule(pick=PICKS, stars=st.integers(1, 5), keyed=KEYED)
    def rate(self, pick: int, stars: int, keyed: bool) -> None:
        agent, task = self._pick(pick)
        made = self.send(agent, f"/tasks/{task.task_id}/rate", {"rating": stars}, keyed)
        assert made.status == (200 if task.status is Status.COMPLETED and task.rating is None else 409), (task, made)

    @rule(who=AGENTS, amount=st.integers(5, 40))
    def order_fiat(self, who: int, amount: int) -> None:
        with self._real_money():
            made = self.agents[who].send("/agents/deposit", {"amount_usd": amount, "payment_method": "card"})
        assert (made.status, made.json["status"]) == (200, "pending")
        self.ordered.append((self.agents[who], made.json["payment_id"], amount))

    @precondition(lambda self: self.ordered)
    @rule(pick=PICKS, status=st.sampled_from(["PAID", "PAID", "EXPIRED", "CHARGEBACK"]), fits=st.booleans())
    def hear_of_payment(self, pick: int, status: str, fits: bool) -> None:
        """In any order, any number of times. Whom a reversal suspends may go on at once."""
        agent, payment_id, amount = self.ordered[-1 - pick % len(self.ordered)]
        with self._real_money():
            assert notify(self.house, payment_id, status, amount if fits else amount + 1).status == 200
        if status == "CHARGEBACK":
            # A bell may be lost, here as everywhere: then the sweeper brings it.
            entry = f"account.suspend:{agent.id}:{payment_id}"
            deliver(self.house, "timers", entry)
            assert self.house.admin.do(f"/agents/{agent.id}/unsuspend").status == 200

    @precondition(lambda self: self.tasks)
    @rule(pick=PICKS)
    def pry(self, pick: int) -> None:
        """Another agent's task does not exist."""
        agent, task = self._pick(pick)
        other = next(one for one in self.agents if one is not agent)
        assert other.cancel(task.task_id).status == 404
        assert other.verify(task.task_id, "APPROVE").status == 404

    # What operators do

    @precondition(lambda self: self.tasks)
    @rule(pick=PICKS, who=OPERATORS, keyed=KEYED)
    def accept(self, pick: int, who: int, keyed: bool) -> None:
        operator, (_, task) = self.operators[who], self._pick(pick)
        ahead = task.deadline > self.house.now()
        load = self.house.world.store.get(board.TABLE, board.load_row(operator.id)) or {"open": 0}
        room = load["open"] < self.house.world.settings.open_assignments_max
        words = {"estimate_hours": 2} if task.task_id in self.estimated else None
        made = self.send(operator, f"/operator/tasks/{task.task_id}/accept", words, keyed)
        if task.status is Status.PENDING:
            expected = {(200 if room else 409)} if ahead else {410}
        elif task.cancel_reason is CancelReason.EXPIRED:
            expected = {410}
        else:
            expected = {409} if ahead or task.status is not Status.CANCELLED else {409, 410}
        assert made.status in expected, (task, made)

    @precondition(lambda self: self.tasks)
    @rule(pick=PICKS, who=OPERATORS, keyed=KEYED)
    def submit(self, pick: int, who: int, keyed: bool) -> None:
        """Only by whom the task is with; after a dispute, twice more while the window is open."""
        operator, (_, task) = self.operators[who], self._pick(pick)
        words = {"confirmation_text": "I have done what was asked."}
        now = self.house.now()
        made = self.send(operator, f"/operator/tasks/{task.task_id}/submit", words, keyed)
        if operator.id != task.operator_id:
            expected = self._not_theirs(task)
        elif task.status in (Status.ACCEPTED, Status.IN_PROGRESS):
            expected = 200 if rules.latest_work(task.deadline) > now else 410
        elif task.status is not Status.DISPUTED or task.resubmit_until is None:
            expected = 409
        else:
            expected = 200 if task.resubmit_until > now and task.submissions < rules.SUBMISSIONS_MAX else 410
        assert made.status == expected, (task, made)

    @precondition(lambda self: self.tasks)
    @rule(pick=PICKS, who=OPERATORS, keyed=KEYED)
    def start(self, pick: int, who: int, keyed: bool) -> None:
        operator, (_, task) = self.operators[who], self._pick(pick)
        made = self.send(operator, f"/operator/tasks/{task.task_id}/start", None, keyed)
        if operator.id != task.operator_id:
            expected = self._not_theirs(task)
        elif task.status is Status.ACCEPTED:
            expected = 200 if rules.latest_work(task.deadline) > self.house.now() else 410
        else:
            expected = 409
        assert made.status == expected, (task, made)

    @precondition(lambda self: self.tasks)
    @rule(pick=PICKS, who=OPERATORS, keyed=KEYED)
    def give_back(self, pick: int, who: int, keyed: bool) -> None:
        operator, (_, task) = self.operators[who], self._pick(pick)
        made = self.send(operator, f"/operator/tasks/{task.task_id}/release", None, keyed)
        if operator.id != task.operator_id:
            expected = {self._not_theirs(task)}
        else:
            expected = {200, 409} if task.status in TASK.starts("release", Role.OPERATOR) else {409}
        assert made.status in expected, (task, made)

    @rule(who=OPERATORS, amount=st.integers(10, 40), keyed=KEYED, really=st.booleans())
    def pay_out(self, who: int, amount: int, keyed: bool, really: bool) -> None:
        """Play money, or real money to a payee, whom somebody calls later."""
        operator = self.operators[who]
        enough = find_book(self.house.world.store, operator.id)["available"] >= money.usd(amount)
        if really:
            with self._real_money():
                made = operator.send("/operator/payout", {"amount_usd": amount, **PAYEE})
        else:
            made = self.send(operator, "/operator/payout", {"amount_usd": amount}, keyed)
        assert made.status == (200 if enough else 402), made

    # What the backoffice does

    @precondition(lambda self: self.tasks)
    @rule(pick=PICKS, by_admin=st.booleans(), keyed=KEYED)
    def dispute(self, pick: int, by_admin: bool, keyed: bool) -> None:
        """Inside the hold, and once."""
        agent, task = self._pick(pick)
        held = task.held and task.hold_until is not None and task.hold_until > self.house.now()
        in_hold = held and task.status is Status.COMPLETED
        caller, path = (self.house.admin, "/admin") if by_admin else (agent, "")
        made = self.send(caller, f"{path}/tasks/{task.task_id}/dispute", {"reason": "It was not done."}, keyed)
        assert made.status == (200 if in_hold else 409), (task, made)

    @precondition(lambda self: self.tasks)
    @rule(pick=PICKS, outcome=st.sampled_from(["release", "refund", "split"]), keyed=KEYED)
    def resolve(self, pick: int, outcome: str, keyed: bool) -> None:
        """Once, and not while better proof may still come."""
        agent, task = self._pick(pick)
        found = task_rows.find_sheets(self.house.world.store, Ref(agent.id, task.task_id)).dispute
        if found is not None:
            waits = task.resubmit_until and task.resubmit_until > self.house.now()
            may = found.outcome is None and not (waits and task.submissions < rules.SUBMISSIONS_MAX)
            share = {"operator_share": 0.35} if outcome == "split" else {}
            words = {"outcome": outcome, "reason": "I looked.", **share}
            made = self.send(self.house.admin, f"/admin/disputes/{found.dispute_id}/resolve", words, keyed)
            assert made.status == (200 if may else 409), (task, made)

    @precondition(lambda self: self.tasks)
    @rule(pick=PICKS, keyed=KEYED)
    def withdraw(self, pick: int, keyed: bool) -> None:
        _, task = self._pick(pick)
        made = self.send(self.house.admin, f"/admin/tasks/{task.task_id}/cancel", {"reason": "It must not be."}, keyed)
        assert made.status == (200 if task.status in TASK.starts("withdraw", Role.ADMIN) else 409), (task, made)

    @rule(who=AGENTS, by_agent=st.booleans(), seconds=st.sampled_from(SPANS))
    def suspend_for_a_while(self, who: int, by_agent: bool, seconds: int) -> None:
        person = self.agents[who] if by_agent else self.operators[who]
        path = f"/{'agents' if by_agent else 'operators'}/{person.id}"
        assert self.house.admin.do(f"{path}/suspend").status == 200
        assert person.get("/agents/balance" if by_agent else "/operator/me").json["code"] == "account_suspended"
        before = find_book(self.house.world.store, person.id)
        self.house.advance(seconds=seconds)
        order.check(self.house, MAY_DIE)
        after = find_book(self.house.world.store, person.id)
        assert (after["earned"], after["available"]) == (before["earned"], before["available"]) or not by_agent
        assert self.house.admin.do(f"{path}/unsuspend").status == 200

    @rule(pick=PICKS)
    def refund_deposit(self, pick: int) -> None:
        """What is left of it, and once."""
        found = sorted(order.read(self.house.world).deposits, key=lambda row: str(row["transaction_id"]))
        one = found[-1 - pick % len(found)]
        book = find_book(self.house.world.store, one["pk"])
        there = book["deposit"] > book["owed"]
        made = self.house.admin.do(f"/deposits/{one['transaction_id']}/refund")
        assert made.status == (200 if one["state"] == "completed" and there else 409), (one, made)

    # What happens by itself, and what goes wrong

    @rule(
        sure=st.one_of(st.integers(0, 100), st.sampled_from([95, None])),
        receiver_is_up=st.sampled_from([True, True, False]),
        rail=st.sampled_from(["pays", "refuses", "is silent"]),
    )
    def drain(self, sure: int | None, receiver_is_up: bool, rail: str = "pays") -> None:
        self.mind.confidence, self.mailbox.status = sure, 204 if receiver_is_up else 503
        self.purse.refuses, self.purse.fail = rail == "refuses", silent if rail == "is silent" else faults.never
        self.house.drain()

    @invariant()
    def everything_is_in_order(self) -> None:
        found = order.check(self.house, MAY_DIE)
        self.remember(found.entries)
        for task in found.tasks:
            self._check_letters(task, found)
        # order.py compares all the counters; what the door says of them takes turns, because each look is a request.
        self.steps += 1
        for agent in self.agents:
            self._check_list(agent, ASKED[self.steps % len(ASKED)], found.tasks)

    def live_to_the_end(self) -> None:
        """Nothing waits for ever: after some months there is nothing on the agenda but what a person must look at."""
        self.mind.confidence, self.mailbox.status = 95, 204
        self.purse.refuses, self.purse.fail = False, faults.never
        for _ in range(30):
            self.house.advance(days=8)
            found = order.check(self.house, MAY_DIE)
            if all(_is_for_people(row, found) for row in found.entries.values()):
                break
        assert all(_is_for_people(row, found) for row in found.entries.values()), found.entries
        assert {task.status for task in found.tasks} <= {Status.COMPLETED, Status.CANCELLED, Status.DISPUTED}
        assert not any(task.held for task in found.tasks if task.status is not Status.DISPUTED)
        real = {row["sk"]: row["amount_micros"] for row in found.payouts if row["rail"] == "payoneer"}
        ended = {row["sk"] for row in found.payouts if row["state"] == "completed"}
        assert {payout_id: amount for payout_id, (amount, _) in self.purse.paid.items()} == {
            payout_id: amount for payout_id, amount in real.items() if payout_id in ended
        }

    def _check_list(self, agent: Agent, status: str, tasks: list[Task]) -> None:
        page = agent.get(f"/tasks?limit=100{f'&status={status}' if status else ''}").json
        real = {task.task_id for task in tasks if task.account_id == agent.id and status in ("", task.status)}
        assert page["pagination"]["total"] == len(real)
        assert {row["task_id"] for row in page["data"]} == real

    def _check_letters(self, task: Task, found: order.Rows) -> None:
        """One webhook for each verdict, delivered or still to be; never one for anything else."""
        delivered = {letter.message_id for letter in self.mailbox.about(task.task_id)}
        waiting = {
            row["subject"]
            for row in found.entries.values()
            if row["kind"] == "webhook.deliver" and task.task_id in row["data"]
        }
        assert not delivered & waiting
        verdicts = [row for row in found.verdicts if row["pk"] == task.task_id]
        assert len(delivered | waiting) == (len(verdicts) if task.task_id in self.told else 0)

    def _real_money(self) -> AbstractContextManager[World]:
        update = {"byhand_mode": "live", "dlocal_webhook_secret": WEBHOOK_SECRET, "payout_cooling_hours": 0}
        return self.house.living_in(settings=self.house.world.settings.model_copy(update=update))

    def _not_theirs(self, task: Task) -> int:
        """What an operator hears who goes on with a task that they do not have: to claim it, while it can be taken."""
        return 409 if task.status is Status.PENDING and task.deadline > self.house.now() else 404

    def _pick(self, pick: int) -> tuple[Agent, Task]:
        agent, task_id = self.tasks[-1 - pick % len(self.tasks)]
        return agent, task_rows.HEADS.find(self.house.world.store, Ref(agent.id, task_id))


def _is_for_people(row: Item, found: order.Rows) -> bool:
    """Whether only a person can end this: a dead entry, or a dispute without a verdict that nobody has resolved."""
    undecided = {one.dispute_id for one in found.disputes if one.outcome is None and one.confidence is None}
    return "dead" in row or (row["kind"] == "task.resolve" and row["which"].partition("@")[0] in undecided)


def test_whatever_people_do_everything_stays_in_order(moto_session: None) -> None:
    run_state_machine_as_test(Marketplace, settings=QUICK)


@pytest.mark.slow
def test_whatever_people_do_for_long_everything_stays_in_order(moto_session: None) -> None:
    run_state_machine_as_test(Marketplace, settings=LONG)
