"""No page puts a barrier in anybody's way as far as axe can tell (WCAG 2.2 A and AA), or breaks at 375 px.

Those of the admin are in `test_barriers_of_staff.py`.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Person
from tests.house.programs import Portal

pytestmark = pytest.mark.browser
STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PAGES = {
    "": [
        "/", "/?q=e470", "/?q=nothing+like+it", "/entries/000007/", "/entries/000679/", "/releases/",
        "/releases/2.051/", "/applicability/", "/applicability/deadlines/dcc/",
        "/applicability/deadlines/suppliers/", "/applicability/windows/", "/applicability/windows/example/",
        "/applicability/example/1/",
        "/applicability/statutory/1/changes/?since=1", "/rules/", "/check/", "/account/login/",
        "/entries/000679/timeline/", "/applicability/timelines/", "/applicability/calendars/",
        "/applicability/timelines/specifications/smets/",
    ],
    "maker@tidewater.example": [
        "/portal/", "/portal/upload/", "/portal/uploads/", "/portal/entries/", "/portal/submissions/1/",
        "/portal/submissions/3/edit/", "/portal/certificates/",
        "/portal/certificates/find?scheme=CPA&q=14",
        "/portal/programs/", "/portal/inbox/", "/portal/subscriptions/",
    ],
}  # fmt: skip


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=STANDARD).response["violations"]
    return [f"{one['id']} ({one['help']}): {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("email", PAGES)
def test_axe_finds_no_violation(browser: Browser, portal: Portal, email: str, scheme: str) -> None:
    person = Person(browser, portal, email)
    person.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    found = {}
    for path in PAGES[email]:
        page = person.go(path)
        assert not person.errors
        if wrong := violations(page):
            found[path] = wrong
        # What axe itself does to the page while it measures is no error of the page's.
        person.errors.clear()
    assert not found


@pytest.mark.parametrize("email", PAGES)
def test_no_page_is_wider_than_a_phone(browser: Browser, portal: Portal, email: str) -> None:
    person = Person(browser, portal, email)
    person.page.set_viewport_size({"width": 375, "height": 800})
    wide = {}
    for path in PAGES[email]:
        width = person.go(path).evaluate("document.documentElement.scrollWidth")
        if width > 375:
            wide[path] = width
    assert not wide
