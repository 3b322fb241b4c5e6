"""Conditions and contents, as DynamoDB is told them."""

from decimal import Decimal, Inexact
from typing import Any

import pytest

from chalicelib.kit.conditions import Attr, ConditionBase, Key, packed, unpacked

CONDITIONS = {
    "#n0 = :v0": Attr("a").eq(1),
    "#n0 < :v0": Attr("a").lt(1),
    "#n0 <= :v0": Attr("a").lte(1),
    "#n0 > :v0": Attr("a").gt(1),
    "#n0 >= :v0": Attr("a").gte(1),
    "#n0 BETWEEN :v0 AND :v1": Key("a").between(1, 2),
    "begins_with(#n0, :v0)": Key("a").begins_with("b"),
    "attribute_exists(#n0)": Attr("a").exists(),
    "attribute_not_exists(#n0)": Attr("a").not_exists(),
    "(#n0 = :v0 AND (#n1 = :v1 OR #n2 > :v2))": Attr("a").eq(1) & (Attr("b").eq(2) | Attr("a").gt(3)),
}


@pytest.mark.parametrize("said", CONDITIONS)
def test_a_condition_is_said_with_every_name_and_value_behind_a_placeholder(said: str) -> None:
    condition: ConditionBase = CONDITIONS[said]
    request = condition.request("ConditionExpression")
    assert request["ConditionExpression"] == said
    assert set(request["ExpressionAttributeNames"].values()) <= {"a", "b"}
    assert len(request.get("ExpressionAttributeValues", {})) == said.count(":v")


def test_a_condition_without_values_sends_none() -> None:
    assert "ExpressionAttributeValues" not in Attr("a").exists().request("ConditionExpression")


def test_every_content_that_a_row_keeps_comes_back() -> None:
    content: Any = {
        "n": None,
        "t": True,
        "i": 7,
        "d": Decimal("0.5"),
        "s": "x",
        "b": b"y",
        "l": [1, "z"],
        "m": {"k": 0},
    }
    assert unpacked(packed(content)) == content
    assert packed(Decimal("0.5")) == {"N": "0.5"}


@pytest.mark.parametrize("content", [1.5, {1}, object()])
def test_what_a_row_cannot_keep_is_refused(content: Any) -> None:
    with pytest.raises(TypeError, match="cannot keep"):
        packed(content)
    with pytest.raises(TypeError, match="kind SS"):
        unpacked({"SS": ["a"]})


def test_a_number_that_would_be_rounded_is_refused() -> None:
    with pytest.raises(Inexact):
        packed(10**38 + 1)
