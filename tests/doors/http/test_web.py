"""The operators' page as it is served: which files, how long they are kept, what they may load, and what is in them."""

import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from chalice.local import LambdaContext

from chalicelib.doors.http import web
from tests.harness import House, Reply
from tests.products.tasks.stages import scene

FILES = sorted(path.name for path in web.FOLDER.iterdir())
SCRIPTS = [name for name in FILES if name.endswith(".js")]
LINES_MAX, COLUMNS_MAX = 300, 120


class Tags(HTMLParser):
    """The tags of a page with their attributes, and the text within scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, text: str) -> None:
        if self.tags and self.tags[-1][0] in ("script", "style") and text.strip():
            self.inline.append(text)


def _links(page: str) -> list[str]:
    """Where a page loads from: what it links to within itself is left out."""
    found = [value for _, known in Tags(page).tags for name, value in known.items() if name in ("href", "src")]
    return [str(link) for link in found if not str(link).startswith("#")]


def _file(house: House, name: str) -> Reply:
    return house.request("GET", f"/operator/{web.version()}/{name}")


def _policy(reply: Reply) -> dict[str, str]:
    rules = reply.headers["content-security-policy"].split("; ")
    return {name: value for name, _, value in (rule.partition(" ") for rule in rules)}


@pytest.mark.promise("web.page.served")
def test_the_page_names_files_that_are_there_under_their_version(house: House) -> None:
    page = house.request("GET", "/operator")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    links = _links(page.text)
    assert len(links) >= 4
    for link in links:
        assert link.startswith(f"/operator/{web.version()}/")
        assert house.request("GET", link).status == 200


@pytest.mark.promise("web.page.served")
def test_every_file_is_served_as_what_it_is_and_as_it_lies_there(house: House) -> None:
    assert {"app.js", "credential.js", "style.css"} <= set(FILES)
    for name in FILES:
        reply = _file(house, name)
        assert reply.status == 200
        assert reply.text == (web.FOLDER / name).read_text("utf-8")
        assert reply.headers["content-type"] == web.KINDS["." + name.rsplit(".", 1)[1]]


@pytest.mark.promise("web.page.kept")
def test_the_page_is_asked_for_again_and_its_files_are_kept_for_a_year(house: House) -> None:
    page, script = house.request("GET", "/operator"), _file(house, "app.js")
    assert page.headers["cache-control"] == "no-cache"
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    for path, reply in (("/operator", page), (f"/operator/{web.version()}/app.js", script)):
        again = house.request("GET", path, headers={"If-None-Match": reply.headers["etag"]})
        assert (again.status, again.text, again.headers["etag"]) == (304, "", reply.headers["etag"])
        assert house.request("GET", path, headers={"If-None-Match": '"other"'}).text == reply.text


@pytest.mark.promise("web.page.kept")
def test_another_letter_in_any_file_is_another_version() -> None:
    files = web.files()
    version = hashlib.sha256("\0".join(part for one in sorted(files.items()) for part in one).encode()).hexdigest()
    assert web.version() == version[:16]
    assert sorted(files) == FILES, "whatever lies in web/ is served"


@pytest.mark.promise("web.page.policy")
def test_the_page_may_load_and_call_only_its_own_deployment_and_the_bucket(house: House) -> None:
    order = {"content_type": "image/png", "size_bytes": 7, "sha256": "0" * 64}
    stage = scene(house, "ACCEPTED")
    signed = stage.operator.send("/operator/upload", order).json["upload_url"]
    for reply in (house.request("GET", "/operator"), _file(house, "app.js"), _file(house, "icon.svg")):
        rules = _policy(reply)
        assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == rules["frame-ancestors"] == "'none'"
        assert rules["script-src"] == rules["style-src"] == "'self'"
        assert rules["img-src"] == "'self' blob:"
        assert rules["require-trusted-types-for"] == "'script'"
        own, bucket = rules["connect-src"].split(" ")
        assert own == "'self'"
        assert bucket.endswith("/uploads/"), "a source that ends so is a folder"
        assert signed.startswith(bucket)
        assert not re.search("unsafe|\\*", reply.headers["content-security-policy"])
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "no-referrer"


@pytest.mark.promise("web.page.policy")
def test_nothing_runs_or_looks_from_within_the_page(house: House) -> None:
    page = Tags(house.request("GET", "/operator").text)
    assert page.inline == []
    for tag, known in page.tags:
        assert not [name for name in known if name.startswith("on") or name == "style"], tag
    assert [known.get("src") for tag, known in page.tags if tag == "script"] != []


@pytest.mark.promise("web.page.policy")
@pytest.mark.parametrize("name", FILES)
def test_a_file_names_no_other_host_and_makes_no_html_of_text(name: str) -> None:
    text = (web.FOLDER / name).read_text("utf-8")
    hosts = {host for host in re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s\"']*", text) if " " not in host}
    assert hosts <= {"http://www.w3.org/2000/svg"}, "the name of a vocabulary is no host"
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "DOMParser",
    ):
        assert word not in text
    assert len(text.splitlines()) <= LINES_MAX
    assert [line for line in text.splitlines() if len(line) > COLUMNS_MAX] == []


@pytest.mark.promise("web.credential.stays")
@pytest.mark.parametrize("name", ["credential.js", "secret.js", "hand_in.js"])
def test_what_touches_a_credential_knows_no_storage_no_log_and_no_address(name: str) -> None:
    text = (web.FOLDER / name).read_text("utf-8")
    for word in ("localStorage", "sessionStorage", "indexedDB", "document.cookie", "console.", "location", "history."):
        assert word not in text
    if name == "credential.js":
        assert "import " not in text
        assert not re.search(r"fetch\(|XMLHttpRequest|WebSocket|sendBeacon", text)


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_is_imported_by_the_page_and_imports_what_is_there(name: str) -> None:
    text = (web.FOLDER / name).read_text("utf-8")
    assert set(re.findall(r'from "\./([^"]+)"', text)) <= set(SCRIPTS)
    others = [(web.FOLDER / one).read_text("utf-8") for one in FILES if one != name]
    assert any(f'./{name}"' in other or f'/{name}"' in other for other in others)


def test_a_hundred_people_behind_one_address_may_come_for_the_first_time_in_a_minute(house: House) -> None:
    usual = house.request("GET", "/operator").headers["x-ratelimit-limit"]
    together = _file(house, "app.js").headers["x-ratelimit-limit"]
    assert len(FILES) - 1 <= web.FILES_MAX
    assert int(together) == int(usual) * web.FILES_MAX


@pytest.mark.promise("web.page.hostile")
def test_whatever_is_no_file_of_this_version_is_404(house: House) -> None:
    version = web.version()
    hostile = [
        "..", "..%2fapp.py", "%2e%2e%2fapp.py", "..%2f..%2fetc%2fpasswd", "app.py", "index.html%00.js", "APP.JS",
        "x" * 2_000,
    ]  # fmt: skip
    for name in hostile:
        assert house.request("GET", f"/operator/{version}/{name}").status == 404, name
    old = house.request("GET", "/operator/0123456789abcdef/app.js")
    assert (old.status, old.json["code"]) == (404, "file_not_found")


@pytest.mark.promise("web.page.sign_in")
def test_the_page_knows_whether_people_are_known_here_by_a_plain_id(house: House) -> None:
    assert Tags(house.request("GET", "/operator").text).tags[0][1]["data-sign-in"] == "id"
    by_token = house.world.settings.model_copy(update={"allow_dev_operator_id_header": False})
    with house.living_in(settings=by_token):
        assert Tags(house.request("GET", "/operator").text).tags[0][1]["data-sign-in"] == "token"


@pytest.mark.parametrize("path", ["/live/operator", "/live/operator/"])
def test_behind_a_stage_the_files_are_behind_it_too(house: House, path: str) -> None:
    event: dict[str, Any] = house._event("GET", "/operator", None, {}, None, "127.0.0.1")
    event["requestContext"]["path"] = path
    page = house.app(event, LambdaContext("api", 1024, 30_000))["body"]
    assert {link.rsplit("/", 1)[0] for link in _links(page)} == {f"/live/operator/{web.version()}"}
