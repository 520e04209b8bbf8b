"""Log lines as JSON objects, one a line. Never a body, a header or a secret: callers pass named fields."""

from __future__ import annotations

import json
import logging
import time
from functools import lru_cache
from typing import Any

FIELDS = ("delivery", "event", "status", "ms", "path", "installation", "keys", "commit")


class JsonLines(logging.Formatter):
    """time, level, logger, message, then the fields the caller named; a traceback under "error"."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": f"{_second(int(record.created))}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        for field in FIELDS:
            if (value := getattr(record, field, None)) is not None:
                line[field] = value
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line)


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def configuration() -> dict[str, Any]:
    """Return the logging configuration (logging.config.dictConfig) of both processes of the App."""
    # What no line shows need not be found out: https://docs.python.org/3/howto/logging.html#optimization
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "waypost.logs.JsonLines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"level": "INFO", "handlers": ["stderr"]},
    }
