"""Whose ticket it becomes, and how urgent it is."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from teams.models import Absence, DataScope, Membership, User
from teams.roles import Role
from tests.personas import (
    MONDAY_NINE,
    acme,
    admin_ada,
    agent_ana,
    lead_lena,
    manager_milo,
    mara_detractor,
    owner_otto,
    paul_promoter,
    service_team,
    user,
)
from tests.tickets.answers import answer, ticket_for
from tickets.closed_loop import open_tickets_for
from tickets.models import Rule, Ticket


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


def absent(
    person: User,
    deputy: User,
    *,
    start: datetime = MONDAY_NINE,
    days: int = 5,
    hand_over_at: int = 0,
) -> Absence:
    return Absence.objects.create(
        user=person,
        deputy=deputy,
        starts_at=start,
        ends_at=start + timedelta(days=days),
        hand_over_at=hand_over_at,
    )


@pytest.mark.django_db
class TestTheDeputy:
    def test_gets_the_work_of_the_account_manager_who_is_away(self) -> None:
        service_team()
        absent(owner_otto(), manager_milo())
        assert ticket_for(mara_detractor()).assignee_id == manager_milo().pk

    def test_hands_on_to_their_own_deputy(self) -> None:
        service_team()
        absent(owner_otto(), manager_milo())
        absent(manager_milo(), admin_ada())
        assert ticket_for(mara_detractor()).assignee_id == admin_ada().pk

    def test_is_not_asked_before_the_absence_begins(self) -> None:
        service_team()
        absent(owner_otto(), manager_milo(), start=MONDAY_NINE + timedelta(hours=1))
        assert ticket_for(mara_detractor()).assignee_id == owner_otto().pk

    def test_in_a_ring_of_people_who_are_away_leaves_it_to_the_team(self) -> None:
        service_team()
        absent(owner_otto(), manager_milo())
        absent(manager_milo(), owner_otto())
        assert ticket_for(mara_detractor()).assignee_id == agent_ana().pk

    def test_answers_for_the_lead_too(self) -> None:
        service_team()
        away(agent_ana())
        away(owner_otto())
        absent(lead_lena(), manager_milo())
        ticket = ticket_for(paul_promoter())
        assert (ticket.assignee_id, ticket.waits_for_owner) == (manager_milo().pk, True)


@pytest.mark.django_db
class TestCapacity:
    def test_passes_over_who_has_enough(self) -> None:
        service_team()
        User.objects.filter(pk=agent_ana().pk).update(capacity=1)
        owners = [ticket_for().assignee_id for _ in range(4)]
        assert owners.count(agent_ana().pk) == 1
        assert owners.count(owner_otto().pk) == 3

    def test_counts_what_was_given_out_in_the_same_batch(self) -> None:
        service_team()
        User.objects.filter(pk__in=[agent_ana().pk, owner_otto().pk]).update(capacity=1)
        ids = [answer().pk for _ in range(3)]
        tickets = open_tickets_for(ids, at=MONDAY_NINE)
        assert [t.waits_for_owner for t in tickets] == [False, False, True]
        assert tickets[2].assignee_id == lead_lena().pk
        assert Ticket.objects.filter(waits_for_owner=True).count() == 1


@pytest.mark.django_db
class TestStrategies:
    def test_give_in_turn_whatever_the_load(self) -> None:
        service_team()
        Rule.objects.update(strategy=Rule.Strategy.ROUND_ROBIN)
        first = ticket_for(at=MONDAY_NINE)
        Ticket.objects.filter(pk=first.pk).update(status="resolved")
        owners = [ticket_for().assignee_id for _ in range(3)]
        assert owners[0] != first.assignee_id
        assert owners == [owners[0], first.assignee_id, owners[0]]

    def test_give_in_turn_within_a_batch(self) -> None:
        service_team()
        Rule.objects.update(strategy=Rule.Strategy.ROUND_ROBIN)
        tickets = open_tickets_for([answer().pk for _ in range(4)], at=MONDAY_NINE)
        owners = [ticket.assignee_id for ticket in tickets]
        assert owners[:2] == owners[2:]
        assert len(set(owners)) == 2

    def test_prefer_who_has_the_skill(self) -> None:
        service_team()
        Rule.objects.update(strategy=Rule.Strategy.SKILL, skill="Chinese")
        User.objects.filter(pk=owner_otto().pk).update(skills=["chinese"])
        assert {ticket_for().assignee_id for _ in range(3)} == {owner_otto().pk}
        away(owner_otto())
        assert ticket_for().assignee_id == agent_ana().pk

    def test_give_to_the_person_named_or_their_deputy(self) -> None:
        service_team()
        Rule.objects.update(strategy=Rule.Strategy.PERSON, person=manager_milo())
        assert ticket_for().assignee_id == manager_milo().pk
        absent(manager_milo(), admin_ada())
        assert ticket_for().assignee_id == admin_ada().pk
