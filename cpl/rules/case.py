"""What a rule may look at: the answers, the day, and the facts of the register that bear on them."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, cast

from applicability.answers import Tables
from cpl.fields import DEVICE_FIELDS, DEVICE_TYPE, SMETS1_TS, TS_VERSION, Field
from cpl.rules.values import day_of, read_numbers

T = TypeVar("T")


@dataclass(frozen=True)
class DeviceTypeFacts:
    """`kind` is meter, hub, ppmid, hcalcs or other; `needs` maps a scheme to required, optional, forbidden.

    `document` is the specification that its SMETS2+ entries name; a new entry may name it while it is `open`.
    """

    name: str
    kind: str
    needs: Mapping[str, str]
    document: str = "SMETS"
    open: bool = True


@dataclass(frozen=True)
class CertificateFacts:
    """A certificate on record, with its date as it stands after later events."""

    identifier: str
    date_kind: str
    date: datetime.date | None
    version: str
    ended: str = ""  # "withdrawn" or "cancelled"
    recorded_at: datetime.datetime | None = None
    # Of the entries that it carries: manufacturer, model, hardware and firmware run together.
    models: frozenset[str] = frozenset()

    @cached_property
    def devices(self) -> frozenset[str]:
        """The models without their firmware."""
        return frozenset(model[:-8] for model in self.models)

    @cached_property
    def firmwares(self) -> frozenset[str]:
        return frozenset(model[-8:] for model in self.models)


@dataclass(frozen=True)
class ListedFacts:
    """An entry of the list, as far as rules ask after it."""

    number: int
    status: str
    device_type: str
    device: tuple[str, ...]  # the answers to DEVICE_FIELDS, in that order
    ts: str
    gbcs: str
    image_hash: str = ""
    is_smets1: bool = False
    maker: str = ""  # who holds its manufacturer identifier; empty: not on record
    leaving: bool = False  # a removal is on record, though it may take effect later
    # Keys of the Parties that may speak for it: who holds its manufacturer identifier, who submitted it.
    parties: frozenset[int] = frozenset()

    @property
    def is_current(self) -> bool:
        return self.status == "Current"

    @property
    def named(self) -> str:
        return f"{self.number:06d}"


@dataclass(frozen=True)
class DocumentFacts:
    """An attached file: `text` as `cpl.rules.documents.normalised` makes it; empty where it has none."""

    name: str
    text: str = ""


@dataclass(frozen=True)
class Facts:
    """Those that bear on one case: see `cpl.facts`."""

    device_types: Mapping[str, DeviceTypeFacts]
    versions: Mapping[str, tuple[str, ...]]  # by document: Security Characteristics, CTT, ZSE
    tables: Tables | None = None
    same_device: tuple[ListedFacts, ...] = ()
    same_hash: tuple[ListedFacts, ...] = ()
    same_firmware: tuple[ListedFacts, ...] = ()  # same manufacturer, model and firmware
    same_hardware: Sequence[ListedFacts] = ()  # manufacturer, model and hardware; the highest firmware first
    lettered_firmware: str = ""  # one of an earlier entry of this manufacturer identifier
    manufacturer_holder: str = ""  # empty: identifier not on record
    manufacturer_is_own: bool = True
    certificates: Mapping[tuple[str, str], CertificateFacts] = field(default_factory=dict)
    # Of these, scheme and identifier, those that came on record only after the submission was submitted.
    recorded_since: frozenset[tuple[str, str]] = frozenset()
    # For a certificate, scheme and identifier, that is not on record: how the record spells what was meant.
    spelt: Mapping[tuple[str, str], str] = field(default_factory=dict)
    entries: Mapping[int, ListedFacts] = field(default_factory=dict)  # those that the answers name
    grounds: Mapping[str, tuple[str, bool]] = field(default_factory=dict)  # code: (fits, names another entry)
    suppliers: frozenset[str] = frozenset()
    evidence: frozenset[str] = frozenset()  # CPA, DLMS, Zigbee, other
    # What was attached, by the same kinds; empty where nothing is compared.
    documents: Mapping[str, tuple[DocumentFacts, ...]] = field(default_factory=dict)
    open_submissions: tuple[str, ...] = ()  # references of own open ones for the same device, TS and GBCS
    open_of_others: tuple[str, ...] = ()  # of other Parties: for officers alone
    image_in_file: str = ""  # an earlier row of the same file that has the same hash for another firmware
    same_in_file: str = ""  # the earlier row of the same file that has the same device, TS and GBCS


@dataclass(frozen=True)
class Case:
    """One submission on one day. `answers` are canonical: see `cpl.rules.reading`."""

    kind: str
    answers: Mapping[str, str]
    on: datetime.date
    facts: Facts
    by_dcc: bool = False
    by_panel: bool = False
    party: int | None = None  # the key of the Party that submits
    # Fields of which something stands there that no answer could be read from: they are not empty.
    unread: frozenset[str] = frozenset()

    def once(self, work: "Callable[[Case], T]") -> T:
        """What several rules ask for, worked out for the first of them."""
        if work not in self._known:
            self._known[work] = work(self)
        return cast(T, self._known[work])

    @cached_property
    def _known(self) -> "dict[Callable[[Case], Any], Any]":
        return {}

    def get(self, asked: Field) -> str:
        return self.answers.get(asked.name, "")

    def lacks(self, *asked: Field) -> bool:
        """Whether none of these is given; what could not be read is given."""
        return not any(self.get(one) or one.name in self.unread for one in asked)

    def day(self, asked: Field) -> datetime.date | None:
        """The answer as a day; None where it is empty or unreadable."""
        return day_of(self.get(asked))

    def numbers(self, asked: Field) -> tuple[int, ...]:
        """The answer as entry numbers; none where it is empty, `none` or unreadable."""
        return read_numbers(self.get(asked))

    def named(self, asked: Field) -> tuple[ListedFacts, ...]:
        """The entries that the answer names, those that exist."""
        return tuple(self.facts.entries[n] for n in self.numbers(asked) if n in self.facts.entries)

    def device_type(self) -> DeviceTypeFacts | None:
        return self.facts.device_types.get(self.get(DEVICE_TYPE))

    @property
    def device(self) -> tuple[str, ...]:
        return self.once(_device)

    @property
    def model(self) -> str:
        """Manufacturer, model, hardware and firmware run together: see `CertificateFacts.models`."""
        return "".join(self.device[1:])

    @property
    def is_smets1(self) -> bool:
        """By the TS version alone: that the GBCS version does not go with it is a problem of its own."""
        return self.get(TS_VERSION) == SMETS1_TS


def _device(case: Case) -> tuple[str, ...]:
    return tuple(case.get(asked) for asked in DEVICE_FIELDS)
