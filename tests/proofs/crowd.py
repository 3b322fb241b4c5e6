"""A crowd: people who do something at the very same time, each in a thread of their own."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from tests.harness import Reply

T = TypeVar("T")

PATIENCE_SECONDS = 120.0
ASKS_MAX = 60


def at_once(*deeds: Callable[[], T]) -> list[T]:
    """Do everything at once, and what each came to, in order. What one of them raises is raised here."""
    start = threading.Barrier(len(deeds))
    came_to: dict[int, T] = {}
    problems: list[BaseException] = []

    def run(number: int, deed: Callable[[], T]) -> None:
        try:
            start.wait(PATIENCE_SECONDS)
            came_to[number] = deed()
        except BaseException as problem:  # noqa: BLE001 it is raised again, in the thread of the test
            problems.append(problem)

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert not any(thread.is_alive() for thread in threads), "somebody never came back"
    if problems:
        raise problems[0]
    return [came_to[number] for number in range(len(deeds))]


def ask_at_once(*asks: Callable[[], Reply]) -> list[Reply]:
    """Ask everything at once, as clients who come back when they are told to."""
    return at_once(*(partial(patient, ask) for ask in asks))


def patient(ask: Callable[[], Reply]) -> Reply:
    """Ask again, as a client does, while the answer is that now is not the moment."""
    for _ in range(ASKS_MAX):
        reply = ask()
        if reply.status != 503 and not (reply.status == 409 and reply.json["code"] == "in_progress"):
            return reply
    raise AssertionError(f"asked {ASKS_MAX} times and still: {reply}")


def statuses(replies: Iterable[Reply]) -> Counter[int]:
    """How many answers there were of each status."""
    return Counter(reply.status for reply in replies)
