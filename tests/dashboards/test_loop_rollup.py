"""The loop's rollup: one row per ticket, always as the ticket stands."""

from datetime import timedelta

import pytest

from dashboards import loop_rollup
from dashboards.models import LoopRow
from dashboards.rollups import rebuild_rollups, rollup_differences
from events import outbox
from tests.personas import MONDAY_NINE, agent_ana, manager_milo
from tests.tickets.answers import ticket_for
from tickets.breaches import breach_overdue
from tickets.models import Clock, RootCause, SlaPolicy, Ticket
from tickets.policy_changes import change_policy

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def cause() -> RootCause:
    found = RootCause.objects.filter(parent__isnull=False).first()
    assert found is not None
    return found


def row_of(ticket: Ticket) -> LoopRow:
    outbox.drain()
    return LoopRow.objects.get(ticket_id=ticket.number)


class TestFold:
    def test_follows_a_ticket_from_opened_to_resolved(self) -> None:
        ticket = ticket_for()
        opened = row_of(ticket)
        assert (opened.contact_state, opened.resolution_state) == ("running", "running")
        assert opened.contact_due_at == MONDAY_NINE + 24 * HOUR
        at = MONDAY_NINE + 2 * HOUR
        ticket.log_contact(channel="phone", summary="Hello", by=agent_ana(), at=at)
        contacted = row_of(ticket)
        assert (contacted.contact_state, contacted.contact_minutes) == ("met", 120)
        ticket.resolve(root_cause=cause(), outcome="Done", by=agent_ana(), at=at + HOUR)
        resolved = row_of(ticket)
        assert (resolved.resolution_state, resolved.resolution_minutes) == ("met", 180)
        assert loop_rollup.differences(limit=20) == []

    def test_takes_back_what_a_reopening_undoes(self) -> None:
        ticket = ticket_for()
        at = MONDAY_NINE + HOUR
        ticket.log_contact(channel="phone", summary="Hello", by=agent_ana(), at=at)
        ticket.resolve(root_cause=cause(), outcome="Done", by=agent_ana(), at=at)
        ticket.reopen(reason="Not solved", by=agent_ana(), at=at + HOUR)
        reopened = row_of(ticket)
        assert (reopened.resolution_state, reopened.resolution_minutes) == (
            "running",
            None,
        )
        assert loop_rollup.differences(limit=20) == []

    def test_knows_a_breach(self) -> None:
        ticket = ticket_for()
        breach_overdue(at=MONDAY_NINE + 25 * HOUR)
        assert row_of(ticket).contact_state == Clock.State.BREACHED
        assert loop_rollup.differences(limit=20) == []

    def test_follows_a_pause(self) -> None:
        ticket = ticket_for()
        at = MONDAY_NINE + HOUR
        ticket.pause(reason="customer", by=agent_ana(), at=at)
        assert row_of(ticket).resolution_state == Clock.State.PAUSED
        assert loop_rollup.differences(limit=20) == []

    def test_follows_a_changed_policy(self) -> None:
        ticket = ticket_for()
        row_of(ticket)
        policy = SlaPolicy.objects.get(pk=ticket.clocks.all()[0].policy_id)
        change_policy(
            policy,
            first_contact_minutes=60,
            resolution_minutes=120,
            by=manager_milo(),
            at=MONDAY_NINE,
        )
        assert loop_rollup.differences(limit=20) == []
        assert row_of(ticket).contact_due_at == MONDAY_NINE + HOUR
        assert loop_rollup.differences(limit=20) == []

    def test_changes_nothing_when_it_happens_again(self) -> None:
        ticket = ticket_for()
        before = row_of(ticket)
        loop_rollup.fold([ticket.number], newest_at=MONDAY_NINE)
        assert LoopRow.objects.values().get() == {
            field.attname: getattr(before, field.attname)
            for field in LoopRow._meta.concrete_fields
        }

    def test_is_the_handler_that_comparing_asks_for(self) -> None:
        from dashboards.handlers import fold_tickets

        name = f"{fold_tickets.__module__}.{fold_tickets.__qualname__}"
        assert name == loop_rollup.HANDLER


class TestDifferences:
    def test_name_the_ticket_whose_row_is_wrong(self) -> None:
        ticket = ticket_for()
        row_of(ticket)
        LoopRow.objects.update(contact_state="met")
        lines = rollup_differences()
        assert any(line.startswith(f"ticket {ticket.number}:") for line in lines)


class TestRebuild:
    def test_recreates_the_same_rows(self) -> None:
        for hours in range(3):
            ticket_for(at=MONDAY_NINE + hours * HOUR)
        outbox.drain()
        before = list(LoopRow.objects.order_by("ticket_id").values())
        LoopRow.objects.update(contact_state="met")
        LoopRow.objects.filter(ticket_id=before[0]["ticket_id"]).delete()
        rebuild_rollups()
        assert list(LoopRow.objects.order_by("ticket_id").values()) == before
