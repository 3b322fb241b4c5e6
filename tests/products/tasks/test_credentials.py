"""Credentials travel end to end: what an operator encrypts, the owning agent alone can read (rulings 20, 23, 24)."""

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from byhand.credentials import PrivateKey
from chalicelib.kit import p256
from tests.contract.described import problems, response_schema
from tests.harness import House
from tests.products.tasks.sealing import SECRET, errand, opened, sealed
from tests.proofs import order

TYPES = ("ACCOUNT_CREATION", "API_KEY_PROCUREMENT", "PHONE_VERIFICATION", "SUBSCRIPTION_SETUP")
VECTORS = json.loads((Path(__file__).resolve().parents[3] / "docs" / "credential-vectors.json").read_text())
FIELD = "encrypted_credential"


def _spki(key: ec.EllipticCurvePrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def _hybrid(vector: dict[str, str]) -> str:
    """An SPKI whose point is spelled in a way that OpenSSL reads and a browser does not."""
    point = base64.b64decode(PrivateKey.read(vector["agent_private_key"]).public_key)
    head = base64.b64decode(VECTORS[1]["agent_public_key"])[:26]
    return base64.b64encode(head + bytes([6 + point[-1] % 2]) + point[1:]).decode()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one["name"])
def test_a_key_is_the_same_in_either_form(vector: dict[str, str]) -> None:
    assert p256.point(vector["agent_public_key"]) == base64.b64decode(
        PrivateKey.read(vector["agent_private_key"]).public_key
    )


@pytest.mark.promise("credentials.retrieve.owner", "credentials.submit.ciphertext", "credentials.guardian.form")
def test_what_an_operator_encrypts_the_agent_reads_and_nobody_else(house: House) -> None:
    errand_ = errand(house)
    task_id, agent = errand_.task_id, errand_.agent
    assert errand_.operator.get(f"/operator/tasks/{task_id}").json.get("agent_public_key") is None, "not theirs yet"
    errand_.accepted()
    assert errand_.operator.get(f"/operator/tasks/{task_id}").json["agent_public_key"] == errand_.key.public_key
    assert (errand_.retrieve().status, errand_.retrieve().json["code"]) == (409, "credential_not_ready")
    assert errand_.hand_in(key="once").status == 200
    assert errand_.retrieve().status == 409
    house.drain()
    task = agent.task(task_id)
    assert (task["status"], task["guardian_result"]["decision"]) == ("COMPLETED", "APPROVE")
    assert "Nobody here can read it" in task["guardian_result"]["reasoning"]
    for method in ("POST", "GET", "POST"):
        found = errand_.retrieve(method)
        assert (found.status, found.headers["cache-control"]) == (200, "no-store")
        assert found.json["task_id"] == task_id
        assert found.json[FIELD]["algorithm"] == "ECDH-P256-AES-256-GCM"
        assert found.json[FIELD]["createdAt"] == task["submitted_at"]
        assert opened(errand_.key, task_id, found.json[FIELD]) == SECRET
        assert (
            problems(response_schema(f"{method} /api/v1/tasks/{{task_id}}/retrieve-credential", 200), found.json) == []
        )
    assert house.agent().send(f"/tasks/{task_id}/retrieve-credential").json["code"] == "task_not_found"
    assert agent.send("/tasks/task_1/retrieve-credential").status == 404
    told = [one for owned in order.read(house.world).events.values() for one in owned if one["subject"] == task_id]
    retrieved = [one["data"] for one in told if one["type"] == "credential.retrieved"]
    assert [(one["submission"], bool(one["key_id"])) for one in retrieved] == [(1, True)] * 3
    order.check(house)


@pytest.mark.promise("credentials.order.key_required")
@pytest.mark.parametrize("task_type", TYPES)
def test_a_credential_task_names_a_key_to_encrypt_for(house: House, task_type: str) -> None:
    agent, key = house.agent(deposit=1_000), PrivateKey.make()
    tier_2 = {"task_type": task_type, "location": None, "reward_usd": 10}
    raw = base64.b64decode(key.public_key)
    wrong: list[Any] = [
        None, "", "BASE64_ENCODED_P256_PUBLIC_KEY", key.public_key[:-4], key.public_key + "\n", 5,
        base64.b64encode(raw[:64] + bytes([raw[64] ^ 1])).decode(), base64.b64encode(bytes(65)).decode(),
        _spki(ec.generate_private_key(ec.SECP256K1())), _spki(ec.generate_private_key(ec.SECP384R1())),
        _hybrid(VECTORS[0]),
    ]  # fmt: skip
    for given in wrong:
        refused = agent.post(**tier_2, agent_public_key=given)
        assert (given, refused.status, refused.json["details"]["field"]) == (given, 400, "agent_public_key")
    refused = agent.post(**tier_2, agent_public_key=key.public_key, proof_type="SCREENSHOT")
    assert (refused.status, refused.json["details"]["field"]) == (400, "proof_type")
    for given in (key.public_key, VECTORS[1]["agent_public_key"]):
        task = agent.task(agent.posted(**tier_2, agent_public_key=given, proof_type="ARTIFACT"))
        assert (task["agent_public_key"], task["task_domain"], task["proof_type"]) == (given, "DIGITAL", "ARTIFACT")
    refused = agent.post(agent_public_key=key.public_key)
    assert (refused.status, refused.json["details"]["field"]) == (400, "agent_public_key")


