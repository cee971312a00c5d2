"""The proof says what the ledger has, and what it should have and has not."""

import csv
from collections import Counter
from datetime import date, timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpl.models import Certificate, Party
from notifications import proof
from notifications.models import Message, Notice
from notifications.proof import HEADERS, Outcome, Scope, days, ledger, lines, summary, unwritten
from tests.cast import make_party, make_user, party_of, sign_in
from tests.notifications.making import ENDS, SIX, TWELVE, Made, make_import, run

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PAGE = "admin:notifications_notice_proof"


@pytest.fixture(autouse=True)
def without_second_factor(settings) -> None:
    settings.STAFF_MFA = False


def found(scope: Scope = Scope(), on: date = TWELVE) -> list[proof.Unwritten]:  # noqa: B008
    """What was or is owed, and the ledger does not have."""
    return [one for one in unwritten(scope, on) if one.is_omitted]


def fates(on: date, scope: Scope = Scope()) -> Counter[tuple[int, str, str]]:  # noqa: B008
    """How many notices are not in the ledger, by months before, outcome and why."""
    return Counter((one.milestone, one.outcome.value, one.why) for one in unwritten(scope, on))


def test_after_a_run_nothing_is_outstanding(made: Made, supplier: User) -> None:
    for number in range(1, 4):
        made.carried(number)
    run(TWELVE)
    assert found() == []
    said = summary(Scope())
    assert (said.states, said.deliveries, said.undelivered) == ({"due": 9}, {"sent": 9}, 0)


def test_without_a_run_every_recipient_is_outstanding(made: Made, supplier: User) -> None:
    made.carried()
    assert len(found(on=TWELVE - DAY)) == 0
    assert {(one.milestone, one.due_on, one.why) for one in found()} == {
        (12, TWELVE, "Due that day, and not told.")
    }
    assert len(found()) == 3
    assert {one.why for one in found(on=TWELVE + DAY)} == {
        "To be told since 31 August 2026, and not told by 1 September 2026."
    }


def test_a_notice_that_vanished_from_the_ledger_is_found(made: Made, supplier: User) -> None:
    made.carried()
    party = party_of(supplier)
    party.active = False
    party.save()
    run(TWELVE)
    party.active = True
    party.save()
    (one,) = found()
    assert one.to == proof._as_told(party)


def test_a_date_that_passed_without_anybody_told_is_found_for_each_recipient(
    made: Made, supplier: User
) -> None:
    made.carried()
    run(TWELVE - DAY)
    never = found(on=ENDS + DAY)
    since = "No run took place between 30 August 2026 and 1 September 2027."
    assert Counter((one.milestone, one.outcome, one.why) for one in never) == {
        (12, Outcome.NEVER_TOLD, f"{since} The date, 31 August 2027, passed."): 3,
        (6, Outcome.NEVER_TOLD, f"{since} The date, 31 August 2027, passed."): 3,
    }
    assert len({one.to for one in never}) == 3
    assert len(found(Scope(party=party_of(supplier)), ENDS + DAY)) == 2


def test_one_recipient_of_whom_the_ledger_tells_nothing_is_found_after_the_date(
    made: Made, supplier: User
) -> None:
    made.carried()
    run(TWELVE)
    late = make_party("Lantern Energy Ltd", Party.Category.SMALL_SUPPLIER, email="notices@lantern.example")
    assert {(one.milestone, one.to) for one in found(on=ENDS + DAY)} >= {
        (12, proof._as_told(late)),
        (6, proof._as_told(late)),
    }


def test_a_date_that_passed_with_all_told_is_not(made: Made) -> None:
    made.carried()
    run(TWELVE)
    run(SIX)
    assert found(on=ENDS + 100 * DAY) == []


def test_what_this_register_did_not_have_then_is_nobodys_omission(made: Made) -> None:
    """A list of long ago that is brought today names certificates whose dates are past."""
    made.brought = make_import(issued_on=TWELVE)
    made.carried(on=ENDS + 10 * DAY)
    assert found(on=ENDS + 20 * DAY) == []


def test_a_renewed_certificate_leaves_nothing_outstanding(made: Made) -> None:
    entry = made.carried()
    made.covers(made.certificate("8801", ENDS + 2000 * DAY, on=TWELVE - DAY), entry, on=TWELVE - DAY)
    assert found() == found(on=ENDS + DAY) == []


def test_it_is_about_one_certificate_one_party_or_one_period(made: Made, supplier: User) -> None:
    made.carried(1)
    made.carried(2)
    one = Certificate.objects.get(identifier="7701")
    assert {row.certificate for row in found(Scope(one))} == {one.pk}
    assert len(found(Scope(party=party_of(supplier)))) == 2
    assert found(Scope(since=TWELVE + DAY), TWELVE + 5 * DAY) == []
    assert found(Scope(until=TWELVE - DAY), TWELVE + 5 * DAY) == []
    run(TWELVE)
    assert summary(Scope(one)).total == 3
    assert summary(Scope(party=party_of(supplier))).total == 2
    assert summary(Scope(since=TWELVE, until=TWELVE)).total == 6
    assert summary(Scope(since=TWELVE + DAY)).total == 0


