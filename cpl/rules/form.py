"""What the form asks of each field by itself: that it is given, its length, its characters, its range."""

import unicodedata
from collections.abc import Iterator

from cpl import fields as f
from cpl.fields import BY_KIND, Field
from cpl.formats.hexes import is_canonical
from cpl.rules.case import Case
from cpl.rules.problem import Level
from cpl.rules.reading import WORDS
from cpl.rules.registry import EVERY, Finding, rule
from cpl.rules.values import octets

_CERTIFICATE = (f.CERTIFICATE_SCHEME, f.CERTIFICATE_ID, f.CERTIFICATE_VERSION, f.ENTRIES)
REQUIRED: dict[str, tuple[Field, ...]] = {
    "new_entry": (*f.DEVICE_FIELDS, *f.VERSION_FIELDS),
    "renewal": _CERTIFICATE,
    # Entries or submissions: see `offers.names_nothing`.
    "offer": _CERTIFICATE[:-1],
    "withdrawal": (f.CERTIFICATE_SCHEME, f.CERTIFICATE_ID, f.CERTIFICATE_EVENT, f.CERTIFICATE_EVENT_ON),
    "removal": (f.ENTRIES, f.GROUND, f.DECIDED_BY, f.REFERENCE, f.DECISION_DATE, f.EFFECTIVE_DATE),
    "statement": (f.ENTRIES,),
}
# Where a new line is a manner of writing, as the real list has it in image descriptors.
IN_PARAGRAPHS = (f.IMAGE_DESCRIPTOR, f.FIR_DESCRIPTION, f.SECURITY_STATEMENT, f.REASON)
IDENTIFIERS = (f.CPA_ID, f.DLMS_ID, f.ZSE_ID, f.CERTIFICATE_ID, f.CERTIFICATE_REPLACES)


@rule(
    "F-required",
    Level.REFUSE,
    "form, rows 9 to 16 (column D); guidance 4.4",
    kinds=EVERY,
    field=dict.fromkeys(field for fields in REQUIRED.values() for field in fields),
)
def required(case: Case) -> Iterator[Finding]:
    """{label} must be given."""
    for field in REQUIRED[case.kind]:
        if not case.get(field):
            yield Finding(field, expected="a value")


@rule("F-length", Level.REFUSE, "form, column E", kinds=EVERY, field=WORDS)
def length(case: Case) -> Iterator[Finding]:
    """{label} is {octets} octets long and may be {limit} at most. Shorten it; a letter outside English takes
    two octets or more."""
    for field in _WORDS[case.kind]:
        size = octets(case.get(field))
        if size > field.limit:
            words = {"octets": size, "limit": field.limit}
            yield Finding(field, case.get(field), f"at most {field.limit} octets", words)


@rule("F-control", Level.REFUSE, "form, column E (utf-8 string)", kinds=EVERY, field=WORDS)
def control(case: Case) -> Iterator[Finding]:
    """{label} holds a character that is not text ({characters}). Type it again on one line."""
    for field in _WORDS[case.kind]:
        # Most answers hold nothing but what can be printed.
        strange = () if case.get(field).isprintable() else _controls(case.get(field), field)
        if strange:
            names = ", ".join(f"U+{ord(c):04X}" for c in strange[:5])
            yield Finding(field, repr(case.get(field)), "text", {"characters": names})


@rule(
    "F-printable",
    Level.REFUSE,
    "form, rows 17, 20 and 22 (column E)",
    kinds=("new_entry", "renewal", "offer", "withdrawal"),
    field=IDENTIFIERS,
)
def printable(case: Case) -> Iterator[Finding]:
    """{label} may hold only the characters from space to tilde, and no space at either end; “{character}” is
    none of them. Type it as the certificate has it."""
    for field in IDENTIFIERS:
        text = case.get(field)
        if strange := [c for c in text if not " " <= c <= "~"] or [
            c for c in (text[:1], text[-1:]) if c == " "
        ]:
            yield Finding(field, text, "printable ASCII", {"character": strange[0]})


@rule("F-manufacturer-range", Level.REFUSE, "form, row 10 (column F)", field=f.MANUFACTURER)
def manufacturer_range(case: Case) -> Iterator[Finding]:
    """{label} {found} has a special meaning in the OTA specification. It must be from {expected}."""
    yield from _above(case, f.MANUFACTURER, "FFFE")


@rule("F-model-range", Level.REFUSE, "form, row 11 (column F)", field=f.MODEL)
def model_range(case: Case) -> Iterator[Finding]:
    """{label} {found} has a special meaning in the OTA specification. It must be from {expected}."""
    yield from _above(case, f.MODEL, "FFBF")


@rule("F-device-type", Level.REFUSE, "form, row 9 (columns C and F)", field=f.DEVICE_TYPE)
def device_type(case: Case) -> Iterator[Finding]:
    """{found} is no device type that a new entry may name. It must be one of: {expected}."""
    known = case.device_type()
    if case.get(f.DEVICE_TYPE) and not (known and known.open):
        choices = "; ".join(kind.name for kind in case.facts.device_types.values() if kind.open)
        yield Finding(f.DEVICE_TYPE, case.get(f.DEVICE_TYPE), choices)


_WORDS = {kind: tuple(field for field in fields if field in WORDS) for kind, fields in BY_KIND.items()}


def _controls(text: str, field: Field) -> list[str]:
    allowed = {"\n"} if field in IN_PARAGRAPHS else set()
    return sorted(c for c in set(text) - allowed if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp"))


def _above(case: Case, field: Field, last: str) -> Iterator[Finding]:
    value = case.get(field)
    if is_canonical(value, field.limit) and value > last:
        yield Finding(field, value, f"{'0' * len(last)} to {last}")
