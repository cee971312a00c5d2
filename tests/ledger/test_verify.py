"""An owner of the database who drops the triggers is found out, by name."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Field, Model

from ledger import canonical, journal, verify
from ledger.journal import Act
from ledger.models import GENESIS, Head, Record
from ledger.verify import Anchor, Difference, differences
from tests.ledger.making import AT, make_fact, make_note, make_seal, write
from tests.ledger.owner import lay_down_triggers, without_triggers  # noqa: F401
from tests.ledger_app.models import Fact, Note, Seal

# The register of these tests, by serial.
FACT, NOTE, OTHER_FACT, PLAIN, SEAL, LAST = 1, 2, 3, 4, 5, 6
SUBJECTS = {
    FACT: "fact 000001",
    NOTE: "note on 1",
    OTHER_FACT: "fact 000002",
    PLAIN: "nobody",
    SEAL: "seal at 4",
    LAST: "note on 2",
}
MODELS = {FACT: Fact, NOTE: Note, SEAL: Seal}
ROW_COLUMNS = [
    pytest.param(serial, field.attname, id=f"{model.__name__}.{field.attname}")
    for serial, model in MODELS.items()
    for field in model._meta.concrete_fields
]
RECORD_COLUMNS = [field.attname for field in Record._meta.concrete_fields]


@pytest.fixture
def register(without_triggers: None) -> Iterator[None]:  # noqa: F811
    first = make_fact(1)
    make_note(first)
    second = make_fact(2)
    write(Act("plain.act", SUBJECTS[PLAIN], body={"why": "so"}))
    make_seal()
    make_note(second)
    assert list(differences()) == []
    lay_down_triggers()
    yield


def row_of(serial: int) -> Model:
    model = {**MODELS, OTHER_FACT: Fact, LAST: Note}[serial]
    return model._base_manager.get(record_id=serial)


def altered(field: Field, value: object) -> object:
    """One byte, day, microsecond or unit off."""
    match value:
        case None:
            return altered(field, field.to_python("1"))
        case datetime():
            return value + timedelta(microseconds=1)
        case date():
            return value + timedelta(days=1)
        case Decimal():
            return value + Decimal("0.01")
        case int():
            return value + 100
        case bytes() | memoryview():
            return bytes(value)[:-1] + b"?"
        case str():
            return value[:-1] + chr(ord(value[-1]) ^ 1)
        case dict():
            return {**value, "plug": ["a", 1, 1]}
    raise TypeError(value)


def alter(row: Model, column: str) -> None:
    field = row._meta.get_field(column)
    new = altered(field, getattr(row, column))
    type(row)._base_manager.filter(pk=row.pk).update(**{column: new})


def subjects() -> set[str]:
    return {difference.subject for difference in differences()}


def whats(subject: str) -> str:
    return "; ".join(difference.what for difference in differences() if difference.subject == subject)


@pytest.mark.parametrize(("serial", "column"), ROW_COLUMNS)
def test_an_altered_byte_of_a_row_is_found_and_named(register: None, serial: int, column: str) -> None:
    alter(row_of(serial), column)
    assert SUBJECTS[serial] in subjects()
    if column not in {"record_id", "number"}:
        # A seal that says something else of the journal is wrong in two ways.
        assert subjects() <= {SUBJECTS[serial], f"seal {SEAL}"}
        assert whats(SUBJECTS[serial]).startswith(f"{column} is ")


@pytest.mark.parametrize("serial", SUBJECTS)
@pytest.mark.parametrize("column", RECORD_COLUMNS)
def test_an_altered_byte_of_a_record_is_found_and_named(register: None, serial: int, column: str) -> None:
    record = Record.objects.get(serial=serial)
    alter(record, column)
    found = [difference for difference in differences() if f"record {serial}" in str(difference)]
    assert found
    if column not in {"serial", "subject"}:
        assert SUBJECTS[serial] in subjects()


@pytest.mark.parametrize("serial", SUBJECTS)
def test_a_deleted_record_is_found_and_its_row_named(register: None, serial: int) -> None:
    Record.objects.filter(serial=serial)._raw_delete("default")
    assert f"record {serial}" in subjects()
    if serial in {FACT, OTHER_FACT}:
        assert whats(SUBJECTS[serial]) == f"its record {serial} is missing"


@pytest.mark.parametrize("serial", [FACT, NOTE, OTHER_FACT, SEAL, LAST])
def test_a_deleted_row_is_found_and_named(register: None, serial: int) -> None:
    row = row_of(serial)
    type(row)._base_manager.filter(pk=row.pk)._raw_delete("default")
    assert whats(SUBJECTS[serial]) == f"its row is missing from {row._meta.db_table} (record {serial})"


@pytest.mark.parametrize(("one", "other"), [(FACT, NOTE), (FACT, OTHER_FACT), (NOTE, LAST), (PLAIN, SEAL)])
def test_two_swapped_records_are_found_and_named(register: None, one: int, other: int) -> None:
    for now, then in ((one, 1000), (other, one), (1000, other)):
        Record.objects.filter(serial=now).update(serial=then)
    assert {SUBJECTS[one], SUBJECTS[other]} <= subjects()


def test_two_rows_that_swapped_their_records_are_found_and_named(register: None) -> None:
    for now, then in ((FACT, 1000), (OTHER_FACT, FACT), (1000, OTHER_FACT)):
        Fact.objects.filter(record_id=now).update(record_id=then)
    assert subjects() == {SUBJECTS[FACT], SUBJECTS[OTHER_FACT]}


def test_a_row_without_a_record_is_found_and_named(register: None) -> None:
    Fact.objects.bulk_create([Fact(number=900, record_id=900, maker="A", model="B")])
    assert subjects() == {"fact 000900"}
    assert whats("fact 000900") == "its record 900 is missing"


@pytest.mark.parametrize("serial", [PLAIN, NOTE])
def test_a_row_on_another_acts_record_is_found_and_named(register: None, serial: int) -> None:
    Fact.objects.bulk_create([Fact(number=900, record_id=serial, maker="A", model="B")])
    assert subjects() == {"fact 000900"}
    assert whats("fact 000900") == f"record {serial} is not about it"


def test_a_last_record_cut_off_is_found(register: None) -> None:
    Note.objects.filter(record_id=LAST)._raw_delete("default")
    Record.objects.filter(serial=LAST)._raw_delete("default")
    assert list(differences()) == [Difference(f"record {LAST}", "it is missing")]


def cut_off_after(serial: int) -> None:
    """As one who knows the journal would: rows, records and head."""
    for model in (Note, Fact, Seal):
        model._base_manager.filter(record_id__gt=serial)._raw_delete("default")
    Record.objects.filter(serial__gt=serial)._raw_delete("default")
    Head.objects.update(serial=serial, digest=Record.objects.get(serial=serial).digest)


def test_what_is_cut_off_cleanly_is_found_by_what_was_kept_elsewhere(register: None) -> None:
    kept = Anchor("release 2.052", *journal.head())
    cut_off_after(LAST - 1)
    assert list(differences()) == [], "nothing inside can tell"
    what = f"it names record {LAST}, which is missing"
    assert list(differences([kept])) == [Difference("release 2.052", what)]


def test_what_is_cut_off_while_a_release_names_it_is_found(register: None) -> None:
    seal = row_of(SEAL)
    cut_off_after(PLAIN - 1)
    Seal.objects.bulk_create([Seal(record_id=seal.pk, serial=seal.serial, digest=seal.digest)])
    assert whats(f"seal {seal.pk}").endswith(f"it names record {PLAIN}, which is missing")


def rehash(record: Record) -> None:
    record.digest = journal.digest_of(record)
    Record.objects.filter(serial=record.serial).update(
        body=record.body, previous=record.previous, digest=record.digest
    )


def test_a_record_that_was_hashed_again_is_found_by_the_next(register: None) -> None:
    record = Record.objects.get(serial=PLAIN)
    record.body = '{"why":"other"}'
    rehash(record)
    assert whats(SUBJECTS[SEAL]) == f"record {SEAL} does not follow record {PLAIN}"


def test_a_journal_that_was_hashed_again_throughout_is_found_by_a_release(register: None) -> None:
    previous = GENESIS
    for record in Record.objects.order_by("serial"):
        record.body = record.body.replace('"so"', '"other"')
        record.previous = previous
        rehash(record)
        previous = record.digest
    Head.objects.update(digest=previous)
    assert list(differences()) == [Difference(f"seal {SEAL}", f"it names record {PLAIN} with another digest")]


def test_a_head_that_was_moved_is_found(register: None) -> None:
    Head.objects.update(serial=LAST - 1, digest=Record.objects.get(serial=LAST - 1).digest)
    assert whats(SUBJECTS[LAST]) == f"record {LAST} is beyond the journal's head"
    Head.objects.update(serial=10**12)
    assert f"records {LAST + 1} to {10**12}" in subjects()
    Head.objects.update(serial=LAST, digest="0" * 64)
    assert whats(f"record {LAST}") == "the journal's head names another digest"
    Head.objects.all().delete()
    assert subjects() == {"journal"}


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("ledger_record", "at", "'yesterday'"),
        ("ledger_record", "at", "x'ff'"),
        ("ledger_record", "actor", "'x'"),
        ("ledger_record", "body", "CAST(x'ff' AS TEXT)"),
        ("ledger_app_fact", "seen", "'yesterday'"),
        ("ledger_app_fact", "weight", "'heavy'"),
        ("ledger_app_fact", "extra", "'{'"),
        ("ledger_app_fact", "remark", "CAST(x'ff' AS TEXT)"),
        ("ledger_app_fact", "remark", "CAST('seen' AS BLOB)"),
        ("ledger_app_fact", "later", "CAST('none' AS BLOB)"),
        ("ledger_app_fact", "picture", "'text'"),
    ],
)
def test_what_its_column_could_not_hold_is_found_and_named(
    register: None, table: str, column: str, value: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        key = "serial" if table == "ledger_record" else "record_id"
        cursor.execute(f"UPDATE {table} SET {column} = {value} WHERE {key} = {OTHER_FACT}")
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
    assert f"record {OTHER_FACT}" in str(list(differences())) or SUBJECTS[OTHER_FACT] in subjects()


@pytest.mark.parametrize("page", [1, 2, 3, 5, 6, 7])
def test_pages_meet(register: None, monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    monkeypatch.setattr(verify, "PAGE", page)
    assert list(differences()) == []
    for serial in (NOTE, SEAL):
        Record.objects.filter(serial=serial)._raw_delete("default")
    assert {"record 2", "record 5"} <= subjects()
    assert SUBJECTS[OTHER_FACT] not in subjects()


def test_a_column_that_came_later_may_hold_what_it_holds_for_old_rows(
    without_triggers: None,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    today = canonical.hashed_fields
    monkeypatch.setattr(
        canonical, "hashed_fields", lambda model: [field for field in today(model) if field.name != "later"]
    )
    make_fact(1)
    monkeypatch.undo()
    assert list(differences()) == []
    lay_down_triggers()
    Fact.objects.update(later="x")
    assert whats("fact 000001") == 'later is "x", which its record does not say'


def test_a_register_with_nothing_in_it_is_as_it_was_written(db: None) -> None:
    assert list(differences([Anchor("empty", 0, GENESIS)])) == []
    assert list(differences([Anchor("not ours", 1, GENESIS)])) != []


@pytest.mark.parametrize("change", [lambda: None, lambda: make_fact(9, seen=AT)])
def test_what_was_not_touched_is_not_named(register: None, change: Callable[[], object]) -> None:
    change()
    assert list(differences()) == []
