"""Admits entries, removes them, records certificates: the only writer of the register's rows.

Each verb is one transaction. What it writes is one journal act a row (`ledger.journal`); a second person
stands behind each (`Decided`), and what the rules say is asked again on the day of approval.
"""

import datetime
import hashlib
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from cpl import fields as f
from cpl import offers, workflow
from cpl.checking import problems
from cpl.checks_kept import keep_checks
from cpl.fields import Field
from cpl.formats.dates import read_day
from cpl.models import (
    Certificate,
    CertificateEvent,
    Coverage,
    Entry,
    FirmwareContact,
    FirmwareInformation,
    Removal,
    RemovalGround,
    ReservedNumber,
    Scheme,
    Submission,
    UpgradePath,
)
from cpl.prefixes import split_prefix
from cpl.rules.problem import Problem, refusals, warnings
from cpl.rules.values import read_numbers
from cpl.workflow import NotPossible
from ledger import journal
from ledger.journal import Act

PANEL = "SEC Panel"
REPLACED = "replaced"


def approve(
    submission_id: int,
    *,
    by: User,
    at: datetime.datetime,
    on: datetime.date,
    words: str = "",
    acknowledged: Mapping[str, str] = MappingProxyType({}),
    seen: str = "",
) -> Submission:
    """Approves a submission and writes what follows from it, all or nothing.

    `acknowledged` holds, by the id of each rule that warns, why its warning is no obstacle; `seen` the digest
    of the answers and files that the officer read. Where two have to approve, the first approval is recorded
    and nothing follows from it yet.

    Raises:
        NotPossible: somebody was faster, the same person submitted it, or a rule refuses it today.
    """
    with transaction.atomic():
        offers.lock(submission_id)
        verb = workflow.verb_of_approval(submission_id)
        submission = workflow.move(submission_id, verb, by=by, at=at, words=words, seen=seen)
        if verb == workflow.FIRST:
            keep_checks(
                submission, _demand_clean(submission, on, acknowledged), on=on, acknowledged=acknowledged
            )
            return submission
        offers.hand_over(submission, by=by, at=at)
        # Under the lock, so that what the rules find still holds when the rows are written.
        journal.lock()
        found = _demand_clean(submission, on, acknowledged)
        keep_checks(submission, found, on=on, acknowledged=acknowledged)
        acts = _ACTS[Submission.Kind(submission.kind)](submission, on)
        journal.append(acts, actor=by.pk, at=at)
        _keep_contacts(submission, acts)
    return submission


def next_number() -> int:
    """The number of the next entry; asked under the journal's lock. None is ever given twice."""
    used = Entry.objects.aggregate(last=Max("number"))["last"] or 0
    reserved = ReservedNumber.objects.aggregate(last=Max("number"))["last"] or 0
    return max(used, reserved) + 1


def _demand_clean(
    submission: Submission, on: datetime.date, acknowledged: Mapping[str, str]
) -> tuple[Problem, ...]:
    """Everything that the rules say, once nothing refuses it and of every warning is said why it does not."""
    found = problems(submission, on, for_officer=True)
    if refused := refusals(found):
        raise NotPossible(f"This cannot be approved today: {refused[0].message}", found)
    unread = [problem for problem in warnings(found) if not acknowledged.get(problem.rule, "").strip()]
    if unread:
        raise NotPossible(
            f"Say of each warning why it is no obstacle. One is left without a reason: {unread[0].message}",
            found,
        )
    return found


def _new_entry(submission: Submission, on: datetime.date) -> list[Act]:
    entry = _entry_of(submission, on)
    return [
        Act("entry.admitted", entry.ledger_subject(), entry),
        *_coverage_of_answers(submission, entry, on),
        *_paths_of(submission, entry),
        *_firmware_information_of(submission, entry),
        *_replacing(submission, entry, on),
    ]


def _entry_of(submission: Submission, on: datetime.date) -> Entry:
    answer = _answers(submission)
    replaced = read_numbers(answer(f.REPLACES))
    return Entry(
        number=next_number(),
        device_type=answer(f.DEVICE_TYPE),
        manufacturer=answer(f.MANUFACTURER),
        model=answer(f.MODEL),
        hardware_version=answer(f.HARDWARE_VERSION),
        hardware_revision=answer(f.HARDWARE_REVISION),
        firmware=answer(f.FIRMWARE),
        technical_specification=answer(f.TS_VERSION),
        gbcs_version=answer(f.GBCS_VERSION),
        security_characteristics="" if answer(f.CPA_ID) else answer(f.CPA_SECURITY),
        image_creator=answer(f.IMAGE_CREATOR),
        image_hash=answer(f.IMAGE_HASH),
        image_descriptor=answer(f.IMAGE_DESCRIPTOR),
        product_name=answer(f.PRODUCT_NAME),
        admitted_on=on,
        replaces_id=replaced[0] if replaced else None,
        **_two_persons(submission),
    )


