"""The routes. Start here."""

from fastapi import FastAPI
from pydantic import BaseModel

from service import __version__
from service.access import AccessLog


class About(BaseModel):
    service: str
    version: str


class Health(BaseModel):
    status: str


def create_app() -> FastAPI:
    app = FastAPI(title="${{ values.name }}", version=__version__)
    app.add_middleware(AccessLog)

    @app.get("/")
    def about() -> About:
        """Say which service this is."""
        return About(service=app.title, version=app.version)

    @app.get("/healthz")
    def health() -> Health:
        """Say that requests are answered."""
        return Health(status="ok")

    return app
