"""Reads and judges submissions: one, or a thousand with the same few queries. Nothing is stored."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from cpl.evidence import documents_of
from cpl.facts import UNDECIDED, device_key, gather
from cpl.models import Party, Submission
from cpl.rules import check, in_order
from cpl.rules.case import Case, DocumentFacts
from cpl.rules.problem import Level, Problem
from cpl.rules.reading import read_answers

__all__ = ["UNDECIDED", "Checked", "check_many", "device_key", "problems", "problems_of_answers"]


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
        for_officer=for_officer,
    )
    return checked.problems


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
    earlier: Mapping[str, str] = MappingProxyType({}),
    labels: Sequence[str] | None = None,
    besides: int | None = None,
    for_officer: bool = False,
    documents: Mapping[str, tuple[DocumentFacts, ...]] = MappingProxyType({}),
) -> list[Checked]:
    """Reads and judges submissions: text, or a spreadsheet's cells as they stand. Give at most 1,000 at once.

    `evidence` holds the kinds of file that come with them: CPA, DLMS, Zigbee, other. `earlier` maps the
    device keys of earlier rows of the same file to words that name the row, and `labels` are such words for
    these rows. `besides` is the number under which the submission is stored already,
    `documents` what the files that came with it say.
    """
    kind = str(kind)
    readings = [read_answers(kind, raw) for raw in raws]
    gathered = gather(kind, [one.answers for one in readings], party=party, on=on, for_officer=for_officer)
    by_dcc, own = party is not None and party.is_dcc, party.pk if party else None
    first = dict(earlier)
    found = []
    for place, reading in enumerate(readings):
        key = device_key(reading.answers)
        facts = gathered.facts(reading.answers, evidence, besides=besides, same_in_file=first.get(key, ""))
        if documents:
            facts = replace(facts, documents=documents)
        case = Case(kind, reading.answers, on, facts, by_dcc=by_dcc, by_panel=by_panel, party=own)
        said = in_order(kind, (*reading.problems, *check(case)))
        found.append(Checked(reading.answers, said, key))
        if key and labels is not None:
            first.setdefault(key, labels[place])
    return found
