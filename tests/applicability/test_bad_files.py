"""Bad files: every problem is named with file, row, column, value and remedy, and nothing is stored."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from applicability.load import Refused, founding_files, load
from applicability.models import Combination, DeviceType, Edition, SpecificationVersion
from ledger.models import Record

pytestmark = pytest.mark.django_db
AT = dt.datetime(2022, 9, 22, 9, 0, tzinfo=dt.UTC)
VALIDITY = b"series,edition,device_type,ts,ivp_from,ivp_to,mvp_from,mvp_to\n"
EDITION = b"series,number,title,effective_from,source_kind,source\n"
SECOND = EDITION + b"statutory,2,Second,2023-06-01,direction,A direction\n"


def refused(files: dict[str, bytes]) -> str:
    with pytest.raises(Refused) as refusal:
        load(files, at=AT)
    return str(refusal.value)


def changed(name: str, old: bytes, new: bytes) -> dict[str, bytes]:
    files = founding_files()
    assert old in files[name]
    return {**files, name: files[name].replace(old, new, 1)}


def test_every_problem_of_a_bad_file_is_named_at_once_and_nothing_is_stored() -> None:
    rows = b"statutory,1,Communications Hub,CHTS V1.0,05/12/2018,never,unknown,none\n"
    rows += b"statutory,one,Communications Hub\n"
    text = refused({**founding_files(), "validities.csv": VALIDITY + rows})
    assert "validities.csv, row 2, column ivp_from: '05/12/2018': expected a date as 2018-12-05" in text
    assert "validities.csv, row 2, column ivp_to: 'never': expected a date" in text
    assert "validities.csv, row 3: '3 cells': expected 8 cells" in text
    assert not DeviceType.objects.exists()
    assert not Record.objects.exists()


HUB_ROW = b"CHTS V1.0,GBCS Version 1.1"
BAD = [
    ("combinations", b"CHTS V1.0,", b"CHTS V9.9,", "row 3, column ts: 'CHTS V9.9': there is no such version"),
    ("combinations", b"CHTS V1.0,", b"CHTS V64.0,", "'CHTS V64.0': is a version of the example series"),
    ("combinations", b"Communications Hub,", b"Hub,", "'Hub': there is no such device type"),
    (
        "combinations",
        b"statutory,1,",
        b"statutory,7,",
        "column edition: '7': there is no statutory edition 7",
    ),
    ("combinations", HUB_ROW, b"GBCS Version 1.1,CHTS V1.0", "row 3, column ts"),
    (
        "combinations",
        b"CHTS V1.1,GBCS Version 2.0",
        HUB_ROW,
        "the same row stands in combinations.csv, row 3",
    ),
    ("device_types", b",yes,unknown,none,1,", b",perhaps,unknown,none,1,", "'perhaps': expected yes or no"),
    ("device_types", b",none,1,", b",none,first,", "column position: 'first': expected a whole number"),
    ("device_types", b",hub,", b",lamp,", "column kind: 'lamp'"),
    ("editions", b"2021-11-04", b"unknown", "column effective_from: 'unknown': expected a date"),
    ("editions", b"founding load", b"rumour", "column source_kind: 'rumour'"),
    ("validities", b"unknown,2018-12-05", b"2019-01-01,2018-12-05", "ivp_to is before ivp_from"),
    ("validities", b"unknown,2018-12-05", b"none,2018-12-05", "ivp_from: a date or unknown"),
    ("specification_versions", b"sub,CHTS V64.0", b"sub,", "names the version that it follows"),
]


@pytest.mark.parametrize(("sheet", "old", "new", "told"), BAD)
def test_a_bad_row_is_named_and_nothing_is_stored(sheet: str, old: bytes, new: bytes, told: str) -> None:
    text = refused(changed(f"{sheet}.csv", old, new))
    assert f"{sheet}.csv, row " in text
    assert told in text
    assert not DeviceType.objects.exists()
    assert not Edition.objects.exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a,b,c\n1,2,3\n", "no such header row is known"),
        (b"", "no such header row is known"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (VALIDITY + b'"unclosed', "not well-formed CSV"),
    ],
)
def test_a_file_that_is_none_of_ours_is_named(content: bytes, told: str) -> None:
    assert told in refused({"other.csv": content})


def test_a_founding_edition_without_rows_is_refused() -> None:
    files = {
        name: content
        for name, content in founding_files().items()
        if name in ("device_types.csv", "editions.csv")
    }
    assert "edition 1 has no rows" in refused(files)
    assert not Edition.objects.exists()


def test_a_row_that_a_designated_edition_does_not_hold_is_refused(tables: None) -> None:
    more = b"series,edition,device_type,ts,gbcs\nstatutory,1,Communications Hub,CHTS V1.0,GBCS Version 4.1\n"
    assert "edition 1 is designated and has no such row; put it into the next edition" in refused(
        {"more.csv": more}
    )
    other = VALIDITY + b"statutory,1,Gas Smart Meter,SMETS V2.0,unknown,2021-10-27,unknown,unknown\n"
    assert "column ivp_to: '2021-10-27': edition 1 is designated with 2020-10-27" in refused(
        {"other.csv": other}
    )


def test_a_row_that_staff_have_edited_is_kept(tables: None) -> None:
    SpecificationVersion.objects.filter(label="CTT 4.2").update(valid_to="2024-12-31")
    kept = load(founding_files(), at=AT).kept
    assert len(kept) == 1
    assert kept[0].endswith("CTT 4.2 is kept as it is (valid_to differ)")
    assert str(SpecificationVersion.objects.get(label="CTT 4.2").valid_to) == "2024-12-31"


def test_a_further_edition_is_loaded_as_a_draft(tables: None) -> None:
    rows = b"series,edition,device_type,ts,gbcs\nstatutory,2,Communications Hub,CHTS V1.0,GBCS Version 4.1\n"
    done = load({"second.csv": SECOND, "rows.csv": rows}, at=AT)
    assert done.designated == []
    second = Edition.objects.get(series="statutory", number=2)
    assert second.status == Edition.Status.DRAFT
    assert Combination.objects.filter(edition=second).count() == 1


def test_only_edition_1_can_be_a_founding_load(tables: None) -> None:
    text = refused({"second.csv": SECOND.replace(b"direction,", b"founding load,", 1)})
    assert "Only edition 1 can come from the founding load" in text


def test_the_command_names_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file or directory"):
        call_command("load_applicability", str(tmp_path / "absent.csv"))


def test_the_command_says_that_nothing_was_loaded(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(b"what,is,this\n")
    with pytest.raises(CommandError, match="Nothing was loaded"):
        call_command("load_applicability", str(file))
