"""The words of the e-mails that officers may change: subject, opening and closing. The facts stay in code."""

from django.db import models

from ledger.history import AppendOnlyHistory
from notifications.models.messages import Message


class LetterWords(models.Model):
    """What an e-mail of a kind says around its facts. Without a row it says what the program brings."""

    kind = models.CharField(max_length=20, choices=Message.Kind, unique=True)
    subject = models.CharField(max_length=150, help_text="One line. Begin with the date, so that they sort.")
    opening = models.TextField(blank=True, max_length=4000, help_text="Before the facts.")
    closing = models.TextField(blank=True, max_length=4000, help_text="After the facts.")
    history = AppendOnlyHistory()

    class Meta:
        ordering = ["kind"]
        verbose_name = verbose_name_plural = "words of letters"

    def __str__(self) -> str:
        return self.get_kind_display()
