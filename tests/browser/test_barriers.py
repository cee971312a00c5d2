"""No page puts a barrier in anybody's way as far as axe can tell (WCAG 2.2 A and AA), or breaks at 375 px."""

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
    "second.officer@panel.example": [
        "/admin/cpl/submission/", "/admin/cpl/submission/1/change/", "/admin/cpl/submission/raise/removal/",
        "/admin/cpl/submission/raise/renewal/", "/admin/cpl/release/publish/",
        "/admin/applicability/edition/", "/admin/applicability/edition/1/change/", "/admin/cpl/certificate/",
        "/admin/cpl/entry/", "/admin/notifications/message/", "/admin/notifications/letterwords/",
        "/admin/notifications/letterwords/add/?kind=certificate", "/admin/notifications/bounce/",
        "/admin/notifications/letterwords/preview/?kind=certificate",
        "/admin/cpl/candidate/", "/admin/cpl/candidate/?state=kept", "/admin/cpl/certificate/?state=past",
        "/admin/cpl/entry/679/change/", "/admin/cpl/entry/679/change/?on=2022-09-20", "/admin/cpl/keeping/",
        "/admin/", "/admin/cpl/entry/export/", "/admin/cpl/entry/679/history/", "/admin/cpl/job/",
        "/admin/cpl/party/", "/admin/cpl/release/", "/admin/cpl/removal/", "/admin/cpl/listimport/",
        "/admin/cpl/removalground/1/change/", "/admin/notifications/notice/", "/admin/notifications/run/",
    ],
    "admin@panel.example": [
        "/admin/", "/admin/cpl/party/", "/admin/cpl/party/add/", "/admin/cpl/party/1/change/",
        "/admin/cpl/party/1/history/", "/admin/cpl/party/rows/parties/import/",
        "/admin/cpl/party/rows/contacts/import/", "/admin/cpl/manufactureridentifier/add/",
        "/admin/auth/user/", "/admin/auth/user/add/", "/admin/cpl/removalground/1/change/",
        "/admin/applicability/devicetype/1/change/",
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
