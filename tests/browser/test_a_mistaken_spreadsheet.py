"""A mistaken spreadsheet becomes clean submissions, in a real browser; a stranger checks it before."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cpl import fields as f
from tests.browser.conftest import Person
from tests.browser.test_barriers import violations
from tests.house.programs import Portal
from tests.make import make_answers
from tests.papers import make_pdf
from tests.portal.device_files import as_xlsx

pytestmark = pytest.mark.browser
MAKER, OFFICER = "maker@tidewater.example", "officer@panel.example"
ROWS = 12


def mistaken_workbook() -> bytes:
    """Twelve devices: zeros that a spreadsheet ate, wrong values, colons, a device named twice."""
    rows: list[dict[str, object]] = [
        dict(
            make_answers(
                model="0E10", firmware=f"0D00{place:04X}", image_hash=f"{place + 7:064X}",
                cpa_id="[R] 20261101-7702", dlms_id="7702", zse_id="ZIG26TMI77020-24",
            )
        )
        for place in range(ROWS)
    ]  # fmt: skip
    rows[1][f.HARDWARE_VERSION.name] = 1  # was 01
    rows[2][f.FIRMWARE.name] = 5e12  # was 05E12...
    rows[3][f.FIRMWARE.name] = "0d:00:00:03"
    rows[4][f.FIRMWARE.name] = "0x0D000004"
    for place in (5, 6, 7):
        rows[place][f.GBCS_VERSION.name] = "GBCS 4.1"
    rows[8][f.CPA_DATE.name] = "31/02/2031"
    rows[10] = dict(rows[9])
    return as_xlsx(rows)


def look(person: Person, name: str) -> None:
    """A picture for people; for axe the page in both schemes, and at the width of a phone."""
    person.picture(name)
    for scheme in ("light", "dark"):
        person.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert not violations(person.page), name
    person.page.emulate_media(color_scheme="light")
    person.page.set_viewport_size({"width": 375, "height": 800})
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 375, name
    person.page.set_viewport_size({"width": 1280, "height": 900})


def row(page: Page, number: int) -> Locator:
    return page.locator("article.row").filter(has=page.get_by_role("link", name=f"Row {number}", exact=True))


def test_from_a_mistaken_spreadsheet_to_clean_submissions(
    browser: Browser, portal: Portal, tmp_path: Path
) -> None:
    file = tmp_path / "spring meters.xlsx"
    file.write_bytes(mistaken_workbook())
    check_as_a_stranger(Person(browser, portal), file)
    maker = Person(browser, portal, MAKER)
    page = maker.go("/portal/upload/")
    look(maker, "upload")
    page.get_by_label("Files").set_input_files(file)
    page.get_by_role("button", name="Upload and check").click()
    # A worker checks it; the page comes by itself.
    expect(page.get_by_role("heading", name="Problems by sort")).to_be_visible(timeout=60_000)
    address = page.url.split("#")[0]
    assert figure(page, "Rows") == ROWS
    assert figure(page, "Refused") == 7
    look(maker, "upload-problems")
    put_right(maker)
    look(maker, "upload-put-right")
    take(maker, address)
    attach(maker, tmp_path)
    submit(maker, address)
    seen_by_an_officer(Person(browser, portal, OFFICER))
    assert not maker.errors


def figure(page: Page, label: str) -> int:
    words = page.locator("#figures a").filter(has_text=label).first.inner_text()
    found = re.search(r"\d+", words)
    assert found
    return int(found[0])


def check_as_a_stranger(visitor: Person, file: Path) -> None:
    page = visitor.go("/check/")
    look(visitor, "check")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("31/02/2031").first).to_be_visible()
    expect(page.get_by_text("Nothing of the file was kept.")).to_be_visible()
    look(visitor, "check-found")
    page.get_by_label("File", exact=True).set_input_files(file)
    with page.expect_download() as download:
        page.get_by_role("button", name="report as XLSX").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def put_right(maker: Person) -> None:
    """Cell by cell in place; the same value once for all rows."""
    page = maker.page
    page.locator("#figures").get_by_role("link", name="Refused").click()
    expect(page).to_have_url(re.compile("show=refused"))
    # Before its script is there, a form is sent as forms are; the page then comes back whole.
    page.wait_for_load_state()
    hardware = row(page, 3).get_by_label("Hardware version")
    hardware.fill("01")
    hardware.press("Enter")
    expect(row(page, 3).get_by_text("Row 3 is good now.")).to_be_visible()
    # The focus is where the person was, and the numbers follow.
    page.wait_for_function("document.activeElement.closest('article')?.id === 'row-1'", timeout=5_000)
    expect(page.locator("#figures a").filter(has_text="Refused")).to_contain_text("6")
    row(page, 4).get_by_label("Firmware version").fill("0D00000")
    row(page, 4).get_by_role("button", name="Save and check").click()
    expect(row(page, 4).get_by_text("1 left to put right")).to_be_visible()
    row(page, 4).get_by_label("Firmware version").fill("0D000002")
    row(page, 4).get_by_role("button", name="Save and check").click()
    expect(row(page, 4).get_by_text("Row 4 is good now.")).to_be_visible()
    row(page, 10).get_by_label("CPA expiry or renewal date").fill("28/02/2031")
    row(page, 10).get_by_role("button", name="Save and check").click()
    expect(row(page, 10).get_by_text("Row 10 is good now.")).to_be_visible()
    row(page, 7).get_by_label("GBCS version").select_option("GBCS Version 4.1")
    row(page, 7).get_by_role("button", name="Change it in every row").click()
    expect(page.get_by_text("Put right in 3 rows.")).to_be_visible()


def take(maker: Person, address: str) -> None:
    """What was read differently is confirmed; the good rows are taken, the device named twice is left."""
    page = maker.go(address.removeprefix(maker.address))
    page.get_by_label("I have looked at these").check()
    page.get_by_role("button", name="Confirm").click()
    expect(
        page.get_by_text("what is read differently is what you mean").or_(
            page.get_by_text("was confirmed on")
        )
    ).to_be_visible()
    page.get_by_label("good rows").check()
    page.get_by_role("button", name="Take the rows").click()
    expect(page.get_by_role("heading", name="Submissions made of it")).to_be_visible()


def attach(maker: Person, folder: Path) -> None:
    page = maker.page
    for scheme, identifier in (("CPA", "20261101-7702"), ("DLMS", "7702"), ("Zigbee", "ZIG26TMI77020-24")):
        path = folder / f"{scheme} {identifier}.pdf"
        path.write_bytes(make_pdf())
        page.get_by_label(f"File of {scheme} certificate {identifier}").set_input_files(path)
        page.get_by_role("button", name=f"Attach to all that name {identifier}").click()
        expect(page.get_by_text(f"{path.name} is attached to")).to_be_visible()
    look(maker, "upload-certificates")


def submit(maker: Person, address: str) -> None:
    page = maker.page
    page.get_by_role("button", name="Submit all").click()
    expect(page.get_by_text(re.compile(r"^\d+ submitted\.")).first).to_be_visible(timeout=60_000)
    look(maker, "upload-submitted")
    maker.go("/portal/uploads/")
    look(maker, "uploads")
    maker.go(address.removeprefix(maker.address) + "rows/10/")
    look(maker, "upload-row")


def seen_by_an_officer(officer: Person) -> None:
    page = officer.go("/admin/cpl/submission/?status__exact=submitted&q=0D000001")
    expect(page.locator("#result_list tbody tr").first).to_be_visible()
