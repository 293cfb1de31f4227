"""The loop's cells: equal to the rows, whatever happened to the tickets."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboards import loop_cells, loop_rollup
from dashboards.loop_cells import LOOP_SHAPES, VALUES
from dashboards.models import LoopCell, LoopRow
from dashboards.rollups import rebuild_rollups, rollup_differences
from dashboards.shapes import DIMENSIONS, KEY, SHAPES
from events import outbox
from tests.dashboards.test_loop_rollup import cause
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    manager_milo,
    mara_detractor,
    paul_promoter,
)
from tests.tickets.answers import answer, ticket_for
from tickets.breaches import breach_overdue
from tickets.closed_loop import open_tickets_for
from tickets.models import SlaPolicy, Ticket
from tickets.models.ticket import IllegalAct
from tickets.policy_changes import change_policy

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ENDED = {"met", "met_late", "stopped", ""}
Cells = dict[tuple[Any, ...], dict[str, Any]]


def cells() -> Cells:
    return {
        tuple(row[name] for name in KEY): {
            name: bytes(row[name]) if name.endswith("minutes") else row[name]
            for name in VALUES
        }
        for row in LoopCell.objects.values(*KEY, *VALUES)
    }


def added_by_hand() -> Cells:
    """The cells, added up row by row in Python."""
    found: dict[tuple[Any, ...], list[LoopRow]] = {}
    for row in LoopRow.objects.all():
        if {row.contact_state, row.resolution_state} <= ENDED:
            for shape in LOOP_SHAPES:
                found.setdefault(_key(shape, row), []).append(row)
    return {
        key: _values("contact", rows) | _values("resolution", rows) | _rates(rows)
        for key, rows in found.items()
    }


def _key(shape: Any, row: LoopRow) -> tuple[Any, ...]:
    empty = {"survey_id": 0, "touchpoint_id": 0}
    kept = SHAPES[shape]
    values = (getattr(row, d) if d in kept else empty.get(d, "") for d in DIMENSIONS)
    return (shape.value, row.day, *values)


def _values(clock: str, rows: list[LoopRow]) -> dict[str, Any]:
    states = [getattr(row, f"{clock}_state") for row in rows]
    minutes = [getattr(row, f"{clock}_minutes") for row in rows]
    in_order = sorted(each for each in minutes if each is not None)
    return {
        f"{clock}_met": states.count("met"),
        f"{clock}_late": states.count("met_late"),
        f"{clock}_minutes": b"".join(each.to_bytes(4, "big") for each in in_order),
    }


def _rates(rows: list[LoopRow]) -> dict[str, int]:
    def answers(kept: Callable[[LoopRow], bool]) -> int:
        return sum(row.answers for row in rows if kept(row))

    return {
        "covered": answers(lambda row: True),
        "resolved": answers(lambda row: row.is_resolved),
        "confirmed": answers(lambda r: r.is_resolved and r.closure == "confirmed"),
        "unobjected": answers(lambda r: r.is_resolved and r.closure == "unconfirmed"),
        "reopened": answers(lambda row: row.was_reopened),
    }


def contact(ticket: Ticket, at: datetime) -> None:
    ticket.log_contact(channel="phone", summary="Hello", by=agent_ana(), at=at)


def resolve(ticket: Ticket, at: datetime) -> None:
    ticket.resolve(root_cause=cause(), outcome="Done", by=agent_ana(), at=at)


def care_for(ticket: Ticket, *, hours: int) -> None:
    contact(ticket, MONDAY_NINE + hours * HOUR)
    resolve(ticket, MONDAY_NINE + (hours + 1) * HOUR)


class Desk:
    """Acts on random tickets at random times; what is impossible is not done."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.now = MONDAY_NINE
        self.tickets: list[Ticket] = []

    def act(self) -> None:
        self.now += self.dice.randrange(1, 9) * HOUR
        acts = [self.open, self.open, self.contact, self.resolve, self.resolve]
        others = [self.reopen, self.pause, self.resume, self.breach, self.promise]
        try:
            self.dice.choice([*acts, *acts, *others])()
        except IllegalAct:
            return

    def open(self) -> None:
        """A known customer's answer may be attached to a ticket that is open."""
        customer = self.dice.choice([mara_detractor, paul_promoter, lambda: None])()
        at = self.now - self.dice.randrange(10) * DAY
        fields = {} if customer else self._segment()
        found = open_tickets_for([answer(customer, at=at, **fields).pk], at=at)
        self.tickets.extend(found)

    def _segment(self) -> dict[str, str]:
        region = self.dice.choice(["", "North", "South"])
        return {"region": region, "tier": self.dice.choice(["gold", "standard"])}

    def contact(self) -> None:
        contact(self.dice.choice(self.tickets), self.now)

    def resolve(self) -> None:
        resolve(self.dice.choice(self.tickets), self.now)

    def reopen(self) -> None:
        self.dice.choice(self.tickets).reopen(
            reason="Not solved", by=agent_ana(), at=self.now
        )

    def pause(self) -> None:
        self.dice.choice(self.tickets).pause(
            reason="customer", by=agent_ana(), at=self.now
        )

    def resume(self) -> None:
        self.dice.choice(self.tickets).resume(by=agent_ana(), at=self.now)

    def breach(self) -> None:
        breach_overdue(at=self.now)

    def promise(self) -> None:
        policy = SlaPolicy.objects.order_by("pk")[0]
        hours = self.dice.randrange(2, 30)
        change_policy(
            policy,
            first_contact_minutes=hours * 60,
            resolution_minutes=hours * 120,
            by=manager_milo(),
            at=self.now,
        )


