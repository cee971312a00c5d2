"""Approves what belongs together in one go: submissions that name the same certificate, each by itself.

A job does it, each submission in a transaction of its own: one that fails holds up no other, and a worker
that is lost leaves nothing half done. What this officer has approved since is not approved again.
"""

import datetime
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cpl import fields as f
from cpl import jobs, register, workflow
from cpl.checking import problems_of_all
from cpl.models import Certificate, Job, Scheme, Step, Submission
from cpl.prefixes import split_prefix
from cpl.rules.problem import Level, Problem, refusals, warnings
from cpl.workflow import NotPossible

Clock = Callable[[], datetime.datetime]
Status = Submission.Status
# So many are looked at, and approved, at once: each is read by a person.
MOST = 200
NAMED_IN = (f.CPA_ID, f.DLMS_ID, f.ZSE_ID)
# What a certificate that is not on record yet makes the rules say, once the first of a family recorded it, of
# the others that differ from the first in these fields.
TO_COME = (
    (
        "W-model-not-named", "guidance 4.4", f.CPA_ID, Scheme.CPA,
        (f.MANUFACTURER, f.MODEL, f.HARDWARE_VERSION, f.HARDWARE_REVISION),
        "Not on record yet: {listed}. The first approval puts a CPA certificate there with that one's model "
        "and hardware only. Make sure that the certificate names those of the others.",
    ),
    (
        "W-zigbee-firmware", "guidance 4.1", f.ZSE_ID, Scheme.ZIGBEE, (f.FIRMWARE,),
        "Not on record yet: {listed}. The first approval puts a Zigbee certificate there with that one's "
        "firmware only. Make sure that the certificate names that of the others.",
    ),
)  # fmt: skip
# So many reasons of one that did not go through are told; its page has them all.
REASONS = 3


@dataclass(frozen=True)
class Member:
    """One of a family as it stands today: what the rules say, and why it cannot go with the others."""

    submission: Submission
    digest: str
    problems: tuple[Problem, ...]
    obstacle: str

    def at_level(self, level: str) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.level == level)


@dataclass(frozen=True)
class CommonWarning:
    """A warning of one or more of a family: how many have it, and what it says of the first."""

    rule: str
    source: str
    message: str
    submissions: tuple[Submission, ...]


def sharing(submission: Submission) -> list[Submission]:
    """The other new entries that wait and name one of the same certificates, oldest first; `MOST` at most."""
    if submission.kind != Submission.Kind.NEW_ENTRY:
        return []
    named = Q()
    for field in NAMED_IN:
        if identifier := submission.answers.get(field.name):
            named |= Q(**{f"answers__{field.name}": identifier})
    if not named:
        return []
    waiting = Submission.objects.filter(named, status=Status.SUBMITTED, kind=Submission.Kind.NEW_ENTRY)
    rows = waiting.exclude(pk=submission.pk).select_related("party", "assigned_to")
    return list(rows.order_by("submitted_at", "pk")[:MOST])


def look_at(submission_ids: Sequence[int], *, by: User, on: datetime.date) -> list[Member]:
    """Each of them, oldest first, as this officer finds it on a day."""
    if len(submission_ids) > MOST:
        raise NotPossible(f"At most {MOST} are approved at once. Choose fewer.")
    rows = Submission.objects.filter(pk__in=submission_ids).select_related("party", "assigned_to")
    found = list(rows.order_by("submitted_at", "pk"))
    said = problems_of_all(found, on, for_officer=True)
    return [_member(row, by, said[row.pk]) for row in found]


def common_warnings(members: Sequence[Member]) -> list[CommonWarning]:
    """The warnings of those that can go, each rule once: a reason is given for all that it warns of.

    Among them those that the first approval gives rise to: nobody is asked once the work has begun.
    """
    found: dict[str, list[tuple[Problem, Submission]]] = {}
    for member in members:
        if not member.obstacle:
            for problem in warnings(member.problems):
                found.setdefault(problem.rule, []).append((problem, member.submission))
    told = [
        CommonWarning(rule, rows[0][0].source, rows[0][0].message, tuple(dict.fromkeys(s for _, s in rows)))
        for rule, rows in found.items()
    ]
    return told + [one for one in _warnings_to_come(members) if one.rule not in found]


