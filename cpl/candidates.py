"""Entries on the list whose certificate has ended, for an officer to decide. Nothing here removes an entry.

A candidate is found for a day from what the register holds; no row says that an entry became one, so no
clock can write it. An officer proposes the removal (a submission, which a second officer decides), or keeps
the entry with a reason and a day of review, on which it is due again.
"""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db.models import (
    Case,
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    TextChoices,
    Value,
    When,
)
from django.db.models import Subquery as Sub
from django.db.models.functions import Coalesce

from applicability.openness import say
from cpl import fields as f
from cpl.checking import UNDECIDED
from cpl.fields import SMETS1_GBCS, SMETS1_TS
from cpl.formats.dates import written
from cpl.models import (
    Candidate,
    Cause,
    CertificateEvent,
    DateKind,
    Keeping,
    Removal,
    Scheme,
    Submission,
)
from cpl.models.entries import effective_by
from cpl.models.shown import in_its_place
from cpl.prefixes import PREFIXES
from cpl.register import PANEL
from cpl.rules.values import read_numbers
from cpl.workflow import NotPossible

LONDON = ZoneInfo("Europe/London")
What = CertificateEvent.What
# So many entries a submission can name in the octets that its field has.
MOST = 2000
GROUNDS = {Cause.WITHDRAWN: "certificate_withdrawn", Cause.CANCELLED: "certificate_cancelled"}
CPA_EXPIRED = "cpa_expired"


class State(TextChoices):
    """What officers have done about a candidate."""

    DUE = "due", "Due"
    KEPT = "kept", "Kept"
    RAISED = "raised", "Removal proposed"


@dataclass(frozen=True)
class Counts:
    """How many entries are candidates, by what was done about them, and those due by their cause."""

    due: int
    kept: int
    raised: int
    due_by_cause: Mapping[str, int]


def candidates(on: datetime.date) -> QuerySet[Candidate]:
    """The candidates of a day: one row an entry and certificate, however long the list, in one query and the
    one that reads the open proposals.

    Each has `cause`, `since` (the certificate's date, or the day on which it was ended), `state`,
    `kept_until` and `raised_in` (the key of an undecided submission that would remove the entry). A
    certificate counts on its date still; from the day after it has ended. A renewal date counts as an expiry
    date does.
    """
    ended = CertificateEvent.objects.filter(what__in=(What.WITHDRAWN, What.CANCELLED), on__lte=on)
    dated = CertificateEvent.objects.filter(what=What.DATED, on__lte=on)
    # What could be one at all, before anything is asked row by row.
    possible = (
        Q(date_shown__lt=on)
        | Q(certificate__in=ended.values("certificate"))
        | Q(certificate__in=dated.filter(date__lt=on).values("certificate"))
    )
    its = {"certificate": OuterRef("certificate")}
    last_end = ended.filter(**its).order_by("-pk")
    # A date put right before the coverage was written is in its words already.
    last_date = dated.filter(**its, pk__gt=OuterRef("pk")).order_by("-pk")
    rows = (
        carrying(on)
        .filter(possible)
        .annotate(
            ended_as=Sub(last_end.values("what")[:1]),
            ends_on=Coalesce(Sub(last_date.values("date")[:1]), F("date_shown")),
        )
    )
    rows = rows.filter(Q(ended_as__isnull=False) | Q(ends_on__lt=on))
    rows = rows.annotate(
        cause=_cause(),
        since=Case(When(ended_as__isnull=False, then=Sub(last_end.values("on")[:1])), default=F("ends_on"),
                   output_field=DateField()),
    )  # fmt: skip
    return _with_state(rows, on)


def counts(on: datetime.date) -> Counts:
    """How many entries are due, kept and proposed for removal that day. Two queries.

    An entry whose certificates ended for two causes counts under both, as each is decided by itself.
    """
    rows = candidates(on).order_by().values("state", "cause").annotate(entries=Count("entry", distinct=True))  # type: ignore[misc]
    by_state: Counter[str] = Counter()
    by_cause: Counter[str] = Counter()
    for row in rows:
        by_state[row["state"]] += row["entries"]
        if row["state"] == State.DUE:
            by_cause[row["cause"]] += row["entries"]
    return Counts(by_state[State.DUE], by_state[State.KEPT], by_state[State.RAISED], dict(by_cause))


def removals_in_hand() -> dict[int, tuple[int, ...]]:
    """By the key of each undecided submission that would remove entries: their numbers. One query."""
    rows = Submission.objects.filter(kind=Submission.Kind.REMOVAL, status__in=UNDECIDED).order_by("pk")
    return {
        pk: tuple(read_numbers(answers.get(f.ENTRIES.name, "")))
        for pk, answers in rows.values_list("pk", "answers")
    }


def keep(
    chosen: Iterable[int],
    *,
    words: str,
    review_on: datetime.date,
    by: User,
    at: datetime.datetime,
    on: datetime.date,
) -> list[Keeping]:
    """Keeps entries on the list although their certificate ended; `chosen` are keys of candidates.

    Raises:
        NotPossible: no officer, no reason, no day to come, or one of them is no candidate any more.
    """
    if not by.has_perm("cpl.decide_submission"):
        raise NotPossible("Only Panel officers may decide that an entry is kept.")
    words = words.replace("\0", "").strip()
    if not words:
        raise NotPossible("Write why the entries are kept: auditors will ask.")
    if review_on <= on:
        raise NotPossible(f"The day of review must be after today, {say(on)}.")
    keys = set(chosen)
    rows = list(candidates(on).filter(pk__in=keys))
    if not rows or len(rows) < len(keys):
        raise NotPossible(
            "Some of the chosen entries are no candidates any more. Reload the list and choose again."
        )
    return Keeping.objects.bulk_create(
        [
            Keeping(
                entry_id=row.entry_id,
                certificate_id=row.certificate_id,
                cause=row.cause,  # type: ignore[attr-defined]
                since=row.since,  # type: ignore[attr-defined]
                words=words,
                review_on=review_on,
                decided_by=by,
                at=at,
            )
            for row in rows
        ]
    )


