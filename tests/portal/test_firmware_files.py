"""An OTA file in place of typing: what it fills in, what it asks about, and that it is kept nowhere."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cpl import fields as f
from cpl.models import Submission
from cpl.portal import firmware_file
from tests.formats.ota_files import IMAGE, digest, ota
from tests.portal.conftest import edit_of, make_draft

ONE = (0x0102, 0x0102)
HARDWARE = (f.HARDWARE_VERSION.name, f.HARDWARE_REVISION.name)


def read(client: Client, draft: Submission, content: bytes, **typed: str) -> str:
    file = SimpleUploadedFile("t1.ota", content)
    answer = client.post(edit_of(draft), {"do": "firmware", **typed, firmware_file.FIELD: file})
    draft.refresh_from_db()
    assert answer.status_code == 200
    return answer.content.decode()


def test_empty_fields_are_filled_in(making: Client, maker: User) -> None:
    draft = make_draft(maker)
    page = read(making, draft, ota(hardware=ONE))
    assert draft.answers == {
        f.MANUFACTURER.name: "FFF0",
        f.MODEL.name: "001A",
        f.FIRMWARE.name: "01020A03",
        f.IMAGE_HASH.name: digest(IMAGE),
        HARDWARE[0]: "01",
        HARDWARE[1]: "02",
    }
    assert "Filled in: Manufacturer identifier, Model identifier" in page
    assert "not signed" in page


def test_what_stands_there_otherwise_is_asked_about(making: Client, maker: User) -> None:
    draft = make_draft(maker)
    page = read(making, draft, ota(hardware=ONE), **{f.MODEL.name: "0C0D", f.FIRMWARE.name: "01020A03"})
    assert draft.answers[f.MODEL.name] == "0C0D"
    assert f'name="take:{f.MODEL.name}" value="001A"' in page
    assert f'name="take:{f.FIRMWARE.name}"' not in page
    making.post(edit_of(draft), {"do": "save", **draft.answers, f"take:{f.MODEL.name}": "001A"})
    draft.refresh_from_db()
    assert draft.answers[f.MODEL.name] == "001A"


def test_of_a_range_of_hardware_one_is_chosen(making: Client, maker: User) -> None:
    draft = make_draft(maker)
    page = read(making, draft, ota())
    assert "01.00 to 01.05" in page
    assert page.count("<option>01.0") == 6
    assert HARDWARE[0] not in draft.answers
    making.post(edit_of(draft), {"do": "save", **draft.answers, "take-hardware": "01.03"})
    draft.refresh_from_db()
    assert [draft.answers[name] for name in HARDWARE] == ["01", "03"]


def test_of_a_long_range_the_ends_are_offered(making: Client, maker: User) -> None:
    page = read(making, make_draft(maker), ota(hardware=(0x0000, 0xFFFF)))
    assert page.count("<option>") == 2


@pytest.mark.parametrize("content", [b"", b"no OTA file", ota()[:40], b"%PDF-1.4"])
def test_what_is_no_such_file_is_refused_at_its_field_and_the_answers_are_kept(
    making: Client, maker: User, content: bytes
) -> None:
    draft = make_draft(maker)
    page = read(making, draft, content, **{f.MODEL.name: "0C0D"})
    assert '<a href="#firmware-file">' in page
    assert "O-file" in page
    assert draft.answers == {f.MODEL.name: "0C0D"}


def test_no_file_chosen_is_told(making: Client, maker: User) -> None:
    page = making.post(edit_of(make_draft(maker)), {"do": "firmware"}).content
    assert b"Choose the OTA file first." in page


def test_a_file_above_the_limit_is_not_read(
    making: Client, maker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firmware_file, "LIMIT", 100)
    monkeypatch.setattr(firmware_file, "read_ota", lambda data: pytest.fail("it was read"))
    assert "at most" in read(making, make_draft(maker), ota())


def test_neither_a_good_nor_a_bad_file_stays_on_the_disk(
    making: Client, maker: User, settings: object, tmp_path: Path
) -> None:
    kept = Path(settings.DATA_DIR)  # type: ignore[attr-defined]
    before = {path for path in kept.rglob("*") if path.is_file() and ".sqlite" not in path.name}
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)  # type: ignore[attr-defined]
    # So small a limit streams every file to the disk first.
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10  # type: ignore[attr-defined]
    draft = make_draft(maker)
    for content in (ota(), b"no OTA file at all"):
        read(making, draft, content)
        assert list(tmp_path.iterdir()) == []
    after = {path for path in kept.rglob("*") if path.is_file() and ".sqlite" not in path.name}
    assert after == before
    assert not draft.evidence.exists()
