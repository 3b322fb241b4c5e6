"""One request, walking.

who? ──► counted ──► 429 ──► 401 ──► words read ──► 400 ──► the verb ──► bells rung ──► answer
                                                              │
                                               Refusal ───────┴──► its status, code and sentence
                                               anything else ────► logged whole; 500 that tells nothing
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import simplejson

from chalicelib.core import waiting
from chalicelib.core.world import World
from chalicelib.doors.http import answers, limits, waits
from chalicelib.doors.http.answers import Answer
from chalicelib.doors.http.identify import Caller, identify
from chalicelib.doors.http.routes import JSON_BYTES_MAX, Call, Request, Route, Text
from chalicelib.kit import log, once, strict_json, words
from chalicelib.kit.aws import OUTAGES
from chalicelib.kit.errors import Invalid, OutcomeUnknown, Refusal, TooLarge
from chalicelib.kit.once import Claim, Outcome
from chalicelib.kit.words import Words

KEY_CHARACTERS_MAX = 255


def handle(world: Callable[[], World], route: Route, request: Request) -> Answer:
    """The answer to one request, whatever happens; even if the deployment must not start like this."""
    headers = {"X-Request-Id": request.request_id}
    try:
        answer = _walk(world().at_one_moment(), route, request, headers)
    except Refusal as refusal:
        log.info("http.refused", route=route.name, code=refusal.code, request_id=request.request_id)
        answer = answers.of_refusal(refusal, request.request_id, route.errors)
    except OUTAGES as error:
        log.fault("http.outage", error, route=route.name, request_id=request.request_id)
        # What broke off may have been the look behind a deed that is done, so nobody is told that nothing was changed.
        answer = answers.of_refusal(OutcomeUnknown(), request.request_id, route.errors)
    except Exception as error:  # noqa: BLE001 the last line: a caller never sees what went wrong inside
        log.fault("http.fault", error, route=route.name, request_id=request.request_id)
        answer = answers.of_framework(500, request.request_id, route.errors)
    answer.headers.update(headers)
    return answer


def _walk(world: World, route: Route, request: Request, headers: dict[str, str]) -> Answer:
    began = world.patience.elapsed()
    found = identify(world, route.who, request)
    caller = None if isinstance(found, Refusal) else found
    few, times = route.upload_limit, route.requests_a_visit
    allowance = limits.count(world, route.name, request, caller, uploads=few, times=times)
    headers |= allowance.headers | ({"Cache-Control": "no-store"} if route.no_store else {})
    allowance.check()
    if isinstance(found, Refusal):
        raise found
    if route.signed:
        route.signed(world, request)
    call = _call(world, route, request, caller)
    if route.waits:
        return waits.answered(route, call, began, headers)
    result = _answered_now(route.verb(call)) if route.method == "GET" else _done_once(world, route, call)
    if isinstance(result, Outcome):
        world.queues.ring(result.bells)
    return answers.of(result, route.status, route.produces)


def _done_once(world: World, route: Route, call: Call[Any]) -> Outcome:
    return once.answered(world.store, call.claim, lambda: _outcome(route.verb(call)))


def _outcome(given: "Words | Outcome | Text | waiting.Wait") -> Outcome:
    result = _answered_now(given)
    if isinstance(result, Text):
        raise TypeError("A deed answers in words, which a repeat can be answered with.")
    return result if isinstance(result, Outcome) else Outcome(words.dumps(result))


def _answered_now(result: "Words | Outcome | Text | waiting.Wait") -> Words | Outcome | Text:
    if isinstance(result, waiting.Wait):
        raise TypeError("Only a route that says it waits may.")
    return result


def _call(world: World, route: Route, request: Request, caller: Caller | None) -> Call[Any]:
    ids = {name: unquote(value) for name, value in request.ids.items()}
    values = dict(request.query) if route.method == "GET" else _body(route, request)
    read = words.read(route.words, values)
    return Call(world, read, ids, _claim(world, route, request, caller, ids, read), request, caller)


def _body(route: Route, request: Request) -> dict[str, Any]:
    """The JSON object in a body; an upload that comes as its own bytes has no words."""
    if route.uploads and request.is_file:
        return {}
    if len(request.body) > JSON_BYTES_MAX:
        raise TooLarge("body", f"must be at most {JSON_BYTES_MAX:,} bytes")
    if not request.body.strip():
        return {}
    try:
        value = strict_json.parse(request.body)
    except ValueError:
        raise Invalid("body", "must be a JSON object") from None
    if not isinstance(value, dict):
        raise Invalid("body", "must be a JSON object")
    strict_json.check_depth(value, "body")
    said: dict[str, Any] = value
    for place in route.words.from_programs:
        said = words.cleaned_at(said, place)
    words.check_text(said)
    return said


def _claim(
    world: World, route: Route, request: Request, caller: Caller | None, ids: dict[str, str], read: Words
) -> Claim | None:
    """The claim of the request's Idempotency-Key, for a known caller on a route that honours it. Raises Invalid."""
    key = request.headers.get("idempotency-key")
    if key is None or caller is None or not route.once:
        return None
    if not 1 <= len(key) <= KEY_CHARACTERS_MAX or not all(" " < character <= "~" for character in key):
        raise Invalid("Idempotency-Key", f"must be 1 to {KEY_CHARACTERS_MAX} visible ASCII characters")
    body = request.body.hex() if route.uploads and request.is_file else words.dumps(read)
    place = simplejson.dumps(ids, sort_keys=True)
    return Claim(caller.id, key, once.fingerprint(*route.deed, place, body), world.wall())
