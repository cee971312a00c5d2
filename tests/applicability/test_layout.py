"""The tables as people know them: order, lapsed rows, what is kept from earlier editions."""

import datetime

from applicability.layout import GbcsLine, State, TypeBlock, VersionBlock, laid_out, rising
from applicability.openness import NONE, UNKNOWN, Day
from applicability.tables import Actor, PeriodRow, Tables, ValidityRow

HUB, GAS = "Communications Hub", "Gas Smart Meter"
ACTORS = {HUB: Actor("the DCC", "17.21"), GAS: Actor("the Supplier", "33.15")}
ON = datetime.date(2026, 3, 1)


def day(text: str) -> Day:
    return Day.parse(text)


def validity(kind: str, ts: str, ivp_to: str = "none", mvp_to: str = "none") -> ValidityRow:
    start = day("2020-01-01")
    return ValidityRow(kind, ts, start, day(ivp_to), start, day(mvp_to))


def period(ts: str, gbcs: str, end: str = "none") -> PeriodRow:
    return PeriodRow(ts, gbcs, day("2020-01-01"), day(end))


def tables(edition: str = "edition 2", **parts: object) -> Tables:
    return Tables.of(edition, actors=ACTORS, **parts)  # type: ignore[arg-type]


def only(blocks: tuple[TypeBlock, ...]) -> tuple[VersionBlock, GbcsLine]:
    version = blocks[0].versions[0]
    line = version.lines[0]
    assert line
    return version, line


def one(mvp_to: str = "none", applies_to: str = "none", **more: object) -> Tables:
    return tables(
        validities=[validity(HUB, "CHTS V1.3", "2024-01-01", mvp_to)],
        periods=[period("CHTS V1.3", "GBCS Version 3.2", applies_to)],
        combinations=[(HUB, "CHTS V1.3", "GBCS Version 3.2")],
        **more,
    )


def test_device_types_stand_in_the_forms_order_and_versions_rise_by_number() -> None:
    rows = [validity(kind, ts) for kind in (GAS, HUB) for ts in ("SMETS V10.0", "SMETS V9.1")]
    blocks = laid_out(tables(validities=rows), [], ON)
    assert [block.name for block in blocks] == [HUB, GAS]
    assert [version.label for version in blocks[0].versions] == ["SMETS V9.1", "SMETS V10.0"]
    assert rising("GBCS Version 4.1") > rising("GBCS Version 3.2")


def test_a_block_has_a_line_for_each_gbcs_version_and_one_where_there_is_none() -> None:
    bound = [(HUB, "CHTS V1.3", f"GBCS Version {version}") for version in ("3.2", "4.0", "4.1")]
    blocks = laid_out(tables(validities=[validity(HUB, "CHTS V1.2")], combinations=bound), [], ON)
    assert [len(version.lines) for version in blocks[0].versions] == [1, 3]
    assert blocks[0].versions[0].lines == (None,)
    assert blocks[0].rows == 4


def test_a_ts_version_lapses_once_both_its_periods_have_ended() -> None:
    assert only(laid_out(one(mvp_to="none"), [], ON))[0].lapsed == ""
    assert only(laid_out(one(mvp_to="unknown"), [], ON))[0].lapsed == ""
    assert only(laid_out(one(mvp_to="2026-03-01"), [], ON))[0].lapsed == ""
    assert only(laid_out(one(mvp_to="2026-02-28"), [], ON))[0].lapsed == "lapsed"


def test_a_gbcs_version_lapses_the_day_after_its_applicability_period() -> None:
    assert only(laid_out(one(applies_to="2026-03-01"), [], ON))[1].lapsed == ""
    assert only(laid_out(one(applies_to="2026-02-28"), [], ON))[1].lapsed == "lapsed"
    assert only(laid_out(one(applies_to="unknown"), [], ON))[1].lapsed == ""


def test_a_period_says_whether_it_has_ended_or_is_still_to_come() -> None:
    version, line = only(laid_out(one(), [], ON))
    assert (version.ivp.state, version.mvp.state, line.applies.state) == (State.ENDED, State.OPEN, State.OPEN)
    version, _ = only(laid_out(one(), [], datetime.date(2019, 12, 31)))
    assert version.ivp.state == State.TO_COME


def test_what_left_the_tables_is_kept_and_names_the_last_edition_that_held_it() -> None:
    now = tables("edition 3", validities=[validity(GAS, "SMETS V5.1")])
    version, line = only(laid_out(now, [one(), tables("edition 1")], ON))
    assert version.lapsed == "lapsed, last in edition 2"
    assert line.lapsed == "lapsed, last in edition 2"
    assert version.ivp.end == day("2024-01-01")
    assert not line.may_be_named


def test_the_edition_itself_decides_over_earlier_ones() -> None:
    version, line = only(
        laid_out(one(mvp_to="none"), [one(mvp_to="2025-01-01", applies_to="2025-01-01")], ON)
    )
    assert (version.mvp.end, line.applies.end) == (NONE, NONE)
    assert (version.lapsed, line.lapsed) == ("", "")


def test_a_binding_without_a_row_of_dates_says_so() -> None:
    blocks = laid_out(tables(combinations=[(HUB, "CHTS V1.3", "GBCS Version 3.2")]), [], ON)
    version, line = only(blocks)
    assert not version.ivp.has_row and not line.applies.has_row
    assert version.ivp.end == UNKNOWN


def test_an_applicability_period_that_no_type_may_name_stands_with_every_type() -> None:
    rows = [validity(kind, "SMETS V2.0") for kind in (HUB, GAS)]
    blocks = laid_out(
        tables(validities=rows, periods=[period("SMETS V2.0", "GBCS Version 1.0", "2018-05-07")]), [], ON
    )
    lines = [version.lines[0] for block in blocks for version in block.versions]
    assert [line.label for line in lines if line] == ["GBCS Version 1.0"] * 2
    assert not any(line.may_be_named for line in lines if line)


def test_security_characteristics_and_companions_stand_beside_their_gbcs_version() -> None:
    ties = {"GBCS Version 3.2": frozenset({"1.3", "1.2"})}
    companions = {"GBCS Version 3.2": frozenset({"DUIS 3.1", "MMC 3.1"})}
    _, line = only(laid_out(one(security_ties=ties, companions=companions), [], ON))
    assert line.security == ("1.2", "1.3")
    assert line.companions == ("DUIS 3.1", "MMC 3.1")
