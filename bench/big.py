"""The dashboards over ten million answers, against the same questions in raw SQL.

Product and raw SQL take turns in one run, and each pair of answers has to be equal.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from statistics import median, quantiles
from typing import Any

from django.db import connection
from django.utils import timezone

from bench import answers, big_data, cost, place
from bench.report import Row
from cem.local.engines import Engines
from dashboards import answer_rollup, answer_shapes
from dashboards.counting import Key, counts
from dashboards.dimensions import DIMENSIONS, Dimension
from dashboards.packed_days import pack_stale_days
from dashboards.periods import Grain
from dashboards.selection import Filters
from events import outbox
from events.models import Event
from surveys.models import Survey
from surveys.submitted import NEW_ANSWERS
from teams.models import User
from teams.roles import Role

RAW_TURNS, TURNS, PAGES, WATCHED = 3, 40, 20, 10
FOLDED = 20_000
# As many days as a tenth more takes to come.
LATER = 73
ROLLUP_TABLES = (
    *("dashboards_answercell", "dashboards_answerday", "dashboards_answercolumn"),
    *("dashboards_answercross", "dashboards_answervalue"),
)


@dataclass(frozen=True)
class Question:
    since: date
    until: date
    filters: Filters = Filters()
    by: tuple[Dimension, ...] = ()
    grain: Grain | None = None


@dataclass(frozen=True)
class Timed:
    """In milliseconds; `raw` is the median, product's are all."""

    raw: float
    product: Sequence[float]

    @property
    def p95(self) -> float:
        return quantiles(self.product, n=20)[-1]

    @property
    def ratio(self) -> float:
        return self.raw / median(self.product)

    @property
    def detail(self) -> str:
        return f"p50 {median(self.product):.1f} ms, raw SQL {self.raw:,.0f} ms"


