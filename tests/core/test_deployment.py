"""What a deployment is, agreed at its first start: its mode and its data key, the same for every process."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest

from chalicelib.core.identity import deployment
from chalicelib.kit.config import ConfigurationError
from chalicelib.kit.errors import Invalid
from chalicelib.kit.store import Store
from chalicelib.kit.table import Key
from local.stack import raise_stack
from tests.faults import FlakyClient, killed, nth
from tests.harness import House

NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)
YEAR = deployment.ADVANCE_MAX_SECONDS


@pytest.fixture
def store(house: House) -> Store:
    """The tables of a stack that nobody has started yet."""
    names = {"ledger": raise_stack(None, stage="fresh")["LEDGER_TABLE"]}
    return Store(house.world.store.client, names)


def test_the_first_start_writes_the_facts_down_and_later_ones_read_them(store: Store) -> None:
    made: list[str] = []

    def wrap() -> str:
        made.append("key")
        return f"wrapped-{len(made)}"

    first = deployment.agree(store, "test", wrap, NOW)
    again = deployment.agree(store, "test", wrap, NOW.replace(year=2027))
    assert first == again
    assert (first["mode"], first["data_key"], first["started_at"]) == ("test", "wrapped-1", "2026-02-10T12:00:00.000Z")
    assert made == ["key"]


@pytest.mark.parametrize(("here", "there"), [("test", "live"), ("live", "test")])
def test_a_process_of_another_mode_refuses_to_start_and_says_what_would_be_right(
    store: Store, here: str, there: str
) -> None:
    deployment.agree(store, here, lambda: "wrapped", NOW)
    with pytest.raises(ConfigurationError) as caught:
        deployment.agree(store, there, lambda: "wrapped", NOW)
    assert str(caught.value) == (
        f"BYHAND_MODE is {there}, but these tables belong to a {here} deployment. "
        f"Start with BYHAND_MODE={here}, or deploy a stack of its own."
    )


def test_of_many_first_starts_at_once_all_agree_on_one_data_key(store: Store) -> None:
    together = Barrier(6)

    def start(number: int) -> str:
        def wrap() -> str:
            # Nobody writes before everybody has looked and found nothing.
            together.wait(20)
            return f"key-of-{number}"

        return str(deployment.agree(store, "test", wrap, NOW)["data_key"])

    with ThreadPoolExecutor(6) as pool:
        keys = set(pool.map(start, range(6)))
    assert len(keys) == 1
    assert deployment.agree(store, "test", lambda: "late", NOW)["data_key"] in keys


def test_of_two_first_starts_at_once_in_two_modes_one_refuses_to_start(store: Store) -> None:
    def wrap_while_the_other_starts() -> str:
        deployment.agree(store, "live", lambda: "theirs", NOW)
        return "mine"

    with pytest.raises(ConfigurationError, match="these tables belong to a live deployment"):
        deployment.agree(store, "test", wrap_while_the_other_starts, NOW)


def test_a_first_start_that_was_killed_leaves_all_of_the_facts_or_none(store: Store) -> None:
    for after in (False, True):
        client = FlakyClient(store.client, nth(0, killed(after=after), operation="update_item"))
        with pytest.raises(BaseException, match="the process ended here"):
            deployment.agree(Store(client, store.names), "test", lambda: "first", NOW)  # type: ignore[arg-type]
        facts = store.get(deployment.TABLE, deployment.FACTS)
        assert (facts and facts["data_key"]) == ("first" if after else None)
    assert deployment.agree(store, "test", lambda: "second", NOW)["data_key"] == "first"


def test_the_clock_starts_on_the_wall_and_moves_forward_for_everybody(store: Store) -> None:
    assert deployment.clock_offset_seconds(store) == 0
    assert deployment.advance_clock(store, 60) == 60
    assert deployment.advance_clock(store, YEAR) == YEAR + 60
    assert deployment.clock_offset_seconds(store) == YEAR + 60


@pytest.mark.parametrize("seconds", [0, -1, -YEAR, YEAR + 1])
def test_the_clock_moves_forward_at_most_366_days_a_call(store: Store, seconds: int) -> None:
    with pytest.raises(Invalid, match=f"advance_seconds: must be 1 to {YEAR}: the clock only moves forward"):
        deployment.advance_clock(store, seconds)
    assert deployment.clock_offset_seconds(store) == 0


def test_the_clock_stops_before_the_end_of_all_dates(store: Store) -> None:
    store.update(deployment.TABLE, deployment.CLOCK, put={"offset_seconds": deployment.OFFSET_MAX_SECONDS - 10})
    with pytest.raises(Invalid, match="would move the clock more than"):
        deployment.advance_clock(store, 11)
    assert deployment.advance_clock(store, 10) == deployment.OFFSET_MAX_SECONDS


def test_the_facts_of_a_deployment_are_no_book_and_no_leg(house: House) -> None:
    assert house.world.store.get("ledger", Key("deployment", "facts")) is not None
    assert house.prove().owners == 0
