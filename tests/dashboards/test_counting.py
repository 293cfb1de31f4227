"""Counts of answers: what the rollup says is what the answers say, however asked."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, product
from typing import Any

import pytest

from dashboards.counting import Counts, Key, counts
from dashboards.crossed_counts import read_blocks
from dashboards.dimensions import DIMENSIONS, Dimension
from dashboards.models import AnswerDay
from dashboards.packed_days import pack_stale_days
from dashboards.period_counts import PeriodCounts, period_counts
from dashboards.periods import Grain, Period, Stretch, bucket_of
from dashboards.scores import COUNTS, SCORE_COLUMNS
from dashboards.selection import Filters, answers
from events import outbox
from surveys.models import Response
from teams.models import DataScope, User
from tests.dashboards.answers import MONDAY, mixed_rows, store
from tests.dashboards.wide import wide_dimensions
from tests.personas import executive_eva

pytestmark = pytest.mark.django_db

FIRST = MONDAY - timedelta(days=3)
LAST = MONDAY + timedelta(days=80)
LATER = MONDAY + timedelta(days=400)
GRAINS: list[Grain | None] = [None, "day", "week", "month"]
SOME: list[tuple[Dimension, ...]] = [
    (),
    ("region",),
    ("channel",),
    ("journey",),
    ("team", "stage"),
    ("region", "tier"),
    ("survey", "product_line"),
    ("language", "touchpoint", "region"),
    ("journey", "tier", "touchpoint"),
    ("survey", "region", "tier", "product_line", "channel"),
]


def drained(seed: int = 11, size: int = 200) -> None:
    store(mixed_rows(seed, size))
    outbox.drain()


def raw(
    user: User,
    filters: Filters,
    since: date,
    until: date,
    by: tuple[Dimension, ...] = (),
    grain: Grain | None = None,
) -> dict[Key, dict[str, int]]:
    """Counted answer by answer in Python."""
    found: dict[Key, Counter[str]] = {}
    rows = answers(user, filters).filter(day__range=(since, until)).distinct()
    lookups = [DIMENSIONS[name].lookup for name in by]
    for response, *values in _with(rows, lookups):
        bucket = (bucket_of(response.day, grain),) if grain else ()
        key = (*bucket, *("" if value is None else value for value in values))
        found.setdefault(key, Counter()).update(_names(response))
    return {key: {name: names[name] for name in COUNTS} for key, names in found.items()}


def _with(rows: Any, lookups: list[str]) -> list[tuple[Any, ...]]:
    values = {row[0]: row[1:] for row in rows.order_by().values_list("pk", *lookups)}
    return [(response, *values[response.pk]) for response in rows]


def _names(response: Response) -> list[str]:
    effort = "ces5" if response.ces_scale == 5 else "ces"
    given = {"nps": response.nps, "csat": response.csat, effort: response.ces}
    scored = [SCORE_COLUMNS[m][s] for m, s in given.items() if s is not None]
    return ["responses", *scored]


class TestCounts:
    @pytest.mark.parametrize("packing", ["none", "half", "all"])
    def test_equal_the_answers(self, packing: str) -> None:
        drained()
        if packing != "none":
            pack_stale_days(today=LATER)
        if packing == "half":
            drained(12, 60)
        eva = executive_eva()
        spans = ((FIRST, LAST), (MONDAY + timedelta(9), LAST - timedelta(20)))
        for by, grain, (since, until) in product(SOME, GRAINS, spans):
            found = counts(eva, Filters(), since=since, until=until, by=by, grain=grain)
            assert found == raw(eva, Filters(), since, until, by, grain), (by, grain)

    @pytest.mark.parametrize("seed", range(6))
    def test_equal_the_answers_within_filters_and_scope(self, seed: int) -> None:
        drained(seed)
        pack_stale_days(today=MONDAY + timedelta(40))
        dice = random.Random(seed)
        eva = executive_eva()
        for effect, dimension, value in (
            ("allow", "region", "North"),
            ("deny", "tier", "gold"),
            ("deny", "product_line", "Rail"),
        ):
            if dice.random() < 0.6:
                DataScope.objects.create(
                    user=eva, effect=effect, dimension=dimension, value=value
                )
        for _ in range(8):
            filters = _some_filters(dice)
            by = dice.choice(SOME)
            since = FIRST + timedelta(days=dice.randrange(40))
            until = since + timedelta(days=dice.randrange(50))
            for many in (nullcontext, wide_dimensions):
                with many():
                    found = counts(eva, filters, since=since, until=until, by=by)
                    assert found == raw(eva, filters, since, until, by)

    def test_equal_the_answers_of_most_of_a_month(self) -> None:
        drained()
        pack_stale_days(today=LATER)
        month = (MONDAY + timedelta(40)).replace(day=1)
        since, until = month + timedelta(4), month + timedelta(25)
        eva = executive_eva()
        for grain, is_stale in product((None, "month", "week"), (False, True)):
            if is_stale:
                # Of the days that are not asked for.
                AnswerDay.objects.filter(day=month + timedelta(2)).update(is_stale=True)
            blocks, _stale = read_blocks(
                ("region", "tier"), Stretch(since, until, grain)
            )
            is_read_whole = any(block.left_out for block in blocks)
            assert is_read_whole == (grain != "week" and not is_stale)
            for by in SOME:
                found = counts(
                    eva, Filters(), since=since, until=until, by=by, grain=grain
                )
                assert found == raw(eva, Filters(), since, until, by, grain)
            AnswerDay.objects.update(is_stale=False)


def _compare(found: PeriodCounts, eva: User, filters: Filters, period: Period) -> None:
    before = Period(period.preceding_start, period.preceding_end)
    for narrower, by in _narrower(filters):
        asked = found.counts(narrower, by, in_buckets=True)
        assert asked == _asked(eva, narrower, by, period, period.grain)
        asked = found.counts(narrower, by)
        assert asked == _asked(eva, narrower, by, period)
        asked = found.counts(narrower, by, is_before=True)
        assert asked == _asked(eva, narrower, by, before)


class TestPeriodCounts:
    """What a page reads once is what it would be told if it asked one by one."""

    @pytest.mark.parametrize("seed", range(3))
    def test_equal_single_questions(self, seed: int) -> None:
        drained(seed)
        pack_stale_days(today=MONDAY + timedelta(40))
        drained(seed + 10, 20)
        eva = executive_eva()
        if seed:
            DataScope.objects.create(
                user=eva, effect="deny", dimension="tier", value="gold"
            )
        dice = random.Random(seed)
        for days in (20, 36, 100):
            filters = _some_filters(dice)
            if days == 36:
                filters = replace(filters, attributes=(("plan", "pro"),))
            start = MONDAY + timedelta(days=30)
            period = Period(start, start + timedelta(days=days - 1))
            with wide_dimensions() if seed == 2 else nullcontext():
                _compare(period_counts(eva, filters, period), eva, filters, period)

    def test_takes_every_period_of_the_calendar(self) -> None:
        filters = Filters(region="North", tier="gold")
        last = Period(date.max - timedelta(days=30), date.max)
        assert period_counts(executive_eva(), filters, last).counts(filters) == {}


def _asked(
    user: User,
    filters: Filters,
    by: tuple[Dimension, ...],
    period: Period,
    grain: Grain | None = None,
) -> Mapping[Key, Counts]:
    span = {"since": period.start, "until": period.end}
    return counts(user, filters, **span, by=by, grain=grain)


def _narrower(filters: Filters) -> Iterator[tuple[Filters, tuple[Dimension, ...]]]:
    """The filters, and without one or two that are told apart by instead."""
    yield filters, ()
    for size in (1, 2):
        for by in combinations(filters.given, size):
            dropped = dict.fromkeys(by)
            yield replace(filters, **dropped), by  # type: ignore[arg-type]


def _some_filters(dice: random.Random) -> Filters:
    row = Response.objects.select_related("touchpoint__stage").order_by("?")[0]
    chosen = {
        "survey": row.survey_id,
        "touchpoint": row.touchpoint_id,
        "region": row.region,
        "product_line": row.product_line,
        "tier": row.tier,
        "channel": row.channel,
        "journey": row.touchpoint.stage.journey_id,
        "team": row.touchpoint.team_id,
    }
    names = dice.sample(sorted(chosen), dice.randrange(4))
    return Filters(**{name: chosen[name] for name in names})  # type: ignore[arg-type]
