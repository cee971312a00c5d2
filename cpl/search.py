"""The search of the list: one box, a few filters and an order, all of it in the address."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

from django.db.models import Q

from cpl.fields import SMETS1_GBCS, SMETS1_TS
from cpl.models import CURRENT, REMOVED, ManufacturerIdentifier
from cpl.models.entries import EntryQuerySet

SMETS1 = Q(technical_specification=SMETS1_TS, gbcs_version=SMETS1_GBCS)
ORDERS = {
    "number": ("number",),
    "status": ("status_on_day", "number"),
    "type": ("device_type", "number"),
    "manufacturer": ("manufacturer", "model", "hardware_version", "hardware_revision", "firmware", "number"),
    "model": ("model", "hardware_version", "hardware_revision", "number"),
    "firmware": ("firmware", "number"),
    "ts": ("technical_specification", "number"),
    "gbcs": ("gbcs_version", "number"),
    "product": ("product_name", "number"),
}
LONGEST = 200
MOST_WORDS = 10


@dataclass(frozen=True)
class Search:
    """What was asked for. Every value is text out of the address, and an empty one asks for nothing."""

    q: str = ""
    type: str = ""
    ts: str = ""
    gbcs: str = ""
    status: str = ""
    manufacturer: str = ""
    certified: str = ""
    sort: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """From an address; what makes no sense in it is left out."""
        asked = {name: _clean(query.get(name, "")) for name in cls.__dataclass_fields__}
        if asked["status"] not in (CURRENT, REMOVED):
            asked["status"] = ""
        if asked["sort"].removeprefix("-") not in ORDERS:
            asked["sort"] = ""
        return cls(**asked)

    @property
    def parameters(self) -> dict[str, str]:
        """For an address that asks for the same."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def narrows(self) -> bool:
        return bool(self.parameters.keys() - {"sort"})

    def among(self, entries: EntryQuerySet) -> EntryQuerySet:
        """The entries that match, in order. They want their `status_on_day` (`with_status`)."""
        exact = {
            "device_type": self.type,
            "technical_specification": self.ts,
            "gbcs_version": self.gbcs,
            "manufacturer": self.manufacturer.upper(),
            "status_on_day": CURRENT if self.certified else self.status,
        }
        found = entries.filter(**{column: value for column, value in exact.items() if value})
        if self.certified:
            found = found.exclude(SMETS1)
        for word in _words(self.q):
            found = found.filter(_matches(word))
        return found.order_by(*self._order())

    def _order(self) -> list[str]:
        columns = ORDERS[self.sort.removeprefix("-") or "number"]
        return [f"-{column}" for column in columns] if self.sort.startswith("-") else list(columns)


def _clean(text: str) -> str:
    # PostgreSQL takes no NUL in a text.
    return text.replace("\x00", "")[:LONGEST].strip()


def _words(text: str) -> list[str]:
    """The words of the box; octets written apart (`12 40 74 DA`) are one word."""
    words = text.split()[:MOST_WORDS]
    if len(words) > 1 and all(re.fullmatch(r"[0-9A-Fa-f]{2}", word) for word in words):
        return ["".join(words)]
    return words


def _matches(word: str) -> Q:
    """One word in whichever field it stands: number, manufacturer, model, firmware, hash, names."""
    holders = ManufacturerIdentifier.objects.filter(holder__icontains=word).values("code")
    found = Q(product_name__icontains=word) | Q(manufacturer__in=holders) | Q(image_creator__icontains=word)
    if re.fullmatch(r"[0-9]{1,6}", word):
        found |= Q(number=int(word))
    digits = re.sub(r"^0[xX]|[:.-]", "", word).upper()
    return found | _by_hex(digits) if re.fullmatch(r"[0-9A-F]{2,64}", digits) else found


def _by_hex(digits: str) -> Q:
    """The beginning of an identifier, or several of them run together as suppliers' files do."""
    length = len(digits)
    found = Q(image_hash=digits) if length == 64 else Q()
    if length <= 4:
        found |= Q(manufacturer__startswith=digits) | Q(model__startswith=digits)
    if length <= 8:
        found |= Q(firmware__startswith=digits)
    if length in (6, 8):
        found |= _run_together(digits, "model", "hardware_version", "hardware_revision")
    if length in (8, 12, 20):
        found |= _run_together(
            digits, "manufacturer", "model", "hardware_version", "hardware_revision", "firmware"
        )
    return found


WIDTHS = {"manufacturer": 4, "model": 4, "hardware_version": 2, "hardware_revision": 2, "firmware": 8}


def _run_together(digits: str, *columns: str) -> Q:
    """Equal to these columns one after another, as far as there are digits."""
    found = Q()
    for column in columns:
        part, digits = digits[: WIDTHS[column]], digits[WIDTHS[column] :]
        if part:
            found &= Q(**{column: part})
    return found
