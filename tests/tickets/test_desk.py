"""The list of tickets: tabs, search, filters, order, pages, file, and who sees what."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from teams.models import DataScope, User
from teams.roles import Role
from tests.personas import (
    MONDAY_NINE,
    acme,
    agent_ana,
    customer,
    executive_eva,
    lead_lena,
    manager_milo,
    mara_detractor,
    owner_otto,
    paul_promoter,
    service_team,
    user,
)
from tests.tickets.answers import answer, ticket_for
from tickets import desk
from tickets.closed_loop import open_tickets_for
from tickets.models import Ticket

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def listed(person: User, **params: Any) -> list[int]:
    response = signed_in(person).get(reverse("tickets:list"), params)
    assert response.status_code == 200
    return [ticket.number for ticket in response.context["page"].tickets]


def exported(person: User, **params: Any) -> list[list[str]]:
    response = signed_in(person).get(reverse("tickets:export"), params)
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))[1:]


@pytest.mark.django_db
class TestTheTabs:
    def test_tell_mine_from_my_teams_and_overdue_from_all(self) -> None:
        mine = ticket_for(mara_detractor(), at=MONDAY_NINE).number
        far = ticket_for(paul_promoter(), at=MONDAY_NINE + 36_500 * DAY).number
        otto = owner_otto()
        assert listed(otto, tab="mine") == [mine]
        assert listed(otto, tab="team") == [mine, far]
        assert listed(otto, tab="overdue") == [mine]
        assert listed(otto, tab="all") == [mine, far]

    def test_count_what_they_list(self) -> None:
        ticket_for(mara_detractor())
        ticket_for(paul_promoter())
        response = signed_in(owner_otto()).get(reverse("tickets:list"))
        for tab, count in response.context["tabs"]:
            assert count == len(listed(owner_otto(), tab=tab.value)), tab

    @pytest.mark.parametrize(
        ("person", "tab"),
        [(owner_otto, "mine"), (lead_lena, "team"), (manager_milo, "all")],
    )
    def test_begin_where_the_role_works(self, person: Any, tab: str) -> None:
        response = signed_in(person()).get(reverse("tickets:list"))
        assert response.context["current_tab"] == tab

    def test_leave_resolved_tickets_out_until_asked(self) -> None:
        done, open_one = ticket_for().number, ticket_for().number
        Ticket.objects.filter(number=done).update(status="resolved", next_due_at=None)
        milo = manager_milo()
        assert listed(milo, tab="all") == [open_one]
        assert listed(milo, tab="all", status="resolved") == [done]
        assert listed(milo, tab="all", status="any") == [open_one, done]


@pytest.mark.django_db
class TestSearch:
    @pytest.mark.parametrize(
        "words",
        ["Mara", "mara_detractor", "acme", "Support call", "forty min", "40 €", "后来"],
    )
    def test_finds_by_customer_company_subject_and_their_words(
        self, words: str
    ) -> None:
        mara = mara_detractor()
        number = ticket_for(mara, comment="Waited forty minutes").number
        further = answer(mara, comment="后来退了 40 €", at=MONDAY_NINE + HOUR)
        open_tickets_for([further.pk], at=MONDAY_NINE + HOUR)
        assert listed(manager_milo(), tab="all", q=words) == [number]

    def test_finds_by_number_with_and_without_a_hash(self) -> None:
        number = ticket_for().number
        ticket_for()
        assert listed(manager_milo(), tab="all", q=f"#{number}") == [number]
        assert listed(manager_milo(), tab="all", q=str(number)) == [number]

    @pytest.mark.parametrize("words", ["%", "9" * 90, "' OR 1=1 --", "²", "\\"])
    def test_survives_odd_words(self, words: str) -> None:
        ticket_for()
        assert listed(manager_milo(), tab="all", q=words) == []

    @pytest.mark.parametrize(
        "params",
        [
            {"team": "x"},
            {"assignee": "99999999999999999999"},
            {"status": "gone"},
            {"q": "\0"},
            {"q": "x" * 101},
            {"tab": "theirs"},
            {"sort": "-"},
        ],
    )
    def test_finds_nothing_by_what_it_does_not_know(
        self, params: dict[str, str]
    ) -> None:
        ticket_for()
        assert listed(manager_milo(), **{"tab": "all", **params}) == []
        assert exported(manager_milo(), **{"tab": "all", **params}) == []

    @pytest.mark.parametrize(
        "after", ["", "x", "~", "2026-03-02T09:00:00~1", "9e9~2~3", "~-1", "a~b"]
    )
    def test_shows_the_first_page_for_a_cursor_that_is_none(self, after: str) -> None:
        number = ticket_for().number
        assert listed(manager_milo(), tab="all", after=after) == [number]


@pytest.mark.django_db
class TestOrder:
    def test_is_by_due_time_by_number_or_by_urgency(self) -> None:
        soon = ticket_for(at=MONDAY_NINE).number
        late = ticket_for(tier="platinum", at=MONDAY_NINE + 2 * DAY).number
        milo = manager_milo()
        assert listed(milo, tab="all") == [soon, late]
        assert listed(milo, tab="all", sort="priority") == [late, soon]
        assert listed(milo, tab="all", sort="opened") == [late, soon]

    @pytest.mark.parametrize("sort", ["due", "opened", "priority"])
    def test_holds_over_pages_without_gaps_or_doubles(
        self, sort: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tiers = ["platinum", "", "gold"]
        for n in range(11):
            ticket_for(tier=tiers[n % 3], at=MONDAY_NINE + (n % 4) * HOUR)
        done = Ticket.objects.order_by("number")[:3].values("number")
        Ticket.objects.filter(
            number__in=list(done.values_list("number", flat=True))
        ).update(status="resolved", next_due_at=None)
        everything = [t.number for t in desk.ordered(Ticket.objects.all(), sort)]
        monkeypatch.setattr(desk, "PAGE", 2)
        seen, after = [], ""
        for _ in range(20):
            page = desk.page_of(Ticket.objects.all(), sort=sort, after=after)
            seen += [ticket.number for ticket in page.tickets]
            after = page.next
            if not after:
                break
        assert seen == everything

    def test_links_to_the_next_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(desk, "PAGE", 1)
        ticket_for(at=MONDAY_NINE)
        ticket_for(at=MONDAY_NINE + HOUR)
        client = signed_in(manager_milo())
        first = client.get(reverse("tickets:list"), {"tab": "all"})
        second = client.get(
            reverse("tickets:list"), {"tab": "all", "after": first.context["page"].next}
        )
        assert "Next page" in first.content.decode()
        assert "First page" in second.content.decode()


@pytest.mark.django_db
class TestTheFile:
    def test_defuses_formulas_and_keeps_the_words(self) -> None:
        ticket_for(customer("eve_formula"), comment="=HYPERLINK(0)")
        [row] = exported(manager_milo(), tab="all")
        assert row[-1] == "'=HYPERLINK(0)"
        assert row[1] == "NPS 3/10 · Support call"


@pytest.mark.django_db
class TestTheListPage:
    def test_takes_a_fixed_number_of_statements(self) -> None:
        def count() -> int:
            client = signed_in(manager_milo())
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("tickets:list"), {"tab": "all"})
            return len(queries)

        ticket_for(mara_detractor())
        few = count()
        for n in range(12):
            ticket_for(customer(f"c{n}", account=acme()))
        assert count() == few <= 14

    def test_is_not_for_executives(self) -> None:
        client = signed_in(executive_eva())
        assert client.get(reverse("tickets:list")).status_code == 403

    def test_says_when_there_is_nothing_to_do(self) -> None:
        response = signed_in(agent_ana()).get(reverse("tickets:list"))
        assert "Nothing to do here" in response.content.decode()

    def test_speaks_chinese(self) -> None:
        ana = agent_ana()
        User.objects.filter(pk=ana.pk).update(language="zh-hans")
        ticket_for(customer("c"))
        page = signed_in(ana).get(reverse("tickets:list"), {"tab": "all"})
        assert "工单" in page.content.decode()


LINES = st.lists(
    st.tuples(
        st.sampled_from(["allow", "deny"]),
        st.sampled_from(
            [
                ("region", "North"),
                ("region", "South"),
                ("tier", "gold"),
                ("tier", ""),
                ("product_line", "Rail"),
                ("team", "own"),
                ("team", "0"),
            ]
        ),
    ),
    max_size=4,
    unique_by=lambda line: line[1],
)


@pytest.mark.django_db
class TestPermissions:
    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(role=st.sampled_from(list(Role)), lines=LINES)
    def test_agree_in_list_count_search_file_and_case(
        self, role: Role, lines: list[tuple[str, tuple[str, str]]]
    ) -> None:
        if not Ticket.objects.exists():
            for person in (mara_detractor(), paul_promoter(), None):
                ticket_for(person)
        person = user("scoped_sue", role)
        User.objects.filter(pk=person.pk).update(role=role)
        person = User.objects.get(pk=person.pk)
        person.scopes.all().delete()
        for effect, (dimension, value) in lines:
            DataScope.objects.create(
                user=person,
                effect=effect,
                dimension=dimension,
                value=str(service_team().pk) if value == "own" else value,
            )
        seen = set(Ticket.objects.visible_to(person).values_list("number", flat=True))
        client = signed_in(person)
        for ticket in Ticket.objects.all():
            status = client.get(ticket.get_absolute_url()).status_code
            works = role != Role.EXECUTIVE
            assert status == (200 if ticket.number in seen else 404 if works else 403)
        if role == Role.EXECUTIVE:
            assert not seen
            assert client.get(reverse("tickets:export")).status_code == 403
            return
        response = client.get(reverse("tickets:list"), {"tab": "all"})
        assert {t.number for t in response.context["page"].tickets} == seen
        assert dict(response.context["tabs"])["all"] == len(seen)
        assert set(listed(person, tab="all", q="Support")) == seen
        assert {int(row[0]) for row in exported(person, tab="all")} == seen
