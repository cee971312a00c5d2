"""The parts of an edition as staff see them: which columns, in which order, under which name."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import ForeignKey, Model, QuerySet

from applicability.models import Combination, Companion, Edition, Period, SecurityTie, Validity


@dataclass(frozen=True)
class Part:
    """One kind of row. `slug` stands in addresses and file names; `named` and `dates` are its columns.

    `named` columns say which row it is, by names and labels; `dates` what the row gives.
    """

    slug: str
    title: str
    model: type[Model]
    named: tuple[str, ...]
    dates: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return self.named + self.dates

    @property
    def headers(self) -> list[str]:
        return [_capital(str(self.model._meta.get_field(name).verbose_name)) for name in self.columns]  # type: ignore[union-attr]

    @property
    def add(self) -> str:
        return f"admin:applicability_{self.model._meta.model_name}_add"

    @property
    def change(self) -> str:
        return f"admin:applicability_{self.model._meta.model_name}_change"

    @property
    def delete(self) -> str:
        return f"admin:applicability_{self.model._meta.model_name}_delete"

    def rows(self, edition: Edition) -> QuerySet[Model]:
        """Its rows in this edition, in the tables' order. One query."""
        return self.model._default_manager.filter(edition=edition).select_related(*self._references())

    def _references(self) -> Iterator[str]:
        return (name for name in self.named if isinstance(self.model._meta.get_field(name), ForeignKey))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


PARTS = (
    Part(
        "validities", "Installation and Maintenance Validity Periods", Validity,
        ("device_type", "ts"), ("ivp_from", "ivp_to", "mvp_from", "mvp_to"),
    ),
    Part("periods", "Applicability Periods", Period, ("ts", "gbcs"), ("applies_from", "applies_to")),
    Part(
        "combinations", "Combinations that a new entry may name", Combination,
        ("device_type", "ts", "gbcs"),
    ),
    Part("security-ties", "Security Characteristics", SecurityTie, ("gbcs", "security_characteristics")),
    Part("companions", "DUIS and MMC versions", Companion, ("gbcs", "version")),
)  # fmt: skip
BY_SLUG = {part.slug: part for part in PARTS}