def _coverage_of_answers(submission: Submission, entry: Entry, on: datetime.date) -> list[Act]:
    answer = _answers(submission)
    acts: list[Act] = []
    for scheme, identifier, version, date in (
        (Scheme.CPA, answer(f.CPA_ID), answer(f.CPA_SECURITY), answer(f.CPA_DATE)),
        (Scheme.DLMS, answer(f.DLMS_ID), answer(f.DLMS_VERSION), ""),
        (Scheme.ZIGBEE, answer(f.ZSE_ID), answer(f.ZSE_VERSION), ""),
    ):
        if identifier:
            certificate, new = _certificate(submission, scheme, identifier, version, read_day(date))
            acts += new
            acts.append(_covers(submission, entry, certificate, identifier, version, read_day(date), on))
    return acts


def _certificate(
    submission: Submission, scheme: str, listed: str, version: str, date: datetime.date | None
) -> tuple[Certificate, list[Act]]:
    """The certificate on record, or a new one and the act that records it."""
    kind, identifier = split_prefix(listed)
    found = Certificate.objects.filter(scheme=scheme, identifier=identifier).first()
    if found:
        return found, []
    new = Certificate(
        scheme=scheme,
        identifier=identifier,
        date_kind=kind,
        date=date,
        version=version,
        **_two_persons(submission),
    )
    return new, [Act("certificate.recorded", new.ledger_subject(), new)]


def _covers(
    submission: Submission,
    entry: Entry,
    certificate: Certificate,
    listed: str,
    version: str,
    date: datetime.date | None,
    covers_from: datetime.date,
) -> Act:
    row = Coverage(
        entry=entry,
        certificate=certificate,
        scheme=certificate.scheme,
        identifier_shown=listed,
        version_shown=version,
        date_shown=date,
        covers_from=covers_from,
        **_two_persons(submission),
    )
    return Act("certificate.covers", entry.ledger_subject(), row)


def _paths_of(submission: Submission, entry: Entry) -> list[Act]:
    stated = _answers(submission)(f.UPGRADES_FROM)
    sources: list[int | None] = list(read_numbers(stated))
    if stated.lower() == "none":
        sources = [None]
    return [
        Act(
            "upgrade.stated",
            entry.ledger_subject(),
            UpgradePath(target=entry, source_id=source, **_two_persons(submission)),
        )
        for source in sources
    ]


def _firmware_information_of(submission: Submission, entry: Entry) -> list[Act]:
    answer = _answers(submission)
    if not answer(f.FIR_COMPANY):
        return []
    row = FirmwareInformation(
        entry=entry,
        company=answer(f.FIR_COMPANY),
        website=answer(f.FIR_WEBSITE),
        description=answer(f.FIR_DESCRIPTION),
        contact_digest=_digest(_contact_of(submission)),
        **_two_persons(submission),
    )
    return [Act("firmware.described", entry.ledger_subject(), row)]


def _contact_of(submission: Submission) -> dict[str, str]:
    answer = _answers(submission)
    return {
        "house": answer(f.FIR_HOUSE),
        "street": answer(f.FIR_STREET),
        "city": answer(f.FIR_CITY),
        "post_code": answer(f.FIR_POST_CODE),
        "country": answer(f.FIR_COUNTRY),
        "telephone": answer(f.FIR_TELEPHONE),
        "email": answer(f.FIR_EMAIL),
    }


def _keep_contacts(submission: Submission, acts: list[Act]) -> None:
    for act in acts:
        if isinstance(act.row, FirmwareInformation):
            FirmwareContact.objects.create(information=act.row, **_contact_of(submission))


def _replacing(submission: Submission, entry: Entry, on: datetime.date) -> list[Act]:
    if entry.replaces_id is None:
        return []
    ground = RemovalGround.objects.get(code=REPLACED)
    removal = Removal(
        entry_id=entry.replaces_id,
        ground=ground,
        ground_code=ground.code,
        reason=f"Replaced by entry {entry}.",
        decided_by=PANEL,
        reference=submission.reference,
        decision_date=on,
        effective_date=on,
        other_entry=entry,
        **_two_persons(submission),
    )
    return [Act("entry.removed", f"entry {entry.replaces_id:06d}", removal)]


