"""The web process: Flask routes that check, store and answer. Refuses to do the work: that is the worker's."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Flask

from waypost.config import Config
from waypost.queue.protocol import Queue
from waypost.server import answers, doors, health, metrics, webhooks


def create_app(config: Config, queue: Queue, clock: Callable[[], float] = time.time) -> Flask:
    """Make the WSGI application; it opens the queue at the first request, so that a forked worker has its own."""
    app = Flask("waypost", static_folder=None)
    figures = metrics.Figures()
    answers.install(app)
    doors.install(app, config)
    app.register_blueprint(webhooks.routes(config, queue, figures))
    app.register_blueprint(health.routes(queue, clock))
    app.register_blueprint(metrics.routes(queue, figures))
    return app
