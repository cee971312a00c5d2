"""One of each kind of row that cannot change."""

import uuid
from collections.abc import Iterator

from django.db import models

from ledger.constraints import AppendOnly, FrozenOnce, FrozenWith, WholeWhenFinal
from ledger.findings import Anchor
from ledger.history import AppendOnlyHistory
from ledger.models import Record, Recorded


class Fact(Recorded):
    """With a natural key, a unique set and a column of each type."""

    number = models.PositiveIntegerField(primary_key=True)
    record = models.OneToOneField(Record, models.PROTECT, related_name="+")
    maker = models.CharField(max_length=40)
    model = models.CharField(max_length=40)
    seen = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    weight = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    picture = models.BinaryField(default=b"")
    extra = models.JSONField(default=dict)
    remark = models.CharField(max_length=80, default="")
    # Came with the second migration, when there were facts already.
    later = models.CharField(max_length=10, default="none")

    class Meta(Recorded.Meta):
        constraints = [
            *Recorded.Meta.constraints,
            models.UniqueConstraint(name="fact_once", fields=["maker", "model"]),
        ]

    def ledger_subject(self) -> str:
        return f"fact {self.number:06}"


class Note(Recorded):
    """Its key is its record's serial."""

    fact = models.ForeignKey(Fact, models.PROTECT, related_name="notes")
    answers = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    text = models.CharField(max_length=40)


class Seal(Recorded):
    """Names the journal as it stood, as a release does."""

    serial = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)

    @classmethod
    def ledger_anchors(cls) -> Iterator[Anchor]:
        for seal in cls.objects.order_by("pk"):
            yield Anchor(f"seal {seal.pk}", seal.serial, seal.digest)


class Edition(models.Model):
    title = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=20, default="draft")

    class Meta:
        constraints = [
            FrozenOnce(name="edition_frozen_once_final", when={"status": "final"}),
            WholeWhenFinal(
                name="edition_promises_kept", when={"status": "final"},
                every="ledger_app.Promise", of="edition", has="ledger_app.Line", on=["code"],
            ),
        ]  # fmt: skip


class Line(models.Model):
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="lines")
    code = models.CharField(max_length=20, unique=True)

    class Meta:
        constraints = [
            FrozenWith(name="line_frozen_with_edition", parent="edition", when={"status": "final"}),
        ]


class Promise(models.Model):
    """A line that the edition must have once it is final."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="promises")
    code = models.CharField(max_length=20)

    class Meta:
        constraints = [
            FrozenWith(name="promise_frozen_with_edition", parent="edition", when={"status": "final"}),
        ]


class Token(models.Model):
    """Its key is not the hidden rowid of SQLite."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=20)

    class Meta:
        constraints = [AppendOnly(name="%(app_label)s_%(class)s_append_only")]


class Address(models.Model):
    """May change; what it was may not."""

    street = models.CharField(max_length=40)
    history = AppendOnlyHistory()
