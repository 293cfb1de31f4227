"""The respondent's page as Chromium loads it, and a long survey against a short one."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.utils import timezone
from playwright.sync_api import Browser, CDPSession, sync_playwright

from bench import place
from bench.compare import Comparison, Side, compare
from bench.load import post
from bench.report import Row
from cem.local import commands
from cem.local.engines import Engines
from cem.local.testing import find_browser
from events.ids import uuid7
from journeys.models import Touchpoint
from surveys import form_tokens
from surveys.document import plain, read_document
from surveys.models import Survey

CONNECTIONS = 8
LONG_ENOUGH = timedelta(seconds=30)
KB = 1024
SLOW_3G_BYTES = 500 * KB / 8 * 0.8  # a second, both ways, as in Chromium's own profile
ROUND_TRIP_MS = 400
# Chromium throttles requests, not connections, and therefore waits five round trips.
PROFILE_MS = 5 * ROUND_TRIP_MS
CPU_SLOWDOWN = 4
Json = dict[str, Any]


def measure(engines: Engines, *, count: int, rounds: int) -> list[Row]:
    ten, one, thirty = (_published(*made) for made in (_ten(), _one(), _thirty()))
    with (
        _collected(),
        place.server("cem.wsgi:application") as (port, pid),
    ):
        address = f"http://127.0.0.1:{port}/s/{ten.slug}/"
        with _browser() as browser:
            rows = list(_page_rows(browser, address, rounds))

        def side(survey: Survey, answers: dict[str, str]) -> Side:
            return Side(
                port, pid, engines.postgres.pid, lambda: _posts(survey, answers)
            )

        short, long = side(one, {"a-score": "9"}), side(thirty, _answers_to_thirty())
        found = compare(
            short, long, connections=CONNECTIONS, count=count, rounds=rounds
        )
    return [*rows, _post_row(found)]


@dataclass(frozen=True)
class Loaded:
    """What one visit with an empty cache took."""

    bytes: int
    requests: int
    third_parties: int
    first_paint_ms: float


def _page_rows(browser: Browser, address: str, rounds: int) -> Iterator[Row]:
    plainly = [_load(browser, address) for _ in range(rounds)]
    first = plainly[0]
    weight = median(loaded.bytes for loaded in plainly) / KB
    yield Row("page of 10 elements, cold: KB on the wire", weight, "<=", 14)
    yield Row("page of 10 elements, cold: requests", first.requests, "<=", 2)
    yield Row("page of 10 elements: third parties", first.third_parties, "<=", 0)
    for name, latency in (
        ("400 ms a round trip", ROUND_TRIP_MS),
        ("DevTools", PROFILE_MS),
    ):
        slow = [_load(browser, address, latency_ms=latency) for _ in range(rounds)]
        bare = [_load(browser, BARE, latency_ms=latency) for _ in range(rounds)]
        seconds = median(loaded.first_paint_ms for loaded in slow) / 1000
        detail = (
            f"{latency / 1000:g} s of it pass before any first byte; an empty page "
            f"without a network: {median(one.first_paint_ms for one in bare):.0f} ms"
        )
        yield Row(
            f"first paint, slow 3G ({name}), 4 x CPU: s", seconds, "<=", 2, detail
        )


BARE = "data:text/html,<p>ok"


def _load(browser: Browser, address: str, *, latency_ms: int = 0) -> Loaded:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="en-GB"
    )
    page = context.new_page()
    session = context.new_cdp_session(page)
    sizes: dict[str, float] = {}
    hosts: set[str] = set()
    _listen(session, sizes, hosts)
    if latency_ms:
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": latency_ms,
                "downloadThroughput": SLOW_3G_BYTES,
                "uploadThroughput": SLOW_3G_BYTES,
            },
        )
        session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    page.goto(address, wait_until="networkidle", timeout=60_000)
    painted = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
    )
    context.close()
    foreign = {host for host in hosts if host != urlsplit(address).netloc}
    return Loaded(int(sum(sizes.values())), len(sizes), len(foreign), painted)


def _listen(session: CDPSession, sizes: dict[str, float], hosts: set[str]) -> None:
    """Bytes on the wire by request, headers and all, as the network panel shows them."""

    def requested(event: Json) -> None:
        parts = urlsplit(event["request"]["url"])
        if parts.scheme in ("http", "https"):
            sizes[event["requestId"]] = 0
            hosts.add(parts.netloc)

    def finished(event: Json) -> None:
        if event["requestId"] in sizes:
            sizes[event["requestId"]] = event["encodedDataLength"]

    session.send("Network.enable")
    session.on("Network.requestWillBeSent", requested)
    session.on("Network.loadingFinished", finished)


@contextmanager
def _browser() -> Iterator[Browser]:
    # Playwright's loop runs in this thread, where Django would expect no query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_browser(os.environ), args=["--no-sandbox"]
        )
        yield chromium
        chromium.close()


@contextmanager
def _collected() -> Iterator[None]:
    """Static files as in the field: compressed, named by their content."""
    with tempfile.TemporaryDirectory() as folder:
        before = os.environ.get("STATIC_ROOT")
        os.environ["STATIC_ROOT"] = folder
        command = commands.static(os.environ)
        subprocess.run(command, cwd=place.ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        try:
            yield
        finally:
            os.environ.pop("STATIC_ROOT")
            if before is not None:
                os.environ["STATIC_ROOT"] = before


def _post_row(found: Comparison) -> Row:
    detail = (
        f"{found.product.per_second:.0f} / {found.floor.per_second:.0f} per s, "
        f"CPU-ms {found.product.cpu_ms:.2f} / {found.floor.cpu_ms:.2f}"
    )
    what = "answers to 30 branching elements / to one: throughput"
    return Row(what, found.throughput, ">=", 0.7, detail)


def _posts(survey: Survey, answers: dict[str, str]) -> Iterator[bytes]:
    number = 0
    assert survey.version_id is not None
    while True:
        number += 1
        response_id = uuid7(timezone.now() - LONG_ENOUGH)
        signature = form_tokens.sign(response_id, survey.version_id)
        body = {
            **answers,
            "at": survey.draft["pages"][-1]["id"],
            "act": "send",
            "lang": "en",
            "form": f"{response_id}.{survey.version_id}.{signature}",
        }
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        yield post(f"/s/{survey.slug}/", urlencode(body), address=address)


def _published(slug: str, pages: list[Json]) -> Survey:
    document = {
        "schema_version": 2,
        "languages": ["en"],
        "title": {"en": "How was your flight?"},
        "pages": pages,
        "endings": [{"id": "thanks", "title": {"en": "Thank you!"}}],
    }
    survey = Survey.objects.create(
        slug=slug,
        name=slug,
        touchpoint=Touchpoint.objects.earliest("pk"),
        draft=plain(read_document(document)),
        created_at=timezone.now(),
    )
    survey.publish(by=None, at=timezone.now())
    return survey


def _asked(id_: str, type_: str, words: str, **facts: Any) -> Json:
    return {"id": id_, "type": type_, "text": {"en": words}, **facts}


def _options(*words: str) -> list[Json]:
    return [{"id": f"o{n}", "text": {"en": one}} for n, one in enumerate(words)]


def _one() -> tuple[str, list[Json]]:
    score = _asked("score", "nps", "How likely are you to recommend us?", scale=10)
    return "one-question", [{"id": "p1", "elements": [score]}]


def _ten() -> tuple[str, list[Json]]:
    """One page of ten elements of eight kinds, of words as a manager writes them."""
    ends = {
        "low_label": {"en": "Not at all likely"},
        "high_label": {"en": "Very likely"},
    }
    elements = [
        _asked(
            "score",
            "nps",
            "How likely are you to recommend us to a friend?",
            scale=10,
            **ends,
        ),
        _asked("why", "long_text", "What is the main reason for your score?"),
        _asked(
            "class",
            "single_choice",
            "In which class did you travel?",
            options=_options("Economy", "Premium economy", "Business", "First"),
        ),
        _asked(
            "used",
            "multiple_choice",
            "Which of our services did you use at the airport?",
            options=_options("Online check-in", "Bag drop", "Lounge", "Fast lane"),
        ),
        _asked("crew", "rating", "How was our crew?"),
        _asked("seat", "rating", "How comfortable was your seat?"),
        _asked(
            "order",
            "dropdown",
            "How did you book?",
            options=_options(
                "On our website", "In the app", "At an agency", "By phone"
            ),
        ),
        _asked("flight", "short_text", "What was your flight number?"),
        _asked("mail", "email", "Your e-mail address, if we may write to you"),
        _asked("call", "contact_request", "Please contact me about my answers"),
    ]
    return "ten-elements", [{"id": "p1", "elements": elements}]


def _thirty() -> tuple[str, list[Json]]:
    """Six pages of five elements; half of them depend on what was answered before."""
    pages = []
    for number in range(1, 7):
        low = {"field": "score", "op": "lte", "value": 8}
        used = {"field": f"c{number}", "op": "contains", "value": "o1"}
        pages.append(
            {
                "id": f"p{number}",
                "elements": [
                    _asked(
                        "score", "nps", "How likely are you to recommend us?", scale=10
                    )
                    if number == 1
                    else _asked(f"r{number}", "rating", "How was it?", required=True),
                    _asked(
                        f"c{number}",
                        "multiple_choice",
                        "What did you use?",
                        options=_options("Shop", "Phone", "App"),
                    ),
                    _asked(
                        f"s{number}",
                        "single_choice",
                        "Which of them matters most?",
                        carried={"element": f"c{number}"},
                    ),
                    _asked(f"t{number}", "long_text", "Tell us more", shown_if=low),
                    _asked(
                        f"n{number}",
                        "number",
                        "How often?",
                        shown_if={"all": [low, used]},
                    ),
                ],
                "branches": [
                    {
                        "when": {"field": "score", "op": "eq", "value": 0},
                        "to": "ending:thanks",
                    }
                ],
            }
        )
    return "thirty-elements", pages


def _answers_to_thirty() -> dict[str, str]:
    """Every element is asked and answered."""
    found = {"a-score": "7"}
    for number in range(1, 7):
        found |= {
            f"a-r{number}": "4",
            f"a-c{number}": "o1",
            f"a-s{number}": "o1",
            f"a-t{number}": "It took far too long and nobody told us why.",
            f"a-n{number}": "3",
        }
    del found["a-r1"]
    return found
