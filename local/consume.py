"""What Lambda's SQS event source does in the cloud: receives batches, calls the handler, deletes what succeeded.

Time-outs, redelivery and dead letters are the queue's own and therefore real: a message that failed is simply not
deleted. Each handler has one consumer, and a consumer works on one batch at a time, whoever asks for it.
"""

import base64
import functools
import logging
import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

Handler = Callable[[dict[str, Any]], Any]

log = logging.getLogger("local.consume")
# Long polls would be cheaper, but `drain` would have to wait for each to end. A bell is heard after 0.1 s on average.
PAUSE_SECONDS = 0.2
LARGEST_RECEIVE = 10


class Consumer:
    """One handler and its queue."""

    def __init__(self, name: str, handler: Handler, queue_url: str, batch_size: int) -> None:
        self.name, self.handler, self.queue_url = name, handler, queue_url
        self.batch_size = min(batch_size, LARGEST_RECEIVE)
        self._sqs: SQSClient = boto3.client("sqs")
        attributes = self._sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])["Attributes"]
        self._arn = attributes["QueueArn"]
        self._working = threading.Lock()

    def run(self, stop: threading.Event) -> None:
        """Consume until told to stop. Nothing that goes wrong ends it."""
        while not stop.is_set():
            try:
                worked = self.poll()
            except Exception:
                worked = 0
                if not stop.is_set():
                    log.exception("The consumer of %s could not reach its queue.", self.name)
            if not worked:
                stop.wait(PAUSE_SECONDS)

    def poll(self) -> int:
        """Receive one batch, handle it, delete what succeeded; the number of messages received.

        When it answers 0, no batch of this consumer is under way either: that is what `drain` relies on.
        """
        with self._working:
            messages = self._receive()
            if messages:
                self._delete(messages, self._failures(messages))
            return len(messages)

    def _receive(self) -> "list[MessageTypeDef]":
        answer = self._sqs.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=self.batch_size,
            WaitTimeSeconds=0,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return answer.get("Messages", [])

    def _failures(self, messages: "list[MessageTypeDef]") -> set[str]:
        every = {message["MessageId"] for message in messages}
        try:
            answer = self.handler({"Records": [_record(message, self._arn) for message in messages]})
        except Exception:
            log.exception("The handler %s failed; its %d messages come again.", self.name, len(messages))
            return every
        return _reported(answer, every)

    def _delete(self, messages: "list[MessageTypeDef]", failures: set[str]) -> None:
        for message in messages:
            if message["MessageId"] not in failures:
                self._sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])


def consumers(app: Any, invoke: Callable[[str, dict[str, Any]], Any]) -> list[Consumer]:
    """A consumer for every SQS handler of a Chalice app; `invoke` calls a handler by its name."""
    sources = [source for source in app.event_sources if hasattr(source, "queue_arn")]
    return [
        Consumer(source.name, functools.partial(invoke, source.name), _queue_url(source), source.batch_size)
        for source in sources
    ]


def drain(every: list[Consumer]) -> int:
    """Poll all consumers until one whole round finds nothing; the number of messages handled."""
    handled = 0
    while found := sum(consumer.poll() for consumer in every):
        handled += found
    return handled


def _queue_url(source: Any) -> str:
    """app.py names a queue by its temper; the functions' environment says where that queue is in this deployment."""
    name = source.queue or source.queue_arn.rsplit(":", 1)[-1]
    known = os.environ.get(f"{name.upper()}_QUEUE_URL")
    return known or str(boto3.client("sqs").get_queue_url(QueueName=name)["QueueUrl"])


def _reported(answer: Any, every: set[str]) -> set[str]:
    """The messages a handler says failed. Like Lambda, take a report that cannot be right as a failure of them all."""
    failures = (answer or {}).get("batchItemFailures") or []
    reported = {failure.get("itemIdentifier") for failure in failures}
    if reported <= every:
        return reported
    log.error("A handler reported failures of messages it was not given: %s", reported - every)
    return every


def _record(message: "MessageTypeDef", arn: str) -> dict[str, Any]:
    attributes = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {name: _attribute(dict(value)) for name, value in attributes.items()},
        "md5OfBody": message.get("MD5OfBody", ""),
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": arn.split(":")[3],
    }


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    shaped: dict[str, Any] = {"stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}
    if "StringValue" in value:
        shaped["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        shaped["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode()
    return shaped
