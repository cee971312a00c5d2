"""What timelines show, and that nothing of it is cut off, hidden or said by colour alone."""

import datetime as dt
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applicability import timelines
from applicability.answers import EntryFacts
from applicability.openness import NONE, UNKNOWN, Day
from applicability.pictures import NARROW, WIDE, draw
from applicability.schedule import Part, Schedule
from applicability.tables import Tables
from applicability.timelines import Bar, Chart, Kind, Lane, Mark, period_words
from applicability.windows import Version
from tests.applicability.example import HUB, METER, OLDEST_METER, TABLES, hub, validity

TODAY = dt.date(2026, 11, 22)
CHAIN = [
    Version("CHTS V64.0", "principal"),
    Version("CHTS V64.1", "sub", "CHTS V64.0"),
    Version("CHTS V64.2", "sub", "CHTS V64.1"),
]


def bars(chart: Chart) -> list[tuple[str, str, str, str]]:
    return [(lane.name, bar.name, str(bar.start), str(bar.end)) for lane in chart.lanes for bar in lane.bars]


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 (our own picture)


def parts(svg: str, kind: str) -> list[ET.Element]:
    """The elements of a class, in order."""
    return [one for one in parsed(svg).iter() if kind in one.get("class", "").split()]


def picture(*some: Bar, width: int = WIDE, marks: tuple[Mark, ...] = ()) -> str:
    return draw(Chart("Chart", "edition 7", (Lane("SMETS V61.0", some),), TODAY, marks), width=width)


def bar(start: str, end: str) -> Bar:
    return Bar(Kind.IVP, "IVP", Day.parse(start), Day.parse(end))


# The guidance's figures


def test_figure_1_shows_three_principal_versions_of_which_none_has_an_mvp_end() -> None:
    chart = timelines.of_device_type(TABLES, METER, today=TODAY, with_gbcs=False)
    assert bars(chart)[2:] == [
        ("SMETS V61.0", "IVP", "2024-01-01", "2025-12-31"),
        ("SMETS V61.0", "MVP", "2024-01-01", "none"),
        ("SMETS V62.0", "IVP", "2025-01-01", "2027-06-30"),
        ("SMETS V62.0", "MVP", "2025-01-01", "none"),
        ("SMETS V63.0", "IVP", "2026-07-01", "none"),
        ("SMETS V63.0", "MVP", "2026-07-01", "none"),
    ]


def test_figure_2_shows_from_when_to_when_each_sub_version_has_to_be_taken_up() -> None:
    chart = timelines.of_device_type(TABLES, HUB, today=TODAY, versions=CHAIN, with_gbcs=False)
    assert [bar for bar in bars(chart) if bar[1].startswith("Update")] == [
        ("CHTS V64.0", "Update to CHTS V64.1", "2025-03-01", "2025-12-31"),
        ("CHTS V64.1", "Update to CHTS V64.2", "2026-03-01", "2026-12-31"),
    ]
    assert [lane.name for lane in chart.lanes] == ["CHTS V64.0", "CHTS V64.1", "CHTS V64.2"]


@pytest.mark.parametrize("end", ["none", "2025-02-28"])
def test_without_an_mvp_end_after_the_sub_versions_start_there_is_no_window(end: str) -> None:
    rows = [
        validity(HUB, "CHTS V64.0", "2024-01-01", "none", "2024-01-01", end),
        validity(HUB, "CHTS V64.1", "2025-03-01", "none", "2025-03-01", "none"),
    ]
    chart = timelines.of_device_type(Tables.of("edition 8", rows), HUB, today=TODAY, versions=CHAIN)
    assert not [bar for bar in bars(chart) if bar[1].startswith("Update")]


# What stands in a chart


def test_a_device_type_has_the_gbcs_versions_that_are_held_for_it_or_for_none() -> None:
    chart = timelines.of_device_type(TABLES, METER, today=TODAY)
    named = [name for lane, name, _, _ in bars(chart) if lane == "SMETS V60.0" and "GBCS" in name]
    assert named == [
        "Applicability Period, GBCS Version 60.0",
        "Applicability Period, GBCS Version 60.1",
    ]


def test_a_gbcs_version_has_a_lane_for_each_ts_version() -> None:
    chart = timelines.of_version(TABLES, "GBCS Version 64.0", today=TODAY)
    assert [lane.name for lane in chart.lanes] == ["CHTS V64.0", "CHTS V64.1", "CHTS V64.2"]


def test_a_ts_version_has_a_lane_for_each_device_type_and_one_for_gbcs() -> None:
    chart = timelines.of_version(TABLES, "SMETS V61.0", today=TODAY)
    assert [lane.name for lane in chart.lanes] == [METER, "Applicability Periods"]


