"""Texts that are too large for a row: kept under what they say, and read back as that or not at all."""

import hashlib
from dataclasses import replace

import pytest

from chalicelib.core.files import service as files
from chalicelib.core.files.model import KeptText
from chalicelib.core.files.service import TextLost
from chalicelib.core.world import World
from chalicelib.kit import ids
from chalicelib.kit.bucket import Bucket
from tests.faults import FlakyClient

WORDS = "Ich sah — 我看到 — \U0001f600\r\n" * 10_000


def test_a_text_comes_back_letter_by_letter(world: World) -> None:
    kept = files.keep_text(world, ids.new("job"), WORDS)
    assert files.read_text(world, kept) == WORDS
    assert files.read_text(world, KeptText.model_validate_json(kept.dump())) == WORDS


def test_the_key_says_where_a_text_belongs_and_what_is_in_it(world: World) -> None:
    kept = files.keep_text(world, "job_1", "words")
    digest = hashlib.sha256(b"words").hexdigest()
    assert kept == KeptText(key=f"kept/job_1/{digest}", sha256=digest)


def test_keeping_a_text_again_after_a_crash_writes_the_same_and_another_text_beside_it(world: World) -> None:
    first = files.keep_text(world, "job_1", "words")
    assert files.keep_text(world, "job_1", "words") == first
    other = files.keep_text(world, "job_1", "other words")
    assert other.key != first.key
    assert (files.read_text(world, first), files.read_text(world, other)) == ("words", "other words")


def test_a_text_that_is_gone_or_is_another_one_is_a_fault_of_ours(world: World) -> None:
    kept = files.keep_text(world, "job_1", "words")
    world.bucket.put(kept.key, b"other words", "text/plain")
    with pytest.raises(TextLost, match=kept.key):
        files.read_text(world, kept)
    world.bucket.client.delete_object(Bucket=world.bucket.name, Key=kept.key)
    with pytest.raises(TextLost, match=kept.key):
        files.read_text(world, kept)


def test_one_call_keeps_a_text_and_one_reads_it(world: World) -> None:
    watched = FlakyClient(world.bucket.client, lambda name, count: None)
    there = replace(world, bucket=Bucket(watched, world.bucket.name))
    files.read_text(there, files.keep_text(there, "job_1", "words"))
    assert watched.calls == ["put_object", "get_object"]
