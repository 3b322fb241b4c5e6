"""The walk: every route and every kind of job at least once, each as far as it goes when all is well.

It is written down in `house.costs` under the name of the route or the kind, so it has no asserts of its own but that
nothing was refused: what it costs is for the budgets, and that it is whole is for a test.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bench.trial import Trial
from bench.walk import MeteredHouse
from chalicelib.core.agenda import service as agenda
from chalicelib.core.files import links
from chalicelib.core.files.model import Frozen
from chalicelib.doors.http import web
from chalicelib.kit.commit import commit
from chalicelib.products.tasks import kinds
from tests.core.stand_ins import Notebook
from tests.doors.strangers import FixedJudge
from tests.harness import Agent, Caller, Operator, Reply, picture
from tests.products.accounts.hooks import made
from tests.products.operators.uploads import announce, announce_recording
from tests.products.qa.people import Customer, Tester
from tests.products.tasks.disputes import dispute_id
from tests.products.tasks.sealing import Errand
from tests.products.tasks.stages import Scene, scene
from tests.proofs.bells import lose_all
from tests.proofs.stand_ins import Hub, Scribe
from tests.providers import Payoneer, live, notify

KYC_SECRET = "the secret of the identity check"  # noqa: S105 it opens nothing
HOOK = {"callback_url": "https://agent.example/hook", "callback_secret": "s"}
PLACE = "lat=40.7&lng=-74.0"


@dataclass
class Cast:
    """Who is there during the walk."""

    house: MeteredHouse
    agent: Agent
    operator: Operator

    def done(self, reply: Reply) -> Any:
        """The answer's words; a walk that is refused anything is no walk."""
        assert reply.status < 400, reply
        return reply.json

    def turn(self, caller: Caller, path: str) -> Any:
        """The first page of a list and the one behind it; the first row."""
        path = f"{path}{'&' if '?' in path else '?'}limit=1"
        page = self.done(caller.get(path))
        self.done(caller.get(f"{path}&cursor={quote(page['pagination']['next_cursor'])}"))
        return page["data"][0]


def walk(house: MeteredHouse) -> None:
    """Everything once."""
    settings = house.world.settings.model_copy(
        update={
            "open_assignments_max": 100,
            "kyc_webhook_secret": KYC_SECRET,
            "payout_cooling_hours": 0,
            "credential_retention_days": 10,
        }
    )
    with house.living_in(settings=settings, judge=FixedJudge(95), courier=Notebook()):
        cast = Cast(house, house.agent(deposit=10_000), house.operator())
        _house(cast)
        _accounts(cast)
        _person(cast)
        _board(cast)
        _work(cast)
        _credential(cast)
        _estimates(cast)
        left = _disputes(cast)
        _hooks(cast)
        _time(cast, left)
        _money(cast)
        _lists(cast)
        _jobs(cast)
        _backoffice(cast)


def _house(cast: Cast) -> None:
    script = f"/operator/{web.version()}/app.js"
    for path in ("/api/health", "/api/openapi.json", "/api/docs", "/llms.txt", "/operator", script):
        cast.done(cast.house.request("GET", path))
    frozen = Frozen(key="proof/up_1", content_type="image/png", sha256="0" * 64)
    cast.done(cast.house.request("GET", links.make(cast.house.world, frozen)))
    cast.done(cast.house.request("POST", "/api/v1/test/clock", {"advance_seconds": 1}))


def _accounts(cast: Cast) -> None:
    agent, done = cast.agent, cast.done
    key = done(agent.send("/agents/keys", {"name": "second"}))["id"]
    done(agent.get("/agents/keys"))
    done(agent.send(f"/agents/keys/{key}", method="DELETE"))
    done(agent.get("/agents/balance"))
    done(cast.house.admin.do(f"/deposits/{agent.deposit(5).json['transaction_id']}/refund"))
    done(cast.house.admin.get(f"/admin/agents/{agent.id}"))


def _person(cast: Cast) -> None:
    """The operator, and what others find out about them."""
    operator, done, admin = cast.operator, cast.done, cast.house.admin
    done(operator.get("/operator/me"))
    done(operator.send("/operator/me", {"location": {"lat": 40.7, "lng": -74.0}}, method="PATCH"))
    done(cast.agent.get(f"/operators/search?{PLACE}"))
    done(admin.get(f"/admin/operators/{operator.id}"))
    body = json.dumps({
        "type": "applicantReviewed", "externalUserId": operator.id, "reviewResult": {"reviewAnswer": "GREEN"},
        "createdAtMs": "2026-02-21 13:23:19.321",
    }).encode()  # fmt: skip
    digest = hmac.new(KYC_SECRET.encode(), body, hashlib.sha256).hexdigest()
    signed = {"X-Payload-Digest": digest, "X-Payload-Digest-Alg": "HMAC_SHA256_HEX"}
    done(cast.house.request("POST", "/api/v1/webhooks/kyc", headers=signed, raw=body))
    done(admin.do(f"/operators/{operator.id}/kyc", status="APPROVED"))
    done(admin.do(f"/operators/{operator.id}/suspend"))
    done(admin.do(f"/operators/{operator.id}/unsuspend"))


