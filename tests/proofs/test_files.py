"""Files against a store that is a process of its own: it checks signatures, checksums and conditions itself."""

import hashlib
from pathlib import Path

import httpx
import pytest

from chalicelib.core.files import service as files
from chalicelib.core.files.model import Frozen
from tests.core.uploads import announce, freeze, refused
from tests.harness import House
from tests.proofs.deployments import on_the_real_store

MP4 = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + bytes(range(256)) * 4 * 1024 * 4


@pytest.mark.slow
def test_a_video_is_put_once_as_announced_frozen_twice_alike_and_shown_by_a_link(
    tmp_path: Path, moto_session: None
) -> None:
    with on_the_real_store(tmp_path / "state") as house, httpx.Client(trust_env=False, timeout=60) as stranger:
        world = house.world
        upload = announce(world, MP4, "video/mp4")
        put_url, headers = files.put_url(world, upload), files.put_headers(upload)
        assert "was never uploaded" in refused(world, upload)
        assert stranger.put(put_url, content=MP4[::-1], headers=headers).status_code == 400
        other_type = {**headers, "Content-Type": "text/html"}
        assert stranger.put(put_url, content=MP4, headers=other_type).status_code == 403
        assert stranger.put(put_url, content=MP4, headers=headers).status_code == 200
        assert stranger.put(put_url, content=MP4, headers=headers).status_code == 412
        frozen = freeze(world, upload)
        _show(house, stranger, frozen)


def _show(house: House, stranger: httpx.Client, frozen: Frozen) -> None:
    facts = house.world.bucket.facts(frozen.key)
    assert facts is not None
    assert (facts.size_bytes, facts.sha256) == (len(MP4), hashlib.sha256(MP4).hexdigest())
    assert not house.world.bucket.copy(frozen.key, "proof/other", '"0"', "video/mp4"), "a copy is on a condition"
    link = files.link(house.world, frozen)
    assert "/api/files/" in link
    seen = stranger.get(link, follow_redirects=True)
    assert (seen.status_code, seen.headers["Content-Type"], seen.content) == (200, "video/mp4", MP4)
    assert stranger.head(link, follow_redirects=True).status_code == 200
    location = stranger.get(link).headers["Location"]
    assert stranger.get(location.replace("X-Amz-Expires=3600", "X-Amz-Expires=7200")).status_code == 403
    part = stranger.get(link, headers={"Range": "bytes=4-7"}, follow_redirects=True)
    assert (part.status_code, part.content) == (206, b"ftyp")
