"""Renewed and offered certificates, and the entries that they are to cover."""

from collections.abc import Iterator

from cpl import fields as f
from cpl.formats.dates import written
from cpl.prefixes import split_prefix
from cpl.rules.case import Case
from cpl.rules.problem import Level
from cpl.rules.registry import CERTIFIED, EMPTY, RENEWED, WITHDRAWN, Finding, rule
from cpl.rules.schemes import CPA, SCHEMES, given, recorded
from cpl.rules.values import octets


@rule("R-scheme", Level.REFUSE, "guidance 4.1", kinds=CERTIFIED + WITHDRAWN, field=f.CERTIFICATE_SCHEME)
def scheme(case: Case) -> Iterator[Finding]:
    """{found} is no scheme of Assurance Certificates. It must be one of: {expected}."""
    if case.get(f.CERTIFICATE_SCHEME) and case.get(f.CERTIFICATE_SCHEME) not in SCHEMES:
        yield Finding(f.CERTIFICATE_SCHEME, case.get(f.CERTIFICATE_SCHEME), "; ".join(SCHEMES))


@rule(
    "R-length", Level.REFUSE, "form, rows 17, 20 and 22 (column E)", kinds=CERTIFIED, field=f.CERTIFICATE_ID
)
def length(case: Case) -> Iterator[Finding]:
    """The identifier of a {scheme} certificate may be {limit} octets long at most. Leave out what does not
    belong to it."""
    for one in given(case):
        limit = one.scheme.identifier.limit
        if octets(one.listed) > limit:
            words = {"scheme": one.scheme.name, "limit": limit}
            yield Finding(f.CERTIFICATE_ID, one.listed, f"at most {limit} octets", words)


@rule("R-date-unwanted", Level.REFUSE, "form, rows 20 to 23", kinds=CERTIFIED, field=f.CERTIFICATE_DATE)
def date_unwanted(case: Case) -> Iterator[Finding]:
    """A {scheme} certificate has no date of expiry or renewal. Leave it empty."""
    for one in given(case):
        if one.scheme != CPA and one.date_text:
            yield Finding(f.CERTIFICATE_DATE, one.date_text, EMPTY, {"scheme": one.scheme.name})


@rule("R-replaces-unknown", Level.REFUSE, "guidance 4.4", kinds=CERTIFIED, field=f.CERTIFICATE_REPLACES)
def replaces_unknown(case: Case) -> Iterator[Finding]:
    """The register has no {scheme} certificate {found} whose place this one could take. Write it as
    the list does, or leave it empty."""
    named, scheme = case.get(f.CERTIFICATE_REPLACES), case.get(f.CERTIFICATE_SCHEME)
    if named and scheme in SCHEMES and recorded(case, scheme, named) is None:
        yield Finding(f.CERTIFICATE_REPLACES, named, "a certificate on record", {"scheme": scheme})


@rule("R-replaces-itself", Level.REFUSE, "guidance 4.4", kinds=CERTIFIED, field=f.CERTIFICATE_REPLACES)
def replaces_itself(case: Case) -> Iterator[Finding]:
    """A certificate cannot take its own place. Where only its date is new, leave this empty."""
    named, new = case.get(f.CERTIFICATE_REPLACES), case.get(f.CERTIFICATE_ID)
    if named and split_prefix(named)[1] == split_prefix(new)[1]:
        yield Finding(f.CERTIFICATE_REPLACES, named, "another certificate, or empty")


@rule("R-renews-nothing", Level.WARN, "guidance 4.4", kinds=RENEWED, field=f.CERTIFICATE_REPLACES)
def renews_nothing(case: Case) -> Iterator[Finding]:
    """This certificate is not on record, and none is named whose place it takes. Make sure that it renews no
    other."""
    if not case.get(f.CERTIFICATE_REPLACES) and any(one.record is None for one in given(case)):
        yield Finding(f.CERTIFICATE_REPLACES, "", "the certificate that is renewed")


@rule("R-smets1", Level.REFUSE, "guidance 4.3", kinds=CERTIFIED, field=f.ENTRIES)
def smets1(case: Case) -> Iterator[Finding]:
    """Entry {found} is a SMETS1 entry, and these have no certificates. Leave it out."""
    for entry in dict.fromkeys(case.named(f.ENTRIES)):
        if entry.is_smets1:
            yield Finding(f.ENTRIES, entry.named, "SMETS2+ entries")


@rule("R-type", Level.REFUSE, "guidance 4.1", kinds=CERTIFIED, field=f.ENTRIES)
def device_type(case: Case) -> Iterator[Finding]:
    """Entry {found} is a {type}, which has no {scheme} certificate. Leave it out."""
    scheme = case.get(f.CERTIFICATE_SCHEME)
    for entry in dict.fromkeys(case.named(f.ENTRIES)):
        known = case.facts.device_types.get(entry.device_type)
        if known and known.needs.get(scheme) == "forbidden" and not entry.is_smets1:
            words = {"type": entry.device_type, "scheme": scheme}
            yield Finding(f.ENTRIES, entry.named, "entries that need or allow it", words)


@rule("R-covers-ahead", Level.REFUSE, "guidance 4.4", kinds=CERTIFIED, field=f.COVERS_FROM)
def covers_ahead(case: Case) -> Iterator[Finding]:
    """A certificate cannot cover entries from {found}, a day that is still to come. Leave this empty to cover
    them from the day of approval, or submit it on that day."""
    start = case.day(f.COVERS_FROM)
    if start and start > case.on:
        yield Finding(f.COVERS_FROM, written(start), f"empty, or a day up to {written(case.on)}")
