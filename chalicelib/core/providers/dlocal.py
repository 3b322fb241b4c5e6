"""dLocal: payments of agents by card or bank transfer, on a page of dLocal's own.

POST {base}/payments            {amount, currency, order_id, payer, …} ──► {id, status, redirect_url}
GET  {base}/orders/{order_id}   ──► {payment_id, order_id, amount, currency, status}

Signed as its documentation says: V2-HMAC-SHA256 over login, date and body. Documented are the two exchanges, REDIRECT
as the flow, and the headers; from memory, to be checked against a sandbox: `BANK_TRANSFER` as a payment method's name
(the documents name `CARD`), and that X-Idempotency-Key makes a repeated order one payment.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from chalicelib.core.ports.payments import Charge, Notice, Opened
from chalicelib.core.settings import Settings
from chalicelib.kit import clock, money, outside
from chalicelib.kit.clock import SystemClock
from chalicelib.kit.outside import Answer, Unanswered
from chalicelib.kit.signed import signature

# A caller waits for this, and the gateway gives up after 29 s.
SECONDS = 10
METHODS = {"card": "CARD", "bank_transfer": "BANK_TRANSFER"}
NOTICES = "/api/v1/webhooks/dlocal"


@dataclass(frozen=True)
class DlocalTill:
    """Takes payments in US dollars; our order's id is the order's id there."""

    settings: Settings

    def open(self, charge: Charge) -> Opened:
        """Begin a payment. Raises Unreached, Unanswered."""
        words = {
            "amount": money.to_decimal(charge.amount_micros), "currency": "USD", "order_id": charge.order_id,
            "payment_method_id": METHODS[charge.method], "payment_method_flow": "REDIRECT",
            "payer": {"name": charge.email, "email": charge.email, "user_reference": charge.account_id},
            "description": f"Deposit {charge.order_id}",
            "notification_url": f"{self.settings.byhand_public_url.rstrip('/')}{NOTICES}",
            "callback_url": charge.return_url, "country": self.settings.dlocal_country or None,
        }  # fmt: skip
        given = {name: value for name, value in words.items() if value is not None}
        answer = self._ask("POST", "payments", given, {"X-Idempotency-Key": charge.order_id})
        if answer.status >= 500 or answer.status in (408, 425, 429):
            raise Unanswered(f"HTTP {answer.status}")
        url = _content(answer).get("redirect_url")
        if answer.ok and isinstance(url, str) and url.startswith("https://"):
            return Opened(url)
        return Opened(None, refused=not answer.ok)

    def look(self, order_id: str) -> Notice | None:
        """What became of an order. Raises Unreached, Unanswered."""
        answer = self._ask("GET", f"orders/{quote(order_id, safe='')}")
        if answer.status == 404:
            return None
        content = _content(answer)
        if not answer.ok or not isinstance(content.get("status"), str):
            raise Unanswered(f"HTTP {answer.status}")
        return Notice(content["status"], content.get("amount"), content.get("currency"))

    def _ask(self, method: str, path: str, words: Any = None, more: dict[str, str] | None = None) -> Answer:
        settings, date = self.settings, clock.iso(SystemClock().wall())
        body = outside.encode(words) if words is not None else b""
        proof = signature(settings.dlocal_secret, f"{settings.dlocal_login}{date}".encode() + body)
        headers = {
            "X-Date": date, "X-Login": settings.dlocal_login, "X-Trans-Key": settings.dlocal_trans_key,
            "X-Version": "2.1", "Authorization": f"V2-HMAC-SHA256, Signature: {proof}",
            "User-Agent": "Byhand/1", **(more or {}),
        }  # fmt: skip
        place = f"{settings.dlocal_base_url.rstrip('/')}/{path}"
        return outside.call(method, place, words=words, headers=headers, seconds=SECONDS)


def _content(answer: Answer) -> dict[str, Any]:
    return answer.json if isinstance(answer.json, dict) else {}
