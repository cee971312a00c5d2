"""The database itself designates no edition with a gap, whoever asks it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction

from applicability.drafting import copy_edition
from applicability.editions import tables_from
from applicability.gaps import gaps
from applicability.load import founding_files, load
from applicability.models import Companion, Edition, Period, SecurityTie, SpecificationVersion, Validity

pytestmark = pytest.mark.django_db
AT = dt.datetime(2023, 5, 2, 9, 0, tzinfo=dt.UTC)
UPDATE = (
    "UPDATE applicability_edition SET status = 'designated', designated_at = %s, designated_by_id = %s "
    "WHERE id = %s"
)


@pytest.fixture
def two() -> tuple[Any, Any]:
    people = get_user_model().objects
    return people.create_user("preparer"), people.create_user("designator")


@pytest.fixture
def draft(tables: None, two: tuple[Any, Any]) -> Edition:
    """A copy of edition 1."""
    return copy_edition(
        Edition.objects.get(series="statutory", number=1), title="Second", effective_from=dt.date(2023, 6, 1),
        source_kind="direction", source_reference="Direction of 1 May 2023", by=two[0].pk,
    )  # fmt: skip


def no_period(draft: Edition) -> None:
    Period.objects.filter(edition=draft, ts__label="SMETS V4.2", gbcs__label="GBCS Version 3.2").delete()


def no_validity(draft: Edition) -> None:
    Validity.objects.filter(edition=draft, ts__label="CHTS V1.3").delete()


def unbound(document: str, label: str) -> tuple[SpecificationVersion, SpecificationVersion]:
    """A GBCS version that no TS version is bound to, and one of this document."""
    versions = SpecificationVersion.objects
    gbcs = versions.create(document="GBCS", label="GBCS Version 9.9", source="Sample")
    return gbcs, versions.create(document=document, label=label, source="Sample")


def lone_security_tie(draft: Edition) -> None:
    gbcs, security = unbound("Security Characteristics", "Security Characteristics version 9.9")
    SecurityTie.objects.create(edition=draft, gbcs=gbcs, security_characteristics=security)


def lone_companion(draft: Edition) -> None:
    gbcs, duis = unbound("DUIS", "DUIS Version 9.9")
    Companion.objects.create(edition=draft, gbcs=gbcs, version=duis)


def designate_by_hand(draft: Edition, by: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UPDATE, [AT, by.pk, draft.pk])


@pytest.mark.parametrize(
    ("leave_open", "constraint"),
    [
        (no_period, "edition_combinations_have_periods"),
        (no_validity, "edition_combinations_have_validities"),
        (lone_security_tie, "edition_security_ties_have_periods"),
        (lone_companion, "edition_companions_have_periods"),
    ],
)
def test_raw_sql_designates_no_edition_with_a_gap(
    draft: Edition, two: tuple[Any, Any], leave_open: Callable[[Edition], None], constraint: str
) -> None:
    leave_open(draft)
    assert gaps(tables_from(draft))
    with pytest.raises(IntegrityError, match=constraint):
        designate_by_hand(draft, two[1])
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_raw_sql_designates_an_edition_without_gaps(draft: Edition, two: tuple[Any, Any]) -> None:
    designate_by_hand(draft, two[1])
    draft.refresh_from_db()
    assert (draft.status, gaps(tables_from(draft))) == ("designated", ())


def test_the_founding_editions_are_loaded_and_designated(db: None) -> None:
    loaded = load(founding_files(), at=AT)
    assert "edition 1" in loaded.designated
    assert set(Edition.objects.values_list("status", flat=True)) == {"designated"}
