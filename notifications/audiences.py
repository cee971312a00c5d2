"""Whom a notice concerns, by the table of audiences. All is read once, however many entries there are."""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import Q, QuerySet

from applicability.models import DeviceType
from cpl import fields
from cpl.models import Entry, ManufacturerIdentifier, Party
from cpl.rules.values import people
from notifications.due import To
from notifications.models import Audience, Recipient

Who = Audience.Who
# So many different sets of recipients are kept at hand.
REMEMBERED = 10_000


# Who is owed a notice of certificates (SEC guidance, section 4.3), by who acts on the device type and
# the rows of the table that reach them.
OWED: dict[tuple[str, str], tuple[str, ...]] = {
    (DeviceType.Actor.DCC, Who.DCC): (Who.DCC, Who.PARTIES),
    (DeviceType.Actor.SUPPLIER, Who.SUPPLIERS): (Who.SUPPLIERS, Who.PARTIES),
    ("", Who.MANUFACTURER): (Who.MANUFACTURER,),
    ("", Who.SUBMITTER): (Who.SUBMITTER,),
}


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


def left_out(table: Iterable[Audience]) -> list[str]:
    """Whom that table would not tell of certificates, though the Panel owes it to them; in words."""
    told = {(row.acts, row.who) for row in table if row.kind == Audience.Kind.CERTIFICATE}
    return [
        str(Who(who).label)
        for (acts, who), reach in OWED.items()
        if not any((one, by) in told for one in {acts, ""} for by in reach)
    ]


class Directory:
    """Who is who on a day: the Parties that each kind of audience stands for. Five queries."""

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
        self.erased = erased()
        self._found: dict[tuple[str, str, int | None, str], tuple[To, ...]] = {}

    def everybody(self) -> tuple[To, ...]:
        """Whom a notice concerns that is about no one entry."""
        return _parties(key for row in self.rows for key in self.parties.get(Who(row.who), ()))

    def of(self, entry: Entry) -> tuple[To, ...]:
        """Whom a notice about an entry concerns, in a fixed order, each once."""
        submission = entry.submission
        party = submission.party_id if submission else None
        contacts = submission.answers.get(fields.CONTACT_EMAIL.name, "") if submission else ""
        return self.concerned(entry.device_type, entry.manufacturer, party, contacts)

    def concerned(
        self, device_type: str, manufacturer: str, submitter: int | None, contacts: str
    ) -> tuple[To, ...]:
        """The same from what decides it; `contacts` as the submission wrote them for CPA.

        Most entries of a list concern the same recipients: they are the same tuple, however many.
        """
        key = (device_type, manufacturer, submitter, contacts)
        found = self._found.get(key)
        if found is None:
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            found = self._found[key] = self._look_up(*key)
        return found

    def digest(self) -> str:
        """Changes whenever somebody else may be concerned by what others were told of already."""
        rows = sorted((row.kind, row.acts, row.who) for row in self.rows)
        known = (sorted(self.acts.items()), sorted((who, sorted(keys)) for who, keys in self.parties.items()))
        makers = sorted((code, sorted(keys)) for code, keys in self.makers.items())
        return hashlib.sha256(repr((rows, known, sorted(self.active), makers)).encode()).hexdigest()

    def _look_up(
        self, device_type: str, manufacturer: str, submitter: int | None, contacts: str
    ) -> tuple[To, ...]:
        acts = self.acts.get(device_type)
        # Who acts on a device type that no row names is not known: better tell both than neither.
        meant = [row for row in self.rows if not row.acts or acts is None or row.acts == acts]
        found: set[To] = set()
        for row in meant:
            who = Who(row.who)
            if who == Who.MANUFACTURER:
                # A look into the dictionary, so that asking adds nobody to it.
                found.update(_parties(self.makers.get(manufacturer, ())))
            elif who == Who.SUBMITTER:
                found.update(_parties([submitter] if submitter in self.active else []))
            elif who == Who.CPA_CONTACT:
                found.update(self._reached(cpa_contacts(contacts)))
            else:
                found.update(_parties(self.parties[who]))
        return tuple(sorted(found))

    def _reached(self, contacts: tuple[To, ...]) -> Iterator[To]:
        """Without those whose address was erased: they are told no more, whatever old submissions name."""
        return (to for to in contacts if not self.erased or Recipient.digest_of(to.key) not in self.erased)


def erased() -> frozenset[str]:
    """The digests of contacts' addresses that were erased."""
    rows = Recipient.objects.filter(kind=Recipient.Kind.CONTACT, email=None, digest__isnull=False)
    return frozenset(digest for digest in rows.values_list("digest", flat=True) if digest)


def cpa_contacts(written: str) -> tuple[To, ...]:
    """The contacts for CPA that a submission names: up to five addresses, separated by semicolons."""
    return tuple(To(Recipient.Kind.CONTACT, address) for address in people(written.lower()))


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
