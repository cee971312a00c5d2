"""Who had which role, and what a role allowed: Django's own accounts and groups, with a history of ours."""

from typing import Any

from django.contrib.auth.models import Group, User
from django.db.models import Model
from simple_history import register

from ledger.constraints import AppendOnly
from ledger.history import AppendOnlyHistory


class HistoryOfRoles(AppendOnlyHistory):
    """A line for each change, with the roles as they then were, by whichever side they were given."""

    def get_m2m_fields_from_model(self, model: type[Model]) -> list[Any]:
        """In one order: simple-history makes the tables in that of a set, another in each process."""
        return sorted(super().get_m2m_fields_from_model(model), key=lambda field: field.name)

    def get_meta_options_m2m(self, through_model: type[Model]) -> dict[str, Any]:
        options = super().get_meta_options_m2m(through_model)
        return {**options, "constraints": [AppendOnly(name="%(app_label)s_%(class)s_append_only")]}

    def post_save(self, instance: Model, created: bool, using: str | None = None, **kwargs: Any) -> None:
        """Signing in writes the time of it and nothing that is kept here: no line."""
        kept = {field.name for field in self.fields_included(instance)}
        written = kwargs.get("update_fields")
        if written is None or kept & set(written):
            super().post_save(instance, created, using=using, **kwargs)

    def m2m_changed(
        self, instance: Any, action: str, attr: str, pk_set: Any, reverse: bool, **kwargs: Any
    ) -> None:
        """`role.user_set.add(user)` is about the user, too: simple-history would take the role for one."""
        if not reverse:
            super().m2m_changed(instance, action, attr, pk_set, reverse, **kwargs)
            return
        rows = self.cls._default_manager
        if action == "pre_clear":
            instance._held_by = list(rows.filter(**{attr: instance}))
        elif action == "post_clear":
            changed = instance.__dict__.pop("_held_by")
            self._note(changed, instance)
        elif action in ("post_add", "post_remove"):
            self._note(rows.filter(pk__in=pk_set), instance)

    def _note(self, rows: Any, because_of: Any) -> None:
        for row in rows:
            row._change_reason = getattr(because_of, "_change_reason", None)
            self.create_historical_record(row, "~")


# Names and addresses are people's: they must be erasable, and so are not kept in rows that never change.
register(
    User,
    app="cpl",
    records_class=HistoryOfRoles,
    excluded_fields=["username", "password", "first_name", "last_name", "email", "last_login"],
    m2m_fields=["groups", "user_permissions"],
)
register(Group, app="cpl", records_class=HistoryOfRoles, m2m_fields=["permissions"])
