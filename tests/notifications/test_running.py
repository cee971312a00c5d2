"""A run over the register: who is told of what, and what is never told twice."""

import json
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cpl.candidates import candidates
from cpl.models import DateKind, ManufacturerIdentifier, Party
from notifications import facts, planning, proof, sending
from notifications.audiences import NobodyToTell
from notifications.models import Audience, Letter, Message, Notice, Recipient, Run
from tests.cast import make_party, party_of
from tests.make import HUB, PPMID
from tests.notifications.making import ENDS, LONG_AGO, SIX, TWELVE, Made, make_import, noon, run

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CONTACT = "certificates@tidewater.example"
# Statements, those that begin and end transactions with them.
FOR_A_RUN, FOR_A_MESSAGE = 32, 18


def told() -> list[tuple[int, str, str]]:
    """What stands in the ledger: milestone, recipient, state."""
    rows = Notice.objects.order_by("milestone", "pk").select_related("recipient")
    return [(row.milestone, str(row.recipient), row.state) for row in rows]


def states() -> set[tuple[int, str]]:
    return {(milestone, state) for milestone, _, state in told()}


def readers() -> set[str]:
    return {address for message in mail.outbox for address in message.to}


def test_a_meter_concerns_suppliers_its_manufacturer_and_submitter_and_the_cpa_contact(
    made: Made, supplier: User, dcc: User, rival: User
) -> None:
    made.carried()
    run(TWELVE)
    assert readers() == {"notices@tidewater.example", "notices@harbour.example", CONTACT}


def test_a_hub_concerns_the_dcc_and_no_supplier(made: Made, supplier: User, dcc: User) -> None:
    made.carried(device_type=HUB)
    run(TWELVE)
    assert readers() == {"notices@tidewater.example", "notices@dcc.example", CONTACT}


def test_a_device_type_that_nobody_knows_concerns_both(made: Made, supplier: User, dcc: User) -> None:
    made.carried(device_type="Something New")
    run(TWELVE)
    assert {"notices@dcc.example", "notices@harbour.example"} <= readers()


def test_the_manufacturer_is_who_holds_the_identifier_on_that_day(made: Made, rival: User) -> None:
    made.brought = make_import()
    made.carried()
    held = ManufacturerIdentifier.objects.get(party=party_of(made.maker))
    held.party = party_of(rival)
    held.held_from = TWELVE + DAY
    held.save()
    run(TWELVE)
    assert readers() == set()
    run(TWELVE + DAY)
    assert readers() == {"notices@northlight.example"}


def test_who_is_told_is_a_row_that_staff_can_change(made: Made, dcc: User) -> None:
    made.carried()
    Audience.objects.filter(kind="certificate").delete()
    Audience.objects.create(kind="certificate", who="dcc")
    run(TWELVE)
    assert readers() == {"notices@dcc.example"}


def test_a_table_without_audiences_stops_the_run_rather_than_telling_nobody(made: Made) -> None:
    Audience.objects.filter(kind="certificate").delete()
    with pytest.raises(NobodyToTell, match="nobody will be told"):
        run(TWELVE)
    assert Run.objects.get().ended_at is None


def test_nothing_is_told_on_the_day_before_a_milestone(made: Made) -> None:
    made.carried()
    run(TWELVE - DAY)
    assert (told(), mail.outbox) == ([], [])


@pytest.mark.parametrize("after", [0, 1, 40])
def test_a_milestone_is_told_on_its_day_or_the_next_run(made: Made, after: int) -> None:
    made.carried()
    run(TWELVE + after * DAY)
    assert states() == {(12, "due")}


def test_running_twice_tells_nothing_more(made: Made, supplier: User) -> None:
    made.carried()
    run(TWELVE)
    before = (told(), len(mail.outbox))
    run(TWELVE)
    run(TWELVE + DAY)
    assert (told(), len(mail.outbox)) == before
    assert [row.due for row in Run.objects.order_by("pk")] == [3, 0, 0]


def test_twelve_and_then_six_months_are_told(made: Made) -> None:
    made.carried()
    run(TWELVE)
    run(SIX)
    assert states() == {(12, "due"), (6, "due")}


def test_one_message_tells_a_recipient_of_many_entries(made: Made, supplier: User) -> None:
    for number in range(1, 6):
        made.carried(number)
    run(TWELVE)
    assert len(mail.outbox) == 3
    assert Notice.objects.count() == 15
    assert "5 certificates need attention by 31 August 2027 (5 entries)" in mail.outbox[0].subject


