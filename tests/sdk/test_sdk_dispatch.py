"""Credential tasks from this side: the key is kept before the post, survives it, and opens what comes back."""

import asyncio
import errno
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from byhand import FileKeys, PrivateKey, encrypt, fingerprint
from byhand.errors import BadCredential, Conflict, Invalid, KeyMissing, NotFound, Refused, Unreachable
from byhand.keys import KeyStore
from tests.sdk.served import Fate, Line, Setting, answered, dropped_after, order

SECRET = {"api_key": "sk_live_1", "dashboard_url": "https://acme.io/dashboard"}
WORDS: dict[str, Any] = {
    "title": "Create Acme API account", "description": "Sign up at acme.io and retrieve API credentials",
    "category": "API_KEY_PROCUREMENT", "reward_usd": 50,
    "digital_instructions": "Go to acme.io/signup, create account, get API key",
}  # fmt: skip


class Office:
    """A stand-in for the deployment's side of credentials: remembers public keys, and seals as an operator does."""

    def __init__(self) -> None:
        self.posted: dict[str, dict[str, Any]] = {}

    def post(self, request: httpx.Request, line: Line) -> httpx.Response:
        """Take a task, once per idempotency key and its words."""
        key, words = request.headers["Idempotency-Key"], json.loads(request.content)
        if self.posted.setdefault(key, words) != words:
            return answered(409, "key_reused")(request, line)
        task_id = f"task_{[*self.posted].index(key)}"
        return httpx.Response(201, json={"task_id": task_id, "status": "PENDING"})

    def post_in_vain(self, request: httpx.Request, line: Line) -> httpx.Response:
        """Take a task and lose the answer."""
        self.post(request, line)
        raise httpx.ReadTimeout("no answer", request=request)

    def hand_out(self) -> Fate:
        """Answer with the credential sealed for the first task's key."""
        [words, *_] = self.posted.values()
        sealed = encrypt(SECRET, words["agent_public_key"], "task_0").wire()
        body = {"task_id": "task_0", "encrypted_credential": sealed}
        return lambda request, line: httpx.Response(200, json=body)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.mark.promise("sdk.client.dispatch")
def test_the_seeds_second_example_in_python(setting: Setting, office: Office) -> None:
    client = setting.client()
    setting.line.fates = [office.post]
    task, private_key = client.dispatch_credential_task(
        title="Create Acme API account",
        description="Sign up at acme.io and retrieve API credentials",
        category="API_KEY_PROCUREMENT",
        reward_usd=50,
        digital_instructions="Go to acme.io/signup, create account, get API key",
    )
    setting.line.fates = [office.hand_out()] * 3
    assert client.retrieve_credential(task.task_id, private_key) == SECRET
    assert client.retrieve_credential(task.task_id, private_key.export()) == SECRET
    assert client.retrieve_credential(task.task_id) == SECRET


def test_it_is_the_same_when_awaited(setting: Setting, office: Office) -> None:
    async def story() -> dict[str, Any]:
        async with setting.async_client() as client:
            setting.line.fates = [office.post]
            task, _ = await client.dispatch_credential_task(**WORDS)
            setting.line.fates = [office.hand_out()]
            return await client.retrieve_credential(task.task_id)

    assert asyncio.run(story()) == SECRET


def test_what_is_posted_has_the_public_key_and_nothing_of_the_private_one(setting: Setting, office: Office) -> None:
    client = setting.client()
    setting.line.fates = [office.post]
    task, private_key = client.dispatch_credential_task(**WORDS)
    [words] = office.posted.values()
    assert words["agent_public_key"] == private_key.public_key
    assert words["proof_requirements"] == ["Credential delivered through the encrypted channel"]
    assert private_key.export() not in setting.line.sent[-1].content.decode()
    assert private_key.export() not in repr((task, private_key))


def _kept(folder: Path) -> list[str]:
    return sorted(path.stem for path in (folder / "keys").iterdir())


def test_after_the_post_the_key_is_under_the_tasks_id_and_nowhere_else(
    setting: Setting, office: Office, config_folder: Path
) -> None:
    client = setting.client()
    setting.line.fates = [office.post]
    client.dispatch_credential_task(**WORDS)
    assert _kept(config_folder) == ["task_0"]


def test_the_key_is_kept_before_anything_is_sent(setting: Setting, office: Office, config_folder: Path) -> None:
    client = setting.client()
    seen: list[list[str]] = []

    def looking(request: httpx.Request, line: Line) -> httpx.Response:
        seen.append(_kept(config_folder))
        return office.post(request, line)

    setting.line.fates = [looking]
    client.dispatch_credential_task(**WORDS)
    [kept] = seen
    assert f"posting-{setting.line.keys()[-1]}" in kept
    assert len(kept) == 2


def test_a_post_that_seems_lost_is_taken_up_again_with_the_same_key_pair(setting: Setting, office: Office) -> None:
    client = setting.client(retries=0)
    words = WORDS | {"deadline": "2027-01-01T00:00:00Z"}
    setting.line.fates = [office.post_in_vain]
    with pytest.raises(Unreachable) as lost:
        client.dispatch_credential_task(**words)
    assert lost.value.idempotency_key
    setting.line.fates = [office.post, office.post]
    for _ in range(2):
        task, _ = client.dispatch_credential_task(**words, idempotency_key=lost.value.idempotency_key)
        assert task.task_id == "task_0"
    setting.line.fates = [office.hand_out()]
    assert client.retrieve_credential("task_0") == SECRET


