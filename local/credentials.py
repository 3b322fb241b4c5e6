"""An agent with money and an operator, so that the first request can be made a second after the start.

They are kept in .byhand/credentials.json, readable by their owner only, and tried at every start: what the API no
longer knows (the state was removed, a key revoked) is minted again, the rest stays as it was. A store that keeps
nothing has credentials that are shown and written nowhere: a file would outlive what it opens.
"""

import json
import os
import secrets
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from local.ministack import HOME

KEPT = HOME / "credentials.json"
HEALTHY_SECONDS = 30.0
ANSWER_SECONDS = 15.0


class ApiRefused(RuntimeError):
    """The API answered something that leaves us no way to go on; the message quotes it."""


@dataclass(frozen=True)
class Credentials:
    """What a person needs to try the API on this machine."""

    base_url: str
    api_key: str
    agent_id: str
    operator_id: str


def wait_until_healthy(base_url: str) -> None:
    """Return once GET /api/health answers 200. Raises ApiRefused after half a minute of anything else."""
    until = time.monotonic() + HEALTHY_SECONDS
    while (answer := _ask("GET", f"{base_url}/api/health"))[0] != 200:
        if time.monotonic() > until:
            raise ApiRefused(f"The API started but is not healthy. It said: {answer[0]} {json.dumps(answer[1])}")
        time.sleep(0.1)


def ensure(base_url: str, kept: Path | None = KEPT) -> Credentials:
    """The kept credentials where the API still knows them, new ones where not. Raises ApiRefused."""
    before = _read(kept)
    api_key, agent_id = before.get("api_key", ""), before.get("agent_id", "")
    operator_id = before.get("operator_id", "")
    if not _is_known(f"{base_url}/api/v1/agents/balance", "X-API-Key", api_key):
        api_key, agent_id = _mint_agent(base_url)
    if not _is_known(f"{base_url}/api/v1/operator/earnings", "X-Operator-Id", operator_id):
        operator_id = _mint_operator(base_url)
    credentials = Credentials(base_url, api_key, agent_id, operator_id)
    if kept and asdict(credentials) != before:
        _write(kept, credentials)
    return credentials


def _is_known(url: str, header: str, value: str) -> bool:
    return bool(value) and _ask("GET", url, {header: value})[0] == 200


def _mint_agent(base_url: str) -> tuple[str, str]:
    words = {"name": "My first agent", "email": _address("agent")}
    agent = _make(f"{base_url}/api/v1/agents/register", words)
    deposit = {"tx_hash": "0x" + secrets.token_hex(32), "amount_usdc": "1000.00"}
    _make(f"{base_url}/api/v1/agents/deposit/usdc", deposit, {"X-API-Key": agent["api_key"]})
    return agent["api_key"], agent["agent_id"]


def _mint_operator(base_url: str) -> str:
    words = {
        "name": "Jane Doe",
        "email": _address("operator"),
        "phone": "+12025550123",
        # With a place they are found by search; without skills they see every kind of task.
        "location": {"city": "New York", "country": "US", "lat": 40.7128, "lng": -74.006},
    }
    return str(_make(f"{base_url}/api/v1/operator/register", words)["operator_id"])


def _address(name: str) -> str:
    """Addresses are unique in a deployment, and state may outlive the credentials that were made for it."""
    return f"{name}-{secrets.token_hex(6)}@example.com"


def _make(url: str, words: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
    status, answer = _ask("POST", url, headers or {}, words)
    if status not in (200, 201, 202):
        raise ApiRefused(f"POST {url} was refused while preparing your credentials: {status} {json.dumps(answer)}")
    return answer


def _ask(
    method: str, url: str, headers: dict[str, str] | None = None, words: dict[str, Any] | None = None
) -> tuple[int, dict[str, Any]]:
    """Status and words of an answer; status 0 when there was none."""
    body = None if words is None else json.dumps(words).encode()
    request = urllib.request.Request(  # noqa: S310 - the address is our own server's.
        url, body, {"Content-Type": "application/json", **(headers or {})}, method=method
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=ANSWER_SECONDS) as answer:
            return answer.status, _words(answer.read())
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, _words(refusal.read())
    except OSError as error:
        return 0, {"error": str(error)}


def _words(body: bytes) -> dict[str, Any]:
    try:
        words = json.loads(body)
    except ValueError:
        return {"error": body[:200].decode(errors="replace")}
    return words if isinstance(words, dict) else {"error": str(words)[:200]}


def _read(kept: Path | None) -> dict[str, str]:
    if kept is None or not kept.exists():
        return {}
    return {name: value for name, value in _words(kept.read_bytes()).items() if isinstance(value, str)}


def _write(kept: Path, credentials: Credentials) -> None:
    """Created readable by nobody else and renamed into place: never half written, never open for a moment."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    fresh = kept.with_name(f"{kept.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(credentials), file, indent=2)
        file.write("\n")
    fresh.replace(kept)
