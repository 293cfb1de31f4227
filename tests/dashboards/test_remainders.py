"""Numbers of every source, subtracted from each other: no few people are left over."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings

from customers.models import Customer, Interaction
from dashboards import money_results
from dashboards.measuring import Question, answered
from dashboards.models import Uncovered
from dashboards.money import Assumptions
from dashboards.periods import Period
from dashboards.results import Counted
from dashboards.selection import Filters
from events.ids import uuid7
from surveys.models import Invitation, Response, Survey
from tests.dashboards.answers import MONDAY
from tests.dashboards.rated import rated_survey
from tests.dashboards.subtracting import (
    CELLS,
    REGIONS,
    TIED,
    TIERS,
    Cell,
    Sizes,
    follows,
    sizes_of_cells,
    small_groups,
)
from tests.personas import MONDAY_NINE, executive_eva

pytestmark = pytest.mark.django_db
WEEK = Period(MONDAY, MONDAY + timedelta(days=6))
KEYS = (
    "rating_mean",
    "rating_top",
    "completion_rate",
    "abandonment_rate",
    "answer_seconds",
    "response_rate",
    "recovered_rate",
    "repurchase_rate",
    "order_value",
    "churn_rate",
    "lifetime_value",
    "service_cost",
    "task_success",
    "task_seconds",
    "task_clicks",
)


def fill(survey: Survey, sizes: Sizes) -> None:
    """Of each customer an answer, an invitation, two orders, a task and a call."""
    for model in (Uncovered, Invitation, Response, Interaction, Customer):
        model.objects.all().delete()
    people = Customer.objects.bulk_create(
        Customer(
            external_id=f"{region}-{tier}-{place}",
            region=region,
            tier=tier,
            created_at=MONDAY_NINE,
        )
        for (region, tier), n in sizes.items()
        for place in range(n)
    )
    Response.objects.bulk_create(_answer(survey, person) for person in people)
    Invitation.objects.bulk_create(
        Invitation(
            survey=survey,
            customer=person,
            created_at=MONDAY_NINE,
            expires_at=MONDAY_NINE + timedelta(days=1),
            sent_at=MONDAY_NINE,
            completed_at=MONDAY_NINE,
        )
        for person in people
    )
    Uncovered.objects.bulk_create(_uncovered(survey, person) for person in people)
    Interaction.objects.bulk_create(
        act for person in people for act in _acts(survey, person)
    )


def _answer(survey: Survey, person: Customer) -> Response:
    return Response(
        id=uuid7(),
        survey=survey,
        version=survey.version,
        touchpoint=survey.touchpoint,
        customer=person,
        region=person.region,
        tier=person.tier,
        channel=Response.Channel.PERSONAL,
        locale="en",
        started_at=MONDAY_NINE - timedelta(minutes=1),
        submitted_at=MONDAY_NINE,
        day=MONDAY,
        answers={"stars": 4},
    )


def _uncovered(survey: Survey, person: Customer) -> Uncovered:
    answer = person.responses.get()
    return Uncovered(
        response_id=answer.pk,
        day=MONDAY,
        survey_id=survey.pk,
        touchpoint_id=survey.touchpoint_id,
        team_id=survey.touchpoint.team_id,
        region=person.region,
        product_line="",
        tier=person.tier,
        found_at=MONDAY_NINE,
    )


def _acts(survey: Survey, person: Customer) -> Iterator[Interaction]:
    kinds = ("order", "order", "call", "task")
    for place, kind in enumerate(("order", *kinds)):
        yield Interaction(
            customer=person,
            kind=kind,
            occurred_at=MONDAY_NINE - timedelta(days=0 if place else 30),
            touchpoint_key=survey.touchpoint.key,
            value=10,
            currency="EUR",
            data={"outcome": "success", "seconds": 30, "clicks": 4},
        )


def shown(survey: Survey, cells: set[Cell], **filters: str) -> dict[str, set[Cell]]:
    """By key the cells whose number is shown together."""
    within = Filters(survey=survey.pk, **filters)  # type: ignore[arg-type]
    at = MONDAY_NINE + timedelta(days=8)
    question = Question(executive_eva(), within, WEEK, at, element="stars")
    found = answered(question, KEYS)
    return {
        key: cells
        for key, result in found.items()
        if not isinstance(result, Counted) and result.n and not result.is_hidden
    }


def known(survey: Survey, sizes: Sizes) -> dict[str, list[set[Cell]]]:
    """What anybody can read: the total, each filter, and each two."""
    pages = [shown(survey, set(CELLS))]
    for region in REGIONS:
        mine = {cell for cell in CELLS if cell[0] == region}
        pages.append(shown(survey, mine, region=region))
    for tier in TIERS:
        mine = {cell for cell in CELLS if cell[1] == tier}
        pages.append(shown(survey, mine, tier=tier))
    for region, tier in filter(sizes.__getitem__, CELLS):
        pages.append(shown(survey, {(region, tier)}, region=region, tier=tier))
    found = defaultdict(list)
    for page in pages:
        for key, cells in page.items():
            found[key].append(cells)
    return found


class TestAnyNumber:
    @settings(
        max_examples=2,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(sizes_of_cells)
    @example(TIED)
    # Each filter leaves enough out; all three tell what the last one gave.
    @example(
        dict.fromkeys(CELLS, 0)
        | {(r, "gold"): 20 for r in REGIONS[:2]}
        | {("West", "gold"): 3}
    )
    def test_leaves_nobody_over(
        self, monkeypatch: pytest.MonkeyPatch, sizes: Sizes
    ) -> None:
        assumed = Assumptions(cost_per_contact=3)
        monkeypatch.setattr(money_results, "company_assumptions", lambda: assumed)
        survey = rated_survey()
        fill(survey, sizes)
        found = known(survey, sizes)
        # The total is shown wherever it may be.
        assert sum(sizes.values()) < 5 or set(found) == set(KEYS)
        for group in small_groups(sizes):
            given_away = {key for key in KEYS if follows(group, found[key], sizes)}
            assert given_away == set(), group
