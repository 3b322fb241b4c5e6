"""Payoneer: payouts over its mass payout API, version 4.

POST {token url}                                                    client credentials ──► access_token, expires_in
POST {base}/v4/programs/{program}/masspayouts                       {payments: [{client_reference_id, payee_id, …}]}
GET  {base}/v4/programs/{program}/payouts/{client_reference_id}/status

The three exchanges, the names of their fields, and that a 200 only means "taken up" are as public clients of version 4
use them. From memory, to be checked against a sandbox before real money: that an answer may wrap its content in
`result`, the words for the statuses below, and that a repeated reference is refused with a word like "duplicate".
What is not understood is never taken for paid or refused; it is unknown, and looked at again.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import quote

from chalicelib.core.ports.payments import Paid, Refused, Unheard, Unknown
from chalicelib.core.settings import Settings
from chalicelib.kit import money, outside
from chalicelib.kit.outside import Answer, Unanswered, Unreached

# All that one try asks, with time to connect, fits into a consumer's lease: a token, the deed, what became of it.
SECONDS, EXCHANGES_MAX = 4, 3
PAID = {"TRANSFERRED", "COMPLETED", "PAID"}
REFUSED = {"CANCELLED", "CANCELED", "REJECTED", "FAILED", "RETURNED"}
KNOWN_ALREADY = ("duplicate", "already")
TOKEN_MARGIN_SECONDS = 60


@dataclass
class PayoneerRail:
    """Pays US dollars to a payee of our programme. The payout's id is the client's reference there."""

    settings: Settings
    _token: str = field(default="", repr=False)
    _token_until: float = 0

    def pay(self, payout_id: str, amount_micros: int, destination: str) -> Paid | Refused | Unknown:
        """Hand one payout over. Raises Unreached when Payoneer never saw it."""
        payment = {
            "client_reference_id": payout_id, "payee_id": destination, "amount": money.to_decimal(amount_micros),
            "currency": "USD", "description": f"Earnings {payout_id}",
        }  # fmt: skip
        try:
            answer = self._ask("POST", "masspayouts", {"payments": [payment]})
        except Unanswered as unanswered:
            return Unknown(str(unanswered))
        if answer.ok or answer.status >= 500 or any(word in _text(answer).lower() for word in KNOWN_ALREADY):
            return Unknown(f"HTTP {answer.status}")
        if answer.status in (408, 425, 429):
            raise Unreached(f"HTTP {answer.status}")
        # A refusal of a repeat says nothing of the first: only what was never heard of has certainly not been paid.
        found = self.look(payout_id)
        return Refused(_text(answer) or f"HTTP {answer.status}") if isinstance(found, Unheard) else found

    def look(self, payout_id: str) -> Paid | Refused | Unknown | Unheard:
        """What became of a payout. Raises Unreached."""
        try:
            answer = self._ask("GET", f"payouts/{quote(payout_id, safe='')}/status")
        except Unanswered as unanswered:
            return Unknown(str(unanswered))
        if answer.status == 404:
            return Unheard()
        status = str(_content(answer).get("status", "")).upper()
        if not answer.ok or status not in PAID | REFUSED:
            return Unknown(status or f"HTTP {answer.status}")
        return Paid() if status in PAID else Refused(_text(answer) or status)

    def _ask(self, method: str, path: str, words: Any = None) -> Answer:
        """One exchange under a token; one that is no longer good is forgotten, and nothing has happened."""
        place = f"{self.settings.payoneer_base_url.rstrip('/')}/v4/programs/{self.settings.payoneer_program_id}/{path}"
        headers = {"Authorization": f"Bearer {self._bearer()}"}
        answer = outside.call(method, place, words=words, headers=headers, seconds=SECONDS)
        if answer.status in (401, 403):
            self._token_until = 0
            raise Unreached(f"HTTP {answer.status}")
        return answer

    def _bearer(self) -> str:
        """A token, asked for when the last one is about to end. Raises Unreached: without one nothing was asked."""
        if self._token_until > monotonic():
            return self._token
        settings = self.settings
        place = settings.payoneer_token_url or f"{settings.payoneer_base_url.rstrip('/')}/api/v2/oauth2/token"
        who = b64encode(f"{settings.payoneer_client_id}:{settings.payoneer_client_secret}".encode()).decode()
        form = {"grant_type": "client_credentials", "scope": "read write"}
        try:
            answer = outside.call("POST", place, form=form, headers={"Authorization": f"Basic {who}"}, seconds=SECONDS)
        except Unanswered as unanswered:
            raise Unreached("no token") from unanswered
        given = answer.json if answer.ok and isinstance(answer.json, dict) else {}
        if not isinstance(given.get("access_token"), str):
            raise Unreached(f"no token: HTTP {answer.status}")
        seconds = given.get("expires_in")
        good_for = int(seconds) if isinstance(seconds, int) else 0
        self._token, self._token_until = given["access_token"], monotonic() + good_for - TOKEN_MARGIN_SECONDS
        return self._token


def _content(answer: Answer) -> dict[str, Any]:
    """The object that an answer holds, with or without a wrapping."""
    whole = answer.json if isinstance(answer.json, dict) else {}
    inner = whole.get("result")
    return inner if isinstance(inner, dict) else whole


def _text(answer: Answer) -> str:
    """What an answer says of itself, in a line that can be kept."""
    content = _content(answer)
    said = (content.get(name) for name in ("error_description", "reason", "description", "error", "message"))
    return next((text[:200] for text in said if isinstance(text, str) and text), "")