def test_what_was_told_too_late_belongs_to_both_periods(made: Made) -> None:
    made.carried()
    run(SIX)
    assert {row.milestone for row in ledger(Scope(until=TWELVE))} == {12}
    assert {row.milestone for row in ledger(Scope(since=SIX))} == {12, 6}


def test_a_failed_message_is_no_notice_told(made: Made) -> None:
    made.carried()
    run(TWELVE)
    Message.objects.filter(pk=Message.objects.all()[0].pk).update(state="failed", sent_at=None)
    assert summary(Scope()).undelivered == 1


def test_days_without_a_run_are_named_in_stretches(made: Made) -> None:
    for day in (1, 2, 5):
        run(TWELVE + day * DAY)
    told = days(TWELVE, TWELVE + 9 * DAY, TWELVE + 7 * DAY)
    assert [row.on for row in told.runs] == [TWELVE + day * DAY for day in (1, 2, 5)]
    assert told.without == (
        (TWELVE, TWELVE),
        (TWELVE + 3 * DAY, TWELVE + 4 * DAY),
        (TWELVE + 6 * DAY, TWELVE + 7 * DAY),
    )


def test_each_line_has_the_message_and_what_the_mail_server_said(made: Made) -> None:
    made.carried()
    run(SIX)
    rows = [dict(zip(HEADERS, line, strict=True)) for line in lines(Scope())]
    missed, told = rows[0], rows[-1]
    assert (missed["State"], missed["Delivery"], missed["Message-ID"]) == ("Missed", "Not sent", "")
    assert missed["Reason"]
    assert (told["State"], told["Delivery"], told["Attempts"]) == ("Due", "Sent", 1)
    assert str(told["Message-ID"]).startswith("<")
    assert str(told["Sent at"]).startswith("2027-02-28T12:00:0")


def test_the_number_of_queries_does_not_grow_with_the_ledger(made: Made) -> None:
    made.carried(1)
    run(TWELVE)
    with CaptureQueriesContext(connection) as few:
        list(lines(Scope()))
        found()
    for number in range(2, 20):
        made.carried(number)
    run(TWELVE)
    with CaptureQueriesContext(connection) as many:
        assert len(list(lines(Scope()))) == 38
        found()
    assert len(many) == len(few)


def page(user: User, query: str = "") -> str:
    answer = sign_in(user).get(reverse(PAGE) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_officer_and_an_auditor_see_that_nothing_is_outstanding(made: Made, officer: User) -> None:
    made.carried()
    run(TWELVE)
    for user in (officer, make_user("auditor@panel.example", "Auditor")):
        shown = page(user, f"?certificate=7701&until={TWELVE}")
        assert "Nothing is outstanding" in shown
        assert "Message-ID" in shown


def test_what_was_sent_in_test_mode_was_told_to_nobody(made: Made, officer: User, settings) -> None:
    settings.NOTICE_DIVERT_TO = "tests@panel.example"
    made.carried()
    run(TWELVE)
    settings.NOTICE_DIVERT_TO = ""
    assert summary(Scope()).diverted == 2
    shown = page(officer, f"?until={TWELVE}")
    assert "2 notices were sent in test mode" in shown
    assert "each message was accepted" not in shown


def test_what_is_outstanding_stands_on_top(made: Made, officer: User) -> None:
    made.carried()
    shown = page(officer, f"?until={TWELVE}")
    assert "Nothing is outstanding" not in shown
    assert "2 notices are outstanding" in shown
    assert "000001" in shown


def test_the_file_has_the_ledger_and_what_is_missing_from_it(made: Made, officer: User) -> None:
    made.carried(1)
    run(TWELVE)
    made.carried(2)
    answer = sign_in(officer).get(reverse(PAGE) + f"?until={TWELVE}&as=csv")
    rows = list(csv.DictReader(StringIO(b"".join(answer).decode())))
    assert [row["State"] for row in rows] == ["Due", "Due", "Outstanding", "Outstanding"]
    assert "attachment" in answer["Content-Disposition"]


def test_a_formula_for_a_name_stays_text(made: Made, officer: User) -> None:
    make_party("=cmd()", Party.Category.LARGE_SUPPLIER, email="notices@formula.example")
    made.carried()
    run(TWELVE)
    answer = sign_in(officer).get(reverse(PAGE) + "?as=csv")
    assert b"'=cmd()" in b"".join(answer)


@pytest.mark.parametrize("query", ["?certificate=none-such", "?since=yesterday", "?party=x", "?party=999999"])
def test_nonsense_is_answered_with_what_to_write(made: Made, officer: User, query: str) -> None:
    assert "errorlist" in page(officer, query)


def test_nobody_else_sees_it(made: Made, maker: User) -> None:
    for user in (maker, make_user("publisher@panel.example", "Publisher")):
        assert sign_in(user).get(reverse(PAGE)).status_code in (302, 403)


def test_the_proof_writes_nothing(made: Made, officer: User) -> None:
    made.carried()
    page(officer)
    assert not Notice.objects.exists()
