"""Chapters in which programs and models come in: the Python client, a credential, and a tool over MCP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from byhand import Byhand, encrypt
from byhand.keys import FileKeys
from local.demo.walk import Off, Walk

CREDENTIAL = {"api_key": "sk_of_the_demo", "dashboard_url": "https://acme.example/dashboard"}
# The clock of the deployment is ahead by the days that have passed in it.
AHEAD = timedelta(days=10)


def secret(walk: Walk, keys: FileKeys) -> None:
    """A credential that is encrypted where it is typed, and read where its key was made."""
    print("\nA secret, by the Python client")
    client = Byhand(walk.agent["X-API-Key"], str(walk.http.base_url), keys=keys)
    task, key = client.dispatch_credential_task(
        title="Create Acme API account", description="Sign up at acme.example and retrieve API credentials",
        category="API_KEY_PROCUREMENT", reward_usd=50, deadline=datetime.now(UTC) + AHEAD,
    )  # fmt: skip
    walk.say(f"The agent makes a key pair, {key.fingerprint}, and posts a task with its public half")
    walk.ask("POST", f"/operator/tasks/{task.task_id}/accept", walk.operator)
    public_key = walk.ask("GET", f"/operator/tasks/{task.task_id}", walk.operator)["agent_public_key"]
    sealed = encrypt(CREDENTIAL, public_key, task.task_id).wire()
    words = {"encrypted_credential": sealed}
    walk.ask("POST", f"/operator/tasks/{task.task_id}/submit", walk.operator, json=words)
    walk.until_status(task.task_id, "COMPLETED")
    walk.say(f"The operator encrypts the secret for it and hands in {len(sealed['ciphertext'])} letters of ciphertext")
    if client.retrieve_credential(task.task_id) != CREDENTIAL:
        raise Off("the credential does not open to what was sealed")
    walk.say("The agent retrieves it and opens it; nobody in between could")
    walk.expect(deposit=93.8, escrow=0, pending=50)


def tool(walk: Walk) -> None:
    """What a model sees of an account."""
    print("\nA tool, over MCP")
    listed = _asked(walk, "tools/list", {})["tools"]
    told = _asked(walk, "tools/call", {"name": "get_balance", "arguments": {}})
    if told["structuredContent"]["deposit_balance"] != 93.8:
        raise Off(f"get_balance says {told['structuredContent']}")
    walk.say(f"A model finds {len(listed)} tools and calls get_balance: {told['content'][0]['text']}")


def _asked(walk: Walk, method: str, params: dict[str, Any]) -> dict[str, Any]:
    """The result of one request, in the era that says everything in every request."""
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {},
    }  # fmt: skip
    headers = {
        **walk.agent, "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": method, **({"Mcp-Name": params["name"]} if "name" in params else {}),
    }  # fmt: skip
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": meta}}
    answer: httpx.Response = walk.http.post("/api/v1/mcp", headers=headers, json=message)
    if answer.status_code != 200 or "result" not in answer.json():
        raise Off(f"{method} was answered {answer.status_code}: {answer.text}")
    return dict(answer.json()["result"])
