"""Serve until told to stop: `python -m service`."""

import os

import uvicorn

from service import logs
from service.app import create_app
from service.config import read_config


def main() -> None:
    config = read_config(os.environ)
    logs.set_up(config.log_level)
    uvicorn.run(
        create_app(),
        host="0.0.0.0",  # noqa: S104 - a container has no other door
        port=config.port,
        log_config=None,
        access_log=False,  # service.access writes those, as JSON
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main()
