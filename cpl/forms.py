"""The Panel's forms as Django forms, made from `cpl.fields`, for every door that shows one.

A form here only carries text in and out: what is wrong with it is told by the rules, the same at every door.
"""

import datetime
from collections.abc import Container, Iterable, Mapping

from django import forms

from applicability.models import DeviceType, SpecificationVersion
from cpl import fields as f
from cpl.fields import Field
from cpl.formats import choices as formats
from cpl.models import CertificateEvent, Party, RemovalGround, Scheme
from cpl.rules.problem import Problem
from cpl.rules.schemes import NOT_RELEVANT

Choices = list[tuple[str, str]]
Document = SpecificationVersion.Document

HINTS = {
    f.MANUFACTURER: "Four hex digits, 0000 to FFFE, as assigned by Zigbee.",
    f.MODEL: "Four hex digits, 0000 to FFBF: the OTA Image Type.",
    f.HARDWARE_VERSION: "Two hex digits, 00 to FF.",
    f.HARDWARE_REVISION: "Two hex digits, 00 to FF.",
    f.FIRMWARE: "Eight hex digits: the OTA File Version.",
    f.CPA_ID: "With its prefix: “[E] ” where the date is an expiry date, “[R] ” where it is a renewal date.",
    f.CPA_SECURITY: "“Not Relevant” for a Pre-Payment Interface Device, empty for SMETS1.",
    f.CPA_DATE: "dd/mm/yyyy",
    f.IMAGE_HASH: "SHA-256 over the Manufacturer Image, 64 hex digits: without OTA header and signature.",
    f.IMAGE_DESCRIPTOR: (
        "Whole image or fragment, and the band: Single Band (2.4 GHz), Single Band (Sub-GHz), Dual Band."
    ),
    f.CONTACT_NAME: "Up to five, separated by “;”. Never published.",
    f.CONTACT_TELEPHONE: "Up to five, separated by “;”. Never published.",
    f.CONTACT_EMAIL: "Up to five, separated by “;”. Never published. Told when the certificate ends.",
    f.FIR_DESCRIPTION: "A web address in it must open without registration. Published.",
    f.PRODUCT_NAME: "The name under which the device is known.",
    f.REPLACES: "Only where this puts right a wrong entry: its number. That entry is removed on approval.",
    f.UPGRADES_FROM: "Numbers of entries whose devices may take this firmware, separated by “;”, or: none.",
    f.SECURITY_STATEMENT: (
        "Where the model joins an existing CPA certificate: why the change does not affect its security."
    ),
    f.SUPPLIER: "For a SMETS1 device: the Supplier Party that confirmed its compliance to you.",
    f.SUPPLIER_CONFIRMED_ON: "For a SMETS1 device: dd/mm/yyyy",
    f.ENTRIES: "Entry numbers separated by “;”; ranges such as 000012-000019 are taken.",
    f.SUBMISSIONS: (
        "References such as S-000012, separated by “;”. Only the Panel's officers see whether there are such."
    ),
    f.CERTIFICATE_ID: "As the list writes it; a CPA certificate with its prefix “[E] ” or “[R] ”.",
    f.CERTIFICATE_DATE: "dd/mm/yyyy; empty for DLMS and Zigbee.",
    f.CERTIFICATE_REPLACES: "Where this is a new certificate: the one whose place it takes.",
    f.COVERS_FROM: "dd/mm/yyyy, no day still to come; empty: from the day of approval.",
    f.CERTIFICATE_EVENT_ON: "dd/mm/yyyy",
    f.OTHER_ENTRY: "Where the ground names another entry: its number.",
    f.DECIDED_BY: "Who decided, for example Security Sub-Committee.",
    f.REFERENCE: "Minutes, letter or direction that says so.",
    f.DECISION_DATE: "dd/mm/yyyy",
    f.EFFECTIVE_DATE: "dd/mm/yyyy; from this day on the entry is Removed.",
}
LONG = (f.FIR_DESCRIPTION, f.SECURITY_STATEMENT, f.ENTRIES, f.REASON, f.UPGRADES_FROM)
SECTIONS = {
    "new_entry": (
        ("Device", f.DEVICE_FIELDS),
        ("Versions", f.VERSION_FIELDS),
        ("Certificates", (*f.CPA_FIELDS, *f.DLMS_FIELDS, *f.ZSE_FIELDS)),
        ("Manufacturer Image", f.IMAGE_FIELDS),
        ("Contact for CPA", f.CONTACT_FIELDS),
        ("Firmware information", f.FIR_FIELDS),
        ("Further", f.NEW_ENTRY[len(f.FORM) :]),
    ),
    "renewal": (("Certificate", f.CERTIFICATE),),
    "offer": (("Certificate", f.OFFER),),
    "withdrawal": (("Certificate", f.WITHDRAWAL),),
    "removal": (("Removal", f.REMOVAL),),
    "statement": (("Entries", (f.ENTRIES, f.UPGRADES_FROM)), ("Firmware information", f.FIR_FIELDS)),
}

# Only the DCC submits SMETS1 Device Models (guidance 4.4).
OF_THE_DCC = (f.SUPPLIER, f.SUPPLIER_CONFIRMED_ON)


