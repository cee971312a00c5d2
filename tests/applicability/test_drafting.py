"""Copying an edition into a draft, and what designation then asks of it."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from applicability.designating import DesignationRefused, designate
from applicability.differences import differences
from applicability.drafting import DraftRefused, copy_edition, work_on
from applicability.editions import tables_from
from applicability.gaps import gaps
from applicability.load import founding_files, load
from applicability.models import Combination, Companion, Edition, Period, SpecificationVersion, Validity
from applicability.models.designation import draft_digest
from ledger.verify import differences as faults

pytestmark = pytest.mark.django_db
AT = dt.datetime(2022, 9, 22, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def first() -> Edition:
    load(founding_files(), at=AT)
    return Edition.objects.get(series="statutory", number=1)


@pytest.fixture
def two(db: None) -> tuple[Any, Any]:
    people = get_user_model().objects
    return people.create_user("preparer"), people.create_user("designator")


def copy(edition: Edition, by: Any) -> Edition:
    return copy_edition(
        edition, title="Second", effective_from=dt.date(2023, 6, 1), source_kind="direction",
        source_reference="Direction of 1 May 2023", by=by.pk,
    )  # fmt: skip


def duis(draft: Edition, gbcs: str = "GBCS Version 3.2") -> Companion:
    version = SpecificationVersion.objects.create(document="DUIS", label="DUIS Version 4.0", source="Sample")
    return Companion.objects.create(
        edition=draft, gbcs=SpecificationVersion.objects.get(label=gbcs), version=version
    )


def test_a_copy_says_what_its_source_says_and_is_a_draft(first: Edition, two: tuple[Any, Any]) -> None:
    draft = copy(first, two[0])
    assert (draft.number, draft.status, draft.prepared_by) == (2, "draft", two[0])
    assert differences(tables_from(first), tables_from(draft)) == ()


def test_the_editions_that_the_program_brings_have_no_gap(first: Edition) -> None:
    for edition in Edition.objects.all():
        assert gaps(tables_from(edition)) == ()


def test_changing_a_copy_leaves_its_source_alone(first: Edition, two: tuple[Any, Any]) -> None:
    draft = copy(first, two[0])
    Validity.objects.filter(edition=draft).delete()
    assert Validity.objects.filter(edition=first).exists()


def test_one_draft_of_a_series_at_a_time(first: Edition, two: tuple[Any, Any]) -> None:
    copy(first, two[0])
    with pytest.raises(DraftRefused, match="Edition 2 is still a draft"):
        copy(first, two[1])


def test_whoever_works_on_a_draft_has_prepared_it(first: Edition, two: tuple[Any, Any]) -> None:
    draft = copy(first, two[0])
    work_on(draft, by=two[1].pk)
    with pytest.raises(DesignationRefused, match="a second person must"):
        designate(draft, by=two[1].pk, at=AT)
    designate(draft, by=two[0].pk, at=AT)


def test_nobody_works_on_a_designated_edition(first: Edition, two: tuple[Any, Any]) -> None:
    with pytest.raises(DraftRefused, match="never changes"):
        work_on(first, by=two[0].pk)


def test_what_changed_since_it_was_looked_at_is_not_designated(first: Edition, two: tuple[Any, Any]) -> None:
    draft = copy(first, two[0])
    seen = draft_digest(draft)
    Validity.objects.filter(edition=draft).update(mvp_to="2031-01-01")
    with pytest.raises(DesignationRefused, match="has changed since you looked"):
        designate(draft, by=two[1].pk, at=AT, seen=seen)
    draft.refresh_from_db()
    assert draft.status == "draft"
    designate(draft, by=two[1].pk, at=AT, seen=draft_digest(draft))


def test_an_edition_with_a_gap_is_not_designated_and_the_row_is_named(
    first: Edition, two: tuple[Any, Any]
) -> None:
    draft = copy(first, two[0])
    bound = Period.objects.filter(edition=draft, gbcs__label="GBCS Version 3.2", ts__label="SMETS V4.2")
    bound.delete()
    with pytest.raises(DesignationRefused, match=r"SMETS V4.2, GBCS Version 3.2: .* is not bound to"):
        designate(draft, by=two[1].pk, at=AT)
    Combination.objects.filter(edition=draft, gbcs__label="GBCS Version 3.2", ts__label="SMETS V4.2").delete()
    designate(draft, by=two[1].pk, at=AT)


def test_duis_stands_beside_its_gbcs_version_and_is_designated_with_it(
    first: Edition, two: tuple[Any, Any]
) -> None:
    draft = copy(first, two[0])
    row = duis(draft)
    assert tables_from(draft).companion_versions("GBCS Version 3.2 ") == {"DUIS Version 4.0"}
    designate(draft, by=two[1].pk, at=AT)
    assert [str(fault) for fault in faults()] == []
    assert str(row) == "GBCS Version 3.2, DUIS Version 4.0"


def test_duis_of_a_gbcs_version_that_is_bound_to_no_ts_is_refused(
    first: Edition, two: tuple[Any, Any]
) -> None:
    draft = copy(first, two[0])
    SpecificationVersion.objects.create(document="GBCS", label="GBCS Version 9.9", source="Sample")
    duis(draft, "GBCS Version 9.9")
    with pytest.raises(DesignationRefused, match="is bound to no TS version"):
        designate(draft, by=two[1].pk, at=AT)
