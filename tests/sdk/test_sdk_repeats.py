"""What is sent again and what is not: over a line that breaks, money moves once."""

from decimal import Decimal
from email.utils import formatdate

import httpx
import pytest

from byhand.errors import BadAnswer, Busy, Conflict, Invalid, RateLimited, ServerFault, Unreachable, kind
from byhand.wire import RETRY_AFTER_MAX_SECONDS, _retry_after
from tests.sdk.served import Fate, Line, Setting, answered, done_but, dropped_after, dropped_before, order

LOST: list[Fate] = [dropped_before, dropped_after, done_but(504, ""), done_but(503, "outcome_unknown"), answered(502)]


@pytest.mark.promise("sdk.client.repeats")
@pytest.mark.parametrize("fate", LOST, ids=["before", "after", "gateway", "unknown", "proxy"])
def test_a_deed_whose_answer_is_lost_is_done_once(setting: Setting, fate: Fate) -> None:
    client = setting.client(deposit=100)
    setting.line.fates = [fate, fate]
    task = client.tasks.post(**order(setting.house))
    assert [row.task_id for row in client.tasks.list()] == [task.task_id]
    assert client.account.balance().deposit_balance == Decimal("70.5")
    keys = setting.line.keys()[:3]
    assert keys[0]
    assert keys == [keys[0]] * 3
    setting.house.prove()


def test_every_deed_brings_a_key_of_its_own(setting: Setting) -> None:
    client = setting.client()
    for _ in range(2):
        task = client.tasks.post(**order(setting.house))
        client.tasks.cancel(task.task_id)
    assert len({*setting.line.keys()}) == 4
    client.tasks.post(**order(setting.house), idempotency_key="mine")
    assert setting.line.keys()[-1] == "mine"


def test_when_no_answer_ever_comes_the_error_carries_the_key_to_go_on_with(setting: Setting) -> None:
    client = setting.client(deposit=100)
    words = order(setting.house)
    setting.line.fates = [dropped_after] * 5
    with pytest.raises(Unreachable) as lost:
        client.tasks.post(**words)
    assert lost.value.idempotency_key
    client.tasks.post(**words, idempotency_key=lost.value.idempotency_key)
    assert len(list(client.tasks.list())) == 1


def test_a_client_without_retries_tries_once(setting: Setting) -> None:
    client = setting.client(retries=0)
    setting.line.fates = [answered(503, "busy")]
    with pytest.raises(Busy):
        client.account.balance()
    assert (len(setting.line.sent), setting.time.slept) == (1, [])


def test_a_wait_that_the_deployment_asks_for_is_kept(setting: Setting) -> None:
    client = setting.client()
    setting.line.fates = [
        answered(429, "rate_limited", Retry_After="17"),
        answered(409, "in_progress", Retry_After="2"),
    ]
    client.tasks.post(**order(setting.house))
    first, second = setting.time.slept
    assert 17 <= first <= 17.5
    assert 2 <= second <= 3


def test_nobody_waits_longer_than_makes_sense(setting: Setting) -> None:
    client = setting.client()
    setting.line.fates = [answered(429, "rate_limited", Retry_After=str(int(RETRY_AFTER_MAX_SECONDS) + 1))]
    with pytest.raises(RateLimited) as refused:
        client.account.balance()
    assert (refused.value.retry_after, setting.time.slept) == (RETRY_AFTER_MAX_SECONDS + 1, [])


@pytest.mark.parametrize(("status", "code"), [(400, "invalid"), (409, "wrong_state"), (500, "internal"), (418, "tea")])
def test_what_would_be_refused_again_is_not_sent_again(setting: Setting, status: int, code: str) -> None:
    client = setting.client()
    setting.line.fates = [answered(status, code)]
    with pytest.raises(kind(status, code)):
        client.account.balance()
    assert len(setting.line.sent) == 1


@pytest.mark.parametrize("fate", [dropped_after, answered(502), answered(504), done_but(503, "outcome_unknown")])
def test_a_registration_that_may_have_been_done_is_not_sent_again(setting: Setting, fate: Fate) -> None:
    setting.line.fates = [fate]
    with pytest.raises((Unreachable, ServerFault)):
        setting.client_of(None).account.register(name="a", email="a@example.com")
    assert len(setting.line.sent) == 1


@pytest.mark.parametrize("fate", [dropped_before, answered(503, "busy"), answered(429, "rate_limited")])
def test_a_registration_that_was_surely_not_done_is(setting: Setting, fate: Fate) -> None:
    setting.line.fates = [fate]
    assert setting.client_of(None).account.register(name="a", email="a@example.com").agent_id
    with pytest.raises(Conflict):
        setting.client_of(None).account.register(name="a", email="a@example.com")


def test_a_key_is_not_carried_to_where_a_redirect_points(setting: Setting) -> None:
    client = setting.client()
    setting.line.fates = [answered(302, Location="https://elsewhere.example/")]
    with pytest.raises(kind(302, "")):
        client.account.balance()
    assert len(setting.line.sent) == 1


def _page(request: httpx.Request, line: Line) -> httpx.Response:
    return httpx.Response(200, text="<html>Welcome</html>")


def _other(request: httpx.Request, line: Line) -> httpx.Response:
    return httpx.Response(200, json={"deposit_balance": "much"})


@pytest.mark.parametrize("fate", [_page, _other])
def test_an_answer_of_something_else_is_said_to_be_one(setting: Setting, fate: Fate) -> None:
    client = setting.client()
    setting.line.fates = [fate]
    with pytest.raises(BadAnswer, match="Balance"):
        client.account.balance()


def test_the_original_services_errors_are_read_too(setting: Setting) -> None:
    """They have no code and no request id."""

    def fate(request: httpx.Request, line: Line) -> httpx.Response:
        return httpx.Response(400, json={"error": "Missing title", "details": None}, headers={"X-Request-Id": "r-1"})

    client = setting.client()
    setting.line.fates = [fate]
    with pytest.raises(Invalid) as refused:
        client.account.balance()
    assert (refused.value.code, refused.value.message, refused.value.field) == ("unknown", "Missing title", None)
    assert str(refused.value) == "Missing title (400, unknown, r-1)"


def test_a_date_to_come_back_at_is_understood() -> None:
    def said(text: str) -> float | None:
        return _retry_after(httpx.Response(503, headers={"Retry-After": text}))

    assert said(formatdate(0, usegmt=True)) == 0
    assert (said("soon"), said("-1"), said("")) == (None, None, None)
    ahead = said(formatdate(4_000_000_000, usegmt=True))
    assert ahead is not None
    assert ahead > 1_000_000
