"""The loop's counts and medians: the same from cells as from the rows alone."""

import statistics
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from dashboards.dimensions import DIMENSIONS
from dashboards.loop_counts import (
    KINDS,
    CaseCounts,
    Kind,
    LoopCounts,
    loop_counts,
)
from dashboards.models import LoopRow
from dashboards.periods import Period
from dashboards.remainders import Table, added_up
from dashboards.selection import Filters, loop_cells, loop_rows
from dashboards.sorted_runs import Middle
from dashboards.uncovered import look_again
from events import outbox
from surveys.metrics import quantile_ranks
from surveys.quantiles import quantile
from teams.models import DataScope, User
from tests.dashboards.test_loop_cells import Desk
from tests.personas import (
    MONDAY_NINE,
    executive_eva,
    mara_detractor,
    service_team,
)
from tests.tickets.answers import answer, ticket_for

WEEK = Period(MONDAY_NINE.date(), MONDAY_NINE.date() + timedelta(days=6))
BOTH_WEEKS = (
    (WEEK.start, WEEK.end),
    (WEEK.preceding_start, WEEK.preceding_end),
)
FILTERS = [
    *(Filters(), Filters(region="North"), Filters(region=""), Filters(tier="gold")),
    *(Filters(region="North", tier="gold"), Filters(product_line="Nothing")),
]


NOTHING = dict.fromkeys(
    ["cases", "contact due", "contact done", "resolution due", "resolution done"], 0
)
Clocks = Mapping[Kind, tuple[object, ...]]


def said(found: LoopCounts) -> tuple[Clocks, CaseCounts]:
    """Everything that can be asked of the counts."""
    clocks: Clocks = {
        kind: (
            *(clock.met, clock.breached, clock.waiting, clock.done),
            *(clock.middle(0.5), clock.middle(0.9), clock.quantile(0.5)),
            clock.longer(),
        )
        for kind, clock in found.clocks.items()
    }
    return clocks, found.cases


def sizes(found: LoopCounts) -> dict[str, int]:
    """What numbers rest on."""
    of_clocks = {
        f"{kind} {what}": n
        for kind, clock in found.clocks.items()
        for what, n in (("due", clock.met + clock.breached), ("done", clock.done))
    }
    return {"cases": found.cases.qualifying} | of_clocks


def counted(
    now: list[LoopRow], before: list[LoopRow], at: datetime
) -> tuple[Clocks, CaseCounts]:
    """Row by row, by the definitions of the metrics."""
    return (
        {kind: _clock(kind, now, before, at) for kind in KINDS},
        CaseCounts(
            covered=sum(row.answers for row in now),
            resolved=sum(row.answers for row in now if row.is_resolved),
            reopened=sum(row.answers for row in now if row.was_reopened),
        ),
    )


def _clock(
    kind: str, now: list[LoopRow], before: list[LoopRow], at: datetime
) -> tuple[object, ...]:
    fates = Counter(
        _fate(getattr(row, f"{kind}_state"), getattr(row, f"{kind}_due_at"), at)
        for row in now
    )
    done, others = _minutes(kind, now), _minutes(kind, before)
    middle = statistics.median([*done, *others]) if done else 0
    return (
        *(fates["met"], fates["breached"], fates["waiting"], len(done)),
        *(_middle(done, 0.5), _middle(done, 0.9)),
        statistics.median(done) if done else None,
        sum(minutes > middle for minutes in done),
    )


def _minutes(kind: str, rows: list[LoopRow]) -> list[int]:
    minutes = (getattr(row, f"{kind}_minutes") for row in rows)
    return sorted(each for each in minutes if each is not None)


def _middle(numbers: list[int], share: float) -> Middle | None:
    if not numbers:
        return None
    low, high = quantile_ranks(len(numbers), share)
    value = quantile(Counter(numbers), share)
    assert value is not None
    return Middle(pytest.approx(value), numbers[low], numbers[high])


