"""The door of Panel staff."""

from cpl.admin import candidates, edition_rows, editions, jobs, parties, register, releases, submissions

__all__ = ["candidates", "edition_rows", "editions", "jobs", "parties", "register", "releases", "submissions"]
