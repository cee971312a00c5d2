"""The whole way of a device on the real list, in a real browser, each role signed in."""

import io
import subprocess
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from cpl.formats.published import read_published
from tests.browser.conftest import Person
from tests.house.programs import Portal, manage, until
from tests.make import make_answers
from tests.papers import make_pdf
from tests.real_list import WORKBOOK

pytestmark = pytest.mark.browser
MAKER, OFFICER, SECOND = "maker@tidewater.example", "officer@panel.example", "second.officer@panel.example"
CERTIFICATE = make_pdf()
DEVICE_TYPES = {
    "Communications Hub", "Gas Smart Meter", "HAN Connected Auxiliary Load Control Switch",
    "Polyphase Electricity Metering Equipment", "Pre-Payment Interface Device",
    "Single Element Electricity Metering Equipment", "Twin Element Electricity Metering Equipment",
}  # fmt: skip


def filled_in_sheet(**changes: str) -> bytes:
    """The official sheet with answers in column G, found by the labels in A and B."""
    answers = make_answers(cpa_id="[R] 20261101-7701", **changes)
    book = openpyxl.load_workbook(WORKBOOK)
    sheet = book["CPL - New Entry"]
    for row in range(9, 40):
        name = f"{sheet.cell(row, 1).value}.{sheet.cell(row, 2).value}"
        sheet.cell(row, 7).value = answers.get(name, "")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_from_a_mistaken_sheet_to_a_published_release(
    browser: Browser, portal: Portal, tmp_path: Path
) -> None:
    visitor, maker = Person(browser, portal), Person(browser, portal, MAKER)
    reference = submit_by_sheet(maker, tmp_path)
    approve(Person(browser, portal, OFFICER), reference, "it is entry 000733")
    # Others are written to as well, of certificates that end; which is sent first is left open.
    until(lambda: any(reference in mail for mail in mails(portal)), portal)
    remove_and_renew(Person(browser, portal, OFFICER), Person(browser, portal, SECOND))
    publish(Person(browser, portal, SECOND))
    look_at_the_list(visitor)
    download(visitor, tmp_path)
    verified = manage(portal.env, "verify_register")
    assert verified.returncode == 0, verified.stdout


def submit_by_sheet(maker: Person, folder: Path) -> str:
    """Uploads a sheet with a lost leading zero, puts it right on the page, adds certificates, submits."""
    page = maker.go("/portal/")
    maker.picture("portal")
    page.get_by_role("link", name="Upload the official sheet").click()
    (folder / "new entry.xlsx").write_bytes(filled_in_sheet(hardware_version="1"))
    page.locator("input[type=file]").set_input_files(folder / "new entry.xlsx")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("leading zeros").first).to_be_visible()
    maker.picture("portal-problems")
    page.get_by_label("Hardware version", exact=True).fill("01")
    page.get_by_label("Product name").fill("Tidewater Estuary 200 Electricity Meter")
    page.get_by_label("May be upgraded to this firmware from").fill("none")
    for what in ("CPA", "DLMS", "Zigbee"):
        (folder / f"{what}.pdf").write_bytes(CERTIFICATE + what.encode())
        page.get_by_label(f"Add: {what} certificate").set_input_files(folder / f"{what}.pdf")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("CPA.pdf").first).to_be_visible()
    maker.picture("portal-checked")
    page.locator("button.primary[value=submit]").click()
    expect(page.get_by_text("Submitted").first).to_be_visible()
    maker.picture("portal-submitted")
    return f"S-{int(page.url.split('/submissions/')[1].split('/')[0]):06}"


def approve(officer: Person, reference: str, told: str) -> None:
    page = officer.go("/admin/cpl/submission/?status__exact=submitted")
    officer.picture("admin-queue")
    page.get_by_role("link", name=reference).click()
    expect(page.get_by_role("heading", name=reference)).to_be_visible()
    officer.picture("admin-review")
    for box in page.locator("input[name=acknowledged]").all():
        box.check()
    for field in page.locator("input[name^='why:']").all():
        field.fill("Looked at.")
    page.locator("button[name=verb][value=approve]").click()
    expect(page.get_by_text(told)).to_be_visible()


