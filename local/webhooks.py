"""A receiver of webhooks on this machine, which checks them as the seed tells its readers to."""

import hashlib
import hmac
import json
from base64 import b64encode
from http.server import BaseHTTPRequestHandler

from local.listener import Listener


class Receiver(Listener):
    """Listens on a loopback port; keeps what arrives with good signatures and answers 401 to the rest."""

    def __init__(self, secret: str) -> None:
        self._seen: list[dict[str, str]] = []
        receiver, key = self, secret.encode()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                good = _is_ours(key, body, {name.lower(): value for name, value in self.headers.items()})
                if good:
                    receiver._seen.append(json.loads(body))
                self.send_response(204 if good else 401)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """The demo's own lines are enough."""

        super().__init__(Handler)
        self.url = f"{self.base}/webhook/humanops"

    def events(self, task_id: str) -> list[str]:
        """What was told of a task, in the order of arrival."""
        return [seen["event"] for seen in self._seen if seen["task_id"] == task_id]


def _is_ours(key: bytes, body: bytes, headers: dict[str, str]) -> bool:
    seed = hmac.new(key, body, hashlib.sha256).hexdigest()
    signed = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.".encode() + body
    standard = "v1," + b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(headers.get("x-humanops-signature", ""), seed) and hmac.compare_digest(
        headers.get("webhook-signature", ""), standard
    )
