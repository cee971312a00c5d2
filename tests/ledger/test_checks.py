"""Whoever starts the portal is told of triggers that are not as declared."""

from collections.abc import Iterator

import pytest
from django.core.checks import Error
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, models, transaction
from django.test.utils import isolate_apps

from ledger import triggers
from ledger.checks import check_triggers, check_uniqueness, missing_triggers
from ledger.constraints import AppendOnly
from ledger.models import Record, Recorded

NAMES = {
    "sqlite": "ledger_app_token_append_only_before_update",
    "postgresql": "ledger_app_token_append_only",
}
TABLE = "ledger_app_token"


@pytest.fixture
def name(db: None) -> str:
    return NAMES[connection.vendor]


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_nothing_is_missing_after_migrate(db: None) -> None:
    assert missing_triggers() == []
    call_command("check", deploy=True, tags=["ledger"], fail_level="ERROR")


def test_every_single_trigger_that_is_missing_is_noticed(db: None) -> None:
    for trigger in triggers.declared():
        sid = transaction.savepoint()
        run(str(trigger.drop))
        assert missing_triggers() == [f"{trigger.table}: the trigger {trigger.name} is missing"]
        transaction.savepoint_rollback(sid)


@pytest.mark.sqlite
def test_an_altered_trigger_is_noticed_on_sqlite(name: str) -> None:
    body = "BEGIN SELECT RAISE(ABORT, 'kept'); END"
    run(f"DROP TRIGGER {name}", f"CREATE TRIGGER {name} BEFORE UPDATE OF id ON {TABLE} {body}")
    assert missing_triggers() == [f"{TABLE}: the trigger {name} is altered or disabled"]


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE {table} DISABLE TRIGGER {name}",
        "ALTER TABLE {table} ENABLE TRIGGER {name}",
        "ALTER TABLE {table} ENABLE REPLICA TRIGGER {name}",
        "CREATE OR REPLACE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}(); "
        "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
        "CREATE OR REPLACE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
        "WHEN (OLD.name = 'x') EXECUTE FUNCTION {name}(); ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
        "CREATE OR REPLACE TRIGGER {name} BEFORE UPDATE OF id OR DELETE ON {table} FOR EACH ROW "
        "EXECUTE FUNCTION {name}(); ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    ],
)
def test_an_altered_or_disabled_trigger_is_noticed_on_postgresql(name: str, statement: str) -> None:
    run(statement.format(table=TABLE, name=name))
    assert missing_triggers() == [f"{TABLE}: the trigger {name} is altered or disabled"]


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
        "SET search_path = public, pg_temp AS $$ BEGIN RETURN COALESCE(NEW, OLD); END $$",
        "ALTER FUNCTION {name}() RESET search_path",
    ],
)
def test_an_altered_function_is_noticed(name: str, statement: str) -> None:
    run(statement.format(name=name))
    assert len(missing_triggers()) == 2


def test_the_deploy_check_says_so_and_migrating_puts_it_back(name: str) -> None:
    trigger = next(trigger for trigger in triggers.declared() if trigger.name == name)
    run(str(trigger.drop))
    (error,) = check_triggers()
    assert (error.id, error.level) == ("ledger.E001", Error("").level)
    with pytest.raises(SystemCheckError, match=name):
        call_command("check", deploy=True, tags=["ledger"])
    call_command("check", tags=["ledger"])
    triggers.install()
    assert missing_triggers() == []


@pytest.fixture
def isolated() -> Iterator[None]:
    with isolate_apps("tests.ledger_app"):
        yield


def mistakes(model: type[Recorded]) -> list[str]:
    return sorted(error.msg for error in model.check() if error.id == "ledger.E003")


def test_a_recorded_table_without_its_constraint_is_noticed(isolated: None) -> None:
    class Loose(Recorded):
        class Meta:
            app_label = "ledger_app"

    assert mistakes(Loose) == ["Meta.constraints must begin with *Recorded.Meta.constraints."]


def test_a_recorded_table_whose_key_or_time_comes_too_late_is_noticed(isolated: None) -> None:
    class Late(Recorded):
        id = models.BigAutoField(primary_key=True)
        record = models.OneToOneField(Record, models.PROTECT, related_name="+")
        made = models.DateTimeField(auto_now_add=True)

        class Meta(Recorded.Meta):
            app_label = "ledger_app"

    key, time = mistakes(Late)
    assert "Its key is known only once it is stored" in key
    assert time.startswith("made: ")


def test_uniqueness_that_replace_could_use_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_uniqueness() == []
    half = models.UniqueConstraint(name="half", fields=["act"], condition=models.Q(actor=None))
    monkeypatch.setattr(Record._meta, "constraints", [AppendOnly(name="a"), half])
    assert [error.id for error in check_uniqueness()] == ["ledger.E002"]
