"""The database itself wants two persons behind each row: a plain statement by one alone is refused."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from applicability.models import Edition
from cpl import register
from cpl.models import Certificate, Coverage, Entry, Removal
from tests.cast import make_user
from tests.make import DAY, make_removal_answers
from tests.register.conftest import AT, submit
from tests.register.test_admitting import admit

pytestmark = pytest.mark.django_db


@pytest.fixture
def removal(tables: None, maker: User, officer: User, second_officer: User) -> Removal:
    entry = admit(maker, officer)
    proposal = submit(officer, make_removal_answers(entries=str(entry)), "removal")
    register.approve(proposal.pk, by=second_officer, at=AT, on=DAY)
    return Removal.objects.get()


def insert_copy(table: str, key: str, **changes: object) -> None:
    """A further row like the first, by a plain statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY {key} LIMIT 1")
        columns = [column[0] for column in cursor.description]
        row = {**dict(zip(columns, cursor.fetchone(), strict=True)), **changes}
        names, places = ", ".join(f'"{name}"' for name in row), ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))


@pytest.mark.parametrize("model", [Entry, Removal, Coverage, Certificate], ids=lambda model: model.__name__)
@pytest.mark.parametrize("persons", ["one twice", "no second", "nobody"])
def test_no_row_of_the_register_is_written_by_one_person_alone(
    removal: Removal, maker: User, model: type, persons: str
) -> None:
    proposed, approved = {
        "one twice": (maker.pk, maker.pk), "no second": (maker.pk, None), "nobody": (None, None),
    }[persons]  # fmt: skip
    table, key = model._meta.db_table, model._meta.pk.column  # type: ignore[attr-defined]
    changes: dict[str, object] = {key: 999_998, "proposed_by_id": proposed, "approved_by_id": approved}
    if model is Entry:
        changes |= {"record_id": 999_998, "submission_id": 999_998}
    if model is Removal:
        changes |= {"entry_id": 999_998}
    if model is Certificate:
        changes |= {"identifier": "another"}
    with pytest.raises(IntegrityError, match="two_persons_or_brought"), transaction.atomic():
        insert_copy(table, key, **changes)


def test_nobody_is_recorded_as_deciding_what_they_submitted(removal: Removal, maker: User) -> None:
    with (
        pytest.raises(IntegrityError, match="four_eyes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE cpl_submission SET decided_by_id = submitted_by_id")


def test_nobody_designates_the_edition_that_they_prepared(tables: None) -> None:
    one = make_user("one@panel.example", "Panel officer")
    draft = Edition.objects.create(
        number=2, title="Edition 2", effective_from=DAY, source_kind="direction", source="Letter 1",
        prepared_by=one,
    )  # fmt: skip
    designate = (
        "UPDATE applicability_edition SET status = 'designated', designated_at = %s, designated_by_id = %s"
        " WHERE id = %s"
    )
    for person, constraint in ((one.pk, "another_person"), (None, "two_persons")):
        with (
            pytest.raises(IntegrityError, match=constraint),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(designate, [AT, person, draft.pk])