def reasons_of(kind: str, words: str) -> dict[str, str]:
    """By field name, what was said of single fields: lines that begin with a field's label and a colon.

    `Image hash (SHA-256): not that of the image` is said of the hash. The words stay readable as they are.
    """
    labels = {field.label.casefold(): field.name for field in f.BY_KIND[kind]}
    found: dict[str, str] = {}
    for line in words.splitlines():
        label, colon, reason = line.partition(":")
        name = labels.get(label.strip(" -*•\t").casefold())
        if name and colon and reason.strip():
            found[name] = f"{found[name]} {reason.strip()}" if name in found else reason.strip()
    return found


def words_of(kind: str, words: str, of_fields: Mapping[str, str]) -> str:
    """What `reasons_of` takes apart: words for all of it, then a line for each field of the form."""
    labels = {field.name: field.label for field in f.BY_KIND[kind]}
    lines = [
        f"{labels[name]}: {' '.join(text.split())}" for name, text in of_fields.items() if name in labels
    ]
    return "\n".join(filter(None, [words.strip(), *lines]))


def choices(field: Field, on: datetime.date) -> Choices:
    """What may be chosen in a field on a day, from the tables that staff edit."""
    if field is f.DEVICE_TYPE:
        return [(row.name, row.name) for row in DeviceType.objects.choices(on)]
    if field in DOCUMENTS:
        versions = [
            (v.label, v.label)
            for name in DOCUMENTS[field]
            for v in SpecificationVersion.objects.choices(name, on)
        ]
        return [*versions, (NOT_RELEVANT, NOT_RELEVANT)] if field is f.CPA_SECURITY else versions
    if field is f.CERTIFICATE_SCHEME:
        return list(Scheme.choices)
    if field is f.CERTIFICATE_EVENT:
        return [
            (w.value, str(w.label))
            for w in (CertificateEvent.What.WITHDRAWN, CertificateEvent.What.CANCELLED)
        ]
    if field is f.SUPPLIER:
        return [(name, name) for name in Party.objects.suppliers().values_list("name", flat=True)]
    if field is f.GROUND:
        return list(RemovalGround.objects.filter(may_be_chosen=True).values_list("code", "words"))
    return []


def choices_for_files(on: datetime.date) -> formats.Choices:
    """The same, as templates and reports write it."""

    def labels(field: Field) -> tuple[str, ...]:
        return tuple(label for _, label in choices(field, on))

    return formats.Choices(
        device_types=labels(f.DEVICE_TYPE),
        ts_versions=labels(f.TS_VERSION),
        gbcs_versions=labels(f.GBCS_VERSION),
        security_characteristics=labels(f.CPA_SECURITY),
        dlms_versions=labels(f.DLMS_VERSION),
        zse_versions=labels(f.ZSE_VERSION),
    )


DOCUMENTS: Mapping[Field, tuple[str, ...]] = {
    f.TS_VERSION: (Document.SMETS, Document.CHTS),
    f.GBCS_VERSION: (Document.GBCS,),
    f.CPA_SECURITY: (Document.SECURITY,),
    f.DLMS_VERSION: (Document.CTT,),
    f.ZSE_VERSION: (Document.ZSE,),
    f.CERTIFICATE_VERSION: (Document.SECURITY, Document.CTT, Document.ZSE),
}


class AnswersForm(forms.Form):
    """The form of one kind of submission. Every field is optional text: a draft may hold anything."""

    def __init__(
        self,
        kind: str,
        *args: object,
        on: datetime.date,
        problems: Iterable[Problem] = (),
        without: Container[Field] = (),
        **kwargs: object,
    ) -> None:
        """`without`: what this submitter is not asked; what stands there all the same is shown."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.kind = kind
        self.problems = tuple(problems)
        answers = {**self.initial, **(self.data.dict() if hasattr(self.data, "dict") else self.data)}
        for field in f.BY_KIND[kind]:
            if field not in without or answers.get(field.name):
                self.fields[field.name] = _form_field(field, on, str(answers.get(field.name, "")))

    def answers(self) -> dict[str, str]:
        """What was filled in, without empty answers."""
        return {name: text for name, text in self.cleaned_data.items() if text}

    def sections(self) -> list[tuple[str, list[tuple[forms.BoundField, list[Problem]]]]]:
        """The fields under the form's own headings, each with the problems found in it."""
        return [
            (
                title,
                [
                    (self[field.name], self._problems_of(field.name))
                    for field in section
                    if field.name in self.fields
                ],
            )
            for title, section in SECTIONS[self.kind]
        ]

    def _problems_of(self, name: str) -> list[Problem]:
        return [problem for problem in self.problems if problem.field == name]


def _form_field(field: Field, on: datetime.date, answer: str) -> forms.CharField:
    widget: forms.Widget = forms.Textarea({"rows": 3}) if field in LONG else forms.TextInput()
    offered = choices(field, on)
    if offered:
        # What stands there already stays visible, even where it may not be chosen: a rule says so.
        if answer and answer not in dict(offered):
            offered.append((answer, answer))
        widget = forms.Select(choices=[("", "—"), *offered])
    if field.kind == "hex":
        widget.attrs.update({"class": "hex", "autocapitalize": "characters", "spellcheck": "false"})
    return forms.CharField(
        label=field.label, required=False, widget=widget, help_text=HINTS.get(field, ""), max_length=20000
    )
