"""The text of attached certificates against the form: found however it is written, and only then."""

import datetime
from dataclasses import replace

import pytest

from cpl.rules.case import Case, DocumentFacts
from cpl.rules.documents import normalised
from cpl.rules.problem import Level
from tests import make
from tests.rules.broken import ZIGBEE_RECORD, read
from tests.rules.said import ids, of

WHOLE = "Certificate 20261101-7701 for Tidewater T100, firmware 0A0B0C0D, until 1 November 2031"


def compared(case: Case) -> set[str]:
    return {rule for rule in ids(case) if rule.startswith("D-")}


def named(text: str, **changes: str) -> Case:
    return read(f"Tidewater T100; 0A0B0C0D; 01/11/2031; {text}", **changes)


def test_a_certificate_that_says_what_the_form_says_is_no_problem():
    assert ids(read(WHOLE)) == set()


def test_nothing_is_compared_where_nothing_is_attached():
    assert compared(make.make_case()) == set()
    assert compared(make.make_case(documents={"other": (DocumentFacts("notes.pdf", "NOTES"),)})) == set()


@pytest.mark.parametrize("text", [
    "20261101-7701",
    "20261101\u20117701",
    "20261101 \u2013 7701",
    "2026 1101-7701",
    "20261101-\n7701",
    "202611017701",
    "NCSC20261101-7701",
    "NCSC-20261101-7701.",
    "20261101-77\u00ad01",
    "\uff12\uff10\uff12\uff16\uff11\uff11\uff10\uff11-7701",
])  # fmt: skip
def test_an_identifier_is_found_however_it_is_broken(text: str) -> None:
    assert compared(named(text)) == set()


@pytest.mark.parametrize("text", ["20261101-7702", "120261101-7701", "20261101-77011", "20261101", "7701"])
def test_another_identifier_is_not_taken_for_it(text: str) -> None:
    (problem,) = of("D-identifier", named(text))
    assert "“certificate.pdf”" in problem.message and "[E] 20261101-7701" in problem.message
    assert (problem.field, problem.level) == ("CPA_Certificate.identification_number", Level.WARN)


def test_letters_before_a_long_number_may_be_missing_in_the_certificate():
    assert compared(named("1433053936-1497", cpa_id="[E] NCSC1433053936-1497")) == set()


@pytest.mark.parametrize(("text", "found"), [
    ("DLMS certificate 7701", True), ("No. 7701.", True), ("ZIG7701-24", False), ("77 01", False),
    ("17701", False),
])  # fmt: skip
def test_a_short_number_has_to_stand_by_itself(text: str, found: bool) -> None:
    case = read(f"0C0D 0A0B0C0D {text}", "DLMS")
    assert ("D-identifier" not in ids(case)) is found


@pytest.mark.parametrize("text", [
    "01/11/2031", "1/11/2031", "01.11.2031", "01-11-2031", "2031-11-01", "2031/11/01", "1 November 2031",
    "01 November 2031", "1st November 2031", "1 st Nov 2031", "Nov 1, 2031", "Nov. 1st, 2031",
    "November 1 2031", "1-Nov-2031", "1st day of November, 2031", "1 November\n2031",
    "NOVEMBER 1,2031", "1.Nov.2031",
])  # fmt: skip
def test_a_date_is_found_in_every_form(text: str) -> None:
    assert compared(read(f"20261101-7701 Tidewater T100 0A0B0C0D valid until {text}.")) == set()


@pytest.mark.parametrize(
    "text", ["02/11/2031", "11/01/2031", "21/11/2031", "1 November 2032", "11 November 2031", "01/11/20311"]
)
def test_another_date_is_not_taken_for_it(text: str) -> None:
    (problem,) = of("D-date", read(f"20261101-7701 Tidewater T100 0A0B0C0D valid until {text}"))
    assert "01/11/2031" in problem.message and "certificate.pdf" in problem.message


def test_september_is_found_with_its_four_letters():
    case = read("20261101-7701 Tidewater T100 0A0B0C0D: Sept 21, 2028", cpa_date="21/09/2028")
    assert compared(case) == set()


@pytest.mark.parametrize("text", [
    "0A0B0C0D", "0a0b0c0d", "0A:0B:0C:0D", "0x0A0B0C0D", "0a 0b 0c 0d", "0A-0B-0C-0D",
    "0x0A, 0x0B, 0x0C, 0x0D", "v0A.0B.0C.0D", "0A0B\n0C0D",
])  # fmt: skip
def test_a_firmware_version_is_found_however_hex_is_written(text: str) -> None:
    assert compared(read(f"20261101-7701 Tidewater T100 1 November 2031 firmware {text}")) == set()


