"""The act that makes an edition final, and the digest that finds an edition changed without triggers."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from applicability.models.editions import Edition
from applicability.models.rows import Combination, Companion, Period, SecurityTie, Validity
from ledger import canonical
from ledger.findings import Difference
from ledger.models import Recorded
from ledger.reading import UNREADABLE

# Every column that an edition's meaning rests on; its people and times stand in the designation's own record.
FACTS = (
    "series",
    "number",
    "title",
    "effective_from",
    "source_kind",
    "source",
    "prepared_by_id",
    "designated_by_id",
)
ROWS = {
    "validities": (Validity, ("device_type__name", "ts__label", "ivp_from", "ivp_to", "mvp_from", "mvp_to")),
    "periods": (Period, ("ts__label", "gbcs__label", "applies_from", "applies_to")),
    "combinations": (Combination, ("device_type__name", "ts__label", "gbcs__label")),
    "security_ties": (SecurityTie, ("gbcs__label", "security_characteristics__label")),
    "companions": (Companion, ("gbcs__label", "version__label")),
}
# Kinds that came after the first designations: their digests were made without them and must still be found.
CAME_LATER = ("companions",)


class Designation(Recorded):
    """One for each designated edition; its record `edition.designated` in the journal keeps these columns."""

    edition = models.OneToOneField(Edition, models.PROTECT, related_name="designation")
    rows = models.PositiveIntegerField(help_text="How many rows the edition has.")
    rows_digest = models.CharField(max_length=64, help_text="SHA-256 over the edition and all its rows.")

    class Meta(Recorded.Meta):
        constraints = [
            *Recorded.Meta.constraints,
            models.CheckConstraint(
                name="designation_has_rows",
                condition=models.Q(rows__gt=0),
                violation_error_message="An edition without rows cannot be designated.",
            ),
        ]

    def __str__(self) -> str:
        return f"designation of {self.edition}"

    def ledger_subject(self) -> str:
        return str(self.edition)

    def still_holds(self) -> bool:
        """Whether the edition and its rows are those that were designated."""
        try:
            return digest_of(self.edition, rows_of(self.edition)) == self.rows_digest
        except UNREADABLE:
            return False

    @classmethod
    def ledger_differences(cls) -> Iterable[Difference]:
        """Editions that are not as they were designated; `verify_register` asks."""
        for designation in cls.objects.select_related("edition"):
            edition = designation.edition
            if edition.status != Edition.Status.DESIGNATED:
                yield Difference(str(edition), "was designated and is a draft again")
            if not designation.still_holds():
                yield Difference(str(edition), "it or its rows are not those that were designated")
        for edition in Edition.objects.filter(status=Edition.Status.DESIGNATED, designation=None):
            yield Difference(str(edition), "is designated, but the journal has no record of it")


def rows_of(edition: Edition) -> dict[str, list[list[str]]]:
    """The edition's rows as sorted lists of text, by kind; with labels, which the law names, not keys."""
    return {
        kind: sorted(
            [str(value) for value in row]
            for row in model._default_manager.filter(edition=edition).values_list(*columns)
        )
        for kind, (model, columns) in ROWS.items()
    }


def draft_digest(edition: Edition) -> str:
    """SHA-256 over a draft as somebody saw it, so that nobody designates what they have not seen."""
    facts = {name: getattr(edition, name) for name in FACTS if name != "designated_by_id"}
    return canonical.digest(facts, rows_of(edition))


def digest_of(edition: Edition, rows: dict[str, list[list[str]]]) -> str:
    """SHA-256 (64 hex digits) over what the edition says, not over its status and when it got it."""
    said = {kind: found for kind, found in rows.items() if found or kind not in CAME_LATER}
    return canonical.digest({name: getattr(edition, name) for name in FACTS}, said)
