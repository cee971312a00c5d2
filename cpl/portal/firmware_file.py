"""An OTA upgrade file in place of typing: what it says fills the form. The file itself is kept nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from cpl import fields as f
from cpl.fields import Field
from cpl.formats.ota import OtaImage, read_ota
from cpl.formats.problems import UnreadableFile
from cpl.rules.problem import Level, Problem

FIELD = "firmware-file"
LIMIT = 25 * 2**20
EXPECTED = "a Zigbee OTA upgrade file, as it is sent to devices"
# More hardware versions than this are not offered one by one.
MOST = 64
CHOICE = "take-hardware"


@dataclass(frozen=True)
class Offer:
    """A field that says something else than the file."""

    field: Field
    here: str
    in_file: str


@dataclass(frozen=True)
class FirmwareFile:
    """What a file said: what it filled in, what differs, and the hardware to choose from."""

    name: str
    image: OtaImage
    filled_in: dict[str, str]
    offers: list[Offer]
    hardware: list[str]

    @property
    def labels(self) -> list[str]:
        return [f.BY_NAME[name].label for name in self.filled_in]

    @property
    def range(self) -> str:
        """The hardware that the image is for: `01.00 to 01.05`; nothing where it names one or none."""
        lowest, highest = self.image.hardware_minimum, self.image.hardware_maximum
        return f"{_dotted(lowest)} to {_dotted(highest)}" if lowest and lowest != highest else ""


def read(request: HttpRequest, answers: Mapping[str, str]) -> FirmwareFile | Problem:
    """Reads the file that came with the form, and drops it; a problem where it is none."""
    file = request.FILES.get(FIELD)
    name = (file.name or "file")[-200:] if file else ""
    try:
        image = read_ota(_content(file))
    except UnreadableFile as error:
        return Problem(FIELD, "O-file", Level.REFUSE, name, EXPECTED, str(error))
    finally:
        if file:
            # A large one was streamed to a temporary file, which goes with this.
            file.close()
    return _beside(name, image, answers)


def taken(request: HttpRequest) -> dict[str, str]:
    """What the person has ticked to be taken from the file, by field name."""
    found = {
        asked.name: value[:200]
        for asked in (f.MANUFACTURER, f.MODEL, f.FIRMWARE, f.IMAGE_HASH, *_HARDWARE)
        if (value := request.POST.get(f"take:{asked.name}", ""))
    }
    version, dot, revision = request.POST.get(CHOICE, "")[:10].partition(".")
    if dot:
        found |= {f.HARDWARE_VERSION.name: version, f.HARDWARE_REVISION.name: revision}
    return found


_HARDWARE = (f.HARDWARE_VERSION, f.HARDWARE_REVISION)


def _content(file: UploadedFile | None) -> bytes:
    if file is None or not file.size:
        raise UnreadableFile("Choose the OTA file first. An empty file cannot be read.")
    if file.size > LIMIT:
        raise UnreadableFile(
            f"The file has {file.size / 2**20:.0f} MB; at most {LIMIT // 2**20} MB are read."
        )
    return file.read()


def _beside(name: str, image: OtaImage, answers: Mapping[str, str]) -> FirmwareFile:
    """What the file says beside what stands in the form: empty fields are filled, others asked about."""
    said = _said(image)
    filled_in = {field.name: value for field, value in said.items() if not answers.get(field.name)}
    offers = [
        Offer(field, answers[field.name], value)
        for field, value in said.items()
        if answers.get(field.name) and answers[field.name] != value
    ]
    hardware = _choices(image)
    stands = ".".join(answers.get(field.name, "") for field in _HARDWARE)
    return FirmwareFile(name, image, filled_in, offers, [] if stands in hardware else hardware)


def _said(image: OtaImage) -> dict[Field, str]:
    said = {
        f.MANUFACTURER: image.manufacturer,
        f.MODEL: image.model,
        f.FIRMWARE: image.firmware,
        f.IMAGE_HASH: image.image_hash,
    }
    if image.hardware_minimum and image.hardware_minimum == image.hardware_maximum:
        said[f.HARDWARE_VERSION] = image.hardware_minimum[:2]
        said[f.HARDWARE_REVISION] = image.hardware_minimum[2:]
    return said


def _choices(image: OtaImage) -> list[str]:
    """Each hardware version from lowest to highest; of a long range its ends."""
    lowest, highest = image.hardware_minimum, image.hardware_maximum
    if not lowest or lowest == highest:
        return []
    first, last = int(lowest, 16), int(highest, 16)
    numbers = range(first, last + 1) if last - first < MOST else (first, last)
    return [_dotted(f"{number:04X}") for number in numbers]


def _dotted(hardware: str) -> str:
    return f"{hardware[:2]}.{hardware[2:]}"
