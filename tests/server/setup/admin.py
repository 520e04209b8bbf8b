"""An org admin who sets Waypost up: a browser before our server, and GitHub's pages to click on."""

from __future__ import annotations

import itertools
import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import requests

from waypost import app_file
from waypost.config import Config
from waypost.queue.sqlite import SqliteQueue
from waypost.server import create_app
from waypost.server.setup.door import Door
from waypost.server.setup.shelf import Shelf

_NUMBERS = itertools.count(1)


class Admin:
    """An org admin: one browser, our server without configuration, and GitHub's pages to click on."""

    def __init__(self, sandbox, folder: Path, **settings):
        self.now = 1e9
        self.organisation = f"firm{next(_NUMBERS)}"
        self.github = requests.Session()
        self.github.trust_env = False
        self.url = sandbox.url
        self.token = sandbox.admin_token
        self.seed({self.organisation: {"pay": {"files": {"CODEOWNERS": "* @ada\n"}}}})
        self.queue = SqliteQueue(folder / "waypost.db")
        self.config = Config(
            api_url=sandbox.url,
            database_url=f"sqlite:///{folder}/waypost.db",
            catalog_repository=f"{self.organisation}/catalog",
            app_file=folder / "waypost-app.json",
            **settings,
        )
        self.shelf = Shelf(folder / "setup.json")
        self.door = Door(self.shelf, lambda: self.now)
        self.app = create_app(self.config, self.queue, door=self.door)
        self.browser = self.app.test_client()

    def seed(self, owners):
        answer = self.github.post(
            f"{self.url}/_sandbox/seed", json=owners, headers={"Authorization": f"Bearer {self.token}"}
        )
        assert answer.status_code == 201

    def ask(self, method, path, body=None):
        return self.github.request(
            method, self.url + path, json=body, headers={"Authorization": f"Bearer {self.token}"}
        )

    def enter(self):
        answer = self.browser.get(f"/setup?token={self.door.new_token()}")
        assert answer.status_code == 303
        return self

    def page(self, path="/setup"):
        return self.browser.get(path, follow_redirects=True)

    def submit(self, page, path, **fields):
        """Send a form of a page, with the token that stands in it."""
        token = re.search(r'name="form_token" value="([^"]+)"', page.text)[1]
        return self.browser.post(path, data={"form_token": token, **fields}, follow_redirects=True)

    def begin(self, variant="one", **changed):
        fields = {"organisation": self.organisation, "address": "http://127.0.0.1:9", "variant": variant, **changed}
        return self.submit(self.page(), "/setup/begin", **fields)

    def create_app(self, page):
        """The button that posts the manifest, then "Create GitHub App"; return where GitHub sends the browser."""
        action, manifest = self.form(page)
        shown = self.github.post(action, data={"manifest": manifest})
        assert shown.status_code == 200, shown.text
        return self.click(shown)

    def form(self, page):
        action = unescape(re.search(r'<form method="post" action="([^"]+)"', page.text)[1])
        manifest = unescape(re.search(r'name="manifest" value="([^"]*)"', page.text)[1])
        return action, manifest

    def click(self, shown):
        """Submit the one form of a page of GitHub's."""
        action = unescape(re.search(r'<form method="post" action="([^"]+)"', shown.text)[1])
        fields = {
            unescape(name): unescape(value)
            for name, value in re.findall(
                r'<input (?:type="hidden" |id="name" )name="(\w+)" value="([^"]*)"', shown.text
            )
        }
        answer = self.github.post(self.url + action, data=fields, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def follow(self, address):
        """Go where GitHub sent us: to our own server, in this process."""
        parts = urlsplit(address)
        return self.page(f"{parts.path}?{parts.query}")

    def install(self, page):
        address = unescape(re.search(r'href="([^"]+/installations/new)"', page.text)[1])
        return self.follow(self.click(self.github.get(address)))

    def kept(self):
        return app_file.read(self.config.app_file)


def heading(page):
    return unescape(re.search(r"<h1>(.*?)</h1>", page.text)[1])
