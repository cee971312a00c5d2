"""Reads and judges submissions: one, or a thousand with the same few queries. Nothing is stored."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType

from cpl import fields as f
from cpl.evidence import documents_of, documents_of_all
from cpl.facts import UNDECIDED, device_key, gather
from cpl.models import Party, Submission, Upload, UploadRow
from cpl.rules import in_order
from cpl.rules.case import Case, DocumentFacts
from cpl.rules.in_turn import InTurn
from cpl.rules.problem import Level, Problem
from cpl.rules.reading import Reading, read_answers

__all__ = [
    "UNDECIDED",
    "Checked",
    "Earlier",
    "check_many",
    "device_key",
    "image_of",
    "problems",
    "problems_of_answers",
    "repairs_of_its_sheet",
]


# What a problem is kept as beside its row, cell and file.
PARTS = tuple(part.name for part in fields(Problem))


@dataclass
class Earlier:
    """What came before in the same file: by device, and by an image's hash, the first row that has it."""

    devices: dict[str, str] = field(default_factory=dict)  # device key: words such as `row 12`
    images: dict[str, tuple[str, str]] = field(default_factory=dict)  # hash: firmware, and such words

    def note(self, key: str, image: str, firmware: str, label: str) -> None:
        if key:
            self.devices.setdefault(key, label)
        if image and firmware:
            self.images.setdefault(image, (firmware, label))

    def other_firmware(self, answers: Mapping[str, str]) -> str:
        """Which row has the hash for another firmware, in words."""
        firmware = answers.get(f.FIRMWARE.name, "")
        first, label = self.images.get(answers.get(f.IMAGE_HASH.name, ""), (firmware, ""))
        return "" if first == firmware else f"{label}, firmware {first}"


@dataclass(frozen=True)
class Checked:
    """One submission read and judged. `device_key` is what may stand on the list only once."""

    answers: dict[str, str]
    problems: tuple[Problem, ...]
    device_key: str

    @property
    def refused(self) -> bool:
        return self._has(Level.REFUSE)

    @property
    def repaired(self) -> bool:
        return self._has(Level.REPAIR)

    @property
    def warned(self) -> bool:
        return self._has(Level.WARN)

    def _has(self, level: Level) -> bool:
        return any(problem.level == level for problem in self.problems)


def problems(submission: Submission, on: datetime.date, *, for_officer: bool = False) -> tuple[Problem, ...]:
    """Everything that is to be said of a submission on a day, in the order of the form's fields.

    An officer is also told what no submitter may know: that another Party has submitted the same.
    """
    documents, party = documents_of(submission), submission.party
    (checked,) = check_many(
        submission.kind,
        [submission.answers],
        party=party,
        by_panel=party is None,
        on=on,
        evidence=frozenset(documents),
        documents=documents,
        besides=submission.pk,
        submitted_at=_waits_since(submission),
        for_officer=for_officer,
    )
    return checked.problems


def repairs_of_its_sheet(submission: Submission) -> tuple[Problem, ...]:
    """What was read otherwise than it stood in the one official sheet that a draft came of, while nobody
    confirmed it and the answer is still as it was read. Of several sheets it is asked at the taking."""
    row = (
        UploadRow.objects.select_related("upload")
        .filter(submission=submission, repaired=True, upload__repairs_confirmed_at__isnull=True)
        .filter(upload__shape=Upload.Shape.ENTRY_FORM)
        .first()
    )
    if row is None or len(row.upload.files) != 1:
        return ()
    return tuple(
        Problem(**{name: one.get(name, "") for name in PARTS} | {"level": Level.REPAIR})
        for one in row.problems
        if one["level"] == Level.REPAIR
        and submission.answers.get(one["field"], "") == row.answers.get(one["field"], "")
    )


def problems_of_answers(
    kind: str,
    answers: Mapping[str, object],
    *,
    party: Party | None,
    by_panel: bool,
    on: datetime.date,
    evidence: frozenset[str] = frozenset(),
) -> tuple[Problem, ...]:
    """The same for answers that are not stored."""
    (checked,) = check_many(kind, [answers], party=party, by_panel=by_panel, on=on, evidence=evidence)
    return checked.problems


