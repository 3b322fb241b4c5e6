"""Who an operator really is: decided by the provider of identity checks, or by the backoffice.

    notice ──► signed? ──► a decision? ──► of somebody we know? ──► newer than the last decision? ──► decided
                 └ 401        └─────────────────┴──────────────────────┴──► 200, ignored: sending it again is no use

Each decision is made on the row as it was read, and says when it was made; so a notice that comes late, or twice,
changes nothing, and a decision of the backoffice stands until the provider finds out something after it.
"""

from datetime import datetime, timedelta

from chalicelib.core.events import service as events
from chalicelib.core.identity import people
from chalicelib.core.identity import service as identity
from chalicelib.core.identity.model import Admin, Kyc, Operator
from chalicelib.core.world import World
from chalicelib.kit import ids, log, once, pages
from chalicelib.kit.errors import Invalid
from chalicelib.kit.once import Claim, Outcome
from chalicelib.kit.signed import BadSignature, is_signed
from chalicelib.kit.table import Write, pack
from chalicelib.products.operators.actions import me
from chalicelib.products.operators.words import operators as words

PROVIDER = "provider"
DECIDES = "applicantReviewed"
ANSWERS = {"GREEN": Kyc.APPROVED, "RED": Kyc.REJECTED}
HASHES = {"HMAC_SHA256_HEX": "sha256", "HMAC_SHA512_HEX": "sha512", "HMAC_SHA1_HEX": "sha1"}
A_MOMENT = timedelta(milliseconds=1)
# How far ahead of ours the provider's clock may be.
AHEAD_MAX = timedelta(minutes=5)


def check_signature(world: World, body: bytes, digest: str, algorithm: str) -> None:
    """Whether the provider has sent these very bytes. Raises BadSignature, and always where no secret is set.

    The algorithm is the one that was agreed; a notice does not choose how it is checked.
    """
    secret, agreed = world.settings.kyc_webhook_secret, world.settings.kyc_webhook_algorithm
    if not is_signed(secret, body, digest, HASHES[agreed]) or algorithm.strip().upper() != agreed:
        raise BadSignature


def hear(world: World, notice: words.KycNotice) -> Outcome:
    """Take a notice whose signature was checked. Raises Invalid when it does not say when it was made."""
    review, operator_id = notice.review or words.Review(), notice.operator_id or ""
    answer = ANSWERS.get(review.answer or "")
    if notice.type != DECIDES or answer is None:
        return _ignored(notice, "no_decision")
    if notice.sandbox and not world.settings.test_mode:
        return _ignored(notice, "sandbox")
    operator = people.find(world.store, operator_id) if ids.looks_like(operator_id, "op") else None
    if operator is None:
        return _ignored(notice, "unknown_operator")
    at = _noticed_at(notice)
    if at > world.wall() + AHEAD_MAX:
        # It would outlive every later one; and counted as made now, it would be newer at each repetition.
        return _ignored(notice, "dated_ahead")
    if operator.kyc_decided_at is not None and at <= operator.kyc_decided_at:
        return _ignored(notice, "older_than_last_decision")
    reason = ", ".join(review.labels or [])[:500] or None
    writes = _decide(world, operator, answer, at, PROVIDER, reason)
    return once.commit(world.store, None, writes, words.KycHeard())


def decide(world: World, admin: Admin, operator_id: str, order: words.KycOrder, claim: Claim | None) -> Outcome:
    """Decide by hand: later than every decision there is, whatever the provider's clock said.

    Raises AccountNotFound.
    """
    operator = identity.operator_of(world, operator_id)
    before, now, kyc = operator.kyc_decided_at, world.wall(), Kyc(order.status)
    at = max(now, before + A_MOMENT) if before else now
    by = f"admin:{admin.name}"
    writes = [
        *_decide(world, operator, kyc, at, by, order.reason),
        events.audit(world, admin, "admin.kyc_decided", operator.id, order.reason, kyc_status=kyc.value),
    ]
    after = people.decided(operator, kyc, at, by, order.reason)
    return once.commit(world.store, claim, writes, _sheet(after))


def find(world: World, operator_id: str) -> words.OperatorSheet:
    """One operator, whole. Raises AccountNotFound."""
    return _sheet(identity.operator_of(world, operator_id))


def list_operators(world: World, query: words.OperatorsQuery) -> words.OperatorsPage:
    """Operators whose KYC stands there, newest first. Raises Invalid."""
    turn = pages.turn(world.cursors, f"admin/operators/{query.kyc_status}", query)
    page = people.of_kyc(world.store, Kyc(query.kyc_status), turn.rows, turn.after)
    keys = turn.of(page.items)
    found = people.find_many(world.store, [key["pk"] for key in keys])
    last = pack(keys[-1]) if keys and page.last is not None else None
    return words.OperatorsPage(data=[_sheet(one) for one in found], pagination=turn.pagination(last, None))


def _decide(world: World, operator: Operator, kyc: Kyc, at: datetime, by: str, reason: str | None) -> list[Write]:
    """The decision, and the news of it if it changes anything."""
    writes = [people.decide_kyc(operator, kyc, at, by, reason)]
    if kyc is not operator.kyc:
        told = {"kyc_status": kyc.value, "before": operator.kyc.value}
        writes.append(events.record(world, "operator.kyc_changed", operator.id, operator.id, told))
    return writes


def _noticed_at(notice: words.KycNotice) -> datetime:
    """When a notice was made, to the millisecond. Raises Invalid when it does not say."""
    at = notice.created_at_ms or notice.created_at
    if at is None:
        raise Invalid("createdAtMs", "is required, or createdAt: when the decision was made")
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _ignored(notice: words.KycNotice, why: str) -> Outcome:
    log.warning("kyc.ignored", why=why, type=notice.type, applicant=notice.applicant_id)
    return Outcome(words.KycHeard(ignored=why).dump())


def _sheet(operator: Operator) -> words.OperatorSheet:
    return words.OperatorSheet(
        **me.fields(operator), kyc_decided_at=operator.kyc_decided_at, kyc_decided_by=operator.kyc_decided_by,
        kyc_reason=operator.kyc_reason,
    )  # fmt: skip
