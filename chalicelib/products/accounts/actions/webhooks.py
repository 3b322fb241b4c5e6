"""The verbs of events and webhook endpoints."""

from datetime import timedelta

from chalicelib.core.events import deliveries, pump
from chalicelib.core.events import endpoint_rows as rows
from chalicelib.core.events import service as events
from chalicelib.core.events.endpoints import (
    DeliveryNotFound,
    Endpoint,
    EndpointNotFound,
    OldSecret,
    Reason,
    Status,
    new_secret,
    secret_place,
)
from chalicelib.core.identity.model import Agent
from chalicelib.core.ports.courier import UnsafeUrl
from chalicelib.core.world import World
from chalicelib.kit import ids, once
from chalicelib.kit.errors import Invalid
from chalicelib.kit.once import Claim, Outcome, SecretAlreadyShown
from chalicelib.kit.pages import CursorWords
from chalicelib.kit.table import Item, Write
from chalicelib.products.accounts.words import webhooks as words

# So many replaced secrets may sign beside the new one.
OLD_SECRETS_MAX = 3


def list_events(world: World, caller_id: str, query: words.EventQuery) -> words.EventPage:
    """What happened to things of a caller, oldest first. Raises Invalid for a cursor of another list."""
    name = f"events/{caller_id}"
    if query.cursor:
        after = str(world.cursors.read(name, query.cursor)["id"])
    else:
        after = ids.floor("evt", world.wall()) if query.start == "now" else ""
    patterns = [query.type] if query.type else []
    found = events.list_events(world, caller_id, after, query.limit, patterns, query.subject)
    shown = [words.EventShown(created_at=event.pop("at"), **event) for event in found.events]
    onward = world.cursors.make(name, {"id": found.last}) or ""
    return words.EventPage(
        data=shown, pagination=words.Onward(limit=query.limit, next_cursor=onward, has_more=found.more)
    )


def make_endpoint(world: World, agent: Agent, order: words.EndpointOrder, claim: Claim | None) -> Outcome:
    """An address that is told of every event from now on. The secret is in no stored answer.

    Raises Invalid, TooManyEndpoints, SecretAlreadyShown.
    """
    _check_url(world, order.url)
    state, _ = rows.find_all(world.store, agent.account_id)
    endpoint_id, secret = ids.new("we"), order.secret or new_secret()
    endpoint = Endpoint(
        endpoint_id=endpoint_id, account_id=agent.account_id, url=order.url, events=tuple(order.events),
        status=Status.ENABLED, created_at=world.now(), sealed=world.seal.seal(secret, secret_place(endpoint_id)),
        epoch=1, since=ids.floor("evt", world.wall()), description=order.description,
    )  # fmt: skip
    writes = [*pump.start(world, agent.account_id, state, plus=1), rows.add_endpoint(endpoint)]
    return _with_secret(once.commit(world.store, claim, writes, _shown(endpoint)), secret)


def list_endpoints(world: World, agent: Agent) -> words.EndpointList:
    """The account's endpoints, oldest first."""
    return words.EndpointList(data=[_shown(one) for one in rows.find_all(world.store, agent.account_id)[1]])


def endpoint(world: World, agent: Agent, endpoint_id: str) -> words.EndpointShown:
    """One endpoint. Raises EndpointNotFound."""
    return _shown(_find(world, agent, endpoint_id))


def change_endpoint(
    world: World, agent: Agent, endpoint_id: str, order: words.EndpointChange, claim: Claim | None
) -> Outcome:  # fmt: skip
    """Other words for an endpoint; enabled again it is told of what happens from now on.

    Raises Invalid, EndpointNotFound.
    """
    if order.url is not None:
        _check_url(world, order.url)
    state, every = rows.find_all(world.store, agent.account_id)
    before = next((one for one in every if one.endpoint_id == endpoint_id), None)
    if before is None:
        raise EndpointNotFound
    put: Item = order.model_dump(include={"url", "events", "description"}, exclude_none=True)
    drop: list[str] = []
    starting: list[Write] = []
    if order.status is Status.ENABLED and not before.enabled:
        put |= {"epoch": before.epoch + 1, "since": ids.floor("evt", world.wall()), "failed_in_row": 0}
        starting, drop = pump.start(world, agent.account_id, state), ["disabled_reason"]
    elif order.status is Status.DISABLED and before.enabled:
        put["disabled_reason"] = Reason.BY_CALL.value
    if order.status:
        put["status"] = order.status.value
    writes = [*starting, rows.change(before, put, drop)] if put else []
    answer = _shown(before).model_copy(update={**_public(put), **dict.fromkeys(drop)})
    return once.commit(world.store, claim, writes, answer)