@pytest.mark.parametrize("text", ["0A0B0C0E", "0A0B0C0D0", "F0A0B0C0D", "A0B0C0D", "0A0B0C"])
def test_another_firmware_is_not_taken_for_it(text: str) -> None:
    (problem,) = of("D-firmware", read(f"20261101-7701 Tidewater T100 1 November 2031 firmware {text}"))
    assert problem.found == "0A0B0C0D"


@pytest.mark.parametrize("text", [
    "model 0C0D", "model 0x0c0d", "0C:0D", "7A010C0D", "7A01 0C0D", "0C0D0102", "0C0D 01.02",
    "7A:01:0C:0D:01:02", "the Tidewater\nT100", "TIDEWATER-T100",
])  # fmt: skip
def test_a_model_is_found_by_its_identifier_or_by_its_product_name(text: str) -> None:
    assert "D-model" not in ids(read(f"20261101-7701 0A0B0C0E 1 November 2031: {text}"))


@pytest.mark.parametrize("text", ["0C0E", "10C0D", "0C0D7", "Tidewater T1000", "Tidewater"])
def test_another_model_is_not_taken_for_it(text: str) -> None:
    assert "D-model" in ids(read(f"20261101-7701 1 November 2031: {text}"))


def test_one_of_several_files_may_say_it():
    first, second = (
        DocumentFacts(name, normalised(text)) for name, text in (("a.pdf", "x"), ("b.pdf", WHOLE))
    )
    assert compared(make.make_case(documents={"CPA": (first, second)})) == set()
    (problem,) = of("D-date", make.make_case(documents={"CPA": (first, replace(first, name="c.pdf"))}))
    assert "“a.pdf” or “c.pdf”" in problem.message


def test_a_scan_is_told_of_and_stops_nobody():
    (problem,) = of("D-not-compared", read(""))
    assert problem.level == Level.NOTE
    assert compared(read("")) == {"D-not-compared"}


def test_a_renewal_is_compared_by_identifier_and_date_alone():
    def case(text: str) -> Case:
        return make.make_case(
            kind="renewal", documents={"CPA": (DocumentFacts("renewed.pdf", normalised(text)),)}
        )

    assert compared(case("20261102-8801, renewal date 2 November 2032")) == set()
    assert compared(case("20261102-8802, renewal date 3 November 2032")) == {"D-identifier", "D-date"}


class TestZigbee:
    ELSEWHERE = make.make_record(date_kind="none", date=None, models=frozenset({"7A010C0D010211111111"}))

    def case(self, text: str | None, *, on_record: bool, other: bool = False) -> Case:
        files = {} if text is None else {"Zigbee": (DocumentFacts("zigbee.pdf", normalised(text)),)}
        return make.make_case(
            documents=files,
            certificates={ZIGBEE_RECORD: self.ELSEWHERE} if on_record else {},
            evidence=make.EVIDENCE | ({"other"} if other else set()),
        )

    def test_a_text_that_names_the_firmware_is_enough(self):
        assert "W-zigbee-firmware" not in ids(self.case("ZIG26TMI77010-24 0C0D 0A:0B:0C:0D", on_record=True))

    @pytest.mark.parametrize("on_record", [True, False])
    def test_a_text_that_does_not_name_it_asks_for_what_maps_one_to_the_other(self, on_record: bool) -> None:
        (problem,) = of("W-zigbee-firmware", self.case("ZIG26TMI77010-24 0C0D", on_record=on_record))
        assert "release notes" in problem.message
        assert not of("D-firmware", self.case("ZIG26TMI77010-24 0C0D", on_record=on_record))

    def test_what_was_attached_for_it_is_not_asked_for_again(self):
        (problem,) = of("W-zigbee-firmware", self.case("ZIG26TMI77010-24", on_record=True, other=True))
        assert "release notes" not in problem.message

    def test_a_certificate_that_nobody_can_read_is_not_judged(self):
        assert "W-zigbee-firmware" not in ids(self.case("", on_record=False))
        assert "W-zigbee-firmware" not in ids(self.case(None, on_record=False))


@pytest.mark.parametrize("day", [datetime.date(2028, month, 9) for month in range(1, 13)])
def test_every_month_is_known_by_name(day: datetime.date) -> None:
    case = read(f"20261101-7701 Tidewater T100 0A0B0C0D {day:%-d %B %Y}", cpa_date=f"{day:%d/%m/%Y}")
    assert "D-date" not in ids(case)


def test_a_long_text_is_searched_in_no_time():
    text = "0A 0B 0C 0E 20261101-7702 1 Novembre 2031 " * 10_000
    assert len(compared(read(text))) == 4