def _fate(state: str, due_at: datetime, at: datetime) -> str:
    if state == "running":
        return "breached" if due_at < at else "waiting"
    return {"met_late": "breached", "paused": "waiting"}.get(state, state)


def eva_within(*lines: tuple[str, str, str]) -> User:
    eva = executive_eva()
    for effect, dimension, value in lines:
        DataScope.objects.create(
            user=eva, effect=effect, dimension=dimension, value=value
        )
    return eva


@pytest.mark.django_db
class TestLoopCounts:
    @pytest.mark.parametrize(
        "lines", [[], [("allow", "region", "North")], [("deny", "region", "North")]]
    )
    def test_equal_what_the_rows_say(self, lines: list[tuple[str, str, str]]) -> None:
        desk = Desk(7)
        desk.open()
        for _ in range(80):
            desk.act()
        outbox.drain()
        eva = eva_within(*lines)
        for filters in FILTERS:
            found = loop_counts(eva, WEEK, filters, at=desk.now).both
            now, before = (
                list(loop_rows(eva, filters).filter(day__range=week))
                for week in BOTH_WEEKS
            )
            assert said(found[0]) == counted(now, before, desk.now)
            assert said(found[1]) == counted(before, now, desk.now)

    @pytest.mark.parametrize("lines", [[], [("deny", "region", "South")]])
    def test_are_told_apart_as_filters_narrow_them(
        self, lines: list[tuple[str, str, str]]
    ) -> None:
        desk = Desk(7)
        desk.open()
        for _ in range(60):
            desk.act()
        outbox.drain()
        answer(mara_detractor())
        answer(region="West", locale="zh-hans")
        assert look_again(at=desk.now) == 2
        eva = eva_within(*lines)
        tables: list[Table] = [(Filters(), (name,)) for name in DIMENSIONS]
        tables += [(Filters(tier="gold"), ("region", "channel"))]
        tables += [(Filters(), ("region", "tier")), (Filters(), ("team", "account"))]
        read = loop_counts(eva, WEEK, Filters(), at=desk.now, tables=tables)
        now, before = (read.bases((), is_now=is_now) for is_now in (True, False))
        for filters, by in tables:
            found = now.read(filters, by), before.read(filters, by)
            for key in {*found[0], *found[1]}:
                narrower = dict(zip(by, key, strict=True))
                if narrower.get("account") == "":
                    continue
                asked = replace(filters, **narrower)  # type: ignore[arg-type]
                both = loop_counts(eva, WEEK, asked, at=desk.now).both
                for told, of_filters in zip(found, both, strict=True):
                    assert told.get(key, NOTHING) == sizes(of_filters), asked
            if filters == Filters():
                for told, whole in zip(found, read.both, strict=True):
                    assert added_up(((), n) for n in told.values())[()] == sizes(whole)

    @pytest.mark.parametrize(
        ("lines", "filters", "has_cells"),
        [
            ([], {}, True),
            ([], {"touchpoint": 1}, True),
            ([("allow", "region", "North")], {"region": "North"}, True),
            ([("allow", "region", "North")], {"tier": "gold"}, False),
            ([], {"region": "North", "tier": "gold"}, False),
        ],
    )
    def test_come_from_cells_where_one_dimension_is_in_play(
        self,
        lines: list[tuple[str, str, str]],
        filters: dict[str, Any],
        has_cells: bool,
    ) -> None:
        found = loop_cells(eva_within(*lines), Filters(**filters))
        assert (found is not None) == has_cells

    def test_of_a_team_are_those_of_its_tickets(self) -> None:
        ticket_for()
        outbox.drain()
        eva = eva_within(("allow", "team", str(service_team().pk)))
        assert loop_cells(eva, Filters()) is None
        now, _before = loop_counts(eva, WEEK, Filters(), at=MONDAY_NINE).both
        assert now.clocks["contact"].waiting == 1
