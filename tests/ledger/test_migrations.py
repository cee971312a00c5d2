"""Triggers live through migrations, also through those that make a table again."""

import io
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, models

from ledger import triggers
from ledger.checks import missing_triggers
from ledger.constraints import AppendOnly, FrozenOnce, FrozenWith, WholeWhenFinal
from ledger.models import Head
from ledger.verify import differences
from tests.ledger.making import make_fact, make_note, rows_in
from tests.ledger.test_frozen import make_edition
from tests.ledger_app.models import Edition, Fact, Line, Note

REMADE = [Fact, Edition, Line]


@pytest.fixture
def rows(transactional_db: None) -> Iterator[None]:
    make_note(make_fact(1))
    make_edition("final", "final")
    yield
    migrate()


def migrate(*where: str) -> None:
    call_command("migrate", *where, verbosity=0)


def nothing_can_change() -> None:
    for model in (Fact, Note, Edition, Line):
        before = rows_in(model._meta.db_table)
        key = model._meta.pk.column
        with pytest.raises(IntegrityError), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {model._meta.db_table} SET {key} = {key}")
        with pytest.raises(IntegrityError), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
        assert rows_in(model._meta.db_table) == before


def test_a_field_that_is_altered_takes_no_trigger_with_it(rows: None) -> None:
    old = Fact._meta.get_field("remark")
    new = models.TextField(default="")
    new.set_attributes_from_name("remark")
    new.model = Fact
    with connection.schema_editor() as editor:
        editor.alter_field(Fact, old, new, strict=True)
    assert missing_triggers() == []
    nothing_can_change()
    with connection.schema_editor() as editor:
        editor.alter_field(Fact, new, old, strict=True)
    assert missing_triggers() == []
    nothing_can_change()


def test_a_migration_that_makes_tables_again_takes_no_trigger_with_it(rows: None) -> None:
    before = [list(model.objects.values()) for model in REMADE]
    migrate("ledger_app", "0001")
    assert missing_triggers() == []
    migrate("ledger_app", "0002")
    assert missing_triggers() == []
    nothing_can_change()
    assert [list(model.objects.values()) for model in REMADE] == before
    assert list(differences()) == []


def test_an_app_that_is_taken_away_and_brought_back_has_its_triggers(rows: None) -> None:
    migrate("ledger_app", "zero")
    migrate()
    assert missing_triggers() == []
    make_edition("final", "final")
    with pytest.raises(IntegrityError):
        Edition.objects.update(title="x")


def test_only_those_that_read_a_parent_make_way_for_a_migration(rows: None) -> None:
    triggers.drop_parent_readers()
    gone = missing_triggers()
    assert all("_reads_parent_" in fault for fault in gone)
    expected = 4 if connection.vendor == "sqlite" else 0
    assert len([fault for fault in gone if fault.startswith("ledger_app_line: ")]) == expected


def test_migrate_with_nothing_to_do_repairs(rows: None) -> None:
    for trigger in triggers.declared():
        with connection.cursor() as cursor:
            cursor.execute(str(trigger.drop))
    migrate()
    assert missing_triggers() == []
    nothing_can_change()


def test_a_flush_leaves_the_head_and_the_triggers(rows: None) -> None:
    call_command("flush", interactive=False, verbosity=0)
    assert (Head.objects.get().serial, missing_triggers()) == (0, [])


@pytest.mark.django_db
def test_the_migrations_say_what_the_models_say() -> None:
    told = io.StringIO()
    call_command("makemigrations", "ledger", "ledger_app", check=True, dry_run=True, stdout=told)
    assert "No changes detected" in told.getvalue()


@pytest.mark.parametrize(
    "constraint",
    [
        AppendOnly(name="a"),
        FrozenOnce(name="b", when={"status": "final"}),
        FrozenWith(name="c", parent="edition", when={"status": "final"}),
        WholeWhenFinal(name="d", when={"status": "final"}, every="a.B", of="c", has="a.D", on=("e", "f")),
    ],
)
def test_a_constraint_equals_its_copy_and_no_other(constraint: AppendOnly) -> None:
    path, args, kwargs = constraint.deconstruct()
    assert path == f"ledger.constraints.{type(constraint).__name__}"
    assert type(constraint)(*args, **kwargs) == constraint == constraint.clone()
    assert type(constraint)(**{**kwargs, "name": "other"}) != constraint
    assert constraint != models.Index(name="a", fields=["a"])
