"""Crash points: every call that a deed makes to AWS and to strangers, and what can happen at it.

before   the call is never sent         lost     the connection breaks; we live on and may ask again
after    it took effect, unheard        killed   our process ends, and nothing of ours runs any more
"""

from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from chalicelib.core.identity import deployment
from chalicelib.core.world import World
from chalicelib.doors.wiring import KEY_CONTEXT
from chalicelib.kit import aws
from chalicelib.kit.seal import Seal
from tests import faults
from tests.faults import Fault, FlakyClient
from tests.harness import House
from tests.proofs.stand_ins import Hub, Mailbox, Mind, Purse, Scribe

WAYS = {
    "lost before": faults.no_connection, "lost after": faults.lost_answer,
    "killed before": faults.killed, "killed after": lambda: faults.killed(after=True),
}  # fmt: skip
READ_WAY = "lost before"
READS = ("get_item", "batch_get_item", "query", "get_object", "decrypt", "extract", "read_file", "find_issue")


@dataclass
class CrashPoint:
    """The call with this number, and how it fails; without a number nothing fails, and the calls are only named.

    With `for_good`, nothing is reached any more after it.
    """

    number: int | None = None
    way: str = ""
    for_good: bool = False
    name: str = ""
    calls: list[str] = field(default_factory=list)

    def __call__(self, operation: str, index: int) -> Fault | None:
        self.calls.append(operation)
        here = len(self.calls) - 1
        if here == self.number:
            return WAYS[self.way]()
        return faults.no_connection() if self.for_good and self.number is not None and here > self.number else None


def every(calls: Sequence[str]) -> list[CrashPoint]:
    """Every way in which every call can go wrong."""
    return [
        CrashPoint(number, way, name=f"{operation}, call {number + 1} of {len(calls)}, {way}")
        for number, operation in enumerate(calls)
        for way in WAYS
        # A Guardian that cannot be reached is a verdict of its own, manual review, and not a crash.
        if not (operation == "judge" and way.startswith("lost"))
    ]


def telling(calls: Sequence[str], first: int = 0) -> list[CrashPoint]:
    """Those that differ from each other, from a call on: a read that was never sent is as good as one cut off."""
    return [
        point for point in every(calls)
        if point.number is not None and point.number >= first
        and (calls[point.number] not in READS or point.way == READ_WAY)
    ]  # fmt: skip


@contextmanager
def tapped(house: House, point: Callable[[str, int], Fault | None]) -> Iterator[World]:
    """Serve with every client and every stranger asking one crash point first."""
    world, kms = house.world, FlakyClient(aws.kms(), point)
    facts = world.store.get(deployment.TABLE, deployment.FACTS)
    assert facts is not None, "a house that serves has started"

    def unwrap() -> tuple[str, bytes]:
        answer = kms.decrypt(CiphertextBlob=b64decode(facts["data_key"]), EncryptionContext=KEY_CONTEXT)
        return "k1", answer["Plaintext"]

    judge, courier, rails, reader, forge = world.judge, world.courier, world.rails, world.reader, world.forge
    assert isinstance(judge, Mind)
    assert isinstance(courier, Mailbox)
    assert isinstance(reader, Scribe)
    assert isinstance(forge, Hub)
    with house.living_in(
        store=replace(world.store, client=FlakyClient(world.store.client, point)),
        queues=replace(world.queues, client=FlakyClient(world.queues.client, point)),
        bucket=replace(world.bucket, client=FlakyClient(world.bucket.client, point)),
        seal=Seal(unwrap),
        judge=replace(judge, fail=point),
        courier=replace(courier, fail=point),
        reader=replace(reader, fail=point),
        forge=replace(forge, fail=point),
        rails={name: replace(rail, fail=point) if isinstance(rail, Purse) else rail for name, rail in rails.items()},
    ) as flaky:
        yield flaky
