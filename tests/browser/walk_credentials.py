"""A credential on its way from a form in the browser to the agent: what leaves the browser, and who can open it."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Route, expect

from byhand.answers import EncryptedCredential
from byhand.credentials import PrivateKey, decrypt
from tests.browser.conftest import Agent, Visit
from tests.browser.steps import check_fits, post, register, shoot, take

VECTORS: list[dict[str, str]] = json.loads(
    (Path(__file__).parents[2] / "docs/credential-vectors.json").read_text(encoding="utf-8")
)
BYHAND = Path(sys.executable).with_name("byhand")


def _opened(vector: dict[str, str], sealed: dict[str, str], task_id: str) -> dict[str, Any]:
    """The credential in a ciphertext that was made for the key of a vector."""
    key = PrivateKey.read(vector["agent_private_key"])
    return decrypt(EncryptedCredential.model_validate(sealed), key, task_id)


def _post_for_a_key(agent: Agent, vector: dict[str, str], **words: Any) -> str:
    order = {
        "location": None, "task_type": "API_KEY_PROCUREMENT", "reward_usd": 50,
        "proof_requirements": ["API key delivered encrypted"], "agent_public_key": vector["agent_public_key"], **words,
    }  # fmt: skip
    return post(agent, **order)


def _fill(page: Page, number: int, name: str, value: str) -> None:
    pair = page.get_by_role("group", name=f"Field {number}")
    pair.get_by_label("Name").fill(name)
    pair.get_by_label("Value").fill(value)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_credential_leaves_the_browser_as_a_ciphertext_that_its_agent_opens(
    visit: Visit, agent: Agent, vector: dict[str, str]
) -> None:
    title, secret = f"Get an API key {os.urandom(3).hex()}", f"sk_live_{os.urandom(12).hex()}_ü🔑"
    task_id = _post_for_a_key(agent, vector, title=title)
    page = visit.at("")
    register(page)
    page.get_by_role("link", name=title).first.click()
    page.get_by_role("button", name="Accept this task").click()
    page.get_by_role("link", name="Hand in the credential").click()
    expect(page.locator(".fingerprint")).to_have_text(vector["fingerprint"])
    expect(page.get_by_text("Only the agent can read this.")).to_be_visible()
    _fill(page, 1, "api_key", secret)
    page.get_by_role("button", name="Add a field").click()
    _fill(page, 2, "dashboard_url", f"https://acme.example/{secret[-14:-3]}")
    shoot(page, "10-credential")
    check_fits(page)
    button = page.get_by_role("button", name="Hand in")
    typed = page.get_by_role("group", name="Field 1").get_by_label("Value").element_handle()
    button.click()
    expect(page.get_by_text("Done. $50.00 is yours.")).to_be_visible()
    shoot(page, "11-credential-done")
    found = agent.ask("POST", f"/tasks/{task_id}/retrieve-credential")["encrypted_credential"]
    words = {"api_key": secret, "dashboard_url": f"https://acme.example/{secret[-14:-3]}"}
    assert _opened(vector, found, task_id) == words
    _check_nowhere(visit, [secret, secret[:-3], secret[-14:-3], "dashboard_url"])
    assert typed is not None
    assert typed.evaluate("one => one.value") == "", "the form was cleared"


def test_a_credential_travels_from_the_page_to_the_agents_command_line(
    visit: Visit, agent: Agent, tmp_path: Path
) -> None:
    environment = {
        **os.environ, "BYHAND_API_URL": visit.url, "BYHAND_API_KEY": agent.headers["X-API-Key"],
        "BYHAND_CONFIG_DIR": str(tmp_path),
    }  # fmt: skip

    def byhand(*words: str) -> Any:
        done = subprocess.run([BYHAND, *words], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    title = f"Procure a key {os.urandom(3).hex()}"
    words = ("--title", title, "--description", "Sign up", "--reward", "50", "--type", "API_KEY_PROCUREMENT")
    task_id = byhand("post", *words, "--json")["task_id"]
    page = visit.at("")
    register(page)
    take(visit, title)
    page.get_by_role("link", name="Hand in the credential").click()
    _fill(page, 1, "api_key", "sk_from_the_page_to_the_terminal")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Done. $50.00 is yours.")).to_be_visible()
    assert byhand("retrieve", task_id) == {"api_key": "sk_from_the_page_to_the_terminal"}


def _check_nowhere(visit: Visit, words: list[str]) -> None:
    """None of some words left the browser, was kept in it, or was logged, as it is or in base64."""
    kept = visit.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, location.href, history.state])")
    places = [visit.sent.whole, str(kept).encode(), "\n".join(visit.said).encode()]
    assert b"encrypted_credential" in visit.sent.whole, "what was sent is known down to its bodies"
    for word in words:
        plain = word.encode()
        # Three ways in which base64 may cut it, without the letters that its neighbours change.
        coded = [base64.b64encode(b"\0" * shift + plain)[4 * (shift > 0) : -4] for shift in range(3)]
        for form in [plain, plain.hex().encode(), quote(word).encode(), json.dumps(word)[1:-1].encode(), *coded]:
            assert not [place for place in places if form in place], word


def test_a_credential_whose_answer_was_lost_is_sent_again_as_the_same_ciphertext(visit: Visit, agent: Agent) -> None:
    title = "Get another API key"
    task_id = _post_for_a_key(agent, VECTORS[0], title=title)
    page = visit.at("")
    register(page)
    take(visit, title)
    page.get_by_role("link", name="Hand in the credential").click()
    _fill(page, 1, "api_key", "sk_lost_and_found")
    tries: list[tuple[str, bytes]] = []

    def lose_answers(route: Route) -> None:
        tries.append((str(route.request.header_value("idempotency-key")), route.request.post_data_buffer or b""))
        if len(tries) == 1:
            route.fetch()
        if len(tries) <= 4:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/submit", lose_answers)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("alert")).to_contain_text("press the button again: it will not be done twice")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Done. $50.00 is yours.")).to_be_visible()
    assert len(tries) == 5
    assert len(set(tries)) == 1, "the same key and the same bytes"
    found = agent.ask("POST", f"/tasks/{task_id}/retrieve-credential")["encrypted_credential"]
    assert _opened(VECTORS[0], found, task_id) == {"api_key": "sk_lost_and_found"}


def test_an_unfinished_credential_is_not_sent(visit: Visit, agent: Agent) -> None:
    title = "Get a third API key"
    _post_for_a_key(agent, VECTORS[0], title=title)
    page = visit.at("")
    register(page)
    take(visit, title)
    page.get_by_role("link", name="Hand in the credential").click()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("alert")).to_contain_text("api_key is empty")
    _fill(page, 1, "api_key", "sk_1")
    page.get_by_role("button", name="Add a field").click()
    _fill(page, 2, "api_key", "sk_2")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("alert")).to_contain_text("two fields called api_key")
    assert not [url for url, *_ in visit.sent.requests if url.endswith("/submit")]


def test_the_browsers_webcrypto_agrees_with_the_vectors(visit: Visit) -> None:
    page = visit.at("")
    for vector in VECTORS:
        made = page.evaluate(VECTOR_IN_PAGE, vector)
        assert (made["ciphertext"], made["ephemeralPublicKey"]) == (vector["ciphertext"], vector["ephemeralPublicKey"])
        assert made["fingerprint"] == vector["fingerprint"]


VECTOR_IN_PAGE = """
async (vector) => {
  const script = document.querySelector('script').src;
  const credential = await import(new URL('credential.js', script).href);
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const pkcs8 = bytes(vector.ephemeral_private_key);
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, curve, false, ['deriveBits']);
  const publicKey = await crypto.subtle.importKey('raw', bytes(vector.ephemeralPublicKey), curve, true, []);
  const fixed = { ephemeral: { privateKey, publicKey }, iv: bytes(vector.iv) };
  const made = await credential.encryptWith(vector.agent_public_key, vector.task_id, vector.plaintext, fixed);
  return { ...made, fingerprint: await credential.fingerprint(vector.agent_public_key) };
}
"""
