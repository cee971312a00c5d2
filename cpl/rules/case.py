"""What a rule may look at: the answers, the day, and the facts of the register that bear on them."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from applicability.answers import Tables
from cpl.fields import Field


@dataclass(frozen=True)
class DeviceTypeFacts:
    """`kind` is meter, hub, ppmid, hcalcs or other; `needs` maps a scheme to required, optional, forbidden."""

    name: str
    kind: str
    needs: Mapping[str, str]


@dataclass(frozen=True)
class CertificateFacts:
    """A certificate on record, with its date as it stands after later events."""

    identifier: str
    date_kind: str
    date: datetime.date | None
    version: str
    ended: str = ""  # "withdrawn" or "cancelled"
    models: frozenset[str] = frozenset()  # manufacturer + model + hardware of the entries it carries


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


@dataclass(frozen=True)
class Facts:
    """Gathered once for a case by `cpl.checking`, in a bounded number of queries."""

    device_types: Mapping[str, DeviceTypeFacts]
    versions: Mapping[str, tuple[str, ...]]  # by document: SMETS, CHTS, GBCS, Security Characteristics, CTT, ZSE
    tables: Tables | None = None
    same_device: tuple[ListedFacts, ...] = ()
    same_hash: tuple[ListedFacts, ...] = ()
    same_firmware: tuple[ListedFacts, ...] = ()  # same manufacturer, model and firmware
    manufacturer_firmwares: tuple[str, ...] = ()  # of earlier entries of this manufacturer identifier
    manufacturer_holder: str = ""  # empty: identifier not on record
    manufacturer_is_own: bool = True
    certificates: Mapping[tuple[str, str], CertificateFacts] = field(default_factory=dict)
    entries: Mapping[int, ListedFacts] = field(default_factory=dict)  # those that the answers name
    grounds: Mapping[str, tuple[str, bool]] = field(default_factory=dict)  # code: (fits, names another entry)
    suppliers: frozenset[str] = frozenset()
    evidence: frozenset[str] = frozenset()  # CPA, DLMS, Zigbee, other
    open_submissions: tuple[str, ...] = ()  # references of open ones for the same device, TS and GBCS


@dataclass(frozen=True)
class Case:
    """One submission on one day. `answers` are canonical: see `cpl.rules.reading`."""

    kind: str
    answers: Mapping[str, str]
    on: datetime.date
    facts: Facts
    by_dcc: bool = False
    by_panel: bool = False

    def get(self, asked: Field) -> str:
        return self.answers.get(asked.name, "")

    def device_type(self) -> DeviceTypeFacts | None:
        return self.facts.device_types.get(self.answers.get("Device_Type.name", ""))
