"""What a survey may promise, the rules keep."""

import pytest
from django.utils import translation

from surveys.promises import promise_for
from teams.models import WorkingHours
from tests.personas import MONDAY_NINE, nps_survey, service_team
from tickets.models import Rule, SlaPolicy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_rules() -> None:
    Rule.objects.update(is_active=False)


def rule(name: str, minutes: int, **fields: object) -> Rule:
    policy = SlaPolicy.objects.create(name=name, first_contact_minutes=minutes)
    return Rule.objects.create(
        name=name,
        position=100,
        condition={},
        sla_policy=policy,
        effective_at=MONDAY_NINE,
        **fields,
    )


class TestPromiseFor:
    def test_is_empty_where_nobody_acts(self) -> None:
        assert promise_for(nps_survey().pk) == ""

    def test_is_the_slowest_that_any_rule_allows(self) -> None:
        rule("quick", 4 * 60, team=service_team())
        rule("slow", 24 * 60, team=service_team())
        assert promise_for(nps_survey().pk) == "24 hours"

    def test_says_minutes_where_they_are_no_hours(self) -> None:
        rule("quick", 90, team=service_team())
        assert promise_for(nps_survey().pk) == "90 minutes"

    @pytest.mark.parametrize("is_named", [True, False])
    def test_counts_in_the_hours_of_the_team(self, is_named: bool) -> None:
        team = service_team()
        team.working_hours = WorkingHours.objects.create(name="Office", weekly={})
        team.save()
        rule("day", 60, team=team if is_named else None)
        assert promise_for(nps_survey().pk) == "1 working hour"

    def test_is_in_the_language_of_the_page(self) -> None:
        rule("day", 120, team=service_team())
        with translation.override("zh-hans"):
            assert promise_for(nps_survey().pk) != ""
