"""Opens a credential as an agent does, in Python: the contract once more, by another library and another hand."""

import base64
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_der_private_key

VECTORS: list[dict[str, str]] = json.loads(
    (Path(__file__).parents[2] / "docs/credential-vectors.json").read_text(encoding="utf-8")
)


def opened(vector: dict[str, str], sealed: dict[str, str], task_id: str) -> Any:
    """The credential in a ciphertext that was made for the key of a vector."""
    raw = {name: base64.b64decode(sealed[name]) for name in ("ciphertext", "iv", "ephemeralPublicKey")}
    own = load_der_private_key(base64.b64decode(vector["agent_private_key"]), None)
    assert isinstance(own, ec.EllipticCurvePrivateKey)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw["ephemeralPublicKey"])
    shared = own.exchange(ec.ECDH(), theirs)
    key = HKDF(SHA256(), 32, salt=bytes(32), info=b"byhand/credential/v1").derive(shared)
    return json.loads(AESGCM(key).decrypt(raw["iv"], raw["ciphertext"], task_id.encode()))
