"""The form as the page shows it: each field with its hints, and with what was found wrong beside it."""

import datetime
import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from django.forms import BoundField
from django.urls import reverse

from applicability.models import CertificateRequirement, DeviceType
from cpl import fields as f
from cpl.fields import Field
from cpl.forms import AnswersForm, reasons_of
from cpl.models import Entry, Evidence, Step, Submission
from cpl.rules.people import WITHOUT_INFORMATION
from cpl.rules.problem import Level, Problem
from cpl.rules.reading import read_answers
from cpl.rules.values import read_numbers

# Octets that a narrow box shows whole.
SHORT = 8
# What makes an entry another one, and the column that each answers.
IDENTITY = {
    **dict(zip(f.DEVICE_FIELDS, Entry.DEVICE_MODEL, strict=True)),
    f.TS_VERSION: "technical_specification",
    f.GBCS_VERSION: "gbcs_version",
}
SCHEME_FIELDS = {
    "CPA": (f.CPA_ID, f.CPA_DATE, *f.CONTACT_FIELDS),
    "DLMS": f.DLMS_FIELDS,
    "Zigbee": f.ZSE_FIELDS,
}


@dataclass(frozen=True)
class Remark:
    """A problem, and the cell of the uploaded sheet that it stands in, where it came from one."""

    problem: Problem
    cell: str = ""


@dataclass(frozen=True)
class Box:
    """One field. `empty_for` names the device types for which it has to stay empty."""

    bound: BoundField
    id: str
    note: str = ""
    empty_for: tuple[str, ...] = ()
    remarks: list[Remark] = field(default_factory=list)
    # What the officer who returned it said of this field.
    reason: str = ""
    # The entry that it was copied from, where this is one of the fields of which one has to differ.
    same_as: str = ""

    @property
    def hint(self) -> str:
        """What the form asks for here, in sentences."""
        return " ".join(f"{text.rstrip('.')}." for text in (self.bound.help_text, self.note) if text)

    @property
    def is_wrong(self) -> bool:
        return any(remark.problem.level == Level.REFUSE for remark in self.remarks)


@dataclass(frozen=True)
class Section:
    """A group of the form. `empty_for`: the device types that leave all of it empty."""

    title: str
    boxes: list[Box]
    empty_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileBox:
    """Where files of one kind are added."""

    what: str
    label: str
    remarks: list[Remark]

    @property
    def id(self) -> str:
        return f"file-{self.what}"


@dataclass(frozen=True)
class Summary:
    """What was found, by level, each with the id of the box that a link leads to."""

    refused: list[tuple[str, str, Remark]]
    warned: list[tuple[str, str, Remark]]
    repaired: list[tuple[str, str, Remark]]
    noted: list[tuple[str, str, Remark]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.refused or self.warned or self.repaired or self.noted)


@dataclass(frozen=True)
class Said:
    """Everything that is to be shown beside fields, by field name."""

    remarks: list[Remark]
    empty_for: Mapping[str, tuple[str, ...]]
    reasons: Mapping[str, str]
    same: Mapping[str, str]
    asked_at: str  # the address that says what is wrong with one field


def sections(
    draft: Submission,
    remarks: Iterable[Remark],
    on: datetime.date,
    returned: Step | None = None,
    without: Container[Field] = (),
) -> list[Section]:
    """The form's groups with their boxes, filled in with the draft's answers. `returned`: the step that sent
    it back; `without`: what this submitter is not asked."""
    form = AnswersForm(draft.kind, initial=draft.answers, on=on, without=without)
    said = Said(
        list(remarks),
        _must_be_empty(on),
        reasons_of(draft.kind, returned.words) if returned else {},
        dict.fromkeys(same_as_copied(draft), str(draft.copied_from)),
        reverse("portal:field", args=[draft.pk]),
    )
    return [
        _section(title, [_box(bound, said) for bound, _ in boxes])
        for title, boxes in form.sections()
        if boxes
    ]


