"""The store that keeps: it starts, it is ours alone, it remembers, and it never outlives us."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest

from local.ministack import MiniStack, StoreUnavailable, store_python
from local.settings import laptop
from local.stack import ROOT, raise_stack

needs_ministack = pytest.mark.skipif(not store_python().exists(), reason="MiniStack is not installed: make store")
ITEM = {"pk": {"S": "a"}, "sk": {"S": "b"}}
OTHER_RUN = """
import sys, time
from pathlib import Path
from local.ministack import MiniStack
store = MiniStack(Path(sys.argv[1]))
store.start()
print(store.pid, store.url, flush=True)
time.sleep(60)
"""


def listening(pid: int) -> list[str]:
    """The addresses on which a process listens, as Linux writes them."""
    links = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    inodes = {link[8:-1] for link in links if link.startswith("socket:[")}
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    return [line[1].split(":")[0] for line in lines if line[3] == "0A" and line[9] in inodes]


def is_running(pid: int) -> bool:
    """Whether a process still works; one that has ended and waits to be buried does not."""
    command = ["ps", "-o", "stat=", "-p", str(pid)]
    status = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return bool(status.strip()) and not status.strip().startswith("Z")


def test_without_an_installation_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"make store.*STORE=moto"):
        MiniStack(tmp_path, python=tmp_path / "none").start()


def test_a_child_that_dies_at_once_is_quoted_and_the_folder_is_free_again(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match=r"(?s)ended while starting.*No module named"):
            MiniStack(tmp_path, python=Path(sys.executable), patience=0).start()


@pytest.mark.slow
@needs_ministack
def test_a_clean_stop_keeps_everything_and_the_port(tmp_path: Path) -> None:
    with laptop():
        with MiniStack(tmp_path) as store:
            environment, url = raise_stack(store.url), store.url
            boto3.client("dynamodb", endpoint_url=url).put_item(TableName=environment["TASKS_TABLE"], Item=ITEM)
            sqs = boto3.client("sqs", endpoint_url=url)
            sqs.send_message(QueueUrl=environment["TIMERS_QUEUE_URL"], MessageBody="ding")
            s3 = boto3.client("s3", endpoint_url=url)
            s3.put_object(Bucket=environment["FILES_BUCKET"], Key="photo", Body=b"bytes")
            kms = boto3.client("kms", endpoint_url=url)
            made = kms.generate_data_key(KeyId=environment["DATA_KEY_ID"], KeySpec="AES_256")
        with MiniStack(tmp_path) as store:
            assert store.url == url
            assert raise_stack(url) == environment
            dynamodb = boto3.client("dynamodb", endpoint_url=url)
            assert dynamodb.scan(TableName=environment["TASKS_TABLE"])["Items"] == [ITEM]
            messages = sqs.receive_message(QueueUrl=environment["TIMERS_QUEUE_URL"])["Messages"]
            assert [message["Body"] for message in messages] == ["ding"]
            assert s3.get_object(Bucket=environment["FILES_BUCKET"], Key="photo")["Body"].read() == b"bytes"
            assert kms.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"] == made["Plaintext"]


@pytest.mark.slow
@needs_ministack
@pytest.mark.skipif(sys.platform != "linux", reason="It reads /proc.")
def test_it_listens_on_loopback_and_nowhere_else(tmp_path: Path) -> None:
    with MiniStack(tmp_path) as store:
        assert store.pid is not None
        assert listening(store.pid) == ["0100007F"]


@pytest.mark.slow
@needs_ministack
def test_a_second_start_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with MiniStack(tmp_path) as store:
        with pytest.raises(StoreUnavailable, match=rf"Another run \(process {os.getpid()}\) is using"):
            MiniStack(tmp_path, patience=0).start()
        assert store.pid is not None
        assert is_running(store.pid)
    with MiniStack(tmp_path, patience=0):
        pass


@pytest.mark.slow
@needs_ministack
def test_it_ends_and_keeps_its_state_when_we_are_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OTHER_RUN, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run, laptop():
        assert run.stdout is not None
        pid, url = run.stdout.readline().split()
        environment = raise_stack(url)
        boto3.client("dynamodb", endpoint_url=url).put_item(TableName=environment["TASKS_TABLE"], Item=ITEM)
        run.send_signal(signal.SIGKILL)
        run.wait()
        until = time.monotonic() + 10
        while is_running(int(pid)) and time.monotonic() < until:
            time.sleep(0.05)
        assert not is_running(int(pid))
        with MiniStack(tmp_path) as store:
            dynamodb = boto3.client("dynamodb", endpoint_url=store.url)
            assert dynamodb.scan(TableName=environment["TASKS_TABLE"])["Items"] == [ITEM]
