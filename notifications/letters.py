"""Writes the e-mails: subject, text and HTML. They name nobody but whom they are addressed to."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from applicability.openness import say
from cpl.models import DateKind, Entry, Release, Step
from notifications.due import DueNotice, State
from notifications.facts import Nearing

DONE = {
    "submit": "received", "withdraw": "withdrawn", "approve": "approved", "return": "returned",
    "refuse": "refused",
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    """What an e-mail says."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Line:
    """An entry as an e-mail names it."""

    number: str
    device: str
    model: str
    url: str


@dataclass(frozen=True)
class Group:
    """A certificate, its date, and the entries for which one milestone is told."""

    certificate: str
    date: datetime.date
    renews: bool
    months: int
    late: bool
    entries: tuple[Line, ...]


def of_certificates(told: Sequence[tuple[DueNotice, Nearing]], *, addressee: str, on: datetime.date) -> Words:
    """One e-mail for all that a recipient is told of certificates in one run."""
    groups = tuple(_groups(told))
    first = min(group.date for group in groups)
    certificates = len({group.certificate for group in groups})
    verb = "needs" if certificates == 1 else "need"
    subject = (
        f"CPL {on}: {_count(certificates, 'certificate')} {verb} attention by {say(first)}"
        f" ({_count(sum(len(group.entries) for group in groups), 'entry', 'entries')})"
    )
    return _words("certificates", subject, {"groups": groups, "addressee": addressee, "on": on})


def of_step(step: Step, *, addressee: str) -> Words:
    """What was done with a submission, why, and what the submitter can do now."""
    submission = step.submission
    entry: Entry | None = getattr(submission, "entry", None)
    number = str(entry) if entry else ""
    done = DONE.get(step.verb, step.to_status)
    subject = f"CPL {submission.reference}: {done}{f' as entry {number}' if number else ''}"
    context = {
        "addressee": addressee,
        "submission": submission,
        "step": step,
        "done": done,
        "entry": number,
        "entry_url": url_of(number) if number else "",
    }
    return _words("step", subject, context)


def of_release(release: Release, *, addressee: str) -> Words:
    """What a release of the list added and removed."""
    subject = f"CPL {release.issued_on}: release {release.number} of the Central Products List"
    url = f"{settings.PORTAL_URL}/releases/{release.number}/"
    return _words("release", subject, {"release": release, "addressee": addressee, "url": url})


def url_of(number: str) -> str:
    """The public page of an entry, by its six-digit number."""
    return f"{settings.PORTAL_URL}/entries/{number}/"


def _groups(told: Iterable[tuple[DueNotice, Nearing]]) -> Iterable[Group]:
    ordered = sorted(told, key=_order)
    for (date, _, months), rows in groupby(ordered, key=lambda pair: _order(pair)[:3]):
        pairs = list(rows)
        shown = pairs[0][1].shown
        yield Group(
            certificate=f"{shown.scheme} certificate {shown.identifier}",
            date=date,
            renews=shown.date_kind == DateKind.RENEWS,
            months=months,
            late=all(notice.state == State.LATE for notice, _ in pairs),
            entries=tuple(_line(nearing.entry) for _, nearing in pairs),
        )


def _order(pair: tuple[DueNotice, Nearing]) -> tuple[datetime.date, int, int, int]:
    owed = pair[0].obligation
    return owed.date, owed.certificate, owed.milestone, owed.entry


def _line(entry: Entry) -> Line:
    model = (
        f"{_pairs(entry.manufacturer)}, model {_pairs(entry.model)}, "
        f"hardware {entry.hardware_version}.{entry.hardware_revision}, firmware {_pairs(entry.firmware)}"
    )
    device = ", ".join(filter(None, [entry.product_name, entry.device_type]))
    return Line(str(entry), device, model, url_of(str(entry)))


def _pairs(digits: str) -> str:
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _words(name: str, subject: str, context: dict[str, Any]) -> Words:
    context = {
        **context,
        "subject": subject,
        "portal": settings.PORTAL_URL,
        "ask": settings.PANEL_EMAIL,
    }
    return Words(
        " ".join(subject.split()),
        render_to_string(f"notifications/{name}.txt", context).strip() + "\n",
        render_to_string(f"notifications/{name}.html", context),
    )
