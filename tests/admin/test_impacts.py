"""Whom a draft touches before it is designated, and what goes with a certificate."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applicability.designating import designate
from applicability.drafting import copy_edition
from applicability.models import CertificateRequirement, Edition, Validity
from applicability.openness import Day
from cpl import bringing, impact
from cpl.admin import impact_pictures
from cpl.models import Coverage, Entry, ListImport, UpgradePath
from cpl.standing import basis
from tests.admin.test_editions import address, draft, first, without_second_factor
from tests.cast import make_party, make_user, sign_in
from tests.make import ESME
from tests.public.making import (
    AT,
    DAY,
    ISSUED,
    make_coverage,
    make_entries,
    make_entry,
    make_import,
    make_removal,
    record,
)
from tests.real_list import WORKBOOK, needs_real_list

pytestmark = pytest.mark.django_db
__all__ = ["draft", "first", "without_second_factor"]


@pytest.fixture(autouse=True)
def today(time_machine: Any) -> dt.date:
    time_machine.move_to(AT, tick=False)
    return DAY


@pytest.fixture
def brought(tables: None) -> ListImport:
    make_party("Tidewater Metering Ltd", "other", code="7A01")
    return make_import()


def end_mvp(draft: Edition, ts: str = "SMETS V4.2", device_type: str = ESME, end: str = "2031-12-31") -> None:
    Validity.objects.filter(edition=draft, ts__label=ts, device_type__name=device_type).update(mvp_to=end)


def lines(client: Client, place: str) -> list[dict[str, str]]:
    content = client.get(place).getvalue().decode()  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(content)))


def test_a_copy_touches_nobody(draft: Edition, brought: ListImport) -> None:
    make_entries(3, brought)
    found = impact.of_edition(draft, on=DAY)
    assert (found.examined, found.affected) == (3, ())


def test_an_mvp_end_touches_the_current_entries_of_that_version_and_type(
    draft: Edition, brought: ListImport
) -> None:
    touched = make_entry(brought)
    make_entry(brought, technical_specification="SMETS V5.1")
    make_removal(make_entry(brought))
    end_mvp(draft)
    found = impact.of_edition(draft, on=DAY)
    [one] = found.affected
    assert (one.entry, one.holder) == (touched, "Tidewater Metering Ltd")
    assert one.consequence.when == dt.date(2032, 1, 1)
    assert one.actor.licence == "Electricity Supply Licence condition 39.15"
    assert one.consequence.update is not None
    assert str(one.consequence.update[1].by) == "2031-12-31"
    assert [(count.name, count.entries) for count in found.by_device_type] == [(ESME, 1)]
    [count] = found.by_manufacturer
    assert count.name == "Tidewater Metering Ltd (7A01)"
    assert (count.not_installable, count.not_maintainable, count.other_deadline) == (0, 1, 1)


def test_designating_then_gives_the_answers_that_were_foretold(
    draft: Edition, brought: ListImport, second_officer: User
) -> None:
    entry = make_entry(brought)
    end_mvp(draft)
    foretold = impact.of_edition(draft, on=DAY).affected[0].consequence.update
    designate(draft, by=second_officer.pk, at=AT)
    rests_on = basis(known=DAY)
    now = rests_on.standing(Entry.objects.get(pk=entry.pk), DAY).update
    assert foretold is not None
    assert (now.by, now.at_the_latest) == (foretold[1].by, foretold[1].at_the_latest)


def test_the_page_counts_lists_draws_and_says_to_what(
    draft: Edition, brought: ListImport, officer: User
) -> None:
    source, target = make_entry(brought), make_entry(brought, technical_specification="SMETS V5.1")
    record(UpgradePath(target=target, source=source, brought_by=brought))
    end_mvp(draft)
    page = sign_in(officer).get(address("edition_impact", draft.pk)).content.decode()
    assert "1 of 2 Current entries would be answered otherwise than today" in page
    assert "Tidewater Metering Ltd (7A01)" in page
    assert "Path stated: 000002" in page
    assert "31 December 2031" in page
    assert '<svg class="timeline"' in page
    assert "Takes effect" in page


def test_the_list_has_a_line_for_each_entry_and_no_formula(
    draft: Edition, brought: ListImport, officer: User
) -> None:
    make_entry(brought, product_name="=1+1")
    end_mvp(draft)
    [line] = lines(sign_in(officer), address("edition_impact_list", draft.pk))
    assert line["Entry"] == "000001"
    assert line["Product name"] == "'=1+1"
    assert line["Maintenance"] == "may not be maintained from 2032-01-01"
    assert line["To be updated by, then"].startswith("31 December 2031")


def test_what_goes_with_a_certificate_is_what_it_alone_carries(brought: ListImport, officer: User) -> None:
    gone, also, other = (make_entry(brought) for _ in range(3))
    certificate = make_coverage(gone).certificate
    record(
        Coverage(
            entry=also, certificate=certificate, scheme="CPA", identifier_shown="[E] 20261101-7701",
            covers_from=ISSUED, brought_by=brought,
        )
    )  # fmt: skip
    found = impact.of_certificate(certificate, on=DAY, gone_on=dt.date(2027, 1, 1))
    assert {one.entry for one in found.affected} == {gone, also}
    assert {one.consequence.when for one in found.affected} == {dt.date(2027, 1, 1)}
    assert found.total.not_installable == found.total.not_maintainable == 2
    assert other not in {one.entry for one in found.affected}


def test_an_entry_goes_to_no_other_that_goes_with_the_same_certificate(
    brought: ListImport, officer: User
) -> None:
    gone, stays = make_entry(brought), make_entry(brought)
    certificate = make_coverage(gone).certificate
    found = impact.of_certificate(certificate, on=DAY, gone_on=DAY)
    reached = found.targets(found.affected)[gone.number]
    assert [target.entry for target in reached.updates] == [stays]
    place = reverse("admin:cpl_certificate_impact", args=[certificate.pk])
    page = sign_in(officer).get(place, {"gone_on": "2027-03-01"}).content.decode()
    assert "1 March 2027" in page
    assert 'value="2027-03-01"' in page
    assert "No path stated: 000002" in page
    listed = reverse("admin:cpl_certificate_impact_list", args=[certificate.pk])
    [line] = lines(sign_in(officer), listed + "?gone_on=2027-03-01")
    assert line["First day"] == "2027-03-01"
    assert sign_in(officer).get(place, {"gone_on": "nonsense"}).status_code == 200


def test_what_goes_is_drawn_with_the_certificates_days(brought: ListImport, officer: User) -> None:
    certificate = make_coverage(make_entry(brought)).certificate
    found = impact.of_certificate(certificate, on=DAY, gone_on=dt.date(2027, 3, 1))
    chart = impact_pictures.of_certificate(certificate, found, gone_on=dt.date(2027, 3, 1))
    assert [(mark.name, mark.date.isoformat()) for mark in chart.marks] == [
        ("If removed on", "2027-03-01"),
        ("12 months before", "2030-11-01"),
        ("6 months before", "2031-05-01"),
        ("Expires", "2031-11-01"),
    ]
    term, now, then = chart.lanes
    assert (term.name, term.bars[0].words) == (
        "Certificate CPA 20261101-7701",
        "21 September 2022 to 1 November 2031",
    )
    assert now.name == f"Now: 7A01, {ESME}, Tidewater Metering Ltd"
    assert {bar.end for bar in then.bars} == {Day.on(dt.date(2027, 2, 28))}
    assert len(now.bars) == len(then.bars) == 2
    page = sign_in(officer).get(reverse("admin:cpl_certificate_impact", args=[certificate.pk]))
    shown = page.content.decode()
    assert shown.count('<svg class="timeline"') == 2
    assert "<title id=" in shown
    assert "The same as a table" in shown
    assert "Then, none: 7A01" in shown


def test_no_more_than_eleven_lanes_are_drawn(brought: ListImport) -> None:
    coverage = make_coverage(make_entry(brought))
    for code in range(6):
        entry = make_entry(brought, manufacturer=f"7A1{code}")
        record(
            Coverage(
                entry=entry, certificate=coverage.certificate, scheme="CPA",
                identifier_shown="[E] 20261101-7701", covers_from=ISSUED, brought_by=brought,
            )
        )  # fmt: skip
    found = impact.of_certificate(coverage.certificate, on=DAY, gone_on=DAY)
    chart = impact_pictures.of_certificate(coverage.certificate, found, gone_on=DAY)
    assert len(chart.lanes) == 11
    assert chart.title.endswith("the 5 largest groups")


@pytest.mark.parametrize("need", ["required", "optional"])
def test_where_the_scheme_is_optional_nothing_needed_is_lost(
    brought: ListImport, officer: User, need: str
) -> None:
    certificate = make_coverage(make_entry(brought)).certificate
    CertificateRequirement.objects.filter(device_type__name=ESME, scheme="CPA").update(need=need)
    place = reverse("admin:cpl_certificate_impact", args=[certificate.pk])
    page = sign_in(officer).get(place).content.decode()
    said = f"not required for the device type {ESME}: 1 of the entries below does not lose what it needs"
    assert (said in page) is (need == "optional")
    assert ("is optional for its device type" in page) is (need == "optional")
    [line] = lines(sign_in(officer), reverse("admin:cpl_certificate_impact_list", args=[certificate.pk]))
    assert line["Certificate of the scheme"] == need


def test_auditors_read_and_nobody_outside_does(draft: Edition, brought: ListImport, supplier: User) -> None:
    certificate = make_coverage(make_entry(brought)).certificate
    places = [address("edition_impact", draft.pk), address("edition_impact_list", draft.pk)]
    places += [
        reverse(f"admin:cpl_certificate_{name}", args=[certificate.pk]) for name in ("impact", "impact_list")
    ]
    auditor = make_user("auditor@panel.example", "Auditor")
    for place in places:
        assert sign_in(auditor).get(place).status_code == 200
        for nobody in (None, supplier):
            assert sign_in(nobody).get(place).status_code == 302


def test_more_entries_cost_no_more_queries(draft: Edition, brought: ListImport, officer: User) -> None:
    end_mvp(draft)
    make_entries(2, brought)
    client, place = sign_in(officer), address("edition_impact", draft.pk)
    with CaptureQueriesContext(connection) as few:
        client.get(place)
    make_entries(20, brought)
    with CaptureQueriesContext(connection) as many:
        client.get(place)
    assert len(many) <= len(few) <= 60


@needs_real_list
def test_on_the_real_list_an_mvp_end_for_the_oldest_hubs_touches_each_of_them(first: Edition) -> None:
    bringing.bring_forward(WORKBOOK.read_bytes(), file_name=WORKBOOK.name, by=None, at=AT)
    preparer = make_user("preparer@panel.example", "Panel officer")
    draft = copy_edition(
        first, title="Second", effective_from=dt.date(2027, 1, 1), source_kind="direction",
        source_reference="Direction", by=preparer.pk,
    )  # fmt: skip
    end_mvp(draft, "CHTS V1.0", "Communications Hub", "2027-12-31")
    found = impact.of_edition(draft, on=DAY)
    hubs = Entry.objects.current(DAY).filter(
        device_type="Communications Hub", technical_specification__startswith="CHTS V1.0"
    )
    assert found.examined == 694
    touched = {one.entry.number for one in found.affected}
    # Hubs whose GBCS version has ended already may not be maintained either way.
    ended = {entry.number for entry in hubs if entry.gbcs_version.strip() == "GBCS Version 1.0"}
    assert touched == {entry.number for entry in hubs} - ended
    assert len(found.targets(found.affected)) == len(touched)
