"""Gathers the facts of the register that bear on submissions: for many at once, in few queries."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from django.db.models import Min, Prefetch, Q

from applicability.editions import edition_in_force, tables_from
from applicability.models import CertificateRequirement, DeviceType, SpecificationVersion
from applicability.models.specifications import Series
from applicability.openness import within
from cpl import fields as f
from cpl.fields import SMETS1_GBCS, SMETS1_TS, Field
from cpl.formats.hexes import is_canonical
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
from cpl.prefixes import gist, split_prefix
from cpl.rules.case import CertificateFacts, DeviceTypeFacts, Facts, ListedFacts
from cpl.rules.schemes import SCHEMES
from cpl.rules.values import MOST, read_numbers

NEW_ENTRY = Submission.Kind.NEW_ENTRY
# Submitted or sent back: somebody still has to decide.
UNDECIDED = (Submission.Status.SUBMITTED, Submission.Status.RETURNED)
NAMING = (f.REPLACES, f.UPGRADES_FROM, f.ENTRIES, f.OTHER_ENTRY)
DOCUMENTS = (
    SpecificationVersion.Document.SECURITY,
    SpecificationVersion.Document.CTT,
    SpecificationVersion.Document.ZSE,
)
IDENTITY = (*f.DEVICE_FIELDS, *f.VERSION_FIELDS)
# The columns of an entry, as `ListedFacts` wants them.
LISTED = (
    "number", "status_on_day", *Entry.DEVICE_MODEL, "technical_specification", "gbcs_version", "image_hash",
    "leaving", "submission__party",
)  # fmt: skip
_NAMING = tuple(
    one.name
    for one in (
        f.CERTIFICATE_SCHEME,
        f.CERTIFICATE_ID,
        f.CERTIFICATE_REPLACES,
        *(scheme.identifier for scheme in SCHEMES.values()),
    )
)
# As long as `Submission.device_key`.
MOST_OF_KEY = 120
Answers = Mapping[str, str]


def device_key(answers: Answers) -> str:
    """Device Model, TS and GBCS version run together: what may stand on the list only once.

    Nothing where one of them is not given, cannot be read, or is longer than any that is listed.
    """
    parts = [askable(answers, one) for one in IDENTITY]
    if not all(_has_form(text, one) for text, one in zip(parts, IDENTITY, strict=True)):
        return ""
    key = "/".join(parts)
    return key if len(key) <= MOST_OF_KEY else ""


def _has_form(text: str, asked: Field) -> bool:
    return is_canonical(text, asked.limit) if asked.kind == "hex" else bool(text)


def askable(answers: Answers, asked: Field) -> str:
    """An answer that a database can be asked for: one with a NUL or half a character is equal to no row."""
    text = answers.get(asked.name, "")
    if text.isascii():
        return "" if "\0" in text else text
    return "" if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text) else text


@dataclass(frozen=True)
class Holder:
    """Who holds a manufacturer identifier: `on_day` tells whether on the day in question."""

    name: str
    party: int | None
    on_day: bool


@dataclass(frozen=True)
class Waiting:
    """A submission of the same device that nobody has decided yet."""

    pk: int
    reference: str
    party: int | None
    of: str


@dataclass
class Gathered:
    """What the register holds of everything that some submissions of one kind name, as of a day."""

    kind: str
    party: Party | None
    for_officer: bool
    common: Facts
    named: Mapping[tuple[str, ...], Sequence[tuple[str, str]]]
    certificates: Mapping[tuple[str, str], CertificateFacts]
    spelt: Mapping[tuple[str, str], str]
    holders: Mapping[str, Holder]
    lettered: Mapping[str, str]
    waiting: Mapping[str, list[Waiting]]
    entries: dict[int, ListedFacts]
    by_hash: dict[str, list[ListedFacts]] = field(default_factory=lambda: defaultdict(list))
    by_firmware: dict[tuple[str, ...], list[ListedFacts]] = field(default_factory=lambda: defaultdict(list))
    by_hardware: dict[tuple[str, ...], list[ListedFacts]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for entry in sorted(
            self.entries.values(), key=lambda one: (one.device[-1], one.number), reverse=True
        ):
            _, maker, model, version, revision, firmware = entry.device
            self.by_hash[entry.image_hash].append(entry)
            self.by_firmware[maker, model, firmware].append(entry)
            self.by_hardware[maker, model, version, revision].append(entry)

    def facts(
        self,
        answers: Answers,
        evidence: frozenset[str],
        *,
        besides: int | None = None,
        submitted_at: datetime.datetime | None = None,
        same_in_file: str = "",
        image_in_file: str = "",
    ) -> Facts:
        """Those that bear on one submission. `besides`: itself, which does not wait beside itself."""
        certificates = self.named[_naming(answers)]
        bearing: dict[str, Any] = {
            "evidence": evidence,
            "certificates": _of(self.certificates, certificates),
            "recorded_since": _since(self.certificates, certificates, submitted_at),
            "spelt": _of(self.spelt, certificates),
            "entries": _of(self.entries, numbers_named(answers)),
        }
        if self.kind != NEW_ENTRY:
            return replace(self.common, **bearing)
        device = tuple(askable(answers, one) for one in f.DEVICE_FIELDS)
        _, maker, model, version, revision, firmware = device
        holder = self.holders.get(maker)
        held = holder if holder and holder.on_day else None
        waiting = [one for one in self._waiting_for(answers) if one.pk != besides]
        own = self.party.pk if self.party else None
        same_firmware = self.by_firmware.get((maker, model, firmware), ())
        return replace(
            self.common,
            **bearing,
            same_device=tuple(one for one in same_firmware if one.device == device),
            same_hash=tuple(self.by_hash.get(askable(answers, f.IMAGE_HASH) or "none", ())),
            same_firmware=tuple(same_firmware),
            same_hardware=self.by_hardware.get((maker, model, version, revision), ()),
            lettered_firmware=self.lettered.get(maker, ""),
            manufacturer_holder=held.name if held else "",
            manufacturer_is_own=held is None or own is None or held.party == own,
            open_submissions=tuple(one.reference for one in waiting if one.party == own),
            open_of_others=tuple(
                f"{one.reference} of {one.of}" for one in waiting if self.for_officer and one.party != own
            ),
            same_in_file=same_in_file,
            image_in_file=image_in_file,
        )

    def _waiting_for(self, answers: Answers) -> Sequence[Waiting]:
        # Most often nothing waits: the key need not be put together then.
        return self.waiting.get(device_key(answers), ()) if self.waiting else ()


def gather(
    kind: str,
    asked: Sequence[Answers],
    *,
    party: Party | None,
    on: datetime.date,
    for_officer: bool = False,
) -> Gathered:
    """The number of queries depends on the kind alone. What waits of other Parties is for officers to see."""
    holders = _holders(on)
    new = kind == NEW_ENTRY
    edition = edition_in_force(Series.STATUTORY, on) if new else None
    # Many rows name the same certificates.
    naming = {_naming(answers): answers for answers in asked}
    by_naming = {key: tuple(certificates_named(answers)) for key, answers in naming.items()}
    named = {one for several in by_naming.values() for one in several}
    certificates = _certificates(named, on)
    return Gathered(
        kind=kind,
        party=party,
        for_officer=for_officer,
        common=Facts(
            device_types=_device_types(on),
            versions=_versions(on),
            tables=tables_from(edition) if edition else None,
            grounds=_grounds() if kind == Submission.Kind.REMOVAL else {},
            suppliers=_suppliers() if new else frozenset(),
        ),
        named=by_naming,
        certificates=certificates,
        spelt=_spelt(named - certificates.keys()),
        holders=holders,
        lettered=_lettered(_all(asked, f.MANUFACTURER)) if new else {},
        waiting=_waiting({device_key(answers) for answers in asked}) if new else {},
        entries=_entries(_bearing(asked, new), holders, on),
    )


def certificates_named(answers: Answers) -> Iterator[tuple[str, str]]:
    """Scheme and identifier, without its prefix, of each certificate that the answers name."""
    scheme = askable(answers, f.CERTIFICATE_SCHEME)
    pairs = [(one.name, one.identifier) for one in SCHEMES.values()]
    if scheme:
        pairs += [(scheme, f.CERTIFICATE_ID), (scheme, f.CERTIFICATE_REPLACES)]
    for name, asked in pairs:
        if listed := askable(answers, asked):
            yield name, split_prefix(listed)[1]


def _naming(answers: Answers) -> tuple[str, ...]:
    """The answers that name certificates."""
    return tuple(answers.get(name, "") for name in _NAMING)


def numbers_named(answers: Answers) -> Iterator[int]:
    for one in NAMING:
        if text := answers.get(one.name):
            yield from read_numbers(text)


def _since(
    known: Mapping[tuple[str, str], CertificateFacts],
    named: Sequence[tuple[str, str]],
    submitted_at: datetime.datetime | None,
) -> frozenset[tuple[str, str]]:
    if submitted_at is None:
        return frozenset()
    moments = {key: known[key].recorded_at for key in named if key in known}
    return frozenset(key for key, at in moments.items() if at and at > submitted_at)


K = TypeVar("K")
V = TypeVar("V")


def _of(known: Mapping[K, V], wanted: Iterable[K]) -> dict[K, V]:
    return {key: known[key] for key in wanted if key in known}


def _all(asked: Sequence[Answers], one: Field) -> set[str]:
    return {text for answers in asked if (text := askable(answers, one))}


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


def _grounds() -> dict[str, tuple[str, bool]]:
    rows = RemovalGround.objects.filter(may_be_chosen=True)
    return {
        code: (fits, other) for code, fits, other in rows.values_list("code", "fits", "names_other_entry")
    }


def _suppliers() -> frozenset[str]:
    return frozenset(Party.objects.suppliers().values_list("name", flat=True))


def _holders(on: datetime.date) -> dict[str, Holder]:
    """Every manufacturer identifier on record: there are hundreds at most."""
    rows = ManufacturerIdentifier.objects.values_list("code", "holder", "party_id", "held_from", "held_to")
    return {
        code: Holder(name, party, (begun is None or begun <= on) and (ended is None or on <= ended))
        for code, name, party, begun, ended in rows
    }


def _certificates(named: set[tuple[str, str]], on: datetime.date) -> dict[tuple[str, str], CertificateFacts]:
    by_scheme: dict[str, set[str]] = defaultdict(set)
    for scheme, identifier in named:
        by_scheme[scheme].add(identifier)
    wanted = Q(pk__in=())
    for scheme, identifiers in by_scheme.items():
        wanted |= Q(scheme=scheme, identifier__in=identifiers)
    rows = (
        Certificate.objects.filter(wanted)
        .select_related("record")
        .prefetch_related(
            Prefetch("events", CertificateEvent.objects.filter(on__lte=on)),
            Prefetch("coverage", Coverage.objects.select_related("entry")),
        )
    )
    return {(row.scheme, row.identifier): _certificate(row) for row in rows}


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
        recorded_at=row.record.at,
        models=frozenset(
            one.entry.manufacturer + one.entry.model_with_hardware + one.entry.firmware
            for one in row.coverage.all()
        ),
    )


def _spelt(unknown: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """How the record spells certificates that are named otherwise: one was written three ways on the list."""
    if not unknown:
        return {}
    rows = Certificate.objects.filter(scheme__in={scheme for scheme, _ in unknown})
    known = {(row.scheme, gist(row.identifier)): row.listed_identifier for row in rows}
    meant = {named: known.get((named[0], gist(named[1]))) for named in unknown}
    return {named: listed for named, listed in meant.items() if listed}


def _bearing(asked: Sequence[Answers], new: bool) -> Q:
    """Which entries bear on the answers: those that they name and, on a new one, those of the same model or
    with the same hash."""
    numbers = {number for answers in asked for number in numbers_named(answers)}
    # Many rows may name a million numbers; the list has fewer entries than that.
    many = len(numbers) > MOST
    bearing = Q(number__range=(min(numbers), max(numbers))) if many else Q(number__in=numbers)
    if new:
        makers, models = _all(asked, f.MANUFACTURER), _all(asked, f.MODEL)
        bearing |= Q(manufacturer__in=makers, model__in=models)
        bearing |= Q(image_hash__in=_all(asked, f.IMAGE_HASH))
    return bearing


def _entries(bearing: Q, holders: Mapping[str, Holder], on: datetime.date) -> dict[int, ListedFacts]:
    rows = Entry.objects.filter(bearing).with_status(on).annotate(leaving=Q(removal__isnull=False))
    found = {}
    for number, status, *device, ts, gbcs, image_hash, leaving, submitter in rows.values_list(*LISTED):
        holder = holders.get(device[1])
        found[number] = ListedFacts(
            number=number,
            status=status,
            device_type=device[0],
            device=tuple(device),
            ts=ts,
            gbcs=gbcs,
            image_hash=image_hash,
            is_smets1=(ts, gbcs) == (SMETS1_TS, SMETS1_GBCS),
            maker=holder.name if holder else "",
            leaving=leaving,
            parties=frozenset(
                key for key in (submitter, holder.party if holder and holder.on_day else None) if key
            ),
        )
    return found


def _lettered(makers: set[str]) -> dict[str, str]:
    """By manufacturer identifier, a firmware on the list that has letters."""
    rows = Entry.objects.filter(manufacturer__in=makers, firmware__regex="[A-F]").order_by()
    return dict(rows.values_list("manufacturer").annotate(Min("firmware")))


def _waiting(keys: set[str]) -> dict[str, list[Waiting]]:
    rows = Submission.objects.filter(kind=NEW_ENTRY, status__in=UNDECIDED, device_key__in=keys - {""})
    found: dict[str, list[Waiting]] = defaultdict(list)
    for row in rows.select_related("party").only("device_key", "party__name").order_by("pk"):
        found[row.device_key].append(
            Waiting(row.pk, row.reference, row.party_id, str(row.party or "the Panel"))
        )
    return found
