"""A period's scores by one dimension."""

from datetime import timedelta
from typing import Any

import pytest

from dashboards.breakdown import Breakdown, breakdown
from dashboards.periods import Period
from dashboards.selection import Dimension, Filters
from events import outbox
from teams.models import DataScope
from tests.dashboards.answers import MONDAY, give
from tests.personas import executive_eva, nps_survey

pytestmark = pytest.mark.django_db


def seen(by: Dimension = "region", **filters: Any) -> Breakdown:
    outbox.drain()
    return breakdown(
        executive_eva(),
        by=by,
        period=Period(MONDAY, MONDAY + timedelta(days=6)),
        filters=Filters(**filters),
    )


def values(found: Breakdown) -> dict[str, float | None]:
    return {
        group.name: group.scores[0].score.value if group.scores[0].score else None
        for group in found.groups
    }


class TestBreakdown:
    def test_tells_the_groups_apart_and_adds_them_up(self) -> None:
        give(*[10] * 5, region="North", opens_tickets=False)
        give(*[0] * 15, region="South", opens_tickets=False)
        found = seen()
        assert values(found) == {"South": -100.0, "North": 100.0}
        assert found.total.responses == 20
        total = found.total.scores[0].score
        assert total is not None
        assert total.value == -50.0

    def test_hides_a_small_group_and_the_one_that_would_give_it_away(self) -> None:
        give(*[10] * 3, region="North", opens_tickets=False)
        give(*[0] * 6, region="South", opens_tickets=False)
        give(*[9] * 30, region="East", opens_tickets=False)
        assert values(seen()) == {"East": 100.0, "South": None, "North": None}

    def test_keeps_to_filters_and_scopes(self) -> None:
        give(*[10] * 6, region="North", tier="gold", opens_tickets=False)
        give(*[0] * 6, region="North", tier="silver", opens_tickets=False)
        give(*[0] * 6, region="South", tier="gold", opens_tickets=False)
        DataScope.objects.create(
            user=executive_eva(), effect="deny", dimension="region", value="South"
        )
        assert values(seen(tier="gold")) == {"North": 100.0}

    def test_names_surveys_and_touchpoints(self) -> None:
        survey = nps_survey()
        give(*[10] * 6, opens_tickets=False)
        assert values(seen("survey")) == {survey.name: 100.0}
        assert values(seen("touchpoint")) == {survey.touchpoint.name: 100.0}

    def test_is_empty_without_answers(self) -> None:
        assert seen().groups == ()
