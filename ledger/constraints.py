"""Constraints that keep rows as they are, and whole: declared in `Meta.constraints`, kept by triggers.

They hold against every client of the database, not only against Django. A refused statement raises
`django.db.IntegrityError`; the message begins with the name of the constraint.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from django.db.models import BaseConstraint, Model

from ledger import triggers
from ledger.triggers.predicates import Rule


class _Kept(BaseConstraint):
    """What all have in common: triggers keep them, and they take part in migrations."""

    says: str

    def constraint_sql(  # type: ignore[override]
        self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> None:
        """Part of CREATE TABLE elsewhere; a trigger can only follow the table."""
        schema_editor.deferred_sql.extend(self._statements(model, schema_editor))

    def create_sql(  # type: ignore[override]
        self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> Statement:
        *first, last = self._statements(model, schema_editor) or [Statement("SELECT 1")]
        schema_editor.deferred_sql.extend(first)
        return last

    def remove_sql(  # type: ignore[override]
        self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> Statement:
        """PostgreSQL only: SQLite drops a constraint by making the table again."""
        return triggers.removal(self._rule, schema_editor)

    @property
    def _rule(self) -> Rule:
        """Itself: every subclass is of the one kind or of the other."""
        return cast("Rule", self)

    def _statements(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor) -> list[Statement]:
        return triggers.while_migrating(self._rule, model, schema_editor)

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to tell a form: only the database knows the row as it was."""

    def __eq__(self, other: object) -> bool:
        if isinstance(other, _Kept):
            return self.deconstruct() == other.deconstruct()
        return NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), self.name))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.name!r}>"


class _Frozen(_Kept):
    """What those that freeze rows have in common."""

    parent: str | None = None
    when: Mapping[str, Any] | None = None


class AppendOnly(_Frozen):
    """Rows can be added and read, never changed, replaced, deleted or truncated."""

    says = "rows are only ever added here"


class FrozenOnce(_Frozen):
    """A row is free until it matches `when` (column values, all of them); then it cannot change.

    The update that makes it match is allowed. TRUNCATE is always refused.
    """

    says = "this row is final"

    def __init__(self, *, name: str, when: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.when = dict(when)

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "when": self.when}


class FrozenWith(FrozenOnce):
    """Rows are free until the row that `parent` (a foreign key) points at matches `when`.

    Then none can be added, changed or deleted, nor moved into or out of that parent.
    """

    says = "what this row belongs to is final"

    def __init__(self, *, name: str, parent: str, when: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(name=name, when=when, **kwargs)
        self.parent = parent

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "parent": self.parent}


class WholeWhenFinal(_Kept):
    """No row comes to match `when` while one of the rows that belong to it lacks its partner.

    `every` and `has` are models by label, so that they may stand in modules which import this one's model;
    `of` is the foreign key by which rows of both belong to it, `on` the fields in which partners agree.

        WholeWhenFinal(name="...", when={"status": "final"}, every="app.Promise", of="edition",
                       has="app.Line", on=["code"])

    Keeps nothing whole afterwards: for that, `every` and `has` are `FrozenWith` the same row.
    """

    says = "what belongs to this row is not complete"

    def __init__(
        self,
        *,
        name: str,
        when: Mapping[str, Any],
        every: str,
        of: str,
        has: str,
        on: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.when = dict(when)
        self.every, self.of, self.has, self.on = every, of, has, list(on)

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        own = {"when": self.when, "every": self.every, "of": self.of, "has": self.has, "on": self.on}
        return path, args, {**kwargs, **own}
