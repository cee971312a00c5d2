"""What officers see of notices: who is told, who was told, the runs, and the e-mails."""

from notifications.admin import audiences, messages, notices, runs

__all__ = ["audiences", "messages", "notices", "runs"]
