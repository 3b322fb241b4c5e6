"""Ids: what they look like, that later ones sort behind, and what is not worth a read."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.kit import ids


@given(some.sampled_from(["task", "op", "agent", "key", "evt", "payout"]))
def test_an_id_is_its_prefix_and_26_characters_that_need_no_escaping(prefix: str) -> None:
    made = ids.new(prefix)
    assert re.fullmatch(rf"{prefix}_[0-9a-hjkmnp-tv-z]{{26}}", made)
    assert ids.looks_like(made, prefix)


def test_ids_of_later_milliseconds_sort_behind_earlier_ones() -> None:
    # The first ten characters are the milliseconds since 1970; the rest is chance.
    made = [ids.new("task") for _ in range(2_000)]
    stamps = [one[5:15] for one in made]
    assert stamps == sorted(stamps)


def test_the_floor_of_a_moment_lies_between_what_was_made_before_and_after_it() -> None:
    before = datetime.now(UTC)
    made = ids.new("evt")
    floor = ids.floor("evt", before + timedelta(seconds=1))
    assert ids.floor("evt", before) <= made < floor
    assert ids.looks_like(floor, "evt")


def test_ids_made_at_once_by_many_are_all_different() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: ids.new("task"), range(5_000)))
    assert len(set(made)) == len(made)


@pytest.mark.parametrize(
    "text",
    [
        "", "task_", "task", "task_abc", "op_01k0000000000000000000000", "task_" + "0" * 25, "task_" + "0" * 27,
        "task_" + "0" * 25 + "A", "task_" + "0" * 25 + "é", "task_" + "0" * 25 + "٣", "task_" + "0" * 25 + "/",
        "task_" + "0" * 26 + "\n", " task_" + "0" * 26, "TASK_" + "0" * 26, "task#" + "0" * 26, "task_ops_" + "0" * 26,
        "task_" + "0" * 10_000,
    ],
    ids=lambda text: repr(text)[:40],
)  # fmt: skip
def test_what_cannot_be_an_id_is_not_worth_a_read(text: str) -> None:
    assert not ids.looks_like(text, "task")


def test_an_id_of_another_kind_is_not_taken_for_one_of_this() -> None:
    assert not ids.looks_like(ids.new("op"), "task")
