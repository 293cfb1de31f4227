"""The board of those who lead: right numbers, and nobody else's."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from teams.models import DataScope, Notification, User
from teams.roles import Role
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    customer,
    executive_eva,
    lead_lena,
    manager_milo,
    service_team,
    user,
)
from tests.tickets.answers import ticket_for
from tickets import coaching, team_board
from tickets.models import Clock, CoachingNote, Ticket
from tickets.models.pause import Pause
from tickets.team_board import Line, board_for, leads

pytestmark = pytest.mark.django_db
DAY = MONDAY_NINE.date()
NOW = MONDAY_NINE + timedelta(days=4)


def case(number: int, *, of: User | None = None, **fields: object) -> Ticket:
    ticket = ticket_for(customer(f"customer {number}"))
    owner = of or agent_ana()
    Ticket.objects.filter(pk=ticket.pk).update(assignee=owner, **fields)
    return Ticket.objects.get(pk=ticket.pk)


def board(reader: User | None = None) -> team_board.Board:
    return board_for(
        reader or lead_lena(), since=DAY, until=DAY + timedelta(days=6), at=NOW
    )


def person(name: str, lines: team_board.Board) -> Line:
    return next(line for line in lines.people if line.name == name)


class TestBoard:
    def test_counts_what_is_open_by_age(self) -> None:
        for number, days in enumerate((0.5, 2, 5, 9)):
            case(number, opened_at=NOW - timedelta(days=days))
        line = person("Agent Ana", board())
        assert (line.open, line.ages) == (4, (1, 1, 1, 1))
        assert line.oldest_at == NOW - timedelta(days=9)

    def test_counts_what_is_overdue_and_what_waits(self) -> None:
        case(1, next_due_at=NOW - timedelta(minutes=1))
        case(2, next_due_at=NOW + timedelta(minutes=1), waits_for_owner=True)
        line = person("Agent Ana", board())
        assert (line.overdue, line.waiting) == (1, 1)

    def test_gives_rates_over_every_ticket_that_was_opened(self) -> None:
        closure = Ticket.Closure
        resolved: dict[str, Any] = {"status": "resolved", "resolved_at": NOW}
        case(1, **resolved, closure=closure.CONFIRMED)
        case(2, **resolved, closure=closure.UNCONFIRMED, reopened_count=1)
        case(3)
        case(4)
        line = person("Agent Ana", board())
        assert line.resolved is not None
        assert (line.resolved.top, line.resolved.n) == (2, 4)
        assert line.confirmed is not None
        assert (line.confirmed.top, line.confirmed.n) == (1, 4)
        assert line.reopened is not None
        assert (line.reopened.top, line.reopened.n) == (1, 4)

    def test_tells_promises_kept_at_the_last_moment(self) -> None:
        for number, (state, used) in enumerate(
            (("met", 95), ("met", 94), ("met_late", 130), ("running", None))
        ):
            ticket = case(number)
            Clock.objects.filter(ticket=ticket, kind="resolution").update(
                state=state, minutes_used=used, target_minutes=100
            )
        line = person("Agent Ana", board())
        assert line.resolution_kept is not None
        assert (line.resolution_kept.top, line.resolution_kept.n) == (2, 3)
        assert line.at_the_last is not None
        assert (line.at_the_last.top, line.at_the_last.n) == (1, 2)

    def test_tells_the_share_of_the_time_that_stood_still(self) -> None:
        ticket = case(1, opened_at=NOW - timedelta(hours=10))
        Pause.objects.create(
            ticket=ticket,
            reason=Pause.Reason.CUSTOMER,
            started_at=NOW - timedelta(hours=3),
            ended_at=NOW - timedelta(hours=1),
        )
        case(2, opened_at=NOW - timedelta(hours=10))
        line = person("Agent Ana", board())
        assert line.paused_percent == pytest.approx(10)

    def test_has_no_number_where_there_is_nothing_to_count(self) -> None:
        case(1, day=DAY - timedelta(days=30))
        line = person("Agent Ana", board())
        assert (line.resolved, line.paused, line.opened) == (None, None, 0)

    def test_adds_people_up_to_their_team(self) -> None:
        case(1)
        case(2, of=user("owner_otto", Role.AGENT))
        lines = board()
        assert [line.open for line in lines.teams] == [2]
        assert sum(line.open for line in lines.people) == 2


class TestScope:
    def test_a_lead_sees_own_teams_only(self) -> None:
        case(1)
        other = user("lead_leo", Role.TEAM_LEAD)
        assert board(other).teams == []
        assert [line.open for line in board(lead_lena()).teams] == [1]

    def test_a_manager_sees_what_the_scope_allows(self) -> None:
        case(1)
        milo = manager_milo()
        assert len(board(milo).teams) == 1
        DataScope.objects.create(
            user=milo, effect="allow", dimension="region", value="Mars"
        )
        assert board(User.objects.get(pk=milo.pk)).teams == []

    def test_an_agent_has_no_board(self, client: Client) -> None:
        assert board(agent_ana()).people == []
        for who in (agent_ana(), executive_eva()):
            client.force_login(who)
            assert client.get("/tickets/board/").status_code == 403

    def test_a_page_is_for_the_person_and_those_who_lead_them(
        self, client: Client
    ) -> None:
        service_team()
        ana = agent_ana()
        url = f"/tickets/board/{ana.pk}/"
        for who, status in (
            (ana, 200),
            (lead_lena(), 200),
            (manager_milo(), 200),
            (user("lead_leo", Role.TEAM_LEAD), 404),
            (user("owner_otto", Role.AGENT), 404),
            (executive_eva(), 403),
        ):
            client.force_login(who)
            assert client.get(url).status_code == status, who

    def test_nobody_leads_themselves(self) -> None:
        service_team()
        assert not leads(lead_lena(), lead_lena())
        assert leads(lead_lena(), agent_ana())
        assert not leads(agent_ana(), lead_lena())


class TestCoaching:
    def test_tells_the_person_who_reads_it_on_their_page(self, client: Client) -> None:
        service_team()
        ana = agent_ana()
        client.force_login(lead_lena())
        url = f"/tickets/board/{ana.pk}/"
        assert client.post(url, {"text": "Call before noon."}).status_code == 302
        assert Notification.objects.get(kind="coaching_note").user == ana
        client.force_login(ana)
        assert "Call before noon." in client.get(url).content.decode()
        assert CoachingNote.objects.get().read_at is not None

    def test_asks_for_words(self, client: Client) -> None:
        service_team()
        client.force_login(lead_lena())
        answer = client.post(f"/tickets/board/{agent_ana().pk}/", {"text": " "})
        assert answer.status_code == 422

    def test_is_refused_to_those_who_do_not_lead(self, client: Client) -> None:
        service_team()
        ana = agent_ana()
        with pytest.raises(PermissionDenied):
            coaching.write(ana, text="x", by=executive_eva(), at=timezone.now())
        client.force_login(ana)
        answer = client.post(f"/tickets/board/{ana.pk}/", {"text": "Well done me"})
        assert answer.status_code == 403


class TestThePage:
    def test_shows_teams_and_people(self, client: Client) -> None:
        case(1)
        client.force_login(lead_lena())
        page = client.get("/tickets/board/?days=365").content.decode()
        assert "Agent Ana" in page
        assert "Service" in page

    def test_is_empty_without_tickets(self, client: Client) -> None:
        service_team()
        client.force_login(lead_lena())
        assert "No tickets here" in client.get("/tickets/board/").content.decode()

    def test_takes_strange_filters_for_none(self, client: Client) -> None:
        client.force_login(lead_lena())
        assert client.get("/tickets/board/?team=99&days=x").status_code == 200
