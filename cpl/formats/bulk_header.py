"""Finds the headers of a file with one device a row, in either form that the published workbook has.

Two rows, Data Group above Data Attribute, as in the main sheet (column A of which holds labels, rows 3 to 7
guidance); or one row of `Group.attribute`, as in the interchange file. People add spaces, line breaks and
capitals to headers, which mean nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from openpyxl.utils import get_column_letter

from cpl import fields
from cpl.fields import NEW_ENTRY
from cpl.formats import sheet_texts
from cpl.formats.bulk_texts import FIXED_TEXTS
from cpl.formats.cells import Cell, Row
from cpl.formats.problems import CellProblem, shown
from cpl.formats.sheet_names import INTERCHANGE_HEADERS, LISTED_AS, MAIN_LABELS

# Headers stand within so many rows of the top, and are taken for headers if so many of them are known.
WITHIN = 20
FEWEST = 3
MOST_COLUMNS = 1_000
# Every device has these; a certificate's column may be absent where no device of the file needs one.
NEEDED = (*fields.DEVICE_FIELDS, *fields.VERSION_FIELDS)
MOST_TOLD = 50
INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u2060\u00ad"))


def plain(value: object) -> str:
    """A header or label for comparing."""
    if not isinstance(value, str):
        return ""
    return " ".join(value[:400].translate(INVISIBLE).split()).casefold()


def _known() -> dict[str, str]:
    """Every spelling of a field's header, and the field."""
    names = {plain(field.name): field.name for field in NEW_ENTRY}
    for name, (group, attribute) in LISTED_AS.items():
        own_group, _, own_attribute = name.partition(".")
        for one in (group, own_group):
            names |= {plain(f"{one}.{another}"): name for another in (attribute, own_attribute)}
    return names


FIELD_OF = _known()
CONCATENATED = plain(INTERCHANGE_HEADERS[8])
# The Panel allocates these; in a file of new entries they are no answers.
NOT_TAKEN = frozenset(plain(header) for header in INTERCHANGE_HEADERS[:3])
NUMBER = plain(INTERCHANGE_HEADERS[1])
# The column that says what a row is: that of the main sheet, and that of the template as CSV.
REMARK = "Remark"
LABELS = frozenset({plain(f"{MAIN_LABELS[0]}.{MAIN_LABELS[1]}"), plain(MAIN_LABELS[1]), plain(REMARK)})
GUIDANCE = frozenset(map(plain, MAIN_LABELS[2:]))


@dataclass(frozen=True)
class Header:
    """Where each field stands. `row`: the last row of the headers; columns count from 0."""

    row: int
    places: tuple[tuple[str, int, str], ...]  # field, column, its letter
    label: int | None
    concatenated: int | None
    covered: frozenset[int]
    problems: tuple[CellProblem, ...] = ()
    number: int | None = None  # the column of the entries' numbers

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name, _, _ in self.places)

    def is_guidance(self, row: Row, place: int) -> bool:
        """Whether this is one of the rows in which the main sheet explains its columns.

        `place` counts the rows below the headers, from 1.
        """
        if place > len(GUIDANCE):
            return False
        if self.label is not None and plain(_value(row, self.label)) in GUIDANCE:
            return True
        texts = ((name, plain(_value(row, column))) for name, column, _ in self.places)
        return any(len(text) > 20 and text in _GUIDANCE_TEXTS.get(name, ()) for name, text in texts)

    def has_number(self, row: Row) -> bool:
        """Whether the Panel has numbered it: an entry of the list, not a new one."""
        return self.number is not None and bool(str(_value(row, self.number) or "").strip())

    def is_marked(self, row: Row) -> bool:
        return self.label is not None and plain(_value(row, self.label)).startswith("example")


def _guidance_texts() -> dict[str, frozenset[str]]:
    """What the rows of guidance say, but for the lists of choices, which change."""
    return {
        name: frozenset(
            plain(text) for text in (*texts, *sheet_texts.MAIN_TEXTS.get(name, ())) if "{choices}" not in text
        )
        for name, texts in FIXED_TEXTS.items()
    }