def _board(cast: Cast) -> None:
    """What can be asked for, and what is asked for."""
    agent, done, admin = cast.agent, cast.done, cast.house.admin
    done(agent.get("/tasks/categories"))
    done(agent.get("/tasks/quote?reward_usd=25"))
    done(admin.get("/admin/task-types"))
    done(admin.do("/task-types/PHOTO", enabled=True))
    done(cast.house.admin.do(f"/tasks/{agent.posted()}/cancel"))
    done(agent.cancel(agent.posted()))
    for _ in range(3):
        agent.posted(reward_usd=10)


def _work(cast: Cast) -> None:
    """One task, well done."""
    agent, operator, done = cast.agent, cast.operator, cast.done
    task_id = agent.posted(**HOOK, reward_usd=200)
    done(operator.accept(task_id))
    done(operator.start(task_id))
    done(operator.get(f"/operator/tasks/{task_id}"))
    done(announce(operator, picture()))
    done(announce_recording(operator, picture(), "image/png"))
    operator.hand_in(task_id)
    cast.house.drain()
    assert agent.task(task_id)["status"] == "COMPLETED"
    done(agent.rate(task_id, 5))


def _credential(cast: Cast) -> None:
    """A task whose result is encrypted for the agent."""
    errand = Errand(cast.house, cast.agent, cast.operator).posted().completed()
    cast.done(errand.retrieve("POST"))
    cast.done(errand.retrieve("GET"))


def _estimates(cast: Cast) -> None:
    agent, operator, done = cast.agent, cast.operator, cast.done
    task_id = agent.posted(estimate_required=True)
    done(operator.accept(task_id, estimate_hours=1))
    done(agent.estimate(task_id, "reject"))
    done(operator.accept(task_id, estimate_hours=1))
    done(agent.estimate(task_id, "approve"))
    done(operator.release(task_id))


def _disputes(cast: Cast) -> Scene:
    """Proof that is doubted; what is still doubted is left to the clock."""
    done, admin = cast.done, cast.house.admin
    stage = scene(cast.house, "MANUAL_REVIEW")
    done(stage.agent.verify(stage.task_id, "APPROVE"))
    done(stage.agent.send(f"/tasks/{stage.task_id}/dispute", {"reason": "It is another shop."}))
    done(admin.do(f"/disputes/{dispute_id(stage)}/resolve", outcome="split", operator_share=0.5))
    other = stage.next("COMPLETED")
    done(admin.do(f"/tasks/{other.task_id}/dispute"))
    for status in ("DISPUTED", "DISPUTED", "MANUAL_REVIEW", "PENDING"):
        stage.next(status)
    return stage


def _hooks(cast: Cast) -> None:
    """An endpoint of the account, and what it is told."""
    agent, done, house = cast.agent, cast.done, cast.house
    path = f"/webhooks/endpoints/{made(agent, 'https://agent.example/all')['id']}"
    agent.posted(reward_usd=10)
    house.pass_time(minutes=3)
    delivery = done(agent.send(f"{path}/test"))["delivery_id"]
    house.drain()
    done(agent.send(f"{path}/deliveries/{delivery}/redeliver"))
    house.drain()
    done(agent.get("/webhooks/endpoints"))
    done(agent.get(path))
    cast.turn(agent, f"{path}/deliveries")
    done(agent.send(f"{path}/rotate"))
    done(agent.send(path, {"events": ["task.*"]}, method="PATCH"))
    done(agent.send(path, method="DELETE"))


def _time(cast: Cast, stage: Scene) -> None:
    """What only time does: reviews, holds and disputes run out, deadlines pass, and a Guardian is never heard of."""
    house = cast.house
    stage.next("SUBMITTED")
    house.pass_time(minutes=31, lose=lose_all)
    for nowhere in range(2):
        subject = f"agent_0/task_{nowhere}"
        house.world.queues.ring(
            commit(house.world.store, [agenda.at(kinds.COMPLETE, subject, house.now(), house.now())])
        )
    for _ in range(6):
        house.pass_time(days=3)


