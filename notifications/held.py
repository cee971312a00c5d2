"""A run that would have sent too much: what it would send, and what an officer decides about it."""

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from notifications import audiences, facts, letters, planning
from notifications.audiences import Directory
from notifications.due import DueNotice, To
from notifications.facts import Found
from notifications.further import milestones_told
from notifications.letters import Words
from notifications.models import Audience, Recipient, Run

# So many letters are shown, each with so many entries at most: enough to see whether they make sense.
LETTERS, ENTRIES = 3, 200


class NotPossible(Exception):
    """Why a held run was not released or set aside, in a sentence for a person."""


@dataclass(frozen=True)
class Look:
    """What a run on that day would send, as the register stands now."""

    notices: int
    by_recipient: tuple[tuple[To, int], ...]
    by_certificate: tuple[tuple[int, int], ...]
    largest: Run | None


def look(on: datetime.date) -> Look:
    """Counted from a stream: how many there are makes no difference to memory."""
    recipients: Counter[To] = Counter()
    certificates: Counter[int] = Counter()
    for found, notices in _stream(on):
        for notice in notices:
            if notice.state.is_sent:
                recipients[notice.obligation.recipient] += 1
                certificates[found.fact.certificate] += 1
    return Look(
        recipients.total(),
        tuple(sorted(recipients.items(), key=lambda pair: (-pair[1], pair[0]))),
        tuple(certificates.most_common(20)),
        largest_run(),
    )


def first_letters(on: datetime.date, to: Sequence[To]) -> list[tuple[To, Words]]:
    """What these recipients would read, with no more than ENTRIES entries each."""
    chosen: dict[To, list[tuple[Found, DueNotice]]] = {one: [] for one in to[:LETTERS]}
    for found, notices in _stream(on):
        for notice in notices:
            mine = chosen.get(notice.obligation.recipient)
            if mine is not None and notice.state.is_sent and len(mine) < ENTRIES:
                mine.append((found, notice))
    behind = facts.nearing([found for rows in chosen.values() for found, _ in rows])
    return [
        (
            one,
            letters.of_certificates(
                [
                    (notice, behind[found.fact.entry, found.fact.certificate, found.fact.date])
                    for found, notice in rows
                ],
                addressee=Recipient.of(one).addressed,
                on=on,
            ),
        )
        for one, rows in chosen.items()
        if rows
    ]


def largest_run() -> Run | None:
    """The run that found the most to send, of those that wrote it down."""
    most = Run.objects.exclude(directory="").aggregate(most=Max("due"))["most"]
    return Run.objects.exclude(directory="").filter(due=most).order_by("-pk").first() if most else None


@transaction.atomic
def release(run_id: int, *, notices: int, words: str, by: User, at: datetime.datetime) -> Run:
    """Lets the next run send what this one was to send. `notices` is how many the officer saw.

    Raises:
        NotPossible: no right to it, no reason, another number than the run's, or it waits no more.
    """
    row = _decided(run_id, words, by)
    if notices != row.due:
        raise NotPossible(f"Write the number of notices that you release: {row.due}, as it stands above.")
    return _close(row, Run.State.RELEASED, words, by, at)


@transaction.atomic
def set_aside(run_id: int, *, words: str, by: User, at: datetime.datetime) -> Run:
    """Sends nothing of it. What is owed stays owed: the next day's run looks at it anew, and may be held.

    Raises:
        NotPossible: no right to it, no reason, or it waits no more.
    """
    return _close(_decided(run_id, words, by), Run.State.SET_ASIDE, words, by, at)


def _decided(run_id: int, words: str, by: User) -> Run:
    if not by.has_perm("notifications.release_run"):
        raise NotPossible("Only Panel officers may decide about a held run.")
    if not words.replace("\0", "").strip():
        raise NotPossible("Write why: auditors will ask.")
    row = Run.objects.select_for_update().filter(pk=run_id).first()
    if row is None or row.state != Run.State.HELD:
        raise NotPossible("This run waits no more. Look at the list of runs for what became of it.")
    return row


def _close(row: Run, state: Run.State, words: str, by: User, at: datetime.datetime) -> Run:
    row.state, row.words = state, words.replace("\0", "").strip()
    row.released_by, row.released_at = by, at
    row.save(update_fields=["state", "words", "released_by", "released_at"])
    return row


def _stream(on: datetime.date) -> Iterable[tuple[Found, list[DueNotice]]]:
    directory = Directory(audiences.rows(Audience.Kind.CERTIFICATE), on)
    return planning.stream(on, directory, milestones_told(on))
