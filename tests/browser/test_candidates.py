"""An officer and certificates that ended: the list, keeping, proposing, the day before, the dossier."""

import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PICTURES, Person
from tests.browser.test_barriers import violations
from tests.house.programs import Portal

pytestmark = pytest.mark.browser


def looked_at(person: Person, name: str) -> None:
    """A picture at both widths, nothing in anybody's way, and no wider than a phone."""
    assert not person.errors
    assert not violations(person.page), name
    person.errors.clear()
    person.picture(name)
    person.page.set_viewport_size({"width": 375, "height": 900})
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 375, name
    person.page.set_viewport_size({"width": 1280, "height": 900})


def test_an_officer_decides_what_ended(browser: Browser, portal: Portal) -> None:
    officer = Person(browser, portal, "officer@panel.example")
    page = officer.go("/admin/cpl/candidates/")
    looked_at(officer, "candidates")
    boxes = page.locator("input[name=_selected_action]")
    assert boxes.count() >= 3
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.locator("select[name=action]").select_option("keep")
    page.get_by_role("button", name="Go", exact=True).click()
    page.get_by_label("Why they are kept").fill("The manufacturer has applied for a renewal.")
    looked_at(officer, "keep")
    page.get_by_label("To be looked at again on").fill("2020-01-01")
    page.get_by_role("button", name="Keep").click()
    assert "must be after today" in page.content()
    looked_at(officer, "keep-refused")
    page.get_by_label("To be looked at again on").fill("2099-01-01")
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("body")).to_contain_text("kept until 1 January 2099", timeout=15_000)
    page.goto(page.url.split("?")[0] + "?state=due")
    page.locator("input[name=_selected_action]").nth(0).check()
    page.locator("select[name=action]").select_option("remove")
    page.get_by_role("button", name="Go", exact=True).click()
    looked_at(officer, "propose")
    page.get_by_label("Reference", exact=True).fill("Panel paper 7/3")
    page.get_by_role("button", name="Propose").click()
    assert "waits for a second officer" in page.content()
    officer.go("/admin/cpl/candidate/?state=raised")
    assert page.locator("input[name=_selected_action]").count() >= 1
    looked_at(officer, "raised")


def test_certificates_entries_parties_and_the_dossier_are_read(browser: Browser, portal: Portal) -> None:
    officer = Person(browser, portal, "second.officer@panel.example")
    page = officer.go("/admin/cpl/certificate/?state=past&scheme=CPA")
    looked_at(officer, "certificates")
    page.locator("#result_list tbody th a").first.click()
    page.wait_for_load_state()
    looked_at(officer, "certificate")
    here = page.url.split("?")[0].removeprefix(officer.address)
    officer.go(f"{here}?on=2022-09-21")
    looked_at(officer, "certificate-then")
    officer.go("/admin/cpl/entry/679/change/?on=2022-09-20")
    looked_at(officer, "entry-then")
    officer.go("/admin/cpl/party/1/change/?on=2020-01-01")
    looked_at(officer, "party-then")
    officer.go("/admin/cpl/party/1/history/")
    looked_at(officer, "history")
    content = page.request.get(f"{officer.address}/admin/cpl/entry/679/dossier.zip").body()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        html = book.read("dossier.html").decode()
    place = Path(PICTURES or portal.folder) / "dossier.html"
    place.write_text(html)
    page.goto(place.as_uri())
    looked_at(officer, "dossier")
