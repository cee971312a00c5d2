"""What a file has no column for, asked once for all of its rows."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.forms import BoundField
from django.http import QueryDict

from cpl.fields import Field
from cpl.forms import AnswersForm
from cpl.models import Submission, Upload
from cpl.portal.boxes import anchor
from cpl.uploads import FURTHER

# More than any field takes, so that an upload cannot be used as a store.
LONGEST = 10_000


@dataclass(frozen=True)
class FurtherBox:
    """One question, and whether it is answered."""

    bound: BoundField
    id: str


def asked_of(upload: Upload) -> list[Field]:
    """The fields that no file of the upload has a place for."""
    return [field for field in FURTHER if field.name not in upload.columns]


def further_form(upload: Upload, on: datetime.date) -> list[FurtherBox]:
    form = AnswersForm(Submission.Kind.NEW_ENTRY, initial=upload.further, on=on)
    boxes = []
    for field in asked_of(upload):
        bound, id = form[field.name], f"further-{anchor(field.name)}"
        bound.field.widget.attrs |= {"id": id, "aria-describedby": f"{id}-hint"}
        boxes.append(FurtherBox(bound, id))
    return boxes


def answered(upload: Upload, posted: QueryDict) -> Mapping[str, str]:
    return {
        field.name: posted.get(field.name, "").replace("\x00", "")[:LONGEST] for field in asked_of(upload)
    }
