"""Tells who asked for it that a version comes to the end of a period: 12 and 6 months ahead, each once.

The Panel need not tell of these (SEC guidance), so nobody is told who did not ask.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import transaction

from applicability.calendars import Moment, moments
from applicability.editions import schedule_as_known
from applicability.models.specifications import Series
from cpl.models import Entry
from notifications import letters, outbox, subscriptions
from notifications.due import reached
from notifications.letters import End
from notifications.models import Message, Recipient, ValidityNotice
from notifications.sending import clock, deliver_all
from notifications.subscriptions import How, Kind, Selection, Wishes
from notifications.wording import words_of

ENDS = ("IVP end", "MVP end", "Applicability end")


def tell_of_ends(on: datetime.date, at: datetime.datetime) -> list[Message]:
    """The dates that reached a milestone by that day, to each who asked to be told at once and was not."""
    now, wishes = clock(at), Wishes()
    asked = wishes.asked(Kind.VALIDITY, [How.AT_ONCE])
    ends = coming(on) if asked else []
    messages = [message for key in sorted(asked) for message in _tell(key, ends, wishes, on, at)]
    deliver_all(messages, now)
    return messages


def coming(on: datetime.date) -> list[End]:
    """The ends that have reached a milestone and are still ahead, each with the Current entries of it."""
    found = [
        (moment, milestones[-1].months)
        for moment in moments(schedule_as_known(Series.STATUTORY, on))
        if moment.key[0] in ENDS and (milestones := reached(moment.day, on))
    ]
    entries = _by_version(on) if found else {}
    return [_end(moment, months, entries) for moment, months in found]


def for_selection(ends: Iterable[End], selection: Selection, on: datetime.date) -> list[End]:
    """Those ends that concern an entry somebody wants; without a selection, all."""
    if not selection:
        return list(ends)
    wanted = {f"{entry.number:06d}" for entry in _current(on) if selection.wants(entry)}
    narrowed = [
        End(
            end.what, end.row, end.date, end.months, tuple(one for one in end.entries if one.number in wanted)
        )
        for end in ends
    ]
    return [end for end in narrowed if end.entries]


def untold(recipient: Recipient, ends: Iterable[End], selection: Selection, on: datetime.date) -> list[End]:
    """Those of a selection that a recipient was not told of, be it at once or in a digest."""
    rows = ValidityNotice.objects.filter(recipient=recipient, date__gte=on)
    told = set(rows.values_list("what", "row", "date", "milestone"))
    wanted = for_selection(ends, selection, on)
    return [end for end in wanted if (end.what, end.row, end.date, end.months) not in told]


def write(ends: Iterable[End], message: Message) -> None:
    """That a message told its recipient of them."""
    ValidityNotice.objects.bulk_create(
        ValidityNotice(
            what=end.what, row=end.row, date=end.date, milestone=end.months,
            recipient=message.recipient, message=message,
        )
        for end in ends
    )  # fmt: skip


@transaction.atomic
def _tell(
    key: int, ends: Collection[End], wishes: Wishes, on: datetime.date, at: datetime.datetime
) -> list[Message]:
    # Two who look at the same recipient do so one after the other.
    locked = Recipient.objects.select_for_update(of=("self",)).select_related("party", "user")
    recipient = locked.get(pk=key)
    if recipient.party and not recipient.party.active:
        return []
    new = untold(recipient, ends, wishes.of(recipient, Kind.VALIDITY).selection, on)
    if not new:
        return []
    words = letters.of_validity(
        new,
        addressee=recipient.addressed,
        on=on,
        leave=subscriptions.leave(recipient, Kind.VALIDITY),
        wording=words_of(Message.Kind.VALIDITY),
    )
    (message,) = outbox.queue(Message.Kind.VALIDITY, [outbox.Mail(recipient, words)], at=at)
    write(new, message)
    return [message]


def _end(moment: Moment, months: int, entries: dict[tuple[str, ...], list[Entry]]) -> End:
    concerned = sorted(entries.get(moment.key[1:], []), key=lambda entry: entry.number)
    return End(
        what=moment.key[0],
        row=", ".join(moment.key[1:]),
        date=moment.day,
        months=months,
        entries=tuple(letters.line_of(entry) for entry in concerned),
    )


def _by_version(on: datetime.date) -> dict[tuple[str, ...], list[Entry]]:
    """Current entries by device type and TS version, and by TS and GBCS version: as the tables name rows."""
    found: defaultdict[tuple[str, ...], list[Entry]] = defaultdict(list)
    for entry in _current(on):
        ts = entry.technical_specification.strip()
        found[entry.device_type.strip(), ts].append(entry)
        found[ts, entry.gbcs_version.strip()].append(entry)
    return found


def _current(on: datetime.date) -> list[Entry]:
    return list(Entry.objects.current(on))
