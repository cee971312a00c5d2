"""An officer's Monday: forty submissions of the real families, in a real browser."""

import datetime
import json
import subprocess
import sys
import zoneinfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Person
from tests.browser.making_monday import SHARED
from tests.browser.test_candidates import looked_at
from tests.house.programs import ROOT, Portal

pytestmark = pytest.mark.browser
MAKER, OFFICER, SECOND = "maker@tidewater.example", "officer@panel.example", "second.officer@panel.example"
LONDON = zoneinfo.ZoneInfo("Europe/London")
QUEUE = "/admin/cpl/submission/?status__exact=submitted"


def forty(portal: Portal) -> dict[str, list[int]]:
    env = {**portal.env, "DJANGO_SETTINGS_MODULE": "sec_portal.settings"}
    command = [sys.executable, "-m", "tests.browser.making_monday"]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    made: dict[str, list[int]] = json.loads(done.stdout.splitlines()[-1])
    assert (len(made["family"]), len(made["others"])) == (20, 20), made
    return made


def review(pk: int) -> str:
    return f"/admin/cpl/submission/{pk}/change/"


def give_reasons(page: Page, words: str) -> None:
    for box in page.locator("input[name=acknowledged]").all():
        box.check()
    for field in page.locator("input[name^='why:']").all():
        field.fill(words)


def test_forty_are_decided(browser: Browser, portal: Portal) -> None:
    made = forty(portal)
    officer, second = Person(browser, portal, OFFICER), Person(browser, portal, SECOND)
    officer.go("/admin/")
    looked_at(officer, "monday-first-page")
    walk_the_queue(officer, made["others"])
    return_and_read_the_answer(officer, Person(browser, portal, MAKER), made["others"][0])
    refuse_and_note(officer, made["others"][1])
    approve_twenty(officer, second, made["family"])
    withdraw_and_decide(officer, second)


def press(page: Page, verb: str) -> None:
    page.locator(f"button[name=verb][value={verb}]").click()


def walk_the_queue(officer: Person, others: list[int]) -> None:
    page = officer.go(QUEUE)
    assert page.locator("#result_list tbody tr").count() >= 40
    looked_at(officer, "monday-queue")
    for pk in others[2:5]:
        page.locator(f"input[name=_selected_action][value='{pk}']").check()
    page.locator("select[name=action]").select_option("assign_to_me")
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.get_by_text("3 assigned to Orla Finch")).to_be_visible()
    officer.go(f"/admin/cpl/submission/assign/?chosen={others[5]},{others[6]}")
    looked_at(officer, "monday-assign")
    officer.go(review(others[0]))
    looked_at(officer, "monday-review")
    page.keyboard.press("?")
    expect(page.get_by_text("next and previous in the queue")).to_be_visible()
    here = page.url
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != here)
    page.keyboard.press("k")
    page.wait_for_url(lambda url: f"/{others[0]}/" in url)
    page.keyboard.press("n")
    page.keyboard.type("jkarx")
    assert f"/{others[0]}/" in page.url
    assert page.locator("#words-note").input_value() == "jkarx"
    page.locator("#words-note").fill("")


def return_and_read_the_answer(officer: Person, maker: Person, pk: int) -> None:
    page = officer.go(review(pk))
    page.locator("h1").click()
    page.keyboard.press("r")
    name = "Manufacturer_Image.descriptor"
    page.get_by_text("Other fields").or_(page.get_by_text("Single fields")).first.click()
    page.locator(f"input[name=field][value='{name}']").check()
    page.locator(f"[name='say:{name}']").fill("Say which band the image is for.")
    looked_at(officer, "monday-return")
    press(page, "return")
    expect(page.get_by_text("is returned").first).to_be_visible()
    theirs = maker.go(f"/portal/submissions/{pk}/edit/")
    expect(theirs.get_by_text("The Panel: Say which band the image is for.")).to_be_visible()
    maker.picture("monday-returned-to-the-maker")
    theirs.get_by_label("Image descriptor").fill("Whole image; Single Band (868 MHz)")
    theirs.locator("button.primary[value=submit]").click()
    expect(theirs.get_by_text("has been submitted")).to_be_visible()
    officer.go(review(pk))
    expect(page.get_by_role("heading", name="Changed since the round before")).to_be_visible()
    looked_at(officer, "monday-answered")