def remove_and_renew(officer: Person, second: Person) -> None:
    """One officer proposes, the other approves: a removal, and a certificate that carries many entries."""
    page = officer.go("/admin/cpl/submission/raise/removal/?Entries.numbers=000001")
    page.get_by_label("Ground").select_option("ssc_decision")
    page.get_by_label("Reason, as it will be published").fill("Decided in meeting 7.")
    page.get_by_label("Decided by").fill("Security Sub-Committee")
    page.get_by_label("Reference").fill("SSC 7/3")
    for label in ("Decision date", "Effective date"):
        page.get_by_label(label).fill("20/11/2026")
    officer.picture("admin-propose-removal")
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_text("waits for a second officer")).to_be_visible()
    page = officer.go("/admin/cpl/certificate/?q=3917")
    page.locator("input[name=_selected_action]").first.check()
    page.get_by_label("Action:").select_option("renew")
    page.get_by_role("button", name="Go").click()
    page.get_by_label("Certificate", exact=True).fill("[R] NCSC-SAMPLE-4001")
    page.get_by_label("Expiry or renewal date").fill("30/08/2027")
    page.get_by_label("Reference").fill("Letter 9")
    (officer.folder / "renewed.pdf").write_bytes(CERTIFICATE)
    page.get_by_label("CPA certificate", exact=True).set_input_files(officer.folder / "renewed.pdf")
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_text("waits for a second officer")).to_be_visible()
    for kind in ("removal", "renewal"):
        page = second.go(f"/admin/cpl/submission/?status__exact=submitted&kind__exact={kind}")
        reference = page.locator("#result_list tbody th a").first.inner_text()
        approve(second, reference, f"{reference} is approved")


def publish(publisher: Person) -> None:
    page = publisher.go("/admin/cpl/release/publish/")
    expect(page.get_by_text("000733 - Tidewater Estuary 200 Electricity Meter")).to_be_visible()
    publisher.picture("admin-publish")
    page.get_by_role("button", name="Publish release 2.052").click()
    expect(page.get_by_text("Release 2.052 is published")).to_be_visible()


def look_at_the_list(visitor: Person) -> None:
    page = visitor.go("/")
    visitor.picture("list")
    for key in ("0A:0B:0C:0D", "0A0B0C0D", "7A01", "733", "Estuary 200"):
        page = visitor.go("/")
        page.get_by_role("searchbox").first.fill(key)
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="000733")).to_be_visible()
    page.get_by_role("link", name="000733").click()
    expect(page.get_by_text("[R] 20261101-7701").first).to_be_visible()
    visitor.picture("entry")
    page = visitor.go("/entries/000001/")
    expect(page.get_by_text("Removed").first).to_be_visible()
    for path, name in (
        ("/releases/", "releases"),
        ("/releases/2.052/", "release"),
        ("/applicability/", "tables"),
    ):
        visitor.go(path)
        visitor.picture(name)
    assert not visitor.errors


def download(visitor: Person, folder: Path) -> None:
    """What a supplier's program reads, and the signature as openssl sees it."""
    for name in ("cpl.xlsx", "manifest.json", "manifest.sig"):
        answer = visitor.page.request.get(f"{visitor.address}/releases/latest/{name}")
        (folder / name).write_bytes(answer.body())
    (folder / "key.pem").write_bytes(visitor.page.request.get(f"{visitor.address}/releases/key.pem").body())
    listing = read_published((folder / "cpl.xlsx").read_bytes(), DEVICE_TYPES)
    by_number = {entry.number: entry for entry in listing.entries}
    assert (listing.version, len(by_number)) == ("2.052", 730)
    assert (by_number[733].firmware, by_number[733].status) == ("0A0B0C0D", "Current")
    assert by_number[1].status == "Removed"
    assert by_number[3].cpa.identifier == "[R] NCSC-SAMPLE-4001"
    command = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in manifest.json -sigfile manifest.sig"
    assert subprocess.run(command.split(), cwd=folder, check=False).returncode == 0


def mails(portal: Portal) -> list[str]:
    """What the worker sent so far."""
    return [path.read_text() for path in (portal.folder / "mail").glob("*")]
