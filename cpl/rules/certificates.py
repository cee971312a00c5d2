"""Assurance Certificates as they are given: which are needed, and the form of what is given of each."""

import datetime
from collections.abc import Iterator
from functools import lru_cache

from dateutil.relativedelta import relativedelta

from cpl import fields as f
from cpl.formats.dates import written
from cpl.prefixes import EXPIRES, UNDATED
from cpl.rules.case import Case
from cpl.rules.problem import Level
from cpl.rules.registry import CERTIFIED, EMPTY, NEW, Finding, rule
from cpl.rules.schemes import (
    CPA,
    DLMS,
    NOT_RELEVANT,
    SCHEMES,
    ZIGBEE,
    Given,
    Scheme,
    given,
    given_in,
    need,
    versions,
)

GIVEN = NEW + CERTIFIED
YEARS_AHEAD = 6
NEEDED = "form, rows 17 to 23 (column D); guidance 4.1"


@rule("C-cpa-required", Level.REFUSE, NEEDED, field=f.CPA_ID)
def cpa_required(case: Case) -> Iterator[Finding]:
    """A {type} needs a CPA certificate: give its identifier with its prefix, [E] or [R]."""
    yield from _missing(case, CPA)


@rule("C-dlms-required", Level.REFUSE, NEEDED, field=f.DLMS_ID)
def dlms_required(case: Case) -> Iterator[Finding]:
    """A {type} needs a DLMS certificate: give its identifier."""
    yield from _missing(case, DLMS)


@rule("C-zigbee-required", Level.REFUSE, NEEDED, field=f.ZSE_ID)
def zigbee_required(case: Case) -> Iterator[Finding]:
    """A {type} needs a Zigbee certificate: give its identifier."""
    yield from _missing(case, ZIGBEE)


@rule("C-forbidden", Level.REFUSE, NEEDED, field=(f.CPA_ID, f.CPA_DATE, *f.DLMS_FIELDS, *f.ZSE_FIELDS))
def forbidden(case: Case) -> Iterator[Finding]:
    """A {type} has no {scheme} certificate. Leave this field empty."""
    for scheme in SCHEMES.values():
        for field in scheme.fields:
            # The Security Characteristics then say "Not Relevant": a rule of its own.
            if need(case, scheme) == "forbidden" and case.get(field) and field != f.CPA_SECURITY:
                yield Finding(field, case.get(field), EMPTY, _of(case, scheme))


@rule("C-not-relevant", Level.REFUSE, "form, row 18 (column D)", field=f.CPA_SECURITY)
def not_relevant(case: Case) -> Iterator[Finding]:
    """A {type} has no CPA certificate, so that the Security Characteristics version must be “{expected}”."""
    if need(case, CPA) == "forbidden" and case.get(f.CPA_SECURITY) != NOT_RELEVANT:
        yield Finding(f.CPA_SECURITY, case.get(f.CPA_SECURITY), NOT_RELEVANT, _of(case, CPA))


@rule("C-need-unknown", Level.WARN, "guidance 4.1", field=[scheme.identifier for scheme in SCHEMES.values()])
def need_unknown(case: Case) -> Iterator[Finding]:
    """The register does not say whether a {type} needs a {scheme} certificate on this day. Make sure before
    this is approved."""
    for scheme in SCHEMES.values():
        if case.device_type() and not case.is_smets1 and not need(case, scheme):
            yield Finding(scheme.identifier, case.get(scheme.identifier), words=_of(case, scheme))


@rule("C-alone", Level.REFUSE, NEEDED, field=(f.CPA_SECURITY, f.CPA_DATE, f.DLMS_VERSION, f.ZSE_VERSION))
def alone(case: Case) -> Iterator[Finding]:
    """{label} is given without a {scheme} certificate. Give the certificate's identifier, or leave this
    empty."""
    for scheme in SCHEMES.values():
        if need(case, scheme) == "optional" and case.lacks(scheme.identifier):
            for field in scheme.fields[1:]:
                if case.get(field) not in ("", NOT_RELEVANT):
                    yield Finding(field, case.get(field), EMPTY, _of(case, scheme))


@rule("C-prefix", Level.REFUSE, "form, row 17 (column E)", kinds=GIVEN, field=(f.CPA_ID, f.CERTIFICATE_ID))
def prefix(case: Case) -> Iterator[Finding]:
    """A CPA certificate begins with its prefix. Write “[E] ” before its identifier where it expires, “[R] ”
    for a lifetime certificate."""
    one = given_in(case, CPA)
    if one and (one.date_kind == UNDATED or not one.listed[4:].strip()):
        yield Finding(one.identifier_field, one.listed, "[E] or [R], a space and the identifier")


