"""From a catalog to the files of the catalog repository. Pure: no network, no clock, no environment."""

from waypost.pages.render import render, rerender

__all__ = ["render", "rerender"]
