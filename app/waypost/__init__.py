"""Waypost: a developer portal that lives in GitHub."""

__version__ = "0.1.0"
