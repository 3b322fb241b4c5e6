"""The commands. Each reads its words, makes one call, and shows what came of it."""

from enum import StrEnum
from typing import Annotated, Any, Literal

import typer

from byhand import Byhand, PrivateKey, Task, TaskRow, private_files, settings
from byhand.answers import Deposited
from byhand.cli import exits, jobs, show
from byhand.cli.desk import Commands, Json, Key, TaskId, client, deed, moment
from byhand.cli.listen import listen
from byhand.errors import Misconfigured, Misused
from byhand.verbs.dispatch import CATEGORIES

# Tracebacks of typer print local variables, and keys are among them.
app = typer.Typer(
    cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False,
    help="Hire a human from a terminal.",
)  # fmt: skip
app.command()(listen)
app.command("test")(jobs.try_page)
app.command()(jobs.job)
app.command("jobs")(jobs.list_jobs)

PHYSICAL = ("VERIFICATION", "PHOTO", "DELIVERY", "INSPECTION")


class Decision(StrEnum):
    """What may be decided about proof."""

    approve = "approve"
    reject = "reject"


@app.command()
def register(
    name: Annotated[str, typer.Option(help="What the agent is called.")],
    email: Annotated[str, typer.Option(help="Where its owner can be reached; one account each.")],
    company: Annotated[str | None, typer.Option()] = None,
    url: Annotated[str | None, typer.Option(help="The deployment, such as http://127.0.0.1:8000.")] = None,
    registration_key: Annotated[
        str | None, typer.Option(envvar="BYHAND_REGISTRATION_KEY", help="Where registration needs one.")
    ] = None,
    replace: Annotated[bool, typer.Option(help="Forget the account that is saved here.")] = False,
    json: Json = False,
) -> None:
    """Open an account, and save its key for this user."""
    if settings.load() is not None and not replace:
        raise Misconfigured("An account is saved here already, and its key exists nowhere else. Or say --replace.")
    found = settings.resolve(url)
    with Byhand(base_url=found.base_url) as made:
        account = made.account.register(name=name, email=email, company=company, registration_key=registration_key)
    saved = _saved(settings.Settings(found.base_url, account.api_key))
    words = {"agent_id": account.agent_id, "base_url": found.base_url, "saved_to": saved}
    show.as_json(words) if json else show.facts(**words)


def _saved(account: settings.Settings) -> str:
    """Save an account. Should that fail, its key is shown, since it cannot be asked for again."""
    try:
        return settings.save(account)
    except OSError as failed:
        show.note(f"Could not save the key ({failed}). Keep it yourself: {account.api_key}")
        raise typer.Exit(1) from None


@app.command()
def balance(json: Json = False) -> None:
    """What the account can spend, and what is set aside."""
    with client() as made:
        found = made.account.balance()
    if json:
        show.as_json(found)
    else:
        show.facts(to_spend=found.deposit_balance, set_aside=found.escrow_balance, currency=found.currency)


@app.command()
def deposit(
    amount: Annotated[str, typer.Argument(help="US dollars, or USDC with --tx-hash; such as 100 or 25.50.")],
    tx_hash: Annotated[str | None, typer.Option(help="The transaction that brought USDC.")] = None,
    method: Annotated[Literal["card", "bank_transfer"], typer.Option()] = "card",
    key: Key = None, json: Json = False,
) -> None:  # fmt: skip
    """Add money: by card, by bank transfer, or in USDC."""
    with deed() as made:
        if tx_hash is not None:
            done = made.account.deposit_usdc(tx_hash=tx_hash, amount_usdc=amount, idempotency_key=key)
        else:
            done = made.account.deposit(amount_usd=amount, payment_method=method, idempotency_key=key)
    show.as_json(done) if json else _show_deposit(done)


def _show_deposit(done: Deposited) -> None:
    show.facts(amount=done.amount_usd, status=done.status, transaction=done.transaction_id, pay_at=done.redirect_url)


@app.command()
def post(
    title: Annotated[str, typer.Option()],
    description: Annotated[str, typer.Option()],
    reward: Annotated[str, typer.Option(help="US dollars for the operator; the fee comes on top.")],
    type: Annotated[str, typer.Option(help="VERIFICATION, FORM_FILLING …; a wrong one lists them all.")],  # noqa: A002
    deadline: Annotated[
        str | None, typer.Option(help="90m, 4h, 3d, or an ISO 8601 time; digital tasks have one by default.")
    ] = None,
    requirement: Annotated[list[str] | None, typer.Option(help="What the proof must show; repeat it.")] = None,
    lat: Annotated[float | None, typer.Option(min=-90, max=90)] = None,
    lng: Annotated[float | None, typer.Option(min=-180, max=180)] = None,
    address: Annotated[str | None, typer.Option()] = None,
    instructions: Annotated[str | None, typer.Option(help="For digital tasks.")] = None,
    callback_url: Annotated[str | None, typer.Option()] = None,
    callback_secret: Annotated[str | None, typer.Option(envvar="BYHAND_CALLBACK_SECRET")] = None,
    key: Key = None, json: Json = False,
) -> None:  # fmt: skip
    """Post a task. For one that brings a credential, the key pair is made and kept here."""
    words: dict[str, Any] = {
        "title": title, "description": description, "reward_usd": reward, "callback_url": callback_url,
        "callback_secret": callback_secret, "digital_instructions": instructions, "idempotency_key": key,
        "deadline": moment(deadline) if deadline else None, "proof_requirements": requirement or None,
    }  # fmt: skip
    if key and not isinstance(words["deadline"], str):
        raise Misused("With --key say --deadline as an ISO 8601 time: a repeat has to say the very same words.")
    with deed() as made:
        task, private_key = _posted(made, type.upper(), words, {"lat": lat, "lng": lng, "address": address})
    if json:
        show.as_json(task)
        return
    mark = f"kept here, {private_key.fingerprint}" if private_key else None
    show.facts(
        task=task.task_id, status=task.status, set_aside=task.total_escrow, fee=task.platform_fee,
        deadline=task.deadline, private_key=mark,
    )  # fmt: skip


