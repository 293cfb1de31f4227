"""Nobody works out a small group by looking at one page after another."""

from contextlib import nullcontext
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from customers.models import Interaction
from dashboards import money_results
from dashboards.breakdown import breakdown
from dashboards.measuring import Question, measure
from dashboards.money import Assumptions
from dashboards.periods import Period
from dashboards.results import Amount, Measured
from dashboards.selection import Filters
from events import outbox
from surveys.models import Response
from tests.dashboards.answers import MONDAY, give
from tests.dashboards.subtracting import (
    REGIONS,
    TIED,
    TIERS,
    Cell,
    Sizes,
    follows,
    sizes_of_cells,
    small_groups,
)
from tests.dashboards.wide import wide_dimensions
from tests.personas import MONDAY_NINE, customer, executive_eva, nps_survey

pytestmark = pytest.mark.django_db
WEEK = Period(MONDAY, MONDAY + timedelta(days=6))


def answer(sizes: Sizes) -> None:
    for (region, tier), n in sizes.items():
        give(*[9] * n, region=region, tier=tier, opens_tickets=False)
    outbox.drain()


def nps(**filters: str) -> Measured:
    found = measure("nps", executive_eva(), Filters(**filters), WEEK, at=MONDAY_NINE)
    assert isinstance(found, Measured)
    return found


def shown_by(by: str, **filters: str) -> tuple[dict[str, bool], bool]:
    """Whether each group's value is shown; whether there are groups at all."""
    found = breakdown(
        executive_eva(),
        by=by,  # type: ignore[arg-type]
        period=WEEK,
        filters=Filters(**filters),
    )
    return {
        str(group.value): group.scores[0].score is not None for group in found.groups
    }, found.is_closed


class TestFilteredNumbers:
    def test_are_hidden_where_the_rest_would_be_small(self) -> None:
        answer({("North", "gold"): 97, ("South", "gold"): 3})
        assert nps().score is not None
        # 100 less 97 would be the south's three.
        assert nps(region="North").is_hidden
        assert nps(region="South").is_hidden

    def test_are_hidden_where_two_pages_would_give_a_third_away(self) -> None:
        answer(
            {
                ("North", "gold"): 3,
                ("North", "silver"): 40,
                ("North", "basic"): 50,
                ("South", "gold"): 20,
                ("South", "silver"): 10,
                ("South", "basic"): 30,
            }
        )
        assert nps(tier="gold").score is not None
        # All gold less gold of the south would be the north's three.
        assert nps(tier="gold", region="South").is_hidden
        assert shown_by("tier", region="South")[0] == {
            "gold": False,
            "silver": False,
            "basic": True,
        }

    def test_of_an_attribute_are_hidden_where_the_rest_would_be_small(self) -> None:
        give(*[9] * 30, attributes={"plan": "pro"}, opens_tickets=False)
        give(*[9] * 3, attributes={"plan": "free"}, opens_tickets=False)
        outbox.drain()
        filters = Filters(attributes=(("plan", "pro"),))
        found = measure("nps", executive_eva(), filters, WEEK, at=MONDAY_NINE)
        assert isinstance(found, Measured)
        assert found.is_hidden

    def test_are_hidden_over_time_too(self) -> None:
        give(*[9] * 20, region="North", opens_tickets=False)
        give(*[9] * 3, region="South", opens_tickets=False)
        give(*[9] * 20, region="South", day=WEEK.end, opens_tickets=False)
        give(*[9] * 20, region="North", day=WEEK.end, opens_tickets=False)
        outbox.drain()
        north = Question(executive_eva(), Filters(region="North"), WEEK, MONDAY_NINE)
        points = [point for _, point in north.trend("nps").points if point.n]
        # The first day's 23 less the north's 20 would be the south's three.
        assert [point.is_hidden for point in points] == [True, True]

    def test_of_customers_are_hidden_where_the_rest_would_be_small(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assumed = Assumptions(cost_per_contact=3)
        monkeypatch.setattr(money_results, "company_assumptions", lambda: assumed)
        at = MONDAY_NINE - timedelta(days=3)
        for place in range(8):
            region = "North" if place < 6 else "South"
            buyer = customer(f"buyer-{place}", region=region)
            for kind in ("order", "order", "task", "call"):
                Interaction.objects.create(
                    customer=buyer,
                    kind=kind,
                    occurred_at=at,
                    touchpoint_key=nps_survey().touchpoint.key,
                    value=10 + place,
                    currency="EUR",
                    data={"outcome": "success"},
                )
            give(0, customer=buyer, region=region)
        outbox.drain()
        span = Period(MONDAY - timedelta(days=6), MONDAY)
        eva = executive_eva()
        for key in ("repurchase_rate", "task_success", "coverage", "service_cost"):
            sizes = []
            for filters in (Filters(), Filters(region="North")):
                found = measure(key, eva, filters, span, at=MONDAY_NINE)
                assert isinstance(found, Measured | Amount)
                sizes.append((found.n, found.is_hidden))
            # Eight less the six of the north are two.
            assert sizes == [(8, False), (6, True)], key

    def test_show_what_is_large_enough(self) -> None:
        answer(dict.fromkeys(product(REGIONS, TIERS), 6))
        assert nps(region="North", tier="gold").score is not None
        assert shown_by("tier", region="North") == (dict.fromkeys(TIERS, True), False)


class TestAnySequenceOfPages:
    @settings(
        max_examples=12,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(sizes_of_cells, st.booleans())
    @example(TIED, False)
    def test_lets_nobody_work_out_a_small_group(
        self, sizes: Sizes, are_wide: bool
    ) -> None:
        Response.objects.all().delete()
        _forget()
        answer(sizes)
        with wide_dimensions() if are_wide and any(sizes.values()) else nullcontext():
            known = list(_known(sizes))
        for group in small_groups(sizes):
            assert not follows(group, known, sizes)


def _forget() -> None:
    from dashboards.rollups import rebuild_rollups

    rebuild_rollups()


def _known(sizes: Sizes) -> list[set[Cell]]:
    """What the total, each breakdown and each with one filter show of the table."""
    everything = set(sizes)
    shown = [everything] if nps().score else []
    shown += _lines_shown(0, "region", everything)
    shown += _lines_shown(1, "tier", everything)
    for region in REGIONS:
        mine = {cell for cell in sizes if cell[0] == region}
        shown += [mine] if nps(region=region).score else []
        shown += _lines_shown(1, "tier", mine, region=region)
    for tier in TIERS:
        mine = {cell for cell in sizes if cell[1] == tier}
        shown += [mine] if nps(tier=tier).score else []
        shown += _lines_shown(0, "region", mine, tier=tier)
    return shown


def _lines_shown(
    side: int, by: str, within: set[Cell], **filters: str
) -> list[set[Cell]]:
    """The groups whose value is shown, and those that are seen to be empty."""
    groups, is_closed = shown_by(by, **filters)
    every = {cell[side] for cell in within}
    empty = set() if is_closed else every - set(groups)
    seen = {value for value, is_shown in groups.items() if is_shown} | empty
    return [{cell for cell in within if cell[side] == value} for value in seen]