def check_many(
    kind: str,
    raws: Sequence[Mapping[str, object]],
    *,
    party: Party | None,
    by_panel: bool,
    on: datetime.date,
    evidence: frozenset[str] = frozenset(),
    earlier: Earlier | None = None,
    labels: Sequence[str] | None = None,
    besides: int | None = None,
    submitted_at: datetime.datetime | None = None,
    for_officer: bool = False,
    documents: Mapping[str, tuple[DocumentFacts, ...]] = MappingProxyType({}),
) -> list[Checked]:
    """Reads and judges submissions: text, or a spreadsheet's cells as they stand. Give at most 1,000 at once.

    `evidence` holds the kinds of file that come with them: CPA, DLMS, Zigbee, other. `earlier` tells of
    earlier rows of the same file, and `labels` are words that name these rows. `besides` is the number under
    which the submission is stored already, `submitted_at` since when it waits to be decided, `documents` what
    the files that came with it say.
    """
    kind = str(kind)
    readings = [read_answers(kind, raw) for raw in raws]
    gathered = gather(kind, [one.answers for one in readings], party=party, on=on, for_officer=for_officer)
    by_dcc, own = party is not None and party.is_dcc, party.pk if party else None
    keys = [device_key(one.answers) for one in readings]
    in_file = [*_in_file(keys, readings, earlier or Earlier(), labels)]
    rules = InTurn(kind)
    found = {}
    # Neighbours in this order have most in common.
    for place in sorted(range(len(readings)), key=lambda one: [*readings[one].answers.values()]):
        reading = readings[place]
        same, image = in_file[place]
        facts = gathered.facts(
            reading.answers,
            evidence,
            besides=besides,
            submitted_at=submitted_at,
            same_in_file=same,
            image_in_file=image,
        )
        if documents:
            facts = replace(facts, documents=documents)
        case = Case(
            kind,
            reading.answers,
            on,
            facts,
            by_dcc=by_dcc,
            by_panel=by_panel,
            party=own,
            unread=reading.unread,
        )
        said = in_order(kind, (*reading.problems, *rules.check(case)))
        found[place] = Checked(reading.answers, said, keys[place])
    return [found[place] for place in range(len(readings))]


def _waits_since(submission: Submission) -> datetime.datetime | None:
    """When it was submitted, if nobody has decided it: one that was sent back is submitted anew."""
    return submission.submitted_at if submission.status == Submission.Status.SUBMITTED else None


def _in_file(
    keys: Sequence[str], readings: Sequence[Reading], earlier: Earlier, labels: Sequence[str] | None
) -> Iterator[tuple[str, str]]:
    """For each the words that name an earlier row of the same device, and of the same image."""
    first = Earlier({**earlier.devices}, {**earlier.images})
    for place, (key, reading) in enumerate(zip(keys, readings, strict=True)):
        yield first.devices.get(key, ""), first.other_firmware(reading.answers)
        if labels is not None:
            first.note(key, *image_of(reading.answers), labels[place])


def image_of(answers: Mapping[str, str]) -> tuple[str, str]:
    """The hash of the image and the firmware."""
    return answers.get(f.IMAGE_HASH.name, ""), answers.get(f.FIRMWARE.name, "")


def problems_of_all(
    submissions: Sequence[Submission], on: datetime.date, *, for_officer: bool = False
) -> dict[int, tuple[Problem, ...]]:
    """By number what is to be said of stored submissions, each by itself: no two are compared. The number of
    queries grows with their kinds and Parties alone."""
    papers = documents_of_all(submissions)
    found: dict[int, tuple[Problem, ...]] = {}
    for kind, party in dict.fromkeys((str(row.kind), row.party) for row in submissions):
        rows = [row for row in submissions if (str(row.kind), row.party) == (kind, party)]
        readings = [read_answers(kind, row.answers) for row in rows]
        gathered = gather(
            kind, [one.answers for one in readings], party=party, on=on, for_officer=for_officer
        )
        rules = InTurn(kind)
        for row, reading in zip(rows, readings, strict=True):
            documents = papers.get(row.pk, {})
            facts = gathered.facts(
                reading.answers, frozenset(documents), besides=row.pk, submitted_at=_waits_since(row)
            )
            case = Case(
                kind,
                reading.answers,
                on,
                replace(facts, documents=documents) if documents else facts,
                by_dcc=party is not None and party.is_dcc,
                by_panel=party is None,
                party=party.pk if party else None,
                unread=reading.unread,
            )
            found[row.pk] = in_order(kind, (*reading.problems, *rules.check(case)))
    return found
