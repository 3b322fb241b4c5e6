"""GET /api/files/{token}: links to files that last, and lead to a fresh signed URL each time (ruling 21)."""

import base64
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from chalicelib.core.files import service as files
from chalicelib.core.files.model import Frozen
from chalicelib.kit import ids, signed
from tests.doors.strangers import StillClock
from tests.harness import House, Reply, picture

PUBLIC = "https://api.example.com/live"
WITH_ADDRESS = pytest.mark.parametrize("settings", [{"BYHAND_PUBLIC_URL": f"{PUBLIC}/"}])
DAYS = 30


def _kept(house: House, content: bytes, content_type: str = "image/png") -> Frozen:
    key = f"proof/{ids.new('up')}"
    house.world.bucket.put(key, content, content_type)
    return Frozen(key=key, content_type=content_type, sha256="0" * 64)


def _follow(house: House, link: str) -> Reply:
    """What somebody who knows nothing but the link is answered."""
    return house.request("GET", link.removeprefix(PUBLIC))


@WITH_ADDRESS
@pytest.mark.promise("files.link.redirect")
def test_whoever_has_the_link_of_a_picture_sees_it(house: House) -> None:
    content = picture()
    link = files.link(house.world, _kept(house, content))
    assert re.fullmatch(re.escape(PUBLIC) + r"/api/files/[A-Za-z0-9_-]{20,200}", link)
    answer = _follow(house, link)
    assert (answer.status, answer.text) == (302, "")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    shown = requests.get(answer.headers["location"], timeout=10)
    assert (shown.status_code, shown.headers["Content-Type"], shown.content) == (200, "image/png", content)
    assert "Content-Disposition" not in shown.headers


@WITH_ADDRESS
@pytest.mark.promise("files.link.head")
def test_whoever_looks_first_where_a_link_leads_is_told_so_without_a_body(house: House) -> None:
    link = files.link(house.world, _kept(house, b"a document", "application/pdf"))
    answer = house.request("HEAD", link.removeprefix(PUBLIC))
    assert (answer.status, answer.text) == (302, "")
    looked = requests.head(answer.headers["location"], timeout=10, stream=True)
    assert (looked.status_code, looked.headers["Content-Length"]) == (200, "10")
    missing = house.request("HEAD", "/api/files/nothing")
    assert (missing.status, missing.text) == (404, "")


@WITH_ADDRESS
@pytest.mark.promise("files.link.saved")
@pytest.mark.parametrize(
    ("content_type", "saved"),
    [("image/webp", False), ("video/mp4", False), ("video/webm", False), ("application/pdf", True),
     ("application/json", True), ("text/html", True)],
)  # fmt: skip
def test_pictures_and_videos_are_shown_and_everything_else_is_saved(
    house: House, content_type: str, saved: bool
) -> None:
    location = _follow(house, files.link(house.world, _kept(house, b"bytes", content_type))).headers["location"]
    shown = requests.get(location, timeout=10)
    assert shown.headers["Content-Type"] == content_type
    assert shown.headers.get("Content-Disposition") == ("attachment" if saved else None)


@WITH_ADDRESS
@pytest.mark.promise("files.link.days")
def test_a_link_lasts_thirty_days_of_the_wall_clock_and_its_redirects_an_hour_at_most(house: House) -> None:
    clock = StillClock()
    with house.living_in(clock=clock) as world:
        link = files.link(world, _kept(house, b"bytes"))
        clock.pass_by(days=2 * DAYS)
        for wait, seconds in [(0, 3_600), (DAYS * 86_400 - 60, 60), (59, 1)]:
            clock.wait(seconds=wait)
            query = parse_qs(urlsplit(_follow(house, link).headers["location"]).query)
            assert query["X-Amz-Expires"] == [str(seconds)]
        clock.wait(seconds=1)
        gone = _follow(house, link)
        assert (gone.status, gone.json["code"]) == (410, "link_expired")
        assert set(gone.json) == {"error", "details", "code", "request_id"}


@pytest.mark.promise("files.link.days")
@pytest.mark.parametrize("settings", [{"BYHAND_PUBLIC_URL": PUBLIC, "FILE_LINK_DAYS": "1"}])
def test_how_long_a_link_lasts_is_configuration(house: House) -> None:
    clock = StillClock()
    with house.living_in(clock=clock) as world:
        link = files.link(world, _kept(house, b"bytes"))
        clock.wait(seconds=timedelta(days=1).total_seconds() - 1)
        assert _follow(house, link).status == 302
        clock.wait(seconds=1)
        assert _follow(house, link).status == 410


@WITH_ADDRESS
@pytest.mark.promise("files.link.forged")
def test_a_link_that_we_did_not_give_out_is_404_whatever_is_wrong_with_it(house: House) -> None:
    good = files.link(house.world, _kept(house, b"bytes")).rpartition("/")[2]
    raw = base64.urlsafe_b64decode(good + "=" * (-len(good) % 4))
    words = [f"uploads/{ids.new('up')}", "image/png", 2**40]
    forged = [
        good[:-1], f"{good}A", f"{good}=", good.swapcase(), "a", "~", "%00", "..", "a" * 200, "%C3%A9",
        base64.urlsafe_b64encode(raw[:16] + raw[16:].replace(b"proof/", b"kept//")).decode().rstrip("="),
        signed.token(b"\0" * 32, words), signed.token(house.world.seal.derive("byhand/cursor/v1"), words),
    ]  # fmt: skip
    for token in forged:
        refused = house.request("GET", f"/api/files/{token}")
        assert (token, refused.status, refused.json["code"]) == (token, 404, "link_not_found")
    cursor = house.world.cursors.make("tasks", {"pk": "agent_1"})
    assert house.request("GET", f"/api/files/{cursor}").status == 404


@WITH_ADDRESS
@pytest.mark.promise("files.link.nothing_read")
def test_a_link_is_followed_without_reading_a_row_or_the_file(house: House) -> None:
    nowhere = Frozen(key="proof/up_that_never_was", content_type="image/png", sha256="0" * 64)
    with house.living_in(bucket=type(house.world.bucket)(house.world.bucket.client, "no-such-bucket")):
        assert _follow(house, files.link(house.world, nowhere)).status == 302


@pytest.mark.promise("files.link.limited")
@pytest.mark.parametrize("settings", [{"BYHAND_PUBLIC_URL": PUBLIC, "RATE_LIMIT_PER_MINUTE": "2"}])
def test_links_are_rate_limited_like_everything_else(house: House) -> None:
    with house.living_in(clock=StillClock()) as world:
        link = files.link(world, _kept(house, b"bytes"))
        assert [_follow(house, link).status for _ in range(3)] == [302, 302, 429]


@pytest.mark.promise("files.link.no_address")
def test_where_no_public_address_is_known_a_link_is_a_signed_url_of_an_hour(house: House) -> None:
    content = picture()
    link = files.link(house.world, _kept(house, content))
    assert parse_qs(urlsplit(link).query)["X-Amz-Expires"] == ["3600"]
    assert requests.get(link, timeout=10).content == content


@pytest.mark.promise("files.link.redirect")
def test_the_document_says_where_a_link_leads(house: House) -> None:
    document: dict[str, Any] = house.request("GET", "/api/openapi.json").json
    told = document["paths"]["/api/files/{token}"]["get"]
    assert {"302", "404", "410", "429"} <= set(told["responses"])
    assert "Location" in told["responses"]["302"]["headers"]
    assert told["security"] == []
