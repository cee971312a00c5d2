"""Takes the place of simple-history's command of this name: a line that says nothing new is kept too."""

from ledger.management.commands.clean_old_history import Command

__all__ = ["Command"]
