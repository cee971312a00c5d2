"""An edition of the TS Applicability Tables as plain values, for answers that ask no database.

Names and labels are the form's own (`Communications Hub`, `CHTS V1.3`, `GBCS Version 3.2`); looking one up
forgives outer spaces and nothing else. Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from applicability.openness import Day


@dataclass(frozen=True)
class Actor:
    """Who must update or replace a device, in words, and the licence condition that says so."""

    name: str
    licence: str


ANYBODY = Actor("whoever is responsible for the device", "no licence condition known for this device type")


@dataclass(frozen=True)
class ValidityRow:
    """One device type and TS version: its Installation and its Maintenance Validity Period."""

    device_type: str
    ts: str
    ivp_from: Day
    ivp_to: Day
    mvp_from: Day
    mvp_to: Day

    def __str__(self) -> str:
        ivp, mvp = span(self.ivp_from, self.ivp_to), span(self.mvp_from, self.mvp_to)
        return f"{self.device_type}, {self.ts}: IVP {ivp}, MVP {mvp}"


@dataclass(frozen=True)
class PeriodRow:
    """One TS version and GBCS version: the Applicability Period."""

    ts: str
    gbcs: str
    start: Day
    end: Day

    def __str__(self) -> str:
        return f"{self.ts}, {self.gbcs}: Applicability Period {span(self.start, self.end)}"


def span(start: Day, end: Day) -> str:
    """`28 October 2018 to no end`, `unknown to 7 May 2018`."""
    return f"{start.words} to {end.words}"


@dataclass(frozen=True)
class Device:
    """What a device or an entry says of itself: type name, TS label, GBCS label."""

    device_type: str
    ts: str
    gbcs: str


@dataclass(frozen=True)
class Tables:
    """The rows of one edition, keyed by what each may stand for only once."""

    edition: str
    validities: Mapping[tuple[str, str], ValidityRow]
    periods: Mapping[tuple[str, str], PeriodRow]
    combinations: frozenset[tuple[str, str, str]]
    security_ties: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    actors: Mapping[str, Actor] = field(default_factory=lambda: MappingProxyType({}))
    companions: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(
        cls,
        edition: str,
        validities: Iterable[ValidityRow] = (),
        periods: Iterable[PeriodRow] = (),
        combinations: Iterable[tuple[str, str, str]] = (),
        security_ties: Mapping[str, frozenset[str]] | None = None,
        actors: Mapping[str, Actor] | None = None,
        companions: Mapping[str, frozenset[str]] | None = None,
    ) -> Tables:
        return cls(
            edition,
            MappingProxyType({(row.device_type, row.ts): row for row in validities}),
            MappingProxyType({(row.ts, row.gbcs): row for row in periods}),
            frozenset(combinations),
            MappingProxyType(dict(security_ties or {})),
            MappingProxyType(dict(actors or {})),
            MappingProxyType(dict(companions or {})),
        )

    @classmethod
    def none_in_force(cls) -> Tables:
        """No edition yet: every answer says that there is no row."""
        return cls.of("the register (no edition is in force)")

    def validity(self, device: Device) -> ValidityRow | None:
        return self.validities.get((device.device_type.strip(), device.ts.strip()))

    def period(self, device: Device) -> PeriodRow | None:
        return self.periods.get((device.ts.strip(), device.gbcs.strip()))

    def holds(self, device: Device) -> bool:
        key = (device.device_type.strip(), device.ts.strip(), device.gbcs.strip())
        return key in self.combinations

    def actor(self, device: Device) -> Actor:
        return self.actors.get(device.device_type.strip(), ANYBODY)

    def security_characteristics(self, gbcs: str) -> frozenset[str]:
        """The versions tied to this GBCS version; empty where this edition ties none."""
        return self.security_ties.get(gbcs.strip(), frozenset())

    def companion_versions(self, gbcs: str) -> frozenset[str]:
        """The DUIS and MMC versions that go with this GBCS version; empty where this edition names none."""
        return self.companions.get(gbcs.strip(), frozenset())
