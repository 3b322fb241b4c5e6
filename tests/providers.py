"""Providers of payments that speak over real loopback HTTP: they keep what they were told, and do what a test wants."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qs

from chalicelib.core.providers.dlocal import DlocalTill
from chalicelib.core.settings import Settings
from chalicelib.doors import wiring
from tests.harness import House, Reply
from tests.loopback import Quiet, handling

WEBHOOK_SECRET, SECRET = "the secret of the notices", "the secret of the requests"
Said = tuple[int, Any]


@dataclass
class Payoneer:
    """Takes up payouts under their reference, once each. `mood` is what it does with the next ones."""

    mood: Literal["well", "refuses", "hangs up", "takes it and hangs up"] = "well"
    status: str = "Transferred"
    tokens: int = 0
    payments: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __call__(self, method: str, path: str, headers: Any, body: bytes) -> Said | None:
        if path == "/api/v2/oauth2/token":
            assert parse_qs(body.decode())["grant_type"] == ["client_credentials"]
            assert headers["Authorization"].startswith("Basic ")
            self.tokens += 1
            return 200, {"access_token": f"token-{self.tokens}", "expires_in": 3_600}
        assert headers["Authorization"] == f"Bearer token-{self.tokens}"
        if method == "GET":
            reference = path.removeprefix("/v4/programs/100/payouts/").removesuffix("/status")
            known = reference in self.payments
            return (200, {"result": {"status": self.status}}) if known else (404, {"error": "not found"})
        assert path == "/v4/programs/100/masspayouts"
        (payment,) = json.loads(body)["payments"]
        if self.mood == "hangs up":
            return None
        if self.mood == "refuses":
            return 400, {"error_description": "The payee is blocked."}
        if payment["client_reference_id"] in self.payments:
            return 400, {"error_description": "Duplicate reference."}
        self.payments[payment["client_reference_id"]] = payment
        return None if self.mood == "takes it and hangs up" else (200, {"result": "Payments Created"})


@dataclass
class Dlocal:
    """Takes up orders, each once, and checks who asks by the documented signature."""

    mood: Literal["well", "refuses", "hangs up"] = "well"
    status: str = "PENDING"
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __call__(self, method: str, path: str, headers: Any, body: bytes) -> Said | None:
        signed = hmac.new(SECRET.encode(), f"login{headers['X-Date']}".encode() + body, hashlib.sha256).hexdigest()
        assert headers["Authorization"] == f"V2-HMAC-SHA256, Signature: {signed}"
        assert (headers["X-Login"], headers["X-Trans-Key"], headers["X-Version"]) == ("login", "trans", "2.1")
        if self.mood == "hangs up":
            return None
        if method == "GET":
            order = self.orders.get(path.removeprefix("/orders/"))
            return (200, {**order, "status": self.status}) if order else (404, {"message": "no such order"})
        words = json.loads(body)
        if self.mood == "refuses":
            return 400, {"code": 5_001, "message": "Invalid parameter"}
        assert headers["X-Idempotency-Key"] == words["order_id"]
        self.orders.setdefault(words["order_id"], words)
        return 200, {"id": "D-4", "status": "PENDING", "redirect_url": f"https://dlocal.test/{words['order_id']}"}


@contextmanager
def serving(provider: Callable[[str, str, Any, bytes], Said | None]) -> Iterator[str]:
    """A provider at an address on this machine. What goes wrong inside it is told when it closes."""
    faults: list[BaseException] = []

    class Handler(Quiet):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                said = provider(self.command, self.path, self.headers, body)
            except Exception as fault:  # noqa: BLE001 it belongs to the test, which runs in another thread
                faults.append(fault)
                said = (500, {})
            if said is None:
                self.close_connection = True
                return
            text = json.dumps(said[1]).encode()
            self.send_response(said[0])
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = _answer  # noqa: N815 the names of the standard library

    with handling(Handler) as url:
        yield url
    assert faults == []


@contextmanager
def live(
    house: House, *, payoneer: Payoneer | None = None, dlocal: Dlocal | None = None, **more: Any
) -> Iterator[None]:
    """The house with real money, and providers of this machine."""
    with serving(payoneer or Payoneer()) as pays, serving(dlocal or Dlocal()) as takes:
        settings: Settings = house.world.settings.model_copy(
            update={
                "byhand_mode": "live", "byhand_public_url": "https://byhand.test",
                "payoneer_base_url": pays, "payoneer_program_id": "100",
                "payoneer_client_id": "client", "payoneer_client_secret": "secret",
                "dlocal_base_url": takes, "dlocal_login": "login", "dlocal_trans_key": "trans",
                "dlocal_secret": SECRET, "dlocal_webhook_secret": WEBHOOK_SECRET, **more,
            }
        )  # fmt: skip
        with house.living_in(settings=settings, rails=wiring.rails(settings), till=DlocalTill(settings)):
            yield


def notify(house: House, order_id: str, status: str = "PAID", amount: Any = 100, **more: Any) -> Reply:
    """A notice as the provider signs it."""
    body = json.dumps({"status": status, "order_id": order_id, "amount": amount, **more}).encode()
    return house.request("POST", "/api/v1/webhooks/dlocal", headers=signed(body), raw=body)


def signed(body: bytes, secret: str = WEBHOOK_SECRET) -> dict[str, str]:
    """The header that proves who sent some bytes."""
    return {"X-Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}
