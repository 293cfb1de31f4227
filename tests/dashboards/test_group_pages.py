"""Groups side by side: tests of difference, orders, hiding, and saving one."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer, Interaction, Segment
from dashboards.group_comparison import Column, Comparison, comparison
from dashboards.grouping import BY
from dashboards.periods import Period
from dashboards.selection import Filters
from surveys.intake import local_day
from teams.models import DataScope, User
from tests.dashboards.answers import give
from tests.personas import agent_ana, customer, executive_eva, lead_lena, manager_milo

pytestmark = pytest.mark.django_db
PAGE = "/dashboards/segments/"


def today() -> Any:
    return local_day(timezone.now())


def buyers(name: str, n: int, *, orders: int, value: int) -> list[Customer]:
    found = [customer(f"{name}_{place}") for place in range(n)]
    Interaction.objects.bulk_create(
        Interaction(
            customer=one,
            kind="order",
            occurred_at=timezone.now() - timedelta(days=1 + turn),
            value=Decimal(value),
            currency="EUR",
        )
        for one in found
        for turn in range(orders)
    )
    return found


def compared(user: User, by: str) -> Comparison:
    period = Period(today() - timedelta(days=30), today())
    return comparison(user, BY[by], period, Filters(), at=timezone.now())


def column(found: Comparison, key: str) -> Column:
    return next(column for column in found.columns if column.group.key == key)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


class TestComparison:
    def test_tests_each_tier_against_the_others(self) -> None:
        give(*([10] * 20), day=today(), tier="gold")
        give(*([0] * 20), day=today(), tier="standard")
        found = compared(executive_eva(), "tier")
        gold = column(found, "gold").scores["nps"]
        assert gold.measured.score is not None
        assert gold.measured.score.value == 100
        assert gold.against_rest is not None
        assert gold.against_rest.difference.value == 200
        assert gold.against_rest.is_significant
        assert sum(c.n for c in found.columns) == found.n == 40

    def test_hides_small_groups_and_what_would_give_them_away(self) -> None:
        give(*([10] * 3), day=today(), tier="gold")
        give(*([5] * 9), day=today(), tier="silver")
        give(*([0] * 20), day=today(), tier="standard")
        found = compared(executive_eva(), "tier")
        shown = {c.group.key for c in found.columns if c.scores["nps"].measured.score}
        assert shown == {"standard"}

    def test_shows_what_groups_buy(self) -> None:
        for one in buyers("loyal", 6, orders=2, value=100):
            give(10, day=today(), customer=one)
        for one in buyers("late", 6, orders=0, value=0):
            give(1, day=today(), customer=one)
        found = compared(executive_eva(), "nps")
        happy, unhappy = column(found, "promoters"), column(found, "detractors")
        assert happy.behaviour is not None
        assert unhappy.behaviour is not None
        assert (happy.behaviour.customers, happy.behaviour.orders) == (6, 12)
        assert happy.behaviour.revenue == 1200
        assert happy.behaviour.repurchase is not None
        assert happy.behaviour.repurchase.value == 100
        assert unhappy.behaviour.buyers == 0
        assert found.currency == "EUR"
        assert "nps" not in found.scores

    def test_tells_customers_apart_by_behaviour(self) -> None:
        for one in buyers("repeat", 5, orders=2, value=10):
            give(9, day=today(), customer=one)
        for place in range(5):
            give(3, day=today(), customer=customer(f"never_{place}"))
        found = compared(executive_eva(), "behaviour")
        assert {c.group.key: c.n for c in found.columns} == {
            "recent": 5,
            "repeat": 5,
            "never": 5,
        }

    def test_stays_within_the_scope(self) -> None:
        give(*([10] * 6), day=today(), tier="gold", region="North")
        give(*([0] * 6), day=today(), tier="silver", region="South")
        lena = lead_lena()
        DataScope.objects.create(
            user=lena, dimension="region", effect="allow", value="North"
        )
        found = compared(User.objects.get(pk=lena.pk), "tier")
        assert [c.group.key for c in found.columns] == ["gold"]


class TestThePage:
    @pytest.mark.parametrize("by", list(BY))
    def test_shows_every_kind_of_group(self, by: str) -> None:
        give(*([10] * 6), *([0] * 6), day=today(), tier="gold", region="North")
        answer = client_of(executive_eva()).get(f"{PAGE}?by={by}")
        assert answer.status_code == 200

    @pytest.mark.parametrize("query", ["by=shoes", "by=", "period=x", "group=1"])
    def test_bears_any_address(self, query: str) -> None:
        answer = client_of(executive_eva()).get(f"{PAGE}?{query}")
        assert answer.status_code in (200, 400)

    def test_is_for_those_who_may_see_dashboards(self) -> None:
        assert client_of(agent_ana()).get(PAGE).status_code == 403


class TestSaving:
    NEW = f"{PAGE}saved/new/?by=tier&group=gold"

    def test_shows_whom_it_holds_and_saves_it(self) -> None:
        customer("goldie", tier="gold")
        give(10, day=today(), tier="gold")
        client = client_of(manager_milo())
        page = client.get(self.NEW).content.decode()
        assert "Tier is gold" in page
        assert "1 customer meets this now" in page
        assert client.post(self.NEW, {"name": "Gold"}).status_code == 302
        segment = Segment.objects.get()
        assert segment.condition == {"field": "tier", "op": "eq", "value": "gold"}
        listed = client.get(f"{PAGE}saved/").content.decode()
        assert "Gold" in listed

    def test_refuses_a_name_twice(self) -> None:
        give(10, day=today(), tier="gold")
        Segment.objects.create(name="Gold", condition={})
        client = client_of(manager_milo())
        assert client.post(self.NEW, {"name": "Gold"}).status_code == 422

    def test_is_compared_like_any_other_group(self) -> None:
        one = customer("goldie", tier="gold")
        give(*([10] * 5), day=today(), tier="gold", customer=one)
        raw = {"field": "tier", "op": "eq", "value": "gold"}
        Segment.objects.create(name="Gold", condition=raw)
        Segment.objects.create(
            name="Old", condition={"field": "gone", "op": "is_empty"}
        )
        found = compared(executive_eva(), "segment")
        assert [(c.group.label, c.n) for c in found.columns] == [("Gold", 5)]

    def test_is_undone_by_deleting_it(self) -> None:
        segment = Segment.objects.create(name="Gold", condition={})
        client = client_of(manager_milo())
        address = f"{PAGE}saved/{segment.pk}/deletion/"
        assert "Delete “Gold”?" in client.get(address).content.decode()
        assert client.post(address).status_code == 302
        assert not Segment.objects.exists()

    def test_is_for_those_who_edit_customers(self) -> None:
        give(10, day=today(), tier="gold")
        assert client_of(executive_eva()).get(self.NEW).status_code == 403

    @pytest.mark.parametrize("query", ["by=tier&group=shoes", "by=journey&group=1", ""])
    def test_of_a_group_that_there_is_not_is_not_found(self, query: str) -> None:
        client = client_of(manager_milo())
        assert client.get(f"{PAGE}saved/new/?{query}").status_code == 404
