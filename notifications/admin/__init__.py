"""What officers see of notices: who is told, who was told, the runs, and the e-mails."""

from notifications.admin import audiences, bounces, messages, notices, panels, runs, words

__all__ = ["audiences", "bounces", "messages", "notices", "panels", "runs", "words"]
