"""Gathers the facts that bear on a submission, in a bounded number of queries; the rules judge them."""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from django.db.models import F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from applicability.editions import edition_in_force, tables_from
from applicability.models import CertificateRequirement, DeviceType, SpecificationVersion
from applicability.models.specifications import Series
from applicability.openness import within
from cpl import fields as f
from cpl.fields import Field
from cpl.models import (
    Certificate,
    CertificateEvent,
    Coverage,
    Entry,
    ManufacturerIdentifier,
    Party,
    RemovalGround,
    Submission,
)
from cpl.models.entries import EntryQuerySet
from cpl.prefixes import split_prefix
from cpl.rules import check, in_order
from cpl.rules.case import Case, CertificateFacts, DeviceTypeFacts, Facts, ListedFacts
from cpl.rules.problem import Level, Problem
from cpl.rules.reading import Reading, read_answers
from cpl.rules.schemes import SCHEMES
from cpl.rules.values import read_numbers

NEW_ENTRY = Submission.Kind.NEW_ENTRY
# The columns of an entry that answer `cpl.fields.DEVICE_FIELDS`, in that order.
DEVICE = dict(zip(f.DEVICE_FIELDS, Entry.DEVICE_MODEL, strict=True))
# Submitted or sent back: somebody still has to decide.
UNDECIDED = (Submission.Status.SUBMITTED, Submission.Status.RETURNED)
NAMING = (f.REPLACES, f.UPGRADES_FROM, f.ENTRIES, f.OTHER_ENTRY)
DOCUMENTS = (
    SpecificationVersion.Document.SECURITY,
    SpecificationVersion.Document.CTT,
    SpecificationVersion.Document.ZSE,
)
# As long as `Submission.device_key`.
MOST_OF_KEY = 120
IDENTITY = (*f.DEVICE_FIELDS, *f.VERSION_FIELDS)
Answers = Mapping[str, str]


@dataclass(frozen=True)
class Checked:
    """One submission read and judged. `device_key` is what may stand on the list only once."""

    answers: dict[str, str]
    problems: tuple[Problem, ...]
    device_key: str

    @property
    def refused(self) -> bool:
        return self._has(Level.REFUSE)

    @property
    def repaired(self) -> bool:
        return self._has(Level.REPAIR)

    @property
    def warned(self) -> bool:
        return self._has(Level.WARN)

    def _has(self, level: Level) -> bool:
        return any(problem.level == level for problem in self.problems)


def device_key(answers: Answers) -> str:
    """Device Model, TS and GBCS version run together; nothing where one of them is not given or too long."""
    parts = [_askable(answers, field) for field in IDENTITY]
    key = "/".join(parts)
    return key if all(parts) and len(key) <= MOST_OF_KEY else ""


def check_many(
    kind: str,
    raws: Sequence[Mapping[str, object]],
    *,
    party: Party | None,
    by_panel: bool,
    on: datetime.date,
    evidence: frozenset[str] = frozenset(),
    earlier: Mapping[str, str] = MappingProxyType({}),
    labels: Sequence[str] | None = None,
) -> list[Checked]:
    """Reads and judges submissions that are not stored: text, or a spreadsheet's cells as they stand.

    `evidence` holds the kinds of file that come with them: CPA, DLMS, Zigbee, other. `earlier` maps the
    device keys of earlier rows of the same file to words that name the row; `labels` are such words for these.
    """
    found = []
    for raw in raws:
        reading = read_answers(kind, raw)
        facts = _facts(kind, reading.answers, party, on, evidence, besides=None)
        said = _judged(reading, _case(kind, reading, facts, party, by_panel, on))
        found.append(Checked(reading.answers, said, device_key(reading.answers)))
    return found


def problems(submission: Submission, on: datetime.date) -> tuple[Problem, ...]:
    """Everything that is to be said of a submission on a day, in the order of the form's fields."""
    reading = read_answers(submission.kind, submission.answers)
    return _judged(reading, _case_of(submission, reading, on))


def case_of(submission: Submission, on: datetime.date) -> Case:
    """The submission with the facts of the register that bear on it."""
    return _case_of(submission, read_answers(submission.kind, submission.answers), on)


