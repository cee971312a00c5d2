"""What may be done with an entry: the answers on a day, when they change, and what its devices may become."""

from dataclasses import dataclass
from urllib.parse import urlencode

from applicability.changes_of_answers import Change, changes
from applicability.schedule import Part, Schedule
from applicability.tables import Actor
from applicability.windows import Version, Window, chain, windows_known
from cpl.deadlines import versions
from cpl.models import CURRENT, Entry, UpgradePath
from cpl.public.days import Days
from cpl.published import Published
from cpl.standing import Standing, basis
from cpl.targets import Replacement, Target, Targets, targets

# On the page; the list has the rest.
MOST_TARGETS = 10


@dataclass(frozen=True)
class Outlook:
    """Everything under `edition`, the tables in force on the day as which they are known; `to_come` are those
    known to follow."""

    standing: Standing
    changes: list[Change]
    targets: Targets
    actor: Actor
    edition: str
    to_come: tuple[Part, ...]
    windows: list[Window]
    chain: tuple[Version, ...]
    entry: Entry

    @property
    def unstated(self) -> tuple[Target, ...]:
        return self.targets.unstated[:MOST_TARGETS]

    @property
    def unstated_more(self) -> int:
        return len(self.targets.unstated) - len(self.unstated)

    @property
    def same_hardware(self) -> str:
        """The list's own search for the same type, manufacturer, model and hardware."""
        row = self.entry
        return urlencode(
            {
                "q": row.model_with_hardware,
                "type": row.device_type,
                "manufacturer": row.manufacturer,
                "status": CURRENT,
            }
        )

    @property
    def replacements(self) -> list[tuple[Replacement, str]]:
        """Each with the list's own search for these entries."""
        return [(one, self._search(one)) for one in self.targets.replacements]

    def _search(self, one: Replacement) -> str:
        asked = {"type": self.entry.device_type, "ts": one.technical_specification, "gbcs": one.gbcs_version}
        return urlencode({**asked, "status": CURRENT})


def outlook(row: Entry, known: Published, days: Days) -> Outlook:
    """At most twenty queries, whatever the number of editions and of paths."""
    rests_on = basis(known=days.known, serial=known.serial)
    facts = rests_on.facts(row)
    paths = known.rows(UpgradePath.objects.in_force(known.serial))
    found = targets([row], among=known.entries(), paths=paths, basis=rests_on, on=days.on)
    of_ts = {version.label: version for version in versions()}
    here = of_ts.get(row.technical_specification.strip())
    return Outlook(
        standing=rests_on.standing(row, days.on),
        changes=changes(rests_on.schedule, facts, days.first, days.last),
        targets=found[row.number],
        actor=rests_on.schedule.actor(facts),
        edition=rests_on.schedule.first.edition,
        to_come=rests_on.schedule.to_come,
        windows=_windows(row, rests_on.schedule, of_ts),
        chain=chain(here, of_ts) if here else (),
        entry=row,
    )


def _windows(row: Entry, schedule: Schedule, of_ts: dict[str, Version]) -> list[Window]:
    """Those in which devices of this entry must be updated."""
    here = (row.device_type.strip(), row.technical_specification.strip())
    return [one for one in windows_known(schedule, of_ts.values()) if (one.device_type, one.old) == here]
