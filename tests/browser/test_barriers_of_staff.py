"""No page of the admin is a barrier as far as axe can tell (WCAG 2.2 A and AA): light and dark, wide and
narrow."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.admin_pages import ACTS, LOOKED_AT
from tests.browser.conftest import PICTURES, Person
from tests.browser.making_pages import ROOT as SOMEBODY
from tests.house.programs import ROOT, Portal

pytestmark = pytest.mark.browser
# Without `resultTypes` all that was found to be right is sent over, too.
STANDARD = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}
# What another colour scheme and another width can do to a page that is without fault.
ELSEWHERE = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]},
    "resultTypes": ["violations"],
}
# Of a long table the first rows speak for all: to measure each of them would take minutes.
WHERE = {"exclude": [["tbody tr:nth-child(n+5)"], ["#changelist-filter li:nth-child(n+5)"]]}
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 800}
SEEN = (("light", DESK, STANDARD), ("dark", PHONE, ELSEWHERE))


@pytest.fixture(scope="module")
def keys(portal: Portal) -> dict[str, object]:
    password = (portal.folder / "sample-password").read_text()
    env = {**portal.env, "DJANGO_SETTINGS_MODULE": "sec_portal.settings"}
    command = [sys.executable, "-m", "tests.browser.making_pages", password]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    made: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return made


def pages(person: Person, keys: dict[str, object]) -> Iterator[str]:
    """Goes to one after the other, and says which it is at."""
    for address in LOOKED_AT:
        path = address.format(**keys)
        person.go(path)
        yield path
    for place, action in ACTS:
        page = person.go(place)
        page.locator("input[name=_selected_action]").first.check()
        page.locator("select[name=action]").select_option(action)
        page.get_by_role("button", name="Go", exact=True).click()
        page.wait_for_load_state()
        yield f"{place} {action}"
    for place, file in (
        (keys["draft"], "applicability/edition/{}/rows/validities"),
        (0, "cpl/party/rows/parties"),
    ):
        page = person.go(f"/admin/{file.format(place)}/import/")
        rows = page.request.get(f"{person.address}/admin/{file.format(place)}.csv").body()
        page.locator("input[type=file]").set_input_files(
            {"name": "rows.csv", "mimeType": "text/csv", "buffer": rows}
        )
        page.locator("#content form button, #content form input[type=submit]").first.click()
        page.wait_for_load_state()
        yield f"{file} import, previewed"


def test_axe_finds_no_violation_on_any_page_of_staff(
    browser: Browser, portal: Portal, keys: dict[str, object]
) -> None:
    person = Person(browser, portal, SOMEBODY)
    wrong: dict[str, list[str]] = {}
    for place in pages(person, keys):
        assert not person.errors, place
        if found := list(faults(person.page, place)):
            wrong[place] = found
        # What axe itself does to the page while it measures is no error of the page's.
        person.errors.clear()
    assert not wrong, json.dumps(wrong, indent=1)


def faults(page: Page, place: str) -> Iterator[str]:
    for scheme, size, rules in SEEN:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for one in Axe().run(page, context=WHERE, options=rules).response["violations"]:
            for node in one["nodes"]:
                yield f"{scheme}, {size['width']}: {one['id']} ({one['help']}): {node['html'][:160]}"
        if (width := page.evaluate("document.documentElement.scrollWidth")) > size["width"]:
            yield f"{width} wide on {size['width']}"
        picture(page, place, f"{scheme}-{size['width']}")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]


def picture(page: Page, place: str, what: str) -> None:
    if PICTURES:
        name = "".join(letter if letter.isalnum() else "-" for letter in place.strip("/"))[:80]
        page.screenshot(path=str(Path(PICTURES) / f"{name}-{what}.png"), full_page=True)
