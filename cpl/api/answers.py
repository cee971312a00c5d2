"""What the tables say of an entry: may it be installed, maintained, until when; what devices may become."""

import datetime
from typing import Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from applicability.changes_of_answers import Change, changes
from applicability.openness import say
from cpl.api.asked import Asked, Day
from cpl.api.entries import found_or_404
from cpl.api.words import PREVAIL, Number, OpenDate, Prevail
from cpl.models import UpgradePath
from cpl.published import published
from cpl.standing import basis
from cpl.targets import Replacement, Target, targets

router = Router(tags=["Answers"])
Verdict = Literal["yes", "no", "unknown"]


class ActorOut(Schema):
    """Who must update or replace such a device, and the licence condition that says so."""

    name: str
    licence: str


class AnswerOut(Schema):
    """`decided_by` names the deciding row with its edition, or says that the edition has none."""

    verdict: Verdict
    words: str
    decided_by: str
    edition: str
    actor: ActorOut


class UpdateOut(AnswerOut):
    """`yes` with the last day allowed in `by`, `no` where nothing ends, `unknown` where nobody says."""

    by: OpenDate
    at_the_latest: bool = Field(description="An unknown date might come before `by`.")


class ChangeOut(Schema):
    """From `on` the answer to the question has another verdict than on the day before."""

    on: datetime.date
    question: str
    before: Verdict
    after: Verdict
    words: str

    @staticmethod
    def resolve_before(change: Change) -> str:
        return change.before.verdict

    @staticmethod
    def resolve_after(change: Change) -> str:
        return change.after.verdict

    @staticmethod
    def resolve_words(change: Change) -> str:
        return change.after.words


class TargetOut(Schema):
    """An entry to which devices may be updated, and whether it may be maintained when it is needed."""

    entry: str
    way: Literal["path stated", "no path stated"]
    through: list[str] = Field(description="Entries between, where a stated path has more than one step.")
    same_firmware: bool
    verdict: Verdict
    words: str

    @staticmethod
    def resolve_entry(target: Target) -> str:
        return str(target.entry)

    @staticmethod
    def resolve_through(target: Target) -> list[str]:
        return [str(entry) for entry in target.through]

    @staticmethod
    def resolve_verdict(target: Target) -> str:
        return target.answer.verdict

    @staticmethod
    def resolve_words(target: Target) -> str:
        return target.answer.words


class ReplacementOut(Schema):
    """Versions of the same device type that may be installed, and how many Current entries name them."""

    ts: str = Field(validation_alias="technical_specification")
    gbcs: str = Field(validation_alias="gbcs_version")
    entries: int
    verdict: Verdict
    words: str

    @staticmethod
    def resolve_verdict(replacement: Replacement) -> str:
        return replacement.answer.verdict

    @staticmethod
    def resolve_words(replacement: Replacement) -> str:
        return replacement.answer.words


class TargetsOut(Schema):
    """`needed_on`: the first day on which devices may not stay as they are, else the day asked about."""

    needed_on: datetime.date
    updates: list[TargetOut]
    replacements: list[ReplacementOut]


class AnswersOut(Schema):
    """Answers about `on`, from the tables as they were known at the end of `known`."""

    entry: str
    release: str | None
    serial: int
    on: datetime.date
    known: datetime.date
    install: AnswerOut
    maintain: AnswerOut
    update: UpdateOut
    changes: list[ChangeOut] = Field(description="Every day from 2012 to 2100 on which a verdict changes.")
    targets: TargetsOut
    prevail: Prevail = PREVAIL


class AskedAnswers(Asked):
    on: Day | None = None
    known: Day | None = None


@router.get("/{number}/answers", response=AnswersOut, summary="What may be done with an entry")
def answers(request: HttpRequest, number: Number, asked: Query[AskedAnswers]) -> dict[str, object]:
    """The answers of the entry's page. At most twenty queries, whatever the number of editions."""
    latest, today = published(), timezone.localdate()
    on, known = asked.on or today, asked.known or today
    if known > today:
        raise HttpError(422, f"Nobody knows today what will be known on {say(known)}.")
    row = found_or_404(latest.entries().select_related("removal"), number)
    rests_on = basis(known=known, serial=latest.serial)
    standing = rests_on.standing(row, on)
    paths = latest.rows(UpgradePath.objects.in_force(latest.serial))
    found = targets([row], among=latest.entries(), paths=paths, basis=rests_on, on=on)
    return {
        "entry": str(row),
        "release": latest.release.number if latest.release else None,
        "serial": latest.serial,
        "on": on,
        "known": known,
        "install": standing.install,
        "maintain": standing.maintain,
        "update": standing.update,
        "changes": changes(rests_on.schedule, rests_on.facts(row)),
        "targets": found[row.number],
    }
