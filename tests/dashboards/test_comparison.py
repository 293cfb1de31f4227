"""The nightly comparison: what differs is told to those who can mend it."""

import pytest

from cem import health
from dashboards import comparison
from dashboards.models import AnswerCell
from dashboards.rollups import rebuild_rollups
from events import outbox
from teams.models import Notification
from tests.dashboards.answers import give
from tests.personas import MONDAY_NINE, admin_ada, executive_eva

pytestmark = pytest.mark.django_db


class TestCompare:
    def test_tells_nobody_when_all_is_well(self) -> None:
        admin_ada()
        give(9)
        outbox.drain()
        assert comparison.compare(at=MONDAY_NINE) == []
        assert not Notification.objects.exists()
        assert comparison.last_differences() == 0

    def test_tells_administrators_and_health_of_a_difference(self) -> None:
        ada = admin_ada()
        executive_eva()
        give(9)
        outbox.drain()
        AnswerCell.objects.update(nps_9=2)
        found = comparison.compare(at=MONDAY_NINE)
        [notice] = Notification.objects.filter(kind="rollups_differ")
        assert notice.user == ada
        assert notice.params == {"count": len(found)}
        rows = health.examine(at=MONDAY_NINE).rows
        assert rows is not None
        assert rows.rollup_differences == len(found)

    def test_is_content_again_after_a_rebuild(self) -> None:
        give(9)
        outbox.drain()
        AnswerCell.objects.update(nps_9=2)
        comparison.compare(at=MONDAY_NINE)
        rebuild_rollups()
        comparison.compare(at=MONDAY_NINE)
        assert comparison.last_differences() == 0
