"""Honest stand-ins for what stands outside: each keeps what it was given, and does what the real one may do."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core.ports.courier import Receipt
from chalicelib.core.ports.judge import Case, JudgeUnavailable, RequirementResult, Verdict
from chalicelib.core.ports.payments import Charge, Notice, Opened, Paid, Refused, Unheard, Unknown
from chalicelib.kit.clock import Clock
from chalicelib.kit.outside import Unreached
from tests.faults import Fault, never


@dataclass
class Mind:
    """A judge that is as sure as it is told to be; None means that it cannot be reached."""

    confidence: int | None = 95
    fail: Callable[[str, int], Fault | None] = never
    cases: list[Case] = field(default_factory=list)

    def judge(self, case: Case) -> Verdict:
        self.cases.append(case)
        if (fault := self.fail("judge", len(self.cases) - 1)) is not None:
            raise JudgeUnavailable("no answer") if isinstance(fault.error, Exception) else fault.error
        if self.confidence is None:
            raise JudgeUnavailable("nobody is there")
        met = self.confidence >= 90
        results = [RequirementResult(one, met, self.confidence, "as told") for one in case.requirements]
        return Verdict(self.confidence, "As I was told.", results, "stand-in")


@dataclass(frozen=True)
class Letter:
    """One delivery as it arrived: the body read, and the id under which a receiver tells repeats apart."""

    url: str
    words: Any
    message_id: str | None


@dataclass
class Mailbox:
    """A courier whose receiver keeps every letter, also the repeated ones, and answers with `status`."""

    status: int = 204
    fail: Callable[[str, int], Fault | None] = never
    letters: list[Letter] = field(default_factory=list)
    _posted: int = 0
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    def check(self, url: str) -> None:
        """Every URL will do."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Receipt:
        with self._lock:
            self._posted += 1
            fault = self.fail("post", self._posted - 1)
        if fault is not None and not fault.after:
            return _lost(fault)
        if 200 <= self.status < 300:
            self.letters.append(Letter(url, json.loads(body), headers.get("webhook-id")))
        return Receipt(self.status) if fault is None else _lost(fault)

    def about(self, task_id: str) -> list[Letter]:
        """The letters about one task."""
        return [letter for letter in list(self.letters) if letter.words["task_id"] == task_id]


@dataclass
class Purse:
    """A rail that remembers whom it paid: under one id it pays once, however often it is told to."""

    fail: Callable[[str, int], Fault | None] = never
    paid: dict[str, tuple[int, str]] = field(default_factory=dict)
    refuses: bool = False
    _calls: int = 0

    def pay(self, payout_id: str, amount_micros: int, destination: str) -> Paid | Refused | Unknown:
        self._calls += 1
        if self.refuses and payout_id not in self.paid:
            return Refused("not today")
        fault = self.fail("pay", self._calls - 1)
        if fault is None or fault.after:
            assert self.paid.setdefault(payout_id, (amount_micros, destination)) == (amount_micros, destination)
        if fault is None:
            return Paid()
        if not isinstance(fault.error, Exception):
            raise fault.error
        if not fault.after:
            raise Unreached("no connection")
        return Unknown("no answer")

    def look(self, payout_id: str) -> Paid | Unheard:
        return Paid() if payout_id in self.paid else Unheard()


@dataclass
class Counter:
    """A till that takes up every order, and sends each to a page of its own."""

    def open(self, charge: Charge) -> Opened:
        return Opened(f"https://pay.example.com/{charge.order_id}")

    def look(self, order_id: str) -> Notice:
        return Notice("PENDING")


@dataclass
class MovableClock:
    """Both clocks of a deployment, put ahead together: leases run out as well, which business time alone cannot do.

    A thread may have a clock that is wrong by a little, as machines have.
    """

    clock: Clock
    ahead: timedelta = timedelta()
    _wrong: Any = field(default_factory=threading.local, repr=False)

    def now(self) -> datetime:
        return self.clock.now() + self._shift()

    def wall(self) -> datetime:
        return self.clock.wall() + self._shift()

    def pass_time(self, **time: float) -> None:
        """Let time pass without anybody noticing."""
        self.ahead += timedelta(**time)

    def be_wrong_by(self, **time: float) -> None:
        """Put the clock of this thread's machine wrong."""
        self._wrong.by = timedelta(**time)

    def _shift(self) -> timedelta:
        wrong: timedelta = getattr(self._wrong, "by", timedelta())
        return self.ahead + wrong


def _lost(fault: Fault) -> Receipt:
    """A courier never raises for what happens outside; only the end of its own process takes it along."""
    if not isinstance(fault.error, Exception):
        raise fault.error
    return Receipt(None, str(fault.error))
