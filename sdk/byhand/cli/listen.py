"""`byhand listen`: webhooks for a program that no webhook can reach, such as one on a laptop.

    GET /api/v1/events, again and again ──► each event, signed as an endpoint's delivery ──► POST <forward-to>

The events are those of an endpoint with `*`, five seconds later; the secret is made here, unless you bring one.
"""

import base64
import json
import secrets
import time
from typing import Annotated
from urllib.parse import urlsplit

import httpx
import typer

from byhand import Event, webhooks
from byhand.cli import show
from byhand.cli.desk import Json, client
from byhand.errors import Misused
from byhand.plain import moment, plain

TRIES, FIRST_PAUSE_SECONDS, ANSWER_SECONDS = 4, 0.5, 10.0


def listen(
    forward_to: Annotated[str, typer.Option(help="Your receiver, such as http://127.0.0.1:3000/hooks.")],
    type: Annotated[str | None, typer.Option(help="Only these events: a name, or task.*")] = None,  # noqa: A002
    secret: Annotated[str | None, typer.Option(envvar="BYHAND_WEBHOOK_SECRET", help="Sign with this.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many events.")] = None,
    json: Json = False,
) -> None:
    """Forward every event of the account to a URL, signed, until you stop it."""
    if urlsplit(forward_to).scheme not in ("http", "https") or not urlsplit(forward_to).hostname:
        raise Misused(f"{forward_to!r} is no URL to forward to.")
    signer = secret or "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    show.note(f"Forwarding to {forward_to}, signed with {signer if secret is None else 'your secret'}")
    with client() as made, httpx.Client(timeout=ANSWER_SECONDS) as http:
        for number, event in enumerate(made.events.follow(type=type), start=1):
            outcome = forwarded(http, forward_to, event, signer)
            _tell(event, outcome, as_json=json)
            if number == limit:
                return


def forwarded(http: httpx.Client, url: str, event: Event, secret: str) -> str:
    """Deliver one event; what came of it. A receiver that is being restarted gets a few tries."""
    body, outcome = body_of(event), ""
    for tried in range(TRIES):
        if tried:
            time.sleep(FIRST_PAUSE_SECONDS * 2 ** (tried - 1))
        headers = {"Content-Type": "application/json", **webhooks.sign(body, secret, event.id, int(time.time()))}
        try:
            answer = http.post(url, content=body, headers=headers)
        except httpx.RequestError as failed:
            outcome = f"failed: {failed or failed.__class__.__name__}"
            continue
        outcome = str(answer.status_code)
        if answer.is_success:
            break
    return outcome


def body_of(event: Event) -> bytes:
    """The body of an endpoint's delivery."""
    whole = {"id": event.id, "type": event.type, "created_at": moment(event.created_at), "data": plain(event.data)}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def _tell(event: Event, outcome: str, *, as_json: bool) -> None:
    if as_json:
        show.as_line({"id": event.id, "type": event.type, "subject": event.subject, "outcome": outcome})
    else:
        show.note(f"{event.type}  {event.subject}  {outcome}")
