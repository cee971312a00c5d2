"""The door of Panel staff."""

from cpl.admin import parties, register, releases, submissions

__all__ = ["parties", "register", "releases", "submissions"]
