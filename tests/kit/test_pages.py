"""Cursors: a caller can go on where we said, and nowhere else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.kit.errors import Invalid
from chalicelib.kit.pages import OFFSET_MAX, Cursors, PageWords, turn
from chalicelib.kit.words import read

CURSORS = Cursors(b"k" * 32)
ROW = {"pk": {"S": "agent_1"}, "sk": {"S": "task_9"}}
STRANGE = "cursor: is not one that this list gave out"


def _made(list_name: str = "tasks/agent_1/") -> str:
    made = CURSORS.make(list_name, ROW)
    assert made is not None
    return made


def test_a_cursor_leads_back_to_its_row() -> None:
    assert CURSORS.read("tasks/agent_1/", _made()) == ROW


def test_a_cursor_needs_no_escaping_in_a_query() -> None:
    assert set(_made()) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_there_is_no_cursor_at_the_end_of_a_list() -> None:
    assert CURSORS.make("tasks", None) is None


@pytest.mark.parametrize("other", ["tasks/agent_2/", "tasks/agent_1/PENDING", "operator/tasks/", ""])
def test_a_cursor_of_one_list_opens_no_other_list(other: str) -> None:
    with pytest.raises(Invalid, match=STRANGE):
        CURSORS.read(other, _made())


def test_a_cursor_of_another_deployment_opens_nothing() -> None:
    with pytest.raises(Invalid, match=STRANGE):
        Cursors(b"x" * 32).read("tasks/agent_1/", _made())


def test_a_cursor_with_any_byte_changed_opens_nothing() -> None:
    raw = bytearray(base64.urlsafe_b64decode(_made() + "=="))
    for place in range(len(raw)):
        changed = bytes([*raw[:place], raw[place] ^ 1, *raw[place + 1 :]])
        with pytest.raises(Invalid, match=STRANGE):
            CURSORS.read("tasks/agent_1/", base64.urlsafe_b64encode(changed).decode().rstrip("="))


def test_a_cursor_whose_row_was_rewritten_by_the_caller_opens_nothing() -> None:
    raw = base64.urlsafe_b64decode(_made() + "==")
    forged = raw[:16] + raw[16:].replace(b"task_9", b"task_1")
    assert forged != raw
    with pytest.raises(Invalid, match=STRANGE):
        CURSORS.read("tasks/agent_1/", base64.urlsafe_b64encode(forged).decode())


@given(some.text(max_size=200))
def test_whatever_text_a_caller_sends_as_a_cursor_is_refused_and_is_no_fault(text: str) -> None:
    with pytest.raises(Invalid, match=STRANGE):
        CURSORS.read("tasks/agent_1/", text)


@given(some.binary(max_size=200))
def test_whatever_bytes_a_caller_encodes_as_a_cursor_are_refused(raw: bytes) -> None:
    with pytest.raises(Invalid, match=STRANGE):
        CURSORS.read("tasks/agent_1/", base64.urlsafe_b64encode(raw).decode())


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 101}, {"limit": -1}, {"offset": -1}, {"limit": "many"}])
def test_limits_and_offsets_out_of_range_are_refused_and_not_silently_changed(wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid, match=next(iter(wrong))):
        read(PageWords, wrong)


def test_a_page_without_words_is_the_first_twenty() -> None:
    page = read(PageWords, {})
    assert (page.limit, page.offset, page.cursor) == (20, 0, None)


def test_an_offset_that_is_paid_for_row_by_row_is_refused_and_the_cursor_is_named() -> None:
    assert turn(CURSORS, "tasks/agent_1/", PageWords(offset=OFFSET_MAX)).after is None
    with pytest.raises(Invalid, match="offset: must be at most 1000; go further with cursor"):
        turn(CURSORS, "tasks/agent_1/", PageWords(offset=OFFSET_MAX + 1))


def test_a_cursor_goes_without_an_offset() -> None:
    assert turn(CURSORS, "tasks/agent_1/", PageWords(cursor=_made())).after == ROW
    with pytest.raises(Invalid, match="cursor: goes without offset"):
        turn(CURSORS, "tasks/agent_1/", PageWords(cursor=_made(), offset=1))


def test_a_page_says_where_it_stands_and_a_cursor_page_neither_offset_nor_total() -> None:
    first = turn(CURSORS, "tasks/agent_1/", PageWords(limit=2, offset=1)).pagination(ROW, 9)
    assert first.model_dump() == {"limit": 2, "offset": 1, "total": 9, "next_cursor": _made()}
    last = turn(CURSORS, "tasks/agent_1/", PageWords(cursor=_made())).pagination(None, None)
    assert last.model_dump() == {"limit": 20}
