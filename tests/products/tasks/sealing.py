"""Both ends of an encrypted credential (ruling 23): an agent's key pair, and what an operator's page makes."""

import base64
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.harness import Agent, House, Operator, Reply

SECRET = {"api_key": "sk_live_nobody_here_may_ever_see_this", "dashboard_url": "https://acme.io/dashboard"}


def new_key() -> EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def point(key: EllipticCurvePrivateKey) -> str:
    return _base64(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def spki(key: EllipticCurvePrivateKey) -> str:
    return _base64(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def sealed(
    agent_key: EllipticCurvePublicKey, task_id: str, secret: Any = SECRET, *, iv: bytes | None = None,
    ephemeral: EllipticCurvePrivateKey | None = None,
) -> dict[str, str]:  # fmt: skip
    """A credential as an operator's page hands it in."""
    mine, vector = ephemeral or new_key(), iv or os.urandom(12)
    body = secret if isinstance(secret, bytes) else json.dumps(secret).encode()
    box = AESGCM(_shared(mine, agent_key)).encrypt(vector, body, task_id.encode())
    return {"ciphertext": _base64(box), "iv": _base64(vector), "ephemeralPublicKey": point(mine)}


def opened(agent_key: EllipticCurvePrivateKey, task_id: str, credential: dict[str, str]) -> Any:
    """The credential again, as its agent reads it."""
    theirs = EllipticCurvePublicKey.from_encoded_point(
        ec.SECP256R1(), base64.b64decode(credential["ephemeralPublicKey"])
    )
    box = base64.b64decode(credential["ciphertext"])
    aes = AESGCM(_shared(agent_key, theirs))
    return json.loads(aes.decrypt(base64.b64decode(credential["iv"]), box, task_id.encode()))


@dataclass
class Errand:
    """One task of Tier 2, the agent who holds its key, and the operator who fetches the credential."""

    house: House
    agent: Agent
    operator: Operator
    key: EllipticCurvePrivateKey = field(default_factory=new_key)
    task_id: str = ""

    def posted(self, **order: Any) -> "Errand":
        words = {"task_type": "API_KEY_PROCUREMENT", "location": None, "reward_usd": 50, "agent_public_key": None}
        self.task_id = self.agent.posted(**{**words, "agent_public_key": point(self.key), **order})
        return self

    def accepted(self) -> "Errand":
        assert self.operator.accept(self.task_id).status == 200
        return self

    def hand_in(self, box: Any = None, **words: Any) -> Reply:
        made = box or sealed(self.key.public_key(), self.task_id)
        return self.operator.submit(self.task_id, encrypted_credential=made, **words)

    def completed(self) -> "Errand":
        assert self.accepted().hand_in().status == 200
        self.house.drain()
        assert self.agent.task(self.task_id)["status"] == "COMPLETED"
        return self

    def retrieve(self, method: str = "POST") -> Reply:
        return self.agent.send(f"/tasks/{self.task_id}/retrieve-credential", method=method)


def errand(house: House, **order: Any) -> Errand:
    """A task of Tier 2 on the board."""
    return Errand(house, house.agent(deposit=1_000), house.operator()).posted(**order)


def _shared(mine: EllipticCurvePrivateKey, theirs: EllipticCurvePublicKey) -> bytes:
    derive = HKDF(hashes.SHA256(), 32, salt=bytes(32), info=b"byhand/credential/v1").derive
    return derive(mine.exchange(ec.ECDH(), theirs))


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
