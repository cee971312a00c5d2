"""Reading editions: which is in force on a day, and its rows as plain values for `answers`."""

import datetime as dt

from applicability.models import DeviceType, Edition
from applicability.tables import Actor, PeriodRow, Tables, ValidityRow


def edition_in_force(series: str, on: dt.date) -> Edition | None:
    """The designated edition in force that day (series `statutory` or `example`), or None. One query."""
    return Edition.objects.in_force(series, on)


def tables_in_force(series: str, on: dt.date) -> Tables:
    """The tables of the edition in force that day; before the first, tables that say that there are none.

    Give today to learn what is known today of any other day: the day of the question is the answers' own
    argument. Six queries, whatever the number of editions.
    """
    edition = edition_in_force(series, on)
    return tables_from(edition) if edition else Tables.none_in_force()


def tables_from(edition: Edition) -> Tables:
    """An edition's rows, drafts too, as plain values. Five queries."""
    validities = edition.validities.values_list(
        "device_type__name", "ts__label", "ivp_from", "ivp_to", "mvp_from", "mvp_to"
    )
    periods = edition.periods.values_list("ts__label", "gbcs__label", "applies_from", "applies_to")
    combinations = edition.combinations.values_list("device_type__name", "ts__label", "gbcs__label")
    return Tables.of(
        str(edition),
        validities=(ValidityRow(*row) for row in validities),
        periods=(PeriodRow(*row) for row in periods),
        combinations=combinations,
        security_ties=_security_ties(edition),
        actors=_actors(),
    )


def _security_ties(edition: Edition) -> dict[str, frozenset[str]]:
    ties: dict[str, set[str]] = {}
    for gbcs, version in edition.security_ties.values_list("gbcs__label", "security_characteristics__label"):
        ties.setdefault(gbcs, set()).add(version)
    return {gbcs: frozenset(versions) for gbcs, versions in ties.items()}


def _actors() -> dict[str, Actor]:
    return {
        name: Actor(DeviceType.Actor(acts).label, licence)
        for name, acts, licence in DeviceType.objects.values_list("name", "acts", "licence")
    }
