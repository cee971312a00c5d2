"""Reads a manufacturer's OTA upgrade file: what its header says, and the hash of the Manufacturer Image.

The Zigbee OTA header is little-endian: 56 octets, then what its field control announces (one octet of
security credential version, eight of destination, four of lowest and highest hardware version; 60 octets in
all with the last alone). The Manufacturer Image follows, and after it, once a Supplier has signed, a block
of 66 octets: one, then 40 hexadecimal (the length), then a signature of 64. The hash is over the
Manufacturer Image alone.

A wrong hash on the list keeps devices from being upgraded, so whatever does not add up is refused, not
guessed.
"""

import struct
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from cpl.formats.problems import UnreadableFile

MAGIC = 0x0BEEF11E
HEADER_VERSION = 0x0100
_FIXED = struct.Struct("<IHHHHHIH32sI")
FIXED_LENGTH = _FIXED.size  # 56
# Bits of the field control, with the octets that each adds to the header, in this order.
CREDENTIAL, DESTINATION, HARDWARE = 0b001, 0b010, 0b100
OPTIONAL = ((CREDENTIAL, 1), (DESTINATION, 8), (HARDWARE, 4))
# From FFC0 on, an image type means credentials, configuration or logs; FFFF as manufacturer means any.
LAST_IMAGE_TYPE = 0xFFBF
ANY_MANUFACTURER = 0xFFFF
SIGNATURE = 64
BLOCK = 1 + 1 + SIGNATURE
UPGRADE_IMAGE_TAG = 0x0000
LARGEST = 64 * 2**20
SEND = "Choose the OTA file (.ota, .zigbee) as the build produced it."


@dataclass(frozen=True)
class OtaImage:
    """What the file says, in canonical form. Hardware: version and revision run together, or nothing.

    `size` is that of the Manufacturer Image in octets. `hash_if_unsigned` is given where the signature is
    known by its form alone: the hash if these last 66 octets should belong to the image after all.
    """

    manufacturer: str
    model: str
    hardware_minimum: str
    hardware_maximum: str
    firmware: str
    image_hash: str
    header_string: str
    size: int
    signed: bool
    hash_if_unsigned: str = ""


class _Header(NamedTuple):
    magic: int
    version: int
    length: int
    control: int
    manufacturer: int
    image_type: int
    file_version: int
    stack: int
    string: bytes
    total: int


def read_ota(data: bytes) -> OtaImage:
    """Read an OTA upgrade file from its bytes. Raises UnreadableFile with what does not add up."""
    header = _header(data)
    lowest, highest = _hardware(data, header)
    content = memoryview(data)[header.length :]
    signed, certain = _is_signed(data, header)
    image = content[:-BLOCK] if signed else content
    if not image:
        raise UnreadableFile("The file has a header, but no Manufacturer Image after it. " + SEND)
    _check_no_elements(image)
    return OtaImage(
        manufacturer=f"{header.manufacturer:04X}",
        model=f"{header.image_type:04X}",
        hardware_minimum=lowest,
        hardware_maximum=highest,
        firmware=f"{header.file_version:08X}",
        image_hash=sha256(image).hexdigest().upper(),
        header_string=_text(header.string),
        size=len(image),
        signed=signed,
        hash_if_unsigned="" if certain or not signed else sha256(content).hexdigest().upper(),
    )


def _header(data: bytes) -> _Header:
    if len(data) > LARGEST:
        raise UnreadableFile(f"The file has {len(data):,} octets; at most {LARGEST:,} are read.")
    magic = MAGIC.to_bytes(4, "little")
    if data[:4] == magic[::-1]:
        raise UnreadableFile("The octets of this OTA file stand in reverse order (big-endian). " + SEND)
    if data[:4] != magic:
        raise UnreadableFile(
            f"This is not an OTA upgrade file: it begins with {data[:4].hex().upper() or 'nothing'}, "
            f"not with {magic.hex().upper()}. If it is the bare image, take the file with its OTA "
            f"header. {SEND}"
        )
    if len(data) < FIXED_LENGTH:
        raise UnreadableFile(f"The OTA header breaks off after {len(data)} octets. {SEND}")
    header = _Header(*_FIXED.unpack_from(data))
    _check(header, len(data))
    return header


def _check(header: _Header, octets: int) -> None:
    if header.version != HEADER_VERSION:
        raise UnreadableFile(
            f"The OTA header has version {header.version:04X}; only {HEADER_VERSION:04X} is known. {SEND}"
        )
    if header.control & ~(CREDENTIAL | DESTINATION | HARDWARE):
        raise UnreadableFile(
            f"The OTA header announces unknown fields (field control {header.control:04X}). {SEND}"
        )
    length = FIXED_LENGTH + sum(size for bit, size in OPTIONAL if header.control & bit)
    if header.length != length:
        raise UnreadableFile(
            f"The OTA header says that it has {header.length} octets, but its fields come to {length} (field "
            f"control {header.control:04X}). {SEND}"
        )
    if octets < length:
        raise UnreadableFile(f"The OTA header breaks off after {octets} octets of {length}. {SEND}")
    if header.manufacturer == ANY_MANUFACTURER:
        raise UnreadableFile("The OTA header names no manufacturer: FFFF stands for any. " + SEND)
    if header.image_type > LAST_IMAGE_TYPE:
        raise UnreadableFile(
            f"Image type {header.image_type:04X} is not firmware: from FFC0 on these are credentials, "
            "configuration and logs. " + SEND
        )


def _hardware(data: bytes, header: _Header) -> tuple[str, str]:
    """Lowest and highest hardware version; they are the last fields of the header."""
    if not header.control & HARDWARE:
        return "", ""
    lowest, highest = struct.unpack_from("<HH", data, header.length - 4)
    if lowest > highest:
        raise UnreadableFile(
            f"The lowest hardware version {lowest:04X} lies above the highest {highest:04X}. {SEND}"
        )
    return f"{lowest:04X}", f"{highest:04X}"


def _is_signed(data: bytes, header: _Header) -> tuple[bool, bool]:
    """Whether the file ends in a signature block, and whether that is certain.

    The header's total size may count the block or not, and may count it before the Supplier has added it:
    these two are certain. Where header and file agree, only the block's form tells, which one image in 256
    has by chance.
    """
    counted = header.total - len(data)
    looks_signed = len(data) - header.length >= BLOCK and data[-SIGNATURE - 1] == SIGNATURE
    if counted == BLOCK:
        return False, True
    if counted == -BLOCK and looks_signed:
        return True, True
    if counted:
        how = "The file is cut off" if counted > 0 else "Something was added to the file"
        raise UnreadableFile(
            f"The OTA header says that the file has {header.total:,} octets; it has {len(data):,}. "
            f"{how}. {SEND}"
        )
    return looks_signed, False


def _check_no_elements(image: memoryview) -> None:
    """Other Zigbee files wrap the image in elements; whether a hash over these is meant, nothing says."""
    if len(image) < 6:
        return
    tag, length = struct.unpack_from("<HI", image)
    if tag == UPGRADE_IMAGE_TAG and length == len(image) - 6:
        raise UnreadableFile(
            "The image in this file is wrapped in a Zigbee element (tag 0000), which OTA files for "
            "the DCC are not: "
            "which octets the hash is over is not certain. Type the hash of the Manufacturer Image instead."
        )


def _text(string: bytes) -> str:
    """The header's own words, without what cannot be shown."""
    text = string.split(b"\x00", 1)[0].decode("utf-8", errors="replace")
    return "".join(letter for letter in text if letter.isprintable()).strip()
