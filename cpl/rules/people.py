"""The people behind an entry: the contact for CPA, and what a manufacturer publishes with its firmware."""

import re
from collections.abc import Iterator

from cpl import fields as f
from cpl.rules.case import Case
from cpl.rules.problem import Level
from cpl.rules.registry import EMPTY, NEW, STATED, Finding, rule
from cpl.rules.schemes import CPA, need
from cpl.rules.values import people

AT_MOST = 5
EMAIL = re.compile(
    r"[^@\s;,<>()\"\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_](?:[\w-]{0,61}[^\W_])"
)
ADDRESS = re.compile(r"(?i)\b[a-z][a-z0-9+.-]{0,20}://\S+|\bwww\.\S+")
# With or without its scheme, as people write it: www.example.com.
WEBSITE = re.compile(
    r"(?i)(https?://)?([^\W_]([\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_][\w-]{0,61}[^\W_](:[0-9]{1,5})?([/?#]\S*)?"
)
# The form (rows 30 to 39) asks meters for this, and names the three kinds that must leave it empty.
WITHOUT_INFORMATION = ("hub", "ppmid", "hcalcs")


@rule("P-contact-required", Level.REFUSE, "form, rows 27 to 29 (column D)", field=f.CONTACT_FIELDS)
def contact_required(case: Case) -> Iterator[Finding]:
    """{label} for the CPA certificate must be given: the Panel writes there before it expires."""
    for field in f.CONTACT_FIELDS:
        if _has_cpa(case) and not case.get(field):
            yield Finding(field, "", "a value")


@rule("P-contact-unwanted", Level.REFUSE, "form, rows 27 to 29 (column D)", field=f.CONTACT_FIELDS)
def contact_unwanted(case: Case) -> Iterator[Finding]:
    """{label} is the contact for a CPA certificate, and this entry has none. Leave it empty."""
    for field in f.CONTACT_FIELDS:
        if case.device_type() and not _has_cpa(case) and case.get(field):
            yield Finding(field, case.get(field), EMPTY)


@rule("P-five", Level.REFUSE, "form, rows 27 to 29 (column C)", field=f.CONTACT_FIELDS)
def five(case: Case) -> Iterator[Finding]:
    """{label}: {count} are given. Name five at most, separated by semicolons."""
    for field in f.CONTACT_FIELDS:
        count = len(people(case.get(field)))
        if count > AT_MOST:
            yield Finding(field, case.get(field), f"at most {AT_MOST}", {"count": count})


@rule(
    "P-email",
    Level.REFUSE,
    "form, rows 29 and 38",
    kinds=NEW + STATED,
    field=(f.CONTACT_EMAIL, f.FIR_EMAIL),
)
def email(case: Case) -> Iterator[Finding]:
    """{label}: “{found}” is no e-mail address. Write it as {expected}."""
    addresses = [(f.CONTACT_EMAIL, one) for one in people(case.get(f.CONTACT_EMAIL))]
    if case.get(f.FIR_EMAIL):
        addresses.append((f.FIR_EMAIL, case.get(f.FIR_EMAIL)))
    for field, address in addresses:
        if not _is_email(address):
            yield Finding(field, address, "name@example.com")


@rule("P-firmware-required", Level.REFUSE, "form, rows 30 to 39 (column D); SECMP0009", field=f.FIR_FIELDS)
def firmware_required(case: Case) -> Iterator[Finding]:
    """{label} must be given for a meter: it is published with the firmware."""
    device_type = case.device_type()
    for field in f.FIR_FIELDS:
        if device_type and device_type.kind == "meter" and not case.get(field):
            yield Finding(field, "", "a value")


@rule("P-firmware-unwanted", Level.REFUSE, "form, rows 30 to 39 (column D)", field=f.FIR_FIELDS)
def firmware_unwanted(case: Case) -> Iterator[Finding]:
    """No firmware information is published for a {type}: {label} must be empty."""
    device_type = case.device_type()
    for field in f.FIR_FIELDS:
        if device_type and device_type.kind in WITHOUT_INFORMATION and case.get(field):
            yield Finding(field, case.get(field), EMPTY, {"type": device_type.name})


@rule("P-address", Level.REFUSE, "form, row 39 (column F)", kinds=NEW + STATED, field=f.FIR_DESCRIPTION)
def address(case: Case) -> Iterator[Finding]:
    """“{found}” must begin with http:// or https:// and name no user or password: whatever the release notes
    point to has to open without registration."""
    for found in ADDRESS.findall(case.get(f.FIR_DESCRIPTION)):
        host = found.partition("//")[2].partition("/")[0]
        if not found.lower().startswith(("http://", "https://")) or "@" in host or not host:
            yield Finding(f.FIR_DESCRIPTION, found, "an address as https://example.com/notes")


@rule("P-website", Level.REFUSE, "form, row 37", kinds=NEW + STATED, field=f.FIR_WEBSITE)
def website(case: Case) -> Iterator[Finding]:
    """{found} is no address that a browser opens: it is published as a link. Write it as {expected}, without
    user or password."""
    text = case.get(f.FIR_WEBSITE)
    if text and not WEBSITE.fullmatch(text):
        yield Finding(f.FIR_WEBSITE, text, "https://example.com")


def _has_cpa(case: Case) -> bool:
    wanted = need(case, CPA)
    return wanted == "required" or (wanted != "forbidden" and not case.is_smets1 and not case.lacks(f.CPA_ID))


def _is_email(text: str) -> bool:
    local = text.partition("@")[0]
    dots = local.startswith(".") or local.endswith(".") or ".." in local
    return len(text) <= 254 and not dots and EMAIL.fullmatch(text) is not None
