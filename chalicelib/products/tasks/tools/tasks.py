"""Tasks as tools, with the names and parameters of the seed."""

from __future__ import annotations

from chalicelib.core.waiting import Look, Wait
from chalicelib.core.world import World
from chalicelib.doors.mcp.tools import ToolCall, Tools
from chalicelib.kit.once import Outcome
from chalicelib.kit.words import ToolWords
from chalicelib.products.tasks.actions import agents, categories, credentials
from chalicelib.products.tasks.tools import looks
from chalicelib.products.tasks.words import categories as category_words
from chalicelib.products.tasks.words import credentials as credential_words
from chalicelib.products.tasks.words import tasks as words
from chalicelib.products.tasks.words import tools as tool_words

CREDENTIAL_PROOF = "The credential, delivered encrypted for the agent's key"

_tools = Tools()


@_tools.look("quote_task", "Quote task", lambda: tool_words.QuoteTask, lambda: category_words.Quote)
def quote_task(call: ToolCall[tool_words.QuoteTask]) -> category_words.Quote:
    """Get what a task with this reward would cost now: the fee of the account's tier, and the sum that would be set
    aside. Call it before post_task when the price matters; it changes nothing.
    """
    return agents.quote(call.world, call.agent, call.words)


@_tools.deed("post_task", "Post task", lambda: tool_words.PostTask, lambda: words.TaskCreated, open_world=True)
def post_task(call: ToolCall[tool_words.PostTask]) -> Outcome:
    """Ask a person to do something in the world, and set its price aside: the reward and a fee. Use it for work at a
    place (VERIFICATION, PHOTO, DELIVERY, INSPECTION); for work that can be done from anywhere call
    dispatch_digital_task.

    Say everything in the description, since the person knows nothing else; say in proof_requirements what the proof has
    to show. Give an idempotency_key, and repeat the call with the same one if you get no answer. Then call wait_task
    with the task_id. The reward is $10 to $10,000.
    """
    order = call.words.order(call.words.task_type)
    return agents.post(call.world, call.agent, order, call.claim)


@_tools.deed(
    "dispatch_digital_task", "Dispatch digital task", lambda: tool_words.DispatchDigital, lambda: words.TaskCreated,
    open_world=True,
)  # fmt: skip
def dispatch_digital_task(call: ToolCall[tool_words.DispatchDigital]) -> Outcome:
    """Ask a person to do something online, from wherever they are, and set its price aside. Call
    list_digital_categories first for the categories, their highest rewards and how long they usually take; domain and
    kind of proof follow from the category.

    Give an idempotency_key, and repeat the call with the same one if you get no answer. Then call wait_task with the
    task_id. The reward is at least $10.
    """
    order = call.words.order(call.words.digital_category)
    return agents.post(call.world, call.agent, order, call.claim)


@_tools.deed(
    "dispatch_credential_task", "Dispatch credential task", lambda: tool_words.DispatchCredential,
    lambda: words.TaskCreated, open_world=True,
)  # fmt: skip
def dispatch_credential_task(call: ToolCall[tool_words.DispatchCredential]) -> Outcome:
    """Ask a person for a credential (an account, an API key, a verified phone, a subscription), delivered so that only
    the holder of a private key can read it, and set its price aside. Make a P-256 key pair first and give its public
    half as agent_public_key; never send the private one anywhere. If you cannot make and keep a key, do not call this:
    ask the person you work for.

    Then call wait_task, and retrieve_credential when the task is COMPLETED. Give an idempotency_key, and repeat the
    call with the same one if you get no answer. Call list_digital_categories for the highest rewards.
    """
    order = call.words.order(call.words.credential_category, proof_requirements=[CREDENTIAL_PROOF])
    return agents.post(call.world, call.agent, order, call.claim)


@_tools.look(
    "retrieve_credential", "Retrieve credential", lambda: tool_words.OneTask, lambda: credential_words.Retrieved
)  # fmt: skip
def retrieve_credential(call: ToolCall[tool_words.OneTask]) -> Outcome:
    """Get the encrypted credential of a COMPLETED credential task, as often as needed for 30 days. It is ciphertext:
    whoever holds the private key decrypts it, by ECDH on P-256 with ephemeralPublicKey, HKDF-SHA-256 and AES-256-GCM,
    with the task_id as associated data. Try it at once: if it does not work, the task can be disputed over HTTP for
    seven days. Every call is noted for the account.
    """
    return credentials.retrieve(call.world, call.agent, call.words.task_id)