def test_a_missed_milestone_stands_in_the_ledger_without_a_message(made: Made) -> None:
    made.carried()
    run(SIX)
    assert states() == {(12, "missed"), (6, "due")}
    assert set(Notice.objects.filter(milestone=12).values_list("message", flat=True)) == {None}


def test_an_entry_that_comes_inside_a_window_is_told_late(made: Made) -> None:
    came = SIX + 10 * DAY
    made.carried(on=came)
    run(came)
    assert states() == {(12, "overtaken"), (6, "late")}
    assert "It comes late: its day was 28 February 2027, and the entry" in mail.outbox[0].body


def test_a_model_added_to_a_certificate_late_is_told_of_its_own_accord(made: Made) -> None:
    certificate = made.certificate()
    made.covers(certificate, made.entry(1))
    run(TWELVE)
    made.covers(certificate, made.entry(2, on=TWELVE + DAY), on=TWELVE + DAY)
    run(TWELVE + DAY)
    assert set(Notice.objects.values_list("entry", "state")) == {(1, "due"), (2, "late")}


@pytest.mark.parametrize(
    ("covers_from", "known", "state"),
    [
        (TWELVE + DAY, noon(LONG_AGO), "late"),
        (LONG_AGO, noon(TWELVE + DAY), "late"),
        # Within British Summer Time midnight is at 23:00 by the clock of the record.
        (TWELVE, noon(TWELVE) + timedelta(hours=10, minutes=30), "due"),
        (TWELVE, noon(TWELVE) + timedelta(hours=11, minutes=30), "late"),
    ],
)
def test_what_is_ours_counts_from_when_it_held_and_was_known_in_london(
    made: Made, covers_from: date, known: datetime, state: str
) -> None:
    made.covers(made.certificate(), made.entry(), on=covers_from, at=known)
    run(TWELVE + DAY)
    assert states() == {(12, state)}


def test_a_party_that_joins_is_told_late_of_what_the_others_know(made: Made, supplier: User) -> None:
    made.carried()
    run(TWELVE)
    make_party("Lantern Energy Ltd", Party.Category.SMALL_SUPPLIER, email="notices@lantern.example")
    run(TWELVE + DAY)
    assert (12, "Lantern Energy Ltd", "late") in told()
    assert len(mail.outbox) == 4


@pytest.mark.parametrize(("first", "then"), [(TWELVE, TWELVE), (SIX, ENDS)])
def test_at_both_ends_of_the_window_a_full_look_knows_what_was_told(
    made: Made, first: date, then: date
) -> None:
    made.carried()
    run(first)
    before = told()
    make_party("Lantern Energy Ltd", Party.Category.SMALL_SUPPLIER, email="notices@lantern.example")
    outcome = run(then)
    assert outcome.plan.looked_at_all
    assert {recipient for _, recipient, _ in {*told()} - {*before}} == {"Lantern Energy Ltd"}


def test_an_old_list_tells_nothing_of_milestones_from_before_its_issue(made: Made) -> None:
    made.brought = make_import(issued_on=TWELVE + DAY)
    made.carried()
    run(TWELVE + DAY)
    assert states() == {(12, "before_register")}
    assert (mail.outbox, Message.objects.count()) == ([], 0)
    run(SIX)
    assert states() == {(12, "before_register"), (6, "due")}


def test_a_milestone_on_the_day_of_the_lists_issue_is_told(made: Made) -> None:
    made.brought = make_import(issued_on=TWELVE)
    made.carried()
    run(TWELVE)
    assert states() == {(12, "due")}


def renewed(made: Made, on: date) -> None:
    """The entry's old certificate ends on ENDS; another carries it from `on`."""
    entry = made.carried()
    made.covers(made.certificate("8801", date(2033, 1, 1), on=on), entry, on=on)


@pytest.mark.parametrize("before", [0, 1])
def test_a_certificate_renewed_before_or_on_the_day_is_not_told_of(made: Made, before: int) -> None:
    renewed(made, TWELVE - before * DAY)
    run(TWELVE)
    assert told() == []


