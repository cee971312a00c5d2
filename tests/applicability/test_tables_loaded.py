"""What the founding files hold: the 49 combinations, the known dates, the example; loaded once."""

import csv
import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.core.management import call_command

from applicability.answers import (
    Device,
    EntryFacts,
    combination_problem,
    may_be_installed,
    may_be_maintained,
    must_be_updated_by,
)
from applicability.editions import edition_in_force, tables_from, tables_in_force
from applicability.load import founding_files, load
from applicability.models import (
    CertificateRequirement,
    Combination,
    Designation,
    DeviceType,
    Edition,
    SpecificationVersion,
    Validity,
)
from applicability.openness import Day
from applicability.tables import Tables
from ledger.models import Record
from tests.real_list import COMBINATIONS, CSV, needs_real_list
from tests.tables import AT, lay_down

pytestmark = pytest.mark.django_db
TODAY = dt.date(2022, 9, 22)
HUB, GAS = "Communications Hub", "Gas Smart Meter"


@pytest.fixture
def loaded() -> None:
    lay_down()


@pytest.fixture
def tables(loaded: None) -> Tables:
    return tables_in_force("statutory", TODAY)


def test_every_device_type_of_the_form_is_a_choice_and_the_proportional_controller_is_not_yet(
    loaded: None,
) -> None:
    choices = [kind.name for kind in DeviceType.objects.choices(TODAY)]
    assert len(choices) == 7
    assert "Standalone Auxiliary Proportional Controller" not in choices
    assert DeviceType.objects.filter(
        name="Standalone Auxiliary Proportional Controller", active=False
    ).exists()


@needs_real_list
def test_edition_1_holds_the_49_combinations_of_the_real_table(tables: Tables) -> None:
    with COMBINATIONS.open(newline="") as file:
        real = {tuple(row.values()) for row in csv.DictReader(file)}
    assert len(real) == 49
    assert tables.combinations == real


def test_every_combination_has_a_validity_and_an_applicability_period(tables: Tables) -> None:
    assert len(tables.combinations) == 49
    for combination in tables.combinations:
        device = Device(*combination)
        assert tables.validity(device) is not None
        assert tables.period(device) is not None


@needs_real_list
def test_of_the_real_current_entries_only_one_rests_on_no_row(tables: Tables) -> None:
    with CSV.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Entry.status"] == "Current"]
    counts: Counter[str] = Counter()
    for row in rows:
        device = Device(
            row["Device_Type.name"],
            row["SMETS_CHTS Version.Version_number_and_effective_date"],
            row["GBCS Version.version_number"],
        )
        answer = may_be_maintained(tables, EntryFacts(device, seen_on=dt.date(2022, 9, 21)), TODAY)
        counts["no row" if answer.has_no_row else str(answer.verdict)] += 1
        if "1.0" in device.gbcs:
            assert "GBCS Version 1.0" in answer.decided_by
    assert counts == {"no": 78, "no row": 1, "unknown": 615}


@pytest.mark.parametrize(("on", "verdict"), [("2018-05-07", "unknown"), ("2018-05-08", "no")])
@pytest.mark.parametrize(("device_type", "ts"), [(HUB, "CHTS V1.0 "), (GAS, "SMETS V2.0 ")])
def test_gbcs_1_0_ended_on_7_may_2018(
    tables: Tables, device_type: str, ts: str, on: str, verdict: str
) -> None:
    entry = EntryFacts(Device(device_type, ts, "GBCS Version 1.0 "), listed=Day.on(dt.date(2016, 10, 27)))
    answer = may_be_maintained(tables, entry, dt.date.fromisoformat(on))
    assert answer.verdict == verdict
    assert must_be_updated_by(tables, entry).by == Day.on(dt.date(2018, 5, 7))


def test_a_new_entry_cannot_name_gbcs_1_0(tables: Tables) -> None:
    problem = combination_problem(tables, HUB, "CHTS V1.0", "GBCS Version 1.0", TODAY)
    assert problem is not None
    assert problem.words == (
        "The Applicability Period of GBCS Version 1.0 with CHTS V1.0 ended on 7 May 2018."
    )


@pytest.mark.parametrize(
    "combination", [(HUB, "CHTS V1.5", "GBCS Version 4.1"), (GAS, "SMETS V2.0", "GBCS Version 1.1")]
)
def test_a_new_entry_may_name_what_the_form_offers(tables: Tables, combination: tuple[str, str, str]) -> None:
    assert combination_problem(tables, *combination, TODAY) is None


@pytest.mark.parametrize(
    ("ts", "gbcs", "last"),
    [
        ("SMETS V1.2", "GBCS Version 0.0", "2018-12-05"),
        ("SMETS V2.0", "GBCS Version 1.1", "2020-10-27"),
        ("SMETS V3.1", "GBCS Version 2.1", "2020-10-27"),
    ],
)
def test_the_known_ends_of_installation_decide_and_the_rest_is_unknown(
    tables: Tables, ts: str, gbcs: str, last: str
) -> None:
    entry = EntryFacts(Device(GAS, ts, gbcs), listed=Day.on(dt.date(2016, 10, 27)))
    day = dt.date.fromisoformat(last)
    assert may_be_installed(tables, entry, day).verdict == "unknown"
    assert may_be_installed(tables, entry, day + dt.timedelta(days=1)).verdict == "no"
    assert may_be_maintained(tables, entry, TODAY).verdict == "unknown"


