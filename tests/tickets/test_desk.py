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
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Account, Customer
from teams.models import DataScope, User
from teams.roles import Role
from tests.api.client import Caller
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
from tickets.bulk_acts import KINDS, perform, undo
from tickets.closed_loop import open_tickets_for
from tickets.desk_choices import choices_for
from tickets.desk_counts import fold
from tickets.models import DeskCount, Ticket

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def listed(person: User, **params: Any) -> list[int]:
    response = signed_in(person).get(reverse("tickets:list"), params)
    assert response.status_code == 200
    return [ticket.number for ticket in response.context["page"].tickets]


def counted(person: User, **params: Any) -> dict[str, int]:
    response = signed_in(person).get(reverse("tickets:list"), params)
    return {tab.value: count for tab, count in response.context["tabs"]}


def totals(person: User, **params: Any) -> Any:
    return signed_in(person).get(reverse("tickets:totals"), params).json()


def exported(person: User, **params: Any) -> list[list[str]]:
    response = signed_in(person).get(reverse("tickets:export"), params)
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))[1:]


def resolve(number: int) -> None:
    Ticket.objects.filter(number=number).update(status="resolved", next_due_at=None)


@pytest.mark.django_db
class TestTheTabs:
    def test_tell_mine_from_my_teams_and_overdue_from_all(self) -> None:
        mine = ticket_for(mara_detractor(), at=MONDAY_NINE).number
        far = ticket_for(paul_promoter(), at=MONDAY_NINE + 3_640 * DAY).number
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
        resolve(done)
        milo = manager_milo()
        assert listed(milo, tab="all") == [open_one]
        assert listed(milo, tab="all", status="resolved") == [done]
        assert listed(milo, tab="all", status="any") == [open_one, done]


