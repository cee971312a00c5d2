"""The door of Panel staff."""

from cpl.admin import parties, register

__all__ = ["parties", "register"]
