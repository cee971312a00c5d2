"""Draws numbers by month as bars in SVG; a table beside it says the same. Pure; colours come from classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDE, NARROW = 760, 340
HEIGHT, TOP, FOOT, EDGE = 190, 22, 36, 6
# Every so many of the bars is named, where not all names have room.
ROOM = 38


@dataclass(frozen=True)
class Column:
    """One bar: what stands under it, the year where it begins one, and its number."""

    name: str
    number: int
    year: str = ""


def draw(title: str, columns: Sequence[Column], *, width: int = WIDE, name: str = "bars") -> str:
    """The picture as one `svg` element; `name` begins its ids, which must be unique in a page."""
    most = max([1, *(column.number for column in columns)])
    step = (width - 2 * EDGE) / max(1, len(columns))
    bottom = HEIGHT - FOOT
    # A wide step names every month, a narrow one every second or third.
    every = max(1, round(ROOM / step + 0.49))
    return "".join([
        f'<svg class="bars" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}" role="img"'
        f' aria-labelledby="{name}-title {name}-about" font-size="11" fill="currentColor">',
        f'<title id="{name}-title">{escape(title)}</title>',
        f'<desc id="{name}-about">{escape(_in_words(columns))}</desc>',
        f'<line class="ground" x1="{EDGE}" y1="{bottom}" x2="{width - EDGE}" y2="{bottom}"'
        ' stroke="currentColor"/>',
        *(_bar(column, EDGE + at * step, step, most, bottom) for at, column in enumerate(columns)),
        *(_foot(column, EDGE + at * step + step / 2, bottom, named=at % every == 0)
          for at, column in enumerate(columns)),
        "</svg>",
    ])  # fmt: skip


def _bar(column: Column, left: float, step: float, most: int, bottom: int) -> str:
    if not column.number:
        return ""
    # One is seen beside ten thousand.
    height = max(2.0, (bottom - TOP) * column.number / most)
    top, middle = bottom - height, left + step / 2
    return (
        f'<rect class="bar" x="{left + step * 0.14:.1f}" y="{top:.1f}" width="{step * 0.72:.1f}" '
        f'height="{height:.1f}"/>'
        f'<text x="{middle:.1f}" y="{top - 4:.1f}" text-anchor="middle">{column.number}</text>'
    )


def _foot(column: Column, middle: float, bottom: int, *, named: bool) -> str:
    words = f'<text x="{middle:.1f}" y="{bottom + 14}" text-anchor="middle">{escape(column.name)}</text>'
    year = f'<text x="{middle:.1f}" y="{bottom + 29}" text-anchor="middle">{escape(column.year)}</text>'
    return (words if named else "") + (year if column.year else "")


def _in_words(columns: Sequence[Column]) -> str:
    said = [f"{column.name} {column.year}: {column.number}".replace("  ", " ") for column in columns]
    return "; ".join(said) or "Nothing."
