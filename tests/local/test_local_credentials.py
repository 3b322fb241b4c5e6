"""The first agent and the first operator: made once, kept safely, made again when the API has forgotten them."""

import json
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from local.credentials import ApiRefused, ensure, wait_until_healthy
from local.screen import welcome


class Api:
    """A stand-in that knows whom it registered, and can be told to forget them or to refuse newcomers."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.known: set[str] = set()
        self.deposits: list[dict[str, Any]] = []
        self.is_open, self.unhealthy_answers = True, 2

    def answer(self, method: str, path: str, headers: Any, words: dict[str, Any]) -> tuple[int, Any]:
        if path == "/api/health":
            self.unhealthy_answers -= 1
            return (503, {}) if self.unhealthy_answers >= 0 else (200, {"status": "ok"})
        if method == "GET":
            caller = headers.get("X-API-Key") or headers.get("X-Operator-Id")
            return (200, {}) if caller in self.known else (401, {"error": "Who are you?", "code": "unauthorized"})
        if path.endswith("/deposit/usdc"):
            self.deposits.append(words | {"by": headers["X-API-Key"]})
            return 200, {}
        if not self.is_open:
            return 403, {"error": "Registration is closed.", "code": "registration_closed"}
        name = f"{'op' if 'operator' in path else 'key'}_{len(self.known)}_{words['email']}"
        self.known.add(name)
        return 201, {"operator_id": name} if "operator" in path else {"api_key": name, "agent_id": f"agent {name}"}


@pytest.fixture
def api() -> Iterator[Api]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            status, words = api.answer(
                self.command, self.path, self.headers, json.loads(self.rfile.read(length) or "{}")
            )
            body = json.dumps(words).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the name is http.server's.

        def log_message(self, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        api = Api(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield api
        server.shutdown()
        thread.join()


def test_they_are_made_once_and_readable_by_nobody_else(api: Api, tmp_path: Path) -> None:
    kept = tmp_path / "new" / "credentials.json"
    first = ensure(api.url, kept)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert json.loads(kept.read_text())["api_key"] == first.api_key
    assert [(deposit["by"], deposit["amount_usdc"]) for deposit in api.deposits] == [(first.api_key, "1000.00")]
    assert ensure(api.url, kept) == first
    assert len(api.known) == 2
    assert list(kept.parent.iterdir()) == [kept]


def test_what_the_api_forgot_is_made_again_and_the_rest_stays(api: Api, tmp_path: Path) -> None:
    kept = tmp_path / "credentials.json"
    first = ensure(api.url, kept)
    api.known.remove(first.api_key)
    second = ensure(api.url, kept)
    assert second.api_key != first.api_key
    assert second.operator_id == first.operator_id


@pytest.mark.parametrize("words", ["", "not json", "[]", '{"api_key": 7}'])
def test_a_file_that_cannot_be_read_is_written_anew(api: Api, tmp_path: Path, words: str) -> None:
    kept = tmp_path / "credentials.json"
    kept.write_text(words)
    assert json.loads((kept, ensure(api.url, kept))[0].read_text())["api_key"] in api.known


def test_a_store_that_keeps_nothing_writes_nothing(api: Api, tmp_path: Path) -> None:
    ensure(api.url, None)
    assert list(tmp_path.iterdir()) == []


def test_a_closed_door_is_quoted(api: Api, tmp_path: Path) -> None:
    api.is_open = False
    with pytest.raises(ApiRefused, match=r"agents/register was refused.*403.*Registration is closed"):
        ensure(api.url, tmp_path / "credentials.json")


def test_the_api_is_given_time_to_become_healthy(api: Api) -> None:
    wait_until_healthy(api.url)
    assert api.unhealthy_answers == -1


def test_the_screen_has_everything_one_needs_and_its_json_is_json(api: Api, tmp_path: Path) -> None:
    credentials = ensure(api.url, None)
    page = welcome(
        credentials, "http://127.0.0.1:8001", tmp_path / "state", tmp_path / "credentials.json", datetime.now(UTC)
    )
    words = json.loads(page.split("-d '")[1].split("'")[0])
    assert words["deadline"].endswith("Z")
    assert page.count(credentials.api_key) == 8
    assert page.count(credentials.operator_id) == 10
    assert "rm -rf" in page
    assert "keeps nothing" in welcome(credentials, "", None, None, datetime.now(UTC))
    moved = welcome(credentials, "", None, None, datetime.now(UTC) + timedelta(days=7))
    assert ("7.0 days ahead" in moved, "ahead" in page) == (True, False)
    assert f'"deadline": "{(datetime.now(UTC) + timedelta(days=14)).date()}' in moved
