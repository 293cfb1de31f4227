"""The results page of a survey with half a million answers, and its export."""

import http.client
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat
from statistics import median, quantiles
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from bench import cost, load, place
from bench.answers import settle
from bench.report import Row
from surveys.document import plain, read_document
from surveys.export import write_csv
from surveys.intake import local_day
from surveys.models import Survey, Tally
from surveys.tallies import Asked, tally
from teams.models import User
from teams.roles import Role

SEEN, EXPORTED = 500_000, 100_000
PAGES = 40
ANSWERED_BETWEEN = 5


def measure(*, rounds: int) -> list[Row]:
    eva = User.objects.get(email="eva@skylark.example", role=Role.EXECUTIVE)
    with _survey("bench-seen", SEEN) as seen, _survey("bench-file", EXPORTED) as file:
        settle()
        started = time.perf_counter()
        now = timezone.now()
        tally(Asked(seen.pk, eva), today=local_day(now), most=None)
        counted = time.perf_counter() - started
        with place.server("cem.wsgi:application") as (port, pid):
            cookie = _cookie_of(eva)
            quiet = _page_row("quiet", seen, port, cookie, rounds, arriving=0)
            busy = _page_row("answers arriving", seen, port, cookie, rounds, arriving=1)
            download = _download_row(file, port, pid, cookie)
        return [quiet, busy, download, _copy_row(file, eva, rounds), _first(counted)]


