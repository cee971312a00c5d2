"""The Assurance Certificates that a submission names, in one shape for every kind of submission."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from cpl import fields as f
from cpl.fields import Field
from cpl.prefixes import split_prefix
from cpl.rules.case import Case, CertificateFacts
from cpl.rules.values import day_of

NOT_RELEVANT = "Not Relevant"


@dataclass(frozen=True)
class Scheme:
    """A scheme and the new entry's fields for it; `document` is what its certificates name a version of."""

    name: str
    document: str
    identifier: Field
    version: Field
    date: Field | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(field for field in (self.identifier, self.version, self.date) if field)


CPA = Scheme("CPA", "Security Characteristics", f.CPA_ID, f.CPA_SECURITY, f.CPA_DATE)
DLMS = Scheme("DLMS", "CTT", f.DLMS_ID, f.DLMS_VERSION)
ZIGBEE = Scheme("Zigbee", "ZSE", f.ZSE_ID, f.ZSE_VERSION)
SCHEMES = {scheme.name: scheme for scheme in (CPA, DLMS, ZIGBEE)}


@dataclass(frozen=True)
class Given:
    """A certificate as a submission gives it, and the record of it, if there is one.

    `fields` are those of this kind of submission: identifier, version, date (None: not asked).
    """

    scheme: Scheme
    identifier_field: Field
    version_field: Field
    date_field: Field | None
    listed: str
    version: str
    date_text: str
    record: CertificateFacts | None

    @cached_property
    def date_kind(self) -> str:
        return split_prefix(self.listed)[0]

    @cached_property
    def date(self) -> datetime.date | None:
        return day_of(self.date_text)


def given(case: Case) -> tuple[Given, ...]:
    """The certificates that are named. A SMETS1 entry has none: what it names is refused as such."""
    return case.once(_all_given)


def _all_given(case: Case) -> tuple[Given, ...]:
    return tuple(_named(case))


def _named(case: Case) -> Iterator[Given]:
    if case.kind == "new_entry" and not case.is_smets1:
        for scheme in SCHEMES.values():
            yield from _given(case, scheme, scheme.identifier, scheme.version, scheme.date)
    elif case.kind in ("renewal", "offer") and (named := SCHEMES.get(case.get(f.CERTIFICATE_SCHEME))):
        yield from _given(case, named, f.CERTIFICATE_ID, f.CERTIFICATE_VERSION, f.CERTIFICATE_DATE)


def given_in(case: Case, scheme: Scheme) -> Given | None:
    """The certificate named in one scheme."""
    return next((one for one in given(case) if one.scheme == scheme), None)


def recorded(case: Case, scheme: str, listed: str) -> CertificateFacts | None:
    """The record of a certificate, named with or without its prefix."""
    return case.facts.certificates.get((scheme, split_prefix(listed)[1]))


def need(case: Case, scheme: Scheme) -> str:
    """Required, optional or forbidden; empty for SMETS1, and where type or requirement is not known."""
    return case.once(_needs).get(scheme.name, "")


def _needs(case: Case) -> Mapping[str, str]:
    device_type = case.device_type()
    return {} if case.is_smets1 or device_type is None else device_type.needs


def versions(case: Case, scheme: Scheme) -> tuple[str, ...]:
    """The versions that a certificate of the scheme may name: the tables' ties first, then the dated list."""
    tables = case.facts.tables if scheme == CPA else None
    if tables and (tied := tables.security_characteristics(case.get(f.GBCS_VERSION))):
        return tuple(sorted(tied))
    listed = case.facts.versions.get(scheme.document, ())
    return tuple(version for version in listed if version != NOT_RELEVANT)


def _given(
    case: Case, scheme: Scheme, identifier: Field, version: Field, date: Field | None
) -> Iterator[Given]:
    listed = case.get(identifier)
    if listed:
        yield Given(
            scheme=scheme,
            identifier_field=identifier,
            version_field=version,
            date_field=date,
            listed=listed,
            version=case.get(version),
            date_text=case.get(date) if date else "",
            record=recorded(case, scheme.name, listed),
        )
