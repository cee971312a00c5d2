"""Writes the e-mails: subject, text and HTML. They name nobody but whom they are addressed to."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from applicability.models import Edition
from applicability.openness import say
from cpl.models import DateKind, Entry, Release, Step
from notifications import attachments
from notifications.attachments import File
from notifications.due import DueNotice, Reason
from notifications.facts import Nearing
from notifications.layout import laid_out
from notifications.models import Message
from notifications.wording import Wording, words_of

# A letter of more entries than this names certificates and counts; the file that goes with it has them all.
MOST_LISTED = 150
DONE = {
    "submit": "received", "withdraw": "withdrawn", "approve": "approved", "return": "returned",
    "refuse": "refused", "evidence": "given further evidence",
}  # fmt: skip
# Why a notice comes after its day, to the one who reads it.
WHY_LATE = {
    Reason.NONE: "and the Panel did not send it then",
    Reason.BEFORE_IMPORT: "which was before this register took in the list",
    Reason.CAME_LATER: "and the entry, its certificate or that date came later",
    Reason.RECIPIENT_LATER: "and others were told then: you came to be concerned later",
    Reason.MILESTONE_LATER: "which was before the Panel began to tell of it",
}


@dataclass(frozen=True)
class Words:
    """What an e-mail says, and the files that go with it."""

    subject: str
    text: str
    html: str
    files: tuple[File, ...] = ()


@dataclass(frozen=True)
class Line:
    """An entry as an e-mail names it."""

    number: str
    device: str
    model: str
    url: str


@dataclass(frozen=True)
class Group:
    """A certificate, its date, and the entries for which one milestone is told, late for the same reason."""

    certificate: str
    date: datetime.date
    renews: bool
    months: int
    late: str
    entries: tuple[Line, ...]

    @property
    def count(self) -> str:
        return _count(len(self.entries), "entry", "entries")

    @property
    def span(self) -> str:
        return _span(self.entries)


def of_certificates(
    told: Sequence[tuple[DueNotice, Nearing]],
    *,
    addressee: str,
    on: datetime.date,
    wording: Wording | None = None,
) -> Words:
    """One e-mail for all that a recipient is told of certificates in one run.

    `wording` spares a query where many are written.
    """
    groups = tuple(_groups(told, on))
    certificates = len({group.certificate for group in groups})
    entries = sum(len(group.entries) for group in groups)
    facts = {
        "certificates": _count(certificates, "certificate"),
        "need": "needs" if certificates == 1 else "need",
        "entries": _count(entries, "entry", "entries"),
        "first": say(min(group.date for group in groups)),
    }
    name = f"cpl-{on}-certificates"
    context = {
        "groups": groups,
        "addressee": addressee,
        "on": on,
        "entries": facts["entries"],
        "is_long": entries > MOST_LISTED,
        "file": f"{name}.csv",
    }
    files = (
        attachments.table_of(_table(told), f"{name}.csv"),
        attachments.calendar_of(
            [_date(group) for group in groups], f"{name}.ics", on=on, address=settings.PORTAL_URL
        ),
    )
    return _words(Message.Kind.CERTIFICATE, "certificates", on, facts, context, wording, files)


def of_step(step: Step, *, addressee: str, leave: str = "", wording: Wording | None = None) -> Words:
    """What was done with a submission, why, and what the submitter can do now.

    `leave` is the address at which its reader ends such e-mails; so in every optional one.
    """
    submission = step.submission
    entry: Entry | None = getattr(submission, "entry", None)
    number = str(entry) if entry else ""
    done = DONE.get(step.verb, step.to_status)
    facts = {
        "reference": submission.reference,
        "done": done,
        "as_entry": f" as entry {number}" if number else "",
        "submission": submission.title,
    }
    context = {
        "addressee": addressee,
        "submission": submission,
        "step": step,
        "done": done,
        "entry": number,
        "entry_url": url_of(number) if number else "",
        # A telephone breaks it here.
        "digest": [step.digest[at : at + 16] for at in range(0, len(step.digest), 16)],
        "leave": leave,
    }
    return _words(Message.Kind.STEP, "step", timezone.localdate(step.at), facts, context, wording)


def of_release(
    release: Release,
    *,
    addressee: str,
    leave: str = "",
    only: str | None = None,
    wording: Wording | None = None,
) -> Words:
    """What a release of the list added and removed; `only` is that part of it which its reader asked for."""
    context = {
        "release": release,
        "changes": release.changes if only is None else only,
        "is_part": only is not None,
        "addressee": addressee,
        "url": url_of_release(release),
        "leave": leave,
    }
    facts = {"release": str(release.number)}
    # Only issues from before this register may have no day, and nobody is told of those.
    on = release.issued_on or datetime.date.min
    return _words(Message.Kind.RELEASE, "release", on, facts, context, wording)


def of_designation(
    designated: "Designated", *, addressee: str, on: datetime.date, wording: Wording | None = None
) -> Words:
    """Which dates an edition of the tables changes, and which entries that touches."""
    edition = designated.edition
    facts = {
        "edition": str(edition),
        "title": edition.title,
        "effective": say(edition.effective_from),
        "entries": _count(len(designated.touched), "entry", "entries"),
    }
    name = f"cpl-{on}-entries-touched.csv"
    context = {
        "addressee": addressee,
        "on": on,
        "edition": edition,
        "designated": designated,
        "entries": facts["entries"],
        "url": f"{settings.PORTAL_URL}/applicability/",
        "is_long": len(designated.touched) > MOST_LISTED,
        "file": name,
    }
    files = (designated.table(name),) if designated.touched else ()
    return _words(Message.Kind.DESIGNATION, "designation", on, facts, context, wording, files)


def of_validity(
    ends: Sequence["End"], *, addressee: str, on: datetime.date, leave: str, wording: Wording | None = None
) -> Words:
    """Which dates of the tables draw near."""
    facts = {"dates": _count(len(ends), "date"), "first": say(min(end.date for end in ends))}
    name, url = f"cpl-{on}-dates", f"{settings.PORTAL_URL}/applicability/"
    rows = [(line.number, line.device, line.model, end.row, end.what, end.date.isoformat(), line.url)
            for end in ends for line in end.entries]  # fmt: skip
    context = {
        "addressee": addressee,
        "on": on,
        "ends": ends,
        "url": url,
        "is_long": len(rows) > MOST_LISTED,
        "file": f"{name}.csv",
        "leave": leave,
    }
    dates = [
        attachments.Date(
            f"{end.what} {end.row}", end.date, f"{end.what}: {end.row}", f"It concerns {end.count}."
        )
        for end in ends
    ]
    columns = ("entry", "device", "model", "row of the tables", "what", "date", "link")
    files = (
        attachments.plain_table(columns, rows, f"{name}.csv"),
        attachments.calendar_of(dates, f"{name}.ics", on=on, address=url),
    )
    return _words(Message.Kind.VALIDITY, "validity", on, facts, context, wording, files)


def of_digest(
    parts: Sequence["Part"],
    *,
    every: str,
    addressee: str,
    on: datetime.date,
    leave: str,
    wording: Wording | None = None,
) -> Words:
    """What happened since the last digest, a part for each kind of news."""
    context = {"addressee": addressee, "on": on, "parts": parts, "every": every, "leave": leave}
    return _words(Message.Kind.DIGEST, "digest", on, {"every": every}, context, wording)


@dataclass(frozen=True)
class Touched:
    """A Current entry to which an edition gives other answers, and what changes for it."""

    line: Line
    words: str


@dataclass(frozen=True)
class Designated:
    """An edition of the tables, what it changes, and the entries that this touches."""

    edition: Edition
    changes: tuple[str, ...]
    touched: tuple[Touched, ...]

    @property
    def groups(self) -> list[tuple[str, list[Line]]]:
        """The entries for which the same changes, together: most of them first."""
        found: dict[str, list[Line]] = {}
        for one in self.touched:
            found.setdefault(one.words, []).append(one.line)
        return sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))

    def table(self, name: str) -> File:
        lines = [(one.line, one.words) for one in self.touched]
        rows = [(line.number, line.device, line.model, words, line.url) for line, words in lines]
        return attachments.plain_table(("entry", "device", "model", "what changes", "link"), rows, name)


@dataclass(frozen=True)
class End:
    """A date of the tables that draws near, and the entries that it is about."""

    what: str
    row: str
    date: datetime.date
    months: int
    entries: tuple[Line, ...] = ()

    @property
    def count(self) -> str:
        return _count(len(self.entries), "entry", "entries")

    @property
    def span(self) -> str:
        return _span(self.entries)


@dataclass(frozen=True)
class Part:
    """A heading of a digest, and its lines: words, and where they lead."""

    title: str
    lines: tuple[tuple[str, str], ...]


def url_of(number: str) -> str:
    """The public page of an entry, by its six-digit number."""
    return f"{settings.PORTAL_URL}/entries/{number}/"


def url_of_release(release: Release) -> str:
    return f"{settings.PORTAL_URL}/releases/{release.number}/"


def line_of(entry: Entry) -> Line:
    """An entry as every e-mail names it."""
    model = (
        f"{_pairs(entry.manufacturer)}, model {_pairs(entry.model)}, "
        f"hardware {entry.hardware_version}.{entry.hardware_revision}, firmware {_pairs(entry.firmware)}"
    )
    product, kind = entry.product_name, entry.device_type
    # Many products are called by what they are.
    device = product if kind.casefold() in product.casefold() else ", ".join(filter(None, [product, kind]))
    return Line(str(entry), device, model, url_of(str(entry)))


def _table(told: Iterable[tuple[DueNotice, Nearing]]) -> Iterable[attachments.Row]:
    for notice, nearing in sorted(told, key=_order):
        entry, shown = nearing.entry, nearing.shown
        yield attachments.Row(
            entry=str(entry),
            device_type=entry.device_type,
            manufacturer=_pairs(entry.manufacturer),
            model=_pairs(entry.model),
            hardware=f"{entry.hardware_version}.{entry.hardware_revision}",
            firmware=_pairs(entry.firmware),
            product=entry.product_name,
            scheme=shown.scheme,
            certificate=shown.identifier,
            date=notice.obligation.date,
            kind="renewal" if shown.date_kind == DateKind.RENEWS else "expiry",
            milestone=notice.obligation.milestone,
            link=url_of(str(entry)),
        )


def _date(group: Group) -> attachments.Date:
    verb = "to be renewed" if group.renews else "expires"
    return attachments.Date(
        key=group.certificate,
        day=group.date,
        what=f"{group.certificate} {verb}",
        words=f"It carries {group.count} of the Central Products List: {group.span}.",
    )


def _groups(told: Iterable[tuple[DueNotice, Nearing]], on: datetime.date) -> Iterable[Group]:
    def alike(pair: tuple[DueNotice, Nearing]) -> tuple[datetime.date, int, int, str]:
        return *_order(pair)[:3], _late(pair[0], on)

    ordered = sorted(told, key=lambda pair: (alike(pair), _order(pair)))
    for (date, _, months, late), rows in groupby(ordered, key=alike):
        pairs = list(rows)
        shown = pairs[0][1].shown
        yield Group(
            certificate=f"{shown.scheme} certificate {shown.identifier}",
            date=date,
            renews=shown.date_kind == DateKind.RENEWS,
            months=months,
            late=late,
            entries=tuple(line_of(nearing.entry) for _, nearing in pairs),
        )


def _late(notice: DueNotice, on: datetime.date) -> str:
    """Why a notice comes after its day; nothing where it comes on it."""
    if notice.due_on >= on:
        return ""
    return f"its day was {say(notice.due_on)}, {WHY_LATE[notice.reason]}"


def _order(pair: tuple[DueNotice, Nearing]) -> tuple[datetime.date, int, int, int]:
    owed = pair[0].obligation
    return owed.date, owed.certificate, owed.milestone, owed.entry


def _pairs(digits: str) -> str:
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def _span(entries: Sequence[Line]) -> str:
    """The first and the last entry, where not all are listed."""
    first, last = entries[0].number, entries[-1].number
    return first if first == last else f"{first} to {last}"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _words(
    kind: str,
    name: str,
    on: datetime.date,
    facts: dict[str, str],
    context: dict[str, Any],
    wording: Wording | None,
    files: tuple[File, ...] = (),
) -> Words:
    always = {
        "date": on.isoformat(),
        "to": str(context["addressee"]),
        "portal": settings.PORTAL_URL,
        "ask": settings.PANEL_EMAIL,
    }
    said = (wording or words_of(kind)).filled({**always, **facts})
    subject = " ".join(said.subject.split())
    context = {
        **context,
        "subject": subject,
        "opening": said.opening,
        "closing": said.closing,
        "portal": settings.PORTAL_URL,
        "choices": f"{settings.PORTAL_URL}/portal/subscriptions/",
        "ask": settings.PANEL_EMAIL,
    }
    return Words(
        subject,
        laid_out(render_to_string(f"notifications/{name}.txt", context)),
        render_to_string(f"notifications/{name}.html", context),
        files,
    )