def _page_row(
    name: str, survey: Survey, port: int, cookie: str, rounds: int, *, arriving: int
) -> Row:
    request = _request(f"/surveys/{survey.pk}/", cookie)
    load.run(port, repeat(request), connections=1, count=10)
    tails, middles = [], []
    for _ in range(rounds):
        latencies: list[float] = []
        for _turn in range(PAGES // ANSWERED_BETWEEN):
            if arriving:
                _fill(survey, arriving)
            run = load.run(port, repeat(request), connections=1, count=ANSWERED_BETWEEN)
            if set(run.statuses) != {200}:
                raise RuntimeError(f"{survey}: {run.statuses}")
            latencies += run.latencies
        tails.append(quantiles(latencies, n=20)[-1])
        middles.append(median(latencies))
    return Row(
        f"results page at {SEEN:,} answers, {name}: p95 in ms",
        median(tails),
        "<=",
        200,
        f"p50 {median(middles):.0f} ms",
    )


def _download_row(survey: Survey, port: int, pid: int, cookie: str) -> Row:
    """The server's memory is watched while it sends the file."""
    address = f"/surveys/{survey.pk}/answers.csv"
    headers = {"Host": "127.0.0.1", "Cookie": cookie, "Accept-Encoding": "identity"}
    before, highest = cost.memory_mb(pid), 0.0
    done = threading.Event()

    def watch() -> None:
        nonlocal highest
        while not done.wait(0.05):
            highest = max(highest, cost.memory_mb(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.perf_counter()
    client = http.client.HTTPConnection("127.0.0.1", port)
    client.request("GET", address, headers=headers)
    answer = client.getresponse()
    size = 0
    while part := answer.read(1 << 16):
        size += len(part)
    took = time.perf_counter() - started
    done.set()
    watcher.join()
    client.close()
    if answer.status != 200:
        raise RuntimeError(f"{address}: {answer.status}")
    return Row(
        f"CSV of {EXPORTED:,} answers over HTTP: seconds",
        took,
        "<=",
        3,
        f"{size / 1e6:.0f} MB; the server's memory grew by"
        f" {max(0.0, highest - before):.0f} MB",
    )


def _copy_row(survey: Survey, user: User, rounds: int) -> Row:
    """Our file against COPY … TO STDOUT of the same columns, by turns."""
    ours, floor = [], []
    for _ in range(rounds):
        with tempfile.TemporaryFile() as file:
            started = time.perf_counter()
            answers = Asked(survey.pk, user).answers().order_by("-submitted_at", "id")
            write_csv(file, survey, answers)
            ours.append(time.perf_counter() - started)
        with tempfile.TemporaryFile() as file, connection.cursor() as cursor:
            started = time.perf_counter()
            statement = _COPY.format(survey=survey.pk)
            cursor.cursor.copy_expert(statement, file)
            floor.append(time.perf_counter() - started)
    return Row(
        f"CSV of {EXPORTED:,} answers / COPY: speed",
        median(floor) / median(ours),
        ">=",
        0.3,
        f"ours {median(ours):.2f} s, COPY {median(floor):.2f} s",
    )


def _first(counted: float) -> Row:
    return Row(
        f"first count of {SEEN:,} answers, by a worker: seconds", counted, "<=", 60
    )


def _request(path: str, cookie: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: en\r\n"
        f"Cookie: {cookie}\r\n\r\n"
    ).encode()


def _cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


@contextmanager
def _survey(slug: str, answers: int) -> Iterator[Survey]:
    """A survey of twelve questions and its answers, gone afterwards."""
    now = timezone.now()
    other = Survey.objects.earliest("pk")
    survey = Survey.objects.create(
        slug=slug,
        name=slug,
        touchpoint=other.touchpoint,
        draft=plain(read_document(_DOCUMENT)),
        created_at=now,
    )
    survey.publish(by=None, at=now)
    try:
        _fill(survey, answers)
        yield survey
    finally:
        with connection.cursor() as cursor:
            # The ORM would read half a million answers first.
            cursor.execute(
                "DELETE FROM surveys_response WHERE survey_id = %s", [survey.pk]
            )
        Tally.objects.filter(survey=survey).delete()
        Survey.objects.filter(pk=survey.pk).update(version=None)
        survey.delete()


def _fill(survey: Survey, count: int) -> None:
    """Within two years, and a single one just now."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FILL,
            {
                "survey": survey.pk,
                "version": survey.version_id,
                "touchpoint": survey.touchpoint_id,
                "count": count,
                "days": 730 if count > 1 else 0,
            },
        )


def _options(*ids: str) -> list[dict[str, Any]]:
    return [{"id": one, "text": {"en": one, "zh-hans": one}} for one in ids]


def _element(id: str, type: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "type": type, "text": {"en": id, "zh-hans": id}, **fields}


_DOCUMENT: dict[str, Any] = {
    "schema_version": 2,
    "title": {"en": "Trip", "zh-hans": "旅程"},
    "pages": [
        {
            "id": "page1",
            "elements": [
                _element("score", "nps", scale=10),
                _element("satisfied", "csat", scale=5),
                _element("why", "long_text"),
                _element("food", "rating", scale=5),
                _element("purpose", "single_choice", options=_options("work", "fun")),
                _element(
                    "used", "multiple_choice", options=_options("app", "web", "desk")
                ),
                _element(
                    "country",
                    "dropdown",
                    options=_options(*(f"c{number}" for number in range(40))),
                ),
                _element("order", "ranking", options=_options("price", "time")),
                _element("parts", "matrix", rows=_options("seat", "crew", "wifi")),
                _element("trips", "number"),
                _element("day", "date"),
                _element("contact", "contact_request"),
            ],
        }
    ],
    "endings": [{"id": "end", "title": {"en": "Thank you", "zh-hans": "谢谢"}}],
}
_FILL = """
INSERT INTO surveys_response (id, survey_id, version_id, touchpoint_id, channel, locale,
    state, is_test, opens_tickets, started_at, submitted_at, day, answers, nps, csat,
    comment, wants_contact, language, sentiment_label, topics, region, product_line,
    tier, attributes)
SELECT gen_random_uuid(), %(survey)s, %(version)s, %(touchpoint)s, 'link', 'en',
    'complete', false, false,
    at - make_interval(secs => 20 + (random() * random() * 400)::int), at,
    (at AT TIME ZONE 'UTC')::date,
    jsonb_build_object(
        'score', score, 'satisfied', 1 + i %% 5, 'food', 1 + (random() * 4)::int,
        'purpose', (ARRAY['work', 'fun'])[1 + i %% 2],
        'used', (ARRAY['["app"]', '["app", "web"]', '["desk"]'])[1 + i %% 3]::jsonb,
        'country', 'c' || (random() * 39)::int,
        'order', (ARRAY['["price", "time"]', '["time", "price"]'])[1 + i %% 2]::jsonb,
        'parts', jsonb_build_object('seat', 1 + (random() * 4)::int,
            'crew', 1 + (random() * 4)::int, 'wifi', 1 + i %% 5),
        'trips', (random() * 30)::int,
        'day', (at - random() * interval '60 days')::date::text,
        'why', words),
    score, 1 + i %% 5, words, false, 'en', 'neutral', '{}',
    (ARRAY['Europe', 'Asia', 'America'])[1 + i %% 3], 'Jet', 'gold', '{}'
FROM (
    SELECT i, now() - random() * random() * %(days)s * interval '1 day' AS at,
        (random() * 10)::int AS score,
        'The crew was kind, but we waited too long ' || md5(i::text) AS words
    FROM generate_series(1, %(count)s) i OFFSET 0) drawn"""
_COPY = """
COPY (
    SELECT r.id, submitted_at, day, v.number, channel, r.locale, is_test, nps, csat, ces,
        ces_scale, comment, wants_contact, sentiment_label, topics, c.external_id,
        r.region, r.product_line, r.tier, language, submitted_at - started_at, ending,
        triage, flags, answers->>'score', answers->>'satisfied', answers->>'why',
        answers->>'food', answers->>'purpose', answers->>'used', answers->>'country',
        answers->>'order', answers->'parts'->>'seat', answers->'parts'->>'crew',
        answers->'parts'->>'wifi', answers->>'trips', answers->>'day',
        answers->>'contact'
    FROM surveys_response r
    JOIN surveys_surveyversion v ON v.id = r.version_id
    LEFT JOIN customers_customer c ON c.id = r.customer_id
    WHERE r.survey_id = {survey} AND state = 'complete' AND NOT is_test
    ORDER BY submitted_at DESC, r.id) TO STDOUT WITH (FORMAT csv)"""
