"""Which Current entries would get other answers, were a draft of the tables designated or a certificate gone.

Nothing is written. Counted by manufacturer and by device type, with what each entry's devices may become.
"""

import datetime
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace

from django.utils import timezone

from applicability.answers import EntryFacts
from applicability.consequences import Consequence, Course, consequence
from applicability.editions import schedule_as_known
from applicability.models import CertificateRequirement, Edition
from applicability.openness import Day
from applicability.schedule import Schedule
from applicability.tables import Actor
from cpl.models import Certificate, Entry, ManufacturerIdentifier, UpgradePath, shown
from cpl.models.entries import EntryQuerySet
from cpl.standing import Basis, basis
from cpl.targets import Targets, targets

Need = CertificateRequirement.Need
A_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Affected:
    """One entry: what changes for it, who holds its manufacturer identifier (or nothing), who must act.

    `now` and `then` are the facts that the answers rest on. `need`: where a certificate goes, whether its
    scheme is required, optional or forbidden for the device type; else, or where that is not known, nothing.
    """

    entry: Entry
    consequence: Consequence
    holder: str
    actor: Actor
    now: EntryFacts
    then: EntryFacts
    need: str = ""

    @property
    def loses_what_it_needs(self) -> bool:
        return self.need not in (Need.OPTIONAL, Need.FORBIDDEN)

    @property
    def whose(self) -> str:
        code = self.entry.manufacturer
        return f"{self.holder} ({code})" if self.holder else f"{code}, holder not known"


@dataclass
class Count:
    """How many entries of one kind are affected, and how."""

    name: str
    entries: int = 0
    not_installable: int = 0
    not_maintainable: int = 0
    other_deadline: int = 0

    def add(self, one: Consequence) -> None:
        self.entries += 1
        self.not_installable += one.not_installable
        self.not_maintainable += one.not_maintainable
        self.other_deadline += one.update is not None


@dataclass(frozen=True)
class Impact:
    """`examined` Current entries, and those `affected`; `rests_on` answers as things would be then."""

    on: datetime.date
    examined: int
    affected: tuple[Affected, ...]
    rests_on: Basis
    among: EntryQuerySet = field(repr=False)

    @property
    def total(self) -> Count:
        return self._counts(lambda one: "Together")[0] if self.affected else Count("Together")

    @property
    def by_manufacturer(self) -> list[Count]:
        return self._counts(lambda one: one.whose)

    @property
    def not_needed(self) -> list[Count]:
        """By device type, the entries that lose a certificate which they need not have."""
        some = [one for one in self.affected if not one.loses_what_it_needs]
        return _counted(some, lambda one: one.entry.device_type)

    @property
    def by_device_type(self) -> list[Count]:
        return self._counts(lambda one: one.entry.device_type)

    def _counts(self, name: Callable[[Affected], str]) -> list[Count]:
        return _counted(self.affected, name)

    def targets(self, some: Collection[Affected]) -> dict[int, Targets]:
        """What the devices of these entries may become, as things would be. A dozen queries at most."""
        paths = UpgradePath.objects.in_force()
        entries = [one.entry for one in some]
        return targets(entries, among=self.among, paths=paths, basis=self.rests_on, on=self.on)


def of_edition(draft: Edition, *, on: datetime.date) -> Impact:
    """What changes for whom, were the draft designated that day. Thirty queries, however many entries."""
    now = replace(basis(known=on), schedule=schedule_as_known(draft.series, on))
    schedule = schedule_as_known(draft.series, on, draft=draft)
    entries = _current(on)
    affected = _affected(entries, now, schedule, on, lambda facts: facts)
    return Impact(on, len(entries), affected, replace(now, schedule=schedule), Entry.objects.all())


def of_designated(edition: Edition, *, on: datetime.date) -> Impact:
    """What a designated edition changes for whom, against what was known on the day before its designation.

    Asked for later it says the same, but for entries that have come or gone since.
    """
    known = (timezone.localdate(edition.designated_at) if edition.designated_at else on) - A_DAY
    now = replace(basis(known=on), schedule=schedule_as_known(edition.series, known))
    schedule = schedule_as_known(edition.series, known, draft=edition)
    entries = _current(on)
    affected = _affected(entries, now, schedule, on, lambda facts: facts)
    return Impact(on, len(entries), affected, replace(now, schedule=schedule), Entry.objects.all())


def of_certificate(certificate: Certificate, *, on: datetime.date, gone_on: datetime.date) -> Impact:
    """What changes for whom, were every entry that only this certificate carries removed on a day.

    An entry that a later certificate of the same scheme carries is not among them.
    """
    now = basis(known=on)
    carried = shown(certificate.coverage.values_list("entry", flat=True), on=on)
    lost = {
        number
        for number, schemes in carried.items()
        if any(one.certificate == certificate.pk for one in schemes.values())
    }
    entries = [entry for entry in _current(on) if entry.number in lost]
    goes = Day.on(gone_on)
    affected = _affected(entries, now, now.schedule, on, lambda facts: replace(facts, removed=goes))
    needs = CertificateRequirement.objects.needs(gone_on)
    affected = tuple(
        replace(one, need=needs.get(one.entry.device_type.strip(), {}).get(certificate.scheme, ""))
        for one in affected
    )
    others = Entry.objects.exclude(number__in=lost)
    return Impact(on, len(entries), affected, now, others)


def _counted(some: Iterable[Affected], name: Callable[[Affected], str]) -> list[Count]:
    """Most entries first."""
    counts: dict[str, Count] = {}
    for one in some:
        counts.setdefault(name(one), Count(name(one))).add(one.consequence)
    return sorted(counts.values(), key=lambda count: (-count.entries, count.name))


def _current(on: datetime.date) -> list[Entry]:
    return list(Entry.objects.current(on).select_related("removal").order_by("number"))


def _affected(
    entries: Iterable[Entry],
    now: Basis,
    then: Schedule,
    on: datetime.date,
    becomes: Callable[[EntryFacts], EntryFacts],
) -> tuple[Affected, ...]:
    holders = dict(ManufacturerIdentifier.objects.values_list("code", "holder"))
    known: dict[EntryFacts, Consequence] = {}
    found = []
    for entry in entries:
        facts = _from_today(now.facts(entry), on)
        if facts not in known:
            known[facts] = consequence(Course(now.schedule, facts), Course(then, becomes(facts)), on)
        if known[facts]:
            holder, actor = holders.get(entry.manufacturer, ""), now.schedule.actor(facts)
            found.append(Affected(entry, known[facts], holder, actor, facts, becomes(facts)))
    return tuple(found)


def _from_today(facts: EntryFacts, on: datetime.date) -> EntryFacts:
    """When a Current entry was listed makes no difference from today on: all of one kind are asked once."""
    listed = facts.listed.date
    return facts if listed and listed > on else replace(facts, listed=Day.on(on), seen_on=None)
