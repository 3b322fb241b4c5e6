"""What agents do with tasks: post, look, cancel, decide."""

from chalicelib.core.agenda import service as agenda
from chalicelib.core.board import service as board
from chalicelib.core.board.model import Opening
from chalicelib.core.events import service as events
from chalicelib.core.heads import Ref, in_hands_of
from chalicelib.core.identity.model import Agent
from chalicelib.core.ledger import postings
from chalicelib.core.ledger import service as ledger
from chalicelib.core.ports.courier import UnsafeUrl
from chalicelib.core.world import World
from chalicelib.kit import ids, once
from chalicelib.kit.clock import iso
from chalicelib.kit.errors import Invalid
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.once import Claim, Outcome
from chalicelib.products.tasks import kinds, news, rules, show
from chalicelib.products.tasks.actions import categories, disputes, endings
from chalicelib.products.tasks.lifecycle import TASK, CancelReason, Status
from chalicelib.products.tasks.model.disputes import Source
from chalicelib.products.tasks.model.tasks import Body, Task, secret_place
from chalicelib.products.tasks.store import tasks as rows
from chalicelib.products.tasks.words import categories as category_words
from chalicelib.products.tasks.words import disputes as dispute_words
from chalicelib.products.tasks.words import tasks as words


def post(world: World, agent: Agent, order: words.TaskOrder, claim: Claim | None) -> Outcome:
    """Open a task and set its price aside.

    Raises Invalid, TaskTypeDisabled, InsufficientFunds, BalanceOwed, KeyReused, InProgress.
    """
    now = world.now()
    rules.check_kind(order.task_type, order.task_domain, has_location=order.location is not None)
    rules.check_credential(order.task_type, order.proof_type, has_key=order.agent_public_key is not None)
    rules.check_reward(order.task_type, order.reward_usd)
    rules.check_deadline(order.deadline, now)
    _check_callback(world, order)
    book, switches = ledger.book_and_switches(world.store, agent.account_id)
    categories.check_enabled(world, switches, order.task_type)
    fee = rules.fee_micros(order.reward_usd, ledger.trailing_rewards_micros(book, now))
    task = Task(
        task_id=ids.new("task"), account_id=agent.account_id, status=Status.PENDING, title=order.title,
        task_type=order.task_type, reward_micros=order.reward_usd, fee_micros=fee, deadline=order.deadline,
        created_at=now, fiat=book.fiat_until > iso(now),
    )  # fmt: skip
    ledger.check_deposit(book, task.total_micros)
    body = _body(world, task, order)
    price = postings.hold(task.task_id, agent.account_id, task.total_micros)
    facts = {"task_id": task.task_id, "status": task.status, **news.price(task)}
    writes = [
        *rows.add_task(task, body),
        board.post(_opening(task, body, agent)),
        *ledger.writes(price, now, book=book),
        agenda.at(kinds.EXPIRE, task.ref.path, task.deadline, now, which=iso(task.deadline)),
        events.record(world, "task.created", agent.account_id, task.task_id, facts),
    ]
    return once.commit(world.store, claim, writes, show.created(task))


def quote(world: World, agent: Agent, query: category_words.QuoteQuery) -> category_words.Quote:
    """What a task with this reward would cost now (ruling 17). Raises Invalid, TaskTypeDisabled."""
    rules.check_reward(query.task_type, query.reward_usd)
    book, switches = ledger.book_and_switches(world.store, agent.account_id)
    if query.task_type:
        categories.check_enabled(world, switches, query.task_type)
    spent = ledger.trailing_rewards_micros(book, world.now())
    fee, percent = rules.fee_micros(query.reward_usd, spent), rules.fee_percent(spent)
    return category_words.Quote(
        reward_usd=query.reward_usd, platform_fee=fee, platform_fee_usd=fee, total_escrow=query.reward_usd + fee,
        fee_percent=percent, tier=rules.TIERS[percent], trailing_30_day_usd=spent,
        minimum_fee_usd=rules.FEE_MIN_MICROS,
    )  # fmt: skip


def find(world: World, agent: Agent, task_id: str) -> words.TaskShown:
    """A task with everything about it. Raises TaskNotFound."""
    return show.task(world, rows.find_sheets(world.store, Ref(agent.account_id, task_id)))