@pytest.mark.django_db
class TestSearch:
    @pytest.mark.parametrize(
        "words",
        [
            "Mara",
            "mara_detractor",
            "acme",
            "Support call",
            "forty min",
            "minutes Mara",
            "40 €",
            "后来",
            "来退",
            "款",
            "后来退了",
        ],
    )
    def test_finds_by_customer_company_subject_and_their_words(
        self, words: str
    ) -> None:
        mara = mara_detractor()
        number = ticket_for(mara, comment="Waited forty minutes").number
        further = answer(mara, comment="后来退了款，40 €", at=MONDAY_NINE + HOUR)
        open_tickets_for([further.pk], at=MONDAY_NINE + HOUR)
        assert listed(manager_milo(), tab="all", q=words) == [number]

    def test_finds_by_number_with_and_without_a_hash(self) -> None:
        number = ticket_for().number
        ticket_for()
        assert listed(manager_milo(), tab="all", q=f"#{number}") == [number]
        assert listed(manager_milo(), tab="all", q=str(number)) == [number]
        resolve(number)
        assert listed(manager_milo(), tab="all", q=str(number)) == [number]

    def test_follows_what_people_and_companies_are_called_now(self) -> None:
        mara, milo = mara_detractor(), manager_milo()
        number = ticket_for(mara, comment="Waited").number
        Customer.objects.filter(pk=mara.pk).update(name="Zora Novak")
        assert listed(milo, tab="all", q="zora") == [number]
        assert listed(milo, tab="all", q="mara detractor waited") == [number]
        Account.objects.filter(customers=mara).update(name="Umbrella")
        assert listed(milo, tab="all", q="umbrel") == [number]
        assert listed(milo, tab="all", q="acme") == []

    @pytest.mark.parametrize(
        "tag", ["vip", "#1", "it's", "back\\slash", "a b", "大客户"]
    )
    def test_finds_a_tag_as_it_is_written(self, tag: str) -> None:
        number, other = ticket_for().number, ticket_for(comment=f"{tag} vip").number
        Ticket.objects.filter(number=number).update(tags=[tag, "x"])
        Ticket.objects.filter(number=other).update(tags=[f"{tag}s", tag.upper() + "S"])
        assert listed(manager_milo(), tab="all", tag=tag) == [number]
        Ticket.objects.filter(number=number).update(tags=[])
        assert listed(manager_milo(), tab="all", tag=tag) == []

    @pytest.mark.parametrize("sort", ["due", "opened", "priority"])
    def test_meets_common_words_on_a_walk_along_the_list(
        self, sort: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for n in range(7):
            words = "Late again" if n % 3 else "Rude"
            at = MONDAY_NINE + (n % 4) * HOUR
            ticket_for(tier=["platinum", ""][n % 2], at=at, comment=words)
        milo = manager_milo()
        late = desk.ordered(Ticket.objects.search("late"), sort)
        everything = [ticket.number for ticket in late]
        wanted = desk.Wanted(milo, {"q": "late"}, MONDAY_NINE)
        monkeypatch.setattr(desk, "PAGE", 2)
        monkeypatch.setattr(desk, "COMMON", 1)
        # Long enough to meet all, some and none of them.
        for walk in (100, 4, 1):
            monkeypatch.setattr(desk, "WALK", walk)
            seen: list[int] = []
            back: list[int] = []
            place = desk.Place(sort)
            while True:
                page = wanted.page("all", place, found=None)
                seen += [line.number for line in page.tickets]
                if not page.next:
                    break
                place = desk.Place(sort, after=page.next)
            while page.previous:
                place = desk.Place(sort, before=page.previous)
                page = wanted.page("all", place, found=4)
                back = [line.number for line in page.tickets] + back
            assert seen == everything, walk
            assert back == seen[:2], walk

    def test_comes_before_its_counts_where_counting_takes_long(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        number, other = (ticket_for(comment="Late").number for _ in range(2))
        resolve(other)
        asked = {"tab": "all", "q": "late", "status": "any"}
        client = signed_in(manager_milo())
        counted_at_once = client.get(reverse("tickets:list"), asked)
        assert "2 tickets" in counted_at_once.content.decode()
        monkeypatch.setattr(desk, "MANY", 0)
        page = client.get(reverse("tickets:list"), asked)
        assert [line.number for line in page.context["page"].tickets] == [number, other]
        assert page.context["found"] is None
        assert "Many tickets match: count them" in page.content.decode()
        told = totals(manager_milo(), **asked)
        assert told["counts"] == counted(manager_milo(), **asked, count="now")
        assert (told["counts"]["all"], told["found"]) == (2, "2 tickets")
        changes = client.get(reverse("tickets:changes"), {**asked, "shown": "1"})
        assert changes.json()["found"] == ""

    def test_forgets_words_that_were_erased(self) -> None:
        ticket = ticket_for(mara_detractor(), comment="Call me at home")
        ticket.response.comment = ""
        ticket.response.save(update_fields=["comment"])
        assert listed(manager_milo(), tab="all", q="home") == []

    def test_finds_resolved_tickets_where_they_are_asked_for(self) -> None:
        number = ticket_for(comment="Broken seat").number
        resolve(number)
        milo = manager_milo()
        assert listed(milo, tab="all", q="seat") == []
        assert listed(milo, tab="all", q="seat", status="resolved") == [number]
        assert listed(milo, tab="all", q="seat", status="any") == [number]

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
            page = desk.page_of(Ticket.objects.all(), desk.Place(sort, after=after))
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

    @pytest.mark.parametrize("sort", ["due", "opened", "priority"])
    def test_leads_back_by_the_way_it_came(
        self, sort: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for n in range(5):
            ticket_for(tier=["platinum", ""][n % 2], at=MONDAY_NINE + (n % 3) * HOUR)
        monkeypatch.setattr(desk, "PAGE", 2)
        tickets = Ticket.objects.all()
        first = desk.page_of(tickets, desk.Place(sort))
        second = desk.page_of(tickets, desk.Place(sort, after=first.next))
        last = desk.page_of(tickets, desk.Place(sort, after=second.next))
        assert (first.previous, last.next) == ("", "")
        back = desk.page_of(tickets, desk.Place(sort, before=last.previous))
        assert (back.tickets, back.next) == (second.tickets, second.next)
        again = desk.page_of(tickets, desk.Place(sort, before=back.previous))
        assert (again.tickets, again.previous) == (first.tickets, "")


@pytest.mark.django_db
class TestTheFilters:
    @pytest.mark.parametrize(
        ("stored", "asked"),
        [
            ({"priority": "low"}, {"priority": "low"}),
            ({"region": "Nowhere"}, {"region": "Nowhere"}),
            ({"tier": "platinum"}, {"tier": "platinum"}),
            ({"problem_type": "billing"}, {"problem_type": "billing"}),
            ({"tags": ["vip", "law"]}, {"tag": "vip"}),
            ({"closure": "disputed"}, {"closure": "disputed"}),
            ({"waits_for_owner": True}, {"waits_for_owner": "on"}),
            ({"status": "in_progress"}, {"status": "in_progress"}),
            ({"next_due_at": MONDAY_NINE}, {"due": "overdue"}),
            ({"next_due_at": timezone.now() + HOUR}, {"due": "day"}),
            ({"opened_at": timezone.now() - HOUR}, {"opened": "1"}),
        ],
    )
    def test_find_and_count_what_is_so(
        self, stored: dict[str, Any], asked: dict[str, str]
    ) -> None:
        far = timezone.now() + 9 * DAY
        number, other = ticket_for().number, ticket_for().number
        plain = {"next_due_at": far, "priority": "normal", "region": ""}
        Ticket.objects.update(**plain, opened_at=MONDAY_NINE - 3_000 * DAY)
        Ticket.objects.filter(number=number).update(**stored)
        milo = manager_milo()
        assert listed(milo, tab="all", **asked) == [number]
        assert sorted(listed(milo, tab="all")) == [number, other]
        assert counted(milo, **asked)["all"] == 1
        assert [int(row[0]) for row in exported(milo, tab="all", **asked)] == [number]

    def test_know_what_the_customer_has_confirmed(self) -> None:
        number, _other = ticket_for().number, ticket_for()
        resolve(number)
        Ticket.objects.filter(number=number).update(closure="confirmed")
        confirmed = {"closure": "confirmed", "status": "any"}
        assert listed(manager_milo(), tab="all", **confirmed) == [number]
        assert counted(manager_milo(), **confirmed)["all"] == 1

    def test_know_who_i_am(self) -> None:
        mine = ticket_for(mara_detractor()).number
        ticket_for(paul_promoter())
        assert listed(owner_otto(), tab="all", assignee="me") == [mine]

    def test_know_whose_clocks_stand_still(self) -> None:
        number, _other = ticket_for().number, ticket_for()
        by, at = manager_milo(), timezone.now()
        Ticket.objects.get(number=number).pause(reason="supplier", by=by, at=at)
        assert listed(manager_milo(), tab="all", paused="on") == [number]

    def test_offer_only_words_that_the_person_may_see(self) -> None:
        ticket_for(region="North")
        ticket_for(region="South")
        ana = agent_ana()
        scope = {"effect": "allow", "dimension": "region", "value": "North"}
        DataScope.objects.create(user=ana, **scope)
        offered = [value for value, _label in choices_for(ana)["region"]]
        assert offered == ["North"]


@pytest.mark.django_db
class TestTheCounts:
    def test_are_those_of_the_rows_after_every_change(self) -> None:
        milo = manager_milo()
        for n in range(4):
            ticket_for(region=["North", "South"][n % 2], tier=["gold", ""][n // 2])
        first, second, third, _fourth = Ticket.objects.order_by("number")
        first.assign(to=lead_lena(), by=milo, at=timezone.now())
        resolve(second.number)
        Ticket.objects.filter(number=third.number).update(
            region="West", closure="asked", tags=["vip"], next_due_at=MONDAY_NINE
        )
        self.agree(milo)
        fold(least=1)
        assert not DeskCount.objects.filter(is_loose=True).exists()
        self.agree(milo)
        fold(least=1)
        self.agree(milo)

    def agree(self, person: User) -> None:
        for params in (
            {},
            {"status": "any"},
            {"status": "resolved"},
            {"region": "North"},
            {"status": "any", "tier": "gold", "closure": "asked"},
            {"q": "support"},
            {"q": "support", "status": "any", "region": "West"},
            {"q": "support", "status": "resolved"},
            {"tag": "vip"},
            {"tag": "vip", "status": "any", "q": "call", "opened": "1"},
        ):
            counts = counted(person, **params)
            for tab in desk.Tab.values:
                rows = listed(person, tab=tab, **params)
                assert counts[tab] == len(rows), (params, tab)


@pytest.mark.django_db
class TestWhatHasChanged:
    def ask(self, shown: list[int], stamp: str = "", **params: str) -> Any:
        asked = {"tab": "all", "shown": ",".join(map(str, shown)), **params}
        headers = {"If-None-Match": stamp} if stamp else {}
        client = signed_in(manager_milo())
        return client.get(reverse("tickets:changes"), asked, headers=headers)

    def test_is_nothing_while_all_is_the_same(self) -> None:
        number = ticket_for().number
        told = self.ask([number])
        assert told.json()["news"] == ""
        assert self.ask([number], told.headers["ETag"]).status_code == 304

    def test_is_a_line_that_stands_where_it_stood(self) -> None:
        number = ticket_for().number
        stamp = self.ask([number]).headers["ETag"]
        Ticket.objects.update(priority="low")
        told = self.ask([number], stamp)
        assert "Low" in told.json()["rows"][str(number)]

    def test_is_only_announced_where_something_came(self) -> None:
        number = ticket_for().number
        stamp = self.ask([number]).headers["ETag"]
        ticket_for()
        told = self.ask([number], stamp).json()
        assert told["news"] == "1 new ticket"
        assert told["counts"]["all"] == 2
        assert list(told["rows"]) == [str(number)]

    def test_says_what_left_the_list(self) -> None:
        number = ticket_for().number
        resolve(number)
        told = self.ask([number]).json()
        assert "No longer in this list" in told["rows"][str(number)]
        assert told["counts"]["all"] == 0

    @pytest.mark.parametrize(
        "shown", ["x", "1,,2", "-1", "9" * 40, ",".join("7" * 900)]
    )
    def test_survives_odd_questions(self, shown: str) -> None:
        client = signed_in(manager_milo())
        told = client.get(reverse("tickets:changes"), {"shown": shown})
        assert told.status_code == 200


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
        # The first page reads what the filters offer, and remembers it for a minute.
        count()
        few = count()
        for n in range(12):
            ticket_for(customer(f"c{n}", account=acme()))
        assert count() == few <= 8

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
            for who in (mara_detractor(), paul_promoter(), None):
                ticket_for(who)
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
        everything = ",".join(
            str(pk) for pk in Ticket.objects.values_list("pk", flat=True)
        )
        assert totals(person, q="Support")["counts"]["all"] == len(seen)
        told = client.get(
            reverse("tickets:changes"), {"tab": "mine", "shown": everything}
        )
        assert {int(number) for number in told.json()["rows"]} == seen
        answer = Caller(person).get("/tickets/").json()
        assert {line["number"] for line in answer["results"]} == seen
        done = perform(
            KINDS["tag"],
            [int(number) for number in everything.split(",")],
            "seen",
            by=person,
            at=timezone.now(),
        )
        assert set(done.done) == seen
        if seen:
            undo(done.act, by=person, at=timezone.now())
