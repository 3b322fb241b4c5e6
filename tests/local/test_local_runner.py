"""LocalStack on a small app: environment, HTTP, queues and schedules together, and nothing left behind."""

import os
import socket
import sys
import threading
import time
from pathlib import Path

import boto3
import httpx
import pytest

from local import ticks
from local.runner import LocalStack, PortUnusable
from local.settings import laptop
from local.store import open_store


def test_it_serves_drains_and_ticks_and_puts_everything_back(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://dynamodb.us-east-1.amazonaws.com")
    before, threads = dict(os.environ), threading.active_count()
    with LocalStack("memory", project=toy, background=False) as stack, httpx.Client(base_url=stack.url) as client:
        assert client.get("/api/health").json() == {"mode": "test", "of_the_stage": "config.json"}
        assert "AWS_PROFILE" not in os.environ
        assert "AWS_ENDPOINT_URL" not in os.environ
        for entry in ("1", "2", "bad"):
            client.post(f"/ring/{entry}")
        assert (stack.drain(), stack.drain()) == (3, 0)
        assert stack.tick("sweep") == "swept"
        assert client.get("/seen").json() == ["sweep by aws.events", "timers 1", "timers 2"]
    assert dict(os.environ) == before
    assert "app" not in sys.modules or Path(str(sys.modules["app"].__file__)).parent != toy
    assert threading.active_count() <= threads + 1  # The connection's own thread may still be saying goodbye.


def test_the_users_choices_win_where_they_do_no_harm(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_THE_STAGE", "the user")
    monkeypatch.setenv("ALLOW_DEV_OPERATOR_ID_HEADER", "false")
    monkeypatch.setenv("BYHAND_MODE", "live")
    with LocalStack("memory", project=toy, background=False) as stack:
        assert httpx.get(stack.url + "/api/health").json() == {"mode": "test", "of_the_stage": "the user"}
        assert os.environ["ALLOW_DEV_OPERATOR_ID_HEADER"] == "false"
        assert os.environ["BYHAND_ALLOW_LOOPBACK_URLS"] == "true"


def test_links_lead_to_this_machine_unless_the_user_says_where_it_is_reached(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BYHAND_PUBLIC_URL", raising=False)
    with LocalStack("memory", project=toy, background=False) as stack:
        assert os.environ["BYHAND_PUBLIC_URL"] == stack.url
    assert "BYHAND_PUBLIC_URL" not in os.environ
    monkeypatch.setenv("BYHAND_PUBLIC_URL", "https://tunnel.example")
    with LocalStack("memory", project=toy, background=False):
        assert os.environ["BYHAND_PUBLIC_URL"] == "https://tunnel.example"


def test_in_the_background_things_happen_by_themselves_once_per_process(toy: Path) -> None:
    with LocalStack("memory", project=toy, quick_seconds=0.05) as stack, httpx.Client(base_url=stack.url) as client:
        with pytest.raises(RuntimeError, match="running in this process already"):
            LocalStack("memory", project=toy).start()
        client.post("/ring/1")
        until = time.monotonic() + 5
        while len(seen := client.get("/seen").json()) < 2 and time.monotonic() < until:
            time.sleep(0.02)
        assert seen == ["sweep by aws.events", "timers 1"]


def test_a_taken_port_is_a_sentence_with_a_way_out(toy: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortUnusable, match=f"Port {port} is taken.*PORT={port + 1} make run"):
            LocalStack("memory", port, project=toy).start()


def test_motos_server_serves_presigned_urls_and_keeps_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        with laptop(), open_store("moto", tmp_path) as url:
            s3, place = boto3.client("s3", endpoint_url=url), {"Bucket": "files", "Key": "uploads/photo"}
            assert s3.list_buckets()["Buckets"] == []
            s3.create_bucket(Bucket="files")
            assert httpx.put(s3.generate_presigned_url("put_object", Params=place), content=b"bytes").status_code == 200
            assert httpx.get(s3.generate_presigned_url("get_object", Params=place)).content == b"bytes"


@pytest.mark.parametrize(
    ("written", "pace"),
    [("rate(1 minute)", 2.0), ("rate(5 minutes)", 300.0), ("rate(1 day)", 86400.0), ("cron(0 3 * * ? *)", None)],
)
def test_only_the_quickest_rate_is_quicker_here(written: str, pace: float | None) -> None:
    class Source:
        name, schedule_expression = "prove", written

    class App:
        event_sources = (Source,)

    (ticker,) = ticks.tickers(App, lambda name, event: None)
    assert ticker.every_seconds == pace


def test_a_store_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no store called redis"), open_store("redis", tmp_path):
        pass


def test_proxies_are_kept_from_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "example.com")
    with laptop():
        assert os.environ["NO_PROXY"] == "example.com,127.0.0.1,localhost"
