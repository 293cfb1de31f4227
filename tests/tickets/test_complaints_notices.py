"""What users of others complain about, and what happens here: notices (4, 8, 18)."""

from datetime import UTC, datetime, timedelta

import pytest

from events.models import Delivery
from teams.models import Notification, WorkingHours
from teams.notice_list import found_for, lines_of
from teams.notice_mail import post_due
from tests.personas import MONDAY_NINE, agent_ana, service_team
from tests.teams.test_notices import storm, tell

DAY = timedelta(days=1)


@pytest.mark.django_db
class TestNotices:
    def test_4_no_mail_at_midnight_nor_on_a_weekend(self) -> None:
        team = service_team()
        office = {str(day): [["09:00", "17:00"]] for day in range(5)}
        team.working_hours = WorkingHours.objects.create(name="Office", weekly=office)
        team.save()
        friday_night = datetime(2026, 3, 6, 23, 59, tzinfo=UTC)
        tell(agent_ana(), at=friday_night)
        saturday, monday = friday_night + timedelta(hours=12), MONDAY_NINE + 7 * DAY
        assert post_due(at=friday_night) == 0
        assert post_due(at=saturday) == 0
        assert agent_ana().notifications.unread().count() == 1
        assert post_due(at=monday) == 1

    def test_8_a_mail_that_bounced_silences_nobody(self) -> None:
        tell(agent_ana())
        post_due(at=MONDAY_NINE)
        Delivery.objects.update(state=Delivery.State.PARKED, last_error="550 full")
        tell(agent_ana(), at=MONDAY_NINE + DAY)
        assert post_due(at=MONDAY_NINE + DAY) == 1

    def test_8_and_starts_no_loop(self) -> None:
        tell(agent_ana())
        post_due(at=MONDAY_NINE)
        Delivery.objects.update(state=Delivery.State.PARKED)
        assert post_due(at=MONDAY_NINE + DAY) == 0
        assert Notification.objects.count() == 1

    def test_18_five_hundred_alerts_are_one_letter_and_one_line(self) -> None:
        storm(agent_ana(), 500)
        assert post_due(at=MONDAY_NINE) == 1
        lines = lines_of(found_for(agent_ana()), grouped=True)
        assert [line.count for line in lines] == [500]