_GUIDANCE_TEXTS = _guidance_texts()


def find_header(rows: Sequence[tuple[int, Row]], sheet: str) -> Header | None:
    """The headers among the first rows of a file; None where too few of them are known."""
    best: tuple[int, int, list[tuple[Cell, str]]] = (FEWEST - 1, 0, [])
    for at, (number, row) in enumerate(rows):
        below = rows[at + 1] if at + 1 < len(rows) else (0, [])
        one_row = [(cell, cell.value if isinstance(cell.value, str) else "") for cell in row]
        two_rows = list(_two_rows(row, below[1]))
        for last, names in ((number, one_row), (below[0], two_rows)):
            count = len({FIELD_OF[found] for _, name in names if (found := plain(name)) in FIELD_OF})
            if count > best[0]:
                best = (count, last, names)
    return _header(best[1], best[2], sheet) if best[2] else None


def _two_rows(above: Row, below: Row) -> Iterator[tuple[Cell, str]]:
    """Each column's group and attribute run together; a group stands for the columns after it too."""
    group = ""
    for column, cell in enumerate(below):
        own = above[column].value if column < len(above) else None
        group = own if isinstance(own, str) and own.strip() else group
        attribute = cell.value if isinstance(cell.value, str) else ""
        yield cell, f"{group.strip()}.{attribute.strip()}" if attribute.strip() else ""


def _header(row: int, names: list[tuple[Cell, str]], sheet: str) -> Header:
    places: dict[str, int] = {}
    label = concatenated = number = None
    problems: list[CellProblem] = []
    for column, (cell, name) in enumerate(names):
        key = plain(name)
        if field := FIELD_OF.get(key):
            if field in places:
                problems.append(_twice(sheet, cell, field, places[field]))
            else:
                places[field] = column
        elif key in LABELS and label is None:
            label = column
        elif key == CONCATENATED and concatenated is None:
            concatenated = column
        elif key == NUMBER and number is None:
            number = column
        elif key and key not in NOT_TAKEN:
            problems.append(_unknown(sheet, cell, name))
    covered = frozenset(column for column, (_, name) in enumerate(names) if plain(name))
    told = [*_missing(sheet, places), *problems[:MOST_TOLD]]
    if len(problems) > MOST_TOLD:
        told.append(_more(sheet, len(problems) - MOST_TOLD))
    ordered = tuple((name, column, get_column_letter(column + 1)) for name, column in places.items())
    return Header(row, ordered, label, concatenated, covered, tuple(told), number)


def _missing(sheet: str, places: Mapping[str, int]) -> Iterator[CellProblem]:
    for one in NEEDED:
        if one.name not in places:
            message = "Every device needs this column, and the file has none of this name. Add it."
            yield CellProblem(sheet, "", one.name, "", f"a column headed {one.name}", message)


def _twice(sheet: str, cell: Cell, field: str, first: int) -> CellProblem:
    message = f"This column stands already in column {get_column_letter(first + 1)}. Delete one of them."
    return CellProblem(sheet, cell.address, field, shown(cell.value), "each column once", message)


def _unknown(sheet: str, cell: Cell, name: str) -> CellProblem:
    close = get_close_matches(plain(name)[:100], FIELD_OF, 1, 0.8)
    expected = f"perhaps {FIELD_OF[close[0]]}" if close else "a field of the form, as Device_Type.name"
    message = (
        "No field has this name, so that the column was not read. Put the header right, or delete the column."
    )
    return CellProblem(sheet, cell.address, shown(name), shown(name), expected, message)


def _more(sheet: str, count: int) -> CellProblem:
    message = "Use the headers of the template, or those of the published list."
    return CellProblem(
        sheet, "", "", f"{count} more columns of these kinds", "known columns, each once", message
    )


def _value(row: Row, column: int) -> object:
    return row[column].value if column < len(row) else None
