"""The KPI page over a million answers, against the same questions in raw SQL."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import repeat
from statistics import median, quantiles
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.utils import timezone

from bench import answers, load, place
from bench.report import Row
from dashboards.rollups import rebuild_rollups
from teams.models import User
from teams.roles import Role

TWO_YEARS = timedelta(days=730)
LOW_SHARE = 0.1
PAGES = 40
ASKED = 11
# In the queries that answer a question of the page.
ANSWERING = ("dashboards_", "tickets_")
VIEWS = {
    "90 days": "",
    "90 days, one region": "?region=Europe",
    "90 days, region and tier": "?region=Europe&tier=gold",
    "a year": "?period=365d",
    "a year, one tier": "?period=365d&tier=gold",
}


def measure(*, rows: int, rounds: int) -> list[Row]:
    now = timezone.now()
    fill(rows, now)
    eva = User.objects.get(email="eva@skylark.example", role=Role.EXECUTIVE)
    session = session_of(eva)
    found = []
    with place.server("cem.wsgi:application") as (port, _pid):
        for name, query in VIEWS.items():
            path = f"/dashboards/{query}"
            found.append(page_row(f"KPI page, {name}", path, port, session, rounds))
    queries, rollup_seconds = _ask_rollups(eva)
    counted = [
        Row(f"KPI page, {name}: queries", number, "<=", 12)
        for name, number in queries.items()
    ]
    raw_seconds = median(_ask_raw(now.date()) for _ in range(rounds))
    detail = (
        f"raw {raw_seconds * 1000:,.0f} ms, rollups {rollup_seconds * 1000:,.1f} ms"
    )
    return [
        *found,
        *counted,
        Row(
            f"raw SQL / rollups at {rows:,} answers",
            raw_seconds / rollup_seconds,
            ">=",
            50,
            detail,
        ),
    ]


def fill(rows: int, now: datetime) -> None:
    answers.forget_all()
    drawn = answers.draw(
        1, count=rows, since=now - TWO_YEARS, until=now, low_share=LOW_SHARE
    )
    answers.store(drawn, waiting=False)
    with connection.cursor() as cursor:
        cursor.execute(_TICKETS)
        cursor.execute(_CARED_FOR)
        cursor.execute(_CLOCKS)
    answers.settle()
    rebuild_rollups()
    answers.settle()


def page_row(name: str, path: str, port: int, session: str, rounds: int) -> Row:
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: en\r\n"
        f"Cookie: sessionid={session}\r\n\r\n"
    ).encode()
    load.run(port, repeat(request), connections=1, count=10)
    tails, middles = [], []
    for _ in range(rounds):
        run = load.run(port, repeat(request), connections=1, count=PAGES)
        if set(run.statuses) != {200}:
            raise RuntimeError(f"{path}: {run.statuses}")
        tails.append(quantiles(run.latencies, n=20)[-1])
        middles.append(median(run.latencies))
    detail = f"p50 {median(middles):.0f} ms"
    return Row(f"{name}: p95 in ms", median(tails), "<=", 100, detail)


def session_of(user: User) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def _ask_rollups(user: User) -> tuple[dict[str, int], float]:
    """How many queries each view makes, session and person among them; seconds of
    those of the first that ask for its numbers."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    # What a connection asks once is not a page's.
    client.get("/dashboards/")
    queries = {name: len(_queries_of(client, query)) for name, query in VIEWS.items()}
    pages = [_queries_of(client, "") for _ in range(ASKED)]
    # The others find out who asks: session, user, scopes, notices.
    seconds = (
        sum(took for sql, took in page if any(name in sql for name in ANSWERING))
        for page in pages
    )
    return queries, median(seconds)


