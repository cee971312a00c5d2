"""What an officer compares before a decision: the device in words, its papers, its likes, its row to be."""

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from cpl import fields as f
from cpl import publishing, register
from cpl.fields import Field
from cpl.formats.dates import read_day, written
from cpl.formats.hexes import with_colons
from cpl.formats.interchange import write_csv
from cpl.formats.listing import CertificateShown, CpaShown, ImageShown, ListedEntry, Listing
from cpl.models import (
    Certificate,
    Coverage,
    Entry,
    FileReading,
    ManufacturerIdentifier,
    Party,
    Submission,
    shown,
)
from cpl.prefixes import split_prefix
from cpl.rules.problem import Problem
from cpl.rules.schemes import SCHEMES, Scheme
from cpl.rules.values import read_numbers

# So many of the same model are compared, and so many are shown: those that differ least.
LOOKED_AT, SHOWN = 20, 3
LATEST = 5
# So many characters of a certificate's text are quoted on each side of what was found in it.
AROUND = 70
NOT_COMPARED = (f.ENTRY_NUMBER, f.ENTRY_STATUS)
Value = str | datetime.date | None


@dataclass(frozen=True)
class Cell:
    """A value in a comparison, as the list writes it, and whether it is not the submission's."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Row:
    """One field across the submission and the entries like it."""

    field: Field
    text: str
    others: tuple[Cell, ...]

    @property
    def differs(self) -> bool:
        return any(cell.differs for cell in self.others)


@dataclass(frozen=True)
class Likeness:
    """The Current entries of the same model that are most like it, and every field of them and of it."""

    entries: tuple[Entry, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Said:
    """What is said of one thing in three places: the form, the record, the paper's text."""

    label: str
    form: str
    record: str
    paper: str
    differs: bool


@dataclass(frozen=True)
class Beside:
    """A certificate: the form beside the record beside what was read in its file."""

    scheme: str
    certificate: Certificate | None
    carries: int
    rows: tuple[Said, ...]
    quoted: str


@dataclass(frozen=True)
class TrackRecord:
    """What a Party brought to the Panel so far."""

    by_status: tuple[tuple[str, int], ...]
    entries: int
    latest: tuple[Submission, ...]


def sentence(submission: Submission) -> str:
    """What it is about, in plain words."""
    answer = _answers(submission)
    if submission.kind != Submission.Kind.NEW_ENTRY:
        return _of_another_kind(submission)
    code, maker = answer(f.MANUFACTURER), ""
    held = ManufacturerIdentifier.objects.filter(code=code).first()
    maker = f"{held.holder} ({_hex(code)})" if held else f"manufacturer {_hex(code)}"
    article = "An" if answer(f.DEVICE_TYPE)[:1] in "AEIO" else "A"
    product = f", the {answer(f.PRODUCT_NAME)}" if answer(f.PRODUCT_NAME) else ""
    return (
        f"{article} {answer(f.DEVICE_TYPE)} of {maker}{product}: model {_hex(answer(f.MODEL))}, "
        f"hardware {_hex(answer(f.HARDWARE_VERSION))}.{_hex(answer(f.HARDWARE_REVISION))}, "
        f"firmware {_hex(answer(f.FIRMWARE))}, built to {answer(f.TS_VERSION)} and {answer(f.GBCS_VERSION)}."
    )


