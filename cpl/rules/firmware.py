"""The Manufacturer Image, and what looks odd about a firmware beside earlier entries (warnings)."""

from collections.abc import Iterator

from cpl import fields as f
from cpl.formats.hexes import is_canonical
from cpl.rules.case import Case, ListedFacts
from cpl.rules.problem import Level
from cpl.rules.registry import Finding, rule

BANDS = ("Single Band (2.4 GHz)", "Single Band (Sub-GHz)", "Dual Band")


@rule("I-both", Level.REFUSE, "form, rows 24 and 25 (column D)", field=(f.IMAGE_CREATOR, f.IMAGE_HASH))
def both(case: Case) -> Iterator[Finding]:
    """Give the image's creator and its hash, or neither: {label} is missing."""
    creator, image = case.get(f.IMAGE_CREATOR), case.get(f.IMAGE_HASH)
    if bool(creator) != bool(image):
        yield Finding(f.IMAGE_HASH if creator else f.IMAGE_CREATOR, "", "both or neither")


@rule("I-descriptor", Level.WARN, "form, row 26 (column D)", field=f.IMAGE_DESCRIPTOR)
def descriptor(case: Case) -> Iterator[Finding]:
    """The image descriptor should say whether this is a whole image or a fragment, and the Zigbee band."""
    if case.get(f.IMAGE_HASH) and not case.get(f.IMAGE_DESCRIPTOR):
        yield Finding(f.IMAGE_DESCRIPTOR, "", "the image and its band")


@rule("I-alone", Level.WARN, "form, row 24 (column D)", field=f.IMAGE_DESCRIPTOR)
def descriptor_alone(case: Case) -> Iterator[Finding]:
    """An image descriptor is given without an image. Give the image's creator and hash too, or leave it
    empty."""
    said = case.get(f.IMAGE_DESCRIPTOR)
    if said and case.lacks(f.IMAGE_HASH, f.IMAGE_CREATOR):
        yield Finding(f.IMAGE_DESCRIPTOR, said, "creator, hash and descriptor, or none of them")


@rule("I-band", Level.WARN, "form, row 26 (columns D and F)", field=f.IMAGE_DESCRIPTOR)
def band(case: Case) -> Iterator[Finding]:
    """The image descriptor should name the Zigbee band as the form writes it: {expected}."""
    said = case.get(f.IMAGE_DESCRIPTOR)
    if said and not any(_close(band) in _close(said) for band in BANDS):
        yield Finding(f.IMAGE_DESCRIPTOR, said, "; ".join(BANDS))


@rule("W-hash-elsewhere", Level.WARN, "form, row 25", field=f.IMAGE_HASH)
def hash_elsewhere(case: Case) -> Iterator[Finding]:
    """Another firmware has the same image hash: {entries}. Make sure that the hash is of this image."""
    others = [entry for entry in case.facts.same_hash if entry.device[-1] != case.get(f.FIRMWARE)]
    yield from _against(case, others, "a hash of its own")


@rule("W-hash-in-file", Level.WARN, "form, row 25", field=f.IMAGE_HASH)
def hash_in_file(case: Case) -> Iterator[Finding]:
    """Another firmware of this file has the same image hash: {row}. Make sure that the hash is of this
    image."""
    if row := case.facts.image_in_file:
        yield Finding(f.IMAGE_HASH, case.get(f.IMAGE_HASH), "a hash of its own", {"row": row})


@rule("W-other-hash", Level.WARN, "form, row 25", field=f.IMAGE_HASH)
def other_hash(case: Case) -> Iterator[Finding]:
    """The same model and firmware stands on the list with another image hash: {entries}. Make sure which is
    right."""
    given = case.get(f.IMAGE_HASH)
    listed = [entry for entry in case.facts.same_firmware if entry.image_hash not in ("", given)]
    # A wrong hash is what an entry is replaced for.
    kept = [entry for entry in listed if given and entry.number not in case.numbers(f.REPLACES)]
    yield from _against(case, kept, "one hash for one firmware")


@rule("W-firmware-digits", Level.WARN, "form, row 14", field=f.FIRMWARE)
def firmware_digits(case: Case) -> Iterator[Finding]:
    """Firmware {found} has no letter, while earlier entries of this manufacturer do, such as {expected}. Make
    sure that it is hexadecimal and not decimal digits."""
    lettered = case.facts.lettered_firmware
    if lettered and case.get(f.FIRMWARE).isdecimal():
        yield Finding(f.FIRMWARE, case.get(f.FIRMWARE), lettered)


@rule("W-firmware-lower", Level.WARN, "form, row 14", field=f.FIRMWARE)
def firmware_lower(case: Case) -> Iterator[Finding]:
    """Firmware {found} is lower than {expected}, which entry {entry} has on the same hardware. Make sure that
    no digits were mistaken."""
    given = case.get(f.FIRMWARE)
    # A firmware that is listed already is no slip of the hand.
    known = any(entry.device[1:] == case.device[1:] for entry in case.facts.same_firmware)
    if known or not is_canonical(given, f.FIRMWARE.limit):
        return
    replaced = case.numbers(f.REPLACES)
    highest = next((entry for entry in case.facts.same_hardware if entry.number not in replaced), None)
    # Fixed length and upper case: text compares as numbers do.
    if highest and highest.device[-1] > given:
        yield Finding(f.FIRMWARE, given, highest.device[-1], {"entry": highest.named})


@rule("W-manufacturer-new", Level.WARN, "form, row 10 (column C)", field=f.MANUFACTURER)
def manufacturer_new(case: Case) -> Iterator[Finding]:
    """Manufacturer identifier {found} is not on record. Make sure who holds it before this is approved."""
    if case.get(f.MANUFACTURER) and not case.facts.manufacturer_holder:
        yield Finding(f.MANUFACTURER, case.get(f.MANUFACTURER), "an identifier on record")


@rule("W-manufacturer-other", Level.WARN, "form, row 10 (column C)", field=f.MANUFACTURER)
def manufacturer_other(case: Case) -> Iterator[Finding]:
    """Manufacturer identifier {found} is held by {holder}, not by the submitter. Make sure that the submitter
    may speak for it."""
    # SMETS1 entries are always submitted for somebody else: by the DCC.
    holder = "" if case.is_smets1 else case.facts.manufacturer_holder
    if holder and not case.facts.manufacturer_is_own:
        yield Finding(
            f.MANUFACTURER, case.get(f.MANUFACTURER), "an identifier of one's own", {"holder": holder}
        )


def _close(text: str) -> str:
    """`Single Band (2.4GHz)` is near enough to the form's own spelling."""
    return "".join(text.split()).casefold()


def _against(case: Case, others: list[ListedFacts], expected: str) -> Iterator[Finding]:
    if others and case.get(f.IMAGE_HASH):
        named = ", ".join(f"entry {entry.named}" for entry in others[:5])
        more = f" and {len(others) - 5} more" if len(others) > 5 else ""
        yield Finding(f.IMAGE_HASH, case.get(f.IMAGE_HASH), expected, {"entries": named + more})