def _money(cast: Cast) -> None:
    """Money that meets a provider."""
    house, agent, operator, done = cast.house, cast.agent, cast.operator, cast.done
    fickle, payoneer = house.agent(deposit=10), Payoneer()
    done(operator.payout(10))
    with live(house, payoneer=payoneer, payout_cooling_hours=0):
        order = {"amount_usd": 100, "payment_method": "card"}
        pay = done(fickle.send("/agents/deposit", order))["payment_id"]
        done(fickle.send("/agents/deposit/status", {"payment_id": pay}))
        done(notify(house, pay))
        done(notify(house, pay, "CHARGEBACK"))
        payee = {"amount_usd": 10, "payoneer_payee_id": "payee_1"}
        payoneer.mood = "takes it and hangs up"
        done(operator.send("/operator/payout", payee))
        house.drain()
        house.pass_time(minutes=11)
        reviewed = house.world.settings.model_copy(update={"payout_review_usd": 1})
        with house.living_in(settings=reviewed):
            held, lost = (done(operator.send("/operator/payout", payee))["payout_id"] for _ in range(2))
        cast.turn(house.admin, "/admin/payouts")
        done(house.admin.do("/payouts/pause"))
        done(house.admin.do("/payouts/resume"))
        payoneer.mood = "well"
        done(house.admin.do(f"/payouts/{held}/release"))
        done(house.admin.do(f"/payouts/{lost}/fail"))
        house.drain()
    done(operator.get(f"/operator/payout/status/{held}"))
    agent.deposit(5)


def _lists(cast: Cast) -> None:
    """Every list: its first page, and one behind a cursor."""
    agent, operator, admin = cast.agent, cast.operator, cast.house.admin
    for _ in range(2):
        task_id = agent.posted(reward_usd=10)
        cast.done(operator.accept(task_id))
        agent.posted(reward_usd=10)
        cast.house.operator()
    for path in ("/tasks", "/tasks?status=PENDING", "/agents/deposits", "/events"):
        cast.turn(agent, path)
    mine = ("/operator/tasks?scope=mine", "/operator/payouts", "/operator/earnings/history", "/operator/events")
    for path in ("/operator/tasks", "/operator/tasks?task_type=VERIFICATION", *mine):
        cast.turn(operator, path)
    cast.done(operator.send("/operator/me", {"skills": ["VERIFICATION", "PHOTO"]}, method="PATCH"))
    cast.turn(operator, "/operator/tasks")
    for path in ("/admin/operators?kyc_status=APPROVED", "/admin/disputes?state=resolved", "/admin/audit"):
        cast.turn(admin, path)
    cast.turn(admin, f"/admin/accounts/{agent.id}/statement")
    cast.done(operator.get("/operator/earnings"))


def _jobs(cast: Cast) -> None:
    """Tests of pages: one well done, those that end otherwise, and the lists of both sides."""
    settings = cast.house.world.settings.model_copy(update={"slack_webhook_url": "https://slack.example/hook"})
    with cast.house.living_in(reader=Scribe(), forge=Hub(), settings=settings):
        trial = Trial(cast.house, Customer(cast.agent), Tester(cast.house.operator()))
        grants = f"/admin/agents/{cast.agent.id}/repositories"
        for name in ("octocat/spoon", trial.repo):
            cast.done(cast.house.admin.do(grants.removeprefix("/admin"), repo=name))
        cast.turn(cast.house.admin, grants)
        trial.complete()
        trial.dispute()
        trial.leave()
        trial.look()
        trial.run_out()
        cast.done(cast.house.admin.do(f"{grants.removeprefix('/admin')}/withdraw", repo=trial.repo))


def _backoffice(cast: Cast) -> None:
    """Dead entries, suspension, and the books."""
    house, done, admin = cast.house, cast.done, cast.house.admin
    dead = cast.turn(admin, "/admin/agenda/dead")
    done(admin.do("/agenda/rerun", entry_id=dead["id"]))
    done(admin.do("/agenda/drop", entry_id=done(admin.get("/admin/agenda/dead"))["data"][0]["id"]))
    Customer(cast.agent).ordered()
    done(admin.do(f"/agents/{cast.agent.id}/suspend"))
    house.pass_time(minutes=2)
    done(admin.do(f"/agents/{cast.agent.id}/unsuspend"))
    done(admin.do("/books/prove"))
    house.drain()
    done(admin.get("/admin/books/proof"))
    done(admin.get("/admin/books/trial-balance"))
