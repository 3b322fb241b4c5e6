"""Tasks that are kept in this process, with every state that the tasks scenarios ask for."""

import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chalicelib.doors.mcp.server import Exchange
from chalicelib.doors.mcp.wire import TASKS, InvalidParams, MissingCapability, Result
from chalicelib.kit.clock import iso

KEPT_MS, POLL_MS = 3_600_000, 500


def _question(name: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {name: {"type": "string"}}, "required": [name]}
    params = {"mode": "form", "message": f"{name}?", "requestedSchema": schema}
    return {"method": "elicitation/create", "params": params}


QUESTIONS = {
    "confirm_delete": {"confirm": _question("confirm")}, "multi_input": {"a": _question("a"), "b": _question("b")}
}  # fmt: skip
SECONDS = {"failing_job": 1.0, "protocol_error_job": 0.2, "greeting": 0.1}


@dataclass
class Kept:
    """One task, and the answers it was given."""

    id: str
    kind: str
    words: dict[str, Any]
    created: datetime
    began: float = field(default_factory=time.monotonic)
    answers: dict[str, Any] = field(default_factory=dict)
    cancelled: bool = False

    @property
    def open_questions(self) -> dict[str, Any]:
        return {name: what for name, what in QUESTIONS.get(self.kind, {}).items() if name not in self.answers}

    @property
    def status(self) -> str:
        if self.cancelled:
            return "cancelled"
        if self.open_questions:
            return "input_required"
        takes = float(self.words.get("seconds", 1)) if self.kind == "slow_compute" else SECONDS.get(self.kind, 0)
        if time.monotonic() - self.began < takes:
            return "working"
        return "failed" if self.kind == "protocol_error_job" else "completed"

    def shown(self) -> Result:
        return {
            "taskId": self.id, "status": self.status, "createdAt": iso(self.created),
            "lastUpdatedAt": iso(datetime.now(UTC)), "ttlMs": KEPT_MS, "pollIntervalMs": POLL_MS,
        }  # fmt: skip

    def outcome(self) -> Result:
        if self.status == "input_required":
            return {"inputRequests": self.open_questions}
        if self.status == "failed":
            return {"error": {"code": -32603, "message": "the job broke"}}
        if self.status == "completed":
            is_error = self.kind == "failing_job"
            words = "the job failed" if is_error else f"done {self.words.get('label') or self.words.get('name') or ''}"
            return {"result": {"content": [{"type": "text", "text": words}], "isError": is_error}}
        return {}


class Stored:
    """What is asked about them."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}

    def make(self, exchange: Exchange, kind: str, words: dict[str, Any]) -> Result:
        """A new task, for a client that knows what tasks are."""
        if not exchange.has_extension(TASKS):
            raise MissingCapability(requiredCapabilities={"extensions": {TASKS: {}}})
        kept = Kept(secrets.token_urlsafe(24), kind, words, datetime.now(UTC))
        self._kept[kept.id] = kept
        return {"resultType": "task", **kept.shown()}

    def get(self, exchange: Exchange) -> Result:
        kept = self._find(exchange)
        return {**kept.shown(), **kept.outcome()}

    def update(self, exchange: Exchange) -> Result:
        kept, answers = self._find(exchange), exchange.params.get("inputResponses")
        if not isinstance(answers, dict):
            raise InvalidParams("inputResponses must be an object")
        kept.answers |= {name: what for name, what in answers.items() if name in kept.open_questions}
        return {}

    def cancel(self, exchange: Exchange) -> Result:
        kept = self._find(exchange)
        kept.cancelled = kept.status in ("working", "input_required")
        return {}

    def _find(self, exchange: Exchange) -> Kept:
        kept = self._kept.get(exchange.message.part("taskId"))
        if kept is None:
            raise InvalidParams("Unknown or expired task")
        return kept


STORED = Stored()
