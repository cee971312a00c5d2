"""Dates in the list and the form: written dd/mm/yyyy (field CPA_Certificate.expiry_date), without a time."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from cpl.formats.problems import Refusal, shown

EXPECTED = "a date as dd/mm/yyyy, for example 21/09/2022"
# The order of day and month is the form's own: 05/12/2026 is 5 December.
FORMS = (
    (re.compile(r"(\d{2})/(\d{2})/(\d{4})"), "DMY", ""),
    (re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})"), "DMY", "day and month written with two digits"),
    (re.compile(r"(\d{1,2})[-.](\d{1,2})[-.](\d{4})"), "DMY", "written with slashes"),
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})"), "YMD", "written as dd/mm/yyyy"),
)


@dataclass(frozen=True)
class DateReading:
    """A day, and in words what was changed to read it (empty: nothing)."""

    value: date
    repairs: tuple[str, ...] = ()


def written(day: date | None) -> str:
    """The canonical form, dd/mm/yyyy; nothing for no date."""
    return f"{day:%d/%m}/{day.year:04}" if day else ""


def written_with_dashes(day: date) -> str:
    """dd-mm-yyyy, as the line `Version 2.051 Issued on 21-09-2022` has it."""
    return written(day).replace("/", "-")


def read_date(value: object) -> DateReading | Refusal:
    """A date cell, or text as dd/mm/yyyy; dashes, dots, single digits, yyyy-mm-dd are reported."""
    if isinstance(value, datetime):
        changed = value.time() != time(0)
        return DateReading(value.date(), ("time of day dropped",) if changed else ())
    if isinstance(value, date):
        return DateReading(value)
    if not isinstance(value, str):
        return _refuse(value, "A number is not a date: format the cell as Text and type the date.")
    return _read_text(value)


@lru_cache(maxsize=1024)
def _read_text(value: str) -> DateReading | Refusal:
    """The rows of a file mostly name the same few days."""
    stripped = value.strip()
    repairs = ("outer spaces removed",) if stripped != value else ()
    for pattern, order, words in FORMS:
        found = pattern.fullmatch(stripped)
        if found:
            return _day(value, found.groups(), order, (*repairs, words) if words else repairs)
    return _refuse(value, "This is not a date in the form's order.")


def read_day(text: str) -> date | None:
    """The day of an answer that passed its checks; None where it is empty. Raises ValueError otherwise."""
    if not text.strip():
        return None
    reading = read_date(text)
    if isinstance(reading, Refusal):
        raise ValueError(f"{reading.found}: {reading.message}")
    return reading.value


def _day(
    value: object, parts: tuple[str, ...], order: str, repairs: tuple[str, ...]
) -> DateReading | Refusal:
    year, month, day = parts if order == "YMD" else parts[::-1]
    try:
        return DateReading(date(int(year), int(month), int(day)), repairs)
    except ValueError:
        return _refuse(value, "There is no such day (the form's order is day, month, year).")


def _refuse(value: object, message: str) -> Refusal:
    return Refusal(found=shown(value), expected=EXPECTED, message=message)
