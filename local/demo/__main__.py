"""`python -m local.demo`, which is `make demo`: the main job over HTTP, against a stack that it starts itself.

An agent and an operator walk one task from registration to payout, another into a manual review and a dispute that the
backoffice splits, a third into a cancellation; signed webhooks arrive; a hold and a deadline are seen to pass; a
credential goes from one end to the other encrypted, and a tool is called over MCP; a person tries a page and is paid by
the second, and what they found becomes data and an issue. Every step is printed with the balances behind it and
checked; the first thing that is off ends the demo with exit code 1.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from byhand.errors import ByhandError
from byhand.keys import FileKeys
from chalicelib.core.ledger.proof import prove
from chalicelib.doors import wiring
from local.demo import agents, chapters, testers
from local.demo.walk import Off, Walk
from local.github import GitHub
from local.ministack import StoreUnavailable
from local.runner import LocalStack
from local.stack import StackFailed
from local.webhooks import Receiver

MAIN_JOB = (
    chapters.prepare, chapters.main_job, chapters.by_hand, chapters.dispute, chapters.changed_mind, chapters.too_late,
    chapters.pay_out,
)  # fmt: skip


def main() -> int:
    """0 when every step went as it should."""
    store = os.environ.get("STORE") or "ministack"
    try:
        with ExitStack() as stack:
            state = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            github = stack.enter_context(GitHub({testers.REPOSITORY: {"README.md": "A shop for pencils."}}))
            stack.enter_context(_told(GITHUB_API_URL=github.url, GITHUB_TOKEN=github.token))
            running = stack.enter_context(LocalStack(store, state=state / "state"))
            receiver = stack.enter_context(Receiver(chapters.SECRET))
            http = stack.enter_context(httpx.Client(base_url=running.url, timeout=20, trust_env=False))
            walk = Walk(http, receiver)
            for chapter in MAIN_JOB:
                chapter(walk)
            agents.secret(walk, FileKeys(state / "keys"))
            agents.tool(walk)
            testers.a_test(walk, github)
            testers.a_wait(walk)
            _prove(walk)
    except (Off, AssertionError, ByhandError, httpx.HTTPError, StoreUnavailable, StackFailed) as error:
        print(f"\nOff: {error}", file=sys.stderr)
        return 1
    print(f"\nAll {walk.steps} steps went as they should.")
    return 0


@contextmanager
def _told(**settings: str) -> Iterator[None]:
    """Settings for the stack that is about to start."""
    before = dict(os.environ)
    os.environ.update(settings)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _prove(walk: Walk) -> None:
    """Every leg against every book; the one step that looks behind the API."""
    proof = prove(wiring.world().store)
    if proof.problems:
        raise Off("; ".join(proof.problems))
    fees = proof.balances["house/fees"] / 1_000_000
    walk.say(f"The books of {proof.owners} owners are proved: all accounts sum to zero, the house earned {fees:.2f}")


if __name__ == "__main__":
    sys.exit(main())
