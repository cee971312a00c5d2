import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cpl.models import (
    CertificateEvent,
    Entry,
    FirmwareContact,
    FirmwareInformation,
    ListImport,
    ManufacturerIdentifier,
    UpgradePath,
)
from tests.make import HASH
from tests.public.making import (
    DAY,
    make_coverage,
    make_entry,
    make_import,
    make_removal,
    publish,
    record,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def brought(tables: None) -> ListImport:
    return make_import()


def page(client: Client, number: int = 1, **asked: str) -> str:
    answer = client.get(f"/entries/{number:06d}/", asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_an_entry_shows_every_public_field_as_the_list_writes_it(client: Client, brought: ListImport) -> None:
    ManufacturerIdentifier.objects.create(code="7A01", holder="Tidewater Metering Ltd")
    make_coverage(make_entry(brought, firmware="124074DA"))
    text = page(client)
    colons = ":".join(HASH[i : i + 2] for i in range(0, 64, 2))
    for shown in (
        "Entry 000001", "7A:01", "Tidewater Metering Ltd", "0C:0D", "12:40:74:DA", "SMETS V4.2",
        "GBCS Version 3.2", colons, "Whole image; Dual Band", "[E] 20261101-7701", "expires 1 November 2031",
        "Security Characteristics version 1.3",
    ):  # fmt: skip
        assert shown in text, shown


@pytest.mark.parametrize("written", ["1", "0001", "0000001"])
def test_a_short_number_leads_to_the_six_digits(client: Client, brought: ListImport, written: str) -> None:
    make_entry(brought)
    answer = client.get(f"/entries/{written}/")
    assert (answer.status_code, answer["Location"]) == (301, "/entries/000001/")


@pytest.mark.parametrize("written", ["999999", "abc", "1000000", "-1", "\uff19", "1" * 5000])
def test_an_unknown_entry_is_not_found_and_says_what_to_do(
    client: Client, brought: ListImport, written: str
) -> None:
    answer = client.get(f"/entries/{written}/")
    assert answer.status_code == 404
    assert b"list" in answer.content


def test_an_answer_names_its_verdict_words_row_and_edition(client: Client, brought: ListImport) -> None:
    make_entry(brought, technical_specification="SMETS V2.0", gbcs_version="GBCS Version 1.1")
    text = page(client)
    assert "ended on 27 October 2020" in text
    assert "Decided by edition 1, Single Element Electricity Metering Equipment, SMETS V2.0" in text


def test_an_unknown_date_is_told_as_unknown(client: Client, brought: ListImport) -> None:
    make_entry(brought, technical_specification="SMETS V4.2", gbcs_version="GBCS Version 3.2")
    text = page(client)
    assert '<span class="status unknown">Unknown</span>' in text
    assert "edition 1 does not date" in text


def test_an_answer_can_be_asked_for_another_day(client: Client, brought: ListImport) -> None:
    entry = make_entry(brought)
    make_removal(entry, decision_date=DAY, effective_date=DAY + datetime.timedelta(days=30))
    assert '<span class="status current">Current</span> today, 20 November 2026' in page(client)
    assert "To be removed:" in page(client)
    later = page(client, on="2026-12-20")
    assert '<span class="status removed">Removed</span> on 20 December 2026' in later
    assert "May not be installed on 20 December 2026" in later


def test_an_entry_is_not_current_before_it_was_listed(client: Client, brought: ListImport) -> None:
    make_removal(make_entry(brought, admitted_on=DAY - datetime.timedelta(days=9)))
    before = page(client, on="2026-11-10")
    assert '<span class="status not listed">Not listed</span> on 10 November 2026' in before
    assert "To be removed:" not in before
    assert '<span class="status current">Current</span> on 11 November 2026' in page(client, on="2026-11-11")


def test_before_the_list_that_it_came_with_an_entry_without_a_first_day_is_not_known(
    client: Client, brought: ListImport
) -> None:
    make_entry(brought, admitted_on=None)
    eve = brought.issued_on - datetime.timedelta(days=1)
    assert '<span class="status not known">Not known</span>' in page(client, on=str(eve))
    assert '<span class="status current">Current</span>' in page(client, on=str(brought.issued_on))


@pytest.mark.parametrize("asked", ["yesterday", "2026-02-30", "99999-01-01", "0"])
def test_what_is_no_day_is_said_and_answered_for_today(
    client: Client, brought: ListImport, asked: str
) -> None:
    make_entry(brought)
    assert "is not a day" in page(client, on=asked)


def test_a_removal_gives_ground_dates_and_reference(client: Client, brought: ListImport) -> None:
    make_removal(make_entry(brought))
    text = page(client)
    assert "Loses its clock." in text
    assert "decided 20 November 2026 by Security Sub-Committee, reference SSC minutes 212" in text
    assert "by 20 November 2026" in text


def test_a_removal_whose_dates_nobody_stated_says_so(client: Client, brought: ListImport) -> None:
    make_removal(make_entry(brought), effective_date=None, decision_date=None, decided_by="", reference="")
    assert "on a day that is not stated" in page(client)


def test_replacing_and_replaced_entries_lead_to_each_other(client: Client, brought: ListImport) -> None:
    old = make_entry(brought)
    new = make_entry(brought, replaces=old)
    make_removal(old, other_entry=new)
    assert 'Replaced by <a href="/entries/000002/">entry 000002</a>' in page(client)
    assert 'Replaces <a href="/entries/000001/">entry 000001</a>' in page(client, 2)


def test_upgrade_paths_stand_at_both_ends(client: Client, brought: ListImport) -> None:
    old, new = make_entry(brought), make_entry(brought)
    record(UpgradePath(target=new, source=old, brought_by=brought))
    assert "Its devices may be upgraded to" in page(client)
    assert "May be upgraded to this firmware" in page(client, 2)


def test_the_same_device_under_other_versions_is_named(client: Client, brought: ListImport) -> None:
    make_entry(brought, firmware="0A0B0C0D")
    make_entry(brought, firmware="0A0B0C0D", gbcs_version="GBCS Version 4.0")
    assert "The same device under other versions" in page(client)
    assert "GBCS Version 4.0" in page(client)


def test_firmware_information_links_only_what_a_browser_may_follow(
    client: Client, brought: ListImport
) -> None:
    entry = make_entry(brought)
    for website in ("https://tidewater.example", "javascript:alert(1)"):
        row = FirmwareInformation(
            entry=entry, company="Tidewater & Co", website=website, description="<b>Faster</b>",
            contact_digest="0" * 64, brought_by=brought,
        )  # fmt: skip
        record(row)
        FirmwareContact.objects.create(information=row, city="Leeds")
        text = page(client)
        assert ("href=" + f'"{website}"' in text) == website.startswith("https")
        assert "&lt;b&gt;Faster" in text
        assert "Tidewater &amp; Co" in text


def test_a_certificate_that_was_withdrawn_says_so(client: Client, brought: ListImport) -> None:
    coverage = make_coverage(make_entry(brought))
    record(CertificateEvent(certificate=coverage.certificate, what="withdrawn", on=DAY, brought_by=brought))
    text = page(client)
    assert "Withdrawn 20 November 2026" in text
    assert "CPA certificate 20261101-7701 was withdrawn on 20 November 2026." in text


def test_the_history_names_serials_and_releases_and_nobody(client: Client, brought: ListImport) -> None:
    make_entry(brought)
    entry = make_entry()
    release = publish()
    make_removal(entry)
    publish()
    text = page(client, 2)
    assert f'<a href="/releases/{release}/">{release}</a>' in text
    assert '<a href="/releases/2.053/">2.053</a>' in text
    assert f'<td class="number">{Entry.objects.get(number=2).record_id}</td>' in text
    assert "Brought forward from version 2.051 of the list" in page(client, 1)
    assert "proposer" not in text and "approver" not in text and "@" not in text


def test_what_was_done_after_the_release_is_not_told(client: Client, brought: ListImport) -> None:
    entry = make_entry(brought)
    publish()
    make_removal(entry)
    make_coverage(entry)
    text = page(client)
    assert "Loses its clock." not in text
    assert "20261101-7701" not in text
    assert "the entry was removed" not in text


def test_the_page_costs_the_same_however_much_happened(client: Client, brought: ListImport) -> None:
    for _ in range(2):
        make_entry(brought, firmware="0A0B0C0D")
    record(UpgradePath(target=Entry.objects.get(pk=1), source=Entry.objects.get(pk=2), brought_by=brought))
    make_coverage(Entry.objects.get(pk=1))
    with CaptureQueriesContext(connection) as few:
        page(client)
    for number in range(3, 12):
        entry = make_entry(brought, firmware="0A0B0C0D")
        record(UpgradePath(target=Entry.objects.get(pk=1), source=entry, brought_by=brought))
        assert entry.number == number
    with CaptureQueriesContext(connection) as many:
        page(client)
    assert len(few) == len(many) <= 40


def test_every_page_says_that_the_code_and_the_licences_prevail(client: Client, brought: ListImport) -> None:
    make_entry(brought)
    for address in ("/", "/entries/000001/", "/releases/", "/releases/2.051/", "/applicability/"):
        assert b"the Licences prevail" in client.get(address).content, address