@pytest.mark.promise("credentials.submit.ciphertext", "credentials.submit.fresh")
def test_only_a_well_formed_fresh_ciphertext_is_taken(house: House) -> None:
    errand_ = errand(house).accepted()
    task_id, right = errand_.task_id, sealed(errand_.key, errand_.task_id)
    raw = base64.b64decode(right["ephemeralPublicKey"])
    off_curve = base64.b64encode(raw[:64] + bytes([raw[64] ^ 1])).decode()
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"ciphertext": ""}, "ciphertext"), ({"ciphertext": "no base64!"}, "ciphertext"),
        ({"ciphertext": base64.b64encode(bytes(16)).decode()}, "ciphertext"),
        ({"ciphertext": base64.b64encode(os.urandom(16 * 1024 + 17)).decode()}, "ciphertext"),
        *(
            ({"ciphertext": base64.b64encode(text.encode(code)).decode()}, "ciphertext")
            for text in (json.dumps(SECRET), '{"owner": "José", "api_key": "sk_1"}', "Пароль: тайна, и никому")
            for code in ("utf-8", "utf-8-sig", *(["utf-16"] if text.startswith("{") else []))
        ),
        ({"iv": base64.b64encode(bytes(16)).decode()}, "iv"), ({"iv": right["iv"].replace("=", "") + "!"}, "iv"),
        ({"ephemeralPublicKey": off_curve}, "ephemeralPublicKey"),
        ({"ephemeralPublicKey": errand_.key.public_key}, "ephemeralPublicKey"),
        ({"ephemeralPublicKey": _spki(ec.generate_private_key(ec.SECP384R1()))}, "ephemeralPublicKey"),
        ({"algorithm": "none"}, "algorithm"), ({"api_key": "sk_live"}, "api_key"), ({"createdAt": "soon"}, "createdAt"),
    ]  # fmt: skip
    for change, field in wrong:
        refused = errand_.hand_in({**right, **change})
        assert (change, refused.status, refused.json["details"]["field"]) == (change, 400, f"{FIELD}.{field}")
        assert str(next(iter(change.values()))) not in refused.text or not next(iter(change.values()))
    for words in ({}, {"photos": ["https://storage.example.com/1.jpg"]}, {"artifacts": ["https://example.com/1.pdf"]}):
        refused = errand_.operator.submit(task_id, **words)
        assert (refused.status, refused.json["details"]["field"]) == (400, FIELD)
    assert errand_.hand_in({**right, "createdAt": "2026-02-06T14:30:00+01:00"}).status == 200
    house.drain()
    assert errand_.retrieve().json[FIELD]["createdAt"] == "2026-02-06T13:30:00.000Z"

    second = errand(house).accepted()
    fresh = sealed(second.key, second.task_id)
    for reused in ("ephemeralPublicKey", "iv"):
        refused = second.hand_in({**fresh, reused: right[reused]})
        assert (refused.status, refused.json["details"]["field"]) == (400, f"{FIELD}.{reused}")
        assert "was used before" in refused.json["error"]
    assert second.agent.task(second.task_id)["status"] == "ACCEPTED"
    assert second.hand_in(fresh, key="again").text == second.hand_in(fresh, key="again").text
    order.check(house)


@pytest.mark.promise("credentials.submit.ciphertext")
def test_a_task_that_asks_for_no_credential_takes_none(house: House) -> None:
    agent, operator = house.agent(deposit=100), house.operator()
    task_id = agent.posted()
    operator.accept(task_id)
    photos = ["https://storage.example.com/1.jpg"]
    refused = operator.submit(task_id, photos=photos, encrypted_credential=sealed(PrivateKey.make(), task_id))
    assert (refused.status, refused.json["details"]["field"]) == (400, FIELD)
    assert operator.submit(task_id, photos=photos).status == 200
    house.drain()
    refused = agent.send(f"/tasks/{task_id}/retrieve-credential")
    assert (refused.status, refused.json["code"]) == (404, "no_credential")


