"""What a person sees in a browser: a repository with its README, files, history, issues, pull requests and runs.

Without a sign-in (the sandbox listens on this machine only) and without scripts; all but making and installing an App
is to read. Whatever a repository holds is escaped or sanitised; anything that a page links to is a page here.
"""

from waypost.sandbox.pages import code, history, registering, runs, talk
from waypost.sandbox.pages.frame import routes

__all__ = ["code", "history", "registering", "routes", "runs", "talk"]