def _warnings_to_come(members: Sequence[Member]) -> Iterator[CommonWarning]:
    rows = [one.submission for one in members if not one.obstacle]
    rows = [row for row in rows if row.kind == Submission.Kind.NEW_ENTRY]
    for rule, source, named_in, scheme, compared, words in TO_COME:
        sharing_it: dict[str, list[Submission]] = {}
        for row in rows:
            if listed := row.answers.get(named_in.name):
                sharing_it.setdefault(listed, []).append(row)
        told = {
            listed: those
            for listed, those in sharing_it.items()
            if len({tuple(row.answers.get(one.name, "") for one in compared) for row in those}) > 1
            and not _on_record(scheme, listed)
        }
        if told:
            # One reason for a rule, whatever the number of certificates: each is named.
            yield CommonWarning(
                rule, source, words.format(listed=", ".join(told)), tuple(chain.from_iterable(told.values()))
            )


def _on_record(scheme: str, listed: str) -> bool:
    return Certificate.objects.filter(scheme=scheme, identifier=split_prefix(listed)[1]).exists()


def approve_all(
    chosen: Mapping[int, str],
    *,
    acknowledged: Mapping[str, str],
    words: str,
    by: User,
    at: datetime.datetime,
) -> Job:
    """A job that approves each of the chosen: by submission, the digest of what was read of it."""
    if not by.has_perm("cpl.decide_submission"):
        raise NotPossible("Only Panel officers may decide submissions.")
    if not chosen:
        raise NotPossible("Choose at least one submission to approve.")
    if len(chosen) > MOST:
        raise NotPossible(f"At most {MOST} are approved at once. Choose fewer.")
    order = [[pk, chosen[pk]] for pk in sorted(chosen)]
    asked = {"submissions": order, "acknowledged": dict(acknowledged), "words": words}
    # One who presses twice gets one job; another officer with the same choice has a job of their own.
    subject = f"{by.pk}-{hashlib.sha256(repr(order).encode()).hexdigest()[:32]}"
    return jobs.start(Job.What.APPROVE, subject, by=by, party=None, at=at, asked=asked, total=len(order))


def do_approve(job: Job, clock: Clock) -> None:
    """One after the other, by rising number. Begun again, it goes over all: what this officer approved for
    this job counts as done, what could not be approved is tried once more."""
    approved: list[int] = []
    refused: list[dict[str, object]] = []
    for done, (pk, seen) in enumerate(job.asked["submissions"], start=1):
        try:
            with transaction.atomic():
                jobs.heard(job, clock(), done=done, problems=len(refused))
                if not _approved_before(job, pk):
                    now = clock()
                    register.approve(
                        pk, by=job.started_by, at=now, on=timezone.localdate(now), words=job.asked["words"],
                        acknowledged=job.asked["acknowledged"], seen=seen,
                    )  # fmt: skip
            approved.append(pk)
        except Submission.DoesNotExist:
            refused.append({"submission": pk, "reference": str(pk), "reasons": ["There is no such one."]})
            jobs.heard(job, clock(), done=done, problems=len(refused))
        except NotPossible as error:
            # What is undone takes its sign of life along: a row of refusals is no silence.
            refused.append(_told(pk, error))
            jobs.heard(job, clock(), done=done, problems=len(refused))
    words = (
        f"{len(approved):,} approved, {len(refused):,} not." if refused else f"{len(approved):,} approved."
    )
    with transaction.atomic():
        jobs.heard(job, clock(), done=len(approved) + len(refused), problems=len(refused))
        jobs.finish(job, clock(), words, {"approved": approved, "refused": refused})


def _member(row: Submission, by: User, found: tuple[Problem, ...]) -> Member:
    return Member(row, workflow.digest_of(row), found, _obstacle(row, by, found))


def _obstacle(row: Submission, by: User, found: tuple[Problem, ...]) -> str:
    if row.status != Status.SUBMITTED:
        return f"It is {row.get_status_display().lower()}."
    if row.on_hold:
        return "It is on hold. Release it first."
    if refused := refusals(found):
        return refused[0].message
    if not workflow.may_approve(row, by):
        return (
            "You had a hand in this, act for the organisation behind it, or approved it as the first of two: "
            "another officer has to decide it."
        )
    return ""


def _approved_before(job: Job, pk: int) -> bool:
    """By this officer, since the job was asked for: it was this job, before its worker was lost."""
    return Step.objects.filter(
        submission=pk, actor=job.started_by, verb__in=["approve", workflow.FIRST], at__gte=job.created_at
    ).exists()


def _told(pk: int, error: NotPossible) -> dict[str, object]:
    unmet = [problem for problem in error.problems if problem.level == Level.REFUSE]
    reasons = [problem.message for problem in unmet] or [str(error)]
    return {
        "submission": pk,
        "reference": Submission(pk=pk).reference,
        "reasons": reasons[:REASONS],
        "more": max(0, len(reasons) - REASONS),
    }