@pytest.mark.promise("credentials.retrieve.retention")
@pytest.mark.parametrize("settings", [{"CREDENTIAL_RETENTION_DAYS": "20"}])
def test_when_its_retention_is_over_a_credential_is_removed(house: House) -> None:
    errand_ = errand(house).completed()
    house.advance(days=19)
    assert errand_.retrieve().status == 200
    assert _kept(house) == ["credential#1"]
    house.advance(days=1, minutes=1)
    assert (errand_.retrieve().status, errand_.retrieve().json["code"]) == (410, "credential_forgotten")
    house.sweep()
    house.drain()
    assert _kept(house) == []
    assert errand_.retrieve().status == 410
    order.check(house)


@pytest.mark.promise("credentials.retrieve.owner", "credentials.retrieve.retention")
def test_a_disputed_credential_can_be_tried_until_the_money_is_back(house: House) -> None:
    errand_ = errand(house).completed()
    agent, task_id = errand_.agent, errand_.task_id
    assert agent.send(f"/tasks/{task_id}/dispute", {"reason": "The key is refused."}).status == 200
    assert opened(errand_.key, task_id, errand_.retrieve().json[FIELD]) == SECRET
    dispute_id = agent.task(task_id)["dispute"]["dispute_id"]
    assert house.admin.do(f"/disputes/{dispute_id}/resolve", outcome="refund").status == 200
    refused = errand_.retrieve()
    assert (refused.status, refused.json["details"]["status"]) == (409, "CANCELLED")
    house.advance(days=31)
    house.advance(days=31)
    assert _kept(house) == []
    order.check(house)


@pytest.mark.promise("credentials.retrieve.retention")
@pytest.mark.parametrize("settings", [{"CREDENTIAL_RETENTION_DAYS": "3"}])
def test_while_it_is_disputed_a_credential_is_kept_and_can_be_tried(house: House) -> None:
    errand_ = errand(house).completed()
    house.advance(days=2)
    assert errand_.agent.send(f"/tasks/{errand_.task_id}/dispute", {"reason": "It is refused."}).status == 200
    house.advance(days=2)
    house.sweep()
    house.drain()
    assert opened(errand_.key, errand_.task_id, errand_.retrieve().json[FIELD]) == SECRET
    dispute_id = errand_.agent.task(errand_.task_id)["dispute"]["dispute_id"]
    assert house.admin.do(f"/disputes/{dispute_id}/resolve", outcome="release").status == 200
    house.advance(days=4)
    assert (errand_.retrieve().json["code"], _kept(house)) == ("credential_forgotten", [])


@pytest.mark.promise("credentials.never.plaintext")
def test_no_byte_of_a_credential_lies_anywhere_or_is_logged(
    house: House, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    errand_ = errand(house).accepted()
    right = sealed(errand_.key, errand_.task_id)
    plain = base64.b64encode(json.dumps(SECRET).encode()).decode()
    with caplog.at_level("DEBUG", logger="byhand"):
        # What a careless page might send is refused, and kept nowhere either.
        assert errand_.hand_in({**right, "ciphertext": plain}).status == 400
        assert errand_.hand_in({**right, "credential": SECRET}).status == 400
        assert errand_.hand_in(right, credential=SECRET).status == 200
        waiting = _messages(house)
        assert errand_.task_id in str(waiting)
        house.drain()
        assert errand_.retrieve().status == 200
    everywhere = "".join([*_everything(house), *waiting, *capsys.readouterr(), caplog.text])
    assert errand_.task_id in everywhere
    for secret in (SECRET["api_key"], SECRET["dashboard_url"], plain):
        assert secret not in everywhere


def _kept(house: House) -> list[str]:
    rows = order.scan(house.world.store, "tasks")
    return sorted(row["sk"] for row in rows if row["sk"].startswith("credential#"))


def _everything(house: House) -> list[str]:
    """Every row of every table and every file, as text."""
    world = house.world
    rows = [str(row) for table in world.store.names for row in order.scan(world.store, table)]
    client, bucket = world.bucket.client, world.bucket.name
    files = [one["Key"] for one in client.list_objects_v2(Bucket=bucket).get("Contents", [])]
    bodies = [client.get_object(Bucket=bucket, Key=key)["Body"].read().decode("latin-1") for key in files]
    return rows + bodies


def _messages(house: House) -> list[str]:
    """Every message in a queue, which stays there."""
    queues = house.world.queues
    return [
        message["Body"]
        for url in queues.urls.values()
        for message in queues.client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0).get(
            "Messages", []
        )
    ]
