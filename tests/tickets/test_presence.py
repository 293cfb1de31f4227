"""Nothing is ever ownerless, whatever happens in whatever order."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run

from teams import absences
from teams.models import User
from teams.people import change_person
from tests.personas import (
    MONDAY_NINE,
    admin_ada,
    agent_ana,
    lead_lena,
    manager_milo,
    mara_detractor,
    nps_survey,
    owner_otto,
    paul_promoter,
)
from tests.tickets.answers import answer
from tickets import handover, presence, watchdog
from tickets.breaches import breach_overdue
from tickets.closed_loop import open_tickets_for
from tickets.models import Ticket
from tickets.routing import WORKERS

PEOPLE = (agent_ana, owner_otto, manager_milo, lead_lena)
people = st.sampled_from(PEOPLE)


class Desk(RuleBasedStateMachine):
    """People come, go and fall ill while low answers come in."""

    def __init__(self) -> None:
        super().__init__()
        self.at: datetime = MONDAY_NINE
        nps_survey(), mara_detractor(), paul_promoter()
        for person in PEOPLE:
            person()

    @rule(count=st.integers(1, 3), known=st.booleans())
    def low_answers_come_in(self, count: int, known: bool) -> None:
        customer = mara_detractor() if known else None
        ids = [answer(customer, at=self.at).pk for _ in range(count)]
        open_tickets_for(ids, at=self.at)

    @rule(person=people, here=st.booleans())
    def somebody_is_away_today_or_back(self, person: object, here: bool) -> None:
        assert callable(person)
        change_person(person(), by=admin_ada(), at=self.at, is_present=here)

    @rule(
        person=people, deputy=people, days=st.integers(1, 9), share=st.integers(0, 100)
    )
    def somebody_enters_an_absence(
        self, person: object, deputy: object, days: int, share: int
    ) -> None:
        assert callable(person)
        assert callable(deputy)
        absence = absences.Absence(
            user=person(),
            deputy=deputy(),
            starts_at=self.at,
            ends_at=self.at + timedelta(days=days),
            hand_over_at=share,
        )
        try:
            absences.enter(absence, by=admin_ada(), at=self.at)
        except absences.NotAnAbsence:
            return

    @rule(person=people, capacity=st.integers(1, 2) | st.none())
    def somebody_takes_only_so_much(self, person: object, capacity: int | None) -> None:
        assert callable(person)
        User.objects.filter(pk=person().pk).update(capacity=capacity)

    @rule(person=st.sampled_from(PEOPLE[:3]), stays=st.booleans())
    def somebody_leaves_or_returns(self, person: object, stays: bool) -> None:
        assert callable(person)
        change_person(person(), by=admin_ada(), at=self.at, is_active=stays)

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        breach_overdue(at=self.at)

    @invariant()
    def nothing_is_ownerless(self) -> None:
        handover.hand_over_due(at=self.at)
        watchdog.look_after(at=self.at)
        handover.hand_out_waiting(at=self.at)
        able = User.objects.filter(is_active=True, role__in=WORKERS)
        assert not Ticket.objects.open().exclude(assignee__in=able).exists()
        if presence.at_work(at=self.at).filter(led_teams__isnull=False).exists():
            assert not watchdog.unattended(at=self.at).exists()
        for ticket in Ticket.objects.all():
            assert Ticket.objects.visible_to(ticket.assignee).filter(pk=ticket.pk)


@pytest.mark.django_db
class TestNothingIsOwnerless:
    def test_whatever_people_do(self) -> None:
        class Once(Desk):
            def __init__(self) -> None:
                self.undo = transaction.atomic()
                self.undo.__enter__()
                super().__init__()

            def teardown(self) -> None:
                transaction.set_rollback(True)
                self.undo.__exit__(None, None, None)

        small = settings(
            max_examples=20,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        run(Once, settings=small)
