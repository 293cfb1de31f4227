"""The drain: a full outbox emptied in batches, against one Celery task per answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Max, Min
from django.utils import timezone

from bench import answers, cost, place
from bench.report import Row
from cem.local.engines import Engines
from cem.local.forking import share_memory
from dashboards.rollups import rollup_differences
from events import outbox
from events.models import Event, Failure
from tickets.reconciliation import GRACE, missing_tickets

EVENTS = 20_000
# Tasks are so much slower that a tenth of the answers tells as much.
TASKS = 2_000
LOW_SHARE = 0.1
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Run:
    """CPU-ms are per answer: of the drainer's process and of the database's."""

    per_second: float
    app_ms: float
    database_ms: float


def measure(engines: Engines, *, rounds: int) -> list[Row]:
    _have_history()
    share_memory()  # as a worker does, before it forks those who drain
    seeds = range(1, rounds + 1)
    pairs = [(_tasks(engines, -seed), _drain(engines, seed)) for seed in seeds]
    tasks, drains = zip(*pairs, strict=True)
    detail = (
        f"{EVENTS:,} answers, {LOW_SHARE:.0%} low; CPU-ms {_cost(drains)} an answer, "
        f"as tasks {_cost(tasks)}; {_median(tasks, _rate):,.0f} tasks/s"
    )
    ratio = median(drain.per_second / task.per_second for task, drain in pairs)
    return [
        Row("events drained in a second", _median(drains, _rate), ">=", 5_000, detail),
        Row("drain / one Celery task per answer", ratio, ">=", 10),
    ]


def _have_history() -> None:
    """Tables that are not empty: how PostgreSQL plans depends on it."""
    answers.forget_all()
    _fill(0, EVENTS)
    outbox.drain()


def _drain(engines: Engines, seed: int) -> Run:
    _fill(seed, EVENTS)
    started, app = time.perf_counter(), time.process_time()
    database = cost.cpu_seconds(engines.postgres.pid)
    outbox.drain()
    seconds = time.perf_counter() - started
    app = time.process_time() - app
    database = cost.cpu_seconds(engines.postgres.pid) - database
    _check()
    return Run(EVENTS / seconds, app / EVENTS * 1000, database / EVENTS * 1000)


def _tasks(engines: Engines, seed: int) -> Run:
    from bench.floor.per_answer import QUEUE, app, handle

    _fill(seed, TASKS)
    app.control.purge()
    told = Event.objects.filter(dispatched_at=None)
    ids = list(told.order_by("id").values_list("id", flat=True))
    for event_id in ids:
        handle.delay(event_id)
    database = cost.cpu_seconds(engines.postgres.pid)
    with place.worker(application="bench.floor.per_answer", queues=QUEUE) as pid:
        begun = cost.cpu_seconds(pid)
        done_in = _handled_in(ids)
        worked = cost.cpu_seconds(pid) - begun
        database = cost.cpu_seconds(engines.postgres.pid) - database
    outbox.drain()  # the tickets' own events, which the tasks leave alone
    _check()
    return Run(TASKS / done_in, worked / TASKS * 1000, database / TASKS * 1000)


def _fill(seed: int, count: int) -> None:
    # Old enough for the reconciliation to expect every ticket.
    until = timezone.now() - GRACE
    drawn = answers.draw(
        seed, count=count, since=until - AN_HOUR, until=until, low_share=LOW_SHARE
    )
    answers.store(drawn, waiting=True)
    answers.settle()


def _handled_in(event_ids: list[int]) -> float:
    """Seconds from the first to the last task: starting the worker is not counted."""
    told = Event.objects.filter(id__in=event_ids)
    while told.filter(dispatched_at=None).exists():
        time.sleep(0.5)
    span = told.aggregate(first=Min("dispatched_at"), last=Max("dispatched_at"))
    first: datetime = span["first"]
    last: datetime = span["last"]
    return (last - first).total_seconds()


def _check() -> None:
    """Fast and wrong does not count."""
    assert not Event.objects.filter(dispatched_at=None).exists()
    assert not Failure.objects.exists()
    assert not missing_tickets(at=timezone.now())
    assert not rollup_differences()


def _rate(run: Run) -> float:
    return run.per_second


def _median(runs: tuple[Run, ...], of: Callable[[Run], float]) -> float:
    return median(map(of, runs))


def _cost(runs: tuple[Run, ...]) -> str:
    app, database = (
        _median(runs, lambda run: run.app_ms),
        _median(runs, lambda run: run.database_ms),
    )
    return f"{app:.3f}+{database:.3f}"