def test_each_type_has_an_actor_and_a_licence_condition(tables: Tables) -> None:
    assert str(tables.actors[HUB].licence) == "DCC Licence condition 17.21"
    assert tables.actors[GAS].licence == "Gas Supply Licence condition 33.15"
    assert tables.actors["Pre-Payment Interface Device"].name == "the responsible Supplier"


def test_certificates_are_required_optional_or_forbidden_by_type(loaded: None) -> None:
    needs = CertificateRequirement.objects.needs(TODAY)
    assert needs["Pre-Payment Interface Device"] == {
        "CPA": "forbidden", "DLMS": "optional", "Zigbee": "required",
    }  # fmt: skip
    assert needs[HUB] == {"CPA": "required", "DLMS": "optional", "Zigbee": "required"}
    for kind in DeviceType.objects.filter(esme=True):
        assert set(needs[kind.name].values()) == {"required"}
    assert "Kettle" not in needs


@pytest.mark.parametrize(
    ("document", "on", "labels"),
    [
        ("CTT", "2021-12-31", ["CTT 3.0", "CTT 3.1"]),
        ("CTT", "2022-01-01", ["CTT 3.1"]),
        ("CTT", "2022-09-22", ["CTT 3.1", "CTT 4.0", "CTT 4.1", "CTT 4.2"]),
        ("Security Characteristics", "2018-10-27", ["Security Characteristics version 1.2"]),
    ],
)
def test_lists_of_versions_are_dated(loaded: None, document: str, on: str, labels: list[str]) -> None:
    versions = SpecificationVersion.objects.choices(document, dt.date.fromisoformat(on))
    assert [version.label for version in versions] == labels


def test_no_list_offers_a_version_of_the_worked_example(loaded: None) -> None:
    for document in ("CHTS", "SMETS", "GBCS"):
        labels = [
            version.label for version in SpecificationVersion.objects.choices(document, dt.date(2026, 7, 1))
        ]
        assert labels
        assert not any(label.split(".")[0].endswith(("61", "62", "63", "64")) for label in labels)


def test_the_example_chains_its_sub_versions(loaded: None) -> None:
    last = SpecificationVersion.objects.get(label="CHTS V64.2")
    assert [last.predecessor.label, last.predecessor.predecessor.label] == ["CHTS V64.1", "CHTS V64.0"]
    edition = edition_in_force("example", dt.date(2025, 1, 1))
    assert edition is not None
    assert str(edition) == "example edition 1"
    assert "Worked example from the SEC guidance" in edition.title
    entry = EntryFacts(Device(HUB, "CHTS V64.0", "GBCS Version 64.0"), listed=Day.on(dt.date(2024, 1, 1)))
    assert must_be_updated_by(tables_from(edition), entry).by == Day.on(dt.date(2025, 12, 31))


def test_loading_twice_changes_nothing(loaded: None) -> None:
    def everything() -> list[Any]:
        models = (
            DeviceType,
            SpecificationVersion,
            CertificateRequirement,
            Edition,
            Combination,
            Validity,
            Record,
        )
        return [list(model.objects.order_by("pk").values_list()) for model in models]

    before = everything()
    again = load(founding_files(), at=AT + dt.timedelta(days=1))
    assert everything() == before
    assert (again.added, again.kept, again.designated) == (Counter(), [], [])


def test_the_load_designates_both_first_editions_and_journals_it() -> None:
    load(founding_files(), at=AT)
    records = Record.objects.filter(act="edition.designated").values_list("subject", "actor", "at")
    assert list(records) == [("edition 1", None, AT), ("example edition 1", None, AT)]
    for designation in Designation.objects.all():
        assert len(designation.rows_digest) == 64
        assert designation.rows > 10


def test_an_edition_is_in_force_from_its_effective_date(loaded: None) -> None:
    first = dt.date(2021, 11, 4)
    assert edition_in_force("statutory", first - dt.timedelta(days=1)) is None
    assert str(edition_in_force("statutory", first)) == "edition 1"
    assert tables_in_force("statutory", first - dt.timedelta(days=1)) == Tables.none_in_force()


def test_reading_an_edition_takes_seven_queries(loaded: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(7):
        tables_in_force("statutory", TODAY)


def test_the_command_loads_the_founding_files(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_applicability")
    first = capsys.readouterr().out
    assert "combinations: 58 added, 0 unchanged" in first
    assert "edition 1 designated" in first
    call_command("load_applicability")
    assert "combinations: 0 added, 58 unchanged" in capsys.readouterr().out
