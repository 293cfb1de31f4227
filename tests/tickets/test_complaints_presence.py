"""What users of others complain about, and what happens here: presence (13, 14)."""

from datetime import timedelta

import pytest

from teams import absences
from teams.models import User
from teams.people import change_person
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    lead_lena,
    manager_milo,
    mara_detractor,
    nps_survey,
    owner_otto,
)
from tests.tickets.answers import answer
from tests.tickets.test_handover import owner
from tickets import handover
from tickets.closed_loop import open_tickets_for
from tickets.models import Ticket


@pytest.mark.django_db
class TestPresence:
    def test_13_reopened_work_does_not_stay_with_somebody_who_is_away(self) -> None:
        [ticket] = open_tickets_for([answer(mara_detractor()).pk], at=MONDAY_NINE)
        Ticket.objects.filter(pk=ticket.pk).update(
            status="resolved", resolved_at=MONDAY_NINE
        )
        absence = absences.Absence(
            user=owner_otto(),
            deputy=agent_ana(),
            starts_at=MONDAY_NINE,
            ends_at=MONDAY_NINE + timedelta(days=9),
        )
        absences.enter(absence, by=owner_otto(), at=MONDAY_NINE)
        ticket.reopen(reason="Not solved", by=manager_milo(), at=MONDAY_NINE)
        handover.hand_over_due(at=MONDAY_NINE)
        assert owner(ticket) == agent_ana()

    def test_13_though_all_look_offline_somebody_owns_it(self) -> None:
        nps_survey()
        User.objects.update(is_present=False)
        [ticket] = open_tickets_for([answer().pk], at=MONDAY_NINE)
        assert (ticket.assignee, ticket.waits_for_owner) == (lead_lena(), True)

    def test_14_what_came_while_nobody_was_free_is_picked_up_in_order(self) -> None:
        nps_survey()
        away = User.objects.filter(pk__in=[agent_ana().pk, owner_otto().pk])
        away.update(is_present=False)
        hour = timedelta(hours=1)
        opened = [
            open_tickets_for(
                [answer(at=MONDAY_NINE + n * hour).pk], at=MONDAY_NINE + n * hour
            )[0]
            for n in (2, 0, 1)
        ]
        in_order = sorted(opened, key=lambda ticket: ticket.opened_at)
        User.objects.filter(pk=agent_ana().pk).update(capacity=2)
        change_person(agent_ana(), by=agent_ana(), at=MONDAY_NINE, is_present=True)
        handover.hand_out_waiting(at=MONDAY_NINE + 3 * hour)
        owners = [owner(ticket) for ticket in in_order]
        assert owners == [agent_ana(), agent_ana(), lead_lena()]
