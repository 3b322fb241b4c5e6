"""Bells: one that fails is logged and never raised, for the deed is done."""

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.kit.queue import Bell, Queues
from tests.faults import Fault, FlakyClient, Killed, killed, no_connection, nth, refused
from tests.harness import House
from tests.listening import listening

QUEUES_AND_MESSAGES = [Bell("timers", "one"), Bell("courier", "two"), Bell("timers", "three")]


def _failing(house: House, fault: Fault) -> Queues:
    """The house's queues, where the first call fails."""
    return Queues(FlakyClient(house.world.queues.client, nth(0, fault)), house.world.queues.urls)


def _waiting(queues: Queues, queue: str) -> list[str]:
    answer = queues.client.receive_message(QueueUrl=queues.urls[queue], MaxNumberOfMessages=10)
    return sorted(message["Body"] for message in answer.get("Messages", []))


def test_each_bell_rings_in_its_own_queue(house: House) -> None:
    house.world.queues.ring(QUEUES_AND_MESSAGES)
    assert _waiting(house.world.queues, "timers") == ["one", "three"]
    assert _waiting(house.world.queues, "courier") == ["two"]
    assert _waiting(house.world.queues, "judge") == []


def test_a_bell_for_later_is_held_back_by_its_queue(house: House) -> None:
    house.world.queues.ring([Bell("timers", "now"), Bell("timers", "later", delay_seconds=60)])
    assert _waiting(house.world.queues, "timers") == ["now"]
    attributes = house.world.queues.client.get_queue_attributes(
        QueueUrl=house.world.queues.urls["timers"], AttributeNames=["ApproximateNumberOfMessagesDelayed"]
    )
    assert attributes["Attributes"]["ApproximateNumberOfMessagesDelayed"] == "1"


@pytest.mark.parametrize("fault", [no_connection(), refused("AccessDenied", "SendMessage")], ids=["outage", "refused"])
def test_a_bell_that_fails_is_logged_and_the_others_still_ring(house: House, fault: Fault) -> None:
    with listening() as lines:
        _failing(house, fault).ring(QUEUES_AND_MESSAGES)
    assert _waiting(house.world.queues, "timers") == ["three"]
    assert _waiting(house.world.queues, "courier") == ["two"]
    (line,) = lines
    assert (line["level"], line["event"], line["queue"], line["message"]) == ("error", "bell.lost", "timers", "one")


def test_a_bell_for_a_queue_nobody_knows_is_logged_too(house: House) -> None:
    with listening() as lines:
        house.world.queues.ring([Bell("nowhere", "one")])
    assert [line["event"] for line in lines] == ["bell.lost"]


def test_a_process_that_ends_while_ringing_really_ends(house: House) -> None:
    with pytest.raises(Killed):
        _failing(house, killed()).ring(QUEUES_AND_MESSAGES)


def test_a_queue_that_answers_is_reachable_and_one_that_does_not_raises(house: House) -> None:
    assert house.world.queues.is_reachable("timers")
    with pytest.raises(EndpointConnectionError):
        _failing(house, no_connection()).is_reachable("timers")
