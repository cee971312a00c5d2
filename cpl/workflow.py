"""How a submission moves: one table of moves, and the only writer of a status."""

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from cpl import evidence, signals
from cpl.checking import device_key, problems, problems_of_all, repairs_of_its_sheet
from cpl.checks_kept import keep_all_checks, keep_checks
from cpl.models import Evidence, Party, Step, Submission, SubmittedAnswers, Upload
from cpl.rules.problem import Level, Problem, refusals
from cpl.rules.reading import read_answers

Status = Submission.Status
Role = Literal["submitter", "officer"]


class NotPossible(Exception):
    """A verb that cannot be done; its text tells the person why, and what to do."""

    def __init__(self, words: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(words)
        self.problems = problems


class ChangedMeanwhile(NotPossible):
    """Somebody else wrote the answers after they were shown: nothing was saved, so that nothing is lost."""

    def __init__(self, submission: Submission) -> None:
        saved = submission.saved_at
        at = f" at {timezone.localtime(saved):%H:%M on %-d %B %Y}" if saved else ""
        by = f" by {name_of(submission.saved_by)}" if submission.saved_by else ""
        super().__init__(f"{submission.reference} was saved{by}{at}, after you opened it.")
        self.submission = submission


@dataclass(frozen=True)
class Move:
    """Where a verb leads, who may do it, and whether reasons must be given. What `is_told` not stays among
    officers: the submitter neither reads nor hears of it."""

    to: Status
    role: Role
    label: str
    needs_words: bool = False
    is_told: bool = True


# The first of two approvals, where SECOND_APPROVAL asks for two.
FIRST = "first"


MOVES: dict[tuple[str, str], Move] = {
    (Status.DRAFT, "submit"): Move(Status.SUBMITTED, "submitter", "Submit"),
    (Status.RETURNED, "submit"): Move(Status.SUBMITTED, "submitter", "Submit again"),
    (Status.DRAFT, "withdraw"): Move(Status.WITHDRAWN, "submitter", "Withdraw"),
    (Status.SUBMITTED, "withdraw"): Move(Status.WITHDRAWN, "submitter", "Withdraw"),
    (Status.RETURNED, "withdraw"): Move(Status.WITHDRAWN, "submitter", "Withdraw"),
    (Status.SUBMITTED, "return"): Move(Status.RETURNED, "officer", "Return", needs_words=True),
    (Status.SUBMITTED, "refuse"): Move(Status.REFUSED, "officer", "Refuse", needs_words=True),
    (Status.SUBMITTED, FIRST): Move(
        Status.SUBMITTED, "officer", "Approve, as the first of two", is_told=False
    ),
    (Status.SUBMITTED, "approve"): Move(Status.APPROVED, "officer", "Approve"),
}
UNTOLD = frozenset(verb for (_, verb), move in MOVES.items() if not move.is_told)
# Why a submission's history has a line, where it is that another hand than before wrote the answers.
WROTE = "answers"
# Why the Panel refuses, as it is written before the officer's own words.
REFUSAL_GROUNDS = {
    "certificate": "A certificate is missing, not in force, or does not cover this device",
    "tables": "Its versions may not be added under the TS Applicability Tables",
    "duplicate": "The same device is on the list already",
    "unconfirmed": "What was stated cannot be confirmed",
    "not_for_the_list": "It is not for this list",
    "other": "Another ground, given in words",
}


def may(user: User, role: Role, submission: Submission) -> bool:
    """Whether the person holds that role for this submission. Who had a hand in it never decides."""
    if role == "officer":
        return user.has_perm("cpl.decide_submission") and not had_a_hand(user, submission)
    if submission.party_id is None:
        return user.has_perm("cpl.raise_submission")
    return Submission.objects.for_user(user).filter(pk=submission.pk).exists()


def had_a_hand(user: User, submission: Submission) -> bool:
    """Whether they began it, ever wrote its answers or submitted it, gave it a file, or act for the
    organisation behind it."""
    if user.pk in (submission.created_by_id, submission.saved_by_id, submission.submitted_by_id):
        return True
    return (
        submission.history.filter(history_user=user, history_change_reason=WROTE).exists()
        or submission.steps.filter(actor=user, verb="submit").exists()
        or submission.evidence.filter(uploaded_by=user).exists()
        or user.memberships.filter(party=submission.party_id).exists()
    )


def possible(submission: Submission, user: User) -> dict[str, Move]:
    """The moves that this person could make now, by verb: what buttons are made of."""
    there = {verb: move for (status, verb), move in MOVES.items() if status == submission.status}
    roles = {role: may(user, role, submission) for role in {move.role for move in there.values()}}
    return {
        verb: move
        for verb, move in there.items()
        if roles[move.role] and not _not_yet(submission, verb, user)
    }


def may_approve(submission: Submission, user: User) -> bool:
    """Whether this officer could approve it now, alone or as one of two."""
    verb = FIRST if settings.SECOND_APPROVAL and first_approval(submission) is None else "approve"
    move = MOVES.get((submission.status, verb))
    return bool(move and may(user, move.role, submission) and not _not_yet(submission, verb, user))


def first_approval(submission: Submission) -> Step | None:
    """The first of two approvals, if it was given to what is there now: not to what stood there before it
    was returned, or before evidence was added."""
    if not settings.SECOND_APPROVAL or submission.status != Status.SUBMITTED:
        return None
    step = submission.steps.filter(verb__in=["submit", FIRST]).select_related("actor").order_by("pk").last()
    if step is None or step.verb != FIRST or step.digest != digest_of(submission):
        return None
    return step


def verb_of_approval(submission_id: int) -> str:
    """Whether an approval now would be the first of two. Locks the submission, inside a transaction only."""
    submission = _locked(submission_id)
    asked = settings.SECOND_APPROVAL and submission.status == Status.SUBMITTED
    return FIRST if asked and first_approval(submission) is None else "approve"


def refuse(
    submission_id: int, *, ground: str, words: str, by: User, at: datetime.datetime, seen: str = ""
) -> Submission:
    """Refuses it on one of the grounds, with words that say what it is in this case."""
    if ground not in REFUSAL_GROUNDS:
        raise NotPossible("Choose the ground on which it is refused.")
    if not words.strip():
        raise NotPossible("Say in words what the ground is in this case: they are sent to the submitter.")
    told = f"Ground: {REFUSAL_GROUNDS[ground]}.\n{words.strip()}"
    return move(submission_id, "refuse", by=by, at=at, words=told, seen=seen)


def start(
    kind: str,
    *,
    party: Party | None,
    by: User,
    at: datetime.datetime,
    answers: Mapping[str, str] | None = None,
    source_name: str = "",
    copied_from: int | None = None,
) -> Submission:
    """A new draft of `party`, or of the Panel where there is none. `copied_from` is an entry's number."""
    submission = Submission(
        kind=kind,
        party=party,
        **_kept(answers or {}),
        source_name=source_name,
        copied_from_id=copied_from,
        created_by=by,
        created_at=at,
    )
    if party is None and not by.has_perm("cpl.raise_submission"):
        raise NotPossible("Only Panel staff may raise a submission that no organisation stands behind.")
    if party is not None and not Party.objects.for_user(by).filter(pk=party.pk).exists():
        raise NotPossible(f"You do not act for {party}. Ask its people, or the Panel, to add you.")
    if party is not None and not party.verified:
        raise NotPossible(f"{party} has not been verified yet. The Panel does so before a first submission.")
    if party is not None:
        demand_room_for_drafts(party, 1)
    submission.save()
    return submission


def demand_room_for_drafts(party: Party, count: int) -> None:
    """A Party has so many drafts and no more: nobody fills the disk by a program that went wild."""
    most = settings.OPEN_DRAFTS
    there = Submission.objects.filter(party=party, status=Status.DRAFT).count()
    if there + count > most:
        raise NotPossible(
            f"{party} has {there:,} drafts and may have {most:,}: {count:,} more are too many. Submit or "
            "withdraw some of them first."
        )


def demand_room_for_a_file(submission_ids: Sequence[int], size: int) -> None:
    """Each of these submissions can be given one more file of that size."""
    most, octets = settings.EVIDENCE_FILES, settings.EVIDENCE_TOTAL
    rows = Evidence.objects.filter(submission__in=submission_ids).order_by().values("submission")
    for row in rows.annotate(files=Count("pk"), total=Sum("size")):
        if row["files"] >= most or row["total"] + size > octets:
            raise NotPossible(
                f"{Submission(pk=row['submission']).reference} would have over {most} files or "
                f"{octets / 2**20:.0f} MB. Take some off first."
            )


@transaction.atomic
def save(
    submission_id: int,
    answers: Mapping[str, str],
    *,
    by: User,
    at: datetime.datetime | None = None,
    seen: str = "",
) -> Submission:
    """Writes the answers of a draft or a returned submission, however incomplete.

    `seen` is the digest (`digest_of_answers`) of the answers that the person had before them.

    Raises:
        ChangedMeanwhile: others have been stored since, and these are not the same.
    """
    submission = _locked(submission_id)
    _demand_submitter(submission, by)
    if _storable(answers) == submission.answers:
        return submission
    if seen and seen != digest_of_answers(submission.answers):
        raise ChangedMeanwhile(submission)
    changes_hands = submission.saved_by_id != by.pk
    kept = {**_kept(answers), "saved_by": by, "saved_at": at or submission.saved_at}
    if changes_hands:
        # Who decides later is asked whether they ever wrote it.
        submission._history_user, submission._change_reason = by, WROTE  # type: ignore[attr-defined]
        _write(submission, kept)
    else:
        # A form that saves itself would fill the history, which keeps no answers, with idle lines.
        Submission.objects.filter(pk=submission.pk).update(**kept)
        submission.refresh_from_db()
    return submission


def attach(
    submission_id: int, what: str, file_name: str, content: bytes, *, by: User, at: datetime.datetime
) -> Evidence:
    """Looks into a file and keeps it with a draft or returned submission. The same file twice is kept once.

    Raises:
        evidence.NotAccepted: with words that say what is wrong with it and how to save it anew.
    """
    _demand_submitter(Submission.objects.get(pk=submission_id), by)
    # Before a row is locked: to look into a PDF may take seconds.
    digest = evidence.take_in(content)
    with transaction.atomic():
        submission = _locked(submission_id)
        _demand_submitter(submission, by)
        if not submission.evidence.filter(what=what, sha256=digest).exists():
            demand_room_for_a_file([submission_id], len(content))
        row, _ = Evidence.objects.get_or_create(
            submission=submission,
            what=what,
            sha256=digest,
            defaults={
                "file_name": file_name[-200:],
                "size": len(content),
                "uploaded_by": by,
                "uploaded_at": at,
            },
        )
    return row


@transaction.atomic
def detach(evidence_id: int, *, by: User) -> None:
    """Takes a file off a draft or returned submission; the bytes stay, others may name them."""
    row = Evidence.objects.get(pk=evidence_id)
    submission = _locked(row.submission_id)
    _demand_submitter(submission, by)
    row.delete()
    # Nothing else tells when it changed.
    Submission.history.bulk_history_create(
        [submission], update=True, default_user=by, default_change_reason="detach"
    )


def submit(
    submission_id: int,
    *,
    by: User,
    at: datetime.datetime,
    on: datetime.date,
    repairs_confirmed: bool = False,
    seen: str = "",
) -> Submission:
    """Hands it to the Panel, if no rule refuses it.

    An answer that is read otherwise than it was written is confirmed first: by saving it as it is read, or
    by a person who has seen all of them (`repairs_confirmed`). `seen` is as for `move`.

    Raises:
        NotPossible: with every problem found.
    """
    with transaction.atomic():
        submission = _locked(submission_id)
        # Before the answers are brought into the form in which they are read.
        _demand_seen(submission, seen)
        found = _checked(submission, on)
        submission = move(submission_id, "submit", by=by, at=at)
        if obstacle := _obstacle(found, repairs_of_its_sheet(submission), repairs_confirmed):
            raise obstacle
        keep_checks(submission, found, on=on)
    return submission


def submit_many(
    submission_ids: Sequence[int], *, by: User, at: datetime.datetime, on: datetime.date
) -> dict[int, NotPossible]:
    """Does what `submit` does for one after the other, with as many statements as for one; gives by number
    those that stay as they are, and why. Give some hundred at most.
    """
    refused: dict[int, NotPossible] = {}
    with transaction.atomic():
        rows = Submission.objects.select_for_update(of=("self",)).filter(pk__in=submission_ids)
        together = _apart_from_each_other([*rows.select_related("party").order_by("pk")], submission_ids, by)
        found = problems_of_all(together, on)
        for row in together:
            if obstacle := _obstacle(found[row.pk]):
                refused[row.pk] = obstacle
        _submit_together([row for row in together if row.pk not in refused], found, by, at, on)
        for left in submission_ids:
            if left not in found:
                try:
                    submit(left, by=by, at=at, on=on)
                except NotPossible as error:
                    refused[left] = error
    return refused


def _apart_from_each_other(rows: list[Submission], order: Sequence[int], by: User) -> list[Submission]:
    """The drafts that this person may submit, and of those for one device the first: what is submitted of it
    bears on how the next is judged. What an official sheet brought is asked of the sheet too."""
    by_number = {row.pk: row for row in rows}
    theirs = Submission.objects.for_user(by).filter(pk__in=order)
    mine = set(theirs.exclude(upload_row__upload__shape=Upload.Shape.ENTRY_FORM).values_list("pk", flat=True))
    first: dict[str, int] = {}
    for number in order:
        if row := by_number.get(number):
            key = device_key(read_answers(row.kind, row.answers).answers) or f"no key: {number}"
            first.setdefault(key, number)
    chosen = mine.intersection(first.values())
    return [row for row in rows if row.pk in chosen and row.status == Status.DRAFT]


def _submit_together(
    rows: Sequence[Submission],
    found: Mapping[int, tuple[Problem, ...]],
    by: User,
    at: datetime.datetime,
    on: datetime.date,
) -> None:
    for row in rows:
        _keep_as_read(row)
    step = MOVES[Status.DRAFT, "submit"]
    fields = _fields_of("submit", step, by, at)
    numbers = [row.pk for row in rows]
    if Submission.objects.filter(pk__in=numbers, status=Status.DRAFT).update(**fields) != len(rows):
        raise NotPossible("Somebody submitted or withdrew some of these at the same time. Try again.")
    steps = _record(rows, "submit", step.to, by, at, "")
    for row in rows:
        for name, value in fields.items():
            setattr(row, name, value)
    _tell(rows, "submit", by)
    keep_all_checks([(row, found[row.submission_id]) for row in steps], on=on)


def _obstacle(
    found: tuple[Problem, ...], of_the_sheet: tuple[Problem, ...] = (), repairs_confirmed: bool = False
) -> NotPossible | None:
    """Why it cannot be submitted, as far as its answers and files are concerned."""
    if refused := refusals(found):
        return NotPossible(f"{_count(refused)} must be put right before this can be submitted.", found)
    repaired = of_the_sheet + tuple(problem for problem in found if problem.level == Level.REPAIR)
    if repaired and not repairs_confirmed:
        return NotPossible(
            f"{_count(repaired, 'answer')} must be confirmed as read before this can be submitted. Look at "
            "what was read differently, and save the form.",
            (*of_the_sheet, *found),
        )
    return None


def move(
    submission_id: int, verb: str, *, by: User, at: datetime.datetime, words: str = "", seen: str = ""
) -> Submission:
    """Makes one move of the table and records it, or says why it cannot be made.

    `seen` is the digest of what the person decides on, where they had it before them: of what was changed
    since, they would not know.
    """
    words = _text(words)
    with transaction.atomic():
        submission = _locked(submission_id)
        step = MOVES.get((submission.status, verb))
        if step is None:
            raise NotPossible(_too_late(submission, verb))
        if not may(by, step.role, submission):
            raise NotPossible(_not_yours(submission, by, step.role))
        if step.needs_words and not words.strip():
            raise NotPossible("Give the reasons in words: they are sent to the submitter.")
        _demand_seen(submission, seen)
        if why := _not_yet(submission, verb, by):
            raise NotPossible(why)
        old = submission.status
        fields = _fields_of(verb, step, by, at)
        # Nought rows changed means that somebody was faster.
        if not Submission.objects.filter(pk=submission_id, status=old).update(**fields):
            raise NotPossible(_too_late(Submission.objects.get(pk=submission_id), verb))
        _record([submission], verb, step.to, by, at, words)
        submission.refresh_from_db()
        _tell([submission], verb, by)
    return submission


def _tell(moved: Sequence[Submission], verb: str, by: User) -> None:
    """The history, of which `update` writes none of its own accord, and whoever listens."""
    Submission.history.bulk_history_create(moved, update=True, default_user=by, default_change_reason=verb)
    for row in moved:
        transaction.on_commit(partial(signals.moved.send_robust, sender=Submission, submission_id=row.pk))


def digest_of(submission: Submission) -> str:
    """SHA-256, in hex, of what was submitted: the answers and the digests of the evidence."""
    return _digest(submission, _files_of([submission])[submission.pk])


def _digest(submission: Submission, files: Sequence[Sequence[str]]) -> str:
    return hashlib.sha256(content_of(submission.kind, submission.answers, files)).hexdigest()


def content_of(kind: str, answers: Mapping[str, str], files: Sequence[Sequence[str]]) -> bytes:
    """The bytes whose SHA-256 is a submission's digest: JSON in ASCII, keys in order, no spaces.

    An array of the kind, the answers by field, and of each file what it is and its own SHA-256.
    """
    content = [str(kind), dict(answers), [list(file) for file in files]]
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def digest_of_answers(answers: Mapping[str, str]) -> str:
    """SHA-256, in hex, of the answers alone: what a form was shown with."""
    return hashlib.sha256(content_of("", answers, ())).hexdigest()


def _files_of(rows: Sequence[Submission]) -> dict[int, list[tuple[str, str]]]:
    """By number, of each file what it is and its SHA-256, in order."""
    found: dict[int, list[tuple[str, str]]] = {row.pk: [] for row in rows}
    files = Evidence.objects.filter(submission__in=[*found]).order_by("what", "sha256")
    for number, what, sha256 in files.values_list("submission", "what", "sha256"):
        found[number].append((what, sha256))
    return {number: sorted(of_one) for number, of_one in found.items()}


def _checked(submission: Submission, on: datetime.date) -> tuple[Problem, ...]:
    """Every problem; the answers are stored as they were read, so that what is decided on is canonical."""
    found = problems(submission, on)
    if submission.editable:
        _keep_as_read(submission)
    return found


def _fields_of(verb: str, step: Move, by: User, at: datetime.datetime) -> dict[str, object]:
    if verb == "submit":
        return {
            "status": step.to, "submitted_by": by, "submitted_at": at, "decided_by": None, "decided_at": None,
        }  # fmt: skip
    if verb == FIRST:
        return {"status": step.to}
    if step.role == "officer":
        return {"status": step.to, "decided_by": by, "decided_at": at, "on_hold": False}
    return {"status": step.to}


def _record(
    rows: Sequence[Submission], verb: str, to: Status, by: User, at: datetime.datetime, words: str
) -> list[Step]:
    files = _files_of(rows)
    steps = Step.objects.bulk_create(
        Step(
            submission=row,
            verb=verb,
            from_status=row.status,
            to_status=to,
            actor=by,
            at=at,
            words=words.strip(),
            digest=_digest(row, files[row.pk]),
        )
        for row in rows
    )
    if verb == "submit":
        SubmittedAnswers.objects.bulk_create(
            SubmittedAnswers(step=step, answers=row.answers, files=[list(file) for file in files[row.pk]])
            for row, step in zip(rows, steps, strict=True)
        )
    return steps


def _keep_as_read(submission: Submission) -> None:
    kept = _kept(read_answers(submission.kind, submission.answers).answers)
    if kept != {name: getattr(submission, name) for name in kept}:
        _write(submission, kept)


def _write(submission: Submission, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(submission, name, value)
    submission.save(update_fields=list(columns))


def _kept(answers: Mapping[str, str]) -> dict[str, Any]:
    """The columns that answers are stored in."""
    stored = _storable(answers)
    return {"answers": stored, "device_key": device_key(stored)}


def _storable(answers: Mapping[str, str]) -> dict[str, str]:
    """Without empty answers, and without what no database stores."""
    clean = {name: _text(text) for name, text in answers.items()}
    return {name: text for name, text in clean.items() if text}


def _text(text: str) -> str:
    """Without what no database stores: NUL and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _locked(submission_id: int) -> Submission:
    return Submission.objects.select_for_update().get(pk=submission_id)


def _demand_submitter(submission: Submission, by: User) -> None:
    if not may(by, "submitter", submission):
        raise NotPossible("This submission belongs to another organisation.")
    if not submission.editable:
        raise NotPossible(
            f"{submission.reference} is {submission.get_status_display().lower()}: it is fixed."
        )


def _demand_seen(submission: Submission, seen: str) -> None:
    if seen and seen != digest_of(submission):
        raise NotPossible(f"{submission.reference} was changed since you opened it. Read it again.")


def _too_late(submission: Submission, verb: str) -> str:
    status = submission.get_status_display().lower()
    last = submission.steps.select_related("actor").last()
    by = f" by {name_of(last.actor)} on {timezone.localtime(last.at):%-d %B %Y at %H:%M}" if last else ""
    return f"{submission.reference} is {status}{by}, so “{verb}” is not possible. Reload the page."


def name_of(user: User) -> str:
    """How colleagues know a person: by name, else by the address they sign in with."""
    return user.get_full_name() or user.get_username()


def _not_yet(submission: Submission, verb: str, by: User) -> str:
    """Why this officer cannot approve now, though officers may."""
    if verb not in (FIRST, "approve"):
        return ""
    if submission.on_hold:
        return f"{submission.reference} is on hold. Release it first."
    first = first_approval(submission)
    if first is not None and first.actor_id == by.pk:
        return "You approved this as the first of two. A second officer has to approve it."
    if verb == FIRST and first is not None:
        return f"{name_of(first.actor)} approved this as the first of two. Approve it as the second."
    if verb == FIRST and not settings.SECOND_APPROVAL:
        return "One approval is enough here."
    if verb == "approve" and settings.SECOND_APPROVAL and first is None:
        return "Two officers have to approve this, and nobody has yet approved it as it is now."
    return ""


def _not_yours(submission: Submission, by: User, role: Role) -> str:
    if role == "submitter":
        return "This submission belongs to another organisation."
    if not by.has_perm("cpl.decide_submission"):
        return "Only Panel officers may decide submissions."
    if submission.submitted_by_id == by.pk:
        return "You submitted this yourself. A second person has to decide it."
    return "You had a hand in this, or act for the organisation behind it. A second person has to decide it."


def _count(found: tuple[Problem, ...], what: str = "problem") -> str:
    return f"One {what}" if len(found) == 1 else f"{len(found)} {what}s"
