"""What officers do with a submission short of deciding it: give it to somebody, put it on hold, note it.

None of it moves a submission, and nothing of it is told to whoever submitted it. The history keeps each.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import Permission, User
from django.db import transaction
from django.db.models import Q

from cpl.models import OfficerNote, Submission
from cpl.workflow import NotPossible, had_a_hand, name_of

Status = Submission.Status
# As long as the history's own column.
LONGEST_REASON = 100


@dataclass(frozen=True)
class Assigned:
    """How many were given to an officer, and of the others why not."""

    count: int
    refused: tuple[str, ...]


def officers() -> list[User]:
    """Whoever may decide submissions, by name."""
    deciding = Permission.objects.filter(codename="decide_submission", content_type__app_label="cpl")
    permitted = Q(groups__permissions__in=deciding) | Q(user_permissions__in=deciding)
    rows = User.objects.filter(permitted, is_active=True, is_staff=True).distinct()
    return sorted(rows, key=lambda one: name_of(one).casefold())


@transaction.atomic
def assign(submission_ids: Sequence[int], *, to: User | None, by: User) -> Assigned:
    """Gives what waits to an officer who can decide it, or to nobody."""
    _demand_officer(by)
    if to is not None and not to.has_perm("cpl.decide_submission"):
        raise NotPossible(f"{name_of(to)} may not decide submissions. Choose an officer.")
    count, refused = 0, list[str]()
    rows = Submission.objects.select_for_update().filter(pk__in=submission_ids).order_by("pk")
    for row in rows:
        if row.status != Status.SUBMITTED:
            refused.append(
                f"{row.reference} is {row.get_status_display().lower()}: nothing is to be decided."
            )
        elif to is not None and had_a_hand(to, row):
            refused.append(f"{name_of(to)} had a hand in {row.reference}, and cannot decide it.")
        else:
            row.assigned_to = to
            _write(row, by, f"Assigned to {name_of(to)}" if to else "Assigned to nobody", "assigned_to")
            count += 1
    return Assigned(count, tuple(refused))


@transaction.atomic
def hold(submission_id: int, *, by: User, at: datetime.datetime, words: str) -> Submission:
    """Puts it on hold: it is not due, and nobody approves it, until it is released."""
    return _turn(submission_id, True, by=by, at=at, words=words)


@transaction.atomic
def release(submission_id: int, *, by: User, at: datetime.datetime, words: str) -> Submission:
    """It goes on."""
    return _turn(submission_id, False, by=by, at=at, words=words)


def note(submission_id: int, *, by: User, at: datetime.datetime, words: str) -> OfficerNote:
    """Keeps a remark that officers and auditors read, and nobody else."""
    _demand_officer(by)
    if not _clean(words):
        raise NotPossible("Write the note first.")
    submission = Submission.objects.get(pk=submission_id)
    return OfficerNote.objects.create(submission=submission, author=by, at=at, words=_clean(words))


def _turn(submission_id: int, on_hold: bool, *, by: User, at: datetime.datetime, words: str) -> Submission:
    _demand_officer(by)
    row = Submission.objects.select_for_update().get(pk=submission_id)
    if row.status != Status.SUBMITTED:
        raise NotPossible(f"{row.reference} is {row.get_status_display().lower()}: nothing waits.")
    if row.on_hold == on_hold:
        raise NotPossible(f"{row.reference} is {'on hold already' if on_hold else 'not on hold'}.")
    if not _clean(words):
        raise NotPossible("Say why: colleagues read it, the submitter does not.")
    told = f"{'Put on hold' if on_hold else 'Released'}: {_clean(words)}"
    row.on_hold = on_hold
    _write(row, by, told, "on_hold")
    OfficerNote.objects.create(submission=row, author=by, at=at, words=told)
    return row


def _write(row: Submission, by: User, reason: str, column: str) -> None:
    row._history_user = by  # type: ignore[attr-defined]
    row._change_reason = reason[:LONGEST_REASON]  # type: ignore[attr-defined]
    row.save(update_fields=[column])


def _demand_officer(by: User) -> None:
    if not by.has_perm("cpl.decide_submission"):
        raise NotPossible("Only Panel officers may do this.")


def _clean(words: str) -> str:
    return words.replace("\0", "").encode("utf-8", "replace").decode().strip()