def problems_of_answers(
    kind: str,
    answers: Mapping[str, object],
    *,
    party: Party | None,
    by_panel: bool,
    on: datetime.date,
    evidence: frozenset[str] = frozenset(),
) -> tuple[Problem, ...]:
    """The same for answers that are not stored: text, or a spreadsheet's cells as they stand.

    `evidence` holds the kinds of file that come with them: CPA, DLMS, Zigbee, other.
    """
    reading = read_answers(kind, answers)
    facts = _facts(kind, reading.answers, party, on, evidence, besides=None)
    return _judged(reading, _case(kind, reading, facts, party, by_panel, on))


def _judged(reading: Reading, case: Case) -> tuple[Problem, ...]:
    return in_order(case.kind, (*reading.problems, *check(case)))


def _case_of(submission: Submission, reading: Reading, on: datetime.date) -> Case:
    evidence = frozenset(submission.evidence.values_list("what", flat=True)) if submission.pk else frozenset()
    party = submission.party
    facts = _facts(submission.kind, reading.answers, party, on, evidence, besides=submission.pk)
    return _case(submission.kind, reading, facts, party, party is None, on)


def _case(
    kind: str, reading: Reading, facts: Facts, party: Party | None, by_panel: bool, on: datetime.date
) -> Case:
    by_dcc = party is not None and party.is_dcc
    return Case(
        str(kind), reading.answers, on, facts, by_dcc=by_dcc, by_panel=by_panel, party=party and party.pk
    )


def _facts(
    kind: str,
    answers: Answers,
    party: Party | None,
    on: datetime.date,
    evidence: frozenset[str],
    besides: int | None,
) -> Facts:
    """`besides`: the submission itself, which is not open beside itself."""
    facts = Facts(
        device_types=_device_types(on),
        versions=_versions(on),
        certificates=_certificates(answers, on),
        entries={entry.number: entry for entry in _listed(_named(answers), on)},
        evidence=evidence,
        grounds=_grounds() if kind == Submission.Kind.REMOVAL else {},
    )
    return _with_facts_of_new(facts, answers, party, on, besides) if kind == NEW_ENTRY else facts


def _with_facts_of_new(
    facts: Facts, answers: Answers, party: Party | None, on: datetime.date, besides: int | None
) -> Facts:
    maker = _columns(answers, f.MANUFACTURER)
    held = _holder(_askable(answers, f.MANUFACTURER), on)
    hash = _askable(answers, f.IMAGE_HASH)
    edition = edition_in_force(Series.STATUTORY, on)
    return replace(
        facts,
        tables=tables_from(edition) if edition else None,
        same_device=_same_device(answers, on),
        same_hash=_listed(Entry.objects.filter(image_hash=hash), on) if hash else (),
        same_firmware=_listed(Entry.objects.filter(**maker, **_columns(answers, f.MODEL, f.FIRMWARE)), on),
        manufacturer_firmwares=tuple(
            Entry.objects.filter(**maker).order_by("firmware").values_list("firmware", flat=True).distinct()
        ),
        manufacturer_holder=held.holder if held else "",
        manufacturer_is_own=held is None or party is None or held.party_id == party.pk,
        suppliers=frozenset(Party.objects.suppliers().values_list("name", flat=True)),
        open_submissions=_open_submissions(answers, party, besides),
    )


def _device_types(on: datetime.date) -> dict[str, DeviceTypeFacts]:
    needs = CertificateRequirement.objects.needs(on)
    return {
        row.name: DeviceTypeFacts(
            name=row.name,
            kind=row.kind,
            needs=needs.get(row.name, {}),
            document=row.document,
            open=row.active and within(row.valid_from, row.valid_to, on) is not False,
        )
        for row in DeviceType.objects.all()
    }


def _versions(on: datetime.date) -> dict[str, tuple[str, ...]]:
    rows = SpecificationVersion.objects.filter(document__in=DOCUMENTS, series=Series.STATUTORY)
    labels: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if within(row.valid_from, row.valid_to, on) is not False:
            labels[row.document].append(row.label)
    return {document: tuple(sorted(found)) for document, found in labels.items()}


def _certificates(answers: Answers, on: datetime.date) -> dict[tuple[str, str], CertificateFacts]:
    """The record of each certificate that the answers name."""
    wanted = Q(pk__in=())
    for scheme, listed in _certificates_named(answers):
        wanted |= Q(scheme=scheme, identifier=split_prefix(listed)[1])
    rows = Certificate.objects.filter(wanted).prefetch_related(
        Prefetch("events", CertificateEvent.objects.filter(on__lte=on)),
        Prefetch("coverage", Coverage.objects.select_related("entry")),
    )
    return {(row.scheme, row.identifier): _certificate(row) for row in rows}


