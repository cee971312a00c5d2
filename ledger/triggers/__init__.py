"""The triggers behind the constraints: which there should be, which there are, and how they get there."""

from collections.abc import Iterator
from types import ModuleType

from django.apps.registry import Apps
from django.apps.registry import apps as real_apps
from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from django.db.models import Model

from ledger.triggers import postgresql, sqlite
from ledger.triggers.predicates import Completing, Freezing, Rule
from ledger.triggers.trigger import Trigger

ENGINES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}


def while_migrating(rule: Rule, model: type[Model], editor: BaseDatabaseSchemaEditor) -> list[Statement]:
    """What a schema editor runs after it has made the table.

    On SQLite a trigger that reads a parent would stop the parent's table from being made again; those come
    with `install` alone, after all migrations. So do, on both engines, those that read their rows' tables,
    which a migration may not have made yet.
    """
    if isinstance(rule, Completing):
        return []
    made = _engine(editor.connection).emit(rule, model, editor)
    if editor.connection.vendor == "sqlite":
        return [trigger.create for trigger in made if not trigger.reads_parent]
    return [_all_in_one([trigger.create for trigger in made])]


def removal(rule: Rule, editor: BaseDatabaseSchemaEditor) -> Statement:
    statement: Statement = _engine(editor.connection).removal(rule, editor)
    return statement


def declared(apps: Apps = real_apps, using: str = DEFAULT_DB_ALIAS) -> Iterator[Trigger]:
    """Every trigger that the models' constraints ask for in this database."""
    connection = connections[using]
    connection.ensure_connection()
    editor = connection.schema_editor()
    for model, rule in _rules(apps, using):
        yield from _engine(connection).emit(rule, model, editor)


def install(apps: Apps = real_apps, using: str = DEFAULT_DB_ALIAS) -> None:
    """Makes what is missing or altered, on the tables that there are; may run at any time and twice."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        tables = set(connections[using].introspection.table_names(cursor))
        for trigger in _unlike(apps, using):
            if trigger.table in tables:
                cursor.execute(str(trigger.drop))
                cursor.execute(str(trigger.create))


def drop_parent_readers(using: str = DEFAULT_DB_ALIAS) -> None:
    """Makes way for migrations. The others stay, or a data migration could change frozen rows."""
    with connections[using].cursor() as cursor:
        _engine(connections[using]).drop_parent_readers(cursor)


def faults(using: str = DEFAULT_DB_ALIAS) -> Iterator[str]:
    """One sentence for each trigger that is missing, altered or disabled."""
    there = _installed(using)
    for trigger in _unlike(real_apps, using):
        state = "altered or disabled" if trigger.name in there else "missing"
        yield f"{trigger.table}: the trigger {trigger.name} is {state}"


def _unlike(apps: Apps, using: str) -> list[Trigger]:
    there = _installed(using)
    return [trigger for trigger in declared(apps, using) if there.get(trigger.name) != trigger.mark]


def _installed(using: str) -> dict[str, str]:
    with connections[using].cursor() as cursor:
        marks: dict[str, str] = _engine(connections[using]).installed(cursor)
    return marks


def _rules(apps: Apps, using: str) -> Iterator[tuple[type[Model], Rule]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.can_migrate(using) and router.allow_migrate_model(using, model):
            for constraint in model._meta.constraints:
                if isinstance(constraint, Freezing | Completing):
                    yield model, constraint


def _engine(connection: BaseDatabaseWrapper) -> ModuleType:
    try:
        return ENGINES[connection.vendor]
    except KeyError:
        raise NotSupportedError(f"No triggers for {connection.vendor}; use SQLite or PostgreSQL.") from None


def _all_in_one(statements: list[Statement]) -> Statement:
    """Several statements as one that still follows a table's new name."""
    parts = {f"part{n}": statement for n, statement in enumerate(statements)}
    return Statement(";\n".join(f"%({name})s" for name in parts), **parts)
