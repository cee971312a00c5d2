"""The triggers on SQLite: one statement each, compared by the text that the catalogue keeps.

REPLACE deletes rows without firing their delete triggers, so a row that would push out a frozen one (same
hidden rowid or same unique columns) is refused before it is written. In a BEFORE INSERT trigger an automatic
rowid reads -1, so that one row below 1 would stop every later insert: none is let in.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from ledger.triggers.predicates import (
    Completing,
    Freezing,
    Rule,
    is_final_with_gaps,
    is_frozen,
    reads_elsewhere,
    unique_sets,
)
from ledger.triggers.trigger import Trigger

# Part of the name of those that read another table (a parent's, or that of rows that belong to theirs), by
# which they are found before a migration.
READS_PARENT = "_reads_parent"

CREATE = (
    "CREATE TRIGGER %(name)s %(moment)s ON %(table)s WHEN %(condition)s "
    "BEGIN SELECT RAISE(ABORT, '%(message)s'); END"
)


def emit(rule: Rule, model: type[Model], editor: BaseDatabaseSchemaEditor) -> list[Trigger]:
    """The triggers that keep `rule` on the model's table."""
    conditions = (
        _completing(rule, model, editor) if isinstance(rule, Completing) else _freezing(rule, model, editor)
    )
    return [_trigger(rule, model, editor, *item) for item in conditions.items()]


def _completing(
    rule: Completing, model: type[Model], editor: BaseDatabaseSchemaEditor
) -> dict[str, list[str]]:
    """Also on insert: REPLACE puts a final row in the place of a draft that has rows already."""
    gaps = [is_final_with_gaps(rule, model, editor)]
    return {"AFTER INSERT": gaps, "AFTER UPDATE": gaps}


def _freezing(rule: Freezing, model: type[Model], editor: BaseDatabaseSchemaEditor) -> dict[str, list[str]]:
    old, new, it = (is_frozen(rule, model, editor, row) for row in ("OLD", "NEW", "it"))
    same = f"({_same_as_new(model, editor)}) AND {it}"
    newcomer = [new] if rule.parent else []
    return {
        "BEFORE INSERT": [*newcomer, _exists(same)],
        "AFTER INSERT": ["NEW.rowid < 1"],
        "BEFORE UPDATE": [old, *newcomer, "NEW.rowid < 1", _exists(f"it.rowid <> OLD.rowid AND {same}")],
        "BEFORE DELETE": [old],
    }


def removal(rule: Rule, editor: BaseDatabaseSchemaEditor) -> Statement:
    raise NotImplementedError("SQLite drops a constraint by making the table again.")


def installed(cursor: CursorWrapper) -> dict[str, str]:
    """The mark of every trigger in the database, by name."""
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return dict(cursor.fetchall())


def drop_parent_readers(cursor: CursorWrapper) -> None:
    """Before a migration: a parent's table cannot be made again while a trigger reads it."""
    for name in installed(cursor):
        if READS_PARENT in name:
            cursor.execute(f'DROP TRIGGER "{name}"')


def _trigger(
    rule: Rule, model: type[Model], editor: BaseDatabaseSchemaEditor, moment: str, conditions: list[str]
) -> Trigger:
    elsewhere = reads_elsewhere(rule)
    reading = READS_PARENT if elsewhere else ""
    name = f"{rule.name}{reading}_{moment.lower().replace(' ', '_')}"
    table = Table(model._meta.db_table, editor.quote_name)
    quoted = editor.quote_name(name)
    create = Statement(
        CREATE.replace("%(condition)s", " OR ".join(conditions)),
        name=quoted,
        moment=moment,
        table=table,
        message=f"{rule.name}: {rule.says}",
    )
    drop = Statement("DROP TRIGGER IF EXISTS %(name)s", name=quoted)
    return Trigger(name, model._meta.db_table, create, drop, str(create), elsewhere)


def _same_as_new(model: type[Model], editor: BaseDatabaseSchemaEditor) -> str:
    quote = editor.quote_name
    sets = [[quote(column) for column in columns] for columns in unique_sets(model)]
    matches = [" AND ".join(f"it.{column} = NEW.{column}" for column in columns) for columns in sets]
    return " OR ".join(["it.rowid = NEW.rowid", *matches])


def _exists(condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM %(table)s AS it WHERE {condition})"  # noqa: S608