def measure(engines: Engines, survey: Survey, *, rows: int) -> list[Row]:
    now = timezone.now()
    world = big_data.found_world(survey)
    span = (now.date() - timedelta(days=729), now.date())
    answers.forget_all()
    big_data.fill(world, rows=rows, since=span[0], until=span[1])
    answers.settle()
    found = _rebuilding(engines)
    answers.settle()
    found.append(_size())
    eva = User.objects.filter(role=Role.EXECUTIVE).earliest("pk")
    found += [row for asked in _questions(eva, world, span) for row in asked.rows]
    found.append(_page(eva, world, span))
    found += _growth(eva, world, span, rows=rows // 10)
    # Last: the answers of today that it brings are not packed yet.
    found += _folding(world, now)
    found.append(_freshness(eva, world))
    return found


@dataclass(frozen=True)
class Asked:
    name: str
    timed: Timed
    most_ms: float
    least_ratio: float

    @property
    def rows(self) -> list[Row]:
        return [
            Row(f"{self.name}: p95 ms", self.timed.p95, "<=", self.most_ms),
            Row(
                f"{self.name}: raw / product",
                self.timed.ratio,
                ">=",
                self.least_ratio,
                self.timed.detail,
            ),
        ]


def _questions(
    eva: User,
    world: big_data.World,
    span: tuple[date, date],
    *,
    raw_turns: int = RAW_TURNS,
) -> list[Asked]:
    """The same ones, and the same random periods, each time."""
    rng = Random(3)  # noqa: S311
    whole = Question(*span)
    kinds: list[tuple[str, Callable[[], Question], float, float]] = [
        ("home tile, two years", lambda: whole, 25, 100),
        ("home tile by week", lambda: Question(*span, grain="week"), 25, 100),
        (
            "home tile, one region",
            lambda: Question(*span, Filters(region=world.regions[0])),
            25,
            100,
        ),
        ("drill by region", lambda: Question(*span, by=("region",)), 25, 100),
        (
            "drill by product line",
            lambda: Question(*span, by=("product_line",)),
            25,
            100,
        ),
        ("drill by team", lambda: Question(*span, by=("team",)), 25, 100),
        (
            "region x product, two years",
            lambda: Question(*span, by=("region", "product_line")),
            400,
            10,
        ),
        ("cross of 2, any period", lambda: _cross(rng, world, span, 2), 400, 10),
        ("cross of 3, any period", lambda: _cross(rng, world, span, 3), 400, 10),
        (
            "3 filters by a fourth",
            lambda: _cross(rng, world, span, 3, by=("language",)),
            1_000,
            2,
        ),
    ]
    found = []
    for name, draw, most, least in kinds:
        started = time.perf_counter()
        timed = _timed(eva, draw, raw_turns=raw_turns)
        _say(name, started)
        found.append(Asked(name, timed, most, least))
    return found


def _cross(
    rng: Random,
    world: big_data.World,
    span: tuple[date, date],
    depth: int,
    by: tuple[Dimension, ...] = (),
) -> Question:
    """Filters on so many dimensions, over a random period of a week at least."""
    names = rng.sample(sorted(world.values), depth)
    chosen: dict[str, Any] = {name: rng.choice(world.values[name]) for name in names}
    filters = Filters(**chosen)
    first = rng.randrange(700)
    last = rng.randrange(first + 7, 730)
    since, until = (span[0] + timedelta(days=days) for days in (first, last))
    return Question(since, until, filters, by)


def _timed(eva: User, draw: Callable[[], Question], *, raw_turns: int) -> Timed:
    raw: list[float] = []
    product: list[float] = []
    _ask(eva, draw())
    for turn in range(TURNS):
        question = draw()
        started = time.perf_counter()
        found = _ask(eva, question)
        product.append((time.perf_counter() - started) * 1000)
        if turn % (TURNS // max(1, raw_turns)) == 0 and len(raw) < raw_turns:
            started = time.perf_counter()
            expected = _ask_raw(question)
            raw.append((time.perf_counter() - started) * 1000)
            assert _nps_in(found) == expected, question
    return Timed(median(raw) if raw else 0.0, product)


def _ask(eva: User, question: Question) -> dict[Key, Any]:
    return counts(
        eva,
        question.filters,
        since=question.since,
        until=question.until,
        by=question.by,
        grain=question.grain,
    )


def _nps_in(found: dict[Key, Any]) -> dict[Key, tuple[int, int, int]]:
    """Answers, promoters and detractors."""
    sums = {
        key: (
            sum(c[f"nps_{score}"] for score in range(11)),
            c["nps_9"] + c["nps_10"],
            sum(c[f"nps_{score}"] for score in range(7)),
        )
        for key, c in found.items()
    }
    return {key: value for key, value in sums.items() if value[0]}


def _ask_raw(question: Question) -> dict[Key, tuple[int, int, int]]:
    """As one would write it for one tile: NPS alone."""
    names = [_COLUMNS[name] for name in question.by]
    if question.grain:
        names.insert(0, f"date_trunc('{question.grain}', r.day)::date")
    conditions = {_COLUMNS[d]: v for d, v in question.filters.given.items()}
    where = "".join(f" AND {column} = %s" for column in conditions)
    groups = f"GROUP BY {', '.join(names)}" if names else ""
    columns = ", ".join((*names, _NPS))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM surveys_response r"  # noqa: S608
            " JOIN journeys_touchpoint t ON t.id = r.touchpoint_id"
            " WHERE state = 'complete' AND NOT is_test"
            f" AND day BETWEEN %s AND %s{where} {groups}",
            [question.since, question.until, *conditions.values()],
        )
        rows = cursor.fetchall()
    return {tuple(row[:-3]): row[-3:] for row in rows if row[-3]}


def _page(eva: User, world: big_data.World, span: tuple[date, date]) -> Row:
    """Twelve tiles: each another question, as the home and its drills ask them."""
    lately = span[1] - timedelta(days=89), span[1]
    before = lately[0] - timedelta(days=90), lately[0] - timedelta(days=1)
    tiles = [
        Question(*lately),
        Question(*before),
        Question(*lately, grain="week"),
        Question(*span, grain="month"),
        *(Question(*lately, by=(name,)) for name in _DRILLS),
        Question(*lately, Filters(region=world.regions[0]), grain="week"),
        Question(*before, Filters(region=world.regions[0])),
    ]
    took = []
    for _ in range(PAGES):
        started = time.perf_counter()
        for tile in tiles:
            _ask(eva, tile)
        took.append((time.perf_counter() - started) * 1000)
    detail = f"p50 {median(took):.0f} ms, {len(tiles)} questions"
    return Row("page of 12 tiles: p95 ms", quantiles(took, n=20)[-1], "<=", 100, detail)


def _rebuilding(engines: Engines) -> list[Row]:
    scans = [_spent(engines, lambda: _ask_all(_SCAN)) for _ in range(3)]
    counted = _spent(engines, lambda: _ask_all(_COUNTED))
    made = _spent(engines, lambda: answer_rollup.rebuild(progress=_show))
    started = time.perf_counter()
    assert not answer_rollup.differences(limit=5)
    _say("comparison with the raw answers", started)
    scan = min(scans)
    detail = (
        f"rebuild {made}, scan {scan}, the total of every count in raw SQL {counted}"
    )
    return [
        Row("rebuild / one raw scan", made.wall / scan.wall, "<=", 5, detail),
        Row("the same: processor time", made.cpu / scan.cpu, "<=", 5),
    ]


@dataclass(frozen=True, order=True)
class Spent:
    """In seconds; `cpu` is the database's and ours together."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:.1f} s (CPU {self.cpu:.1f})"


def _spent(engines: Engines, work: Callable[[], object]) -> Spent:
    database = engines.postgres.pid
    assert database is not None

    def cpu() -> float:
        return time.process_time() + cost.cpu_seconds(database)

    started, begun = time.perf_counter(), cpu()
    work()
    return Spent(time.perf_counter() - started, cpu() - begun)


def _size() -> Row:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_total_relation_size(name::regclass))::float8,"
            " pg_table_size('surveys_response')::float8 FROM unnest(%s) name",
            [list(ROLLUP_TABLES)],
        )
        rollup, raw = cursor.fetchone() or (0.0, 1.0)
    detail = f"{rollup / 1e6:,.0f} MB with indexes, raw {raw / 1e6:,.0f} MB without"
    return Row("rollups / raw table, percent", 100 * rollup / raw, "<=", 2, detail)


def _folding(world: big_data.World, now: datetime) -> list[Row]:
    """The share of a drain that the fold takes."""
    shares = []
    for seed in range(3):
        big_data.arrive(world, count=FOLDED, seed=seed, until=now)
        with _watched_fold() as inside:
            started = time.perf_counter()
            outbox.drain()
            total = time.perf_counter() - started
        waiting = Event.objects.filter(name__in=NEW_ANSWERS, dispatched_at=None)
        assert not waiting.exists()
        shares.append(100 * sum(inside) / total)
    return [Row("fold, percent of the drain", median(shares), "<=", 15)]


@contextmanager
def _watched_fold() -> Iterator[list[float]]:
    """The seconds of every fold while it lasts."""
    took: list[float] = []
    fold = answer_rollup.fold

    def timed(*args: Any, **kwargs: Any) -> None:
        started = time.perf_counter()
        fold(*args, **kwargs)
        took.append(time.perf_counter() - started)

    answer_rollup.fold = timed
    try:
        yield took
    finally:
        answer_rollup.fold = fold


def _growth(
    eva: User, world: big_data.World, span: tuple[date, date], *, rows: int
) -> list[Row]:
    """The same questions before and after, and those of the two years up to then.

    All days are packed and settled each time, as after a night, and raw SQL is not
    asked in between, for it leaves the database's memory full of raw rows.
    """
    first = _all_at_once(eva, world, span)
    later = timedelta(days=LATER)
    began = span[1] + timedelta(days=1)
    big_data.import_more(world, rows=rows, since=began, until=span[1] + later)
    started = time.perf_counter()
    outbox.drain()
    pack_stale_days(today=span[1] + later + timedelta(days=1))
    _say(f"{rows:,} more, folded and packed", started)
    answers.settle()
    then = _all_at_once(eva, world, span)
    moved = _all_at_once(eva, world, (span[0] + later, span[1] + later))
    return [
        _grown("latency after a tenth more, percent", first, then),
        _grown("the same of the two years up to then, percent", first, moved),
    ]


def _all_at_once(eva: User, world: big_data.World, span: tuple[date, date]) -> float:
    """Milliseconds of all questions together, each as it is at the median."""
    asked = _questions(eva, world, span, raw_turns=0)
    return sum(median(one.timed.product) for one in asked)


def _grown(name: str, first: float, then: float) -> Row:
    # Over all questions: single ones are noise.
    detail = f"p50 of all questions together: {first:.0f} ms, then {then:.0f} ms"
    return Row(name, 100 * (then / first - 1), "<=", 10, detail)


def _freshness(eva: User, world: big_data.World) -> Row:
    """From the commit of an answer until the home page counts it."""
    today = timezone.now().date()
    took = []
    with place.worker():
        for seed in range(WATCHED):
            known = _today(eva, today)
            started = time.perf_counter()
            big_data.arrive(world, count=1, seed=100 + seed, until=timezone.now())
            while _today(eva, today) == known:
                time.sleep(0.01)
            took.append(time.perf_counter() - started)
    detail = f"p50 {median(took):.2f} s"
    return Row("a new answer is counted after, s", max(took), "<=", 2, detail)


def _today(eva: User, today: date) -> int:
    found = counts(eva, Filters(), since=today - timedelta(days=1), until=today)
    return found[()]["responses"] if found else 0


def _ask_all(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.fetchall()


def _show(done: int, total: int) -> None:
    sys.stdout.write(f"\rmonth {done} of {total}" + ("\n" if done == total else ""))
    sys.stdout.flush()


def _say(what: str, started: float) -> None:
    sys.stdout.write(f"{what}: {time.perf_counter() - started:.1f} s\n")
    sys.stdout.flush()


_DRILLS: tuple[Dimension, ...] = (
    *("survey", "touchpoint", "region", "product_line", "tier", "channel"),
)
_NPS = "count(nps), count(*) FILTER (WHERE nps >= 9), count(*) FILTER (WHERE nps <= 6)"
_COLUMNS: dict[Dimension, str] = {
    **{name: f"r.{declared.lookup}" for name, declared in DIMENSIONS.items()},
    "team": "t.team_id",
}
# Every column that the rollups are made of is read, and nothing done with it; by as
# many processes as the database likes.
_READ = (
    *("nps", "csat", "ces", "ces_scale", "day"),
    *(column for _name, column in answer_shapes.COLUMNS.values()),
)
_SCAN = f"""
    SELECT count(*), {", ".join(f"count({column})" for column in _READ)}
    FROM surveys_response WHERE state = 'complete' AND NOT is_test"""  # noqa: S608
_COUNTED = f"""
    SELECT {", ".join(answer_rollup.RAW_COUNTS)} FROM surveys_response
    WHERE state = 'complete' AND NOT is_test"""  # noqa: S608