@_tools.look("list_digital_categories", "List digital categories", ToolWords, lambda: tool_words.DigitalCategories)
def list_digital_categories(call: ToolCall[ToolWords]) -> tool_words.DigitalCategories:
    """List the categories of digital tasks: what each is, its kind of proof, its least and highest reward, how many
    minutes it usually takes, and whether it is switched on here. Call it before dispatch_digital_task.
    """
    return tool_words.DigitalCategories(categories=categories.list_categories(call.world).digital)


@_tools.look(
    "get_task_result", "Get task result", lambda: tool_words.OneTask, lambda: tool_words.TaskResult, untrusted=True
)
def get_task_result(call: ToolCall[tool_words.OneTask]) -> tool_words.TaskResult:
    """Get a task with everything about it: status, the person's proof with signed links to photos, the Guardian's
    verdict, and what to do next. Call it when wait_task says that a task is done; it does not wait. Links expire; call
    again for new ones.
    """
    return looks.result(call.world, call.agent, call.words.task_id)


@_tools.look(
    "check_verification_status", "Check verification status", lambda: tool_words.OneTask,
    lambda: tool_words.Verification, untrusted=True,
)  # fmt: skip
def check_verification_status(call: ToolCall[tool_words.OneTask]) -> tool_words.Verification:
    """Get only what was found about a task's proof: decision, confidence from 0 to 100, the reasons, and which
    requirements were met. Call it when a task is in MANUAL_REVIEW or DISPUTED, to decide what to do about it.
    """
    return looks.verification(call.world, call.agent, call.words.task_id)


@_tools.look("wait_task", "Wait for task", lambda: tool_words.WaitTask, lambda: tool_words.Waited)
def wait_task(call: ToolCall[tool_words.WaitTask]) -> Wait:
    """Wait until a task is over or needs you: COMPLETED, CANCELLED, DISPUTED, MANUAL_REVIEW or ESTIMATE_PENDING. People
    take minutes to days, so it may answer earlier with is_done false and what to call next; then do something else, and
    call it again later. It changes nothing, and waits at most 240 seconds.
    """
    agent, task_id = call.agent, call.words.task_id

    def look(world: World) -> Look:
        found = looks.standing(world, agent, task_id)
        return Look(found, found.is_done, f"The task is {found.status}.")

    return Wait(look, call.words.max_wait_seconds)


@_tools.deed(
    "verify_task", "Verify task", lambda: tool_words.VerifyTask, lambda: words.Decided, destructive=True
)  # fmt: skip
def verify_task(call: ToolCall[tool_words.VerifyTask]) -> Outcome:
    """Decide by hand about proof that was handed in: APPROVE completes the task and pays the person, REJECT begins a
    dispute. Needed in MANUAL_REVIEW, possible in SUBMITTED and VERIFIED too. Call get_task_result first and look at the
    proof; the decision cannot be taken back.
    """
    return agents.verify(call.world, call.agent, call.words.task_id, call.words, call.claim)


@_tools.deed(
    "cancel_task", "Cancel task", lambda: tool_words.CancelTask, lambda: words.Cancelled, destructive=True
)  # fmt: skip
def cancel_task(call: ToolCall[tool_words.CancelTask]) -> Outcome:
    """Take a task back that nobody works at yet (PENDING, ESTIMATE_PENDING or ACCEPTED); the whole price comes back.
    It cannot be undone; post the task again if it is needed after all.
    """
    return agents.cancel(call.world, call.agent, call.words.task_id, call.claim)


@_tools.look("list_tasks", "List tasks", lambda: tool_words.ListTasks, lambda: words.TaskPage, untrusted=True)
def list_tasks(call: ToolCall[tool_words.ListTasks]) -> words.TaskPage:
    """List the account's tasks, newest first, all of them or those in one status. Call it to find a task_id, or to see
    what is under way. 20 on a page unless limit says otherwise (at most 100); give the page's next_cursor as cursor for
    the next one.
    """
    return agents.list_tasks(call.world, call.agent, call.words)


TOOLS = _tools.all
