"""What was submitted in each round of a submission, and what changed from one round to the next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cpl.models import Evidence, Step, Submission, SubmittedAnswers

Files = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Round:
    """One time that it was submitted: the step, its place from 1, what was handed in (None: not kept)."""

    number: int
    step: Step
    submitted: SubmittedAnswers | None


@dataclass(frozen=True)
class Change:
    """A field, or a file, that is not as it was."""

    label: str
    before: str
    after: str
    is_hex: bool = False


def rounds(submission: Submission) -> list[Round]:
    """Every time that it was submitted, the first first."""
    steps = submission.steps.filter(verb="submit").select_related("submitted", "actor").order_by("pk")
    return [Round(n, step, getattr(step, "submitted", None)) for n, step in enumerate(steps, start=1)]


def changed(submission: Submission) -> list[Change]:
    """What differs from the round before; in a returned submission, from what was submitted last."""
    kept = [one.submitted for one in rounds(submission) if one.submitted]
    if submission.editable and kept:
        files = sorted(submission.evidence.values_list("what", "sha256"))
        return list(_changes(submission, kept[-1], submission.answers, files))
    if len(kept) < 2:
        return []
    return list(_changes(submission, kept[-2], kept[-1].answers, kept[-1].files))


def _changes(
    submission: Submission, before: SubmittedAnswers, answers: Mapping[str, str], files: Files
) -> Iterator[Change]:
    for field in submission.fields:
        was, now = before.answers.get(field.name, ""), answers.get(field.name, "")
        if was != now:
            yield Change(field.label, was, now, field.kind == "hex")
    had, have = {tuple(one) for one in before.files}, {tuple(one) for one in files}
    names = dict(submission.evidence.values_list("sha256", "file_name"))
    for what, sha256 in sorted(had ^ have):
        label, name = Evidence.What(what).label, names.get(sha256, f"SHA-256 {sha256[:16]}…")
        gone = (what, sha256) in had
        yield Change(f"File: {label}", name if gone else "", "" if gone else name)
