"""The facts: whom to tell, what they were told, and the e-mails that told them."""

from notifications.models.audiences import Audience, Recipient
from notifications.models.messages import Letter, Message, Run
from notifications.models.milestones import FurtherMilestone
from notifications.models.notices import Notice, ReleaseNotice, StepNotice

__all__ = [
    "Audience",
    "FurtherMilestone",
    "Letter",
    "Message",
    "Notice",
    "Recipient",
    "ReleaseNotice",
    "Run",
    "StepNotice",
]
