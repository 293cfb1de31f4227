"""A real Chromium, and everything that is checked on each page it shows."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    Response,
    ViewportSize,
    expect,
    sync_playwright,
)

from cem.local import assets, commands
from cem.local.engines import Engines
from cem.local.home import ROOT
from cem.local.testing import find_browser
from teams.models import User
from tests.personas import PASSWORD
from tests.processes import Installation

PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1440, height=900)
PATIENCE = 60_000
"""Milliseconds: on a machine that is busy nothing is wrong before."""
# A page lives shorter than it takes to make its scripts fast: a fifth of the work.
SHORT_LIVED_SCRIPTS = "--js-flags=--always-sparkplug --no-maglev --no-opt"
LOCALES = {"en": "en-GB", "zh-hans": "zh-CN"}
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN_AXE = """async ([tags, withColours]) => {
  const rules = { "color-contrast": { enabled: withColours } };
  const found = await axe.run(document, { runOnly: tags, rules, resultTypes: ["violations"] });
  return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html}`));
}"""
TOO_WIDE = (
    "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`make test` leaves these out where there is no Chromium."""
    for item in items:
        if item.path.is_relative_to(ROOT / "tests" / "e2e"):
            item.add_marker(pytest.mark.browser)


@dataclass
class Person:
    """Somebody at a browser of their own, who notices what is wrong with a page."""

    page: Page
    address: str
    language: str
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on(
            "console",
            lambda said: self.wrong.append(said.text) if said.type == "error" else None,
        )

    def sign_in(self, user: User) -> None:
        """Be signed in; `sign_in_by_form` takes seconds to come to the same."""
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        session = client.cookies[name].value
        self.page.context.add_cookies(
            [{"name": name, "value": session, "url": self.address}]
        )

    def sign_in_by_form(self, user: User) -> None:
        self.open("/accounts/login/")
        self.page.fill("[name=login]", user.email)
        self.page.fill("[name=password]", PASSWORD)
        self.press("Sign in")
        self.page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def open(self, path: str) -> None:
        answer: Response | None = self.page.goto(f"{self.address}{path}")
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"

    def say(self, words: str) -> str:
        """These words in the language that the person reads."""
        with translation.override(self.language):
            said = translation.gettext(words)
        assert self.language == "en" or said != words, f"not translated: {words}"
        return said

    def press(self, words: str) -> None:
        self._click("button", words)

    def follow(self, words: str) -> None:
        self._click("link", words)

    def _click(self, role: Literal["button", "link"], words: str) -> None:
        # While a page comes, what is on it moves away from under the mouse.
        self.page.wait_for_load_state("load")
        self.page.get_by_role(role, name=self.say(words), exact=True).first.click()

    def check(self) -> None:
        """Accessible by WCAG 2.2 AA, no error in the console, nothing cut off."""
        assert self.complaints() == []

    def complaints(self) -> list[str]:
        """What is wrong with the page that is open, in the size that it has."""
        page = self.page
        page.wait_for_load_state("load")
        # A page that a script draws is there when its heading is.
        page.locator("h1").first.wait_for(state="attached")
        # What the bar on top half covers while somebody scrolls is not too small.
        page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
        # No colour depends on the language (tests/cem/test_static_files.py): that half
        # of the work is done in one of them.
        found = violations(page, with_colours=self.language == "en")
        if page.locator("html").get_attribute("lang") != self.language:
            found.append("it is in another language")
        if page.locator("h1").count() != 1:
            found.append("it has not exactly one h1")
        if page.evaluate(TOO_WIDE) > 0:
            found.append("it is wider than the window")
        if page.locator("option", has_text="-----").count():
            found.append("it offers dashes to choose")
        found += self.wrong
        self.wrong.clear()
        return [f"{page.url} at {page.viewport_size}: {what}" for what in found]

    def complaints_at_both_sizes(self) -> list[str]:
        """On a desk, then on a phone, without loading the page anew."""
        found = self.complaints()
        self.page.set_viewport_size(PHONE)
        found += self.complaints()
        self.page.set_viewport_size(DESK)
        return found


def violations(page: Page, *, with_colours: bool = True) -> list[str]:
    """What WCAG 2.2 AA has against the page that is open."""
    if not page.evaluate("'axe' in window"):
        # From its file: a browser compiles that once, words that it is sent each time.
        page.add_script_tag(url=f"/static/{AXE.name}")
    found: list[str] = page.evaluate(RUN_AXE, [WCAG_22_AA, with_colours])
    return found


@dataclass
class People:
    """Gives each person a browser window."""

    browser: Browser
    address: str
    language: str

    @contextmanager
    def at(self, size: ViewportSize, **more: Any) -> Iterator[Person]:
        context = self.browser.new_context(
            viewport=size,
            locale=LOCALES[self.language],
            reduced_motion="reduce",
            **more,
        )
        context.set_default_timeout(PATIENCE)
        try:
            yield Person(context.new_page(), self.address, self.language)
        finally:
            close(context)


def close(context: BrowserContext) -> None:
    """A window that is closed while a page comes may never close: that way ends first.

    Raises TimeoutError where it does not end.
    """
    for page in context.pages:
        try:
            page.goto("about:blank")
        except Error:
            # The page was quicker to lead somewhere else.
            page.wait_for_load_state("load")
    context.close()


@pytest.fixture(scope="session")
def collected(engines: Engines) -> Path:
    """The browser's files as `make run` collects them, and axe beside them."""
    home = engines.home / "browser"
    if assets.are_stale(home):
        environ = {**os.environ, "CEM_HOME": str(home)}
        subprocess.run(commands.static(environ), cwd=ROOT, env=environ, check=True)
        shutil.copy(AXE, home / "static")
        assets.remember(home)
    return home / "static"


@pytest.fixture(scope="module")
def installation(installation: Installation, collected: Path) -> Installation:
    """It serves what customers get: collected files, not those in the repository."""
    installation.environ["STATIC_ROOT"] = str(collected)
    return installation


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Playwright's loop runs in this thread, where Django would expect no query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_browser(os.environ),
            args=["--no-sandbox", SHORT_LIVED_SCRIPTS],
        )
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