@rule(
    "C-prefix-unwanted",
    Level.REFUSE,
    "form, rows 17, 20 and 22 (column E)",
    kinds=GIVEN,
    field=(f.DLMS_ID, f.ZSE_ID, f.CERTIFICATE_ID),
)
def prefix_unwanted(case: Case) -> Iterator[Finding]:
    """Only CPA certificates have the prefix “[E] ” or “[R] ”. Write the {scheme} certificate without it."""
    for one in given(case):
        if one.scheme != CPA and one.date_kind != UNDATED:
            yield Finding(one.identifier_field, one.listed, one.listed[4:], {"scheme": one.scheme.name})


@rule(
    "C-version-required",
    Level.REFUSE,
    NEEDED,
    field=(f.CPA_SECURITY, f.DLMS_VERSION, f.ZSE_VERSION),
)
def version_required(case: Case) -> Iterator[Finding]:
    """State the version that the {scheme} certificate was issued against: {expected}."""
    for one in given(case):
        if not one.version and need(case, one.scheme) != "forbidden":
            yield Finding(one.version_field, "", _listed(case, one), {"scheme": one.scheme.name})


@rule(
    "C-version",
    Level.REFUSE,
    "form, rows 18, 21 and 23 (column F); guidance 3.3",
    kinds=GIVEN,
    field=(f.CPA_SECURITY, f.DLMS_VERSION, f.ZSE_VERSION, f.CERTIFICATE_VERSION),
)
def version(case: Case) -> Iterator[Finding]:
    """{found} is no version that a {scheme} certificate may name here on this day. It must be one of:
    {expected}."""
    for one in given(case):
        wanted = one.version and need(case, one.scheme) != "forbidden"
        if wanted and one.version not in versions(case, one.scheme):
            words = {"scheme": one.scheme.name}
            yield Finding(one.version_field, one.version, _listed(case, one), words)


@rule("C-date-required", Level.REFUSE, "form, row 19", kinds=GIVEN, field=(f.CPA_DATE, f.CERTIFICATE_DATE))
def date_required(case: Case) -> Iterator[Finding]:
    """Give the day on which the CPA certificate expires or is due for renewal, as it stands on it."""
    one = given_in(case, CPA)
    if one and one.date_field and not one.date_text and need(case, CPA) != "forbidden":
        yield Finding(one.date_field, "", "dd/mm/yyyy")


@rule(
    "C-expired", Level.REFUSE, "form, row 19 (column F)", kinds=GIVEN, field=(f.CPA_DATE, f.CERTIFICATE_DATE)
)
def expired(case: Case) -> Iterator[Finding]:
    """The CPA certificate expired on {found}. One that expires must be valid today: {expected}."""
    one = given_in(case, CPA)
    if one and one.date_kind == EXPIRES and one.date_field and one.date and one.date < case.on:
        yield Finding(one.date_field, one.date_text, _range(case.on))


@rule(
    "C-too-far", Level.REFUSE, "form, row 19 (column F)", kinds=GIVEN, field=(f.CPA_DATE, f.CERTIFICATE_DATE)
)
def too_far(case: Case) -> Iterator[Finding]:
    """No CPA certificate that expires lasts until {found}: it must be {expected}. A lifetime certificate has
    the prefix “[R] ”."""
    one = given_in(case, CPA)
    if one and one.date_kind == EXPIRES and one.date_field and one.date and one.date > _last(case.on):
        yield Finding(one.date_field, one.date_text, _range(case.on))


def _missing(case: Case, scheme: Scheme) -> Iterator[Finding]:
    if need(case, scheme) == "required" and not case.get(scheme.identifier):
        yield Finding(scheme.identifier, "", "an identifier", _of(case, scheme))


def _of(case: Case, scheme: Scheme) -> dict[str, object]:
    return {"type": case.get(f.DEVICE_TYPE), "scheme": scheme.name}


def _listed(case: Case, one: Given) -> str:
    return "; ".join(versions(case, one.scheme))


@lru_cache(maxsize=8)
def _last(on: datetime.date) -> datetime.date:
    return on + relativedelta(years=YEARS_AHEAD)


def _range(on: datetime.date) -> str:
    return f"from {written(on)} to {written(_last(on))}"