def proposal(chosen: Collection[Candidate], on: datetime.date) -> dict[str, str]:
    """The answers with which the removal of these candidates would be proposed; a person goes over them.

    The ground is suggested where one fits them all.

    Raises:
        NotPossible: there are more than a submission can name, or the removal of one is proposed already.
    """
    numbers = sorted({row.entry_id for row in chosen})
    if not numbers or len(numbers) > MOST:
        raise NotPossible(f"Choose one entry at least and {MOST} at most: a submission names no more.")
    raised = [f"{row.entry_id:06d}" for row in chosen if row.raised_in]  # type: ignore[attr-defined]
    if raised:
        raise NotPossible(
            f"The removal of {', '.join(raised[:5])} is proposed already. Leave out what waits."
        )
    grounds = {ground_for(row.cause, row.scheme) for row in chosen}  # type: ignore[attr-defined]
    reasons = list(dict.fromkeys(_reason(row) for row in chosen))
    answers = {
        f.ENTRIES: "; ".join(f"{number:06d}" for number in numbers),
        f.GROUND: grounds.pop() if len(grounds) == 1 else "",
        f.REASON: reasons[0] if len(reasons) == 1 else "",
        f.DECIDED_BY: PANEL,
        f.DECISION_DATE: written(on),
        f.EFFECTIVE_DATE: written(on),
    }
    return {field.name: text for field, text in answers.items() if text}


def ground_for(cause: str, scheme: str) -> str:
    """The ground of removal that fits a cause, or nothing: only for CPA is there one for a past date."""
    past = CPA_EXPIRED if scheme == Scheme.CPA else ""
    return GROUNDS.get(Cause(cause), past)


def _reason(row: Candidate) -> str:
    what = {
        Cause.EXPIRED: "expired on",
        Cause.PAST_RENEWAL: "was to be renewed by",
        Cause.WITHDRAWN: "was withdrawn on",
        Cause.CANCELLED: "was cancelled on",
    }[Cause(row.cause)]  # type: ignore[attr-defined]
    return f"{row.scheme} certificate {row.identifier_shown} {what} {say(row.since)}."  # type: ignore[attr-defined]


def carrying(on: datetime.date, *, leaving: bool = False) -> QuerySet[Candidate]:
    """The latest coverage, by scheme, of every SMETS2+ entry that is Current on a day and is to stay so.

    With `leaving` also of those whose removal was decided and takes effect on a later day: they are Current
    until then.
    """
    rows = Candidate.objects.filter(covers_from__lte=on)
    return _on_the_list(rows, on, leaving).exclude(Exists(in_its_place(on)))


def _on_the_list(rows: QuerySet[Candidate], on: datetime.date, leaving: bool) -> QuerySet[Candidate]:
    """Of entries that are SMETS2+ and Current that day; unless `leaving`, with no removal decided by then."""
    removed = effective_by(on) if leaving else effective_by(on) | Q(decision_date__lte=on)
    gone = Removal.objects.filter(removed, entry=OuterRef("entry"))
    smets1 = Q(entry__technical_specification=SMETS1_TS, entry__gbcs_version=SMETS1_GBCS)
    listed = Q(entry__admitted_on__isnull=True) | Q(entry__admitted_on__lte=on)
    return rows.filter(listed).exclude(smets1).exclude(Exists(gone))


def _cause() -> Case:
    renews = Q(identifier_shown__startswith=PREFIXES[DateKind.RENEWS])
    expires = Q(identifier_shown__startswith=PREFIXES[DateKind.EXPIRES])
    return Case(
        When(ended_as__isnull=False, then=F("ended_as")),
        When(
            renews | (~expires & Q(certificate__date_kind=DateKind.RENEWS)),
            then=Value(Cause.PAST_RENEWAL.value),
        ),
        default=Value(Cause.EXPIRED.value),
    )


def _with_state(rows: QuerySet[Candidate], on: datetime.date) -> QuerySet[Candidate]:
    said = Keeping.objects.filter(
        entry=OuterRef("entry"),
        certificate=OuterRef("certificate"),
        cause=OuterRef("cause"),
        since=OuterRef("since"),
        at__lt=_end_of(on),
    ).order_by("-pk")
    raised = [
        When(entry__in=numbers, then=Value(pk)) for pk, numbers in removals_in_hand().items() if numbers
    ]
    rows = rows.annotate(
        kept_until=Sub(said.values("review_on")[:1]),
        raised_in=Case(*raised, default=Value(None), output_field=IntegerField()),
    )
    state = Case(
        When(raised_in__isnull=False, then=Value(State.RAISED.value)),
        When(kept_until__gt=on, then=Value(State.KEPT.value)),
        default=Value(State.DUE.value),
    )
    return rows.annotate(state=state).select_related("entry", "certificate")


def _end_of(on: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(on + datetime.timedelta(days=1), datetime.time(), LONDON)
