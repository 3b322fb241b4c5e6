"""Honest stand-ins for what stands outside: each keeps what it was given, and does what the real one may do."""

import json
import re
import threading
from collections import Counter as Tally
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core.ports.courier import Receipt
from chalicelib.core.ports.forge import ForgeUnavailable, Issue
from chalicelib.core.ports.judge import Case, JudgeUnavailable, RequirementResult, Verdict
from chalicelib.core.ports.payments import Charge, Notice, Opened, Paid, Refused, Unheard, Unknown
from chalicelib.core.ports.reader import Change, Extraction, Finding, Plan, ReaderUnavailable, Report
from chalicelib.kit.clock import Clock
from chalicelib.kit.outside import Unreached
from tests.faults import Fault, never
from tests.harness import House

SLACK = "https://slack.example.com/hook"


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


@dataclass
class Scribe:
    """A reader who writes down what is asked for, and finds what it is told to find; it may be out."""

    findings: int = 1
    is_there: bool = True
    covers: bool = True
    fail: Callable[[str, int], Fault | None] = never
    reports: list[Report] = field(default_factory=list)

    def extract(self, report: Report, problem: str = "") -> Extraction:
        self.reports.append(report)
        if (fault := self.fail("extract", len(self.reports) - 1)) is not None:
            raise ReaderUnavailable("no answer") if isinstance(fault.error, Exception) else fault.error
        if not self.is_there:
            raise ReaderUnavailable("nobody is there")
        data = {one.name: True for one in report.fields} if self.covers else {}
        found = [Finding(f"Finding {number}", "As I was told.") for number in range(1, self.findings + 1)]
        return Extraction(True, "As I was told.", data, found, "stand-in")

    def plan(self, change: Change) -> Plan:
        raise NotImplementedError("nobody asks for a plan here")


@dataclass
class Hub:
    """A forge that keeps every issue, also those that were opened twice; it may open them and not be heard."""

    is_up: bool = True
    is_heard: bool = True
    fail: Callable[[str, int], Fault | None] = never
    issues: list[str] = field(default_factory=list)
    """The text of each, the first of which has the number 1."""
    _calls: int = 0
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    def read(self, repo: str, path: str, bytes_max: int) -> str | None:
        self._asked("read_file", lambda: None)
        return f"{path} of {repo}"

    def find(self, repo: str, mark: str) -> Issue | None:
        self._asked("find_issue", lambda: None)
        numbers = [number for number, text in enumerate(self.issues, 1) if mark in text]
        return _issue(repo, numbers[0]) if numbers else None

    def open(self, repo: str, title: str, text: str) -> Issue:
        self._asked("open_issue", lambda: self.issues.append(text))
        if not self.is_heard:
            raise ForgeUnavailable("the answer was lost")
        return _issue(repo, len(self.issues))

    def about(self, job_id: str) -> int:
        """How many issues tell of a job."""
        return sum(job_id in text for text in self.issues)

    def twice(self) -> list[str]:
        """The marks that more than one issue has."""
        marks = Tally(mark for text in self.issues for mark in re.findall("<!-- byhand:.*? -->", text))
        return [mark for mark, times in marks.items() if times > 1]

    def _asked(self, name: str, deed: Callable[[], object]) -> None:
        with self._lock:
            self._calls += 1
            fault = self.fail(name, self._calls - 1)
            if not self.is_up:
                raise ForgeUnavailable("nobody is there")
            if fault is None or fault.after:
                deed()
        if fault is not None:
            raise ForgeUnavailable("no answer") if isinstance(fault.error, Exception) else fault.error


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

    def about(self, thing_id: str) -> list[Letter]:
        """The letters about one thing."""
        return [letter for letter in list(self.letters) if thing_id in json.dumps(letter.words)]


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


def outside(house: House) -> dict[str, Any]:
    """The parts of a world whose strangers are all stand-ins, and whose testers have a channel."""
    rails = {**house.world.rails, "payoneer": Purse()}
    settings = house.world.settings.model_copy(update={"slack_webhook_url": SLACK})
    strangers = {"judge": Mind(), "courier": Mailbox(), "reader": Scribe(), "forge": Hub(), "till": Counter()}
    return {**strangers, "rails": rails, "settings": settings, "clock": MovableClock(house.world.clock)}


def _issue(repo: str, number: int) -> Issue:
    return Issue(number, f"https://forge.example.com/{repo}/issues/{number}")


def _lost(fault: Fault) -> Receipt:
    """A courier never raises for what happens outside; only the end of its own process takes it along."""
    if not isinstance(fault.error, Exception):
        raise fault.error
    return Receipt(None, str(fault.error))