def row_to_be(submission: Submission) -> ListedEntry | None:
    """The row of the list that approval would publish, with the number that is free now."""
    if submission.kind != Submission.Kind.NEW_ENTRY:
        return None
    answer = _answers(submission)
    return ListedEntry(
        number=register.next_number(),
        status="Current",
        device_type=answer(f.DEVICE_TYPE),
        manufacturer=answer(f.MANUFACTURER),
        model=answer(f.MODEL),
        hardware_version=answer(f.HARDWARE_VERSION),
        hardware_revision=answer(f.HARDWARE_REVISION),
        firmware=answer(f.FIRMWARE),
        ts_version=answer(f.TS_VERSION),
        gbcs_version=answer(f.GBCS_VERSION),
        cpa=CpaShown(answer(f.CPA_ID), answer(f.CPA_SECURITY), _day(answer(f.CPA_DATE))),
        dlms=CertificateShown(answer(f.DLMS_ID), answer(f.DLMS_VERSION)),
        zse=CertificateShown(answer(f.ZSE_ID), answer(f.ZSE_VERSION)),
        image=ImageShown(answer(f.IMAGE_CREATOR), answer(f.IMAGE_HASH), answer(f.IMAGE_DESCRIPTOR)),
    )


def csv_line(row: ListedEntry, on: datetime.date) -> str:
    """Its line of the interchange file, in the release that is next; empty where none can be written."""
    listing = Listing(version=publishing.next_number(), issued_on=on, entries=(row,), history=())
    try:
        return write_csv(listing).decode().splitlines()[1]
    except ValueError:
        return ""


def likes(row: ListedEntry, on: datetime.date) -> Likeness | None:
    """The Current entries of the same manufacturer and model that differ least, field by field."""
    same = Entry.objects.current(on).filter(manufacturer=row.manufacturer, model=row.model)
    found = list(same.with_status(on).order_by("-number")[:LOOKED_AT])
    if not found:
        return None
    carried = shown([entry.number for entry in found], on=on)
    pairs = [(entry, publishing.listed(entry, carried.get(entry.number, {}))) for entry in found]
    pairs.sort(key=lambda pair: (_differences(row, pair[1]), -pair[0].number))
    nearest = pairs[:SHOWN]
    rows = []
    for place, (field, value) in enumerate(row.by_field):
        if field not in NOT_COMPARED:
            others = [listed.by_field[place][1] for _, listed in nearest]
            cells = tuple(Cell(_text(field, other), other != value) for other in others)
            rows.append(Row(field, _text(field, value), cells))
    return Likeness(tuple(entry for entry, _ in nearest), tuple(rows))


def published_columns(row: ListedEntry) -> list[tuple[Field, str]]:
    """The twenty columns of the main sheet, as it writes them."""
    return [(field, _text(field, value)) for field, value in row.by_field]


def certificates(
    submission: Submission, found: Sequence[Problem], readings: Sequence[tuple[str, FileReading | None]]
) -> list[Beside]:
    """Each certificate that a new entry names. `readings`: what each file is, and what was read in it."""
    if submission.kind != Submission.Kind.NEW_ENTRY:
        return []
    answer = _answers(submission)
    named = [scheme for scheme in SCHEMES.values() if answer(scheme.identifier)]
    wanted = Q(pk__in=())
    for scheme in named:
        wanted |= Q(scheme=scheme.name, identifier=split_prefix(answer(scheme.identifier))[1])
    records = {row.scheme: row for row in Certificate.objects.filter(wanted).prefetch_related("events")}
    carried = dict(
        Coverage.objects.filter(certificate__in=[row.pk for row in records.values()])
        .order_by()
        .values_list("scheme")
        .annotate(Count("entry", distinct=True))
    )
    return [
        _beside(scheme, answer, records.get(scheme.name), carried.get(scheme.name, 0), found, readings)
        for scheme in named
    ]


def track_record(party: Party | None) -> TrackRecord | None:
    """What became of a Party's submissions, how many entries came of them, and the last few."""
    if party is None:
        return None
    own = Submission.objects.filter(party=party).exclude(status=Submission.Status.DRAFT)
    counted = dict(own.order_by().values_list("status").annotate(Count("pk")))
    return TrackRecord(
        tuple((status.label, counted[status]) for status in Submission.Status if counted.get(status)),
        Entry.objects.filter(submission__party=party).count(),
        tuple(own.select_related("party", "entry").order_by("-pk")[:LATEST]),
    )


