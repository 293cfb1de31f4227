"""What a person may count: scopes narrow every number, filters cannot widen them."""

from datetime import timedelta
from typing import Any

import pytest

from dashboards.counting import counts
from dashboards.forms import FilterForm
from dashboards.models import AnswerCell, AnswerShape
from dashboards.selection import (
    Filters,
    loop_cells,
    loop_rows,
    tickets,
)
from events import outbox
from journeys.models import Touchpoint
from surveys.models import Response, Survey
from teams.models import DataScope, Team, User
from tests.dashboards.answers import MONDAY, give, mixed_rows, store
from tests.personas import (
    MONDAY_NINE,
    executive_eva,
    lead_lena,
    mara_detractor,
    nps_survey,
    paul_promoter,
    support_call,
)
from tests.tickets.answers import ticket_for

pytestmark = pytest.mark.django_db


def eva_with(*lines: tuple[str, str, str]) -> User:
    eva = executive_eva()
    for effect, dimension, value in lines:
        DataScope.objects.create(
            user=eva, effect=effect, dimension=dimension, value=value
        )
    return eva


def counted(user: User, **filters: Any) -> int:
    found = counts(
        user, Filters(**filters), since=MONDAY, until=MONDAY + timedelta(days=100)
    )
    return found[()]["responses"] if found else 0


def other_team() -> Team:
    return Team.objects.create(name="Stores", lead=lead_lena())


def store_visit() -> Survey:
    """A survey of a touchpoint that another team owns."""
    call = support_call()
    place = Touchpoint.objects.create(
        stage=call.stage, key="store", name="Store", channel="store", team=other_team()
    )
    survey = nps_survey()
    twin = Survey.objects.create(
        slug="store-nps",
        name="Store NPS",
        touchpoint=place,
        draft=survey.draft,
        created_at=MONDAY_NINE,
    )
    twin.publish(by=None, at=MONDAY_NINE)
    return twin


SCOPES: list[list[tuple[str, str, str]]] = [
    [],
    [("allow", "region", "North")],
    [("allow", "region", "North"), ("allow", "region", "South")],
    [("deny", "region", "North")],
    [("deny", "tier", "gold"), ("allow", "region", "North")],
    [("allow", "product_line", "Jet"), ("deny", "product_line", "Rail")],
    [("allow", "region", "Nowhere")],
]


class TestCounted:
    @pytest.mark.parametrize("lines", SCOPES)
    @pytest.mark.parametrize(
        "filters", [{}, {"region": "North"}, {"region": ""}, {"tier": "gold"}]
    )
    def test_add_up_to_the_answers_that_the_person_may_see(
        self, lines: list[tuple[str, str, str]], filters: dict[str, Any]
    ) -> None:
        store(mixed_rows(23, 120))
        outbox.drain()
        eva = eva_with(*lines)
        raw = Response.objects.visible_to(eva).counted().filter(**filters)
        assert counted(eva, **filters) == raw.count()

    def test_respect_the_team_of_the_touchpoint(self) -> None:
        nps_survey()
        give(9, 9, opens_tickets=False)
        store([{"survey": store_visit(), "nps": 9, "day": MONDAY}])
        outbox.drain()
        stores = Team.objects.get(name="Stores")
        eva = eva_with(("allow", "team", str(stores.pk)))
        assert counted(eva) == 1
        assert Response.objects.visible_to(eva).counted().count() == 1

    def test_hold_a_cell_for_each_dimension(self) -> None:
        give(9, region="North", opens_tickets=False)
        outbox.drain()
        assert AnswerCell.objects.count() == len(AnswerShape)


class TestTickets:
    def test_are_counted_within_the_scope_without_the_desk(self) -> None:
        ticket_for(mara_detractor())
        ticket_for(paul_promoter())
        outbox.drain()
        eva = eva_with(("allow", "region", "North"))
        for found in (tickets(eva, Filters()), loop_rows(eva, Filters())):
            assert list(found.values_list("region", flat=True)) == ["North"]

    def test_are_filtered_by_what_only_their_answers_know(self) -> None:
        ticket = ticket_for(mara_detractor())
        outbox.drain()
        eva = executive_eva()
        answer, stage = ticket.response, ticket.touchpoint.stage
        for filters, expected in (
            (Filters(channel=answer.channel, language=answer.locale), 1),
            (Filters(channel="kiosk"), 0),
            (Filters(journey=stage.journey_id, stage=stage.pk, region="North"), 1),
            (Filters(journey=stage.journey_id + 1), 0),
            (Filters(team=ticket.team_id), 1),
            (Filters(account=0), 0),
            (Filters(attributes=(("cabin", "first"),)), 0),
        ):
            assert tickets(eva, filters).count() == expected
            assert loop_rows(eva, filters).count() == expected
            assert (loop_cells(eva, filters) is None) == (filters != Filters())

    def test_are_filtered_by_survey_and_segment(self) -> None:
        ticket = ticket_for(mara_detractor())
        outbox.drain()
        eva = executive_eva()
        survey = ticket.response.survey_id
        for filters, expected in (
            (Filters(survey=survey, region="North"), 1),
            (Filters(survey=survey + 1), 0),
            (Filters(touchpoint=ticket.touchpoint_id, tier="silver"), 0),
        ):
            assert tickets(eva, filters).count() == expected
            assert loop_rows(eva, filters).count() == expected


class TestFilterForm:
    def test_offers_no_value_outside_the_scope(self) -> None:
        give(9, region="North", opens_tickets=False)
        give(9, region="South", opens_tickets=False)
        store_visit()
        outbox.drain()
        service = Team.objects.get(name="Service")
        eva = eva_with(("allow", "region", "North"), ("allow", "team", str(service.pk)))
        form = FilterForm({}, user=eva, today=MONDAY)
        html = form.as_p()
        assert "North" in html
        for name in ("South", "Store NPS"):
            assert name not in html