def list_tasks(world: World, agent: Agent, query: words.ListQuery) -> words.TaskPage:
    """The account's tasks, newest first. Raises Invalid for an offset or cursor that leads nowhere."""
    tasks, pagination = rows.HEADS.page(world.store, world.cursors, agent.account_id, query, query.status)
    return words.TaskPage(data=[show.row(one) for one in tasks], pagination=pagination)


def cancel(world: World, agent: Agent, task_id: str, claim: Claim | None) -> Outcome:
    """Withdraw a task nobody works at yet; everything set aside comes back. Raises TaskNotFound, WrongState."""
    task = rows.HEADS.find(world.store, Ref(agent.account_id, task_id))
    move = TASK.find("cancel", task.status, Role.AGENT)
    writes = endings.cancellation(world, task, move, CancelReason.AGENT, where=in_hands_of(task.operator_id))
    answer = words.Cancelled(task_id=task_id, status=Status(move.end), refunded_usd=task.total_micros)
    return once.commit(world.store, claim, writes, answer)


def verify(world: World, agent: Agent, task_id: str, order: words.VerifyOrder, claim: Claim | None) -> Outcome:
    """Decide by hand about proof that was handed in (ruling 14). Raises TaskNotFound, WrongState."""
    task = rows.HEADS.find(world.store, Ref(agent.account_id, task_id))
    approve = order.decision == "APPROVE"
    move = TASK.find("approve" if approve else "reject", task.status, Role.AGENT)
    if approve:
        writes = endings.completion(world, task, move, verified_by="agent")
        message = "Task manually approved and completed."
    else:
        dispute = disputes.new(world, task, Source.AGENT, "The agent rejected the proof.", task.confidence)
        writes = [
            *rows.HEADS.move(task.ref, move, where=disputes.same_proof(task), verified_by="agent"),
            *disputes.enter(world, dispute),
            news.moved(world, task.ref, move, dispute_id=dispute.dispute_id),
        ]
        message = "Proof manually rejected. The escrowed funds stay in escrow until the dispute is resolved."
    answer = words.Decided(task_id=task_id, status=Status(move.end), message=message)
    return once.commit(world.store, claim, writes, answer)


def dispute(
    world: World, agent: Agent, task_id: str, order: dispute_words.DisputeOrder, claim: Claim | None
) -> Outcome:
    """Object to completed work while its reward waits out the hold (ruling 15).

    Raises TaskNotFound, DisputeFinal, WrongState, HoldOver.
    """
    sheets = rows.find_sheets(world.store, Ref(agent.account_id, task_id))
    opened, writes = disputes.dispute_earning(world, sheets, Role.AGENT, Source.AGENT, order.reason)
    answer = dispute_words.Disputed(task_id=task_id, status=Status.DISPUTED, dispute=show.dispute(opened))
    return once.commit(world.store, claim, writes, answer)


def _check_callback(world: World, order: words.TaskOrder) -> None:
    if order.callback_secret and not order.callback_url:
        raise Invalid("callback_secret", "goes with a callback_url")
    if order.callback_url:
        try:
            world.courier.check(order.callback_url)
        except UnsafeUrl as unsafe:
            raise Invalid("callback_url", str(unsafe)) from None


def _body(world: World, task: Task, order: words.TaskOrder) -> Body:
    category, secret = rules.CATEGORIES[task.task_type], order.callback_secret
    return Body(
        description=order.description, location=order.location, proof_requirements=order.proof_requirements,
        task_domain=category.domain, proof_type=order.proof_type or category.proof_type,
        digital_instructions=order.digital_instructions, callback_url=order.callback_url,
        sealed_callback_secret=world.seal.seal(secret, secret_place(task.task_id)) if secret else None,
        auto_complete_after_seconds=order.auto_complete_after_seconds, estimate_required=order.estimate_required,
        agent_public_key=order.agent_public_key,
    )  # fmt: skip


def _opening(task: Task, body: Body, agent: Agent) -> Opening:
    """The task as the board tells of it: operators see no address before they have accepted."""
    return Opening(
        opening_id=task.task_id, product=kinds.PRODUCT, kind=task.task_type, owner_id=agent.account_id,
        owner_email=agent.email, title=task.title, pay_micros=task.reward_micros, posted_at=task.created_at,
        deadline=task.deadline,
        shown=show.on_board(body),
    )  # fmt: skip
