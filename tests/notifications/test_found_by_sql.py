"""What the database finds is what reading every row finds, on registers made by chance."""

import random
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpl.models import Certificate, Entry, ManufacturerIdentifier, Party
from notifications import audiences, planning, sending
from notifications.due import last_dates
from notifications.models import Audience, FurtherMilestone, Run
from tests.cast import MAKER_CODE, make_party
from tests.make import HUB, PPMID
from tests.notifications import plain
from tests.notifications.making import LONG_AGO, TWELVE, Made, make_import, noon, run

pytestmark = pytest.mark.django_db
FIRST, DAYS = date(2026, 1, 1), 450
A_DAY = timedelta(days=1)


def some_day(chance: random.Random) -> date:
    return FIRST + chance.randint(0, DAYS) * A_DAY


def add_an_entry(made: Made, number: int, chance: random.Random) -> Entry:
    changes = {} if chance.random() < 0.7 else {"device_type": chance.choice([HUB, PPMID, "Something New"])}
    if chance.random() < 0.1:
        changes |= {"technical_specification": "SMETS V1.2", "gbcs_version": "GBCS Version 0.0"}
    if chance.random() < 0.2:
        changes |= {"admitted_on": some_day(chance)}
    return made.entry(number, on=some_day(chance) if chance.random() < 0.5 else LONG_AGO, **changes)


def something_happens(made: Made, entries: list[Entry], certificates: list[Certificate], chance) -> None:
    """Coverage, a withdrawal, a date put right, a removal decided before it takes effect."""
    what = chance.choice(["covers"] * 6 + ["dated"] * 2 + ["withdrawn", "removed"])
    on, certificate, entry = some_day(chance), chance.choice(certificates), chance.choice(entries)
    if what == "covers":
        made.covers(certificate, entry, on=on)
    elif what == "removed" and not hasattr(entry, "gone"):
        made.removed(entry, on=on, decided=on - chance.choice([0, 10, 100]) * A_DAY)
        entry.gone = True  # type: ignore[attr-defined]
    elif what == "dated":
        made.happens(certificate, what, on=on, to=some_day(chance) + 300 * A_DAY)
    elif what == "withdrawn" and chance.random() < 0.3:
        made.happens(certificate, what, on=on)


def make_a_register(made: Made, chance: random.Random) -> None:
    certificates = [made.certificate(f"99{number:02}", some_day(chance) + 200 * A_DAY) for number in range(8)]
    entries: list[Entry] = []
    for number in range(1, 11):
        made.brought = make_import(some_day(chance) + number * A_DAY) if chance.random() < 0.2 else None
        entries.append(add_an_entry(made, number, chance))
        made.covers(chance.choice(certificates), entries[-1], on=LONG_AGO)
    made.brought = None
    for _ in range(30):
        something_happens(made, entries, certificates, chance)


@pytest.mark.parametrize("seed", range(3))
def test_it_is_what_reading_every_row_finds(made: Made, seed: int, settings) -> None:
    settings.NOTICE_LIMIT = 100_000
    chance = random.Random(seed)  # noqa: S311
    make_a_register(made, chance)
    make_party("Harbour Energy Supply Ltd", Party.Category.LARGE_SUPPLIER, email="notices@harbour.example")
    found = looked_at_all = 0
    day = FIRST
    while day < FIRST + DAYS * A_DAY:
        expected = plain.owed(day)
        planned = planning.plan(day, audiences.rows("certificate"))
        assert sorted(planned.notices, key=repr) == sorted(expected, key=repr), day
        outcome = run(day)
        assert outcome.notices == planned.notices
        assert plain.owed(day) == []
        found += len(expected)
        looked_at_all += planned.looked_at_all
        day += chance.choice([1, 3, 6, 10, 40]) * A_DAY
        if chance.random() < 0.15:
            somebody_else_is_concerned(chance, day)
    assert found > 50
    # Both ways of looking were compared.
    assert 0 < looked_at_all < Run.objects.count()


def somebody_else_is_concerned(chance: random.Random, day: date) -> None:
    what = chance.choice(["joins", "holds", "audience", "leaves", "milestone"])
    if what == "joins":
        make_party(f"Party {day}", Party.Category.SMALL_SUPPLIER, email=f"notices@p{day}.example")
    elif what == "holds":
        ManufacturerIdentifier.objects.filter(code=MAKER_CODE).update(held_from=day)
    elif what == "audience":
        who = chance.choice(Audience.Who.values)
        Audience.objects.get_or_create(kind="certificate", acts="", who=who)
    elif what == "leaves":
        Party.objects.filter(category=Party.Category.SMALL_SUPPLIER).update(active=chance.random() < 0.5)
    else:
        FurtherMilestone.objects.get_or_create(
            months=chance.choice([1, 3, 9, 18]), defaults={"added_on": day}
        )


def test_months_counted_back_never_cross() -> None:
    """So the last date that has reached a milestone says of every date whether it has."""
    for offset in range(0, 146_097, 11):
        on = date(2001, 1, 1) + offset * A_DAY
        for months, last in last_dates(on, (12, 6, 1, 25)).items():
            near = [last + day * A_DAY for day in range(-3, 4)]
            reached = [plain.reached(one, on, (months,)) != () for one in near]
            assert reached == [True] * 4 + [False] * 3, (on, months)


def test_a_day_on_which_nothing_new_is_owed_is_found_without_reading_what_was_told(made: Made) -> None:
    for number in range(1, 40):
        made.carried(number)
    run(TWELVE)
    with CaptureQueriesContext(connection) as queries:
        planned = planning.plan(TWELVE + A_DAY, audiences.rows("certificate"))
    assert (planned.notices, planned.looked_at_all, len(queries) <= 14) == ((), False, True)


def test_everything_is_looked_at_again_once_a_week(made: Made) -> None:
    made.carried()
    run(TWELVE)
    week = [planning.plan(TWELVE + n * A_DAY, audiences.rows("certificate")).looked_at_all for n in range(9)]
    assert week == [False] * 7 + [True] * 2


def test_a_run_that_wrote_nothing_is_no_ground_to_skip_what_others_were_told(made: Made) -> None:
    made.carried()
    run(TWELVE)
    Run.objects.create(on=TWELVE, started_at=noon(TWELVE), state="cut_short")
    assert not planning.plan(TWELVE + A_DAY, audiences.rows("certificate")).looked_at_all
    make_party("Lantern Energy Ltd", Party.Category.SMALL_SUPPLIER, email="notices@lantern.example")
    assert planning.plan(TWELVE + A_DAY, audiences.rows("certificate")).looked_at_all
    outcome = sending.run(TWELVE + A_DAY, noon(TWELVE + A_DAY), dry_run=True)
    assert [(one.state.value, one.reason.value) for one in outcome.notices] == [("late", "recipient_later")]
