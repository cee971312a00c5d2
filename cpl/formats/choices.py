"""The values that a new entry may choose, as the form lists them: rows that staff keep, handed in."""

from dataclasses import dataclass

from cpl import fields

STATUSES = ("Current", "Removed")


@dataclass(frozen=True)
class Choices:
    """One tuple per field of choice, in the form's order; the defaults are those of edition 2.051."""

    device_types: tuple[str, ...] = (
        "Communications Hub",
        "Gas Smart Meter",
        "HAN Connected Auxiliary Load Control Switch",
        "Polyphase Electricity Metering Equipment",
        "Pre-Payment Interface Device",
        "Single Element Electricity Metering Equipment",
        "Twin Element Electricity Metering Equipment",
    )
    ts_versions: tuple[str, ...] = (
        *("CHTS V1.0", "CHTS V1.1", "CHTS V1.3", "CHTS V1.4", "CHTS V1.5"),
        *("SMETS V1.2", "SMETS V2.0", "SMETS V3.1", "SMETS V4.2", "SMETS V4.3", "SMETS V4.4"),
        *("SMETS V5.0", "SMETS V5.1"),
    )
    gbcs_versions: tuple[str, ...] = tuple(
        f"GBCS Version {version}" for version in ("0.0", "1.1", "2.0", "2.1", "3.2", "4.0", "4.1")
    )
    security_characteristics: tuple[str, ...] = (
        "Not Relevant",
        "Security Characteristics version 1.2",
        "Security Characteristics version 1.3",
    )
    dlms_versions: tuple[str, ...] = ("CTT 3.1", "CTT 4.0", "CTT 4.1", "CTT 4.2")
    zse_versions: tuple[str, ...] = tuple(
        f"ZigBee Smart Energy Standard {version}" for version in ("1.2a", "1.2b", "1.4")
    )

    @property
    def by_field(self) -> dict[str, tuple[str, ...]]:
        return {
            fields.DEVICE_TYPE.name: self.device_types,
            fields.TS_VERSION.name: self.ts_versions,
            fields.GBCS_VERSION.name: self.gbcs_versions,
            fields.CPA_SECURITY.name: self.security_characteristics,
            fields.DLMS_VERSION.name: self.dlms_versions,
            fields.ZSE_VERSION.name: self.zse_versions,
        }

    def written_into(self, text: str, field_name: str) -> str:
        """A guidance text with `{choices}` replaced, as the form writes it: a dash and a line each."""
        values = STATUSES if field_name == fields.ENTRY_STATUS.name else self.by_field.get(field_name, ())
        lines = "".join(f" - {value}\r\n" for value in values)
        return text.replace("{choices}", f"Must be one of :\r\n{lines}")


OFFICIAL = Choices()
