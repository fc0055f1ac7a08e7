"""Messages of a run, to standard error: one readable line or one JSON object each."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # also escape codes for terminals: a message may hold what a server sent


class Lines(logging.Formatter):
    """`14:05:12 what`, with the level if it is not the usual one."""

    def format(self, record: logging.LogRecord) -> str:
        level = "" if record.levelno == logging.INFO else f"{record.levelname.lower()}: "
        line = f"{_time(record):%H:%M:%S} {level}{CONTROL.sub(' ', record.getMessage())}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class Json(logging.Formatter):
    """{"time", "level", "message"}, time in UTC; "traceback" too where the record has one."""

    def format(self, record: logging.LogRecord) -> str:
        time = f"{_time(record):%Y-%m-%dT%H:%M:%SZ}"
        line = {"time": time, "level": record.levelname.lower(), "message": record.getMessage()}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def json_line(message: str, **more: Any) -> str:
    """A line of standard output in the form of Json, with `more` beside the message."""
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return json.dumps({"time": now, "level": "info", "message": message, **more})


class _Stderr(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(self.format(record) + "\n")  # looked up at each message: a progress bar redirects it


def log_to_stderr(form: str, *, debug: bool = False, name: str = "legation") -> None:
    """Send the messages of the logger `name` to standard error, in form "lines" or "json"."""
    handler = _Stderr()
    handler.setFormatter(Json() if form == "json" else Lines())
    logger = logging.getLogger(name)
    logger.handlers[:] = [handler]
    logger.setLevel(logging.DEBUG if debug else logging.INFO)
    logger.propagate = False


def _time(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)
