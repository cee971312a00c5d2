"""New drafts made of what is there already: an entry of the list, or an earlier submission of one's own."""

import datetime

from django.contrib.auth.models import User
from django.db import transaction

from cpl import fields as f
from cpl import workflow
from cpl.fields import Field
from cpl.formats.dates import written
from cpl.models import Entry, FirmwareInformation, Party, Scheme, Submission, UpgradePath, shown
from cpl.rules.values import NONE, written_numbers

Answers = dict[str, str]
# The columns of an entry that answer a field as they stand.
COLUMNS: dict[Field, str] = {
    **dict(zip(f.DEVICE_FIELDS, Entry.DEVICE_MODEL, strict=True)),
    f.TS_VERSION: "technical_specification",
    f.GBCS_VERSION: "gbcs_version",
    f.CPA_SECURITY: "security_characteristics",
    f.IMAGE_CREATOR: "image_creator",
    f.IMAGE_HASH: "image_hash",
    f.IMAGE_DESCRIPTOR: "image_descriptor",
    f.PRODUCT_NAME: "product_name",
}
CERTIFICATE_FIELDS: dict[str, tuple[Field, Field]] = {
    Scheme.CPA: (f.CPA_ID, f.CPA_SECURITY),
    Scheme.DLMS: (f.DLMS_ID, f.DLMS_VERSION),
    Scheme.ZIGBEE: (f.ZSE_ID, f.ZSE_VERSION),
}
# Of the firmware information itself, and of the contact beside it.
DESCRIBED = {f.FIR_COMPANY: "company", f.FIR_WEBSITE: "website", f.FIR_DESCRIPTION: "description"}
REACHED = {
    f.FIR_HOUSE: "house", f.FIR_STREET: "street", f.FIR_CITY: "city", f.FIR_POST_CODE: "post_code",
    f.FIR_COUNTRY: "country", f.FIR_TELEPHONE: "telephone", f.FIR_EMAIL: "email",
}  # fmt: skip
# Said of one submission alone: the next one says it anew.
OF_ITS_OWN = (f.REPLACES, f.UPGRADES_FROM, f.SECURITY_STATEMENT, f.SUPPLIER, f.SUPPLIER_CONFIRMED_ON)


@transaction.atomic
def copy_entry(
    entry: Entry,
    *,
    party: Party,
    by: User,
    at: datetime.datetime,
    on: datetime.date,
    serial: int | None = None,
    replaces: bool = False,
) -> Submission:
    """A draft of a new entry that says what `entry` says on the day; `replaces`: it puts that entry right.

    Contacts, and files, are taken over where the entry came of a submission of the same organisation.
    `serial` leaves out what was journalled later, such as what is not published yet.
    """
    answers = answers_of_entry(entry, on, serial)
    origin = entry.submission
    of_own = origin is not None and origin.party_id == party.pk
    if origin is not None and of_own:
        contacts = {field.name: origin.answers.get(field.name, "") for field in f.CONTACT_FIELDS}
        answers |= {name: text for name, text in contacts.items() if text}
    if replaces:
        answers[f.REPLACES.name] = str(entry)
        answers |= paths_of_entry(entry, serial)
    draft = workflow.start(
        Submission.Kind.NEW_ENTRY, party=party, by=by, at=at, answers=answers, copied_from=entry.number
    )
    if origin is not None and of_own:
        _take_over_files(origin, draft, by, at)
    return draft


@transaction.atomic
def copy_submission(submission_id: int, *, party: Party, by: User, at: datetime.datetime) -> Submission:
    """A draft of the same kind with the same answers and files; what is said of one alone is left out."""
    earlier = Submission.objects.for_user(by).filter(party=party).get(pk=submission_id)
    left_out = {field.name for field in OF_ITS_OWN if earlier.kind == Submission.Kind.NEW_ENTRY}
    answers = {name: text for name, text in earlier.answers.items() if name not in left_out}
    entry: Entry | None = getattr(earlier, "entry", None)
    copied_from = entry.number if entry else earlier.copied_from_id
    draft = workflow.start(earlier.kind, party=party, by=by, at=at, answers=answers, copied_from=copied_from)
    _take_over_files(earlier, draft, by, at)
    return draft


def state_of_entry(
    entry: Entry, *, party: Party, by: User, at: datetime.datetime, serial: int | None = None
) -> Submission:
    """A draft that states upgrade paths and firmware information of an entry anew, as they stand now."""
    answers = {f.ENTRIES.name: str(entry), **paths_of_entry(entry, serial), **_firmware(entry, serial)}
    return workflow.start(
        Submission.Kind.STATEMENT, party=party, by=by, at=at, answers=answers, copied_from=entry.number
    )


def answers_of_entry(entry: Entry, on: datetime.date, serial: int | None = None) -> Answers:
    """What the list says of an entry on a day, as answers to the form: its own fields, its certificates as
    they stand, its latest firmware information."""
    answers = {field.name: str(getattr(entry, column)) for field, column in COLUMNS.items()}
    for scheme, carried in shown([entry.number], on=on, serial=serial).get(entry.number, {}).items():
        identifier, version = CERTIFICATE_FIELDS[scheme]
        answers |= {identifier.name: carried.identifier, version.name: carried.version}
        if scheme == Scheme.CPA and carried.date:
            answers[f.CPA_DATE.name] = written(carried.date)
    answers |= _firmware(entry, serial)
    return {name: text for name, text in answers.items() if text}


def paths_of_entry(entry: Entry, serial: int | None = None) -> Answers:
    """From where devices may be upgraded to this entry's firmware, as stated last; else nothing."""
    rows = UpgradePath.objects.in_force(serial).filter(target=entry)
    sources = list(rows.order_by("source_id").values_list("source_id", flat=True))
    if not sources:
        return {}
    numbers = tuple(source for source in sources if source is not None)
    return {f.UPGRADES_FROM.name: written_numbers(numbers) if numbers else NONE}


def _firmware(entry: Entry, serial: int | None) -> Answers:
    rows = FirmwareInformation.objects.filter(entry=entry).select_related("contact")
    if serial is not None:
        rows = rows.filter(record__serial__lte=serial)
    latest = rows.last()
    if latest is None:
        return {}
    found = {field.name: str(getattr(latest, column)) for field, column in DESCRIBED.items()}
    # Of who asked to be forgotten, the contact is no longer there.
    if contact := getattr(latest, "contact", None):
        found |= {field.name: str(getattr(contact, column)) for field, column in REACHED.items()}
    return {name: text for name, text in found.items() if text}


def _take_over_files(earlier: Submission, draft: Submission, by: User, at: datetime.datetime) -> None:
    """The same private files, by their digests; who copies them answers for them."""
    for row in earlier.evidence.order_by("pk"):
        draft.evidence.create(
            what=row.what,
            file_name=row.file_name,
            sha256=row.sha256,
            size=row.size,
            uploaded_by=by,
            uploaded_at=at,
        )
