"""The form of a draft as two colleagues use it at once, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Person
from tests.browser.test_barriers import violations
from tests.formats.ota_files import ota
from tests.house.programs import Portal

pytestmark = pytest.mark.browser
MAKER = "maker@tidewater.example"


def begin(person: Person) -> str:
    """A new draft; the path of its form."""
    person.go("/portal/").locator("form.card button.primary").click()
    person.page.wait_for_url("**/edit/")
    return "/" + person.page.url.split("/", 3)[3]


def test_the_form_saves_itself_checks_a_field_and_settles_what_two_wrote(
    browser: Browser, portal: Portal
) -> None:
    ada, ben = Person(browser, portal, MAKER), Person(browser, portal, MAKER)
    path = begin(ada)
    page = ada.page
    # A field is checked once it is left; the focus goes where the person went.
    page.get_by_label("Model identifier").fill("E1")
    page.get_by_label("Model identifier").press("Tab")
    expect(page.locator("#Device-Model-model-identifier-remarks")).to_contain_text("Found “E1”")
    expect(page.get_by_label("Hardware version", exact=True)).to_be_focused()
    expect(page.get_by_label("Model identifier")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#saved")).to_contain_text(re.compile(r"Saved \d\d:\d\d"))
    page.get_by_label("Model identifier").fill("0c0d")
    page.get_by_label("Model identifier").press("Tab")
    expect(page.get_by_label("Yes: take 0C0D")).to_be_visible()
    expect(page.get_by_label("Model identifier")).not_to_have_attribute("aria-invalid", "true")
    ada.picture("form-checked")
    # What was typed is there without a press of any button, once the pause after typing is over.
    page.wait_for_timeout(4000)
    ben.go(path)
    expect(ben.page.get_by_label("Model identifier")).to_have_value("0c0d")
    ben.page.get_by_label("Product name").fill("Estuary of Ben")
    expect(ben.page.locator("#saved")).to_contain_text("Saved")
    page.get_by_label("Product name").fill("Estuary of Ada")
    expect(page.locator("#saved")).to_contain_text("What you typed is still here")
    ada.picture("form-saved-by-another")
    page.locator(".actions button[value=save]").click()
    expect(page.get_by_role("heading", name="Two versions")).to_be_visible()
    ada.picture("form-merge")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert not violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.get_by_label("Estuary of Ada").check()
    page.get_by_role("button", name="Save these values").click()
    expect(page.get_by_label("Product name")).to_have_value("Estuary of Ada")
    # A firmware file in place of typing.
    page.locator("#firmware-file").set_input_files(
        {"name": "t1.ota", "mimeType": "application/octet-stream", "buffer": ota()}
    )
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_label("Manufacturer identifier", exact=True)).to_have_value("FFF0")
    expect(page.get_by_label("Model identifier: 0c0d")).not_to_be_checked()
    ada.picture("form-firmware-file")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert not violations(page)
    page.get_by_label("Hardware version and revision").select_option("01.03")
    page.locator(".actions button[value=save]").click()
    expect(page.get_by_label("Hardware revision")).to_have_value("03")


def test_the_form_works_without_scripts(browser: Browser, portal: Portal) -> None:
    person = Person(browser, portal, MAKER)
    path = begin(person)
    plain = browser.new_context(java_script_enabled=False, viewport={"width": 375, "height": 800})
    plain.add_cookies(person.page.context.cookies())
    page = plain.new_page()
    page.goto(person.address + path)
    page.get_by_label("Product name").fill("Estuary")
    page.locator(".actions button[value=save]").click()
    expect(page.get_by_text("Saved as a draft.")).to_be_visible()
    expect(page.get_by_label("Product name")).to_have_value("Estuary")


def test_receipts_and_ways_put_up_no_barrier(browser: Browser, portal: Portal) -> None:
    person = Person(browser, portal, MAKER)
    for path, name in (
        ("/portal/", "desk"),
        ("/portal/?sort=-submitted&status=submitted", "desk-sorted"),
        ("/portal/submissions/1/", "submission"),
        ("/portal/submissions/1/receipt/", "receipt"),
        ("/entries/000679/", "entry-for-a-member"),
    ):
        page = person.go(path)
        person.picture(name)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert not violations(page), path
        page.set_viewport_size({"width": 375, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, path
        page.set_viewport_size({"width": 1280, "height": 900})
