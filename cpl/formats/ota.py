"""Stands in until the reader of OTA files is here: overwrite it."""

from dataclasses import dataclass

from cpl.formats.problems import UnreadableFile


@dataclass(frozen=True)
class OtaImage:
    manufacturer: str
    model: str
    hardware_minimum: str
    hardware_maximum: str
    firmware: str
    image_hash: str
    header_string: str
    size: int
    signed: bool


def read_ota(data: bytes) -> OtaImage:
    raise UnreadableFile("This cannot be read yet.")
