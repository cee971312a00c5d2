"""The conditions that both engines' triggers share, as SQL over a row's alias (OLD, NEW or a table's)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast, runtime_checkable

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Field, ForeignKey, Model, UniqueConstraint


@runtime_checkable
class Freezing(Protocol):
    """A constraint as the triggers see it: what it says, and when a row or its parent is final."""

    name: str
    says: str
    parent: str | None
    when: Mapping[str, Any] | None


@runtime_checkable
class Completing(Protocol):
    """A constraint as the triggers see it: what may not be lacking once a row is final."""

    name: str
    says: str
    when: Mapping[str, Any]
    every: str
    of: str
    has: str
    on: Sequence[str]


Rule = Freezing | Completing


def reads_elsewhere(rule: Rule) -> bool:
    """Whether its triggers read other tables than their own."""
    return isinstance(rule, Completing) or rule.parent is not None


def is_frozen(rule: Freezing, model: type[Model], editor: BaseDatabaseSchemaEditor, row: str) -> str:
    """True in SQL if the row may not change."""
    if rule.when is None:
        return "TRUE"
    if rule.parent is None:
        return _matches(rule.when, model, editor, row)
    key = _field(model, rule.parent)
    parent, target, column = _link(key, editor)
    match = _matches(rule.when, key.remote_field.model, editor, "parent")
    where = f"parent.{target} = {row}.{column} AND {match}"
    return f"EXISTS (SELECT 1 FROM {parent} AS parent WHERE {where})"  # noqa: S608


def is_final_with_gaps(rule: Completing, model: type[Model], editor: BaseDatabaseSchemaEditor) -> str:
    """True in SQL if the new row is final and something that belongs to it lacks its partner."""
    every, has = (model._meta.apps.get_model(label) for label in (rule.every, rule.has))
    quote = editor.quote_name
    _, key, owner = _link(_field(every, rule.of), editor)
    pairs = [
        f"partner.{quote(_field(has, name).column)} = one.{quote(_field(every, name).column)}"
        for name in (rule.of, *rule.on)
    ]
    partner = f"SELECT 1 FROM {quote(has._meta.db_table)} AS partner WHERE {' AND '.join(pairs)}"  # noqa: S608
    lone = f"one.{owner} = NEW.{key} AND NOT EXISTS ({partner})"
    gap = f"EXISTS (SELECT 1 FROM {quote(every._meta.db_table)} AS one WHERE {lone})"  # noqa: S608
    return f"{_matches(rule.when, model, editor, 'NEW')} AND {gap}"


def hold_parents(rule: Freezing, model: type[Model], editor: BaseDatabaseSchemaEditor) -> str:
    """Waits for whoever is making a parent final, so that no row slips in meanwhile (PostgreSQL)."""
    if rule.parent is None:
        return ""
    parent, target, column = _link(_field(model, rule.parent), editor)
    return (
        f"PERFORM 1 FROM {parent} AS parent WHERE parent.{target} IN (OLD.{column}, NEW.{column}) FOR SHARE;"
    )


def unique_sets(model: type[Model]) -> list[tuple[str, ...]]:
    """The columns by which REPLACE finds the rows that it deletes. In a fixed order."""
    meta = model._meta
    plain = [c for c in meta.constraints if isinstance(c, UniqueConstraint) and not unguardable(c)]
    singles = [[field.name] for field in meta.local_concrete_fields if field.unique]
    several = [*singles, *meta.unique_together, *(constraint.fields for constraint in plain)]
    return sorted({tuple(_field(model, name).column for name in names) for names in several})


def unguardable(constraint: UniqueConstraint) -> bool:
    """Uniqueness of some rows or of expressions, which no trigger of ours can guard from REPLACE."""
    return bool(constraint.condition is not None or constraint.contains_expressions)


def _matches(when: Mapping[str, Any], model: type[Model], editor: BaseDatabaseSchemaEditor, row: str) -> str:
    fields = {_field(model, name): value for name, value in when.items()}
    return " AND ".join(
        f"{row}.{editor.quote_name(field.column)} = {_literal(field, value, editor)}"
        for field, value in fields.items()
    )


def _literal(field: Field[Any, Any], value: object, editor: BaseDatabaseSchemaEditor) -> str:
    return str(editor.quote_value(field.get_db_prep_value(value, editor.connection)))


def _link(key: ForeignKey[Any, Any], editor: BaseDatabaseSchemaEditor) -> tuple[str, str, str]:
    """The parent's table, its key's column and the column here that holds it, quoted."""
    target_column = str(key.target_field.column)
    names = (key.remote_field.model._meta.db_table, target_column, key.column)
    table, target, column = (editor.quote_name(name) for name in names)
    return table, target, column


def _field(model: type[Model], name: str) -> ForeignKey[Any, Any]:
    """A column's field; where it stands for a parent, a foreign key."""
    return cast("ForeignKey[Any, Any]", model._meta.get_field(name))
