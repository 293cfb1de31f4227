"""Whose ticket it becomes, and how urgent it is."""

from typing import Any

import pytest

from teams.models import DataScope, Membership, User
from teams.roles import Role
from tests.personas import (
    acme,
    agent_ana,
    lead_lena,
    mara_detractor,
    owner_otto,
    paul_promoter,
    service_team,
    user,
)
from tests.tickets.answers import ticket_for
from tickets.models import Rule


def away(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_present=False)


@pytest.mark.django_db
class TestTheOwner:
    def test_is_the_account_manager_who_is_at_work(self) -> None:
        assert ticket_for(mara_detractor()).assignee_id == owner_otto().pk

    @pytest.mark.parametrize(
        "state",
        [{"is_present": False}, {"is_active": False}, {"role": Role.EXECUTIVE}],
    )
    def test_is_a_colleague_while_the_account_manager_cannot(
        self, state: dict[str, Any]
    ) -> None:
        service_team()
        User.objects.filter(pk=owner_otto().pk).update(**state)
        assert ticket_for(mara_detractor()).assignee_id == agent_ana().pk

    def test_is_never_somebody_who_may_not_see_the_customer(self) -> None:
        DataScope.objects.create(
            user=owner_otto(), effect="deny", dimension="region", value="North"
        )
        assert ticket_for(mara_detractor()).assignee_id == agent_ana().pk

    def test_is_the_least_loaded_member_without_an_account(self) -> None:
        service_team()
        first, second, third = (ticket_for().assignee_id for _ in range(3))
        assert first != second
        assert third == first

    def test_is_decided_by_age_where_the_load_is_equal(self) -> None:
        service_team()
        assert ticket_for().assignee_id == min(agent_ana().pk, owner_otto().pk)

    def test_is_the_lead_when_nobody_is_at_work(self) -> None:
        service_team()
        away(agent_ana())
        away(owner_otto())
        assert ticket_for(mara_detractor()).assignee_id == lead_lena().pk

    def test_follows_the_rule_that_asks_for_the_least_loaded(self) -> None:
        Rule.objects.update(strategy=Rule.Strategy.LEAST_LOADED)
        ticket_for(mara_detractor())
        assert ticket_for(paul_promoter()).assignee_id != ticket_for().assignee_id

    def test_sits_in_the_team_that_the_rule_names(self) -> None:
        quality = service_team()
        quality.pk, quality.name = None, "Quality"
        quality.save()
        quinn = user("quality_quinn", Role.AGENT)
        Membership.objects.create(team=quality, user=quinn)
        Rule.objects.update(team=quality)
        ticket = ticket_for(paul_promoter())
        assert (ticket.team.name, ticket.assignee_id) == ("Quality", quinn.pk)


@pytest.mark.django_db
class TestThePriority:
    @pytest.mark.parametrize(
        ("tier", "priority"),
        [
            ("platinum", "urgent"),
            ("Gold", "high"),
            ("silver", "normal"),
            ("standard", "normal"),
            ("", "normal"),
            ("what is this", "normal"),
        ],
    )
    def test_goes_by_tier(self, tier: str, priority: str) -> None:
        paul = paul_promoter()
        paul.tier = ""
        assert ticket_for(paul, tier=tier).priority == priority

    def test_goes_by_the_company_where_the_person_has_no_tier(self) -> None:
        mara = mara_detractor()
        mara.tier = ""
        mara.save()
        acme()
        assert ticket_for(mara).priority == "high"

    def test_is_what_the_rule_says_where_it_says_something(self) -> None:
        Rule.objects.update(priority="low")
        assert ticket_for(mara_detractor()).priority == "low"
