"""One JSON line per thing worth knowing. Only fields we name are written: never a body, a header or a secret."""

import json
import logging
import sys
import traceback
from typing import Any

_logger = logging.getLogger("byhand")


def set_up(level: str = "INFO") -> None:
    """Write our lines, and nothing else's, to standard output; calling it again changes nothing."""
    if not _logger.handlers:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(message)s"))
        _logger.addHandler(handler)
        _logger.propagate = False
    _logger.setLevel(level)


def info(event: str, **fields: Any) -> None:
    """Something happened as it should; `event` is a dotted name in the past tense or a noun."""
    _logger.info(_line("info", event, fields))


def warning(event: str, **fields: Any) -> None:
    """Something a person may want to look at, though the system goes on by itself."""
    _logger.warning(_line("warning", event, fields))


def fault(event: str, error: BaseException, **fields: Any) -> None:
    """A fault of ours, whole: its type, its sentence and where it happened."""
    trace = "".join(traceback.format_exception(error))
    _logger.error(_line("error", event, {**fields, "error_type": type(error).__name__, "traceback": trace}))


def _line(level: str, event: str, fields: dict[str, Any]) -> str:
    return json.dumps({"level": level, "event": event, **fields}, default=str, ensure_ascii=False)
