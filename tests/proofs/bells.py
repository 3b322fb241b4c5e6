"""Bells by hand: messages given to a queue's consumer as Lambda would, in any number, at any time."""

from typing import Any

from chalicelib.core.agenda import store as agenda
from tests.harness import House
from tests.proofs import order


def deliver(house: House, queue: str, *entry_ids: str) -> None:
    """Give the bells of some entries to a consumer in one batch; all of them must be taken."""
    assert give(house, queue, *entry_ids) == []


def give(house: House, queue: str, *entry_ids: str) -> list[str]:
    """Give the bells of some entries to a consumer in one batch; the entries whose bells should come again."""
    messages = {f"message-{number}": entry_id for number, entry_id in enumerate(entry_ids)}
    answer: dict[str, Any] = house.invoke(
        queue,
        {
            "Records": [
                {"messageId": name, "body": agenda.bell(entry_id, queue).message, "eventSource": "aws:sqs"}
                for name, entry_id in messages.items()
            ]
        },
    )
    return [messages[failure["itemIdentifier"]] for failure in answer["batchItemFailures"]]


def lose_all(house: House) -> None:
    """Every message that waits in a queue is gone."""
    queues = house.world.queues
    for url in queues.urls.values():
        while found := queues.client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                queues.client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def entry_of(house: House, kind: str) -> str:
    """The id of the one entry of a kind."""
    (entry_id,) = (row["pk"] for row in order.scan(house.world.store, "agenda") if row["kind"] == kind)
    return str(entry_id)