def _queries_of(client: Client, query: str) -> list[tuple[str, float]]:
    queries: list[tuple[str, float]] = []

    def timed(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            queries.append((sql, time.perf_counter() - started))

    with connection.execute_wrapper(timed):
        client.get(f"/dashboards/{query}")
    return queries


def _ask_raw(today: date) -> float:
    first, before = today - timedelta(days=89), today - timedelta(days=179)
    started = time.perf_counter()
    with connection.cursor() as cursor:
        for question in _RAW:
            cursor.execute(question, {"first": first, "last": today, "before": before})
            cursor.fetchall()
    return time.perf_counter() - started


_LOW = "(nps <= 6 OR csat <= 2 OR ces <= 3)"
_TICKETS = f"""
INSERT INTO tickets_ticket (response_id, customer_id, touchpoint_id, subject, status,
    priority, team_id, assignee_id, opened_at, first_contact_due_at,
    first_contacted_at, resolution_due_at, resolved_at, next_due_at, outcome,
    reopened_count, region, product_line, tier, day)
SELECT r.id, r.customer_id, r.touchpoint_id, 'A low answer',
    CASE WHEN is_open THEN 'open' ELSE 'resolved' END, 'normal', p.team_id, t.lead_id,
    r.submitted_at, r.submitted_at + interval '24 hours',
    CASE WHEN is_open THEN NULL ELSE r.submitted_at + interval '20 hours' END,
    r.submitted_at + interval '120 hours',
    CASE WHEN is_open THEN NULL ELSE r.submitted_at + interval '50 hours' END,
    CASE WHEN is_open THEN r.submitted_at + interval '24 hours' END, '', 0,
    r.region, r.product_line, r.tier, r.day
FROM (SELECT *, submitted_at > now() - interval '30 days' AS is_open
      FROM surveys_response WHERE {_LOW}) r
JOIN journeys_touchpoint p ON p.id = r.touchpoint_id
JOIN teams_team t ON t.id = p.team_id"""
_CARED_FOR = """
INSERT INTO tickets_ticketanswer (response_id, ticket_id, attached_at)
SELECT response_id, number, opened_at FROM tickets_ticket"""
_CLOCKS = """
INSERT INTO tickets_clock (ticket_id, kind, state, policy_id, target_minutes,
    started_at, due_at, met_at, breached_at, pauses, minutes_used)
SELECT t.number, kind.name,
    CASE WHEN t.resolved_at IS NULL THEN 'running' ELSE 'met' END, p.id, kind.minutes,
    t.opened_at, t.opened_at + kind.minutes * interval '1 minute',
    t.resolved_at, NULL, '[]',
    CASE WHEN t.resolved_at IS NOT NULL THEN 1200 + t.number % 700 END
FROM tickets_ticket t,
    (VALUES ('first_contact', 1440), ('resolution', 7200)) kind (name, minutes),
    (SELECT min(id) AS id FROM tickets_slapolicy) p"""
# What the page says, asked of the rows themselves.
_SCORES = "count(nps), count(*) FILTER (WHERE nps >= 9), count(*) FILTER (WHERE nps <= 6), count(csat), count(*) FILTER (WHERE csat >= 4), count(ces), count(*) FILTER (WHERE ces >= 5)"
# ruff: noqa: S608  the statements are made of this module's constants
_RAW = (
    *(
        f"SELECT count(*), {_SCORES} FROM surveys_response"
        f" WHERE state = 'complete' AND NOT is_test AND {period}"
        for period in (
            "day BETWEEN %(first)s AND %(last)s",
            "day >= %(before)s AND day < %(first)s",
        )
    ),
    f"SELECT date_trunc('week', submitted_at), {_SCORES} FROM surveys_response"
    " WHERE state = 'complete' AND NOT is_test AND day BETWEEN %(first)s AND %(last)s"
    " GROUP BY 1 ORDER BY 1",
    *(
        "SELECT c.kind, count(*) FILTER (WHERE c.state = 'met'),"
        " count(*) FILTER (WHERE c.state <> 'met' AND c.due_at < now()),"
        " percentile_cont(0.5) WITHIN GROUP (ORDER BY c.minutes_used)"
        " FROM tickets_ticket t JOIN tickets_clock c ON c.ticket_id = t.number"
        f" WHERE {period} GROUP BY c.kind"
        for period in (
            "t.day BETWEEN %(first)s AND %(last)s",
            "t.day >= %(before)s AND t.day < %(first)s",
        )
    ),
    "SELECT count(*), count(*) FILTER (WHERE next_due_at < now())"
    " FROM tickets_ticket WHERE status <> 'resolved'",
    # What the filters offer.
    "SELECT DISTINCT region, product_line, tier FROM surveys_response"
    " WHERE state = 'complete' AND NOT is_test",
)
