"""Whom a notice concerns, by the table of audiences. All is read once, however many entries there are."""

import datetime
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from applicability.models import DeviceType
from cpl import fields
from cpl.models import Entry, ManufacturerIdentifier, Party
from cpl.rules.values import people
from notifications.due import To
from notifications.models import Audience, Recipient

Who = Audience.Who


class NobodyToTell(RuntimeError):
    """The table of audiences has no row for a kind of notice that the Panel owes."""


def rows(kind: str, *, lock: bool = False) -> list[Audience]:
    """The table's rows for a kind of notice. `lock` holds them until the transaction ends.

    So the table holds still while it is decided whom to tell, and two who decide do so one after the other.
    """
    table = Audience.objects.filter(kind=kind).order_by("pk")
    found = list(table.select_for_update() if lock else table)
    if not found:
        raise NobodyToTell(f"No audience is set for “{kind}”: add one in the admin, or nobody will be told.")
    return found


class Directory:
    """Who is who on a day: the Parties that each kind of audience stands for. Four queries."""

    def __init__(self, rows: Iterable[Audience], on: datetime.date) -> None:
        self.rows = list(rows)
        self.acts = dict(DeviceType.objects.values_list("name", "acts"))
        self.parties = {
            Who.DCC: _keys(Party.objects.dcc()),
            Who.SUPPLIERS: _keys(Party.objects.suppliers()),
            Who.PARTIES: _keys(
                Party.objects.filter(active=True).exclude(category=Party.Category.NOT_A_PARTY)
            ),
        }
        self.active = frozenset(_keys(Party.objects.filter(active=True)))
        self.makers = _holders(on)

    def everybody(self) -> tuple[To, ...]:
        """Whom a notice concerns that is about no one entry."""
        return _parties(key for row in self.rows for key in self.parties.get(Who(row.who), ()))

    def of(self, entry: Entry) -> tuple[To, ...]:
        """Whom a notice about an entry concerns, in a fixed order, each once."""
        acts = self.acts.get(entry.device_type)
        # Who acts on a device type that no row names is not known: better tell both than neither.
        meant = [row for row in self.rows if not row.acts or acts is None or row.acts == acts]
        return tuple(sorted({to for row in meant for to in self._who(Who(row.who), entry)}))

    def _who(self, who: Who, entry: Entry) -> tuple[To, ...]:
        submission = entry.submission
        if who == Who.MANUFACTURER:
            return _parties(self.makers[entry.manufacturer])
        if who == Who.SUBMITTER:
            party = submission.party_id if submission else None
            return _parties([party] if party in self.active else [])
        if who == Who.CPA_CONTACT:
            return cpa_contacts(submission.answers) if submission else ()
        return _parties(self.parties[who])


def cpa_contacts(answers: dict[str, str]) -> tuple[To, ...]:
    """The contacts for CPA that a submission names: up to five addresses, separated by semicolons."""
    addresses = people(answers.get(fields.CONTACT_EMAIL.name, "").lower())
    return tuple(To(Recipient.Kind.CONTACT, address) for address in addresses)


def _holders(on: datetime.date) -> defaultdict[str, list[int]]:
    """The active Parties that hold each manufacturer identifier on a day."""
    held = ManufacturerIdentifier.objects.filter(
        Q(held_from__isnull=True) | Q(held_from__lte=on),
        Q(held_to__isnull=True) | Q(held_to__gte=on),
        party__active=True,
    )
    makers: defaultdict[str, list[int]] = defaultdict(list)
    for code, party in held.values_list("code", "party"):
        makers[code].append(party)
    return makers


def _parties(keys: Iterable[int | None]) -> tuple[To, ...]:
    unique = dict.fromkeys(key for key in keys if key)
    return tuple(To(Recipient.Kind.PARTY, str(key)) for key in unique)


def _keys(parties: QuerySet[Party]) -> tuple[int, ...]:
    return tuple(parties.values_list("pk", flat=True))
