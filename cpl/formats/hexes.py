"""Hexadecimal fields: manufacturer and model identifier, hardware version, firmware version, image hash.

Canonical is upper case, fixed length, no separators (`124074DA`); the main sheet of the published workbook
and the entry form write a colon between octets (`12:40:74:DA`). Leading zeros are significant, and
spreadsheets destroy them: `00` becomes the number 0 and `5E12` the number 5000000000000. Two readers:

- `read_listed` for the list that is already in force: nothing is guessed;
- `read_submitted` for what somebody has just typed: what has exactly one reading is repaired and reported, so
  that the submitter can confirm it; whatever has two is refused with the reason.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from cpl.formats.problems import Refusal, shown

HEX_DIGITS = frozenset("0123456789ABCDEF")
# What a keyboard set to Chinese, Japanese or Korean writes, for every character that a repair knows.
FULL_WIDTH = {ord(c) + 0xFEE0: c for c in "0123456789ABCDEFabcdefOoXx:.-"}
# Seen by nobody, and without effect on the order of what is seen: marks of zero width, soft hyphens, and the
# marks for left to right that come with what is copied from a certificate's window.
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202a\u202c\u2066\u2069"
HYPHENS = "\u2010\u2011\u2012\u2013"
# Letters that look like a digit. They are not replaced: what is meant may be another character altogether.
LOOKALIKES = {"I": "1", "L": "1", "l": "1", "i": "1", "S": "5", "s": "5", "Z": "2", "z": "2"}
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
    if _is_number(text):
        return _refuse(value, octets, "A spreadsheet has turned this into a number. " + _RETYPE)
    digits = _joined(text, octets)
    if digits != text and text != with_colons(digits):
        repairs.append("separators removed")
    if not is_canonical(digits, octets):
        return _refuse(value, octets, _why_not(text, digits, octets))
    return Reading(digits, tuple(repairs))


_RETYPE = "Format the cell as Text and type every digit again, leading zeros included."
_UPPER = str.maketrans("abcdef", "ABCDEF")


def _plain(value: str) -> tuple[str, list[str]]:
    """Undo, one by one, what typing and pasting do to hexadecimal; say which of them were needed."""
    repairs = []
    for words, step in _STEPS:
        changed = step(value)
        if changed != value:
            repairs.append(words)
            value = changed
    return value, repairs


# In this order: a prefix can be seen only once the O of `Ox` is a zero.
_STEPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("full-width characters replaced", lambda text: text.translate(FULL_WIDTH)),
    ("invisible characters removed", lambda text: text.translate(dict.fromkeys(map(ord, INVISIBLE)))),
    # A CSV file protects its zeros so: ="0012".
    ("quotation marks removed", lambda text: re.sub(r"""^\s*(?:="([^"]*)"|'(.*))\s*$""", r"\1\2", text)),
    ("letter O replaced by the digit zero", lambda text: text.translate({ord("O"): "0", ord("o"): "0"})),
    ("0x prefix removed", lambda text: re.sub(r"(^|[\s:.-])0[xX](?=[0-9A-Fa-f])", r"\1", text)),
    ("spaces removed", lambda text: _closed(text.strip())),
    ("put in upper case", lambda text: text.translate(_UPPER)),
)


def _closed(text: str) -> str:
    """Without the spaces that part whole octets or single digits; any other may stand for a lost zero."""
    text = re.sub(r"\s*([:.-])\s*", r"\1", text)
    sizes = {len(re.sub("[:.-]", "", group)) for group in text.split()}
    return "".join(text.split()) if sizes == {1} or all(size % 2 == 0 for size in sizes) else text


def _is_number(text: str) -> bool:
    """Whether a number's digits, as spreadsheets and programs write them: `5.00E+12`, `12.0`, `5E-12`."""
    return bool(re.fullmatch(r"[0-9]+[.,][0-9]*(E[+-]?[0-9]+)?|[0-9]+E[+-][0-9]+", text))


def _joined(text: str, octets: int) -> str:
    """Without separators, where each stands between whole octets and no decimal and no date can be meant."""
    if octets > 2 and re.fullmatch(f"[0-9A-F]{{2}}([.{HYPHENS}-][0-9A-F]{{2}})+", text):
        return re.sub(f"[.{HYPHENS}-]", "", text)
    groups = text.split(":")
    return "".join(groups) if all(group and len(group) % 2 == 0 for group in groups) else text


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
    # In this order: a number of many digits has no float to ask, and NaN is not in the range.
    if not 0 <= number < EXACT or number != int(number):
        return None
    return str(int(number))


def _why_not(text: str, digits: str, octets: int) -> str:
    if not text:
        return "The cell is empty."
    strange = sorted(set(digits) - HEX_DIGITS)
    if set(strange) <= set(f":.-{HYPHENS} "):
        if strange:
            return "The separators do not stand between whole octets: a digit may be missing beside one."
        short = len(digits) < 2 * octets
        many = f"{len(digits)} digit is" if len(digits) == 1 else f"{len(digits)} digits are"
        return f"{many} too {'few: leading zeros may be missing' if short else 'many'}."
    return f"These are not hexadecimal digits: {', '.join(map(_named, strange[:10]))}."


def _named(character: str) -> str:
    """A character that cannot be told from a digit by looking at it is named in full."""
    if character in LOOKALIKES:
        return f"{character} (a letter, where the digit {LOOKALIKES[character]} may be meant)"
    if character.isascii() and character.isprintable():
        return character
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'no character').lower()})"


def _refuse(value: object, octets: int, message: str) -> Refusal:
    return Refusal(found=shown(value), expected=expected_form(octets), message=message)
