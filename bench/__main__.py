"""Measure everything and write docs/performance.md: `make bench`."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

import boto3

from bench import cold, growth, page, rivals
from bench.life import live_once, of_a_job, of_a_task
from bench.scenario import walk
from bench.walk import MeteredHouse, metered
from chalicelib.doors import wiring
from local import strict
from local.settings import laptop
from tests.conftest import LIMITS
from tests.harness import House
from tests.standing import empty_stack


def main() -> None:
    started = _alone(cold.measure_quietly) if cold.PACKAGE.exists() else None
    _say("started")
    rivalled = raced()
    _say("raced")
    with _house() as house:
        walk(house)
        costs = house.costs
    _say("walked")
    lives = []
    for one in (of_a_task, of_a_job):
        with _house() as house:
            lives.append(live_once(house, one))
    _say("lived")
    with _house() as house:
        grown = growth.measure(house)
    _say("grown")
    page.PAGE.write_text(page.write(costs, lives, grown, started, rivalled))
    _say(f"wrote {page.PAGE}")


def raced() -> list[rivals.Measured] | None:
    """The MCP servers; None, and a word about it, where the others cannot be had."""
    try:
        return rivals.measure() if cold.PACKAGE.exists() else None
    except rivals.OutOfReach as fault:
        _say(f"MCP was not measured again: {fault}")
        return None


def _alone(measure: Callable[[], cold.ColdStart]) -> cold.ColdStart:
    """Measured in a process of its own, where no other stack stands."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        return other.submit(measure).result()


@contextmanager
def _house() -> Iterator[MeteredHouse]:
    import app

    with laptop(), empty_stack() as environment:
        os.environ.update({**LIMITS, **environment, "BYHAND_LOG_LEVEL": "ERROR"})
        wiring.forget()
        with metered(House(app.app, wiring.world())) as house:
            yield house


def _say(what: str) -> None:
    sys.stderr.write(f"{time.process_time():6.0f} s  {what}\n")


if __name__ == "__main__":
    strict.install()
    boto3.setup_default_session()
    main()