def _posted(
    made: Byhand, task_type: str, words: dict[str, Any], location: dict[str, Any]
) -> tuple[TaskRow, PrivateKey | None]:
    """Post by the door that fits the type."""
    category = CATEGORIES.get(task_type)
    if category is None:
        if task_type not in PHYSICAL:
            raise Misused(f"--type is one of {', '.join((*PHYSICAL, *CATEGORIES))}, not {task_type}.")
        if not words["proof_requirements"]:
            raise Misused("Say at least one --requirement: what the proof must show.")
        needed = {
            "deadline": words["deadline"] or moment("1d"),
            "proof_requirements": words["proof_requirements"],
        }
        place = {name: value for name, value in location.items() if value is not None}
        return made.tasks.post(**words | needed, task_type=task_type, location=place or None), None
    if category.proof_type == "ARTIFACT":
        return made.dispatch_credential_task(**words, category=task_type)
    return made.dispatch_digital_task(**words, category=task_type), None


@app.command("list")
def list_tasks(
    status: Annotated[str | None, typer.Option(help="Only tasks in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 20,
    json: Json = False,
) -> None:
    """The account's tasks, newest first."""
    with client() as made:
        found = made.tasks.page(status=status.upper() if status else None, limit=limit)
    if json:
        show.as_json(found.data)
        return
    lines = [[row.task_id, row.status, row.task_type, row.reward_usd, row.deadline, row.title] for row in found.data]
    show.rows(["task", "status", "type", "reward $", "deadline", "title"], lines, "No tasks.")
    if found.pagination.total is not None and found.pagination.total > len(found.data):
        show.note(f"{len(found.data)} of {found.pagination.total}; --limit shows more.")


@app.command("show")
def show_task(task_id: TaskId, json: Json = False) -> None:
    """One task with everything about it."""
    with client() as made:
        task = made.tasks.get(task_id)
    show.as_json(task) if json else _show_task(task)


def _show_task(task: Task) -> None:
    verdict, proof = task.guardian_result, task.proof
    show.facts(
        task=task.task_id, status=task.status, why=task.cancel_reason, title=task.title, type=task.task_type,
        reward=task.reward_usd, deadline=task.deadline, operator=task.operator and task.operator.name,
        estimate=task.estimate and f"{task.estimate.minutes} minutes", asked_for=task.proof_requirements,
        photos=proof and proof.photos, notes=proof and proof.notes, confirmation=proof and proof.confirmation_text,
        guardian=verdict and f"{verdict.decision} ({verdict.confidence}): {verdict.reasoning}", rating=task.rating,
    )  # fmt: skip


@app.command()
def wait(
    task_id: TaskId,
    timeout: Annotated[float, typer.Option(min=0, help="Seconds.")] = 3_600,
    json: Json = False,
) -> None:
    """Wait until a task needs you or has ended; each change is told on stderr."""
    with client() as made:
        task = made.tasks.wait(task_id, timeout=timeout, on_change=lambda now: show.note(f"{task_id} {now.status}"))
    show.as_json(task) if json else _show_task(task)
    raise typer.Exit(exits.of_status(task.status))


@app.command()
def verify(task_id: TaskId, decision: Decision, key: Key = None, json: Json = False) -> None:
    """Decide about proof: `approve` pays the operator, `reject` opens a dispute."""
    with deed() as made:
        words: Literal["APPROVE", "REJECT"] = "APPROVE" if decision is Decision.approve else "REJECT"
        task = made.tasks.verify(task_id, words, idempotency_key=key)
    show.as_json(task) if json else show.facts(task=task.task_id, status=task.status, message=task.message)


@app.command()
def cancel(task_id: TaskId, key: Key = None, json: Json = False) -> None:
    """Withdraw a task that nobody works at yet; the money comes back."""
    with deed() as made:
        task = made.tasks.cancel(task_id, idempotency_key=key)
    show.as_json(task) if json else show.facts(task=task.task_id, status=task.status, came_back=task.refunded_usd)


@app.command()
def retrieve(
    task_id: TaskId,
    save: Annotated[bool, typer.Option("--save", help="Keep it in a file of your own, and print only where.")] = False,
) -> None:
    """Fetch the credential of a completed task, and open it with the key that is kept here."""
    with client() as made:
        credential = made.retrieve_credential(task_id)
    show.as_json({"saved_to": str(private_files.save_secret(task_id, credential))} if save else credential)
