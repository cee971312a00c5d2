"""What the text of an attached certificate says, against what the form says of it.

A text is searched as people write: an identifier broken over two lines, hex with or without colons, a date
in words. What is not found is a warning and no more: a certificate may say it in a way that nobody foresaw.
"""

import datetime
import re
import unicodedata
from collections.abc import Iterator

from cpl import fields as f
from cpl.fields import Field
from cpl.prefixes import split_prefix
from cpl.rules.case import Case, DocumentFacts
from cpl.rules.certificates import GIVEN
from cpl.rules.problem import Level
from cpl.rules.registry import Finding, rule
from cpl.rules.schemes import ZIGBEE, Given, given

SOURCE = "guidance 4.1 and 4.4"
IDENTIFIERS = (f.CPA_ID, f.DLMS_ID, f.ZSE_ID, f.CERTIFICATE_ID)
DATES = (f.CPA_DATE, f.CERTIFICATE_DATE)
# A number as short as this may stand anywhere; it has to stand by itself and unbroken.
SHORT = 6
_MONTHS = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER",
    "NOVEMBER", "DECEMBER",
)  # fmt: skip
_DASHES = re.compile("[\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]")
# What may stand between two octets.
_APART = "[ :.,-]{0,2}(?:0X)?"
# Soft hyphens and characters without width, which no reader sees.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


@rule("D-identifier", Level.WARN, SOURCE, kinds=GIVEN, field=IDENTIFIERS)
def identifier(case: Case) -> Iterator[Finding]:
    """The {scheme} certificate {found} is not named in the text of {files}. Make sure that this is its file,
    and that the identifier is as the certificate has it."""
    for one, documents in _readable(case):
        sought = _identifier(split_prefix(one.listed)[1])
        if not _any_has(documents, sought):
            yield _missing(one.identifier_field, one.listed, one, documents)


@rule("D-date", Level.WARN, SOURCE, kinds=GIVEN, field=DATES)
def date(case: Case) -> Iterator[Finding]:
    """The date {found} of the {scheme} certificate does not stand in the text of {files}. Compare it with the
    certificate."""
    for one, documents in _readable(case):
        if one.date_field and one.date and not _any_has(documents, _date(one.date)):
            yield _missing(one.date_field, one.date_text, one, documents)


@rule("D-model", Level.WARN, SOURCE, field=f.MODEL)
def model(case: Case) -> Iterator[Finding]:
    """Neither the model identifier {found} nor the product name stands in the text of {files}, attached as
    the {scheme} certificate. Make sure that the certificate is for this model."""
    sought = None
    for one, documents in _readable(case):
        sought = sought or (_model(case), _words(case.get(f.PRODUCT_NAME)))
        if case.get(f.MODEL) and not any(_any_has(documents, name) for name in sought):
            yield _missing(f.MODEL, case.get(f.MODEL), one, documents)


@rule("D-firmware", Level.WARN, SOURCE, field=f.FIRMWARE)
def firmware(case: Case) -> Iterator[Finding]:
    """The firmware version {found} does not stand in the text of {files}, attached as the {scheme}
    certificate. Make sure that the certificate is for this firmware."""
    for one, documents in _readable(case):
        # Of a Zigbee certificate, more is asked: see `certificates_on_record.zigbee_firmware`.
        if one.scheme != ZIGBEE and case.get(f.FIRMWARE) and not names_firmware(case, documents):
            yield _missing(f.FIRMWARE, case.get(f.FIRMWARE), one, documents)


@rule("D-not-compared", Level.NOTE, SOURCE, kinds=GIVEN, field=IDENTIFIERS)
def not_compared(case: Case) -> Iterator[Finding]:
    """Not compared with the form: {files}, attached as the {scheme} certificate, has no text in it, as a
    picture or a scan. It has to be read by eye."""
    for one in given(case) if case.facts.documents else ():
        without = tuple(file for file in case.facts.documents.get(one.scheme.name, ()) if not file.text)
        if without:
            yield _missing(one.identifier_field, one.listed, one, without, "a PDF with text in it")


def readable(case: Case, scheme: str) -> tuple[DocumentFacts, ...]:
    """The files attached for a scheme that have text in them."""
    return tuple(file for file in case.facts.documents.get(scheme, ()) if file.text)


def names_firmware(case: Case, documents: tuple[DocumentFacts, ...]) -> bool:
    return _any_has(documents, _hex(case.get(f.FIRMWARE)))


