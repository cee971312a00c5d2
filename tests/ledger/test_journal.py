"""What is written, and what may not be."""

import json
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from ledger import journal
from ledger.journal import Act
from ledger.models import GENESIS, NotThroughTheJournal, Record
from ledger.verify import differences
from tests.ledger.making import ACTOR, AT, fact, make_fact, make_note, record, write
from tests.ledger_app.models import Fact, Note

THREADS, ACTS = 4, 25


@pytest.mark.django_db
def test_records_are_numbered_from_one_without_gaps_and_chained() -> None:
    assert journal.head() == (0, GENESIS)
    write(Act("a", "x"), Act("b", "y", body={"why": "so"}))
    write(Act("c", "z"))
    first, second, third = Record.objects.all()
    assert [r.serial for r in (first, second, third)] == [1, 2, 3]
    assert [r.previous for r in (first, second, third)] == [GENESIS, first.digest, second.digest]
    assert journal.head() == (3, third.digest)
    assert (second.act, second.subject, second.actor, second.at) == ("b", "y", ACTOR, AT)
    assert second.body == '{"why":"so"}'


@pytest.mark.django_db
def test_a_record_keeps_every_column_of_its_row_in_one_form() -> None:
    london = datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/London"))
    make_fact(1, seen=london, maker=5, weight=Decimal("1.5"), picture=memoryview(b"abc"), day="2022-09-21")
    assert json.loads(Record.objects.get().body) == {
        "table": "ledger_app_fact",
        "row": {
            "number": 1,
            "maker": "5",
            "model": "M1",
            "seen": "2026-07-01T11:00:00.000000+00:00",
            "day": "2022-09-21",
            "weight": "1.50",
            "picture": {"sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
            "extra": {"plug": ["a", 1, True]},
            "remark": "seen",
            "later": "none",
        },
    }
    assert list(differences()) == []


@pytest.mark.django_db
def test_rows_of_one_call_may_point_at_each_other_in_any_order() -> None:
    about = fact(1)
    question = Note(fact=about, text="why?")
    answer = Note(fact=about, answers=question, text="because")
    write(Act("n", "answer", answer), Act("n", "question", question), Act("f", "fact 000001", about))
    answer.refresh_from_db()
    assert (answer.pk, answer.answers_id, answer.fact_id) == (1, 2, 1)
    assert json.loads(Record.objects.get(serial=1).body)["row"]["answers_id"] == 2
    assert list(differences()) == []


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_outside_a_transaction() -> None:
    with pytest.raises(TransactionManagementError):
        journal.append([Act("a", "x")], actor=None, at=AT)
    with pytest.raises(TransactionManagementError):
        journal.lock()


@pytest.mark.django_db
def test_what_is_rolled_back_leaves_no_gap() -> None:
    write(Act("a", "x"))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        journal.append([Act("b", "y")], actor=None, at=AT)
        raise ZeroDivisionError
    write(Act("c", "z"))
    assert list(Record.objects.values_list("serial", "act")) == [(1, "a"), (2, "c")]


@pytest.mark.django_db
def test_a_row_that_the_database_refuses_leaves_no_record() -> None:
    make_fact(1)
    before = journal.head()
    with pytest.raises(IntegrityError):
        record(fact(2), fact(1))
    assert journal.head() == before
    assert Fact.objects.count() == 1


@pytest.mark.django_db
def test_a_row_is_saved_through_the_journal_alone() -> None:
    with pytest.raises(NotThroughTheJournal, match=r"use ledger\.journal\.append"):
        fact(1).save()
    with pytest.raises(NotThroughTheJournal):
        Fact.objects.create(number=1)
    with pytest.raises(NotThroughTheJournal):
        Record(serial=1, at=AT, act="a", subject="x").save()
    assert not Fact.objects.exists()


@pytest.mark.django_db
def test_a_row_has_one_record() -> None:
    row = make_fact(1)
    with pytest.raises(ValueError, match="has a record already"):
        record(row)
    twice = fact(2)
    with pytest.raises(ValueError, match="appears twice"):
        record(twice, twice)


def test_an_act_has_a_row_or_a_body() -> None:
    with pytest.raises(ValueError, match="the body of an act with a row is the row"):
        Act("a", "x", row=fact(1), body={"a": 1})
    with pytest.raises(ValueError, match="names a table"):
        Act("a", "x", body={"table": "cpl_entry", "row": {}})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("columns", "error"),
    [
        ({"weight": "heavy"}, ValidationError),
        ({"day": "31/02/2022"}, ValidationError),
        ({"extra": {"a": 1.5}}, TypeError),
        ({"seen": datetime(2026, 1, 1)}, TypeError),  # noqa: DTZ001
    ],
)
@pytest.mark.filterwarnings("ignore:DateTimeField")
def test_what_has_no_one_form_is_refused(columns: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        make_fact(1, **columns)
    assert journal.head()[0] == 0


@pytest.mark.django_db
def test_nothing_to_write_writes_nothing() -> None:
    assert write() == []
    assert journal.head() == (0, GENESIS)


@pytest.mark.django_db(transaction=True)
def test_many_who_write_at_once_get_serials_without_gaps() -> None:
    barrier = threading.Barrier(THREADS)
    errors: list[Exception] = []

    def work(who: int) -> None:
        barrier.wait(20)
        try:
            for n in range(ACTS):
                make_note(make_fact(who * 1000 + n))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(who,)) for who in range(THREADS)]
    for thread in threads:
        thread.start()
    found = list(differences())
    for thread in threads:
        thread.join(120)
    assert errors == []
    assert found == [], "a register that grows was taken for one that was changed"
    serials = list(Record.objects.values_list("serial", flat=True))
    assert serials == list(range(1, 2 * THREADS * ACTS + 1))
    assert list(differences()) == []


@pytest.mark.django_db(transaction=True)
def test_whoever_holds_the_lock_is_waited_for() -> None:
    done = threading.Event()

    def work() -> None:
        make_fact(1)
        done.set()
        connection.close()

    with transaction.atomic():
        journal.lock()
        thread = threading.Thread(target=work)
        thread.start()
        assert not done.wait(0.5)
        write(Act("first", "x"))
    thread.join(30)
    assert list(Record.objects.values_list("act", flat=True)) == ["first", "fact.made"]


@pytest.mark.django_db
def test_time_is_kept_in_utc_to_the_microsecond() -> None:
    at = datetime(2026, 7, 1, 0, 30, tzinfo=ZoneInfo("Europe/London")) + timedelta(microseconds=1)
    with transaction.atomic():
        (written,) = journal.append([Act("a", "x")], actor=None, at=at)
    kept = Record.objects.get()
    assert kept.at == datetime(2026, 6, 30, 23, 30, 0, 1, tzinfo=UTC)
    assert journal.digest_of(kept) == written.digest
