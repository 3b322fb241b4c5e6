"""The command line against the real app behind a socket: what it prints, keeps, and ends with."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from byhand import Event, PrivateKey, encrypt, errors, settings, verify_webhook
from byhand.cli import exits, show
from byhand.cli.commands import app
from byhand.cli.listen import forwarded
from byhand.settings import Settings
from tests.harness import House
from tests.loopback import Quiet, handling
from tests.rules.source import ROOT
from tests.sdk.standing import on_loopback

ORDER = ["--title", "Verify storefront signage", "--description", "Photo of the sign", "--reward", "25", "--type",
         "VERIFICATION", "--requirement", "Photo of the sign", "--lat", "40.7128", "--lng", "-74.006"]  # fmt: skip
COMMANDS = ["register", "balance", "deposit", "post", "list", "show", "wait", "verify", "cancel", "retrieve", "listen",
            "test", "job", "jobs"]  # fmt: skip
CREDENTIAL = ["--title", "Create Acme API account", "--description", "Sign up at acme.io", "--reward", "50",
              "--type", "API_KEY_PROCUREMENT"]  # fmt: skip


@dataclass
class Terminal:
    """Somebody who types, and the house they type at."""

    house: House
    url: str

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(app, list(words), catch_exceptions=False)

    def json(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)


@pytest.fixture
def terminal(house: House) -> Iterator[Terminal]:
    with on_loopback(house) as url:
        yield Terminal(house, url)


@pytest.fixture
def rich(terminal: Terminal) -> Terminal:
    """Somebody with an account and money."""
    terminal.run("register", "--name", "my-agent", "--email", "a@example.com", "--url", terminal.url)
    assert terminal.run("deposit", "1000", "--tx-hash", "0xabc").exit_code == 0
    return terminal


def test_registering_keeps_the_key_and_shows_it_to_nobody(terminal: Terminal, config_folder: Path) -> None:
    done = terminal.run("register", "--name", "a", "--email", "a@example.com", "--url", terminal.url)
    assert done.exit_code == 0
    saved = settings.load()
    assert saved is not None
    assert (saved.api_key or "").startswith("ho_live_")
    assert (saved.api_key or "") not in done.output
    assert (config_folder / "config.json").stat().st_mode & 0o777 == 0o600
    again = terminal.run("register", "--name", "b", "--email", "b@example.com", "--url", terminal.url)
    assert (again.exit_code, settings.load()) == (3, saved)
    words = terminal.json("register", "--name", "b", "--email", "b@example.com", "--url", terminal.url, "--replace")
    assert words["base_url"] == f"{terminal.url}/api/v1"
    assert settings.load() != saved


def test_a_key_that_cannot_be_saved_is_shown_since_it_exists_nowhere_else(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BYHAND_CONFIG_DIR", "/proc/self")
    done = terminal.run("register", "--name", "a", "--email", "a@example.com", "--url", terminal.url)
    assert done.exit_code == 1
    assert "ho_live_" in done.stderr


def test_text_of_others_cannot_rewrite_the_screen() -> None:
    assert str(show.cell("\x1b[2J[red]wiped\u202e")) == " [2J[red]wiped "


def test_a_task_is_posted_listed_shown_waited_for_and_ends(rich: Terminal) -> None:
    made = rich.json("post", *ORDER, "--deadline", "3d")
    assert (made["status"], made["total_escrow"]) == ("PENDING", 29.5)
    operator, task_id = rich.house.operator(), made["task_id"]
    assert [row["task_id"] for row in rich.json("list", "--status", "pending")] == [task_id]
    assert "Verify storefront signage" in rich.run("list").stdout
    assert "PENDING" in rich.run("show", task_id).stdout
    waited = rich.run("wait", task_id, "--timeout", "0")
    assert (waited.exit_code, "still PENDING" in waited.stderr) == (exits.UNFINISHED, True)
    operator.accept(task_id)
    operator.hand_in(task_id, notes="[red]wiped")
    rich.house.drain()
    done = rich.run("wait", task_id)
    assert (done.exit_code, f"{task_id} COMPLETED" in done.stderr) == (0, True)
    assert "[red]wiped" in done.stdout
    assert rich.json("balance")["escrow_balance"] == 0


def test_a_type_is_read_as_it_is_typed_and_a_wrong_one_is_told_the_others(rich: Terminal) -> None:
    words = ["--title", "A form", "--description", "Fill it in", "--reward", "15"]
    assert rich.json("post", *words, "--type", "form_filling")["status"] == "PENDING"
    wrong = rich.run("post", *words, "--type", "FORMFILLING")
    assert (wrong.exit_code, "DELIVERY" in wrong.stderr, "FORM_FILLING" in wrong.stderr) == (2, True, True)
    without = rich.run("post", *words, "--type", "PHOTO")
    assert (without.exit_code, "--requirement" in without.stderr) == (2, True)


def test_a_key_of_ones_own_wants_words_that_can_be_said_again(rich: Terminal) -> None:
    mine = ["post", *ORDER, "--key", "mine"]
    for relative in ([], ["--deadline", "3d"]):
        refused = rich.run(*mine, *relative)
        assert (refused.exit_code, "ISO 8601" in refused.stderr) == (2, True)
    same = [rich.json(*mine, "--deadline", rich.house.in_time(days=3)[:10] + "T12:00:00Z") for _ in range(2)]
    assert same[0]["task_id"] == same[1]["task_id"]


def test_work_is_decided_by_hand_and_withdrawn(rich: Terminal) -> None:
    first, second = (rich.json("post", *ORDER)["task_id"] for _ in range(2))
    rich.house.operator().accept(first)
    refused = rich.run("verify", first, "approve")
    assert (refused.exit_code, "wrong_state" in refused.stderr, refused.stdout) == (6, True, "")
    operator = rich.house.operator()
    operator.accept(second)
    operator.hand_in(second)
    assert rich.json("verify", second, "reject")["status"] == "DISPUTED"
    assert rich.run("wait", second).exit_code == exits.ENDED_OTHERWISE
    assert rich.json("cancel", first)["refunded_usd"] == 29.5
    assert rich.run("verify", second, "perhaps").exit_code == exits.USAGE


def test_a_credential_is_dispatched_and_retrieved(rich: Terminal, config_folder: Path) -> None:
    task_id = rich.json("post", *CREDENTIAL)["task_id"]
    assert "kept here" in rich.run("post", *CREDENTIAL).stdout
    operator = rich.house.operator()
    operator.accept(task_id)
    shown = operator.get(f"/operator/tasks/{task_id}").json
    sealed = encrypt({"api_key": "sk_1"}, shown["agent_public_key"], task_id)
    operator.submit(task_id, encrypted_credential=sealed.wire())
    rich.house.drain()
    assert json.loads(rich.run("retrieve", task_id).stdout) == {"api_key": "sk_1"}
    saved = rich.run("retrieve", task_id, "--save")
    place = config_folder / "secrets" / task_id
    assert json.loads(saved.stdout) == {"saved_to": str(place)}
    assert (json.loads(place.read_text()), place.stat().st_mode & 0o777) == ({"api_key": "sk_1"}, 0o600)
    assert rich.run("retrieve", task_id, "--save").exit_code == 0
    (config_folder / "keys" / f"{task_id}.json").unlink()
    assert rich.run("retrieve", task_id).exit_code == 3


@pytest.mark.parametrize(
    ("words", "code"),
    [(["post", *ORDER[:4], "--reward", "1", *ORDER[6:]], 2), (["post", *ORDER, "--deadline", "soon"], 2),
     (["deposit", "much"], 2), (["show", "task_none"], 5), (["show"], 2), (["post", *ORDER, "--reward", "9999"], 4),
     (["listen", "--forward-to", "nowhere"], 2)],
)  # fmt: skip
def test_what_goes_wrong_is_a_sentence_on_stderr_and_a_code(rich: Terminal, words: list[str], code: int) -> None:
    done = rich.run(*words)
    assert (done.exit_code, done.stdout) == (code, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_without_an_account_the_sentence_says_what_to_do(terminal: Terminal) -> None:
    done = terminal.run("balance")
    assert (done.exit_code, "BYHAND_API_URL" in done.stderr) == (3, True)
    settings.save(Settings(f"{terminal.url}/api/v1", "ho_live_wrong"))
    assert terminal.run("balance").exit_code == 3


@pytest.mark.slow
def test_a_deployment_that_is_away_is_told_with_the_key_to_go_on_with(config_folder: Path) -> None:
    settings.save(Settings("http://127.0.0.1:9/api/v1", "ho_live_x"))
    done = CliRunner().invoke(app, ["cancel", "task_1"])
    assert (done.exit_code, "--key " in done.stderr) == (exits.AGAIN_LATER, True)


def test_every_exit_code_is_explained_and_every_error_has_one() -> None:
    page = (ROOT / "docs/sdk.md").read_text()
    for code, meaning in exits.MEANINGS.items():
        assert f"| {code} | {meaning} |" in page
    classes = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.ByhandError)]
    told = {errors.ByhandError, errors.Refused, errors.BadSignature}
    for one in classes:
        if one not in told:
            assert exits.of_error(one.__new__(one)) > 1
    assert exits.of_error(errors.BadSignature()) == 1


@pytest.mark.slow
def test_listen_forwards_what_happens_signed_as_an_endpoints_delivery(rich: Terminal) -> None:
    heard: list[tuple[dict[str, str], bytes]] = []

    class Receiver(Quiet):
        def do_POST(self) -> None:  # noqa: N802 the name that the library calls
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((dict(self.headers.items()), body))
            self.send_response(500 if len(heard) == 1 else 204)
            self.end_headers()

    def post_soon() -> None:
        threading.Event().wait(0.5)
        rich.run("post", *ORDER)

    poster = threading.Thread(target=post_soon)
    with handling(Receiver) as url:
        poster.start()
        done = rich.run("listen", "--forward-to", url, "--limit", "1", "--type", "task.*", "--json")
        poster.join()
    assert done.exit_code == 0, done.output
    secret = done.stderr.split("signed with ")[1].split()[0]
    assert [verify_webhook(body, headers, secret, standard_only=True).type for headers, body in heard] == [
        "task.created"
    ] * 2
    line = json.loads(done.stdout)
    assert (line["type"], line["outcome"]) == ("task.created", "204")


def test_it_runs_as_a_program_and_says_what_it_can_do() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "byhand", "--help"], cwd=ROOT / "sdk", capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for command in COMMANDS:
        assert f" {command} " in done.stdout


def test_a_private_key_is_in_no_output_at_all(rich: Terminal, config_folder: Path) -> None:
    done = rich.run("post", *CREDENTIAL)
    [kept] = (config_folder / "keys").iterdir()
    secret = json.loads(kept.read_text())["private_key"]
    assert PrivateKey.read(secret).fingerprint in done.stdout.replace("\n", " ")
    assert secret not in done.output


def test_a_receiver_that_is_away_for_a_moment_gets_the_event_all_the_same() -> None:
    words = {"id": "evt_1", "type": "task.created", "created_at": "2027-01-01T00:00:00Z", "subject": "task_1"}
    event, heard = Event.model_validate(words | {"data": {"reward_usd": Decimal("25.5")}}), list[httpx.Request]()

    def receive(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        if len(heard) == 1:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(204)

    with httpx.Client(transport=httpx.MockTransport(receive)) as http:
        assert forwarded(http, "http://127.0.0.1/hooks", event, "a secret") == "204"
    assert heard[0].content == heard[1].content
    assert verify_webhook(heard[1].content, heard[1].headers, "a secret").data == {"reward_usd": 25.5}
