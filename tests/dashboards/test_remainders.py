"""Numbers of every source, subtracted from each other: no few people are left over."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from hypothesis import HealthCheck, example, given, settings

from customers.models import Customer, Interaction
from dashboards import loop_cells, money_results
from dashboards.group_bases import Grouped
from dashboards.group_comparison import comparison
from dashboards.grouping import BY
from dashboards.invited import delivered
from dashboards.measuring import Question, answered
from dashboards.models import LoopRow, Uncovered
from dashboards.money import Assumptions
from dashboards.order_bases import bases_by_group, bases_of
from dashboards.orders import Asked
from dashboards.periods import Period
from dashboards.reach import reach_report
from dashboards.remainders import GROUP
from dashboards.report import Table
from dashboards.report import Value as ReportValue
from dashboards.results import Counted
from dashboards.selection import Filters
from dashboards.value import value_report
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
    "sentiment_positive",
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
    "coverage",
    "closed_rate",
    "confirmed_rate",
    "unobjected_rate",
    "reopened_rate",
    "contact_in_sla",
    "resolution_in_sla",
    "contact_minutes",
    "contact_minutes_p90",
    "resolution_minutes",
    "resolution_minutes_p90",
)


def fill(survey: Survey, sizes: Sizes) -> None:
    """Of each customer an answer, an invitation, two orders, a task and a call; a low
    answer without a ticket, and a ticket that takes care of no answer."""
    for model in (LoopRow, Uncovered, Invitation, Response, Interaction, Customer):
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
    Response.objects.bulk_create(_earlier(survey, person) for person in people)
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
    LoopRow.objects.bulk_create(
        _ticket(survey, person, number) for number, person in enumerate(people)
    )
    with connection.cursor() as cursor:
        loop_cells.remake_all(cursor)
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
        nps=9,
        answers={"stars": 4},
        comment="Fine.",
    )


def _earlier(survey: Survey, person: Customer) -> Response:
    answer = _answer(survey, person)
    answer.submitted_at -= timedelta(days=60)
    answer.started_at = None
    answer.day -= timedelta(days=60)
    answer.nps = _SAID[person.tier]
    return answer


def _uncovered(survey: Survey, person: Customer) -> Uncovered:
    answer = person.responses.latest("day")
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


def _ticket(survey: Survey, person: Customer, number: int) -> LoopRow:
    """Every other one is finished."""
    return LoopRow(
        ticket_id=number,
        day=MONDAY,
        contact_state="met",
        contact_minutes=30,
        resolution_state="met" if number % 2 else "breached",
        resolution_minutes=90,
        answers=0,
        survey_id=survey.pk,
        touchpoint_id=survey.touchpoint_id,
        team_id=survey.touchpoint.team_id,
        region=person.region,
        tier=person.tier,
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


def on_pages(within: set[Cell], **filters: str) -> Iterator[tuple[str, set[Cell]]]:
    """What tables show of these cells: the key of a number, and of which cells."""
    query = QueryDict(mutable=True)
    query.update({"period": "custom", "since": f"{WEEK.start}", "until": f"{WEEK.end}"})
    query.update(filters)
    at = MONDAY_NINE + timedelta(days=8)
    for build in (value_report, reach_report):
        for section in build(executive_eva(), query, at=at).sections:
            for table in section.tables:
                yield from _in_table(table, within)
    for by, place in (("region", 0), ("tier", 1)):
        chosen = Filters(**filters)  # type: ignore[arg-type]
        found = comparison(executive_eva(), BY[by], WEEK, chosen, at=at)
        for column in (*found.columns, found.all):
            cells = {c for c in within if column.group.key in ("", c[place])}
            if found.scores and column.scores["nps"].measured.score:
                yield "nps", cells
            if cells and column.behaviour:
                yield "buyers", cells


def _in_table(table: Table, within: set[Cell]) -> Iterator[tuple[str, set[Cell]]]:
    for name, *values in table.rows:
        cells = {c for c in within if name in c or _GROUPS.get(str(name)) in c}
        for column, value in zip(table.columns[1:], values, strict=True):
            key = _IN_TABLES.get(column)
            if (
                key
                and cells
                and isinstance(value, ReportValue)
                and value.number is not None
            ):
                yield key, cells


_IN_TABLES = {
    "Response rate": "response_rate",
    "Churn": "churn_rate",
    "Average order value": "order_value",
    "Bought again": "repurchase_rate",
    "Revenue": "order_value",
    "Lifetime value": "lifetime_value",
}
# What customers said before says their tier.
_GROUPS = {"promoters": "gold", "passives": "silver", "detractors": "basic"}
_SAID = {"gold": 10, "silver": 8, "basic": 0}


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
    for key, cells in _on_all_pages():
        found[key].append(cells)
    return found


def _on_all_pages() -> Iterator[tuple[str, set[Cell]]]:
    yield from on_pages(set(CELLS))
    for region in REGIONS:
        yield from on_pages({c for c in CELLS if c[0] == region}, region=region)
    for tier in TIERS:
        yield from on_pages({c for c in CELLS if c[1] == tier}, tier=tier)


class TestAnyNumber:
    @settings(
        max_examples=1,
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
        assert sum(sizes.values()) < 5 or set(found) == {*KEYS, "nps", "buyers"}
        for group in small_groups(sizes):
            given_away = {key for key in found if follows(group, found[key], sizes)}
            assert given_away == set(), group

    def test_shows_what_is_large_enough(self) -> None:
        survey = rated_survey()
        fill(survey, dict.fromkeys(CELLS, 6))
        of_north = {cell for cell in CELLS if cell[0] == "North"}
        found = [
            (key, frozenset(cells)) for key, cells in on_pages(of_north, region="North")
        ]
        keys = {*_IN_TABLES.values(), "nps", "buyers"}
        for region, tier in of_north:
            assert {key for key, cells in found if cells == {(region, tier)}} == keys

    def test_is_told_apart_into_all_that_it_rests_on(self) -> None:
        survey, at = rated_survey(), MONDAY_NINE + timedelta(days=8)
        fill(survey, dict.fromkeys(CELLS, 1))
        eva = executive_eva()
        asked = Asked(eva, Filters(), WEEK, "EUR", 365)
        found = {
            "delivered": delivered(eva, WEEK, at=at),
            "buyers": bases_of(asked),
            "customers": Grouped(eva, WEEK, "EUR").bases({}),
        }
        for name, bases in found.items():
            for dimension in bases.narrowed_by:
                told = bases.read(Filters(), [dimension]).values()
                assert sum(each[name] for each in told) == len(CELLS), dimension
        assert bases_by_group(asked).read(Filters(), ["region", GROUP]).keys() == {
            (region, group) for region in REGIONS for group in ("high", "middle", "low")
        }
