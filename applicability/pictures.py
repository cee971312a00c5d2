"""Draws a `Chart` as SVG: bars along the years, nothing outside the frame, no style in any element.

Pure. Colours come from classes (static/timelines.css); without a stylesheet everything is drawn in the colour
of the text. A closed end is straight, an open one an arrow, an unknown one dashed, hatched and marked with a
question mark; each also says so in words.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from applicability.openness import NONE, UNKNOWN, Day, say
from applicability.timelines import Bar, Chart, Lane, Mark

WIDE, NARROW = 900, 350
EDGE, GUTTER, LINE, BAR, GAP = 6, 176, 15, 11, 9
# A cautious guess at the width of a letter at 12 units in any font. Words that come near the right end are
# set from there leftwards, so that a wrong guess never cuts one off.
LETTER = 7.4
TALLEST_LABEL = 3


def draw(chart: Chart, *, width: int = WIDE, name: str = "timeline", style: str = "") -> str:
    """The picture as one `svg` element, with a title and a description.

    `name` begins its ids, which must be unique in a page. With `style` (a stylesheet) the picture can stand
    alone: it then carries its colours, its namespace, and every bar in words.
    """
    scale = Scale.of(chart, width, hatch=f"{name}-hatch")
    head = list(_marks(chart, scale))
    top = EDGE + LINE * (len(head) + 1) + GAP
    drawn, bottom = _lanes(chart, scale, top)
    height = bottom + LINE + EDGE
    alone = ' xmlns="http://www.w3.org/2000/svg"' if style else ""
    about = chart.in_full if style else chart.summary
    return "".join([
        f'<svg{alone} class="timeline" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" aria-labelledby="{name}-title {name}-about" font-size="12" fill="currentColor"'
        ' font-family="system-ui, sans-serif">',
        f'<title id="{name}-title">{_text(chart.title)}</title><desc id="{name}-about">{_text(about)}</desc>',
        f"<style>{escape(style, quote=False)}</style>" if style else "",
        f'<rect class="sheet" width="{width}" height="{height}" fill="none"/>' if style else "",
        _hatch(scale.hatch),
        *drawn.bands,
        *_years(scale, top, bottom),
        *drawn.bars,
        *(mark.line(top, bottom) for mark in head),
        *drawn.words,
        *(mark.label for mark in head),
        "</svg>",
    ])  # fmt: skip


@dataclass(frozen=True)
class Scale:
    """Where a day lies between the left and the right end of the plot, in units of the picture."""

    first: dt.date
    last: dt.date
    left: float
    right: float
    hatch: str

    @classmethod
    def of(cls, chart: Chart, width: int, hatch: str) -> Scale:
        """Whole years around every dated day, a year to spare on each side for ends that are not dated."""
        days = [day.date for lane in chart.lanes for bar in lane.bars for day in (bar.start, bar.end)]
        years = [day.year for day in (*days, chart.today, *(mark.date for mark in chart.marks)) if day]
        left = EDGE + (GUTTER if width > 2 * GUTTER + EDGE else 0)
        first, last = max(min(years) - 1, 1), min(max(years) + 2, 9999)
        return cls(dt.date(first, 1, 1), dt.date(last, 1, 1), left, width - EDGE, hatch)

    def at(self, day: dt.date) -> float:
        share = (min(max(day, self.first), self.last) - self.first) / (self.last - self.first)
        return round(self.left + share * (self.right - self.left), 1)

    def after(self, day: dt.date) -> float:
        """Where the day ends: the last day of a period belongs to it."""
        return self.right if day >= self.last else self.at(day + dt.timedelta(days=1))

    def place(self, wanted: float, letters: int) -> float:
        """Where words of so many letters are set: there, or at the right end, whence they go leftwards."""
        return wanted if wanted + letters * LETTER <= self.right else self.right

    @property
    def letters(self) -> int:
        return int((self.right - self.left) / LETTER)


@dataclass(frozen=True)
class DrawnMark:
    """A line across at one day, and its words above."""

    kind: str
    x: float
    label: str

    def line(self, top: int, bottom: int) -> str:
        return (
            f'<line class="{self.kind}" x1="{self.x}" x2="{self.x}" y1="{top - GAP}" y2="{bottom}"'
            f' stroke="currentColor" stroke-width="1.5"{_dashes(self.kind)}/>'
        )


def _dashes(kind: str) -> str:
    return ' stroke-dasharray="2 3"' if kind == "due" else ""


def _marks(chart: Chart, scale: Scale) -> Iterator[DrawnMark]:
    marks = [("today", Mark("Today", chart.today)), *(("due", mark) for mark in chart.marks)]
    for place, (kind, mark) in enumerate(marks, start=1):
        words = f"{mark.name}: {say(mark.date)}"
        x = scale.after(mark.date) if kind == "due" else scale.at(mark.date)
        y = EDGE + place * LINE - 3
        at = scale.place(x, len(words) + 3)
        label = _words(f"{kind} words", at, y, words, bold=True, leftwards=at == scale.right)
        yield DrawnMark(kind, x, label)


def _years(scale: Scale, top: int, bottom: int) -> Iterator[str]:
    """Years above and below, as many as there is room for."""
    years = scale.last.year - scale.first.year
    room = max(int((scale.right - scale.left) / 44), 1)
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 500, 1000, 10000) if years / step <= room)
    for year in range(scale.first.year, scale.last.year + 1):
        if year % step:
            continue
        x = scale.at(dt.date(year, 1, 1))
        yield (
            f'<line class="year" x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"'
            ' stroke="currentColor" stroke-opacity="0.2"/>'
        )
        if scale.place(x + 3, len(str(year))) < scale.right:
            yield _words("year words", x + 3, top - 3, str(year))
            yield _words("year words", x + 3, bottom + LINE - 3, str(year))


@dataclass
class Drawn:
    """The parts of all lanes by layer: words lie over lines, lines over bars, bars over years."""

    bands: list[str] = field(default_factory=list)
    bars: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def _lanes(chart: Chart, scale: Scale, top: int) -> tuple[Drawn, int]:
    """Every lane, and where the last one ends."""
    drawn, y = Drawn(), top
    for place, lane in enumerate(chart.lanes):
        end = _lane(lane, scale, y, drawn)
        if place % 2 == 0:
            box = f'x="{EDGE}" y="{y}" width="{scale.right - EDGE}" height="{end - y}"'
            drawn.bands.append(f'<rect class="band" {box} fill-opacity="0.05"/>')
        y = end
    return drawn, max(y, top + LINE)


def _lane(lane: Lane, scale: Scale, top: int, drawn: Drawn) -> int:
    """A lane's name on the left where there is room, else above; then its bars. Returns where it ends."""
    aside = scale.left > GUTTER
    letters = int(GUTTER / (LETTER * 1.05)) if aside else scale.letters
    name = textwrap.wrap(lane.name, letters, max_lines=TALLEST_LABEL, placeholder=" …") or [""]
    drawn.words += [
        _words("lane words", EDGE + 4, top + LINE * line, words, bold=True)
        for line, words in enumerate(name, start=1)
    ]
    below = top + LINE * len(name) + GAP
    y = top if aside else below - GAP
    for bar in lane.bars:
        y = _row(bar, scale, y, drawn)
    return max(y + GAP, below)


