"""Customers and what they did, through the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Customer, Interaction
from events.models import Event
from teams.models import DataScope
from tests.api.client import Caller
from tests.personas import agent_ana, manager_milo, mara_detractor, paul_promoter

pytestmark = pytest.mark.django_db


def order(**changes: Any) -> dict[str, Any]:
    return {
        "customer": {"external_id": "mara_detractor"},
        "kind": "order",
        "occurred_at": "2026-03-01T10:00:00Z",
        "value": "19.90",
        "currency": "EUR",
        **changes,
    }


class TestTheListOfCustomers:
    def test_is_searched(self) -> None:
        mara_detractor(), paul_promoter()
        milo = Caller(manager_milo())
        for query in ({"search": "mara"}, {"external_id": "mara_detractor"}):
            (row,) = milo.get("/customers/", **query).json()["results"]
            assert row["external_id"] == "mara_detractor"
            assert (row["account"], row["tier"]) == ("acme", "gold")

    def test_shows_only_what_the_caller_may_see(self) -> None:
        mara_detractor(), paul_promoter()
        DataScope.objects.create(
            user=agent_ana(), effect="allow", dimension="region", value="South"
        )
        rows = Caller(agent_ana()).get("/customers/").json()["results"]
        assert [row["external_id"] for row in rows] == ["paul_promoter"]

    def test_refuses_search_words_with_nul(self) -> None:
        refused = Caller(manager_milo()).get("/customers/", search="a\x00b")
        assert refused.status_code == 400


class TestAnInteraction:
    POST = "/interactions/"

    def test_is_stored_with_its_event(self) -> None:
        mara = mara_detractor()
        answer = Caller(manager_milo()).post(self.POST, order(data={"sku": ["A", 1]}))
        assert answer.status_code == 201
        stored = Interaction.objects.get(pk=answer.json()["id"])
        assert (stored.customer, str(stored.value)) == (mara, "19.90")
        assert stored.data == {"sku": ["A", 1]}
        event = Event.objects.get(name="customer.interaction_recorded")
        assert event.payload["interaction"] == stored.pk

    def test_is_stored_once_under_its_own_key(self) -> None:
        mara_detractor()
        milo = Caller(manager_milo())
        first = milo.post(self.POST, order(external_id="o-1"))
        second = milo.post(self.POST, order(external_id="o-1"))
        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json() == second.json()
        assert Event.objects.filter(name="customer.interaction_recorded").count() == 1

    def test_does_not_take_another_customers_key(self) -> None:
        mara_detractor()
        milo = Caller(manager_milo())
        milo.post(self.POST, order(external_id="o-1"))
        body = order(external_id="o-1", customer={"external_id": "somebody"})
        refused = milo.post(self.POST, body)
        assert refused.status_code == 400
        assert "external_id" in refused.json()["errors"]

    def test_makes_an_unknown_customer_known(self) -> None:
        body = order(customer={"external_id": "new-1"})
        assert Caller(manager_milo()).post(self.POST, body).status_code == 201
        assert Customer.objects.get().external_id == "new-1"

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"occurred_at": "soon"}, "occurred_at"),
            (
                {"occurred_at": (timezone.now() + timedelta(days=1)).isoformat()},
                "occurred_at",
            ),
            ({"value": "much"}, "value"),
            ({"value": 10**15}, "value"),
            ({"currency": "euro"}, "currency"),
            ({"kind": "x" * 41}, "kind"),
            ({"kind": ""}, "kind"),
            ({"touchpoint": "a b"}, "touchpoint"),
            ({"data": [1]}, "data"),
            ({"data": {"a": "\x00"}}, "data"),
            ({"customer": {}}, "customer.external_id"),
        ],
    )
    def test_is_refused_with_the_field_that_is_wrong(
        self, changes: dict[str, Any], field: str
    ) -> None:
        refused = Caller(manager_milo()).post(self.POST, order(**changes))
        assert refused.status_code == 400
        assert list(refused.json()["errors"]) == [field]

    def test_needs_the_role(self) -> None:
        assert Caller(agent_ana()).post(self.POST, order()).status_code == 403

    def test_is_refused_for_a_customer_out_of_sight(self) -> None:
        mara_detractor()
        DataScope.objects.create(
            user=manager_milo(), effect="deny", dimension="region", value="North"
        )
        assert Caller(manager_milo()).post(self.POST, order()).status_code == 403
        assert not Interaction.objects.exists()
