"""How a canonical answer is read: days, entry numbers, people."""

import datetime
import re

from cpl.formats.dates import read_date
from cpl.formats.problems import Refusal

# More than any field of a form holds. An answer that is refused for naming more is asked after all the same.
MOST = 2_500
NONE = "none"  # the word for "no upgrade path"
_REFERENCE = re.compile(r"(?:[sS]-?)?0*([1-9][0-9]{0,8})")
_NUMBERS = re.compile(r"(?P<first>[0-9]{1,6})(?:\s*[-\u2013]\s*(?P<last>[0-9]{1,6}))?")


def day_of(text: str) -> datetime.date | None:
    """The day that a canonical dd/mm/yyyy names; None where it is empty or no day."""
    read = read_date(text)
    return None if isinstance(read, Refusal) else read.value


def read_numbers(text: str) -> tuple[int, ...]:
    """The entry numbers of an answer in its order; none where it is empty, `none` or unreadable."""
    # Most answers name none, and many rules ask.
    return (parse_numbers(text) or ()) if text and text != NONE else ()


def parse_numbers(text: str, at_most: int = MOST) -> tuple[int, ...] | None:
    """`12; 13, 15-17` as numbers. None where a part is no entry number or there are more than `at_most`."""
    numbers: list[int] = []
    for part in filter(None, (part.strip() for part in re.split(r"[;,\n]", text))):
        found = _NUMBERS.fullmatch(part)
        if not found:
            return None
        first, last = int(found["first"]), int(found["last"] or found["first"])
        # Counted before it is written out: `1-999999` costs nothing.
        if not 1 <= first <= last or len(numbers) + last - first + 1 > at_most:
            return None
        numbers += range(first, last + 1)
    return tuple(numbers)


def read_references(text: str, at_most: int = MOST) -> tuple[int, ...] | None:
    """`S-000012; 13` as the numbers of submissions. None where a part is no reference, or there are more."""
    parts = [part for part in re.split(r"[;,\s]+", text.strip()) if part]
    found = [_REFERENCE.fullmatch(part) for part in parts]
    if len(parts) > at_most or not all(found):
        return None
    return tuple(dict.fromkeys(int(one[1]) for one in found if one))


def written_numbers(numbers: tuple[int, ...]) -> str:
    """Entry numbers as answers hold them: `000012; 000013`."""
    return "; ".join(f"{number:06d}" for number in numbers)


def people(text: str) -> tuple[str, ...]:
    """The parts of an answer that may name several persons, separated by semicolons."""
    return tuple(part for part in (part.strip() for part in text.split(";")) if part)


def octets(text: str) -> int:
    """The length in octets of UTF-8. A lone surrogate, which JSON can carry, is counted and not raised."""
    return len(text.encode("utf-8", "surrogatepass"))
