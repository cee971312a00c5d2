"""To what devices may be updated, or by what be replaced."""

import datetime
from itertools import pairwise
from typing import Any

import pytest

from applicability.answers import Verdict
from applicability.schedule import Part, Schedule
from applicability.tables import Tables
from cpl.models import Entry, ListImport, UpgradePath
from cpl.standing import Basis
from cpl.targets import Targets, Way, targets
from tests.applicability.example import METER as EXAMPLE_METER
from tests.applicability.example import PERIODS, TABLES, VALIDITIES, hub, meter, validity
from tests.public.making import make_entry, make_import, make_removal, record

pytestmark = pytest.mark.django_db
ON = datetime.date(2025, 4, 1)
LISTED = datetime.date(2024, 1, 1)


@pytest.fixture
def brought() -> ListImport:
    return make_import()


def make_hub(brought: ListImport, sub: int, **changes: Any) -> Entry:
    """A hub of the guidance's example; all are of one model and hardware unless told otherwise."""
    device = hub(sub)
    return make_entry(
        brought,
        device_type=device.device_type,
        technical_specification=device.ts,
        gbcs_version=device.gbcs,
        admitted_on=changes.pop("admitted_on", LISTED),
        **changes,
    )


def make_path(brought: ListImport, source: Entry | None, target: Entry) -> None:
    record(UpgradePath(source=source, target=target, brought_by=brought))


def found(entry: Entry, on: datetime.date = ON, tables: Tables = TABLES) -> Targets:
    basis = Basis(Schedule.only(tables), {})
    among, paths = Entry.objects.all(), UpgradePath.objects.all()
    return targets([entry], among=among, paths=paths, basis=basis, on=on)[entry.number]


def numbers(given: Targets) -> list[tuple[int, str]]:
    return [(target.entry.number, str(target.way)) for target in given.updates]


def test_what_a_stated_path_reaches_comes_first_and_the_rest_of_the_hardware_after(
    brought: ListImport,
) -> None:
    old, new, other = (make_hub(brought, sub) for sub in (0, 1, 1))
    make_path(brought, old, new)
    assert numbers(found(old)) == [(new.number, "path stated"), (other.number, "no path stated")]


def test_a_path_may_lead_over_another_firmware(brought: ListImport) -> None:
    first, second, third = (make_hub(brought, sub) for sub in (0, 1, 1))
    make_path(brought, first, second)
    make_path(brought, second, third)
    last = next(target for target in found(first).stated if target.entry == third)
    assert last.through == (second,)


def test_paths_in_a_circle_come_to_an_end(brought: ListImport) -> None:
    one, two = make_hub(brought, 0), make_hub(brought, 1)
    make_path(brought, one, two)
    make_path(brought, two, one)
    assert numbers(found(one)) == [(two.number, "path stated")]


def test_that_no_path_leads_to_a_firmware_is_no_path(brought: ListImport) -> None:
    old, new = make_hub(brought, 0), make_hub(brought, 1)
    make_path(brought, None, new)
    assert numbers(found(old)) == [(new.number, "no path stated")]


@pytest.mark.parametrize(
    "changes",
    [{"model": "0C0E"}, {"hardware_version": "02"}, {"hardware_revision": "03"}, {"manufacturer": "7B10"}],
)
def test_another_manufacturers_model_or_hardware_is_no_update_without_a_path(
    brought: ListImport, changes: dict[str, str]
) -> None:
    old, other = make_hub(brought, 0), make_hub(brought, 1, **changes)
    assert numbers(found(old)) == []
    make_path(brought, old, other)
    assert numbers(found(old)) == [(other.number, "path stated")]


def test_what_ends_no_later_than_the_device_itself_is_no_target(brought: ListImport) -> None:
    """Needed after 31 December 2025; another of 64.0 ends on the same day."""
    old, same, new = make_hub(brought, 0), make_hub(brought, 0), make_hub(brought, 1)
    given = found(old)
    assert given.needed_on == datetime.date(2026, 1, 1)
    assert [number for number, _ in numbers(given)] == [new.number]
    assert same.number not in dict(numbers(given))


