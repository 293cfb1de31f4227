"""A real Chromium, and everything that is checked on each page it shows."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import translation
from playwright.sync_api import (
    Browser,
    Page,
    Response,
    ViewportSize,
    expect,
    sync_playwright,
)

from cem.local.home import ROOT
from cem.local.testing import find_browser
from teams.models import User
from tests.personas import PASSWORD

PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1440, height=900)
PATIENCE = 30_000
"""Milliseconds: on a machine that is busy nothing is wrong before."""
LOCALES = {"en": "en-GB", "zh-hans": "zh-CN"}
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN_AXE = """async (tags) => {
  const found = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
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
        self.open("/accounts/login/")
        self.page.fill("[name=login]", user.email)
        self.page.fill("[name=password]", PASSWORD)
        self.press("Sign in")
        assert "/accounts/login/" not in self.page.url

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
        self.page.get_by_role("button", name=self.say(words), exact=True).first.click()

    def follow(self, words: str) -> None:
        self.page.get_by_role("link", name=self.say(words), exact=True).first.click()

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
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[str] = page.evaluate(RUN_AXE, WCAG_22_AA)
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


@dataclass
class People:
    """Gives each person a browser window."""

    browser: Browser
    address: str
    language: str

    @contextmanager
    def at(self, size: ViewportSize, **more: Any) -> Iterator[Person]:
        context = self.browser.new_context(
            viewport=size, locale=LOCALES[self.language], **more
        )
        context.set_default_timeout(PATIENCE)
        try:
            yield Person(context.new_page(), self.address, self.language)
        finally:
            context.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Playwright's loop runs in this thread, where Django would expect no query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_browser(os.environ), args=["--no-sandbox"]
        )
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
