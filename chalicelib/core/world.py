"""The world: everything outside itself that the code may touch, in one frozen record.

The doors build it once per container, a test builds its own. There are ports (ports/) only where strangers stand: the
AI judge and reader, the webhook courier, the identity provider, the forge, the rails that pay and the till that is
paid. DynamoDB is no stranger, its conditions are our rules, so there is no port around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.core.settings import Settings
from chalicelib.kit.bucket import Bucket
from chalicelib.kit.clock import Clock, Patience, StoppedClock
from chalicelib.kit.pages import Cursors
from chalicelib.kit.queue import Queues
from chalicelib.kit.seal import Seal
from chalicelib.kit.store import Store

if TYPE_CHECKING:
    from chalicelib.core.ports.courier import Courier
    from chalicelib.core.ports.forge import Forge
    from chalicelib.core.ports.judge import Judge
    from chalicelib.core.ports.payments import Rail, Till
    from chalicelib.core.ports.reader import Reader
    from chalicelib.core.ports.tokens import Tokens


@dataclass(frozen=True)
class World:
    """What there is outside the code."""

    settings: Settings
    store: Store
    clock: Clock
    queues: Queues
    bucket: Bucket
    seal: Seal
    judge: Judge
    reader: Reader
    courier: Courier
    tokens: Tokens
    forge: Forge
    rails: Mapping[str, Rail] = field(default_factory=dict)
    till: Till | None = None
    patience: Patience = field(default_factory=Patience)

    def at_one_moment(self) -> World:
        """The same world with its clock stopped now: what one request or one job does has one time."""
        return replace(self, clock=StoppedClock(self.clock))

    def now(self) -> datetime:
        """Business time."""
        return self.clock.now()

    def wall(self) -> datetime:
        """Wall time, for leases, claims and rows that expire."""
        return self.clock.wall()

    def wall_seconds(self) -> int:
        """Wall time in whole seconds since 1970."""
        return int(self.clock.wall().timestamp())

    @property
    def cursors(self) -> Cursors:
        """The cursors of this deployment; their key is derived from the data key."""
        return Cursors(self.seal.derive("byhand/cursor/v1"))
