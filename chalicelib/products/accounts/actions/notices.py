"""POST /webhooks/dlocal: what the payment provider tells us of an order, verified over its raw bytes (ruling 27)."""

from chalicelib.core.ports.payments import Notice
from chalicelib.core.world import World
from chalicelib.kit import ids, log
from chalicelib.kit.signed import BadSignature, is_signed
from chalicelib.products.accounts import store as rows
from chalicelib.products.accounts.actions import settling
from chalicelib.products.accounts.words import accounts as words


def check_signature(world: World, body: bytes, signature: str) -> None:
    """Whether the provider has sent these very bytes. Raises BadSignature, and always where no secret is set."""
    if not is_signed(world.settings.dlocal_webhook_secret, body, signature):
        raise BadSignature


def receive(world: World, notice: words.PaymentNotice) -> words.NoticeTaken:
    """Take a notice about a payment; its signature was checked."""
    order_id = notice.order_id
    owner = rows.owner_of(world.store, order_id) if ids.looks_like(order_id, "pay") else None
    order = rows.find_order(world.store, owner, order_id) if owner else None
    if order is None:
        log.warning("deposit.unknown_order", status=notice.status)
    else:
        settling.settle(world, order, Notice(notice.status, notice.amount, notice.currency))
    return words.NoticeTaken()
