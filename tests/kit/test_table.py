"""Rows and writes: what a write does, and what DynamoDB is really asked."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.kit import table
from chalicelib.kit.commit import commit
from chalicelib.kit.conditions import Attr
from chalicelib.kit.errors import Conflict
from chalicelib.kit.store import Store
from chalicelib.kit.table import ConditionBroken, Item, Key

ROW = Key("thing_1", "head")
NAMES = some.text(min_size=1, max_size=12)
CONTENTS = some.recursive(
    some.booleans() | some.integers(-(10**37), 10**37) | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


def _now(store: Store, key: Key = ROW) -> Item | None:
    return store.get("things", key)


def test_a_row_is_put_whole_and_replaces_what_was_there(store: Store) -> None:
    commit(store, [table.put("things", ROW, {"a": 1, "b": 2})])
    commit(store, [table.put("things", ROW, {"a": 3})])
    assert _now(store) == {"pk": "thing_1", "sk": "head", "a": 3}


def test_attributes_that_are_none_are_left_out(store: Store) -> None:
    commit(store, [table.put("things", ROW, {"a": None, "b": 0, "c": "", "d": False})])
    assert _now(store) == {"pk": "thing_1", "sk": "head", "b": 0, "c": "", "d": False}


def test_adding_a_row_that_is_there_is_refused_with_the_words_of_the_write(store: Store) -> None:
    commit(store, [table.add("things", ROW, {"a": 1})])
    with pytest.raises(Conflict, match="there already"):
        commit(store, [table.add("things", ROW, {"a": 2}, refusal=Conflict("there already"))])
    assert _now(store) == {"pk": "thing_1", "sk": "head", "a": 1}


def test_an_update_sets_adds_and_removes_in_one_go_and_leaves_the_rest_alone(store: Store) -> None:
    commit(store, [table.put("things", ROW, {"stays": "x", "old": 1, "gone": 1, "count": 5})])
    commit(store, [table.update("things", ROW, put={"old": 2}, plus={"count": -7, "fresh": 3}, drop=["gone", "never"])])
    assert _now(store) == {"pk": "thing_1", "sk": "head", "stays": "x", "old": 2, "count": -2, "fresh": 3}


def test_an_update_with_a_condition_keeps_its_names_and_values_apart_from_the_conditions(store: Store) -> None:
    commit(store, [table.put("things", ROW, {"status": "A", "count": 1})])
    moved = table.update(
        "things", ROW, put={"status": "B", "size": 9}, plus={"count": 1}, drop=["extra"],
        where=Attr("status").eq("A") & Attr("count").lt(2) & Attr("extra").not_exists(),
    )  # fmt: skip
    commit(store, [moved])
    assert _now(store) == {"pk": "thing_1", "sk": "head", "status": "B", "size": 9, "count": 2}
    with pytest.raises(ConditionBroken):
        commit(store, [moved])


@pytest.mark.parametrize(
    "word", ["status", "name", "count", "size", "data", "a.b", "with space", "é", "#u0", ":u0", "n0"]
)
def test_any_attribute_name_may_be_used_because_every_name_is_a_placeholder(store: Store, word: str) -> None:
    commit(store, [table.update("things", ROW, put={word: "x"}, where=Attr("pk").not_exists())])
    found = _now(store)
    assert found is not None
    assert found[word] == "x"


def test_a_delete_takes_the_row_away_and_may_insist_that_it_was_there(store: Store) -> None:
    commit(store, [table.put("things", ROW, {"a": 1})])
    insisting = table.delete("things", ROW, where=Attr("pk").exists(), refusal=Conflict("gone already"))
    commit(store, [insisting])
    assert _now(store) is None
    with pytest.raises(Conflict, match="gone already"):
        commit(store, [insisting])
    commit(store, [table.delete("things", ROW)])


def test_a_refusal_may_be_written_from_the_row_as_it_is(store: Store) -> None:
    def explain(row: Item) -> Conflict:
        return Conflict(f"it is {row.get('status', 'missing')}")

    accept = table.update("things", ROW, put={"status": "B"}, where=Attr("status").eq("A"), refusal=explain)
    with pytest.raises(Conflict, match="it is missing"):
        commit(store, [accept])
    commit(store, [table.put("things", ROW, {"status": "C"})])
    with pytest.raises(Conflict, match="it is C"):
        commit(store, [accept])


def test_a_condition_that_cannot_fail_is_a_fault_of_ours_when_it_does(store: Store) -> None:
    with pytest.raises(ConditionBroken, match="Update on things thing_1 / head met a row it did not expect"):
        commit(store, [table.update("things", ROW, put={"a": 1}, where=Attr("pk").exists())])


@given(some.dictionaries(NAMES, CONTENTS, max_size=6))
def test_an_item_comes_back_as_it_went_in(item: dict[str, Any]) -> None:
    assert table.unpack(table.pack(item)) == item


def test_whole_numbers_come_back_as_int_and_others_as_decimal() -> None:
    found = table.unpack({"n": {"N": "25"}, "d": {"N": "0.5"}, "l": {"L": [{"N": "1"}]}, "m": {"M": {"x": {"N": "2"}}}})
    assert found == {"n": 25, "d": Decimal("0.5"), "l": [1], "m": {"x": 2}}
    assert [type(found["n"]), type(found["d"]), type(found["l"][0]), type(found["m"]["x"])] == [int, Decimal, int, int]


def test_no_float_can_be_written_to_a_table() -> None:
    with pytest.raises(TypeError, match="float"):
        table.put("things", ROW, {"amount": 0.1})