def test_a_version_that_may_not_be_maintained_yet_is_no_target_yet(brought: ListImport) -> None:
    old, new = make_hub(brought, 0), make_hub(brought, 1)
    assert numbers(found(old, datetime.date(2025, 2, 28))) == []
    assert numbers(found(old, datetime.date(2025, 3, 1))) == [(new.number, "no path stated")]


def test_a_removed_entry_is_no_target_and_none_to_pass_through(brought: ListImport) -> None:
    first, second, third = (make_hub(brought, sub) for sub in (0, 1, 1))
    make_path(brought, first, second)
    make_path(brought, second, third)
    make_removal(second, effective_date=ON)
    assert numbers(found(Entry.objects.get(pk=first.pk))) == [(third.number, "no path stated")]


def test_a_firmware_upgrade_needs_mvp_and_a_replacement_ivp(brought: ListImport) -> None:
    """Guidance 3.5.1: in 2026 SMETS V61.0 is out of IVP and still maintained."""
    meters = [
        make_entry(
            brought,
            device_type=EXAMPLE_METER,
            technical_specification=meter(main).ts,
            gbcs_version=meter(main).gbcs,
            admitted_on=LISTED,
        )
        for main in (1, 1, 2, 3)
    ]
    given = found(meters[0], datetime.date(2026, 1, 1))
    assert {number for number, _ in numbers(given)} == {meters[1].number, meters[2].number}
    assert [(one.technical_specification, one.entries) for one in given.replacements] == [("SMETS V62.0", 1)]
    assert given.replacing_entries == 1


def test_what_the_tables_do_not_date_is_offered_after_what_is_certain(brought: ListImport) -> None:
    rows = [
        *VALIDITIES,
        validity(hub(2).device_type, "CHTS V64.2", "2024-01-01", "none", "2024-01-01", "unknown"),
    ]
    tables = Tables.of("edition 9", rows, PERIODS, TABLES.combinations)
    old, certain, unsure = (make_hub(brought, sub) for sub in (0, 1, 2))
    verdicts = [(one.entry.number, one.answer.verdict) for one in found(old, tables=tables).updates]
    assert verdicts == [(certain.number, Verdict.YES), (unsure.number, Verdict.UNKNOWN)]


def test_the_same_firmware_under_another_version_is_marked(brought: ListImport) -> None:
    old = make_hub(brought, 0, firmware="0A0B0C0D")
    make_hub(brought, 1, firmware="0A0B0C0D")
    assert [target.same_firmware for target in found(old).updates] == [True]


def test_what_is_listed_only_later_is_not_offered(brought: ListImport) -> None:
    old = make_hub(brought, 0)
    make_hub(brought, 1, admitted_on=ON + datetime.timedelta(days=1))
    given = found(old)
    assert (given.updates, given.replacing_entries) == ((), 0)


def test_an_edition_to_come_counts_from_its_day(brought: ListImport) -> None:
    """It ends 64.1 on the day on which 64.0 ends, so that 64.1 does not help any more."""
    rows = [
        *VALIDITIES,
        validity(hub(1).device_type, "CHTS V64.1", "2025-03-01", "none", "2025-03-01", "2025-12-31"),
    ]
    shorter = Tables.of("edition 8", rows, PERIODS, TABLES.combinations)
    old = make_hub(brought, 0)
    make_hub(brought, 1)
    basis = Basis(Schedule((Part(datetime.date.min, TABLES), Part(datetime.date(2025, 6, 1), shorter))), {})
    given = targets([old], among=Entry.objects.all(), paths=UpgradePath.objects.all(), basis=basis, on=ON)
    assert given[old.number].updates == ()


def test_the_cost_does_not_rise_with_the_entries(
    brought: ListImport, django_assert_max_num_queries: Any
) -> None:
    entries = [make_hub(brought, number % 3) for number in range(12)]
    for source, target in pairwise(entries):
        make_path(brought, source, target)
    basis = Basis(Schedule.only(TABLES), {})
    chosen = list(Entry.objects.select_related("removal"))
    with django_assert_max_num_queries(11):
        given = targets(
            chosen, among=Entry.objects.all(), paths=UpgradePath.objects.all(), basis=basis, on=ON
        )
    assert len(given) == 12
    assert all(target.way in Way for one in given.values() for target in one.updates)
