"""Every deed that can be asked for, done by a process that dies before anybody hears of it, and asked for once more."""

from contextlib import suppress

import pytest

from tests import faults
from tests.faults import FlakyClient, Killed
from tests.products.tasks.stages import Scene
from tests.proofs.bells import lose_all
from tests.proofs.test_contention import ASKS, RETRIEVE, done, rows, send, stage, told

__all__ = ["stage"]  # A fixture: pytest finds it here by its name.

TOLD_EACH_TIME = RETRIEVE  # That a credential was retrieved is written down as often as it is.
SHOWN_ONCE = (409, "secret_already_shown")
# What a second request without a first answer to repeat comes to: the deed is done, and says so.
OTHERWISE = {
    "POST /api/v1/agents/keys": SHOWN_ONCE,
    "POST /api/v1/webhooks/endpoints": SHOWN_ONCE,
    "POST /api/v1/webhooks/endpoints/{endpoint_id}/rotate": SHOWN_ONCE,
    "POST /api/v1/agents/register": (409, "email_taken"),
    "POST /api/v1/operator/register": (409, "operator_exists"),
    "DELETE /api/v1/agents/keys/{key_id}": (404, "key_not_found"),
    "DELETE /api/v1/webhooks/endpoints/{endpoint_id}": (404, "endpoint_not_found"),
}


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{"OPEN_ASSIGNMENTS_MAX": "100", "GIVE_BACKS_PER_DAY": "100"}])
def test_who_never_heard_of_a_deed_asks_again_and_it_is_done_once(stage: Scene) -> None:
    house = stage.house
    for name, prepare in ASKS.items():
        ask, plain = prepare(stage), house.world.store.client
        with suppress(Killed):
            dying = faults.nth(0, faults.killed(after=True), operation="transact_write_items")
            send(stage, name, ask, FlakyClient(plain, dying))
        before = rows(house)
        again = send(stage, name, ask, plain)
        assert (name, told(again)) == (name, OTHERWISE.get(name, done(name, ask)))
        assert name == TOLD_EACH_TIME or rows(house) == before, name
        house.admin.do(f"/agents/{stage.agent.id}/unsuspend")
        house.admin.do(f"/operators/{stage.operator.id}/unsuspend")
    lose_all(house)
    house.prove()
