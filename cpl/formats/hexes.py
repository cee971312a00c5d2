"""Hexadecimal fields: manufacturer and model identifier, hardware version, firmware version, image hash.

Canonical is upper case, fixed length, no separators (`124074DA`); the main sheet of the published workbook
and the entry form write a colon between octets (`12:40:74:DA`). Leading zeros are significant, and
spreadsheets destroy them: `00` becomes the number 0 and `5E12` the number 5000000000000. Two readers:

- `read_listed` for the list that is already in force: nothing is guessed;
- `read_submitted` for what somebody has just typed: what has exactly one reading is repaired and reported, so
  that the submitter can confirm it; whatever has two is refused with the reason.
"""

import re
from dataclasses import dataclass
from math import isfinite

from cpl.formats.problems import Refusal, shown

HEX_DIGITS = frozenset("0123456789ABCDEF")
FULL_WIDTH = {0xFF10 + n: str(n) for n in range(10)} | {
    base + n: "ABCDEF"[n] for base in (0xFF21, 0xFF41) for n in range(6)
}
FULL_WIDTH_COLON = {0xFF1A: ":"}
INVISIBLE = "\u200b\u2060\ufeff\u00ad"
# The largest whole number that a spreadsheet, which counts in doubles, keeps exactly.
EXACT = 10**15


@dataclass(frozen=True)
class Reading:
    """A value in canonical form, and in words what was changed to get there (empty: nothing)."""

    value: str
    repairs: tuple[str, ...] = ()


def is_canonical(value: str, octets: int) -> bool:
    return len(value) == 2 * octets and HEX_DIGITS.issuperset(value)


def with_colons(value: str) -> str:
    """`124074DA` as `12:40:74:DA`; an empty value stays empty."""
    return ":".join(value[start : start + 2] for start in range(0, len(value), 2))


def without_colons(value: str) -> str:
    return value.replace(":", "")


def expected_form(octets: int) -> str:
    if octets == 1:
        return "2 hexadecimal digits (XX), as text"
    return (
        f"{octets} octets in hexadecimal, {2 * octets} digits ("
        + ":".join(["XX"] * min(octets, 4))
        + (":..." if octets > 4 else "")
        + "), as text"
    )


def read_listed(value: object, octets: int) -> Reading | Refusal:
    """Read a cell of the published list. A number is taken only at full width (12 in a two-digit field)."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _listed_number(value, octets)
    if not isinstance(value, str):
        return _refuse(value, octets, "This is not text.")
    stripped = value.strip()
    digits = without_colons(stripped).upper()
    if not is_canonical(digits, octets) or (":" in stripped and stripped.upper() != with_colons(digits)):
        return _refuse(value, octets, _why_not(stripped, digits, octets))
    changes = [
        ("outer spaces removed", stripped != value),
        ("put in upper case", stripped != stripped.upper()),
    ]
    return Reading(digits, tuple(words for words, changed in changes if changed))


def read_submitted(value: object, octets: int) -> Reading | Refusal:
    """Read what a submitter gave, repairing what has exactly one reading and refusing the rest."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _submitted_number(value, octets)
    if not isinstance(value, str):
        return _refuse(value, octets, "This is not text. Format the cell as Text and type the digits again.")
    if is_canonical(value, octets):
        return Reading(value)
    text, repairs = _plain(value)
    if re.search(r"[0-9]E[+-]", text) or re.fullmatch(r"[0-9]+[.,][0-9]*(E[0-9]+)?", text):
        return _refuse(value, octets, "A spreadsheet has turned this into a number. " + _RETYPE)
    digits = _joined(text, octets)
    if digits != text and text != with_colons(digits):
        repairs.append("separators removed")
    if not is_canonical(digits, octets):
        return _refuse(value, octets, _why_not(text, digits, octets))
    return Reading(digits, tuple(repairs))


_RETYPE = "Format the cell as Text and type every digit again, leading zeros included."


def _plain(value: str) -> tuple[str, list[str]]:
    """Undo, one by one, what typing and pasting do to hexadecimal; say which of them were needed."""
    steps = (
        ("full-width characters replaced", lambda text: text.translate(FULL_WIDTH | FULL_WIDTH_COLON)),
        ("spaces removed", lambda text: "".join(c for c in text if not c.isspace() and c not in INVISIBLE)),
        ("letter O replaced by the digit zero", lambda text: text.replace("O", "0").replace("o", "0")),
        ("0x prefix removed", lambda text: re.sub(r"(?i)(^|:)0x", r"\1", text)),
        ("put in upper case", str.upper),
    )
    repairs = []
    for words, step in steps:
        changed = step(value)
        if changed != value:
            repairs.append(words)
            value = changed
    return value, repairs


def _joined(text: str, octets: int) -> str:
    """Drop colons always; dots and hyphens only between whole octets, where no decimal can be meant."""
    if octets > 2 and re.fullmatch(r"[0-9A-F]{2}([.-][0-9A-F]{2})+", text):
        return re.sub(r"[.-]", "", text)
    return without_colons(text)


def _listed_number(number: int | float, octets: int) -> Reading | Refusal:
    digits = whole_digits(number)
    if digits is None or len(digits) != 2 * octets:
        return _refuse(number, octets, "A number cell has lost leading zeros, or was never these digits.")
    return Reading(digits, ("a number cell, taken at full width",))


def _submitted_number(number: int | float, octets: int) -> Reading | Refusal:
    digits = whole_digits(number)
    if digits is None:
        return _refuse(number, octets, "A spreadsheet has turned this into a number. " + _RETYPE)
    if len(digits) < 2 * octets:
        return _refuse(number, octets, "A number cell has lost its leading zeros. " + _RETYPE)
    if len(digits) > 2 * octets:
        return _refuse(number, octets, "The number is too long, perhaps digits with an E between. " + _RETYPE)
    if octets > 1 and digits.endswith("00"):
        # 1E03 and 12E2 typed into a spreadsheet become the numbers 1000 and 1200, which are as wide.
        return _refuse(
            number, octets, "This number may have been typed with an E (12E2 becomes 1200). " + _RETYPE
        )
    return Reading(digits, ("a number cell, taken at full width",))


def whole_digits(number: int | float) -> str | None:
    """The digits of a number that a spreadsheet keeps exactly; None for any other."""
    if not isfinite(number) or number < 0 or number >= EXACT or number != int(number):
        return None
    return str(int(number))


def _why_not(text: str, digits: str, octets: int) -> str:
    if not text:
        return "The cell is empty."
    strange = sorted({character for character in digits if character not in HEX_DIGITS})
    if strange:
        return f"These are not hexadecimal digits: {' '.join(strange[:10])}."
    if len(digits) == 2 * octets:
        return "The colons do not stand between octets."
    short = len(digits) < 2 * octets
    return f"{len(digits)} digits are too {'few: leading zeros may be missing' if short else 'many'}."


def _refuse(value: object, octets: int, message: str) -> Refusal:
    return Refusal(found=shown(value), expected=expected_form(octets), message=message)