def delete_endpoint(world: World, agent: Agent, endpoint_id: str) -> Outcome:
    """An endpoint is told nothing more, and is gone. Raises EndpointNotFound."""
    found = _find(world, agent, endpoint_id)
    return once.commit(world.store, None, rows.remove(found), words.EndpointDeleted())


def rotate_secret(
    world: World, agent: Agent, endpoint_id: str, order: words.RotateOrder, claim: Claim | None
) -> Outcome:  # fmt: skip
    """Another secret; those before sign beside it for a while. Without an overlap none of them does.

    Raises EndpointNotFound, SecretAlreadyShown.
    """
    before, secret = _find(world, agent, endpoint_id), new_secret()
    now = world.wall()
    until = now + timedelta(hours=order.overlap_hours)
    old = [OldSecret(before.sealed, until), *(one for one in before.old if one.until > now)] if until > now else []
    sealed = world.seal.seal(secret, secret_place(endpoint_id))
    writes = [rows.replace_secret(before, sealed, old[:OLD_SECRETS_MAX])]
    return _with_secret(once.commit(world.store, claim, writes, _shown(before)), secret)


def try_endpoint(world: World, agent: Agent, endpoint_id: str, claim: Claim | None) -> Outcome:
    """Send a `webhook.test` to one endpoint. Raises EndpointNotFound, EndpointDisabled."""
    delivery_id, writes = deliveries.trial(world, _find(world, agent, endpoint_id))
    return once.commit(world.store, claim, writes, words.DeliveryMade(delivery_id=delivery_id))


def list_deliveries(world: World, agent: Agent, endpoint_id: str, query: CursorWords) -> words.DeliveryPage:
    """What was sent to an endpoint and how it went, newest first. Raises EndpointNotFound, Invalid."""
    if not ids.looks_like(endpoint_id, "we"):
        raise EndpointNotFound
    name = f"deliveries/{agent.account_id}/{endpoint_id}"
    after = world.cursors.read(name, query.cursor) if query.cursor else None
    page = rows.log_of(world.store, agent.account_id, endpoint_id, query.limit, after)
    if not page.items and after is None:
        # The log of an endpoint that is not there is empty as well; only then it is worth a look.
        rows.find(world.store, agent.account_id, endpoint_id)
    shown = [words.DeliveryShown.model_validate({**item, "id": item["sk"]}) for item in page.items]
    following = world.cursors.make(name, page.last)
    return words.DeliveryPage(data=shown, pagination=words.DeliveryPagination(limit=query.limit, next_cursor=following))


def redeliver(world: World, agent: Agent, endpoint_id: str, delivery_id: str, claim: Claim | None) -> Outcome:
    """Deliver an event again, under the same `webhook-id`.

    Raises EndpointNotFound, DeliveryNotFound, EventGone, EndpointDisabled.
    """
    if not ids.looks_like(endpoint_id, "we"):
        raise EndpointNotFound
    if not ids.looks_like(delivery_id, "dlv"):
        raise DeliveryNotFound
    new_id, writes = deliveries.again(world, agent.account_id, endpoint_id, delivery_id)
    return once.commit(world.store, claim, writes, words.DeliveryMade(delivery_id=new_id))


def _find(world: World, agent: Agent, endpoint_id: str) -> Endpoint:
    if not ids.looks_like(endpoint_id, "we"):
        raise EndpointNotFound
    return rows.find(world.store, agent.account_id, endpoint_id)


def _check_url(world: World, url: str) -> None:
    try:
        world.courier.check(url)
    except UnsafeUrl as unsafe:
        raise Invalid("url", str(unsafe)) from None


def _with_secret(outcome: Outcome, secret: str) -> Outcome:
    """The answer with its secret, which is shown once: a repeat is refused instead. Raises SecretAlreadyShown."""
    if outcome.replayed:
        raise SecretAlreadyShown
    return outcome.revised(lambda row: words.EndpointMade(**row, secret=secret))


def _public(put: Item) -> Item:
    return {name: value for name, value in put.items() if name in words.EndpointShown.model_fields}


def _shown(endpoint: Endpoint) -> words.EndpointShown:
    return words.EndpointShown(
        id=endpoint.endpoint_id, url=endpoint.url, events=list(endpoint.events), description=endpoint.description,
        status=endpoint.status, disabled_reason=endpoint.disabled_reason, created_at=endpoint.created_at,
    )  # fmt: skip