def refuse_and_note(officer: Person, pk: int) -> None:
    page = officer.go(review(pk))
    page.locator("#words-note").fill("The laboratory knows nothing of it.")
    press(page, "note")
    expect(page.get_by_text("Your note is kept")).to_be_visible()
    page.locator("summary[data-key=x]").click()
    page.locator("#ground").select_option("unconfirmed")
    page.locator("#words-refuse").fill("The laboratory does not confirm it.")
    press(page, "refuse")
    expect(page.get_by_text("is refused").first).to_be_visible()


def approve_twenty(officer: Person, second: Person, family: list[int]) -> None:
    page = officer.go(review(family[0]))
    expect(page.get_by_text("19 other submissions name the same certificate")).to_be_visible()
    page.get_by_role("link", name="Look at all of them together").click()
    expect(page.get_by_text("These can be approved today (20)")).to_be_visible()
    give_reasons(page, "One range, one certificate; compared with the maker's table.")
    looked_at(officer, "monday-family")
    # While the first officer reads, the second puts one on hold.
    other = second.go(review(family[4]))
    other.locator("summary[data-key=h]").click()
    other.locator("#words-hold").fill("The laboratory is asked.")
    press(other, "hold")
    expect(other.get_by_text("is on hold.").first).to_be_visible()
    page.get_by_role("button", name="Approve those ticked").click()
    officer.picture("monday-progress")
    expect(page.get_by_text("18 approved, 2 not.")).to_be_visible(timeout=120_000)
    expect(page.get_by_text("is on hold. Release it first.").first).to_be_visible()
    looked_at(officer, "monday-family-done")
    officer.go(QUEUE)
    looked_at(officer, "monday-queue-afterwards")


def withdraw_and_decide(officer: Person, second: Person) -> None:
    """The certificate of the eighteen is withdrawn; one entry is kept, the others are removed."""
    page = officer.go("/admin/cpl/submission/raise/withdrawal/")
    page.get_by_label("Scheme", exact=True).select_option("CPA")
    page.get_by_label("Certificate", exact=True).fill(SHARED)
    page.get_by_label("Withdrawn or cancelled", exact=True).select_option("withdrawn")
    page.get_by_label("On", exact=True).fill(f"{datetime.datetime.now(tz=LONDON).date():%d/%m/%Y}")
    page.get_by_label("Reference", exact=True).fill("Letter 11")
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_text("waits for a second officer").first).to_be_visible()
    approve_latest(second, "withdrawal")
    page = officer.go("/admin/cpl/candidate/?state=due&cause=withdrawn")
    assert page.locator("input[name=_selected_action]").count() == 18
    looked_at(officer, "monday-candidates")
    page.locator("input[name=_selected_action]").nth(0).check()
    page.locator("select[name=action]").select_option("keep")
    page.get_by_role("button", name="Go", exact=True).click()
    page.get_by_label("Why they are kept").fill("Its successor is on its way.")
    page.get_by_label("To be looked at again on").fill("2099-01-01")
    page.get_by_role("button", name="Keep").click()
    page = officer.go("/admin/cpl/candidate/?state=due&cause=withdrawn")
    for box in page.locator("input[name=_selected_action]").all():
        box.check()
    page.locator("select[name=action]").select_option("remove")
    page.get_by_role("button", name="Go", exact=True).click()
    page.get_by_label("Reference", exact=True).fill("Panel paper 7/4")
    looked_at(officer, "monday-propose")
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_text("waits for a second officer").first).to_be_visible()
    approve_latest(second, "removal")
    officer.go("/admin/cpl/candidate/?state=due&cause=withdrawn")
    assert page.locator("input[name=_selected_action]").count() == 0


def approve_latest(second: Person, kind: str) -> None:
    page = second.go(f"{QUEUE}&kind__exact={kind}")
    page.locator("#result_list tbody th a").last.click()
    looked_at(second, f"monday-{kind}")
    give_reasons(page, "Read.")
    press(page, "approve")
    expect(page.get_by_text("is approved").first).to_be_visible()
