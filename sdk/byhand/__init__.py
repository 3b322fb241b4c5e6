"""Hire a human from a program: the client of Byhand, and of what speaks the HumanOps API.

from byhand import Byhand

client = Byhand(api_key="ho_...", base_url="https://byhand.example")
task = client.dispatch_digital_task(title=..., description=..., category="FORM_FILLING", reward_usd=15)
done = client.tasks.wait(task.task_id)

job = client.jobs.run(url="https://example.com", description="Buy a pencil and say how it went.")
"""

from byhand import credentials, errors, webhooks
from byhand.answers import Balance, EncryptedCredential, Location, Quote, Task, TaskRow
from byhand.client import AsyncByhand, Byhand
from byhand.credentials import PrivateKey, decrypt, encrypt, fingerprint
from byhand.errors import ByhandError, Refused
from byhand.job_answers import Job, JobCreated, JobRow
from byhand.keys import FileKeys, KeyringKeys, KeyStore
from byhand.verbs.dispatch import Dispatched
from byhand.verbs.events import Event
from byhand.webhooks import verify as verify_webhook

__all__ = [
    "AsyncByhand", "Balance", "Byhand", "ByhandError", "Dispatched", "EncryptedCredential", "Event", "FileKeys",
    "Job", "JobCreated", "JobRow", "KeyStore", "KeyringKeys", "Location", "PrivateKey", "Quote", "Refused", "Task",
    "TaskRow", "credentials", "decrypt", "encrypt", "errors", "fingerprint", "verify_webhook", "webhooks",
]  # fmt: skip
