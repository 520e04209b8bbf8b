"""The web process: Flask routes that check, store and answer. Refuses to do the work: that is the worker's."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Flask

from waypost.config import Config
from waypost.live import Live
from waypost.queue.protocol import Queue
from waypost.server import answers, doors, health, metrics, setup, webhooks
from waypost.server.setup.door import Door


def create_app(config: Config, queue: Queue, clock: Callable[[], float] = time.time, door: Door | None = None) -> Flask:
    """Make the WSGI application; it opens the queue at the first request, so that a forked worker has its own.

    `config` is what the environment says; what /setup wrote, or writes later, is added. Without a door there is no
    set-up here.
    """
    app = Flask("waypost", static_folder=None)
    live = Live(config)
    figures = metrics.Figures()
    answers.install(app)
    doors.install(app, live)
    app.register_blueprint(webhooks.routes(live, queue, figures))
    app.register_blueprint(health.routes(queue, clock))
    app.register_blueprint(metrics.routes(queue, figures))
    if door is not None:
        app.register_blueprint(setup.routes(live, queue, door, clock))
    return app
