"""From a low answer's commit to its ticket's, answers coming in at a steady pace.

Both instants are PostgreSQL's own (`track_commit_timestamp`), so neither polling nor a
second clock stands between them.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from itertools import chain
from statistics import quantiles

from django.db import connection, connections
from django.utils import timezone

from bench import answers, place
from bench.floor import notified
from bench.report import Row
from cem.local.engines import Engines
from events import outbox
from events.ids import uuid7
from events.models import Event
from surveys.intake import Submission, submit_response
from surveys.models import Response
from surveys.published import get_version
from tickets.reconciliation import GRACE, missing_tickets

PER_SECOND = 100
SECONDS = 20
LOW_SHARE = 0.1
WARM_UP = 100
COUNT = WARM_UP + PER_SECOND * SECONDS
HISTORY = 5_000

OF_PRODUCT = """
    SELECT extract(epoch FROM pg_xact_commit_timestamp(t.xmin)
        - pg_xact_commit_timestamp(r.xmin)) * 1000
    FROM tickets_ticketanswer t JOIN surveys_response r ON r.id = t.response_id
    WHERE r.id = ANY(%s::uuid[])"""
OF_FLOOR = """
    SELECT extract(epoch FROM pg_xact_commit_timestamp(c.xmin)
        - pg_xact_commit_timestamp(a.xmin)) * 1000
    FROM floor_case c JOIN floor_answer a ON a.id = c.answer
    WHERE a.id = ANY(%s::uuid[])"""


def measure(engines: Engines, *, rounds: int) -> list[Row]:
    _keep_commit_times(engines)
    _have_history()
    with place.worker(processes=2):
        pairs = [(_floor(), _product(seed)) for seed in range(1, rounds + 1)]
    floors, products = (list(chain(*side)) for side in zip(*pairs, strict=True))
    (p50, p99), floor = _percentiles(products), _percentiles(floors)
    detail = (
        f"{PER_SECOND} answers/s, {LOW_SHARE:.0%} low, {len(products)} tickets; "
        f"LISTEN/NOTIFY {floor[0]:.1f} / {floor[1]:.1f} ms"
    )
    what = "low answer committed to ticket committed"
    return [
        Row(f"{what}: p50 in ms", p50, "<=", 20, detail),
        Row(f"{what}: p99 in ms", p99, "<=", 60),
    ]


def _have_history() -> None:
    """Tables that are not empty: how PostgreSQL plans depends on it."""
    answers.forget_all()
    now = timezone.now()
    answers.store(_drawn(0, HISTORY, now - timedelta(hours=1)), waiting=True)
    outbox.drain()
    answers.settle()


def _product(seed: int) -> list[float]:
    drawn = list(_drawn(seed, COUNT, timezone.now()))
    _paced(_submit(answer) for answer in drawn)
    _wait_until_handled()
    assert not missing_tickets(at=timezone.now() + GRACE)
    return _latencies(OF_PRODUCT, [str(answer.id) for answer in drawn[WARM_UP:]])


def _drawn(seed: int, count: int, at: datetime) -> Iterator[answers.Answer]:
    return answers.draw(seed, count=count, since=at, until=at, low_share=LOW_SHARE)


def _submit(answer: answers.Answer) -> Callable[[], object]:
    submission = Submission(
        response_id=answer.id,
        answers=answer.given,
        locale=answer.who.locale,
        channel=Response.Channel.LINK,
        customer_id=answer.who.id,
    )
    version = get_version(answer.asked.version)
    return lambda: submit_response(
        version=version, submission=submission, at=timezone.now()
    )


def _wait_until_handled() -> None:
    deadline = time.monotonic() + 60
    while Event.objects.filter(dispatched_at=None).exists():
        if time.monotonic() > deadline:
            raise TimeoutError("the worker does not come to an end")
        time.sleep(0.1)


def _floor() -> list[float]:
    ids = [str(uuid7()) for _ in range(COUNT)]
    with closing(notified.connected()) as database, database.cursor() as cursor:
        cursor.execute(notified.TABLES)
        with place.companion("bench.floor.notified"):
            _paced(_store(cursor.execute, one) for one in ids)
            time.sleep(1)
    return _latencies(OF_FLOOR, ids[WARM_UP:])


def _store(
    execute: Callable[[str, dict[str, object]], None], answer: str
) -> Callable[[], object]:
    values = {"id": answer, "score": 3, "comment": "Too late, too loud."}
    return lambda: execute(notified.STORE, values)


def _paced(acts: Iterator[Callable[[], object]]) -> None:
    """Each at its own time, whether or not the one before it took longer."""
    started = time.perf_counter()
    for number, act in enumerate(acts):
        if (early := started + number / PER_SECOND - time.perf_counter()) > 0:
            time.sleep(early)
        act()


def _latencies(query: str, ids: list[str]) -> list[float]:
    with connection.cursor() as cursor:
        cursor.execute(query, [ids])
        return [float(row[0]) for row in cursor.fetchall()]


def _percentiles(latencies: list[float]) -> tuple[float, float]:
    """The 50th and the 99th."""
    cuts = quantiles(latencies, n=100, method="inclusive")
    return cuts[49], cuts[98]


def _keep_commit_times(engines: Engines) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW track_commit_timestamp")
        if cursor.fetchone() == ("on",):
            return
        cursor.execute("ALTER SYSTEM SET track_commit_timestamp = on")
    connections.close_all()
    engines.postgres.stop()
    engines.postgres.start()
