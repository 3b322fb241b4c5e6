"""What every search by chance has: a house, requests that are sent again, bells that get lost, and time that jumps."""

import sys
from abc import abstractmethod
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any, Protocol

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from chalicelib.core.identity import deployment
from chalicelib.kit.table import Item
from tests.harness import Reply
from tests.proofs.bells import deliver, lose_all
from tests.proofs.deployments import raised

COMMON = settings(
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=False,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
# Making a failing example small takes minutes, because every try raises a deployment: that is for the long search.
QUICK = settings(COMMON, max_examples=1, stateful_step_count=16, phases=[Phase.generate])
LONG = settings(COMMON, max_examples=8, stateful_step_count=30)
PICKS = st.integers(0, 5)
KEYED = st.booleans()


class Sender(Protocol):
    """Somebody who sends requests."""

    def send(self, path: str, words: Any = None, *, key: str | None = None) -> Reply: ...


class Chance(RuleBasedStateMachine):
    """A house in which anything may happen. The machine of a product adds its people and what they do."""

    spans: tuple[int, ...] = ()
    """The seconds by which time may jump: one for each term of the product, and a little more."""

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.house = self.open.enter_context(raised())
        self.answered: list[tuple[Callable[[], Reply], Reply]] = []
        self.entries: dict[str, str] = {}

    @precondition(lambda self: self.answered)
    @rule(pick=st.integers(0, 20))
    def repeat(self, pick: int) -> None:
        """Whatever has happened since, a request under its old key gets its first answer."""
        again, first = self.answered[-1 - pick % len(self.answered)]
        made = again()
        assert (made.status, made.text) == (first.status, first.text)
        assert made.headers["idempotent-replayed"] == "true"

    @rule()
    def sweep(self) -> None:
        self.house.sweep()

    @rule()
    def lose_the_bells(self) -> None:
        lose_all(self.house)

    @precondition(lambda self: self.entries)
    @rule(pick=st.integers(0, 60), times=st.integers(1, 3))
    def ring_again(self, pick: int, times: int) -> None:
        """A bell of now, of long ago or of a day that has not come, several times."""
        entry_id, queue = list(self.entries.items())[-1 - pick % len(self.entries)]
        deliver(self.house, queue, *[entry_id] * times)

    @rule(span=st.integers(0, 6), noticed=st.booleans())
    def let_time_pass(self, span: int, noticed: bool) -> None:
        """Time passes: the sweeper has seen it, or it has not come by yet."""
        seconds = self.spans[span]
        if noticed:
            assert self.house.request("POST", "/api/v1/test/clock", {"advance_seconds": seconds}).status == 200
        else:
            deployment.advance_clock(self.house.world.store, seconds)

    def teardown(self) -> None:
        with self.open:
            if sys.exc_info()[0] is None:
                self.live_to_the_end()

    @abstractmethod
    def live_to_the_end(self) -> None:
        """Nothing waits for ever: let time go on until nothing is left to do, and see that everything has ended."""

    def remember(self, entries: Mapping[str, Item]) -> None:
        """Keep the entries of the agenda that there ever were: their bells can ring again."""
        self.entries |= {entry_id: row["queue"] for entry_id, row in sorted(entries.items())}

    def send(self, caller: Sender, path: str, words: Any, keyed: bool) -> Reply:
        """Send a request, and keep it for `repeat` if it has a key and was answered."""
        key = f"key-{len(self.answered)}" if keyed else None
        made = caller.send(path, words, key=key)
        if key and made.status < 300:
            self.answered.append((lambda: caller.send(path, words, key=key), made))
        return made