def normalised(text: str) -> str:
    """A text as `DocumentFacts` has it: upper case, one sort of dash, single spaces, nothing unseen."""
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(_DASHES.sub("-", seen).upper().split())


def _readable(case: Case) -> Iterator[tuple[Given, tuple[DocumentFacts, ...]]]:
    for one in given(case) if case.facts.documents else ():
        if documents := readable(case, one.scheme.name):
            yield one, documents


def _missing(
    field: Field, found: str, one: Given, documents: tuple[DocumentFacts, ...], expected: str = ""
) -> Finding:
    files = " or ".join(f"“{file.name}”" for file in documents)
    words = {"scheme": one.scheme.name, "files": files}
    return Finding(field, found, expected or f"{found} in the text", words)


def _any_has(documents: tuple[DocumentFacts, ...], sought: re.Pattern[str] | None) -> bool:
    return sought is not None and any(sought.search(file.text) for file in documents)


def _identifier(text: str) -> re.Pattern[str] | None:
    """An identifier with or without spaces and hyphens; letters before a long number may be missing."""
    letters = normalised(text)
    bare = re.sub(r"^[A-Z]+-?(?=\d)", "", letters)
    if len(bare) >= 2 * SHORT:
        letters = bare
    characters = [c for c in letters if c not in " -"]
    if not characters:
        return None
    if len(letters) < SHORT:
        return re.compile(rf"(?<![A-Z0-9]){re.escape(letters)}(?![A-Z0-9])")
    before = r"(?<!\d)" if letters[0].isdigit() else "(?<![A-Z0-9])"
    return re.compile(before + "[ -]{0,3}".join(map(re.escape, characters)) + "(?![A-Z0-9])")


def _hex(text: str) -> re.Pattern[str] | None:
    """Octets together or apart: `0A0B0C0D`, `0a:0b:0c:0d`, `0x0A0B0C0D`, `0A 0B 0C 0D`."""
    octets = _octets(text)
    return re.compile(f"(?<![0-9A-F]){octets}(?![0-9A-F])") if octets else None


def _octets(text: str) -> str:
    """As part of a pattern; nothing for what is no hex, which another rule speaks of."""
    if not re.fullmatch("(?:[0-9A-F]{2})+", text):
        return ""
    return _APART.join(text[at : at + 2] for at in range(0, len(text), 2))


def _model(case: Case) -> re.Pattern[str] | None:
    """The model identifier by itself, after the manufacturer identifier, or before the hardware version."""
    hardware = case.get(f.HARDWARE_VERSION) + case.get(f.HARDWARE_REVISION)
    model, maker, after = (_octets(text) for text in (case.get(f.MODEL), case.get(f.MANUFACTURER), hardware))
    if not model:
        return None
    before = f"(?:{maker}{_APART})?" if maker else ""
    behind = f"(?:{_APART}{after})?" if after else ""
    return re.compile(f"(?<![0-9A-F]){before}{model}{behind}(?![0-9A-F])")


def _words(text: str) -> re.Pattern[str] | None:
    """A product name, its words on one line or two."""
    words = normalised(text).split()
    return re.compile(r"\b" + "[ -]?".join(map(re.escape, words)) + r"(?!\w)") if words else None


def _date(day: datetime.date) -> re.Pattern[str]:
    """`21/09/2028`, `2028-09-21`, `21 September 2028`, `21st Sept. 2028`, `September 21, 2028`."""
    name = _MONTHS[day.month - 1]
    # SEPT is written as often as SEP.
    month = rf"(?:{name}|{name[:4]}\.?|{name[:3]}\.?)"
    number, numeric = rf"0?{day.day}", rf"0?{day.month}"
    spoken = rf"{number} ?(?:ST|ND|RD|TH)?"
    year = f"{day.year:04}"
    forms = (
        rf"{number} ?[/. -] ?{numeric} ?[/. -] ?{year}",
        rf"{year} ?[/. -] ?{day.month:02} ?[/. -] ?{day.day:02}",
        rf"{spoken} ?(?:DAY )?(?:OF )?[,. -]?{month}[,. -]{{0,2}}{year}",
        rf"{month}[. -]{{0,2}}{spoken}[,. -]{{0,3}}{year}",
    )
    return re.compile(rf"(?<!\d)(?:{'|'.join(forms)})(?!\d)")
