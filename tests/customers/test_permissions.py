"""Lists, counts, search, details, exports and imports agree on what a person sees."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Account, Customer
from customers.scopes import may_hold
from teams.models import DataScope, User
from teams.roles import Role
from tests.personas import MONDAY_NINE, user

pytestmark = pytest.mark.django_db

WORDS = {
    "region": ("North", "South", ""),
    "product_line": ("Jet", "Rail"),
    "tier": ("gold", ""),
}
scope_lines = st.dictionaries(
    st.sampled_from([(d, v) for d, values in WORDS.items() for v in values if v]),
    st.sampled_from(["allow", "deny"]),
    max_size=4,
)
roles = st.sampled_from(list(Role))


def everybody() -> list[Customer]:
    """One customer for each mix of region, product line and tier."""
    mixes = [
        {"region": region, "product_line": line, "tier": tier}
        for region in WORDS["region"]
        for line in WORDS["product_line"]
        for tier in WORDS["tier"]
    ]
    return Customer.objects.bulk_create(
        Customer(external_id=f"c{n}", name=f"Cleo {n}", created_at=MONDAY_NINE, **mix)
        for n, mix in enumerate(mixes)
    )


def person_with(role: Role, lines: dict[tuple[str, str], str]) -> User:
    person = user(f"random_{role}", role)
    DataScope.objects.filter(user=person).delete()
    DataScope.objects.bulk_create(
        DataScope(user=person, dimension=dimension, value=value, effect=effect)
        for (dimension, value), effect in lines.items()
    )
    return User.objects.get(pk=person.pk)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


class TestEveryWayToACustomer:
    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(role=roles, lines=scope_lines)
    def test_agrees_with_the_others(
        self, role: Role, lines: dict[tuple[str, str], str]
    ) -> None:
        customers = Customer.objects.order_by("pk") or everybody()
        person = person_with(role, lines)
        client = signed_in(person)
        visible = set(Customer.objects.visible_to(person))

        for query in ({}, {"q": "cleo"}, {"sort": "-created"}):
            page = client.get(reverse("customers:list"), query)
            assert set(page.context["page_obj"]) == visible
            assert page.context["page_obj"].paginator.count == len(visible)

        export = client.get(reverse("customers:export")).getvalue().decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(export))
        assert {row["external_id"] for row in rows} == {c.external_id for c in visible}

        for customer in customers:
            answer = client.get(customer.get_absolute_url())
            assert (answer.status_code == 200) is (customer in visible)
            held = {name: getattr(customer, name) for name in WORDS}
            assert may_hold(person, held) is (customer in visible)

    def test_agrees_for_accounts(self) -> None:
        north, south = (
            Account.objects.create(external_id=r, name=r, region=r)
            for r in ("North", "South")
        )
        for account in (north, south):
            for region in ("North", "South"):
                Customer.objects.create(
                    external_id=f"{account}{region}",
                    account=account,
                    region=region,
                    created_at=MONDAY_NINE,
                )
        client = signed_in(person_with(Role.AGENT, {("region", "North"): "allow"}))
        assert client.get(reverse("customers:account_list")).context["rows"] == [
            (north, 1)
        ]
        page = client.get(north.get_absolute_url())
        assert [str(c) for c in page.context["page_obj"]] == ["NorthNorth"]
        assert client.get(south.get_absolute_url()).status_code == 404
        names = client.get(reverse("customers:list")).content.decode()
        assert south.get_absolute_url() not in names


class TestEditing:
    @pytest.mark.parametrize("role", [Role.TEAM_LEAD, Role.AGENT, Role.EXECUTIVE])
    def test_needs_the_ability(self, role: Role) -> None:
        customer = everybody()[0]
        client = signed_in(user(f"random_{role}", role))
        for name in ("edit", "consent"):
            page = reverse(f"customers:{name}", args=[customer.pk])
            assert client.post(page).status_code == 403
        for name in ("new", "account_new", "import_list"):
            assert client.get(reverse(f"customers:{name}")).status_code == 403
        text = client.get(reverse("customers:list")).content.decode()
        assert reverse("customers:new") not in text

    def test_stops_at_the_scope(self) -> None:
        hidden = everybody()[-1]
        person = person_with(Role.CX_MANAGER, {("region", "North"): "allow"})
        for name in ("edit", "consent"):
            page = reverse(f"customers:{name}", args=[hidden.pk])
            assert signed_in(person).post(page).status_code == 404

    def test_cannot_push_a_customer_out_of_sight(self) -> None:
        customer = everybody()[0]
        client = signed_in(person_with(Role.CX_MANAGER, {("region", "North"): "allow"}))
        answer = client.post(
            reverse("customers:edit", args=[customer.pk]),
            {"name": "Cleo", "region": "South"},
        )
        assert answer.status_code == 422
        customer.refresh_from_db()
        assert customer.region == "North"

    def test_needs_a_sign_in(self) -> None:
        for name in ("list", "export", "account_list", "import_list"):
            answer = Client().get(reverse(f"customers:{name}"))
            assert answer.status_code == 302
            assert "/login/" in answer.headers["Location"]
