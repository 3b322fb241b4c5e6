"""`make run` as a person meets it: the page that it prints, its lines pasted into a shell, and Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack import ROOT

pytestmark = pytest.mark.slow
START_SECONDS, END_SECONDS = 60, 15


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """The stack as a process of its own, on a free port, and the file that it prints to."""
    page = tmp_path / "page.txt"
    environment = {**os.environ, "PORT": "0", "STORE": "moto"}
    with page.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "local"], cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT, text=True
        )
        try:
            until = time.monotonic() + START_SECONDS
            while "Ctrl-C stops everything" not in page.read_text():
                assert process.poll() is None, page.read_text()
                assert time.monotonic() < until, page.read_text()
                time.sleep(0.1)
            yield process, page
        finally:
            process.kill()
            process.wait()


def test_its_lines_walk_a_task_to_the_payout_and_a_test_to_its_data_when_pasted_in_one_go(
    running: tuple[subprocess.Popen[str], Path],
) -> None:
    _, page = running
    blocks = [
        block
        for block in page.read_text().split("\n\n")
        if block.startswith(("TASK=", "PHOTO=", "JOB=", "curl", "for second"))
    ]
    # A shell that reads what was pasted line by line, without a pause of ours.
    pasted = "\necho\n".join(blocks)
    shown = subprocess.run(["bash"], input=pasted, capture_output=True, text=True, timeout=90, check=True).stdout
    assert '"status":"COMPLETED"' in shown, shown
    assert '"available_balance":25,' in shown, shown
    assert '"message":"Payout completed (test mode)"' in shown, shown
    assert '"data":{"saysWhatFor":true}' in shown, shown
    assert '"error"' not in shown, shown


def test_ctrl_c_ends_it_cleanly(running: tuple[subprocess.Popen[str], Path]) -> None:
    process, page = running
    process.send_signal(signal.SIGINT)
    assert process.wait(END_SECONDS) == 0
    assert page.read_text().endswith("Byhand has stopped.\n")