def test_a_certificate_renewed_the_day_after_was_told_of_and_is_not_again(made: Made) -> None:
    renewed(made, TWELVE + DAY)
    run(TWELVE)
    assert states() == {(12, "due")}
    run(SIX)
    assert states() == {(12, "due")}


def test_a_changed_date_starts_afresh(made: Made) -> None:
    certificate = made.certificate()
    made.covers(certificate, made.entry())
    run(TWELVE)
    later = date(2027, 11, 30)
    made.happens(certificate, "dated", on=TWELVE + DAY, to=later)
    run(date(2026, 11, 29))
    assert Notice.objects.filter(date=later).count() == 0
    run(date(2026, 11, 30))
    assert set(Notice.objects.filter(date=later).values_list("milestone", "state")) == {(12, "due")}


def test_a_date_put_right_to_one_inside_a_window_is_told_late(made: Made) -> None:
    certificate = made.certificate(ends=date(2033, 1, 1))
    made.covers(certificate, made.entry())
    made.happens(certificate, "dated", on=SIX + DAY, to=ENDS)
    run(SIX + DAY)
    assert states() == {(12, "overtaken"), (6, "late")}


@pytest.mark.parametrize("what", ["withdrawn", "cancelled"])
def test_a_certificate_that_has_ended_is_a_candidate_and_no_notice(made: Made, what: str) -> None:
    certificate = made.certificate()
    made.covers(certificate, made.entry())
    made.happens(certificate, what, on=TWELVE - DAY)
    run(TWELVE)
    assert told() == []
    assert [(one.entry_id, one.cause) for one in candidates(TWELVE)] == [(1, what)]


def test_a_removed_entry_is_told_of_until_its_removal_takes_effect(made: Made) -> None:
    entry = made.carried()
    made.removed(entry, on=SIX)
    run(TWELVE)
    assert states() == {(12, "due")}
    run(SIX)
    assert states() == {(12, "due")}


def test_a_removal_that_was_decided_stops_nothing_before_it_takes_effect(made: Made) -> None:
    made.removed(made.carried(), on=SIX, decided=TWELVE - DAY)
    run(TWELVE)
    run(SIX)
    assert states() == {(12, "due")}


def test_a_ppmid_without_dates_is_told_nothing(made: Made) -> None:
    made.covers(made.certificate(ends=None, kind=DateKind.NONE), made.entry(device_type=PPMID))
    run(TWELVE)
    assert told() == []


def test_a_smets1_entry_is_told_nothing(made: Made) -> None:
    made.carried(technical_specification="SMETS V1.2", gbcs_version="GBCS Version 0.0")
    run(TWELVE)
    assert told() == []


def test_a_renewal_date_counts_as_an_expiry_date_does(made: Made) -> None:
    made.covers(made.certificate(kind=DateKind.RENEWS), made.entry())
    run(TWELVE)
    assert states() == {(12, "due")}
    assert "To be renewed by 31 August 2027" in mail.outbox[0].body


def test_a_date_already_past_makes_a_candidate_and_no_notice(made: Made) -> None:
    made.carried()
    assert not candidates(ENDS)
    run(ENDS + DAY)
    assert told() == []
    (one,) = candidates(ENDS + DAY)
    assert (one.entry_id, one.identifier_shown, one.ends_on, one.cause) == (1, "[E] 7701", ENDS, "expired")


def test_a_party_without_an_address_has_its_notice_and_a_failed_message(
    made: Made, supplier: User, settings
) -> None:
    settings.STAND_IN_EMAIL = ""
    party_of(supplier).contacts.all().delete()
    made.carried()
    outcome = run(TWELVE)
    message = Message.objects.get(recipient__party=party_of(supplier))
    assert (message.state, message.last_answer) == ("failed", "no address")
    assert message.notices.get().state == "due"
    assert outcome.run and (outcome.run.due, outcome.run.sent, outcome.run.failed) == (3, 2, 1)


def test_an_erased_contact_is_no_longer_written_to_and_its_notice_stays(made: Made) -> None:
    made.carried()
    run(TWELVE)
    Recipient.objects.filter(email=CONTACT).update(email=None)
    Letter.objects.all().delete()
    assert "a contact whose address was erased" in {recipient for _, recipient, _ in told()}
    mail.outbox.clear()
    # Also where everything is looked at again, and at the next milestone.
    for day in (TWELVE + DAY, TWELVE + 8 * DAY, SIX):
        run(day)
    assert readers() == {"notices@tidewater.example"}
    assert not any(one.is_omitted for one in proof.unwritten(proof.Scope(), SIX))


