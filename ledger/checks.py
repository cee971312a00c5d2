"""System checks: `check --deploy` names triggers that are not as declared."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db import DEFAULT_DB_ALIAS, DatabaseError
from django.db.models import UniqueConstraint

from ledger import triggers
from ledger.triggers.predicates import Freezing, unguardable

HINT = "Run `manage.py migrate`, which puts it back; then `verify_register`, as rows may have changed."


def missing_triggers(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """One sentence for each trigger that is missing, altered or disabled; also for launcher and health."""
    return list(triggers.faults(using))


# Not among the ordinary checks: those run before `migrate`, which is what makes the triggers.
@register("ledger", deploy=True)
def check_triggers(
    app_configs: object = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    return [message for using in databases or [DEFAULT_DB_ALIAS] for message in _check(using)]


def _check(using: str) -> list[CheckMessage]:
    try:
        return [Error(fault + ".", hint=HINT, id="ledger.E001") for fault in missing_triggers(using)]
    except DatabaseError as error:
        return [Error(f"The triggers could not be looked at: {error}", id="ledger.E001")]


@register("ledger")
def check_uniqueness(app_configs: object = None, **kwargs: Any) -> list[CheckMessage]:
    """A frozen row can be pushed out by REPLACE through uniqueness that no trigger can express."""
    return [
        Error(
            f"{constraint.name}: a table with frozen rows cannot have this kind.", obj=model, id="ledger.E002"
        )
        for model in apps.get_models()
        if any(isinstance(constraint, Freezing) for constraint in model._meta.constraints)
        for constraint in model._meta.constraints
        if isinstance(constraint, UniqueConstraint) and unguardable(constraint)
    ]
