"""Notices that an Assurance Certificate was withdrawn or cancelled."""

from collections.abc import Iterator

from cpl import fields as f
from cpl.formats.dates import written
from cpl.rules.case import Case
from cpl.rules.problem import Level
from cpl.rules.registry import WITHDRAWN, Finding, rule
from cpl.rules.schemes import SCHEMES, recorded

ENDS = ("withdrawn", "cancelled")


@rule("T-unknown", Level.REFUSE, "guidance 4.4", kinds=WITHDRAWN, field=f.CERTIFICATE_ID)
def unknown(case: Case) -> Iterator[Finding]:
    """The register has no {scheme} certificate {found}. Write it as the list does."""
    scheme, named = case.get(f.CERTIFICATE_SCHEME), case.get(f.CERTIFICATE_ID)
    if scheme in SCHEMES and named and recorded(case, scheme, named) is None:
        yield Finding(f.CERTIFICATE_ID, named, "a certificate on record", {"scheme": scheme})


@rule("T-ended", Level.REFUSE, "guidance 4.4", kinds=WITHDRAWN, field=f.CERTIFICATE_ID)
def ended(case: Case) -> Iterator[Finding]:
    """The register already has the certificate {found} as {ended}. Withdraw this notice, or name the
    certificate that it is about."""
    named = case.get(f.CERTIFICATE_ID)
    record = recorded(case, case.get(f.CERTIFICATE_SCHEME), named)
    if record and record.ended:
        yield Finding(f.CERTIFICATE_ID, named, "a certificate in force", {"ended": record.ended})


@rule("T-event", Level.REFUSE, "guidance 4.4", kinds=WITHDRAWN, field=f.CERTIFICATE_EVENT)
def event(case: Case) -> Iterator[Finding]:
    """{found} does not say what happened to the certificate. It must be one of: {expected}."""
    if case.get(f.CERTIFICATE_EVENT) and case.get(f.CERTIFICATE_EVENT) not in ENDS:
        yield Finding(f.CERTIFICATE_EVENT, case.get(f.CERTIFICATE_EVENT), "; ".join(ENDS))


@rule("T-late", Level.REFUSE, "guidance 4.4", kinds=WITHDRAWN, field=f.CERTIFICATE_EVENT_ON)
def late(case: Case) -> Iterator[Finding]:
    """The certificate cannot have ended on {found}: that day is still to come. Give the day on which it
    did, once it has."""
    day = case.day(f.CERTIFICATE_EVENT_ON)
    if day and day > case.on:
        yield Finding(f.CERTIFICATE_EVENT_ON, written(day), f"a day up to {written(case.on)}")
