"""The clocks' tick: how soon a broken promise is noticed, and how an outage is made up.

Besides the clocks that become due, a hundred thousand are armed for later.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from itertools import islice
from statistics import quantiles

from django.db import connection
from django.db.models import F
from django.utils import timezone

from bench import answers, load, place
from bench.data import SLUG, posts
from bench.report import Row
from surveys.models import Response, Survey
from tickets.breaches import breach_overdue
from tickets.models import Clock, Escalation
from tickets.tasks import breach_overdue_clocks

ARMED = 100_000
PER_SECOND = 200
SECONDS = 45
# So many promises are broken while answers come in.
BROKEN = 900
OUTAGE = timedelta(hours=6)
# As beat does it.
EVERY = 2.0
SEEN_EVERY = 0.2
WARM_UP = timedelta(seconds=5)
A_MINUTE = timedelta(minutes=1)


def measure(survey: Survey) -> list[Row]:
    _arm()
    lateness, answered = _under_load(survey)
    wrong = _wrong_stamps()
    caught_up, twice = _outage()
    p50, *_others, p99 = quantiles(lateness, n=100, method="inclusive")[49:99]
    detail = (
        f"{ARMED:,} armed, {answered:.0f} answers/s, {len(lateness)} broken; "
        f"p50 {p50:.1f} s, p99 {p99:.1f} s"
    )
    return [
        Row(
            "broken promise noticed after, s, at most", max(lateness), "<=", 10, detail
        ),
        Row("answers taken in a second meanwhile", answered, ">=", PER_SECOND * 0.98),
        Row("stamps that are not the due instant", wrong, "<=", 0),
        Row(
            "levels of a 6-hour outage fired in a second, two ticks",
            caught_up,
            ">=",
            1_000,
        ),
        Row("levels fired twice", twice, "<=", 0),
    ]


def _arm() -> None:
    """A low answer each, its two clocks, and one look of the tick at all of them."""
    answers.forget_all()
    now = timezone.now()
    drawn = answers.draw(
        1, count=ARMED // 2, since=now - A_MINUTE, until=now, low_share=1.0
    )
    answers.store(drawn, waiting=False)
    with connection.cursor() as cursor:
        cursor.execute(_TICKETS)
        cursor.execute(_CLOCKS)
    breach_overdue(at=timezone.now())
    answers.settle()
    armed = Clock.objects.filter(fires_at__gt=now).count()
    assert armed == ARMED, armed


def _under_load(survey: Survey) -> tuple[list[float], float]:
    """How late each was noticed, in seconds, and the answers taken in a second."""
    with (
        place.server("cem.wsgi:application") as (port, _pid),
        place.worker(processes=2),
        _beat(),
        ThreadPoolExecutor(1) as pool,
    ):
        begins = timezone.now() + WARM_UP
        ids = _break_soon(begins)
        sending = pool.submit(_send, port, survey, PER_SECOND * (SECONDS + 15))
        seen = _watch(ids, until=begins + timedelta(seconds=SECONDS + 15))
        taken = sending.result()
    missed = set(ids) - set(seen)
    assert not missed, f"{len(missed)} were not noticed at all"
    return [(seen[pk] - due).total_seconds() for pk, due in ids.items()], taken


def _break_soon(begins: datetime) -> dict[int, datetime]:
    """Move the deadline of some, evenly over the time to come."""
    clocks = list(Clock.objects.filter(kind="first_contact").order_by("pk")[:BROKEN])
    for number, clock in enumerate(clocks):
        due = begins + timedelta(seconds=SECONDS * number / BROKEN)
        _move(clock, due=due)
    _save(clocks)
    return {clock.pk: clock.due_at for clock in clocks}


def _move(clock: Clock, *, due: datetime) -> None:
    clock.started_at = due - clock.target_minutes * A_MINUTE
    clock.due_at = clock.fires_at = due
    clock.fired_percent = 90


def _save(clocks: list[Clock]) -> None:
    fields = ["started_at", "due_at", "fires_at", "fired_percent"]
    Clock.objects.bulk_update(clocks, fields, batch_size=2_000)


def _send(port: int, survey: Survey, count: int) -> float:
    """At a steady pace, a second's worth at a time."""
    requests = posts(f"/s/{SLUG}/", survey)
    before, started = Response.objects.count(), time.perf_counter()
    for second in range(count // PER_SECOND):
        if (early := started + second - time.perf_counter()) > 0:
            time.sleep(early)
        load.run(port, islice(requests, PER_SECOND), connections=8, count=PER_SECOND)
    seconds = max(time.perf_counter() - started, count / PER_SECOND)
    taken = Response.objects.count() - before
    connection.close()
    return taken / seconds


@contextmanager
def _beat() -> Iterator[None]:
    """Rings for the tick as beat does, until the end."""
    over = threading.Event()

    def ring() -> None:
        while not over.wait(EVERY):
            breach_overdue_clocks.apply_async(queue="loop", expires=4)

    beat = threading.Thread(target=ring)
    beat.start()
    try:
        yield
    finally:
        over.set()
        beat.join()


def _watch(ids: dict[int, datetime], *, until: datetime) -> dict[int, datetime]:
    """When anybody could first see that each is broken."""
    seen: dict[int, datetime] = {}
    breached = Clock.objects.filter(pk__in=ids, state=Clock.State.BREACHED)
    while len(seen) < len(ids) and timezone.now() < until:
        found = set(breached.values_list("pk", flat=True))
        now = timezone.now()
        seen |= dict.fromkeys(found - seen.keys(), now)
        time.sleep(SEEN_EVERY)
    return seen


def _wrong_stamps() -> int:
    broken = Clock.objects.filter(state=Clock.State.BREACHED)
    wrong = broken.exclude(breached_at=F("due_at")).count()
    levels = Escalation.objects.filter(percent=100)
    return wrong + levels.exclude(due_at=F("clock__due_at")).count()


def _outage() -> tuple[float, int]:
    """Levels of six hours, fired by two ticks at once: how many in a second, and how
    many too often."""
    now = timezone.now()
    clocks = list(
        Clock.objects.filter(kind="resolution", state=Clock.State.RUNNING).order_by(
            "pk"
        )[:10_000]
    )
    for number, clock in enumerate(clocks):
        _move(clock, due=now - OUTAGE * ((number + 1) / len(clocks)))
    _save(clocks)
    before = Escalation.objects.count()
    started = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        for tick in [pool.submit(_tick, now) for _ in range(2)]:
            tick.result()
    seconds = time.perf_counter() - started
    fired = Escalation.objects.count() - before
    assert fired >= len(clocks)
    unique = Escalation.objects.values("clock", "percent").distinct().count()
    assert not _wrong_stamps()
    return fired / seconds, Escalation.objects.count() - unique


def _tick(at: datetime) -> None:
    with closing(connection):
        breach_overdue(at=at)


_TICKETS = """
INSERT INTO tickets_ticket (response_id, customer_id, touchpoint_id, subject, status,
    priority, team_id, assignee_id, opened_at, first_contact_due_at,
    resolution_due_at, next_due_at, outcome, reopened_count, region, product_line,
    tier, day)
SELECT r.id, r.customer_id, r.touchpoint_id, 'A low answer', 'open', 'normal',
    p.team_id, t.lead_id, r.submitted_at, r.submitted_at + interval '24 hours',
    r.submitted_at + interval '120 hours', r.submitted_at + interval '24 hours', '', 0,
    r.region, r.product_line, r.tier, r.day
FROM surveys_response r
JOIN journeys_touchpoint p ON p.id = r.touchpoint_id
JOIN teams_team t ON t.id = p.team_id"""
_CLOCKS = """
INSERT INTO tickets_clock (ticket_id, kind, state, policy_id, target_minutes,
    started_at, due_at, pauses)
SELECT t.number, kind.name, 'running', p.id, kind.minutes, t.opened_at,
    t.opened_at + kind.minutes * interval '1 minute', '[]'
FROM tickets_ticket t,
    (VALUES ('first_contact', 1440), ('resolution', 7200)) kind (name, minutes),
    (SELECT min(id) AS id FROM tickets_slapolicy) p"""