def _row(bar: Bar, scale: Scale, top: int, drawn: Drawn) -> int:
    """A bar under its words. Returns where it ends."""
    lines = textwrap.wrap(f"{bar.name}: {bar.words}", scale.letters)
    start = scale.at(bar.start.date) if bar.start.date else scale.left
    x = scale.place(start, max(len(line) for line in lines))
    drawn.words += [
        _words("bar words", x, top + LINE * place, line, leftwards=x == scale.right)
        for place, line in enumerate(lines, start=1)
    ]
    y = top + LINE * len(lines) + 4
    drawn.bars.append(f'<g class="{bar.kind}">{"".join(_bar(bar, scale, y))}</g>')
    return y + BAR


def _bar(bar: Bar, scale: Scale, y: int) -> Iterator[str]:
    """Solid where every day is certain, hatched where a date is not known; the ends as the dates are."""
    start, end = _left(bar.start, scale), _right(bar.end, scale)
    end = max(end, start + 2)
    unsure = UNKNOWN in (bar.start, bar.end)
    shape = _shape(bar, start, end, y)
    if unsure:
        yield (
            f'<path class="unsure" d="{shape}" fill="url(#{scale.hatch})" stroke="currentColor"'
            ' stroke-dasharray="3 2"/>'
        )
    else:
        yield f'<path class="sure" d="{shape}"/>'
    for day, x, mark in ((bar.start, start, scale.left), (bar.end, end, scale.right - LETTER)):
        if unsure and day.date:
            cap = f"M{x} {y - 2}V{y + BAR + 2}"
            yield f'<path class="known" d="{cap}" stroke="currentColor" stroke-width="3"/>'
        if day == UNKNOWN:
            yield _words("query words", mark, y + BAR - 1, "?", bold=True)


def _left(day: Day, scale: Scale) -> float:
    if day.date:
        return scale.at(day.date)
    return scale.left if day == NONE else round(scale.left + LETTER * 1.6, 1)


def _right(day: Day, scale: Scale) -> float:
    if day.date:
        return scale.after(day.date)
    return scale.right if day == NONE else round(scale.right - LETTER * 1.6, 1)


def _shape(bar: Bar, start: float, end: float, y: int) -> str:
    """A box; where there is no start or no end, that side is an arrowhead."""
    low, middle, point = y + BAR, y + BAR / 2, 7
    left = f"M{start + point} {low}L{start} {middle}L{start + point} {y}" if bar.start == NONE else (
        f"M{start} {low}V{y}"
    )  # fmt: skip
    right = f"H{end - point}L{end} {middle}L{end - point} {low}" if bar.end == NONE else f"H{end}V{low}"
    return f"{left}{right}Z"


def _hatch(name: str) -> str:
    return (
        f'<defs><pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<path class="hatch" d="M-1 1L1 -1M0 6L6 0M5 7L7 5" stroke="currentColor" stroke-opacity="0.45"/>'
        "</pattern></defs>"
    )


def _words(kind: str, x: float, y: float, words: str, *, bold: bool = False, leftwards: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    anchor = ' text-anchor="end"' if leftwards else ""
    return f'<text class="{kind}" x="{x}" y="{y}"{weight}{anchor}>{_text(words)}</text>'


def _text(words: str) -> str:
    """Escaped, without the characters that XML cannot hold."""
    return escape("".join(letter for letter in words if letter.isprintable()))
