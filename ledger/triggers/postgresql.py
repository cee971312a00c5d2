"""The triggers on PostgreSQL: one function for each constraint, one trigger for rows, one for TRUNCATE.

They are ENABLE ALWAYS, or a session with `session_replication_role = replica` would pass them by, and the
function fixes its search path, or a temporary table of the parent's name would hide the parent.
"""

import json

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.backends.utils import CursorWrapper, truncate_name
from django.db.models import Model

from ledger.triggers.predicates import (
    Completing,
    Freezing,
    Rule,
    hold_parents,
    is_final_with_gaps,
    is_frozen,
    reads_elsewhere,
)
from ledger.triggers.trigger import Trigger

SEARCH_PATH = "public, pg_temp"
LONGEST_NAME = 63

# Bits of pg_trigger.tgtype.
ROW, BEFORE, INSERT, DELETE, UPDATE, TRUNCATE = 1, 2, 4, 8, 16, 32

BODY = """
DECLARE
    refused boolean := TG_OP = 'TRUNCATE';
BEGIN
    IF NOT refused THEN
        {hold}
        refused := {refused};
    END IF;
    IF refused THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{message}';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
"""
FUNCTION = (
    f"CREATE OR REPLACE FUNCTION %(function)s() RETURNS trigger LANGUAGE plpgsql "
    f"SET search_path = {SEARCH_PATH} AS $ledger$%(body)s$ledger$;\n"
)
TRIGGER = (
    "CREATE OR REPLACE TRIGGER %(name)s %(moment)s %(events)s ON %(table)s "
    "FOR EACH %(level)s EXECUTE FUNCTION %(function)s();\n"
    "ALTER TABLE %(table)s ENABLE ALWAYS TRIGGER %(name)s"
)
INSTALLED = """
SELECT t.tgname, c.relname, t.tgtype, t.tgenabled, p.proname, p.prosrc, p.proconfig,
       t.tgqual IS NULL AND t.tgattr = ''
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
"""


def emit(rule: Rule, model: type[Model], editor: BaseDatabaseSchemaEditor) -> list[Trigger]:
    """The triggers that keep `rule` on the model's table; the first makes their function as well."""
    if isinstance(rule, Completing):
        # On insert too: keys are checked at commit, so a draft's rows may be there before a new parent.
        body = _written(rule, is_final_with_gaps(rule, model, editor))
        return [_trigger(rule, model, editor, rule.name, ROW | INSERT | UPDATE, body, FUNCTION + TRIGGER)]
    body = _body(rule, model, editor)
    events = INSERT | UPDATE | DELETE if rule.parent else UPDATE | DELETE
    truncating = truncate_name(f"{rule.name}_truncate", LONGEST_NAME)
    return [
        _trigger(rule, model, editor, rule.name, BEFORE | ROW | events, body, FUNCTION + TRIGGER),
        _trigger(rule, model, editor, truncating, BEFORE | TRUNCATE, body, TRIGGER),
    ]


def removal(rule: Rule, editor: BaseDatabaseSchemaEditor) -> Statement:
    """Drops the function and with it both triggers."""
    return Statement("DROP FUNCTION IF EXISTS %(name)s() CASCADE", name=editor.quote_name(rule.name))


def installed(cursor: CursorWrapper) -> dict[str, str]:
    """The mark of every trigger in the schema, by name."""
    cursor.execute(INSTALLED)
    return {name: _mark(*rest) for name, *rest in cursor.fetchall()}


def drop_parent_readers(cursor: CursorWrapper) -> None:
    """Nothing to do: PostgreSQL alters a table in place and reads a function only when it runs."""


def _body(rule: Freezing, model: type[Model], editor: BaseDatabaseSchemaEditor) -> str:
    rows = ("OLD", "NEW") if rule.parent else ("OLD",)
    frozen = " OR ".join(is_frozen(rule, model, editor, row) for row in rows)
    hold = hold_parents(rule, model, editor)
    return _written(rule, frozen, hold)


def _written(rule: Rule, refused: str, hold: str = "") -> str:
    return BODY.format(hold=hold, refused=refused, message=f"{rule.name}: {rule.says}")


def _trigger(
    rule: Rule,
    model: type[Model],
    editor: BaseDatabaseSchemaEditor,
    name: str,
    kind: int,
    body: str,
    template: str,
) -> Trigger:
    table = model._meta.db_table
    parts = {
        "name": editor.quote_name(name),
        "table": Table(table, editor.quote_name),
        "function": editor.quote_name(rule.name),
        "body": body,
        "moment": "BEFORE" if kind & BEFORE else "AFTER",
        "events": _events(kind),
        "level": "ROW" if kind & ROW else "STATEMENT",
    }
    drop = Statement("DROP TRIGGER IF EXISTS %(name)s ON %(table)s", **parts)
    mark = _mark(table, kind, "A", rule.name, body, [f"search_path={SEARCH_PATH}"], True)
    return Trigger(name, table, Statement(template, **parts), drop, mark, reads_elsewhere(rule))


def _events(kind: int) -> str:
    bits = {"INSERT": INSERT, "UPDATE": UPDATE, "DELETE": DELETE, "TRUNCATE": TRUNCATE}
    return " OR ".join(event for event, bit in bits.items() if kind & bit)


def _mark(*facts: object) -> str:
    """Table, kind, ALWAYS, function, its text, its settings, and that it is for every row."""
    return json.dumps(facts)