def _certificates_named(answers: Answers) -> Iterator[tuple[str, str]]:
    scheme = _askable(answers, f.CERTIFICATE_SCHEME)
    pairs = [(one.name, one.identifier) for one in SCHEMES.values()]
    pairs += [(scheme, f.CERTIFICATE_ID), (scheme, f.CERTIFICATE_REPLACES)]
    for name, field in pairs:
        if name and (listed := _askable(answers, field)):
            yield name, listed


def _certificate(row: Certificate) -> CertificateFacts:
    """A certificate as it stands: the latest event of each sort decides."""
    date, ended = row.date, ""
    for event in row.events.all():
        if event.what == CertificateEvent.What.DATED:
            date = event.date
        elif event.what != CertificateEvent.What.REPLACED:
            ended = event.what
    return CertificateFacts(
        identifier=row.identifier,
        date_kind=row.date_kind,
        date=date,
        version=row.version,
        ended=ended,
        models=frozenset(
            one.entry.manufacturer + one.entry.model_with_hardware + one.entry.firmware
            for one in row.coverage.all()
        ),
    )


def _named(answers: Answers) -> EntryQuerySet:
    numbers = {number for field in NAMING for number in read_numbers(answers.get(field.name, ""))}
    return Entry.objects.filter(number__in=numbers)


def _same_device(answers: Answers, on: datetime.date) -> tuple[ListedFacts, ...]:
    return _listed(Entry.objects.filter(**_columns(answers, *f.DEVICE_FIELDS)), on)


def _columns(answers: Answers, *asked: Field) -> dict[str, str]:
    return {DEVICE[field]: _askable(answers, field) for field in asked}


def _listed(entries: EntryQuerySet, on: datetime.date) -> tuple[ListedFacts, ...]:
    """Entries as rules see them, with their status on the day."""
    holder = ManufacturerIdentifier.objects.filter(code=OuterRef("manufacturer")).values("holder")
    rows = entries.with_status(on).annotate(
        maker=Coalesce(Subquery(holder[:1]), Value("")),
        leaving=Q(removal__isnull=False),
        holder=Subquery(_held(on).filter(code=OuterRef("manufacturer")).values("party")[:1]),
        submitter=F("submission__party"),
    )
    return tuple(
        ListedFacts(
            number=row.number,
            status=row.status_on_day,  # type: ignore[attr-defined]
            device_type=row.device_type,
            device=tuple(getattr(row, column) for column in Entry.DEVICE_MODEL),
            ts=row.technical_specification,
            gbcs=row.gbcs_version,
            image_hash=row.image_hash,
            is_smets1=row.is_smets1,
            maker=row.maker,
            leaving=row.leaving,
            parties=frozenset({row.holder, row.submitter} - {None}),  # type: ignore[attr-defined]
        )
        for row in rows
    )


def _holder(code: str, on: datetime.date) -> ManufacturerIdentifier | None:
    """Who holds a manufacturer identifier on the day."""
    return _held(on).filter(code=code).first()


def _held(on: datetime.date) -> QuerySet[ManufacturerIdentifier]:
    begun = Q(held_from__isnull=True) | Q(held_from__lte=on)
    running = Q(held_to__isnull=True) | Q(held_to__gte=on)
    return ManufacturerIdentifier.objects.filter(begun, running)


def _grounds() -> dict[str, tuple[str, bool]]:
    rows = RemovalGround.objects.filter(may_be_chosen=True)
    return {
        code: (fits, other) for code, fits, other in rows.values_list("code", "fits", "names_other_entry")
    }


def _open_submissions(answers: Answers, party: Party | None, besides: int | None) -> tuple[str, ...]:
    """References of the Party's own undecided submissions of the same Device Model with the same versions.

    Nobody learns what another Party is about to list. The second of two is refused at approval.
    """
    same = {f"answers__{one.name}": _askable(answers, one) for one in (*f.DEVICE_FIELDS, *f.VERSION_FIELDS)}
    if not all(same.values()):
        return ()
    rows = Submission.objects.filter(kind=NEW_ENTRY, status__in=UNDECIDED, party=party, **same)
    if besides is not None:
        rows = rows.exclude(pk=besides)
    return tuple(row.reference for row in rows.only("pk").order_by("pk"))


def _askable(answers: Answers, field: Field) -> str:
    """An answer that a database can be asked for: one with a NUL or half a character is equal to no row."""
    text = answers.get(field.name, "")
    return "" if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text) else text