class TestFold:
    @pytest.mark.parametrize("seed", range(4))
    def test_keeps_the_cells_equal_to_the_rows_after_any_acts(self, seed: int) -> None:
        desk = Desk(seed)
        desk.open()
        for _ in range(60):
            desk.act()
            if desk.dice.random() < 0.4:
                outbox.drain()
                assert cells() == added_by_hand()
        outbox.drain()
        assert cells() == added_by_hand()
        assert loop_rollup.differences(limit=5) == loop_cells.differences(limit=5) == []
        before = cells()
        assert before
        rebuild_rollups()
        assert cells() == before

    def test_counts_a_finished_ticket_in_every_shape(self) -> None:
        care_for(ticket_for(mara_detractor()), hours=2)
        outbox.drain()
        assert sorted(key[0] for key in cells()) == sorted(LOOP_SHAPES)
        [whole] = LoopCell.objects.filter(shape=0)
        assert (whole.contact_met, whole.resolution_met) == (1, 1)
        assert bytes(whole.contact_minutes) == (120).to_bytes(4, "big")
        assert bytes(whole.resolution_minutes) == (180).to_bytes(4, "big")

    def test_takes_a_reopened_ticket_out(self) -> None:
        ticket = ticket_for()
        care_for(ticket, hours=2)
        outbox.drain()
        ticket.reopen(reason="Again", by=agent_ana(), at=MONDAY_NINE + 4 * HOUR)
        outbox.drain()
        assert cells() == {}

    def test_leaves_the_cells_alone_for_tickets_that_are_not_finished(self) -> None:
        ticket = ticket_for()
        contact(ticket, MONDAY_NINE + HOUR)
        outbox.drain()
        with CaptureQueriesContext(connection) as captured:
            loop_rollup.fold([ticket.number], newest_at=MONDAY_NINE)
        assert not any("loopcell" in query["sql"] for query in captured)

    def test_changes_nothing_when_it_happens_again(self) -> None:
        ticket = ticket_for()
        care_for(ticket, hours=2)
        outbox.drain()
        before = cells()
        loop_rollup.fold([ticket.number], newest_at=MONDAY_NINE)
        assert cells() == before


class TestDifferences:
    def test_name_a_cell_that_is_wrong_missing_or_left_over(self) -> None:
        care_for(ticket_for(), hours=2)
        outbox.drain()
        LoopCell.objects.filter(shape=0).update(contact_late=7)
        LoopCell.objects.filter(shape=1).delete()
        LoopCell.objects.filter(shape=5).update(tier="gold")
        shapes = [shape for shape, *_rest in loop_cells.differences(limit=9)]
        assert shapes == [0, 1, 5, 5]
        assert any(line.startswith("loop cell (0,") for line in rollup_differences())


class TestRebuild:
    def test_makes_the_cells_anew(self) -> None:
        for hours in range(3):
            care_for(ticket_for(), hours=hours)
        outbox.drain()
        before = cells()
        LoopCell.objects.filter(shape=0).delete()
        LoopCell.objects.filter(shape=1).update(contact_late=7)
        rebuild_rollups()
        assert cells() == before
