from random import Random

import pytest

from cpl.formats.ota import LARGEST, OtaImage, read_ota
from cpl.formats.problems import UnreadableFile
from tests.formats.ota_files import BLOCK, IMAGE, digest, ota


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_ota(data)
    return caught.value.message


def test_an_unsigned_file_says_what_the_form_asks() -> None:
    assert read_ota(ota()) == OtaImage(
        manufacturer="FFF0",
        model="001A",
        hardware_minimum="0100",
        hardware_maximum="0105",
        firmware="01020A03",
        image_hash=digest(IMAGE),
        header_string="Tidewater T1",
        size=len(IMAGE),
        signed=False,
    )


def test_the_header_with_a_range_of_hardware_has_sixty_octets() -> None:
    assert ota().index(IMAGE) == 60
    assert ota()[:4].hex() == "1ef1ee0b"


def test_a_signature_is_no_part_of_the_image_and_the_other_reading_is_told() -> None:
    image = read_ota(ota(block=BLOCK))
    assert (image.signed, image.image_hash, image.size) == (True, digest(IMAGE), len(IMAGE))
    assert image.hash_if_unsigned == digest(IMAGE + BLOCK)


def test_a_header_that_counts_a_signature_to_come_makes_the_file_certainly_unsigned() -> None:
    # The image happens to end as a signature block does.
    image = read_ota(ota(IMAGE + BLOCK, total=60 + len(IMAGE) + 2 * len(BLOCK)))
    assert (image.signed, image.image_hash, image.hash_if_unsigned) == (False, digest(IMAGE + BLOCK), "")


def test_a_header_that_does_not_count_the_signature_makes_it_certain() -> None:
    image = read_ota(ota(block=BLOCK, total=60 + len(IMAGE)))
    assert (image.signed, image.image_hash, image.hash_if_unsigned) == (True, digest(IMAGE), "")


@pytest.mark.parametrize("size", [1, 5, 6, 7, 64, 65, 66, 67, 131, 132])
def test_the_smallest_images_are_read_signed_and_unsigned(size: int) -> None:
    image = b"\xaa" * size
    assert read_ota(ota(image)).image_hash == digest(image)
    signed = read_ota(ota(image, BLOCK))
    assert (signed.signed, signed.image_hash, signed.size) == (True, digest(image), size)


@pytest.mark.parametrize("further", [0, 1, 2, 3])
@pytest.mark.parametrize("hardware", [None, (0, 0), (0xFFFF, 0xFFFF), (0x005E, 0x0A00)])
def test_the_optional_fields_move_the_image(further: int, hardware: tuple[int, int] | None) -> None:
    image = read_ota(ota(block=BLOCK, further=further, hardware=hardware))
    assert image.image_hash == digest(IMAGE)
    expected = tuple(f"{one:04X}" for one in hardware) if hardware else ("", "")
    assert (image.hardware_minimum, image.hardware_maximum) == expected


@pytest.mark.parametrize("value", [0, 0xFFBF])
def test_image_types_up_to_the_last_of_firmware_are_read(value: int) -> None:
    assert read_ota(ota(image_type=value)).model == f"{value:04X}"


@pytest.mark.parametrize(
    ("string", "shown"),
    [
        (b"x" * 32, "x" * 32),
        (b"", ""),
        (b"a\x00secret", "a"),
        (b"\xff\x07\x1b[31m", "\ufffd[31m"),
        ("Łódź".encode(), "Łódź"),
    ],
)
def test_the_words_of_the_header_are_safe_to_show(string: bytes, shown: str) -> None:
    assert read_ota(ota(string=string)).header_string == shown


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "begins with nothing"),
        (IMAGE, "not an OTA upgrade file"),
        (b"\x0b\xee\xf1\x1e" + bytes(60), "reverse order"),
        (ota()[:55], "breaks off after 55"),
        (ota()[:58], "breaks off after 58 octets of 60"),
        (ota(b""), "no Manufacturer Image"),
        (ota(b"", BLOCK), "no Manufacturer Image"),
        (ota(version=0x0200), "version 0200"),
        (ota(control=0x0014), "field control 0014"),
        (ota(length=56), "says that it has 56 octets"),
        (ota(length=64), "come to 60"),
        (ota(length=0), "says that it has 0"),
        (ota(length=65535), "come to 60"),
        (ota(hardware=(0x0200, 0x0100)), "above the highest"),
        (ota(manufacturer=0xFFFF), "names no manufacturer"),
        (ota(image_type=0xFFC0), "not firmware"),
        (ota(total=0), "Something was added"),
        (ota(total=len(IMAGE)), "Something was added"),
        (ota(total=0xFFFFFFFF), "cut off"),
        (ota()[:-1], "cut off"),
        (ota() + b"\x00", "Something was added"),
        (ota() + bytes(66), "Something was added"),
        (ota(b"\x00\x00" + len(IMAGE).to_bytes(4, "little") + IMAGE), "tag 0000"),
        (ota(b"\x00\x00" + len(IMAGE).to_bytes(4, "little") + IMAGE, BLOCK), "tag 0000"),
    ],
)
def test_what_does_not_add_up_is_refused_with_the_reason(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_a_file_too_large_is_refused_before_it_is_hashed() -> None:
    assert "at most" in refusal(ota(bytes(LARGEST)))


def test_every_cut_of_a_signed_file_is_refused_but_that_of_its_signature() -> None:
    whole = ota(block=BLOCK)
    read = []
    for size in range(len(whole)):
        try:
            read.append((size, read_ota(whole[:size]).image_hash))
        except UnreadableFile:
            continue
    assert read == [(len(whole) - len(BLOCK), digest(IMAGE))]


def test_no_change_of_an_octet_of_the_image_goes_unseen() -> None:
    random = Random(7)  # noqa: S311
    whole = ota(block=BLOCK)
    for _ in range(200):
        changed = bytearray(whole)
        changed[random.randrange(60, 60 + len(IMAGE))] ^= 1 + random.randrange(255)
        assert read_ota(bytes(changed)).image_hash != digest(IMAGE)