def test_a_document_draws_like_periods_once_and_names_whose_they_are_where_they_differ() -> None:
    gas = "Gas Smart Meter"
    rows = [
        validity(METER, "SMETS V61.0", "2024-01-01", "2025-12-31", "2024-01-01", "none"),
        validity(gas, "SMETS V61.0", "2024-01-01", "2026-12-31", "2024-01-01", "none"),
    ]
    chart = timelines.of_document(Tables.of("edition 8", rows), "SMETS", ["SMETS V61.0"], today=TODAY)
    assert [(bar.name, str(bar.end)) for bar in chart.lanes[0].bars] == [
        (f"IVP ({METER})", "2025-12-31"),
        (f"IVP ({gas})", "2026-12-31"),
        ("MVP", "none"),
    ]


def test_versions_are_in_their_own_order_and_not_in_that_of_text() -> None:
    labels = ["CHTS V1.10", "CHTS V1.9", "CHTS V1.1"]
    assert sorted(labels, key=timelines.natural) == ["CHTS V1.1", "CHTS V1.9", "CHTS V1.10"]


def test_an_entry_shows_its_listing_its_periods_and_the_day_it_must_go_by() -> None:
    facts = EntryFacts(hub(1), listed=Day.parse("2025-04-01"))
    chart = timelines.of_entry(Schedule.only(TABLES), facts, "Entry 000007", today=TODAY)
    assert bars(chart) == [
        ("Entry 000007", "On the list", "2025-04-01", "none"),
        ("CHTS V64.1", "IVP", "2025-03-01", "2026-06-30"),
        ("CHTS V64.1", "MVP", "2025-03-01", "2026-12-31"),
        ("GBCS Version 64.0", "Applicability Period", "2024-01-01", "none"),
    ]
    assert chart.marks == (Mark("Update or replace by", dt.date(2026, 12, 31)),)


def test_a_removed_entry_is_on_the_list_to_the_day_before() -> None:
    facts = EntryFacts(hub(1), listed=UNKNOWN, removed=Day.parse("2026-03-01"))
    chart = timelines.of_entry(Schedule.only(TABLES), facts, "Entry 000007", today=TODAY)
    assert bars(chart)[0] == ("Entry 000007", "On the list", "unknown", "2026-02-28")


def test_an_entry_without_rows_shows_its_listing_alone() -> None:
    chart = timelines.of_entry(
        Schedule.only(Tables.of("edition 8")), EntryFacts(hub(1)), "Entry", today=TODAY
    )
    assert [lane.name for lane in chart.lanes] == ["Entry"]


def test_a_day_that_is_only_the_latest_possible_says_so() -> None:
    chart = timelines.of_entry(Schedule.only(TABLES), EntryFacts(OLDEST_METER), "Entry", today=TODAY)
    assert chart.marks == (Mark("Update or replace by, at the latest", dt.date(2018, 5, 7)),)


def test_an_edition_to_come_is_a_line() -> None:
    parts = (Part(dt.date.min, TABLES), Part(dt.date(2027, 2, 1), Tables.of("edition 8")))
    marks = timelines.changes_to_come(Schedule(parts))
    assert marks == (Mark("Edition 8 takes effect", dt.date(2027, 2, 1)),)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2024-01-01", "2025-12-31", "1 January 2024 to 31 December 2025"),
        ("2024-01-01", "none", "from 1 January 2024, no end"),
        ("2024-01-01", "unknown", "from 1 January 2024, end unknown"),
        ("unknown", "2025-12-31", "start unknown, to 31 December 2025"),
        ("unknown", "none", "start unknown, no end"),
        ("unknown", "unknown", "start and end unknown"),
        ("none", "2025-12-31", "no start, to 31 December 2025"),
    ],
)
def test_a_period_says_what_is_open_and_what_is_unknown(start: str, end: str, words: str) -> None:
    assert period_words(Day.parse(start), Day.parse(end)) == words


# How it is drawn


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_closed_open_and_unknown_ends_are_drawn_differently(width: int) -> None:
    closed, opened, unknown = (
        picture(bar("2024-01-01", end), width=width) for end in ("2025-12-31", "none", "unknown")
    )
    shapes = [parts(svg, "sure")[0].get("d") for svg in (closed, opened)]
    assert shapes[0].count("L") == 0  # straight
    assert shapes[1].count("L") == 2  # an arrowhead
    assert parts(unknown, "unsure")[0].get("stroke-dasharray")
    assert [one.text for one in parts(unknown, "query")] == ["?"]
    assert not parts(closed, "query") and not parts(opened, "query")


def test_an_unknown_start_is_marked_on_the_left_and_the_known_end_stays_a_firm_line() -> None:
    svg = picture(bar("unknown", "2020-10-27"))
    assert len(parts(svg, "query")) == len(parts(svg, "known")) == 1


