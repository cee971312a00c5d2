"""Designating: two persons, once, for ever; what the database refuses whoever asks it."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction

from applicability.designating import DesignationRefused, designate
from applicability.models import (
    CertificateRequirement,
    Combination,
    Designation,
    DeviceType,
    Edition,
    Period,
    SecurityTie,
    SpecificationVersion,
    Validity,
)
from ledger.models import Record
from ledger.verify import differences
from tests.ledger.owner import lay_down_triggers, without_triggers  # noqa: F401

pytestmark = pytest.mark.django_db
AT = dt.datetime(2022, 9, 22, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def two() -> tuple[Any, Any]:
    people = get_user_model().objects
    return people.create_user("preparer"), people.create_user("designator")


@pytest.fixture
def draft(tables: None, two: tuple[Any, Any]) -> Edition:
    edition = make_draft(two[0])
    kind, ts, gbcs = version("CHTS V1.5", "GBCS Version 4.1")
    Validity.objects.create(edition=edition, device_type=kind, ts=ts, mvp_to="2030-12-31")
    Period.objects.create(edition=edition, ts=ts, gbcs=gbcs)
    Combination.objects.create(edition=edition, device_type=kind, ts=ts, gbcs=gbcs)
    return edition


def make_draft(prepared_by: Any, **kwargs: Any) -> Edition:
    return Edition.objects.create(
        number=2, title="Second", effective_from=dt.date(2023, 6, 1), source_kind="direction",
        source="A direction", prepared_by=prepared_by, **kwargs,
    )  # fmt: skip


def version(*labels: str) -> list[Any]:
    hub = DeviceType.objects.get(name="Communications Hub")
    return [hub, *(SpecificationVersion.objects.get(label=label) for label in labels)]


def refused(do: Any, naming: str | None = None) -> None:
    """The database refuses, naming the constraint, and nothing of the statement stays."""
    with pytest.raises(IntegrityError, match=naming), transaction.atomic():
        do()


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_second_person_designates_a_draft(draft: Edition, two: tuple[Any, Any]) -> None:
    designation = designate(draft, by=two[1].pk, at=AT)
    assert (draft.status, draft.designated_by, draft.designated_at) == ("designated", two[1], AT)
    assert designation.rows == 3
    record = Record.objects.get(act="edition.designated", subject="edition 2")
    assert (record.actor, record.at) == (two[1].pk, AT)
    assert designation.rows_digest in record.body


def test_who_prepared_an_edition_cannot_designate_it(draft: Edition, two: tuple[Any, Any]) -> None:
    with pytest.raises(DesignationRefused, match="a second person must"):
        designate(draft, by=two[0].pk, at=AT)
    assert Edition.objects.get(pk=draft.pk).status == "draft"


def test_nobody_cannot_designate_an_edition(draft: Edition) -> None:
    with pytest.raises(DesignationRefused, match="needs two persons"):
        designate(draft, by=None, at=AT)


def test_an_edition_is_designated_once(draft: Edition, two: tuple[Any, Any]) -> None:
    designate(draft, by=two[1].pk, at=AT)
    with pytest.raises(DesignationRefused, match="designated already"):
        designate(draft, by=two[1].pk, at=AT)
    assert Designation.objects.filter(edition=draft).count() == 1


def test_an_edition_without_rows_is_not_designated(tables: None, two: tuple[Any, Any]) -> None:
    edition = make_draft(two[0])
    with pytest.raises(DesignationRefused, match="has no rows"):
        designate(edition, by=two[1].pk, at=AT)
    assert Edition.objects.get(pk=edition.pk).status == "draft"


def test_the_database_keeps_four_eyes_on_its_own(draft: Edition, two: tuple[Any, Any]) -> None:
    one = Edition.objects.filter(pk=draft.pk)
    final = {"status": "designated", "designated_at": AT}
    refused(lambda: one.update(**final), "edition_designated_by_two_persons")
    refused(lambda: one.update(**final, designated_by=two[0]), "edition_designated_by_another_person")
    refused(lambda: one.update(**final, designated_by=two[1], prepared_by=None), "edition_designated_by_two")
    refused(lambda: one.update(status="designated", designated_by=two[1]), "edition_designated_when")
    refused(lambda: one.update(designated_by=two[1]), "edition_designated_when")
    refused(lambda: one.update(source_kind="founding load"), "edition_founding_load_is_the_first")


def test_a_number_stands_once_in_a_series(draft: Edition, two: tuple[Any, Any]) -> None:
    refused(lambda: make_draft(two[0]))
    assert make_draft(two[0], series="example").pk


def test_a_row_stands_once_in_an_edition(draft: Edition) -> None:
    kind, ts, gbcs = version("CHTS V1.5", "GBCS Version 4.1")
    refused(lambda: Validity.objects.create(edition=draft, device_type=kind, ts=ts))
    refused(lambda: Period.objects.create(edition=draft, ts=ts, gbcs=gbcs))
    refused(lambda: Combination.objects.create(edition=draft, device_type=kind, ts=ts, gbcs=gbcs))


@pytest.mark.parametrize(
    ("start", "end", "naming"),
    [
        ("2020-01-02", "2020-01-01", "validity_ivp_not_reversed"),
        ("none", "2020-01-01", "validity_ivp_well_formed"),
    ],
)
def test_a_reversed_or_senseless_period_is_refused(draft: Edition, start: str, end: str, naming: str) -> None:
    rows = Validity.objects.filter(edition=draft)
    refused(lambda: rows.update(ivp_from=start, ivp_to=end), naming)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2020-01-01", "2020-01-01"),
        ("2020-01-01", "none"),
        ("unknown", "2020-01-01"),
        ("2020-01-01", "unknown"),
    ],
)
def test_a_period_of_one_day_an_open_and_an_unknown_one_are_kept_as_written(
    draft: Edition, start: str, end: str
) -> None:
    Validity.objects.filter(edition=draft).update(ivp_from=start, ivp_to=end)
    row = Validity.objects.get(edition=draft)
    assert (str(row.ivp_from), str(row.ivp_to)) == (start, end)


@pytest.mark.parametrize("text", ["", "soon", "05/12/2018", "2018-12-5", "None"])
def test_raw_sql_cannot_store_what_is_no_day(draft: Edition, text: str) -> None:
    refused(
        lambda: sql("UPDATE applicability_period SET applies_to = %s WHERE edition_id = %s", text, draft.pk)
    )


def test_a_designated_edition_and_its_rows_are_frozen(tables: None) -> None:
    edition = Edition.objects.get(series="statutory", number=1)
    refused(lambda: Edition.objects.filter(pk=edition.pk).update(title="Other"))
    refused(lambda: Edition.objects.filter(pk=edition.pk).update(status="draft", designated_at=None))
    refused(edition.delete)
    for rows, change in (
        (edition.validities, {"ivp_to": "none"}),
        (edition.periods, {"applies_to": "none"}),
        (edition.combinations, {"ts_id": SpecificationVersion.objects.get(label="CHTS V64.0").pk}),
    ):
        refused(lambda rows=rows, change=change: rows.update(**change), "frozen_with_edition")
        refused(lambda rows=rows: rows.all().delete())
    assert not list(differences())


def test_nothing_is_added_to_a_designated_edition(tables: None) -> None:
    edition = Edition.objects.get(series="statutory", number=1)
    kind, ts, gbcs, security = version(
        "CHTS V1.0", "GBCS Version 4.1", "Security Characteristics version 1.3"
    )
    poly = DeviceType.objects.get(name="Polyphase Electricity Metering Equipment")
    refused(lambda: Validity.objects.create(edition=edition, device_type=poly, ts=ts), "frozen_with_edition")
    refused(lambda: Period.objects.create(edition=edition, ts=ts, gbcs=gbcs), "frozen_with_edition")
    new = {"edition": edition, "device_type": kind, "ts": ts, "gbcs": gbcs}
    refused(lambda: Combination.objects.create(**new), "frozen_with_edition")
    tie = {"edition": edition, "gbcs": gbcs, "security_characteristics": security}
    refused(lambda: SecurityTie.objects.create(**tie), "frozen_with_edition")


def test_a_row_cannot_be_moved_into_or_out_of_a_designated_edition(draft: Edition) -> None:
    final = Edition.objects.get(series="statutory", number=1)
    refused(lambda: Validity.objects.filter(edition=draft).update(edition=final), "frozen_with_edition")
    row = final.validities.earliest("pk")
    refused(lambda: Validity.objects.filter(pk=row.pk).update(edition=draft), "frozen_with_edition")


def test_a_draft_can_still_be_changed(draft: Edition) -> None:
    assert Validity.objects.filter(edition=draft).update(mvp_to="none") == 1
    assert Combination.objects.filter(edition=draft).delete()[0] == 1


def test_what_editions_rest_on_cannot_be_deleted(tables: None) -> None:
    for model in (DeviceType, SpecificationVersion):
        refused(lambda model=model: model.objects.all().delete())


def test_a_requirement_stands_once(tables: None) -> None:
    row = CertificateRequirement.objects.earliest("pk")
    row.pk = None
    refused(lambda: row.save(force_insert=True))


def test_a_renamed_version_shows_as_an_altered_edition(tables: None) -> None:
    assert not list(differences())
    SpecificationVersion.objects.filter(label="CHTS V1.3").update(label="CHTS V1.33")
    assert [found.subject for found in differences()] == ["edition 1"]


def test_verifying_finds_an_altered_row_of_an_edition(without_triggers: None, tables: None) -> None:  # noqa: F811
    lay_down_triggers()
    Validity.objects.filter(edition__series="example", ts__label="CHTS V64.1").update(mvp_to="2040-01-01")
    assert [str(found) for found in differences()] == [
        "example edition 1: it or its rows are not those that were designated"
    ]
