"""Listen to the log: the lines that are written while something is done, read back from their JSON."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(record.getMessage()))


@contextmanager
def listening() -> Iterator[list[dict[str, Any]]]:
    """The lines of the log from here on; each is an object with at least `level` and `event`."""
    listener, logger = _Listener(), logging.getLogger("byhand")
    before = logger.level
    logger.addHandler(listener)
    logger.setLevel(logging.DEBUG)
    try:
        yield listener.lines
    finally:
        logger.removeHandler(listener)
        logger.setLevel(before)