def test_both_ends_belong_to_the_bar() -> None:
    day = picture(bar("2026-03-01", "2026-03-01"), bar("2026-03-01", "2026-03-31"))
    one, month = (parts(day, "sure")[place].get("d") for place in (0, 1))
    starts = [float(re.match(r"M([\d.]+) ", shape)[1]) for shape in (one, month)]
    assert starts[0] == starts[1]
    assert float(re.search(r"H([\d.]+)", one)[1]) > starts[0]


def test_today_is_a_line_with_its_date() -> None:
    svg = picture(bar("2024-01-01", "none"))
    line, words = parts(svg, "today")
    assert line.get("x1") == line.get("x2")
    assert words.text == "Today: 22 November 2026"


def test_a_picture_has_a_title_a_description_and_no_style_of_its_own() -> None:
    svg = picture(bar("2024-01-01", "unknown"))
    root = parsed(svg)
    assert root.get("role") == "img"
    ids = root.get("aria-labelledby", "").split()
    assert [root.find(tag).get("id") for tag in ("title", "desc")] == ids
    assert "Today, 22 November 2026" in root.find("desc").text
    assert "style" not in svg


def test_a_picture_that_stands_alone_carries_its_colours_and_every_bar_in_words() -> None:
    chart = Chart("Chart", "edition 7", (Lane("SMETS V61.0", (bar("2024-01-01", "unknown"),)),), TODAY)
    svg = draw(chart, style="a > b { color: red }")
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert "<style>a &gt; b { color: red }</style>" in svg
    assert "SMETS V61.0: IVP from 1 January 2024, end unknown." in svg


def test_words_from_the_tables_cannot_become_markup() -> None:
    lane = Lane("<script>alert(1)</script>", (Bar(Kind.IVP, '"&<b>\x00', UNKNOWN, NONE),))
    svg = draw(Chart("</title><script>", "e", (lane,), TODAY))
    parsed(svg)
    assert "<script" not in svg


def test_pictures_of_one_page_share_no_id() -> None:
    chart = timelines.of_device_type(TABLES, HUB, today=TODAY)
    ids = re.findall(r' id="([^"]+)"', draw(chart, name="a") + draw(chart, name="a-narrow", width=NARROW))
    assert len(ids) == len(set(ids)) == 6


def test_an_empty_chart_is_a_picture_too() -> None:
    parsed(draw(Chart("Nothing", "no edition", (), TODAY)))


DAYS = st.one_of(
    st.dates(dt.date(1900, 1, 1), dt.date(2999, 12, 31)).map(Day.on), st.just(NONE), st.just(UNKNOWN)
)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=60)


@given(
    spans=st.lists(st.tuples(NAMES, DAYS, DAYS), min_size=1, max_size=4),
    today=st.dates(dt.date(2012, 1, 1), dt.date(2100, 12, 31)),
    width=st.sampled_from([WIDE, NARROW]),
)
def test_nothing_is_cut_off_at_any_edge(
    spans: list[tuple[str, Day, Day]], today: dt.date, width: int
) -> None:
    lanes = tuple(Lane(name, (Bar(Kind.MVP, name, *ordered(start, end)),)) for name, start, end in spans)
    mark = Mark("Update or replace by", dt.date(today.year, 12, 31))
    svg = draw(Chart("Chart", "edition 7", lanes, today, (mark,)), width=width)
    height = float(parsed(svg).get("height", ""))
    for x, y in points(svg):
        assert 0 <= x <= width
        assert 0 <= y <= height


def ordered(start: Day, end: Day) -> tuple[Day, Day]:
    return (end, start) if start.date and end.date and end.date < start.date else (start, end)


def points(svg: str) -> list[tuple[float, float]]:
    """Every corner of every shape; of words both ends, by a generous guess at their width."""
    found: list[tuple[float, float]] = []
    root = parsed(svg)
    for one in root.iter():
        if one.tag == "pattern":
            one.clear()
        if one.tag == "text":
            x, y, long = float(one.get("x", "")), float(one.get("y", "")), len(one.text or "") * 6.4
            found += [(x, y - 10), (x - long if one.get("text-anchor") else x + long, y + 3)]
        if one.tag == "line":
            found += [(float(one.get(f"x{end}", "")), float(one.get(f"y{end}", ""))) for end in (1, 2)]
        if one.tag == "path" and one.get("class") in ("sure", "unsure", "known"):
            y = 0.0
            for letter, first, second in re.findall(r"([MLHV])(-?[\d.]+)(?: (-?[\d.]+))?", one.get("d", "")):
                y = float(second or y)
                if letter in "MLH":
                    found.append((float(first), y))
    return found