def _renewal(submission: Submission, on: datetime.date) -> list[Act]:
    """A renewed or replacement certificate, and the entries that it carries from now on."""
    answer = _answers(submission)
    listed, version = answer(f.CERTIFICATE_ID), answer(f.CERTIFICATE_VERSION)
    date = read_day(answer(f.CERTIFICATE_DATE))
    certificate, acts = _certificate(submission, answer(f.CERTIFICATE_SCHEME), listed, version, date)
    if not acts and date is not None and date != certificate.date_now():
        acts.append(_event(submission, certificate, CertificateEvent.What.DATED, on, date=date))
    acts += _succession(submission, certificate, on)
    covers_from = read_day(answer(f.COVERS_FROM)) or on
    numbers = read_numbers(answer(f.ENTRIES))
    for entry in Entry.objects.filter(number__in=numbers).order_by("number"):
        acts.append(_covers(submission, entry, certificate, listed, version, date, covers_from))
    return acts


def _offer(submission: Submission, on: datetime.date) -> list[Act]:
    """As a renewal; one for submissions alone is recorded when these are approved."""
    return _renewal(submission, on) if read_numbers(_answers(submission)(f.ENTRIES)) else []


def _succession(submission: Submission, successor: Certificate, on: datetime.date) -> list[Act]:
    replaced = _answers(submission)(f.CERTIFICATE_REPLACES)
    if not replaced:
        return []
    old = Certificate.objects.get(scheme=successor.scheme, identifier=split_prefix(replaced)[1])
    return [_event(submission, old, CertificateEvent.What.REPLACED, on, successor=successor)]


def _withdrawal(submission: Submission, on: datetime.date) -> list[Act]:
    answer = _answers(submission)
    certificate = Certificate.objects.get(
        scheme=answer(f.CERTIFICATE_SCHEME), identifier=split_prefix(answer(f.CERTIFICATE_ID))[1]
    )
    return [
        _event(
            submission,
            certificate,
            answer(f.CERTIFICATE_EVENT),
            read_day(answer(f.CERTIFICATE_EVENT_ON)) or on,
        )
    ]


def _event(
    submission: Submission,
    certificate: Certificate,
    what: str,
    on: datetime.date,
    *,
    date: datetime.date | None = None,
    successor: Certificate | None = None,
) -> Act:
    row = CertificateEvent(
        certificate=certificate,
        what=what,
        on=on,
        date=date,
        successor=successor,
        reference=_answers(submission)(f.REFERENCE),
        **_two_persons(submission),
    )
    return Act(f"certificate.{what}", certificate.ledger_subject(), row)


def _removal(submission: Submission, on: datetime.date) -> list[Act]:
    answer = _answers(submission)
    ground = RemovalGround.objects.get(code=answer(f.GROUND))
    other = read_numbers(answer(f.OTHER_ENTRY))
    return [
        Act(
            "entry.removed",
            f"entry {number:06d}",
            Removal(
                entry_id=number,
                ground=ground,
                ground_code=ground.code,
                reason=answer(f.REASON),
                decided_by=answer(f.DECIDED_BY),
                reference=answer(f.REFERENCE),
                decision_date=read_day(answer(f.DECISION_DATE)),
                effective_date=read_day(answer(f.EFFECTIVE_DATE)),
                other_entry_id=other[0] if other else None,
                **_two_persons(submission),
            ),
        )
        for number in read_numbers(answer(f.ENTRIES))
    ]


def _statement(submission: Submission, on: datetime.date) -> list[Act]:
    """Upgrade paths and firmware information of entries on the list: further rows, the latest count."""
    numbers = read_numbers(_answers(submission)(f.ENTRIES))
    return [
        act
        for entry in Entry.objects.filter(number__in=numbers).order_by("number")
        for act in (*_paths_of(submission, entry), *_firmware_information_of(submission, entry))
    ]


_ACTS: dict[Submission.Kind, Callable[[Submission, datetime.date], list[Act]]] = {
    Submission.Kind.NEW_ENTRY: _new_entry,
    Submission.Kind.RENEWAL: _renewal,
    Submission.Kind.OFFER: _offer,
    Submission.Kind.WITHDRAWAL: _withdrawal,
    Submission.Kind.REMOVAL: _removal,
    Submission.Kind.STATEMENT: _statement,
}


def _answers(submission: Submission) -> Callable[[Field], str]:
    return lambda field: submission.answers.get(field.name, "")


def _two_persons(submission: Submission) -> dict[str, object]:
    return {
        "submission": submission,
        "proposed_by": submission.submitted_by,
        "approved_by": submission.decided_by,
    }


def _digest(content: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
