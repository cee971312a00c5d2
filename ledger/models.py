"""The journal: one record for each act, chained by digests, and the rows that records stand for."""

from typing import Any

from django.core import checks
from django.db import models

from ledger.constraints import AppendOnly

# What the first record names as its predecessor.
GENESIS = "0" * 64


class NotThroughTheJournal(TypeError):
    """A row that needs a record was saved without one."""


class Head(models.Model):
    """The last record's serial and digest: the one row that is locked while records are added."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    serial = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        verbose_name = "head of the journal"
        verbose_name_plural = "head of the journal"
        constraints = [models.CheckConstraint(name="ledger_head_is_one_row", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return f"record {self.serial}"


class Record(models.Model):
    """One act: what was done (`entry.admitted`) to what (`entry 000733`), when and by whom.

    `body` is canonical JSON: for an act with a row `{"table": ..., "row": {column: value}}`. `actor` is the
    user's key, since names can be erased and this cannot.
    """

    serial = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.BigIntegerField(null=True)
    act = models.CharField(max_length=60, db_index=True)
    subject = models.CharField(max_length=200, db_index=True)
    body = models.TextField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["serial"]
        constraints = [
            AppendOnly(name="ledger_record_append_only"),
            models.CheckConstraint(name="ledger_record_serial_is_positive", condition=models.Q(serial__gt=0)),
        ]

    def __str__(self) -> str:
        return f"record {self.serial}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        raise NotThroughTheJournal("Records are written by ledger.journal.append alone.")


class Recorded(models.Model):
    """A row that an act brought about; it cannot change, and its record holds a copy of its columns.

    Its key is the record's serial, unless the subclass declares a natural key of its own beside
    `record = OneToOneField(Record, PROTECT, related_name="+")`.
    """

    record = models.OneToOneField(Record, models.PROTECT, related_name="+", primary_key=True)

    class Meta:
        abstract = True
        constraints = [AppendOnly(name="%(app_label)s_%(class)s_append_only")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuses a row without a record: `ledger.journal.append` writes both."""
        if self.record_id is None:
            raise NotThroughTheJournal(
                f"A {self._meta.verbose_name} is written with its record: use ledger.journal.append."
            )
        super().save(*args, **kwargs)

    def ledger_subject(self) -> str:
        """What the row's records call it, such as `entry 000733`."""
        return f"{self._meta.verbose_name} {self.pk}"

    @classmethod
    def check(cls, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *cls._check_recorded()]

    @classmethod
    def _check_recorded(cls) -> list[checks.CheckMessage]:
        """The mistakes that would let a row differ from its record, or change. A proxy has no table."""
        if cls._meta.proxy:
            return []
        fields = cls._meta.local_concrete_fields
        clocked = [
            f.name for f in fields if getattr(f, "auto_now", False) or getattr(f, "auto_now_add", False)
        ]
        wrong = {
            "Meta.constraints must begin with *Recorded.Meta.constraints.": not any(
                isinstance(constraint, AppendOnly) for constraint in cls._meta.constraints
            ),
            "Its key is known only once it is stored: use the record's serial or a natural key.": isinstance(
                cls._meta.pk, models.AutoField
            ),
            f"{', '.join(clocked)}: a record needs the time before the row is stored.": bool(clocked),
        }
        return [checks.Error(text, obj=cls, id="ledger.E003") for text, is_so in wrong.items() if is_so]
