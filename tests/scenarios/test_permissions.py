"""Whatever way a person looks, they see the same rows: pages, files, API and counts."""

import csv
import io
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from dashboards import answer_rollup
from surveys.models import Response
from teams.access import can
from teams.models import DataScope, User
from teams.roles import Ability, Role
from tests.api.client import Caller
from tests.personas import MONDAY_NINE, customer, nps_survey, service_team, user
from tests.tickets.answers import ticket_for
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

WORDS = {
    "region": ("North", "South"),
    "product_line": ("Jet", "Rail"),
    "tier": ("gold", "standard"),
}
LINES = [(dimension, value) for dimension, values in WORDS.items() for value in values]


def company() -> None:
    """One customer, one low answer and one ticket for each mix of words."""
    if Response.objects.exists():
        return
    nps_survey()
    for region in WORDS["region"]:
        for line in WORDS["product_line"]:
            for tier in WORDS["tier"]:
                words = {"region": region, "product_line": line, "tier": tier}
                ticket_for(customer(f"cleo_{region}_{line}_{tier}", **words))
    answer_rollup.fold(
        list(Response.objects.values_list("id", flat=True)), newest_at=MONDAY_NINE
    )


def person_with(
    role: Role, lines: dict[tuple[str, str], str], team: str | None
) -> User:
    person = user("random_rosa", role)
    User.objects.filter(pk=person.pk).update(role=role)
    person.scopes.all().delete()
    wanted = {**lines, **({("team", str(service_team().pk)): team} if team else {})}
    DataScope.objects.bulk_create(
        DataScope(user=person, dimension=dimension, value=value, effect=effect)
        for (dimension, value), effect in wanted.items()
    )
    return User.objects.get(pk=person.pk)


def listed(caller: Caller, path: str, key: str) -> set[object]:
    """Every row of the API's list, page by page."""
    answer = caller.get(path, limit=3)
    if answer.status_code == 403:
        return set()
    found: set[object] = set()
    while True:
        body = answer.json()
        found |= {row[key] for row in body["results"]}
        if not body["next"]:
            return found
        answer = caller.client.get(body["next"], headers=caller.headers)


def exported(client: Client, url: str, column: str) -> set[str]:
    answer = client.get(url)
    if answer.status_code == 403:
        return set()
    text = answer.getvalue().decode("utf-8-sig")
    return {row[column] for row in csv.DictReader(io.StringIO(text))}


class TestEveryWayToARow:
    @settings(
        max_examples=20,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        role=st.sampled_from(list(Role)),
        lines=st.dictionaries(
            st.sampled_from(LINES), st.sampled_from(["allow", "deny"]), max_size=3
        ),
        team=st.sampled_from([None, "allow", "deny"]),
    )
    def test_shows_the_same(
        self, role: Role, lines: dict[tuple[str, str], str], team: str | None
    ) -> None:
        company()
        person = person_with(role, lines, team)
        client, caller = Client(), Caller(person)
        client.force_login(person)

        customers = set(Customer.objects.visible_to(person))
        assert listed(caller, "/customers/", "external_id") == {
            c.external_id for c in customers
        }
        tickets = {t.number for t in Ticket.objects.visible_to(person)}
        assert listed(caller, "/tickets/", "number") == tickets
        responses = set(
            Response.objects.visible_to(person).values_list("id", flat=True)
        )
        found = {UUID(str(key)) for key in listed(caller, "/responses/", "id")}
        assert found == responses

        for response in Response.objects.all():
            page = client.get(reverse("surveys:response", args=[response.pk]))
            assert (page.status_code == 200) is (response.pk in responses)
        survey = nps_survey()
        if client.get(reverse("surveys:detail", args=[survey.pk])).status_code == 200:
            file = reverse("surveys:export", args=[survey.pk])
            assert len(exported(client, file, "id")) == len(responses)
        if can(person, Ability.SEE_DASHBOARDS):
            counted = caller.get("/metrics/", since="2026-03-01", until="2026-03-31")
            [answers] = [
                m for m in counted.json()["results"] if m["key"] == "responses"
            ]
            assert (answers["value"] or answers["n"] or 0) == len(responses)