def _of_another_kind(submission: Submission) -> str:
    answer = _answers(submission)
    numbers = list(read_numbers(answer(f.ENTRIES)))
    entries = f"{len(numbers)} {'entry' if len(numbers) == 1 else 'entries'}"
    scheme, identifier = answer(f.CERTIFICATE_SCHEME), answer(f.CERTIFICATE_ID)
    if submission.kind == Submission.Kind.REMOVAL:
        return f"{entries} would be removed from {answer(f.EFFECTIVE_DATE) or 'today'} on."
    if submission.kind == Submission.Kind.STATEMENT:
        return f"Upgrade paths and firmware information for {entries}."
    if submission.kind == Submission.Kind.WITHDRAWAL:
        what, on = answer(f.CERTIFICATE_EVENT), answer(f.CERTIFICATE_EVENT_ON)
        return f"The {scheme} certificate {identifier} was {what} on {on}."
    return f"The {scheme} certificate {identifier}, to carry {entries}."


def _beside(
    scheme: Scheme,
    answer: Callable[[Field], str],
    record: Certificate | None,
    carries: int,
    found: Sequence[Problem],
    readings: Sequence[tuple[str, FileReading | None]],
) -> Beside:
    texts = [
        reading.text
        for what, reading in readings
        if what == scheme.name and reading and reading.state == FileReading.State.TEXT
    ]
    has_file = any(what == scheme.name for what, _ in readings)
    listed = answer(scheme.identifier)
    on_record = _on_record(scheme, record)
    rows = tuple(
        Said(
            field.label,
            answer(field),
            on_record.get(field, ""),
            _paper(field, found, has_file, bool(texts)),
            bool(record) and on_record.get(field, "") not in ("", answer(field)),
        )
        for field in scheme.fields
    )
    return Beside(scheme.name, record, carries, rows, _quoted(split_prefix(listed)[1], texts))


def _on_record(scheme: Scheme, record: Certificate | None) -> dict[Field, str]:
    if record is None:
        return {}
    said = {scheme.identifier: record.listed_identifier, scheme.version: record.version}
    if scheme.date:
        date = record.date_now()
        said[scheme.date] = written(date) if date else ""
    return said


def _paper(field: Field, found: Sequence[Problem], has_file: bool, has_text: bool) -> str:
    """What comparing said, in words; the rules have done it."""
    if not has_file:
        return "no file came with it"
    if not has_text:
        return "no text in the file: read it by eye"
    if any(problem.rule in ("D-identifier", "D-date") and problem.field == field.name for problem in found):
        return "not found in its text"
    if field in (f.CPA_ID, f.DLMS_ID, f.ZSE_ID, f.CPA_DATE):
        return "stands in its text"
    return "not compared: read it by eye"


def _quoted(identifier: str, texts: Sequence[str]) -> str:
    """The words around the identifier in the file, broken over lines as they may be."""
    spaced = r"\s*".join(re.escape(letter) for letter in identifier if not letter.isspace())
    for text in texts:
        if spaced and (match := re.search(spaced, text, re.IGNORECASE)):
            begin, end = max(0, match.start() - AROUND), match.end() + AROUND
            return " ".join(text[begin:end].split())
    return ""


def _differences(row: ListedEntry, other: ListedEntry) -> int:
    pairs = zip(row.by_field, other.by_field, strict=True)
    return sum(mine != theirs for (field, mine), (_, theirs) in pairs if field not in NOT_COMPARED)


def _text(field: Field, value: Value) -> str:
    if isinstance(value, datetime.date):
        return written(value)
    return _hex(value or "") if field.kind == "hex" else value or ""


def _hex(digits: str) -> str:
    return with_colons(digits) if re.fullmatch("(?:[0-9A-F]{2})+", digits) else digits


def _day(text: str) -> datetime.date | None:
    """None also for what is no day: the checks say so."""
    try:
        return read_day(text)
    except ValueError:
        return None


def _answers(submission: Submission) -> Callable[[Field], str]:
    return lambda field: submission.answers.get(field.name, "")
