"""What changed this week: only what chance does not explain, and where it did."""

from datetime import timedelta

import pytest

from dashboards.movers import Movers, movers
from dashboards.selection import Filters
from events import outbox
from tests.dashboards.answers import MONDAY, give
from tests.personas import executive_eva

pytestmark = pytest.mark.django_db
TODAY = MONDAY + timedelta(days=6)
BEFORE = MONDAY - timedelta(days=7)


def seen(**filters: str) -> Movers:
    outbox.drain()
    return movers(executive_eva(), Filters(**filters), until=TODAY)  # type: ignore[arg-type]


def north_falls() -> None:
    give(*[10] * 60, day=BEFORE, region="North", opens_tickets=False)
    give(*[10] * 20, *[0] * 40, region="North", opens_tickets=False)
    for day in (BEFORE, MONDAY):
        give(*[10] * 40, *[0] * 20, day=day, region="South", opens_tickets=False)


class TestMovers:
    def test_name_the_value_that_got_worse(self) -> None:
        north_falls()
        found = seen()
        lines = [(m.dimension, m.value) for m in found.worse]
        assert ("region", "North") in lines
        assert ("region", "South") not in lines
        assert found.better == ()
        north = next(m for m in found.worse if m.value == "North")
        assert north.change.value == pytest.approx(-100 - 100 / 3)
        # The south did not move.
        assert north.is_local
        assert north.elsewhere is not None
        assert north.elsewhere.value == pytest.approx(-100 - 100 / 3)

    def test_name_nothing_that_chance_explains(self) -> None:
        give(*[10] * 20, *[0] * 19, day=BEFORE, region="North", opens_tickets=False)
        give(*[10] * 19, *[0] * 20, region="North", opens_tickets=False)
        found = seen()
        assert (found.better, found.worse) == ((), ())
        assert found.tested > 0

    def test_leave_out_what_is_too_small_to_show(self) -> None:
        give(*[10] * 4, day=BEFORE, region="North", opens_tickets=False)
        give(*[0] * 60, region="North", opens_tickets=False)
        assert all(m.value != "North" for m in seen().worse)

    def test_do_not_tell_apart_what_a_filter_has_fixed(self) -> None:
        north_falls()
        assert all(m.dimension != "region" for m in seen(region="North").worse)

    def test_of_nothing_are_nothing(self) -> None:
        found = seen()
        assert (found.better, found.worse, found.tested) == ((), (), 0)
