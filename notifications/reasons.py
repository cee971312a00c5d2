"""Why a milestone was not sent, or sent late, as the ledger keeps it for whoever asks later."""

import datetime
from bisect import bisect_left
from dataclasses import dataclass

from django.db.models import Q

from applicability.openness import say
from notifications.due import DueNotice, Reason, State
from notifications.models import Run

WORDS = {
    Reason.NONE: "",
    Reason.BEFORE_ISSUE: "Its day lay before the issue of the list that brought the row.",
    Reason.BEFORE_IMPORT: "Its day lay before this register took in the list that brought the row.",
    Reason.CAME_LATER: "The entry, its certificate or that date came after the milestone's day.",
    Reason.RECIPIENT_LATER: "Others were told: this recipient came to be concerned after them.",
    Reason.MILESTONE_LATER: "The Panel added this milestone after its day.",
}


@dataclass(frozen=True)
class Runs:
    """The days for which runs wrote what they found, and those on which one was held; in order."""

    wrote: tuple[datetime.date, ...] = ()
    held: tuple[datetime.date, ...] = ()

    def missed(self, due_on: datetime.date, on: datetime.date) -> str:
        """Why nothing was told between a milestone's day and a later run."""
        before = self.wrote[: bisect_left(self.wrote, due_on)]
        if any(due_on <= day < on for day in self.wrote):
            return "Runs took place after its day and found nobody to tell."
        if any(due_on <= day < on for day in self.held):
            return f"Runs after its day were held, and none was released before {say(on)}."
        if not before:
            return f"No run took place before {say(on)}."
        return f"No run took place between {say(before[-1])} and {say(on)}."


def runs_until(on: datetime.date) -> Runs:
    """Of earlier days. Two queries."""
    ended, cut_short = Run.State.ENDED, Run.State.CUT_SHORT
    rows = Run.objects.filter(on__lt=on).order_by("on").values_list("on", flat=True).distinct()
    wrote = rows.filter(Q(state=ended) | Q(state=cut_short) & ~Q(directory=""))
    return Runs(tuple(wrote), tuple(rows.filter(state__in=Run.STOPPED)))


def reason(notice: DueNotice, runs: Runs, on: datetime.date) -> str:
    # What was due, and is told days afterwards, is late by our own fault: the ledger says by which.
    if notice.state is State.MISSED or (notice.state is State.DUE and notice.due_on < on):
        return runs.missed(notice.due_on, on)
    return WORDS.get(notice.reason, "")
