"""The facts: whom to tell, what they were told, and the e-mails that told them."""

from notifications.models.audiences import Audience, Recipient
from notifications.models.messages import Attachment, Attempt, Bounce, Letter, Message, Run
from notifications.models.milestones import FurtherMilestone
from notifications.models.notices import (
    DesignationNotice,
    DigestNotice,
    Notice,
    ReleaseNotice,
    StepNotice,
    ValidityNotice,
)
from notifications.models.subscriptions import Subscription
from notifications.models.wording import LetterWords

__all__ = [
    "Attachment",
    "Attempt",
    "Audience",
    "Bounce",
    "DesignationNotice",
    "DigestNotice",
    "FurtherMilestone",
    "Letter",
    "LetterWords",
    "Message",
    "Notice",
    "Recipient",
    "ReleaseNotice",
    "Run",
    "StepNotice",
    "Subscription",
    "ValidityNotice",
]
