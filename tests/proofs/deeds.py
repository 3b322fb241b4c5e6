"""Deeds to be cut off: how a pair of people comes to each of them, and how it is done the same way again and again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.harness import Agent, House, Operator, Reply
from tests.proofs.pairs import AGENT_KEY, ERRAND, Pair
from tests.proofs.stand_ins import MovableClock

CONFIRMED: dict[str, Any] = {"confirmation_text": "I have done what was asked."}
HOOK: dict[str, Any] = {"callback_url": "https://example.com/hook", "callback_secret": "secret"}
WINDOW: dict[str, Any] = {"auto_complete_after_seconds": 3_600}
TIER_2: dict[str, Any] = {
    "task_type": "PHONE_VERIFICATION", "proof_type": "ARTIFACT", "agent_public_key": AGENT_KEY.public_key, **WINDOW,
}  # fmt: skip
ESTIMATED: dict[str, Any] = {"estimate_required": True}
FORM: dict[str, Any] = {"outputSchema": {"works": {"type": "boolean", "description": "Does it work?"}}}
ISSUES: dict[str, Any] = {"canCreateGithubIssues": True, **FORM}


@dataclass(frozen=True)
class Deed:
    """How it is done; what comes before it, what time then passes, and what comes still before it after that."""

    do: Callable[[Pair], Reply | list[str]]
    before: tuple[str, ...] = ()
    waits: Mapping[str, float] = field(default_factory=dict)
    then: tuple[str, ...] = ()
    order: Mapping[str, Any] = field(default_factory=dict)
    by_request: bool = True
    then_days: int = 0
    """How much later all pairs are looked at: what else they wait for must be over for the first and the last of them.
    """

    def prepare(self, house: House, clock: MovableClock, agent: Agent) -> Pair:
        """A new pair that has come to this deed. What the deed is about is found out now: that is no part of it."""
        pair = Pair(house, agent, house.operator(), dict(self.order))
        for name in self.before:
            _must(STEPS[name](pair))
        clock.pass_time(**self.waits)
        for name in self.then:
            _must(STEPS[name](pair))
        return pair


def _must(came_to: Reply | list[str]) -> None:
    assert not isinstance(came_to, Reply) or came_to.status < 300, came_to
    assert not isinstance(came_to, list) or came_to == []


STEPS: dict[str, Callable[[Pair], Reply | list[str]]] = {
    "deposit": Pair.deposit,
    "give money back": lambda pair: pair.house.admin.do(
        f"/deposits/{pair.known['deposit']}/refund", key=f"refund-{pair.operator.id}"
    ),
    "stranger": Pair.strange,
    "suspend the agent": Pair.suspend,
    "suspend": lambda pair: pair.house.admin.do(
        f"/agents/{pair.known['stranger']}/suspend", key=f"suspend-{pair.operator.id}"
    ),
    "order fiat": Pair.order_fiat,
    "notify": Pair.notify,
    "ask payout": Pair.ask_payout,
    "post": Pair.post,
    "post by tool": Pair.post_by_tool,
    "cancel by tool": lambda pair: pair.by_tool(
        "cancel_task", task_id=pair.task_id, idempotency_key=f"cancel-{pair.task_id}"
    ),
    "approve by tool": lambda pair: pair.by_tool(
        "verify_task", task_id=pair.task_id, decision="APPROVE", idempotency_key=f"approve-{pair.task_id}"
    ),
    "cancel": lambda pair: pair.agent.cancel(pair.task_id, key=f"cancel-{pair.task_id}"),
    "accept": lambda pair: pair.operator.accept(pair.task_id, key="accept"),
    "estimate": lambda pair: pair.operator.accept(pair.task_id, key="estimate", estimate_hours=2),
    "approve_estimate": lambda pair: pair.agent.estimate(pair.task_id, "approve", key=f"approve-{pair.task_id}"),
    "reject_estimate": lambda pair: pair.agent.estimate(pair.task_id, "reject", key=f"reject-{pair.task_id}"),
    "start": lambda pair: pair.operator.start(pair.task_id, key="start"),
    "give back": lambda pair: pair.operator.release(pair.task_id, key="release"),
    "rate": lambda pair: pair.agent.rate(pair.task_id, 4, key=f"rate-{pair.task_id}"),
    "upload": Pair.upload,
    "submit": lambda pair: pair.operator.submit(pair.task_id, key="submit", **CONFIRMED),
    "submit credential": lambda pair: pair.operator.submit(
        pair.task_id, key="submit", encrypted_credential=pair.sealed
    ),
    "retrieve": lambda pair: pair.agent.send(f"/tasks/{pair.task_id}/retrieve-credential"),
    "forget": lambda pair: pair.ring("timers", "task.forget_credential"),
    "submit photo": lambda pair: pair.operator.submit(pair.task_id, key="submit", photos=[pair.known["url"]]),
    "approve": lambda pair: pair.agent.verify(pair.task_id, "APPROVE", key=f"approve-{pair.task_id}"),
    "reject": lambda pair: pair.agent.verify(pair.task_id, "REJECT", key=f"reject-{pair.task_id}"),
    "dispute": Pair.dispute,
    "release": lambda pair: pair.resolve(outcome="release"),
    "refund": lambda pair: pair.resolve(outcome="refund"),
    "split": lambda pair: pair.resolve(outcome="split", operator_share=0.6),
    "withdraw": lambda pair: pair.house.admin.do(f"/tasks/{pair.task_id}/cancel", key=f"withdraw-{pair.task_id}"),
    "pay out": lambda pair: pair.operator.payout(20, key="payout"),
    "judge badly": Pair.judge_badly,
    "resolve": lambda pair: pair.ring("timers", "task.resolve"),
    "judge": lambda pair: pair.ring("judge", "task.judge"),
    "complete": lambda pair: pair.ring("timers", "task.complete"),
    "mature": lambda pair: pair.ring("timers", "task.mature"),
    "expire": lambda pair: pair.ring("timers", "task.expire"),
    "a week": lambda pair: pair.wait(days=7.01),
    "send payout": lambda pair: pair.ring("timers", "payout.send"),
    "pay payout": lambda pair: pair.ring("courier", "payout.pay"),
    "carry": lambda pair: pair.ring("courier", "webhook.deliver"),
    "order job": Pair.order_job,
    "order job without a key": lambda pair: pair.order_job(keyed=False),
    "grant": Pair.repositories,
    "take back": lambda pair: pair.repositories("/withdraw"),
    "claim": lambda pair: pair.tester.claim(pair.job_id, key="claim"),
    "work": Pair.work,
    "extend": lambda pair: pair.tester.extend(pair.job_id, 2, key="extend"),
    "hand in job": Pair.hand_in_job,
    "leave job": lambda pair: pair.tester.abandon(pair.job_id, key="leave"),
    "reject job": lambda pair: pair.tester.reject(pair.job_id, key="reject"),
    "announce": lambda pair: pair.ring("timers", "job.announce"),
    "expire job": lambda pair: pair.ring("timers", "job.expire"),
    "overrun": lambda pair: pair.ring("timers", "job.overrun"),
    "extract": lambda pair: pair.ring("judge", "job.extract"),
    "extract overdue": lambda pair: pair.ring("timers", "job.extract_overdue"),
    "mature job": lambda pair: pair.ring("timers", "job.mature"),
    "dispute job": Pair.dispute_job,
    "release job": lambda pair: pair.resolve_job(outcome="release"),
    "refund job": lambda pair: pair.resolve_job(outcome="refund"),
    "split job": lambda pair: pair.resolve_job(outcome="split", operator_share=0.6),
    "resolve job": lambda pair: pair.ring("timers", "job.resolve"),
    "tell slack": lambda pair: pair.ring("courier", "job.tell_slack"),
    "open issue": lambda pair: pair.ring("courier", "job.open_issue"),
}

_EARNED = ("post", "accept", "submit", "approve")
_HANDED_IN = ("post", "accept", "submit")
_SEALED = ("post", "accept", "submit credential")
OFFERED = ("order job", "announce")
CLAIMED = (*OFFERED, "claim", "work")
TESTED = (*CLAIMED, "hand in job")
DISPUTED_JOB = (*TESTED, "extract", "dispute job")
TESTED_FOR_ISSUES = ("grant", *TESTED)
DEEDS: dict[str, Deed] = {
    "deposit": Deed(STEPS["deposit"]),
    "post": Deed(STEPS["post"], order=HOOK),
    "post by tool": Deed(STEPS["post by tool"]),
    "cancel by tool": Deed(STEPS["cancel by tool"], before=("post", "accept")),
    "approve by tool": Deed(STEPS["approve by tool"], before=(*_HANDED_IN, "judge"), order=WINDOW),
    "cancel": Deed(STEPS["cancel"], before=("post", "accept")),
    "accept": Deed(STEPS["accept"], before=("post",)),
    "estimate": Deed(STEPS["estimate"], before=("post",), order=ESTIMATED),
    "approve_estimate": Deed(STEPS["approve_estimate"], before=("post", "estimate"), order=ESTIMATED),
    "reject_estimate": Deed(STEPS["reject_estimate"], before=("post", "estimate"), order=ESTIMATED),
    "start": Deed(STEPS["start"], before=("post", "accept")),
    "give back": Deed(STEPS["give back"], before=("post", "accept", "start")),
    "rate": Deed(STEPS["rate"], before=(*_HANDED_IN, "approve")),
    "upload": Deed(STEPS["upload"], before=("post", "accept")),
    "submit": Deed(STEPS["submit photo"], before=("post", "accept", "upload"), order={"proof_type": "PHOTO"}),
    "submit credential": Deed(STEPS["submit credential"], before=("post", "accept"), order=TIER_2),
    "judge credential": Deed(STEPS["judge"], by_request=False, before=_SEALED, order=TIER_2),
    "forget": Deed(
        STEPS["forget"], by_request=False, before=(*_SEALED, "approve"), order=TIER_2, waits={"days": 30.01}
    ),
    "judge": Deed(STEPS["judge"], by_request=False, before=_HANDED_IN, order=HOOK | WINDOW),
    "complete": Deed(
        STEPS["complete"], by_request=False, before=(*_HANDED_IN, "judge"), order=WINDOW, waits={"hours": 1.01}
    ),
    "approve": Deed(STEPS["approve"], before=(*_HANDED_IN, "judge"), order=WINDOW),
    "dispute": Deed(STEPS["dispute"], before=(*_HANDED_IN, "approve")),
    **{word: Deed(STEPS[word], before=(*_HANDED_IN, "reject")) for word in ("release", "refund", "split")},
    **{
        f"{word} after completion": Deed(STEPS[word], before=(*_HANDED_IN, "approve", "dispute"))
        for word in ("release", "refund", "split")
    },
    "withdraw": Deed(STEPS["withdraw"], before=("post", "accept")),
    "submit again": Deed(
        lambda pair: pair.operator.submit(pair.task_id, key="again", **CONFIRMED), before=(*_HANDED_IN, "judge badly")
    ),
    "refund by the clock": Deed(
        STEPS["resolve"], by_request=False, before=(*_HANDED_IN, "judge badly"), waits={"days": 14.01}
    ),
    "release by the clock": Deed(
        STEPS["resolve"],
        by_request=False,
        before=(*_HANDED_IN, "judge", "approve", "dispute"),
        order=WINDOW,
        waits={"days": 14.01},
    ),
    "mature": Deed(STEPS["mature"], by_request=False, before=(*_HANDED_IN, "approve"), waits={"days": 7.01}),
    "expire": Deed(STEPS["expire"], by_request=False, before=("post",), waits={"days": 5.01}),
    "pay out": Deed(STEPS["pay out"], before=_EARNED, waits={"days": 7.01}, then=("mature",)),
    "order fiat": Deed(STEPS["order fiat"]),
    "notice": Deed(STEPS["notify"], before=("order fiat",)),
    "send payout": Deed(
        STEPS["send payout"], by_request=False, before=_EARNED, waits={"days": 7.01}, then=("mature", "ask payout")
    ),
    "pay payout": Deed(
        STEPS["pay payout"],
        by_request=False,
        before=_EARNED,
        waits={"days": 7.01},
        then=("mature", "ask payout", "send payout"),
    ),
    "give money back": Deed(STEPS["give money back"], before=("deposit",)),
    "suspend": Deed(STEPS["suspend"], before=("stranger",)),
    "webhook": Deed(STEPS["carry"], by_request=False, before=(*_HANDED_IN, "judge"), order=HOOK | WINDOW),
    "order job": Deed(STEPS["order job"], order=FORM),
    "order job without a key": Deed(STEPS["order job without a key"], order=FORM),
    "order job with issues": Deed(STEPS["order job"], before=("grant",), order=ISSUES),
    "grant": Deed(STEPS["grant"]),
    "take back": Deed(STEPS["take back"], before=("grant",)),
    "claim": Deed(STEPS["claim"], before=OFFERED, order=FORM),
    "extend": Deed(STEPS["extend"], before=CLAIMED, order=FORM),
    "hand in job": Deed(STEPS["hand in job"], before=CLAIMED, order=FORM),
    "leave job": Deed(STEPS["leave job"], before=CLAIMED),
    "reject job": Deed(STEPS["reject job"], before=CLAIMED),
    "announce": Deed(STEPS["announce"], by_request=False, before=("order job",)),
    "expire job": Deed(STEPS["expire job"], by_request=False, before=(*OFFERED, "tell slack"), waits={"hours": 2.01}),
    "overrun": Deed(STEPS["overrun"], by_request=False, before=CLAIMED, waits={"minutes": 10.1}, then_days=1),
    "extract": Deed(STEPS["extract"], by_request=False, before=TESTED, order=FORM),
    "extract for issues": Deed(STEPS["extract"], by_request=False, before=TESTED_FOR_ISSUES, order=ISSUES),
    "mature job": Deed(STEPS["mature job"], by_request=False, before=(*TESTED, "extract"), waits={"days": 7.01}),
    "dispute job": Deed(STEPS["dispute job"], before=(*TESTED, "extract")),
    **{word: Deed(STEPS[word], before=DISPUTED_JOB) for word in ("release job", "refund job", "split job")},
    "release job by the clock": Deed(
        STEPS["resolve job"], by_request=False, before=DISPUTED_JOB, waits={"days": 14.01}
    ),
    "open issue": Deed(STEPS["open issue"], by_request=False, before=(*TESTED_FOR_ISSUES, "extract"), order=ISSUES),
    "tell slack": Deed(STEPS["tell slack"], by_request=False, before=OFFERED),
}


def errand(agent: Agent, **words: Any) -> str:
    """A task that needs no pictures."""
    return agent.posted(**{**ERRAND, **words})


def handed_in(agent: Agent, operator: Operator, **words: Any) -> str:
    """A task whose proof waits for the Guardian."""
    task_id = errand(agent, **words)
    _must(operator.accept(task_id))
    _must(operator.submit(task_id, **CONFIRMED))
    return task_id
