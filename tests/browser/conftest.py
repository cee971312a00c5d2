"""A portal that runs as `make run` runs it, with the real list in it, and people at their browsers."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.house.programs import Portal, environment, manage
from tests.real_list import WORKBOOK

# Where pictures of the pages go, for people to look at.
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample people and the real list; each module works on a copy of its own."""
    if not WORKBOOK.exists():
        pytest.skip(f"the real list is not beside this checkout ({WORKBOOK})")
    folder = tmp_path_factory.mktemp("founded")
    env = environment(folder, STAFF_MFA="0")
    for words in (
        ["migrate", "--verbosity", "0"],
        ["collectstatic", "--noinput", "--verbosity", "0"],
        ["load_sample"],
        ["import_cpl", str(WORKBOOK)],
    ):
        done = manage(env, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def portal(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("portal") / "data"
    shutil.copytree(founded, folder)
    running = Portal(folder, environment(folder, STAFF_MFA="0"))
    try:
        running.start()
        yield running
    finally:
        running.end()


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, browser: Browser, portal: Portal, email: str = "") -> None:
        self.page: Page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        self.address, self.folder = f"http://127.0.0.1:{portal.port}", portal.folder
        # A page that breaks in the browser breaks the test.
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        # A search that is left behind by the next one is no error, though htmx says so.
        self.page.on(
            "console",
            lambda m: self.errors.append(m.text) if m.type == "error" and "htmx:" not in m.text else None,
        )
        if email:
            self._sign_in(email)

    def _sign_in(self, email: str) -> None:
        self.go("/account/login/")
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password").fill((self.folder / "sample-password").read_text())
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_load_state()
        assert "/login" not in self.page.url, self.page.content()

    def go(self, path: str) -> Page:
        response = self.page.goto(self.address + path)
        assert response and response.status == 200, f"{path}: {response and response.status}"
        return self.page

    def picture(self, name: str) -> None:
        """The page at desk and at phone width, if anybody asked for pictures."""
        if not PICTURES:
            return
        for width in (1280, 375):
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)
        self.page.set_viewport_size({"width": 1280, "height": 900})