def test_no_frozen_row_names_a_person(made: Made) -> None:
    made.carried()
    run(TWELVE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notifications_notice")
        assert "@" not in repr(cursor.fetchall())


def test_a_notice_cannot_be_changed_or_deleted(made: Made) -> None:
    made.carried()
    run(TWELVE)
    for change in (lambda: Notice.objects.update(state="late"), lambda: Notice.objects.all()[0].delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_same_notice_cannot_be_written_twice(made: Made) -> None:
    made.carried()
    run(TWELVE)
    notice = Notice.objects.all()[0]
    notice.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        notice.save(force_insert=True)


def test_a_dry_run_writes_and_sends_nothing(made: Made) -> None:
    made.carried()
    outcome = sending.run(TWELVE, noon(TWELVE), dry_run=True)
    assert len(outcome.notices) == 2
    assert outcome.run is None
    for model in (Run, Notice, Message, Letter, Recipient):
        assert not model.objects.exists()
    assert mail.outbox == []


def test_a_run_says_what_it_did(made: Made) -> None:
    made.carried()
    run(TWELVE)
    row = Run.objects.get()
    assert (row.on, row.due, row.sent, row.failed) == (TWELVE, 2, 2, 0)
    assert row.started_at == noon(TWELVE)
    assert row.ended_at and row.ended_at >= row.started_at


def queries(on: date) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        sending.run(on, noon(on), dry_run=True)
    return len(found)


def test_the_number_of_queries_does_not_grow_with_the_list(made: Made) -> None:
    made.carried(1)
    few = queries(TWELVE)
    for number in range(2, 30):
        made.carried(number)
    assert queries(TWELVE) == few <= 16


@pytest.mark.parametrize("recipients", [1, 4])
def test_the_statements_of_a_run_are_a_few_for_each_message_and_none_for_each_notice(
    made: Made, recipients: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With thousands for tens, the bound is seen on a small list."""
    Audience.objects.filter(kind="certificate").exclude(who="suppliers").delete()
    for number in range(recipients):
        make_party(f"Supplier {number}", Party.Category.SMALL_SUPPLIER, email=f"s{number}@supplier.example")
    monkeypatch.setattr(facts, "BLOCK", 10)
    monkeypatch.setattr(planning, "BATCH", 10)
    used = {}
    for entries in (10, 40):
        day = TWELVE + entries * DAY
        for number in range(entries, 2 * entries):
            made.carried(number, on=day)
        with CaptureQueriesContext(connection) as queries:
            outcome = run(day)
        assert outcome.run and outcome.run.sent == entries * recipients
        used[entries] = len(queries)
    # One for each block of entries, and one for each batch of notices.
    assert used[40] - used[10] <= 3 + 3 * recipients
    assert used[10] <= FOR_A_RUN + FOR_A_MESSAGE * recipients + 1 + recipients


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("send_notices", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_what_others_rely_on(made: Made) -> None:
    made.carried()
    rows = json.loads(command("--on", str(SIX), "--dry-run", "--json"))
    contact = f"contact for CPA of {made.maker.memberships.get().party.submissions.order_by('pk')[0]}"
    assert [row["recipient"] for row in rows[:2]] == [contact, "Tidewater Metering Ltd"]
    assert rows[3] == {
        "entry": "000001",
        "certificate": "[E] 7701",
        "date": "2027-08-31",
        "milestone": 6,
        "recipient": "Tidewater Metering Ltd",
        "state": "due",
    }
    assert {(row["milestone"], row["state"]) for row in rows} == {(12, "missed"), (6, "due")}
    assert not Notice.objects.exists()


def test_the_command_sends_and_says_so(made: Made) -> None:
    made.carried()
    said = command("--on", str(TWELVE))
    assert "On 31 August 2026: 2 due." in said
    assert "Sent 2 of 2; 0 not sent." in said
    assert "nothing" in command("--on", str(TWELVE))


def test_the_command_refuses_what_is_no_day() -> None:
    with pytest.raises(CommandError, match="no day"):
        command("--on", "31/08/2026")


def test_nothing_of_the_register_is_told_before_it_holds(made: Made) -> None:
    made.carried(on=LONG_AGO)
    run(LONG_AGO - DAY)
    assert told() == []
