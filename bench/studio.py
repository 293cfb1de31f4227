"""The studio with a long survey: how soon an act is to be seen, how little is saved."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, sync_playwright

from bench import place
from bench.report import Row
from cem.local.testing import find_browser
from surveys import studio
from surveys.blanks import blanks
from surveys.document import plain, read_document
from surveys.drafts import blank_document
from surveys.models import Survey
from teams.models import User

# Milliseconds that an act may take, by the length of the survey; 500 is "usable".
MOST_MS = {200: 100.0, 500: 200.0}
# From an act to the paint that shows it: the frame after it, once it is drawn.
TIMED = """async (act) => {
  const node = document.querySelector(act.selector);
  const started = performance.now();
  if (act.key) {
    node.focus();
    const how = { key: act.key, altKey: true, bubbles: true };
    node.dispatchEvent(new KeyboardEvent("keydown", how));
  } else node.click();
  await new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    channel.port2.postMessage(0);
  }));
  return performance.now() - started;
}"""
ACTS: dict[str, dict[str, str]] = {
    "add": {"selector": "[data-kind=statement]"},
    "move": {"selector": "[data-place=element]:nth-of-type(1)", "key": "ArrowDown"},
    "undo": {"selector": "[data-undo]"},
}


def measure(survey: Survey, *, rounds: int) -> list[Row]:
    by = User.objects.get(pk=survey.created_by_id)
    rows: list[Row] = []
    with place.server("cem.wsgi:application") as (port, _pid):
        for count in MOST_MS:
            long = _long_survey(survey, by, count)
            with _studio(f"http://localhost:{port}", by, long) as (page, sent):
                took = [_timed(page) for _ in range(max(rounds, 5))]
                rows += _act_rows(count, took)
                rows.append(_payload_row(count, page, sent, long))
    return rows


def _long_survey(survey: Survey, by: User, count: int) -> Survey:
    """All its elements on one page, which is the worst for the studio."""
    kinds = ("rating", "single_choice", "long_text", "matrix")
    document = plain(blank_document())
    document["pages"][0]["elements"] = [
        {
            **blanks()["elements"][kinds[number % len(kinds)]],
            "id": f"q{number}",
            "text": {"en": f"Question {number}", "zh-hans": f"第 {number} 题"},
        }
        for number in range(count)
    ]
    return studio.create_survey(
        basics=studio.Basics(f"{count} questions", "", survey.touchpoint),
        document=read_document(document),
        by=by,
        at=timezone.now(),
    )


@contextmanager
def _studio(
    address: str, by: User, survey: Survey
) -> Iterator[tuple[Page, list[bytes]]]:
    client = Client()
    client.force_login(by)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    sent: list[bytes] = []
    # Playwright's loop runs in this thread, where Django would expect no query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(os.environ), args=["--no-sandbox"]
        )
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}]
        )
        page = context.new_page()
        page.on("request", lambda request: _note(request, sent))
        page.goto(f"{address}/surveys/{survey.pk}/questions/")
        page.locator("[data-place=element]").first.wait_for()
        yield page, sent
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def _note(request: Any, sent: list[bytes]) -> None:
    if request.method == "POST" and request.url.endswith("/draft/"):
        sent.append(request.post_data_buffer or b"")


def _timed(page: Page) -> dict[str, float]:
    """Milliseconds of each act; the draft is afterwards as it was."""
    page.click("#outline-add-question")
    took = {"add": page.evaluate(TIMED, ACTS["add"])}
    page.locator("[data-place=element]").first.click()
    took["move"] = page.evaluate(TIMED, ACTS["move"])
    took["undo"] = page.evaluate(TIMED, ACTS["undo"])
    page.click("[data-undo]")
    page.locator("[data-save-state=saved]").wait_for()
    # The preview loads the saved draft; nobody acts in that very moment.
    page.wait_for_timeout(1_000)
    return took


def _act_rows(count: int, took: list[dict[str, float]]) -> Iterator[Row]:
    for act in ACTS:
        times = sorted(one[act] for one in took)
        detail = f"median of {len(times)}; the slowest {times[-1]:.0f} ms"
        what = f"studio, {count} questions: {act} to the next paint, ms"
        yield Row(what, median(times), "<=", MOST_MS[count], detail)


def _payload_row(count: int, page: Page, sent: list[bytes], survey: Survey) -> Row:
    sent.clear()
    page.locator("[data-place=element]").nth(1).click()
    page.locator("[data-panel] textarea").first.fill("Twenty letters long.")
    page.locator("[data-save-state=waiting], [data-save-state=saving]").wait_for()
    page.locator("[data-save-state=saved]").wait_for()
    whole = len(json.dumps(survey.draft).encode())
    detail = f"of a document of {whole:,} bytes"
    what = f"studio, {count} questions: a word typed, bytes saved"
    return Row(what, sum(map(len, sent)), "<=", 300, detail)
