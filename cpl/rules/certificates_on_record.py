"""Assurance Certificates against the register's own record of them, and the evidence for each."""

from collections.abc import Iterator

from cpl import fields as f
from cpl.formats.dates import written
from cpl.prefixes import EXPIRES, UNDATED, split_prefix
from cpl.rules.case import Case
from cpl.rules.certificates import GIVEN
from cpl.rules.documents import names_firmware, readable
from cpl.rules.problem import Level
from cpl.rules.registry import Finding, rule
from cpl.rules.schemes import CPA, ZIGBEE, Given, given, given_in

IDENTIFIERS = (f.CPA_ID, f.DLMS_ID, f.ZSE_ID, f.CERTIFICATE_ID)


@rule("C-ended", Level.REFUSE, "guidance 4.4", kinds=GIVEN, field=IDENTIFIERS)
def ended(case: Case) -> Iterator[Finding]:
    """The {scheme} certificate {found} was {ended}. Give one that is in force."""
    for one in given(case):
        if one.record and one.record.ended:
            words = {"scheme": one.scheme.name, "ended": one.record.ended}
            yield Finding(one.identifier_field, one.listed, "a certificate in force", words)


@rule("C-record-expired", Level.REFUSE, "guidance 4.4", field=f.CPA_DATE)
def record_expired(case: Case) -> Iterator[Finding]:
    """The register has the certificate {certificate} as expired on {expired}. If it has a new date, submit
    its renewal first."""
    one = given_in(case, CPA)
    if one and one.record and one.record.date_kind == EXPIRES:
        date = one.record.date
        # Where the date given has passed too, that is said already.
        if date and date < case.on and one.date and one.date >= case.on:
            words = {"certificate": one.listed, "expired": written(date)}
            yield Finding(f.CPA_DATE, one.date_text, "a certificate in force", words)


@rule("C-disagrees", Level.WARN, "form, rows 17 to 23", kinds=GIVEN, field=IDENTIFIERS)
def disagrees(case: Case) -> Iterator[Finding]:
    """The register has this {scheme} certificate with {expected}; here it has {found}. Compare them with the
    certificate itself."""
    for one in given(case):
        differing = tuple(_differences(one, dated=case.kind == "new_entry"))
        if differing:
            here, there = ("; ".join(side) for side in zip(*differing, strict=True))
            yield Finding(one.identifier_field, here, there, {"scheme": one.scheme.name})


@rule("C-spelling", Level.WARN, "form, rows 17, 20 and 22", kinds=GIVEN, field=IDENTIFIERS)
def spelling(case: Case) -> Iterator[Finding]:
    """The register has no {scheme} certificate {found}, but one that it writes as {expected}. If it is the
    same, write it so."""
    for one in given(case):
        known = case.facts.spelt.get((one.scheme.name, split_prefix(one.listed)[1]))
        if known and not one.record:
            yield Finding(one.identifier_field, one.listed, known, {"scheme": one.scheme.name})


@rule("C-evidence", Level.REFUSE, "form, row 3; guidance 4.4", kinds=GIVEN, field=IDENTIFIERS)
def evidence(case: Case) -> Iterator[Finding]:
    """Attach the PDF of the {scheme} certificate {found}: it is not on record with these facts yet."""
    for one in given(case):
        # A renewal states new facts of a certificate; a new entry names it, and a difference is a warning.
        same = not any(_differences(one)) and (one.date or one.date_kind == UNDATED)
        known = one.record and (case.kind == "new_entry" or same)
        if not known and one.scheme.name not in case.facts.evidence:
            expected = f"the {one.scheme.name} certificate as a PDF"
            yield Finding(one.identifier_field, one.listed, expected, {"scheme": one.scheme.name})


@rule("C-carries", Level.NOTE, "guidance 4.4", field=f.CPA_ID)
def carries(case: Case) -> Iterator[Finding]:
    """The CPA certificate {found} carries this Device Model already, so that no statement on its security
    functions is asked for."""
    one = given_in(case, CPA)
    if one and one.record and case.model in one.record.models:
        yield Finding(f.CPA_ID, one.listed, "a certificate that carries it")


@rule("C-statement", Level.REFUSE, "guidance 4.4", field=f.SECURITY_STATEMENT)
def statement(case: Case) -> Iterator[Finding]:
    """The CPA certificate {certificate} is on record without this Device Model. State why its changes of
    hardware or firmware have no significant effect on the security functions."""
    one = _joins(case)
    # Of several that were submitted with the same new certificate, the first approved puts it on record: the
    # others join nothing that was there, and each came with the certificate itself.
    since = one and (CPA.name, split_prefix(one.listed)[1]) in case.facts.recorded_since
    if one and not since and not case.get(f.SECURITY_STATEMENT):
        yield Finding(f.SECURITY_STATEMENT, "", "a statement", {"certificate": one.listed})


@rule("C-statement-evidence", Level.REFUSE, "guidance 4.4", field=f.SECURITY_STATEMENT)
def statement_evidence(case: Case) -> Iterator[Finding]:
    """This Device Model joins the existing CPA certificate {certificate}. Attach the evidence for that: the
    certificate that names it, or other evidence that its security functions are the same."""
    if (one := _joins(case)) and not case.facts.evidence & {CPA.name, "other"}:
        expected = "a CPA certificate or other evidence as a PDF"
        yield Finding(f.SECURITY_STATEMENT, "", expected, {"certificate": one.listed})


@rule("W-model-not-named", Level.WARN, "guidance 4.4", field=f.CPA_ID)
def model_not_named(case: Case) -> Iterator[Finding]:
    """No entry on the CPA certificate {found} has this manufacturer, model and hardware. Make sure that the
    certificate names them."""
    one = _joins(case)
    device = "".join(case.device[1:-1])
    if one and one.record and device not in one.record.devices:
        yield Finding(f.CPA_ID, one.listed, "a certificate that names this model")


@rule("W-zigbee-firmware", Level.WARN, "guidance 4.1", field=f.ZSE_ID)
def zigbee_firmware(case: Case) -> Iterator[Finding]:
    """Nothing shows yet that the Zigbee certificate {found} is for firmware {firmware}: neither an entry on
    it nor the text of a file. Make sure that the certificate names it{remedy}."""
    one, firmware = given_in(case, ZIGBEE), case.get(f.FIRMWARE)
    if not firmware or one is None or (one.record and firmware in one.record.firmwares):
        return
    documents = readable(case, ZIGBEE.name)
    # Of a certificate that is neither on record nor readable, there is nothing to compare with.
    if (one.record or documents) and not names_firmware(case, documents):
        asked = ", or attach as other evidence what maps one to the other, such as release notes"
        words = {"firmware": firmware, "remedy": "" if "other" in case.facts.evidence else asked}
        yield Finding(f.ZSE_ID, one.listed, "a certificate that names this firmware", words)


def _joins(case: Case) -> Given | None:
    """The CPA certificate on record that this Device Model is to be added to."""
    one = given_in(case, CPA)
    complete = all(case.device)
    return one if complete and one and one.record and case.model not in one.record.models else None


def _differences(one: Given, dated: bool = True) -> Iterator[tuple[str, str]]:
    """What is given and what the record has, where they differ. A renewal is there to give a new date."""
    record = one.record
    if record is None:
        return
    if one.date_kind not in (UNDATED, record.date_kind):
        yield f"a date that {one.date_kind}", f"a date that {record.date_kind}"
    if dated and one.date and one.date != record.date:
        yield f"the date {one.date_text}", f"the date {written(record.date) or 'none'}"
    if one.version and one.version != record.version:
        yield one.version, record.version or "no version"
