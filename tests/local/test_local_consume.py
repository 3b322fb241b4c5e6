"""The consumers: Lambda's shapes, partial batch failures, redelivery, dead letters."""

import json
import threading
from typing import Any

import boto3
import pytest

from local.consume import Consumer, drain
from local.ticks import Ticker


class Queue:
    """A queue whose messages come back at once when they were not deleted, with dead letters after two tries."""

    def __init__(self, visibility_seconds: int = 0) -> None:
        self.sqs = boto3.client("sqs")
        self.dead = self.sqs.create_queue(QueueName="dead")["QueueUrl"]
        names = ["QueueArn"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.dead, AttributeNames=names)["Attributes"]["QueueArn"]
        redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 2})
        attributes = {"VisibilityTimeout": str(visibility_seconds), "RedrivePolicy": redrive}
        self.url = self.sqs.create_queue(QueueName="bells", Attributes=attributes)["QueueUrl"]

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def dead_letters(self) -> list[str]:
        messages = self.sqs.receive_message(QueueUrl=self.dead, MaxNumberOfMessages=10).get("Messages", [])
        return [message["Body"] for message in messages]


@pytest.fixture
def queue(aws: None) -> Queue:
    return Queue()


def failing(*bodies: str) -> Any:
    """A handler that reports the messages with these bodies, and remembers what it was given."""

    def handle(event: dict[str, Any]) -> dict[str, Any]:
        handle.seen += [record["body"] for record in event["Records"]]  # type: ignore[attr-defined]
        bad = [record for record in event["Records"] if record["body"] in bodies]
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in bad]}

    handle.seen = []  # type: ignore[attr-defined]
    return handle


def test_the_event_has_lambdas_shape(queue: Queue) -> None:
    attributes: Any = {
        "words": {"DataType": "String", "StringValue": "hello"},
        "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\x01"},
    }
    queue.sqs.send_message(QueueUrl=queue.url, MessageBody='{"entry": "1"}', MessageAttributes=attributes)
    events: list[dict[str, Any]] = []
    assert Consumer("timers", events.append, queue.url, 10).poll() == 1
    (record,) = events[0]["Records"]
    assert record["body"] == '{"entry": "1"}'
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"].endswith(":bells")
    assert record["awsRegion"] == "us-east-1"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["messageAttributes"] == {
        "words": {"stringValue": "hello", "stringListValues": [], "binaryListValues": [], "dataType": "String"},
        "bytes": {"binaryValue": "AAE=", "stringListValues": [], "binaryListValues": [], "dataType": "Binary"},
    }
    assert {"messageId", "receiptHandle", "md5OfBody"} <= record.keys()


def test_only_what_failed_comes_again_and_at_last_lies_with_the_dead(queue: Queue) -> None:
    handler = failing("bad")
    queue.send("good", "bad", "fine")
    drain([Consumer("timers", handler, queue.url, 10)])
    assert sorted(handler.seen) == ["bad", "bad", "fine", "good"]
    assert queue.dead_letters() == ["bad"]


def test_a_handler_that_raises_fails_its_whole_batch(queue: Queue, caplog: pytest.LogCaptureFixture) -> None:
    def broken(event: dict[str, Any]) -> None:
        raise KeyError("never mind")

    queue.send("one", "two")
    drain([Consumer("timers", broken, queue.url, 10)])
    assert sorted(queue.dead_letters()) == ["one", "two"]
    assert "timers failed" in caplog.text


@pytest.mark.parametrize("report", ["unheard-of", "", None])
def test_a_report_that_cannot_be_right_fails_the_whole_batch(queue: Queue, report: str | None) -> None:
    queue.send("one", "two")
    answer = {"batchItemFailures": [{"itemIdentifier": report}]}
    drain([Consumer("timers", lambda event: answer, queue.url, 10)])
    assert sorted(queue.dead_letters()) == ["one", "two"]


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}])
def test_an_answer_without_failures_is_a_success(queue: Queue, answer: Any) -> None:
    queue.send("one")
    consumer = Consumer("timers", lambda event: answer, queue.url, 10)
    assert (drain([consumer]), consumer.poll(), queue.dead_letters()) == (1, 0, [])


def test_a_failed_message_stays_invisible_for_its_time(aws: None) -> None:
    queue, handler = Queue(visibility_seconds=30), failing("bad")
    queue.send("bad")
    assert drain([Consumer("timers", handler, queue.url, 10)]) == 1
    assert handler.seen == ["bad"]


def test_draining_follows_what_handlers_send(queue: Queue) -> None:
    def handle(event: dict[str, Any]) -> None:
        for record in event["Records"]:
            if record["body"] != "0":
                queue.send(str(int(record["body"]) - 1))

    queue.send("3")
    assert drain([Consumer("timers", handle, queue.url, 1)]) == 4


def test_the_thread_outlives_its_handler_and_its_queue(queue: Queue, caplog: pytest.LogCaptureFixture) -> None:
    stop, handled = threading.Event(), threading.Event()
    consumer = Consumer("timers", lambda event: handled.set(), queue.url, 10)
    plain, failures = consumer.poll, iter([True])

    def poll() -> int:
        if next(failures, False):
            raise OSError("the store is away")
        return plain()

    consumer.poll = poll  # type: ignore[method-assign]
    thread = threading.Thread(target=consumer.run, args=[stop])
    thread.start()
    queue.send("one")
    assert handled.wait(5)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
    assert "could not reach its queue" in caplog.text


def test_a_tick_is_an_event_of_eventbridge_and_a_failing_one_is_not_the_last(caplog: pytest.LogCaptureFixture) -> None:
    stop, events = threading.Event(), []

    def handle(event: dict[str, Any]) -> None:
        events.append(event)
        if len(events) == 1:
            raise KeyError("never mind")
        stop.set()

    Ticker("sweep", handle, 0.01).run(stop)
    assert len(events) == 2
    assert events[0]["detail-type"] == "Scheduled Event"
    assert events[0]["resources"][0].endswith("rule/sweep")
    assert "sweep failed" in caplog.text
