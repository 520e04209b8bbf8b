import json
import logging
import sys

import pytest

from service import logs


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO")
    logging.getLogger("a").info("paid %s", "twice\n", extra={"order": 7})
    line = json.loads(capsys.readouterr().out)
    assert line["message"] == "paid twice\n"
    assert line["level"] == "info"
    assert line["order"] == 7
    assert line["time"].endswith("+00:00")


def test_an_exception_is_kept() -> None:
    try:
        raise ValueError("no stock")
    except ValueError:
        record = logging.LogRecord("a", logging.ERROR, __file__, 1, "x", None, sys.exc_info())
    assert "no stock" in json.loads(logs.JsonFormatter().format(record))["exception"]
