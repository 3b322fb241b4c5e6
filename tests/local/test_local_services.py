"""moto's queues and keys: many consumers at once, and a key that is as strict as the real one."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError


def error_code(call: Any, words: dict[str, Any]) -> str:
    with pytest.raises(ClientError) as caught:
        call(**words)
    return str(caught.value.response["Error"]["Code"])


def in_threads(work: Any, threads: int = 8) -> list[Any]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(threads)))


def test_a_long_poll_keeps_nobody_waiting(aws: None) -> None:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="bells")["QueueUrl"]
    with ThreadPoolExecutor(1) as pool:
        started = time.monotonic()
        heard = pool.submit(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=5)
        time.sleep(0.2)
        sqs.send_message(QueueUrl=url, MessageBody="ding")
        assert heard.result()["Messages"][0]["Body"] == "ding"
        assert time.monotonic() - started < 2


def test_every_message_is_delivered_once_to_many_consumers(aws: None) -> None:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="bells")["QueueUrl"]
    in_threads(lambda thread: [sqs.send_message(QueueUrl=url, MessageBody=f"{thread} {turn}") for turn in range(5)])

    def consume(_: int) -> list[str]:
        heard = []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=3).get("Messages"):
            heard += [message["Body"] for message in messages]
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return heard

    heard = [body for bodies in in_threads(consume) for body in bodies]
    assert sorted(heard) == sorted(f"{thread} {turn}" for thread in range(8) for turn in range(5))


def test_a_data_key_opens_under_its_own_context_only(aws: None) -> None:
    kms = boto3.client("kms")
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    made = kms.generate_data_key(KeyId=key_id, KeySpec="AES_256", EncryptionContext={"purpose": "secrets"})
    opened = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext={"purpose": "secrets"})
    assert opened["Plaintext"] == made["Plaintext"]
    elsewhere = {"CiphertextBlob": made["CiphertextBlob"], "EncryptionContext": {"purpose": "other"}}
    assert error_code(kms.decrypt, elsewhere) == "InvalidCiphertextException"


def test_a_disabled_key_neither_seals_nor_opens(aws: None) -> None:
    kms = boto3.client("kms")
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    made = kms.generate_data_key(KeyId=key_id, KeySpec="AES_256")
    kms.disable_key(KeyId=key_id)
    for call, words in (
        (kms.generate_data_key, {"KeyId": key_id, "KeySpec": "AES_256"}),
        (kms.decrypt, {"CiphertextBlob": made["CiphertextBlob"]}),
    ):
        assert error_code(call, words) == "DisabledException"
    kms.enable_key(KeyId=key_id)
    assert kms.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"] == made["Plaintext"]
