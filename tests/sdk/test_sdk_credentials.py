"""The SDK's side of the credential contract: the shared vectors word for word, and everything else by search."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from byhand.answers import EncryptedCredential
from byhand.credentials import PrivateKey, _object, decrypt, encrypt, fingerprint
from byhand.errors import BadCredential
from tests.rules.source import ROOT

VECTORS: list[dict[str, str]] = json.loads((ROOT / "docs/credential-vectors.json").read_text())
EVERY_VECTOR = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
KEY = PrivateKey.make()
CREDENTIALS = st.dictionaries(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")), max_size=5)


def sealed_of(vector: dict[str, str]) -> EncryptedCredential:
    return EncryptedCredential.model_validate(vector)


@EVERY_VECTOR
def test_a_vector_opens(vector: dict[str, str]) -> None:
    key = PrivateKey.read(vector["agent_private_key"])
    assert decrypt(sealed_of(vector), key, vector["task_id"]) == json.loads(vector["plaintext"])


@EVERY_VECTOR
def test_a_vector_is_sealed_to_the_byte(vector: dict[str, str]) -> None:
    ephemeral, iv = PrivateKey.read(vector["ephemeral_private_key"]), base64.b64decode(vector["iv"])
    words = json.loads(vector["plaintext"])
    made = encrypt(words, vector["agent_public_key"], vector["task_id"], ephemeral=ephemeral, iv=iv)
    assert made.ephemeral_public_key == vector["ephemeralPublicKey"]
    if json.dumps(words, ensure_ascii=False, separators=(",", ":")) == vector["plaintext"]:
        assert made.ciphertext == vector["ciphertext"]


@EVERY_VECTOR
def test_a_fingerprint_is_that_of_the_point_in_whichever_form_it_came(vector: dict[str, str]) -> None:
    key = PrivateKey.read(vector["agent_private_key"])
    assert {key.fingerprint, fingerprint(vector["agent_public_key"])} == {vector["fingerprint"]}
    assert len(base64.b64decode(key.public_key)) == 65


def test_at_least_one_vector_is_sealed_to_the_byte() -> None:
    compact = [json.dumps(json.loads(one["plaintext"]), ensure_ascii=False, separators=(",", ":")) for one in VECTORS]
    assert any(text == one["plaintext"] for text, one in zip(compact, VECTORS, strict=True))


@given(CREDENTIALS, st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
@settings(max_examples=40, deadline=None)
def test_what_was_sealed_opens_with_its_key_and_its_task(credential: dict[str, str], task_id: str) -> None:
    assert decrypt(encrypt(credential, KEY.public_key, task_id), KEY, task_id) == credential


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_one_changed_bit_anywhere_is_refused(data: st.DataObject) -> None:
    sealed = encrypt({"api_key": "sk_test"}, KEY.public_key, "task_1").wire()
    part = data.draw(st.sampled_from(["ciphertext", "iv", "ephemeralPublicKey"]))
    raw = bytearray(base64.b64decode(sealed[part]))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    changed = EncryptedCredential.model_validate(sealed | {part: base64.b64encode(raw).decode()})
    with pytest.raises(BadCredential):
        decrypt(changed, KEY, "task_1")


def test_another_task_or_another_key_opens_nothing() -> None:
    sealed = encrypt({"api_key": "sk_test"}, KEY.public_key, "task_1")
    for key, task_id in [(KEY, "task_2"), (PrivateKey.make(), "task_1")]:
        with pytest.raises(BadCredential) as refused:
            decrypt(sealed, key, task_id)
        assert "sk_test" not in str(refused.value)


def _spki(curve: ec.EllipticCurve) -> str:
    public = ec.generate_private_key(curve).public_key()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


@pytest.mark.parametrize(
    "public_key",
    ["", "not base64!", base64.b64encode(b"x" * 65).decode(), base64.b64encode(b"x" * 91).decode(),
     _spki(ec.SECP384R1()), base64.b64encode(b"\x04" + bytes(64)).decode()],
)  # fmt: skip
def test_what_is_no_public_key_of_the_curve_is_refused(public_key: str) -> None:
    with pytest.raises(BadCredential):
        encrypt({}, public_key, "task_1")


@pytest.mark.parametrize("text", ["", "%%%", base64.b64encode(b"no key").decode()])
def test_what_is_no_private_key_is_refused(text: str) -> None:
    with pytest.raises(BadCredential):
        PrivateKey.read(text)


def test_a_credential_is_an_object_of_at_most_16_kb() -> None:
    with pytest.raises(BadCredential, match="16,384"):
        encrypt({"key": "x" * 16_384}, KEY.public_key, "task_1")
    assert decrypt(encrypt({"k": "x" * 16_376}, KEY.public_key, "t"), KEY, "t") == {"k": "x" * 16_376}


@pytest.mark.parametrize("change", [{"algorithm": "RSA"}, {"iv": base64.b64encode(bytes(16)).decode()}])
def test_another_algorithm_or_another_iv_is_named(change: dict[str, Any]) -> None:
    sealed = encrypt({}, KEY.public_key, "task_1").wire()
    with pytest.raises(BadCredential):
        decrypt(EncryptedCredential.model_validate(sealed | change), KEY, "task_1")


def test_printing_a_private_key_shows_the_fingerprint_only() -> None:
    assert repr(KEY) == f"<PrivateKey {KEY.fingerprint}>"
    assert KEY.export() not in repr([KEY])
    assert PrivateKey.read(KEY.export()).public_key == KEY.public_key


def test_a_credential_that_is_nested_without_end_is_a_bad_one() -> None:
    key, ephemeral, iv = PrivateKey.make(), PrivateKey.make(), bytes(12)
    deep: dict[str, Any] = {}
    for _ in range(400):
        deep = {"a": deep}
    assert decrypt(encrypt(deep, key.public_key, "task_1", ephemeral=ephemeral, iv=iv), key, "task_1") == deep
    with pytest.raises(BadCredential):
        _object(b"[" * 5_000)
