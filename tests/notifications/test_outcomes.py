"""Each entry, certificate, date, milestone and recipient has one outcome in the proof, and a reason."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpl.models import Certificate, Coverage, Party
from notifications import audiences
from notifications.audiences import Directory
from notifications.due import reached
from notifications.models import Audience, Notice
from notifications.proof import Scope, unwritten
from notifications.terms import Fate, Since, Term
from notifications.terms import fates as fates_of
from notifications.then import Then
from tests.cast import make_party, party_of
from tests.notifications import plain
from tests.notifications.making import ENDS, LONG_AGO, SIX, TWELVE, Made, make_import, record, run

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
AFTER = ENDS + 10 * DAY


def outcomes(on: date, scope: Scope = Scope()) -> Counter[tuple[int, str, str]]:  # noqa: B008
    """Of what the ledger does not have, about the certificate 7701: months before, outcome, why."""
    its = Certificate.objects.get(identifier="7701").pk
    rows = unwritten(scope, on)
    return Counter((one.milestone, one.outcome.value, one.why) for one in rows if one.certificate == its)


def renewed(made: Made, on: date) -> None:
    made.covers(made.certificate("8801", ENDS + 2000 * DAY, on=on), made.carried(), on=on)


def test_a_renewal_before_the_first_milestone_stops_both(made: Made) -> None:
    renewed(made, TWELVE - DAY)
    why = "Renewed on 30 August 2026: CPA [E] 8801 carries the entry, until 20 February 2033."
    assert outcomes(TWELVE) == {(12, "stopped", why): 2, (6, "stopped", why): 2}


def test_a_renewal_on_the_day_of_the_milestone_stops_it(made: Made) -> None:
    renewed(made, TWELVE)
    assert {fate for _, fate, _ in outcomes(AFTER)} == {"stopped"}


def test_a_renewal_the_day_after_the_milestone_leaves_it_told(made: Made) -> None:
    renewed(made, TWELVE + DAY)
    run(TWELVE)
    assert {(months, fate) for months, fate, _ in outcomes(AFTER)} == {(6, "stopped")}
    assert Notice.objects.count() == 2


def test_without_a_run_between_milestone_and_renewal_it_was_never_told(made: Made) -> None:
    renewed(made, TWELVE + 5 * DAY)
    run(TWELVE - DAY)
    why = (
        "No run took place between 30 August 2026 and 5 September 2026. "
        "Renewed on 5 September 2026: CPA [E] 8801 carries the entry, until 20 February 2033."
    )
    assert outcomes(AFTER)[12, "never_told", why] == 2


def test_what_an_outage_delayed_says_so_in_the_ledger(made: Made) -> None:
    made.carried()
    run(TWELVE - DAY)
    run(TWELVE + 90 * DAY)
    why = "No run took place between 30 August 2026 and 29 November 2026."
    assert set(Notice.objects.values_list("state", "reason")) == {("due", why)}


def test_a_removal_stops_it(made: Made) -> None:
    made.removed(made.carried(), on=TWELVE - DAY)
    assert {why for *_, why in outcomes(TWELVE)} == {"The entry was removed on 30 August 2026."}


@pytest.mark.parametrize(
    ("what", "to", "why"),
    [
        ("withdrawn", None, "The certificate was withdrawn on 30 August 2026."),
        ("cancelled", None, "The certificate was cancelled on 30 August 2026."),
        (
            "dated",
            ENDS + 400 * DAY,
            "The date was changed to 4 October 2028 on 30 August 2026: notices start afresh from it.",
        ),
    ],
)
def test_what_happens_to_a_certificate_stops_its_notices(
    made: Made, what: str, to: date | None, why: str
) -> None:
    made.carried()
    made.happens(Certificate.objects.get(), what, on=TWELVE - DAY, to=to)
    found = {one.why for one in unwritten(Scope(), TWELVE) if one.date == ENDS}
    assert found == {why}


def test_what_a_list_brought_after_its_date_is_before_this_register(made: Made) -> None:
    made.brought = make_import(issued_on=TWELVE + DAY)
    entry, certificate = made.entry(on=AFTER), made.certificate(on=AFTER)
    row = Coverage(
        entry=entry, certificate=certificate, scheme="CPA", identifier_shown="[E] 7701", version_shown="1.3",
        date_shown=ENDS, covers_from=TWELVE, brought_by=made.brought,
    )  # fmt: skip
    record(row, AFTER)
    why = "The list that brought the row was issued on 1 September 2026, and came here on 10 September 2027."
    assert outcomes(AFTER) == {(12, "before_register", why): 1, (6, "before_register", why): 1}


def test_an_older_milestone_than_the_nearest_was_overtaken_by_what_came_late(made: Made) -> None:
    made.carried(on=SIX + DAY)
    found = {(one.milestone, one.outcome.value) for one in unwritten(Scope(), SIX + DAY)}
    assert found == {(12, "overtaken"), (6, "outstanding")}
    assert {(months, fate) for months, fate, _ in outcomes(AFTER)} == {(12, "overtaken"), (6, "never_told")}


def gone(term: Term) -> list[tuple[int, Fate]]:
    return [(one.months, one.fate) for one in fates_of(term, (12, 6))]


@pytest.mark.parametrize(
    ("known", "stop", "expected"),
    [
        (Since(LONG_AGO), ENDS + DAY, ["never_told", "never_told"]),
        (Since(LONG_AGO), SIX, ["never_told", "stopped"]),
        (Since(LONG_AGO), SIX + DAY, ["never_told", "never_told"]),
        (Since(TWELVE), ENDS + DAY, ["never_told", "never_told"]),
        (Since(TWELVE + DAY), ENDS + DAY, ["never_told", "never_told"]),
        (Since(SIX), ENDS + DAY, ["overtaken", "never_told"]),
        (Since(ENDS + DAY), ENDS + DAY, ["stopped", "stopped"]),
        (Since(TWELVE, True, TWELVE), ENDS + DAY, ["never_told", "never_told"]),
        (Since(TWELVE + DAY, True, TWELVE + DAY), ENDS + DAY, ["before_register", "never_told"]),
        (Since(LONG_AGO, True, SIX), ENDS + DAY, ["before_register", "never_told"]),
        (Since(LONG_AGO, True, TWELVE + DAY), ENDS + DAY, ["never_told", "never_told"]),
        (Since(LONG_AGO, True, ENDS + DAY), ENDS + DAY, ["before_register", "before_register"]),
    ],
)
def test_the_fate_of_each_milestone_follows_from_when_it_came_and_stopped(
    known: Since, stop: date, expected: list[str]
) -> None:
    assert [fate for _, fate in gone(Term(1, ENDS, known, stop, "why"))] == expected


def test_every_notice_that_was_ever_owed_has_exactly_one_outcome(made: Made, supplier: User) -> None:
    for number in range(1, 4):
        made.carried(number)
    shared = made.certificate("8801", ENDS + 40 * DAY)
    for number in (4, 5, 6):
        made.covers(shared, made.entry(number))
    made.covers(shared, made.entry(7, on=SIX + 5 * DAY), on=SIX + 5 * DAY)
    made.removed(made.carried(8), on=TWELVE + 40 * DAY)
    made.covers(made.certificate("8802", ENDS + 500 * DAY), made.carried(9), on=SIX - DAY)
    dated = made.certificate("8803", ENDS)
    made.covers(dated, made.entry(10))
    made.happens(dated, "dated", on=TWELVE + 3 * DAY, to=ENDS + 60 * DAY)
    made.happens(dated, "dated", on=TWELVE + 20 * DAY, to=ENDS)
    made.happens(made.certificate("8804"), "withdrawn", on=SIX)
    # An outage over the first milestone, and one over much of the second.
    days = [TWELVE + number * DAY for number in (-1, 10, 25, 100, 190, 230, 300)]
    ever: set[tuple[int, int, date, int, str]] = set()
    directory = Directory(audiences.rows(Audience.Kind.CERTIFICATE), TWELVE)
    day = TWELVE - DAY
    while day <= ENDS + 70 * DAY:
        if day in days:
            run(day)
        for fact in plain.carried(day, directory):
            ever |= {
                (fact.entry, fact.certificate, fact.date, one.months, to.key)
                for one in reached(fact.date, day)
                for to in fact.recipients
            }
        day += 4 * DAY if day > TWELVE + 40 * DAY else DAY
    rows = Notice.objects.select_related("recipient")
    ledger = [(r.entry_id, r.certificate_id, r.date, r.milestone, r.recipient.to.key) for r in rows]
    beside = [
        (one.entry, one.certificate, one.date, one.milestone, one.to.key if one.to else "")
        for one in unwritten(Scope(), ENDS + 600 * DAY)
    ]
    assert max(Counter([*ledger, *beside]).values()) == 1
    assert ever <= {*ledger, *beside}
    assert ever - set(ledger)


def test_who_was_concerned_then_is_read_from_the_histories(made: Made, supplier: User) -> None:
    then = Then(Audience.Kind.CERTIFICATE)
    party = party_of(supplier)
    today = then.directory(ENDS)
    assert party.pk in today.parties["suppliers"]
    assert today.makers == {"7A01": [party_of(made.maker).pk]}
    party.active = False
    party.save()
    record = party.history.first()
    assert record.history_type == "~"
    tomorrow = record.history_date.date() + DAY
    again = Then(Audience.Kind.CERTIFICATE)
    assert party.pk not in again.directory(tomorrow).parties["suppliers"]
    # The history begins that day: what was before is as on its first day.
    assert again.directory(LONG_AGO).digest() == again.directory(record.history_date.date()).digest()


def test_what_concerns_nobody_is_outstanding_until_somebody_is_told(made: Made, supplier: User) -> None:
    made.brought, made.contact = make_import(), ""
    made.carried(manufacturer="9999")
    Audience.objects.filter(who="suppliers").delete()
    (one,) = unwritten(Scope(), TWELVE)
    assert (one.milestone, one.outcome, one.to, one.is_omitted) == (12, "outstanding", None, True)
    assert "concerns nobody" in one.why
    Audience.objects.create(kind="certificate", who="suppliers")
    run(TWELVE)
    assert list(unwritten(Scope(), TWELVE)) == []
    Audience.objects.filter(who="suppliers").delete()
    assert [row.outcome for row in unwritten(Scope(), TWELVE) if row.is_omitted] == []


def test_it_asks_no_more_of_a_longer_list(made: Made) -> None:
    renewed(made, TWELVE - DAY)
    with CaptureQueriesContext(connection) as few:
        assert len(list(unwritten(Scope(), AFTER))) == 4
    for number in range(2, 20):
        made.removed(made.carried(number), on=TWELVE - number * DAY)
    with CaptureQueriesContext(connection) as many:
        assert len(list(unwritten(Scope(), AFTER))) == 4 * 19
    assert len(many) == len(few) <= 25


def test_a_period_has_the_milestones_that_fall_into_it(made: Made) -> None:
    made.carried()
    for since, until, months in (
        (TWELVE, SIX, {12, 6}),
        (TWELVE + DAY, SIX, {6}),
        (TWELVE, SIX - DAY, {12}),
        (TWELVE, TWELVE, {12}),
        (SIX + DAY, ENDS, set()),
    ):
        rows = unwritten(Scope(since=since, until=until), AFTER)
        assert {one.milestone for one in rows} == months


def test_a_party_sees_its_own_alone(made: Made) -> None:
    made.carried()
    other = make_party("Lantern Energy Ltd", Party.Category.SMALL_SUPPLIER, email="notices@lantern.example")
    assert {one.to.key for one in unwritten(Scope(party=other), AFTER) if one.to} == {str(other.pk)}
