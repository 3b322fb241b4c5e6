"""The verbs of operators; those about payouts are in payouts.py."""

import hashlib
from collections.abc import Collection

from chalicelib.core.board import service as board
from chalicelib.core.board.model import AssignmentState
from chalicelib.core.files import service as files
from chalicelib.core.files.model import BODY_BYTES_MAX, CONTENT_TYPES, RECORDING_TYPES, Upload
from chalicelib.core.identity import service as identity
from chalicelib.core.identity.model import Operator
from chalicelib.core.ledger import service as ledger
from chalicelib.core.ports.tokens import Bearer
from chalicelib.core.world import World
from chalicelib.kit import ids, once
from chalicelib.kit.errors import Conflict, Invalid, TooLarge, Unauthenticated
from chalicelib.kit.once import Claim, Outcome
from chalicelib.kit.table import Item
from chalicelib.products.operators import rules
from chalicelib.products.operators.actions import me
from chalicelib.products.operators.words import operators as words

DEV_ISSUER = "dev"


class TokenRequired(Unauthenticated):
    """Outside of test deployments an operator is known by a token and nothing else."""

    code = "token_required"

    def __init__(self) -> None:
        super().__init__(
            "Registration of operators needs Authorization: Bearer with a token of your identity provider."
        )


class NoOpenWork(Conflict):
    """There is nothing to hand anything in for."""

    code = "no_open_assignment"

    def __init__(self) -> None:
        super().__init__("You have no open assignment, and a file is uploaded for one: accept some work first.")


def register(world: World, order: words.Registration, token: str) -> Outcome:
    """Make an operator with empty books, known by the subject of their token (ruling 20).

    In a test deployment KYC passes at once, and where the dev header is allowed an e-mail stands in for a token.

    Raises TokenRequired, UnknownOperator, Invalid, OperatorExists.
    """
    if not token and not world.settings.allow_dev_operator_id_header:
        raise TokenRequired
    bearer = identity.bearer_of(world, token) if token else Bearer(DEV_ISSUER, order.email)
    operator = me.newcomer(world, order, identity.operator_id_of(bearer) if token else ids.new("op"))
    writes = [
        *identity.enrol(operator, bearer.issuer, bearer.subject),
        ledger.open_operator(operator.operator_id),
    ]
    answer = words.Registered(operator_id=operator.operator_id, name=operator.name, kyc_status=operator.kyc.value)
    return once.commit(world.store, None, writes, answer)


def announce_upload(world: World, operator: Operator, order: words.UploadOrder, claim: Claim | None) -> Outcome:
    """Announce a file that will be PUT to a signed URL. Raises Invalid, NoOpenWork."""
    return _announce(world, operator, order, CONTENT_TYPES, claim)


def announce_recording(world: World, operator: Operator, order: words.RecordingOrder, claim: Claim | None) -> Outcome:
    """Announce a file of a session, which may be a video or JSON too. Raises Invalid, NoOpenWork."""
    return _announce(world, operator, order, RECORDING_TYPES, claim)


def store_upload(world: World, operator: Operator, content_type: str, content: bytes, claim: Claim | None) -> Outcome:
    """Take a small file that came as the body itself. Raises Invalid, TooLarge, NoOpenWork."""
    rules.check_content_type(content_type, CONTENT_TYPES)
    if not content:
        raise Invalid("body", "is empty")
    if len(content) > BODY_BYTES_MAX:
        raise TooLarge("body", f"must be at most {BODY_BYTES_MAX:,} bytes; announce a larger file and PUT it")
    digest = hashlib.sha256(content).hexdigest()
    return _upload(world, operator, content_type, len(content), digest, content, claim)


def earnings(world: World, operator: Operator) -> words.Earnings:
    """What was earned, what can be paid out, and the last pieces of work."""
    book = ledger.book_of(world.store, operator.id)
    work = board.recent_work(world.store, operator.id, rules.RECENT_TASKS)
    return words.Earnings(
        pending_balance=book["pending"], available_balance=book["available"], total_earned=book["earned"],
        recent_tasks=[
            words.RecentTask(
                task_id=one.opening_id, title=one.title, reward_usd=one.pay_micros, completed_at=one.ended_at
            )
            for one in work
            if one.state is AssignmentState.COMPLETED
        ],
    )  # fmt: skip


def _announce(
    world: World, operator: Operator, order: words.UploadOrder, taken: Collection[str], claim: Claim | None
) -> Outcome:
    content_type = rules.check_content_type(order.content_type, taken)
    if order.size_bytes is None:
        raise Invalid("size_bytes", "is required")
    rules.check_size(content_type, order.size_bytes)
    if order.sha256 is None:
        raise Invalid("sha256", "is required: the file's SHA-256 as 64 hex digits")
    return _upload(world, operator, content_type, order.size_bytes, order.sha256, None, claim)


def _upload(
    world: World, operator: Operator, content_type: str, size_bytes: int, sha256: str, content: bytes | None,
    claim: Claim | None,
) -> Outcome:  # fmt: skip
    """Commit an upload. Bytes that came along are stored first: if the commit fails, they expire unseen."""

    made: list[Upload] = []

    def keep() -> Outcome:
        if not board.is_working(world.store, operator.id, world.now()):
            raise NoOpenWork
        upload, write = files.announce(operator, content_type, size_bytes, sha256)
        made[:] = [upload]
        if content is not None:
            files.store_body(world, upload, content)
        return once.commit(world.store, claim, [write], words.UploadKept(upload_id=upload.upload_id))

    # A repeat after the work is done is still a repeat; it is looked up here, so that its answer is finished below too.
    outcome = once.answered(world.store, claim, keep)

    def ready(kept: Item) -> words.UploadReady:
        upload = files.find(world, kept["upload_id"]) if outcome.replayed else made[0]
        return _ready(world, upload, to_put=content is None)

    return outcome.revised(ready)


def _ready(world: World, upload: Upload, *, to_put: bool) -> words.UploadReady:
    return words.UploadReady(
        upload_id=upload.upload_id, upload_url=files.put_url(world, upload) if to_put else None,
        headers=files.put_headers(upload) if to_put else {}, url=files.url(world, upload),
    )  # fmt: skip
