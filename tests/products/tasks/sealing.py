"""One task of Tier 2 with both of its people: the agent who holds its key, and the operator who seals a secret."""

from dataclasses import dataclass, field
from typing import Any

from byhand.answers import EncryptedCredential
from byhand.credentials import PrivateKey, decrypt, encrypt
from tests.harness import Agent, House, Operator, Reply

SECRET = {"api_key": "sk_live_nobody_here_may_ever_see_this", "dashboard_url": "https://acme.io/dashboard"}


def sealed(key: PrivateKey, task_id: str) -> dict[str, Any]:
    """The secret as an operator's page hands it in."""
    return encrypt(SECRET, key.public_key, task_id).wire()


def opened(key: PrivateKey, task_id: str, credential: dict[str, str]) -> dict[str, Any]:
    """A credential as its agent reads it."""
    return decrypt(EncryptedCredential.model_validate(credential), key, task_id)


@dataclass
class Errand:
    """One task of Tier 2, the agent who holds its key, and the operator who fetches the credential."""

    house: House
    agent: Agent
    operator: Operator
    key: PrivateKey = field(default_factory=PrivateKey.make)
    task_id: str = ""

    def posted(self, **order: Any) -> "Errand":
        words = {"task_type": "API_KEY_PROCUREMENT", "location": None, "reward_usd": 50, "agent_public_key": None}
        self.task_id = self.agent.posted(**{**words, "agent_public_key": self.key.public_key, **order})
        return self

    def accepted(self) -> "Errand":
        assert self.operator.accept(self.task_id).status == 200
        return self

    def hand_in(self, box: Any = None, **words: Any) -> Reply:
        made = box or sealed(self.key, self.task_id)
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
