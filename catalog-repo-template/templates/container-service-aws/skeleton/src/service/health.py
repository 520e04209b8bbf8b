"""Ask the running service whether it is well: `python -m service.health`, for the container."""

import os
import sys
from http.client import HTTPConnection

from service.config import read_config


def is_healthy(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_healthy(read_config(os.environ).port) else 1)
