"""Clients are made when first used, kept for the life of the container, and give up soon."""

from chalicelib.kit import aws
from tests.harness import House


def test_one_client_serves_the_whole_life_of_a_container(house: House) -> None:
    for make in (aws.dynamodb, aws.sqs, aws.kms, aws.s3):
        assert make() is make()
    assert house.world.store.client is aws.dynamodb()


def test_a_test_can_forget_the_clients_and_get_new_ones(house: House) -> None:
    before = aws.dynamodb()
    aws.reset()
    assert aws.dynamodb() is not before


def test_a_slow_answer_is_given_up_soon_enough_to_be_asked_for_again(house: House) -> None:
    for make, attempts in ((aws.dynamodb, 1), (aws.sqs, 2), (aws.kms, 2)):
        config = make().meta.config
        assert (config.connect_timeout, config.read_timeout, config.retries["total_max_attempts"]) == (1, 1.5, attempts)
    assert aws.s3().meta.config.read_timeout == 10
    bedrock = aws.bedrock_runtime(60).meta.config
    assert (bedrock.read_timeout, bedrock.retries["total_max_attempts"]) == (60, 1)


def test_every_outage_that_a_client_can_raise_is_known_as_one() -> None:
    from botocore import exceptions

    no_answer = [
        exceptions.EndpointConnectionError,
        exceptions.ConnectTimeoutError,
        exceptions.ReadTimeoutError,
        exceptions.ConnectionClosedError,
        exceptions.ProxyConnectionError,
        exceptions.SSLError,
    ]
    assert [error for error in no_answer if not issubclass(error, aws.OUTAGES)] == []