def same_as_copied(draft: Submission) -> tuple[str, ...]:
    """The fields of which one has to differ, where none differs from the entry that was copied.

    None, where the draft says that it replaces that entry.
    """
    entry = draft.copied_from
    if entry is None or draft.kind != Submission.Kind.NEW_ENTRY:
        return ()
    if entry.number in read_numbers(draft.answers.get(f.REPLACES.name, "")):
        return ()
    copied = {field.name: getattr(entry, column) for field, column in IDENTITY.items()}
    answers = read_answers(draft.kind, draft.answers).answers
    same = all(answers.get(name, "") == value for name, value in copied.items())
    return tuple(copied) if same else ()


def _section(title: str, boxes: list[Box]) -> Section:
    """What holds for every box of a group is said once, of the group."""
    common = set(boxes[0].empty_for).intersection(*(box.empty_for for box in boxes))
    return Section(title, boxes, tuple(name for name in boxes[0].empty_for if name in common))


def file_boxes(remarks: Iterable[Remark]) -> list[FileBox]:
    told = list(remarks)
    return [
        FileBox(what, label, [one for one in told if one.problem.field == f"file-{what}"])
        for what, label in Evidence.What.choices
    ]


def summary(remarks: Iterable[Remark]) -> Summary:
    """The same remarks in a list to lead with."""
    lines: dict[str, list[tuple[str, str, Remark]]] = {level: [] for level in Level}
    for remark in remarks:
        name = remark.problem.field
        known = f.BY_NAME.get(name)
        lines[remark.problem.level].append((anchor(name), known.label if known else "Files", remark))
    return Summary(lines[Level.REFUSE], lines[Level.WARN], lines[Level.REPAIR], lines[Level.NOTE])


def anchor(name: str) -> str:
    """The id of a field's box: the form's own names have spaces and strokes in them."""
    return "-".join(re.findall(r"[A-Za-z0-9]+", name))


def _box(bound: BoundField, said: Said) -> Box:
    name = bound.name
    box = Box(
        bound,
        anchor(name),
        _limit(f.BY_NAME[name]),
        said.empty_for.get(name, ()),
        [remark for remark in said.remarks if remark.problem.field == name],
        said.reasons.get(name, ""),
        said.same.get(name, ""),
    )
    described = [f"{box.id}-hint", f"{box.id}-remarks"]
    bound.field.widget.attrs |= {
        "id": box.id,
        "aria-describedby": " ".join(described),
        # Once it is left: what is wrong with it appears beside it, and the focus stays where it went.
        "hx-post": said.asked_at,
        "hx-trigger": "change",
        "hx-target": f"#{box.id}-remarks",
    }
    if f.BY_NAME[name].kind == "hex" and f.BY_NAME[name].limit > SHORT:
        bound.field.widget.attrs["class"] = "hex long"
    if box.is_wrong:
        bound.field.widget.attrs["aria-invalid"] = "true"
    return box


def _limit(asked: Field) -> str:
    if asked.kind in ("text", "people"):
        return f"At most {asked.limit} characters."
    return ""


def _must_be_empty(on: datetime.date) -> dict[str, tuple[str, ...]]:
    """By field, the device types that have no such answer: from the table of requirements, and the form."""
    types = DeviceType.objects.choices(on)
    without = tuple(row.name for row in types if row.kind in WITHOUT_INFORMATION)
    found = {asked.name: without for asked in f.FIR_FIELDS}
    forbidden = _forbidden(on)
    for scheme, asked_fields in SCHEME_FIELDS.items():
        found |= {asked.name: tuple(forbidden.get(scheme, ())) for asked in asked_fields}
    return found


def _forbidden(on: datetime.date) -> dict[str, list[str]]:
    """By scheme, the device types that must not have its certificate."""
    found: dict[str, list[str]] = {}
    for name, needs in CertificateRequirement.objects.needs(on).items():
        for scheme, need in needs.items():
            if need == CertificateRequirement.Need.FORBIDDEN:
                found.setdefault(scheme, []).append(name)
    return found
