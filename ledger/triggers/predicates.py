"""The conditions that both engines' triggers share, as SQL over a row's alias (OLD, NEW or a table's)."""

from typing import Any, Protocol

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Field, Model, UniqueConstraint


class Freezing(Protocol):
    """A constraint as the triggers see it."""

    name: str
    says: str
    parent: str | None
    when: Any


def parent_of(rule: Freezing, model: type[Model]) -> type[Model]:
    return model._meta.get_field(rule.parent).remote_field.model


def is_frozen(rule: Freezing, model: type[Model], editor: BaseDatabaseSchemaEditor, row: str) -> str:
    """True in SQL if the row may not change."""
    if rule.when is None:
        return "TRUE"
    if rule.parent is None:
        return _matches(rule, model, editor, row)
    parent, key, column = _link(rule, model, editor)
    match = _matches(rule, parent_of(rule, model), editor, "parent")
    where = f"parent.{key} = {row}.{column} AND {match}"
    return f"EXISTS (SELECT 1 FROM {parent} AS parent WHERE {where})"  # noqa: S608


def hold_parents(rule: Freezing, model: type[Model], editor: BaseDatabaseSchemaEditor) -> str:
    """Waits for whoever is making a parent final, so that no row slips in meanwhile (PostgreSQL)."""
    if rule.parent is None:
        return ""
    parent, key, column = _link(rule, model, editor)
    return f"PERFORM 1 FROM {parent} AS parent WHERE parent.{key} IN (OLD.{column}, NEW.{column}) FOR SHARE;"


def unique_sets(model: type[Model]) -> list[tuple[str, ...]]:
    """The columns by which REPLACE finds the rows that it deletes. In a fixed order."""
    meta = model._meta
    singles = [(field.column,) for field in meta.local_concrete_fields if field.unique]
    named = [*meta.unique_together, *(c.fields for c in meta.constraints if _is_plain(c))]
    several = [tuple(meta.get_field(name).column for name in names) for names in named]
    return sorted({*singles, *several})


def _is_plain(constraint: object) -> bool:
    return isinstance(constraint, UniqueConstraint) and not unguardable(constraint)


def unguardable(constraint: UniqueConstraint) -> bool:
    """Uniqueness of some rows or of expressions, which no trigger of ours can guard from REPLACE."""
    return bool(constraint.condition is not None or constraint.contains_expressions)


def _matches(rule: Freezing, model: type[Model], editor: BaseDatabaseSchemaEditor, row: str) -> str:
    fields = {model._meta.get_field(name): value for name, value in rule.when.items()}
    return " AND ".join(
        f"{row}.{editor.quote_name(field.column)} = {_literal(field, value, editor)}"
        for field, value in fields.items()
    )


def _literal(field: Field, value: object, editor: BaseDatabaseSchemaEditor) -> str:
    return str(editor.quote_value(field.get_db_prep_value(value, editor.connection)))


def _link(rule: Freezing, model: type[Model], editor: BaseDatabaseSchemaEditor) -> tuple[str, str, str]:
    """The parent's table, its key's column and the column here that holds it, quoted."""
    field = model._meta.get_field(rule.parent)
    names = (field.remote_field.model._meta.db_table, field.target_field.column, field.column)
    table, key, column = (editor.quote_name(name) for name in names)
    return table, key, column
