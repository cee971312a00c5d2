"""The door of Panel staff."""

from cpl.admin import edition_rows, editions, parties, register, releases, submissions

__all__ = ["edition_rows", "editions", "parties", "register", "releases", "submissions"]
