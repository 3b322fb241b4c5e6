"""Refusals as MCP tells them: to a model as the result of its tool, to a client at the door as an error.

A tool that declares what it answers must not put a refusal into structuredContent: clients check that against the
tool's schema and throw, and the model never reads why. So the sentence is text, and programs find a copy in `_meta`.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.doors.http.answers import Answer
from chalicelib.doors.mcp import wire
from chalicelib.doors.mcp.wire import InvalidRequest, Result
from chalicelib.kit import errors, once
from chalicelib.kit.errors import Refusal
from chalicelib.kit.words import dumps

ERROR = "byhand/error"
# What a caller can do next, by the branch of the tree that a refusal grows on; the first branch that fits counts.
NEXT: Mapping[type[Refusal], str] = {
    once.InProgress: "Call the tool again with the same arguments in a second.",
    once.AboutTheKey: "Call the tool again with a new idempotency_key.",
    errors.Invalid: "Put the named fields right and call the tool again.",
    errors.PaymentRequired: "Add money first, then call the tool again with the same arguments.",
    errors.Unauthenticated: "Ask the person you work for to check the API key of this connection.",
    errors.Forbidden: "Tell the person you work for; calling again does not help.",
    errors.NotFound: "Look up the right id and call the tool again.",
    errors.Unfinished: "What was begun goes on: look at it again later.",
    errors.Gone: "This moment has passed for good; go on without it.",
    errors.Conflict: "Read the present state; it does not allow this now.",
    errors.OutcomeUnknown: "Call the tool again with the same idempotency_key; without one, look first what was done.",
    errors.Wait: "Wait as many seconds as retry_after_seconds says, then call the tool again.",
    Refusal: "Read the present state, then decide whether to call the tool again.",
}
FAULT_NEXT = "Look what was done before you call again; if it happens again, report the request_id."


def result(refusal: Refusal, request_id: str, more: Mapping[str, str]) -> Result:
    """The result of a tool that was refused; `more` has better advice for some codes than their branch gives."""
    told: dict[str, Any] = {"error": refusal.sentence, "code": refusal.code}
    if refusal.details:
        told["details"] = refusal.details
    if refusal.retry_after_seconds is not None:
        told["retry_after_seconds"] = refusal.retry_after_seconds
    return _result(told, more.get(refusal.code) or next_action(refusal), request_id)


def fault(request_id: str) -> Result:
    """The result of a tool that broke; what broke is told to nobody but the log."""
    sentence = "Something went wrong on our side. This may or may not have been done."
    return _result({"error": sentence, "code": "internal"}, FAULT_NEXT, request_id)


def next_action(refusal: Refusal) -> str:
    """What a caller can do after a refusal."""
    return next(step for branch, step in NEXT.items() if isinstance(refusal, branch))


def at_the_door(refusal: Refusal, request_id: str) -> Answer:
    """The HTTP answer to who may not come in at all, or not now."""
    step = next_action(refusal)
    error = InvalidRequest(refusal.sentence, code=refusal.code, next_action=step, request_id=request_id)
    answer = wire.refused(error, status=refusal.status)
    if refusal.status == errors.Unauthenticated.status:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="byhand"'
    if refusal.retry_after_seconds is not None:
        answer.headers["Retry-After"] = str(refusal.retry_after_seconds)
    return answer


def _result(told: dict[str, Any], step: str, request_id: str) -> Result:
    body = {**told, "next_action": step, "request_id": request_id}
    return {"content": [{"type": "text", "text": dumps(body)}], "isError": True, "_meta": {ERROR: body}}
