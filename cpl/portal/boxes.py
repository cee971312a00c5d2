"""The form as the page shows it: each field with its hints, and with what was found wrong beside it."""

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.forms import BoundField

from applicability.models import CertificateRequirement, DeviceType
from cpl import fields as f
from cpl.fields import Field
from cpl.forms import AnswersForm
from cpl.models import Evidence
from cpl.rules.people import WITHOUT_INFORMATION
from cpl.rules.problem import Level, Problem

# Octets that a narrow box shows whole.
SHORT = 8
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

    def __bool__(self) -> bool:
        return bool(self.refused or self.warned or self.repaired)


def sections(
    kind: str, answers: Mapping[str, str], remarks: Iterable[Remark], on: datetime.date
) -> list[Section]:
    """The form's groups with their boxes, filled in with `answers`."""
    form = AnswersForm(kind, initial=answers, on=on)
    told = list(remarks)
    empty = _must_be_empty(on)
    return [
        _section(title, [_box(bound, told, empty) for bound, _ in boxes]) for title, boxes in form.sections()
    ]


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
    return Summary(lines[Level.REFUSE], lines[Level.WARN], lines[Level.REPAIR])


def anchor(name: str) -> str:
    """The id of a field's box: the form's own names have spaces and strokes in them."""
    return "-".join(re.findall(r"[A-Za-z0-9]+", name))


def _box(bound: BoundField, told: list[Remark], empty: Mapping[str, tuple[str, ...]]) -> Box:
    name = bound.name
    remarks = [remark for remark in told if remark.problem.field == name]
    box = Box(bound, anchor(name), _limit(f.BY_NAME[name]), empty.get(name, ()), remarks)
    described = [f"{box.id}-hint", *([f"{box.id}-remarks"] if remarks else [])]
    bound.field.widget.attrs |= {"id": box.id, "aria-describedby": " ".join(described)}
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