def test_a_refused_post_leaves_no_key_behind(setting: Setting, config_folder: Path) -> None:
    client = setting.client()
    setting.line.fates = [answered(400, "invalid")]
    with pytest.raises(Invalid):
        client.dispatch_credential_task(**WORDS)
    assert _kept(config_folder) == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_post_that_may_have_been_done_before_it_was_refused_keeps_its_key(
    setting: Setting, office: Office, config_folder: Path, status: int
) -> None:
    setting.line.fates = [office.post_in_vain, answered(status, "account_suspended")]
    with pytest.raises(Refused):
        setting.client().dispatch_credential_task(**WORDS)
    [words] = office.posted.values()
    found = [PrivateKey.read(json.loads(file.read_text())["private_key"]) for file in config_folder.rglob("*.json")]
    assert words["agent_public_key"] in [key.public_key for key in found]


def test_without_its_key_a_credential_is_not_even_fetched(setting: Setting, tmp_path: Path) -> None:
    client = setting.client()
    task, private_key = client.dispatch_credential_task(**WORDS)
    elsewhere = setting.client_of(client._driver.wire.api_key, keys=FileKeys(tmp_path / "elsewhere"))
    with pytest.raises(KeyMissing, match=private_key.fingerprint.replace(" ", "")):
        elsewhere.retrieve_credential(task.task_id)
    assert not [request for request in setting.line.sent if "retrieve" in request.url.path]
    with pytest.raises(NotFound, match="no credential"):
        elsewhere.retrieve_credential(elsewhere.tasks.post(**order(setting.house)).task_id)


@dataclass(frozen=True)
class FullDisk(FileKeys):
    """A disk on which there is room until the task is posted."""

    def save(self, label: str, key: PrivateKey) -> None:
        if label.startswith("task_"):
            raise OSError(errno.ENOSPC, "No space left on device")
        super().save(label, key)


def test_a_task_whose_id_was_never_written_down_opens_all_the_same(setting: Setting, config_folder: Path) -> None:
    """The process ends between the answer and its file; what is left finds the key by the task's public half."""
    client = setting.client(keys=FullDisk())
    with pytest.raises(OSError, match="space"):
        client.dispatch_credential_task(**WORDS)
    [task] = client.tasks.list()
    operator = setting.house.operator()
    operator.accept(task.task_id)
    shown = operator.get(f"/operator/tasks/{task.task_id}").json
    operator.submit(task.task_id, encrypted_credential=encrypt(SECRET, shown["agent_public_key"], task.task_id).wire())
    setting.house.drain()
    later = setting.client_of(client._driver.wire.api_key)
    assert later.retrieve_credential(task.task_id) == SECRET
    assert task.task_id in _kept(config_folder)


def test_a_credential_that_does_not_open_and_one_that_is_not_there_yet(setting: Setting, office: Office) -> None:
    client = setting.client()
    setting.line.fates = [office.post]
    task, _ = client.dispatch_credential_task(**WORDS)
    setting.line.fates = [answered(409, "wrong_state")]
    with pytest.raises(Conflict):
        client.retrieve_credential(task.task_id)
    setting.line.fates = [office.hand_out()] * 2
    with pytest.raises(BadCredential):
        client.retrieve_credential(task.task_id, PrivateKey.make())
    with pytest.raises(BadCredential):
        client.retrieve_credential(task.task_id, "no key")


def test_keys_may_be_kept_elsewhere(setting: Setting, office: Office, tmp_path: Path, config_folder: Path) -> None:
    keys: KeyStore = FileKeys(tmp_path / "elsewhere")
    client = setting.client(keys=keys)
    setting.line.fates = [office.post]
    task, private_key = client.dispatch_credential_task(**WORDS)
    assert keys.load(task.task_id).export() == private_key.export()
    assert not config_folder.exists()


def test_a_lost_answer_is_repeated_with_the_very_same_words(setting: Setting, office: Office) -> None:
    client = setting.client()
    setting.line.fates = [office.post_in_vain, office.post]
    task, _ = client.dispatch_credential_task(**WORDS)
    assert task.task_id == "task_0"
    assert setting.line.sent[-1].content == setting.line.sent[-2].content


@pytest.mark.promise("sdk.client.dispatch")
def test_a_credential_goes_all_the_way_through_the_real_app(setting: Setting) -> None:
    """The operator seals with what the app shows them; the app never holds what would open it."""
    client, operator = setting.client(), setting.house.operator()
    task, private_key = client.dispatch_credential_task(**WORDS)
    with pytest.raises(Conflict) as early:
        client.retrieve_credential(task.task_id)
    assert early.value.code == "credential_not_ready"
    operator.accept(task.task_id)
    shown = operator.get(f"/operator/tasks/{task.task_id}").json
    assert fingerprint(shown["agent_public_key"]) == private_key.fingerprint
    sealed = encrypt(SECRET, shown["agent_public_key"], task.task_id)
    assert operator.submit(task.task_id, encrypted_credential=sealed.wire()).status == 200
    setting.house.drain()
    assert client.tasks.wait(task.task_id).status == "COMPLETED"
    assert client.retrieve_credential(task.task_id) == SECRET
    assert client.tasks.encrypted_credential(task.task_id).created_at is not None
    other = setting.client()
    with pytest.raises(NotFound):
        other.retrieve_credential(task.task_id, private_key)


def test_a_dispatch_whose_answer_is_lost_posts_one_task_with_one_key(setting: Setting) -> None:
    client = setting.client()
    setting.line.fates = [dropped_after, dropped_after]
    task, _ = client.dispatch_credential_task(**WORDS)
    assert [row.task_id for row in client.tasks.list()] == [task.task_id]
    setting.house.prove()
