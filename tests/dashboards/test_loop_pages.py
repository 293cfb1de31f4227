"""Closed loop, Value and Reach: for whom, with what, and what bad input does."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from customers.models import Customer, Interaction
from dashboards.closed_loop import closed_loop_report
from dashboards.dimensions import DIMENSIONS
from dashboards.loop_bases import effect_bases, qualifying
from dashboards.loop_counts import loop_counts
from dashboards.loop_steps import effect, steps
from dashboards.models import Scenario
from dashboards.money import Behaviour
from dashboards.orders import Asked, done, everybody, recovered_and_not
from dashboards.periods import Period
from dashboards.representation import population, weights_of
from dashboards.selection import Filters
from events import outbox
from surveys.intake import local_day
from surveys.invitations import Letter, invite
from surveys.models import Invitation
from teams.models import DataScope, User
from tests.dashboards.answers import give
from tests.personas import (
    admin_ada,
    agent_ana,
    customer,
    executive_eva,
    lead_lena,
    manager_milo,
    mara_detractor,
    nps_survey,
    owner_otto,
    paul_promoter,
)
from tests.tickets.answers import answer, submit
from tickets import merging
from tickets.models import RootCause, Ticket

pytestmark = pytest.mark.django_db
PAGES = ("closed-loop", "value", "reach")
DAY = timedelta(days=1)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User, url: str) -> str:
    found = client_of(user).get(f"/dashboards/{url}")
    assert found.status_code == 200
    words = re.sub(r"<[^>]+>", " ", found.content.decode())
    return " ".join(unescape(words).split())


def ago(days: int) -> datetime:
    return timezone.now() - days * DAY


def said(who: Customer, score: int, *, days_ago: int) -> None:
    at = ago(days_ago)
    with transaction.atomic():
        submit(answer(who, at=at, nps=score), at=at)
    outbox.drain()


def resolved(who: Customer, *, days_ago: int) -> None:
    ticket = Ticket.objects.get(customer=who, status="open")
    at = ago(days_ago)
    ticket.log_contact(channel="phone", summary="Sorry.", by=owner_otto(), at=at)
    cause = RootCause.objects.get(key="service-wait")
    ticket.resolve(root_cause=cause, outcome="Done.", by=owner_otto(), at=at)


def people(count: int, **fields: object) -> list[Customer]:
    tier = fields.get("tier", "")
    return [customer(f"person_{tier}_{i}", **fields) for i in range(count)]


def lately() -> Period:
    today = local_day(timezone.now())
    return Period(today - 89 * DAY, today)


def did(who: Customer, kind: str, *, days_ago: int, value: int | None = None) -> None:
    Interaction.objects.create(
        customer=who,
        kind=kind,
        occurred_at=ago(days_ago),
        value=None if value is None else Decimal(value),
        currency="" if value is None else "EUR",
    )


class TestThePages:
    @pytest.mark.parametrize(
        ("persona", "status"),
        [
            (admin_ada, 200),
            (manager_milo, 200),
            (lead_lena, 200),
            (executive_eva, 200),
            (agent_ana, 403),
        ],
    )
    def test_are_for_those_who_may_see_dashboards(
        self, persona: Callable[[], User], status: int
    ) -> None:
        for name in PAGES:
            url = f"/dashboards/{name}/"
            assert client_of(persona()).get(url).status_code == status

    @pytest.mark.parametrize("name", PAGES)
    @pytest.mark.parametrize(
        "query",
        [
            "period=custom&since=1926-01-01&until=2026-01-01",
            "period=forever",
            "survey=999999999999999999999999",
        ],
    )
    def test_say_what_is_wrong_with_bad_filters(self, name: str, query: str) -> None:
        found = client_of(executive_eva()).get(f"/dashboards/{name}/?{query}")
        assert found.status_code == 400
        assert "<form" in found.content.decode()

    @pytest.mark.parametrize(
        "query",
        [
            "scenario=999",
            "scenario=x",
            "against=%00",
            "scale=feet",
            "currency=EUROS",
            "margin_percent=nan",
            "horizon_months=-1",
            "active_days=1e999",
            "period=custom&since=1970-01-01&until=1970-01-31&against=before",
        ],
    )
    def test_say_what_is_wrong_with_bad_assumptions(self, query: str) -> None:
        found = client_of(executive_eva()).get(f"/dashboards/value/?{query}")
        assert found.status_code == 400
        assert 'role="alert"' in found.content.decode()

    def test_say_that_there_is_nothing_yet(self) -> None:
        eva = executive_eva()
        assert "No low answer came in" in page(eva, "closed-loop/")
        assert "nobody ordered" in page(eva, "value/")
        assert "Nobody was invited" in page(eva, "reach/?weighted=1")

    @pytest.mark.parametrize("name", PAGES)
    def test_take_every_filter(self, name: str) -> None:
        query = "channel=link&language=en&journey=1&stage=1&team=1&account=1&region=-&tier=-"
        found = client_of(manager_milo()).get(f"/dashboards/{name}/?{query}")
        assert found.status_code in (200, 400)


class TestTheWayOfALowAnswer:
    def test_counts_every_step_over_all_that_qualify(self) -> None:
        mara, others = mara_detractor(), people(4)
        for who in (mara, *others):
            said(who, 3, days_ago=20)
        resolved(mara, days_ago=20)
        said(mara, 9, days_ago=5)
        found = steps(executive_eva(), lately(), Filters())
        counts = found.counts
        assert (found.qualifying, counts["ticket"], found.missing) == (5, 5, 0)
        assert (counts["contacted"], counts["in_time"], counts["resolved"]) == (1, 1, 1)
        assert (counts["answered_again"], counts["recovered"]) == (1, 1)
        share = found.share("recovered")
        assert share is not None
        assert (share.value, share.n) == (20, 5)
        assert "Every one of the 5 low answers" in page(executive_eva(), "closed-loop/")

    def test_counts_an_answer_of_a_merged_ticket_by_where_it_went(self) -> None:
        said(mara_detractor(), 3, days_ago=20)
        said(paul_promoter(), 2, days_ago=20)
        merged, into = Ticket.objects.order_by("number")
        merging.merge(into, into=merged, by=owner_otto(), at=ago(19))
        found = steps(executive_eva(), lately(), Filters())
        assert (found.counts["ticket"], found.counts["resolved"]) == (2, 0)

    def test_counts_an_answer_by_the_day_of_the_one_that_opened_its_ticket(
        self,
    ) -> None:
        said(mara_detractor(), 3, days_ago=100)
        said(mara_detractor(), 2, days_ago=20)
        eva, at = executive_eva(), timezone.now()
        year = Period(lately().end - 364 * DAY, lately().end)
        for period, covered in ((lately(), 0), (year, 2)):
            rates, _before = loop_counts(eva, period, Filters(), at=at).both
            found = steps(eva, period, Filters())
            assert rates.cases.covered == found.counts["ticket"] == covered

    def test_hides_shares_of_few(self) -> None:
        for who in people(4):
            said(who, 3, days_ago=3)
        html = page(executive_eva(), "closed-loop/")
        assert "hidden" in html
        assert "of 4" not in html

    def test_keeps_within_the_scope(self) -> None:
        said(mara_detractor(), 3, days_ago=3)
        said(paul_promoter(), 3, days_ago=3)
        eva = executive_eva()
        DataScope.objects.create(
            user=eva, effect="allow", dimension="region", value="North"
        )
        assert steps(eva, lately(), Filters()).qualifying == 1

    def test_compares_who_was_contacted_in_time_with_who_was_not(self) -> None:
        in_time, late = people(5, tier="gold"), people(5, tier="silver")
        for who in (*in_time, *late):
            said(who, 3, days_ago=40)
        for who in in_time:
            resolved(who, days_ago=40)
        for who in late:
            resolved(who, days_ago=30)
        for who in in_time:
            said(who, 9, days_ago=5)
        for who in late:
            said(who, 4, days_ago=5)
        found = effect(executive_eva(), lately(), Filters())
        assert found.in_time is not None
        assert found.late is not None
        assert (found.in_time.value, found.late.value) == (100, 0)
        assert found.difference is not None
        assert found.difference.value == 100
        for dimension in DIMENSIONS:
            # Whatever they are told apart by, all of them are counted once.
            of_effect = effect_bases(executive_eva(), lately())
            told = of_effect.read(Filters(), [dimension]).values()
            assert sum(each["in_time"] for each in told) == 5
            assert sum(each["late"] for each in told) == 5
            told = qualifying(executive_eva(), lately()).read(Filters(), [dimension])
            n = steps(executive_eva(), lately(), Filters()).qualifying
            assert sum(each["qualifying"] for each in told.values()) == n

    def test_shows_the_answers_behind_a_step(self) -> None:
        mara, paul = mara_detractor(), paul_promoter()
        for who in (mara, paul):
            said(who, 3, days_ago=20)
        resolved(mara, days_ago=20)
        eva = executive_eva()
        shown = page(eva, "closed-loop/in_time/")
        assert "Mara Detractor" in shown
        assert "Paul Promoter" not in shown
        shown = page(eva, "closed-loop/in_time/?not=1")
        assert "Paul Promoter" in shown
        assert "Mara Detractor" not in shown
        assert client_of(eva).get("/dashboards/closed-loop/gone/").status_code == 404

    def test_makes_the_same_report_to_share(self) -> None:
        report = closed_loop_report(executive_eva(), QueryDict(""), at=timezone.now())
        assert len(report.sections) >= 6


class TestWhatCustomersDo:
    def test_is_told_apart_by_what_they_said_before(self) -> None:
        mara, paul = mara_detractor(), paul_promoter()
        said(mara, 2, days_ago=120)
        said(mara, 10, days_ago=10)
        said(paul, 10, days_ago=120)
        for who in (mara, paul):
            did(who, "order", days_ago=150, value=100)
            did(who, "order", days_ago=30, value=300)
        did(mara, "churn", days_ago=10)
        found = done(Asked(executive_eva(), Filters(), lately(), "EUR", 365))
        low, high = found.groups["low"], found.groups["high"]
        assert (low.active, low.lost, low.orders, low.revenue) == (1, 1, 1, 300)
        assert (high.active, high.lost) == (1, 0)
        assert found.segments["region"]["North"] == low
        assert found.segments["tier"]["gold"].active == 1
        assert found.whole.orders == 2

    def test_parts_add_up_to_the_whole(self) -> None:
        for place, who in enumerate(people(7, tier="gold") + people(5, tier="silver")):
            did(who, "order", days_ago=200, value=10 * place)
            did(who, "order", days_ago=place, value=50)
            if place % 3 == 0:
                did(who, "churn", days_ago=1)
        asked = Asked(executive_eva(), Filters(), lately(), "EUR", 365)
        found, whole = done(asked), everybody(asked)
        assert sum(found.segments["tier"].values(), Behaviour()) == found.whole
        assert (whole.active, whole.lost, whole.revenue) == (
            found.whole.active,
            found.whole.lost,
            found.whole.revenue,
        )

    def test_counts_nobody_as_active_who_has_left_or_came_too_long_ago(self) -> None:
        left, old, back = people(3)
        did(left, "order", days_ago=200, value=1)
        did(left, "churn", days_ago=150)
        did(old, "order", days_ago=600, value=1)
        did(back, "churn", days_ago=200)
        did(back, "order", days_ago=150, value=1)
        found = everybody(Asked(executive_eva(), Filters(), lately(), "EUR", 365))
        assert (found.active, found.lost) == (1, 0)

    def test_leaves_other_currencies_out(self) -> None:
        mara = mara_detractor()
        did(mara, "order", days_ago=3, value=100)
        Interaction.objects.update(currency="USD")
        asked = Asked(executive_eva(), Filters(), lately(), "EUR", 365)
        assert everybody(asked).orders == 0

    def test_tells_recovered_customers_from_those_left_waiting(self) -> None:
        mara, paul = mara_detractor(), paul_promoter()
        for who in (mara, paul):
            said(who, 2, days_ago=200)
            did(who, "order", days_ago=150, value=100)
        resolved(mara, days_ago=200)
        resolved(paul, days_ago=180)
        said(mara, 9, days_ago=100)
        did(paul, "churn", days_ago=20)
        asked = Asked(executive_eva(), Filters(), lately(), "EUR", 365)
        recovered, others = recovered_and_not(asked)
        assert (recovered.active, recovered.lost) == (1, 0)
        assert (others.active, others.lost) == (1, 1)


class TestScenarios:
    def test_are_saved_and_shown_again(self) -> None:
        eva = executive_eva()
        saved = client_of(eva).post(
            "/dashboards/value/scenarios/?period=30d",
            {"name": "Careful", "margin_percent": "20", "horizon_months": "6"},
        )
        scenario = Scenario.objects.get()
        assert saved.headers["Location"].endswith(f"?period=30d&scenario={scenario.pk}")
        assert scenario.assumptions["margin_percent"] == 20
        assert scenario.assumptions["lifetime_cap_years"] == 5
        did(mara_detractor(), "order", days_ago=3, value=100)
        assert "Careful" in page(eva, f"value/?scenario={scenario.pk}")

    def test_are_ones_own_unless_shared(self) -> None:
        mine = Scenario.objects.create(
            owner=manager_milo(), name="Mine", changed_at=timezone.now()
        )
        url = f"/dashboards/value/?scenario={mine.pk}"
        assert client_of(executive_eva()).get(url).status_code == 400
        Scenario.objects.update(is_shared=True)
        assert client_of(executive_eva()).get(url).status_code == 200

    def test_are_deleted_by_their_owner_alone(self) -> None:
        mine = Scenario.objects.create(
            owner=manager_milo(), name="Mine", changed_at=timezone.now()
        )
        url = f"/dashboards/value/scenarios/{mine.pk}/deletion/"
        assert client_of(executive_eva()).post(url).status_code == 404
        assert client_of(manager_milo()).get(url).status_code == 200
        client_of(manager_milo()).post(url)
        assert not Scenario.objects.exists()

    def test_can_be_compared_with_each_other_and_with_the_period_before(self) -> None:
        did(mara_detractor(), "order", days_ago=3, value=100)
        bold = Scenario.objects.create(
            owner=executive_eva(),
            name="Bold",
            assumptions={"margin_percent": 90},
            changed_at=timezone.now(),
        )
        assert "the period before" in page(executive_eva(), "value/?against=before")
        shown = page(executive_eva(), f"value/?scenario=&against={bold.pk}")
        assert "Difference" in shown
        assert re.search(r"\(percent of revenue\) \d+ 90\b", shown)


class TestReach:
    def test_counts_invitations_by_what_became_of_them(self) -> None:
        at = ago(5)
        letter = Letter(Invitation.Channel.LINK, "en", 3 * DAY)
        asked = [
            invite(nps_survey(), who, letter=letter, by=None, at=at)
            for who in people(5, tier="gold", region="North")
        ]
        Invitation.objects.filter(pk=asked[0].pk).update(completed_at=ago(4))
        Invitation.objects.filter(pk=asked[1].pk).update(skipped_reason="no_consent")
        shown = page(executive_eva(), "reach/?period=30d")
        assert "hidden" in shown  # four delivered
        Invitation.objects.filter(pk=asked[1].pk).update(skipped_reason="")
        shown = page(executive_eva(), "reach/?period=30d")
        assert "Response rate: 20 %" in shown
        assert "1 of 5" in shown

    def test_weighs_answers_to_the_customer_base(self) -> None:
        people(6, tier="gold", region="North")
        people(2, tier="silver", region="North")
        today = local_day(timezone.now())
        give(*[10] * 5, day=today, opens_tickets=False, tier="gold", region="North")
        give(*[0] * 5, day=today, opens_tickets=False, tier="silver", region="North")
        outbox.drain()
        found = population(executive_eva(), lately(), Filters())
        weights = weights_of(found)
        assert weights.by_cell["gold", "North"] == pytest.approx(1.5)
        shown = page(executive_eva(), "reach/?weighted=1")
        assert "weighted +50" in shown
        assert "as answered 0" in shown
        assert "Effective n: 8 of 10" in shown

    def test_refuses_to_weigh_for_who_said_nothing(self) -> None:
        people(6, tier="gold", region="North")
        people(2, tier="silver", region="North")
        today = local_day(timezone.now())
        give(*[10] * 5, day=today, opens_tickets=False, tier="gold", region="North")
        outbox.drain()
        shown = page(executive_eva(), "reach/?weighted=1")
        assert "Cannot be weighted: nobody answered of silver" in shown
