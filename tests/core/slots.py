"""Slots of waiting, held by hand: as by waits elsewhere, or by containers that died."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from chalicelib.core import waiting
from chalicelib.core.world import World


@contextmanager
def held(world: World, account: str, count: int, seconds: float = 60) -> Iterator[ExitStack]:
    """Hold some slots of an account; closing what is yielded gives them back early."""
    with ExitStack() as slots:
        for _ in range(count):
            slots.enter_context(waiting.slot(world, account, seconds))
        yield slots
