"""The outer loop: what causes cost, who removes them, and whether that worked."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Consent, Message
from events import outbox
from events.models import Delivery, Event
from journeys.models import Touchpoint
from surveys.metrics import nps_change_against, share, share_change_against
from teams.models import DataScope, Notification, Team, User
from tests.personas import (
    MONDAY_NINE,
    admin_ada,
    agent_ana,
    customer,
    executive_eva,
    lead_lena,
    manager_milo,
    mara_detractor,
    owner_otto,
    paul_promoter,
    service_team,
    support_call,
)
from tests.tickets.answers import answer, ticket_for
from tickets import initiatives, outer_loop
from tickets.closure_letter import Words
from tickets.initiative_effect import effect_of
from tickets.models import (
    IllegalAct,
    Initiative,
    Recovery,
    RecoveryBudget,
    RootCause,
    Ticket,
)
from tickets.outer_loop import Asked

DAY = timedelta(days=1)
TODAY = MONDAY_NINE.date()
LETTERS = {"en": Words("Changed", "Thanks."), "zh-hans": Words("已改进", "谢谢。")}


def cause(key: str = "service-wait") -> RootCause:
    return RootCause.objects.get(key=key)


def coded(key: str | None = "service-wait", **more: Any) -> Ticket:
    ticket = ticket_for(more.pop("who", None), **more)
    if key:
        Ticket.objects.filter(pk=ticket.pk).update(root_cause=cause(key))
    return ticket


def initiative(*keys: str, at: Any = MONDAY_NINE, **fields: Any) -> Initiative:
    made = Initiative(
        title="Two more people at the desk",
        team=service_team(),
        lead=lead_lena(),
        starts_on=TODAY,
        **fields,
    )
    initiatives.save(
        made,
        causes=[cause(key) for key in keys or ("service-wait",)],
        touchpoints=[support_call()],
        by=lead_lena(),
        at=at,
    )
    return made


def done(made: Initiative) -> Initiative:
    for state in ("running", "done"):
        initiatives.move(made, to=state, by=lead_lena(), at=MONDAY_NINE)
    return made


def elsewhere() -> Touchpoint:
    found = support_call()
    return Touchpoint.objects.create(
        stage=found.stage,
        key="shop",
        name="Shop",
        channel=Touchpoint.Channel.PHONE,
        team=found.team,
    )


Given = Sequence[Mapping[str, Any]]


def answered(touchpoint: Touchpoint, *, before: Given, after: Given) -> None:
    """Ten days before and after."""
    for given, days in ((before, -10), (after, 10)):
        for scores in given:
            answer(at=MONDAY_NINE + days * DAY, touchpoint=touchpoint, **scores)


def compared_in_csat_and_effort() -> None:
    """CSAT goes from 0 to 100 %, elsewhere to a third; effort as much, elsewhere it
    stays. NPS is asked elsewhere only, effort on 1-5 hardly."""
    low, high = {"csat": 3, "ces": 4, "ces_scale": 7}, {"csat": 4, "ces": 5}
    answered(support_call(), before=[low] * 30, after=[low | high] * 30)
    answered(support_call(), before=[], after=[{"ces": 5, "ces_scale": 5}])
    other = {"nps": 9, "ces": 7, "ces_scale": 7, "csat": 1}
    better = [other | {"csat": 5}] * 10
    answered(elsewhere(), before=[other] * 30, after=[other] * 20 + better)


@pytest.mark.django_db
class TestThePareto:
    def test_counts_the_commonest_first_and_adds_up(self) -> None:
        for key in ("service-wait",) * 3 + ("delivery-late",):
            coded(key)
        coded(None)
        pareto = outer_loop.pareto_for(manager_milo(), Asked(TODAY))
        assert [(r.cause.key, r.tickets) for r in pareto.rows] == [
            ("service-wait", 3),
            ("delivery-late", 1),
        ]
        assert [r.share for r in pareto.rows] == [75, 25]
        assert [r.cumulative for r in pareto.rows] == [75, 100]
        assert (pareto.coded, pareto.uncoded) == (4, 1)

    def test_tells_the_points_that_nps_would_be_higher(self) -> None:
        for key in ("service-wait", "service-wait", "delivery-late"):
            coded(key)
        for _ in range(7):
            answer(nps=10)
        rows = outer_loop.pareto_for(manager_milo(), Asked(TODAY)).rows
        assert [r.lost_points for r in rows] == [20, 10]

    def test_tells_no_points_of_so_few_that_a_person_would_show(self) -> None:
        coded()
        [row] = outer_loop.pareto_for(manager_milo(), Asked(TODAY)).rows
        assert row.lost_points is None

    def test_compares_with_the_time_before(self) -> None:
        coded()
        coded(at=MONDAY_NINE - 90 * DAY)
        coded(at=MONDAY_NINE - 181 * DAY)
        [row] = outer_loop.pareto_for(manager_milo(), Asked(TODAY)).rows
        assert (row.tickets, row.before) == (1, 1)
        assert (row.grows, row.shrinks) == (False, False)

    def test_says_more_only_beyond_chance(self) -> None:
        for _ in range(30):
            coded("service-wait")
            coded("delivery-late", at=MONDAY_NINE - 100 * DAY)
        rows = outer_loop.pareto_for(manager_milo(), Asked(TODAY)).rows
        assert [r.grows for r in rows] == [True]

    def test_keeps_to_what_the_person_may_see(self) -> None:
        coded(who=mara_detractor())
        coded(who=paul_promoter())
        DataScope.objects.create(
            user=executive_eva(), effect="allow", dimension="region", value="South"
        )
        assert outer_loop.pareto_for(executive_eva(), Asked(TODAY)).coded == 1

    def test_shows_which_causes_nobody_works_on(self) -> None:
        for _ in range(5):
            coded("service-wait")
            coded("delivery-late")
        initiative("service-wait")
        rows = outer_loop.pareto_for(lead_lena(), Asked(TODAY)).rows
        assert {r.cause.key for r in rows if r.wants_initiative} == {"delivery-late"}


@pytest.mark.django_db
class TestTheBoard:
    def test_moves_on_and_notes_when_it_was_done(self) -> None:
        made = done(initiative())
        assert (made.state, made.done_on) == ("done", TODAY)
        moved = Event.objects.filter(name="initiative.moved").order_by("id")
        assert [event.payload["to"] for event in moved] == ["running", "done"]

    @pytest.mark.parametrize("to", ["done", "planned", "nonsense", ""])
    def test_leaves_out_no_step(self, to: str) -> None:
        with pytest.raises(IllegalAct, match="cannot go there"):
            initiatives.move(initiative(), to=to, by=lead_lena(), at=MONDAY_NINE)

    def test_gives_steps_to_people_and_tells_them(self) -> None:
        made = initiative()
        step = initiatives.add_action(
            made,
            title="Hire",
            assignee=agent_ana(),
            due_on=TODAY,
            by=lead_lena(),
            at=MONDAY_NINE,
        )
        assert Notification.objects.get(user=agent_ana()).kind == "initiative_action"
        for _ in range(2):
            initiatives.mark_action(step, is_done=True, by=agent_ana(), at=MONDAY_NINE)
        assert Event.objects.filter(name="initiative.action_done").count() == 1

    def test_logs_decisions(self) -> None:
        made = initiative()
        initiatives.decide(made, text="Hire two.", by=lead_lena(), at=MONDAY_NINE)
        assert made.decisions.get().by == lead_lena()


@pytest.mark.django_db
class TestTheEffect:
    def answers(self, touchpoint: Touchpoint, *, before: int, after: int) -> None:
        answered(touchpoint, before=[{"nps": before}] * 30, after=[{"nps": after}] * 30)

    def test_is_what_changed_beyond_what_changed_everywhere(self) -> None:
        made = done(initiative())
        self.answers(support_call(), before=3, after=10)
        self.answers(elsewhere(), before=3, after=8)
        effect = effect_of(made, manager_milo(), today=TODAY + 30 * DAY)
        [score] = effect.scores
        assert score.change is not None
        assert score.change.value == pytest.approx(200 - 100)
        assert score.change.is_significant
        assert [part.n for part in score.parts] == [30, 30, 30, 30]

    def test_is_told_in_each_metric_that_its_touchpoints_ask(self) -> None:
        made = done(initiative())
        compared_in_csat_and_effort()
        effect = effect_of(made, manager_milo(), today=TODAY + 30 * DAY)
        assert [score.metric for score in effect.scores] == ["csat", "ces", "ces5"]
        csat, ces, ces5 = effect.scores
        assert csat.change
        assert csat.change.value == pytest.approx(100 - 100 / 3)
        # By hand: of 31, 31, 31 and 11·21 a root of 18, / 32 / sqrt(32) · 100 = 9.94….
        assert csat.change.z == pytest.approx(200 / 3 / (1800 / 32 / 32**0.5))
        assert ces.change
        assert ces.change.value == pytest.approx(100)
        assert ces5.change is None
        assert "at its touchpoints before it began: 0 of at least 30" in ces5.refused
        assert effect.causes
        assert effect.causes.value == 0

    def test_stands_on_its_page_with_metric_interval_and_base(self) -> None:
        expected = {"expected_in": "csat", "expected_points": Decimal("4.5")}
        made = done(initiative(**expected))
        answered(support_call(), before=[{"csat": 5}] * 6, after=[{"csat": 2}])
        client = Client()
        client.force_login(manager_milo())
        shown = client.get(made.get_absolute_url()).content.decode()
        assert "CSAT, against the other touchpoints" in shown
        assert "Expected change</dt><dd>CSAT: +4.5<" in shown
        assert "expected: +4.5" in shown
        assert "100 % (61 % to 100 %) · low base" in shown
        assert ">hidden<" in shown

    def test_is_refused_with_words_where_few_answered(self) -> None:
        made = done(initiative())
        self.answers(support_call(), before=3, after=10)
        effect = effect_of(made, manager_milo(), today=TODAY + 30 * DAY)
        [score] = effect.scores
        assert score.change is None
        assert "0 of at least 30" in score.refused

    def test_is_refused_where_no_score_is_asked(self) -> None:
        made = done(initiative())
        effect = effect_of(made, manager_milo(), today=TODAY + 30 * DAY)
        assert "nobody answered a question for NPS, CSAT or CES" in effect.refused

    def test_is_not_measured_before_it_is_done(self) -> None:
        effect = effect_of(initiative(), manager_milo(), today=TODAY)
        assert "once the initiative is done" in effect.refused

    def test_needs_touchpoints_to_compare_with(self) -> None:
        made = done(initiative())
        made.touchpoints.clear()
        effect = effect_of(made, manager_milo(), today=TODAY)
        assert "nothing to compare" in effect.refused


class TestTheChangeAgainstElsewhere:
    @pytest.mark.parametrize(
        ("here", "there", "value"),
        [
            (({0: 50, 10: 50}, {10: 100}), ({8: 100}, {8: 100}), 100),
            (({8: 100}, {8: 100}), ({8: 100}, {8: 100}), 0),
            (({8: 100}, {10: 100}), ({8: 100}, {10: 100}), 0),
            (({10: 40, 0: 10}, {10: 30, 8: 20}), ({8: 50}, {0: 25, 8: 25}), 50),
        ],
    )
    def test_of_nps(self, here: Any, there: Any, value: float) -> None:
        found = nps_change_against(here, there)
        assert found.value == pytest.approx(value)
        assert found.low < value < found.high

    def test_of_shares(self) -> None:
        def of(part: int, whole: int) -> Any:
            return share(part, whole)

        found = share_change_against(
            (of(40, 100), of(20, 100)), (of(30, 100), of(30, 100))
        )
        assert found.value == pytest.approx(-20)
        # By hand: sqrt(41·61 + 21·81 + 2·31·71) / 102 / sqrt(102) · 100 = 9.00…
        error = (2501 + 1701 + 2 * 2201) ** 0.5 / 102 / 102**0.5 * 100
        assert found.z == pytest.approx(-20 / error)
        assert found.high == pytest.approx(-20 + 1.959964 * error, abs=0.001)


@pytest.mark.django_db
class TestTellingTheCustomers:
    def told(self, made: Initiative) -> int:
        told = initiatives.tell_customers(
            made, LETTERS, by=manager_milo(), at=MONDAY_NINE
        )
        outbox.drain()
        return told

    def test_writes_to_each_once_in_their_language(self) -> None:
        mara, wang = mara_detractor(), customer("wang_wei", locale="zh-CN")
        coded(who=mara)
        coded(who=mara, at=MONDAY_NINE - DAY, touchpoint=elsewhere())
        coded(who=wang)
        coded("delivery-late", who=paul_promoter())
        assert self.told(done(initiative())) == 2
        letters = {d.recipient: d.content["subject"] for d in Delivery.objects.all()}
        assert letters == {mara.email: "Changed", wang.email: "已改进"}

    def test_leaves_out_who_may_not_be_written_to_and_says_why(self) -> None:
        coded(who=mara_detractor())
        coded(who=customer("nora", email=""))
        coded(who=paul_promoter())
        Consent.objects.create(
            customer=paul_promoter(),
            channel="email",
            is_granted=False,
            decided_at=MONDAY_NINE,
        )
        made = done(initiative())
        audience = initiatives.affected(made, manager_milo())
        assert list(audience.customers) == [mara_detractor()]
        assert audience.skipped == {"no_address": 1, "no_consent": 1}
        assert self.told(made) == 1
        assert Delivery.objects.count() == 1

    def test_happens_once_and_only_when_it_is_done(self) -> None:
        coded(who=mara_detractor())
        made = initiative()
        with pytest.raises(IllegalAct, match="once it is done"):
            self.told(made)
        self.told(done(made))
        with pytest.raises(IllegalAct, match="already"):
            self.told(made)

    def test_writes_nothing_twice_when_an_event_is_handled_again(self) -> None:
        coded(who=mara_detractor())
        made = done(initiative())
        self.told(made)
        Event.objects.filter(name=initiatives.TOLD).update(dispatched_at=None)
        outbox.drain()
        assert Message.objects.filter(thread=made.thread).count() == 1
        assert Delivery.objects.count() == 1


@pytest.mark.django_db
class TestThePages:
    def client(self, person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    def fields(self, **more: Any) -> dict[str, Any]:
        return {
            "title": "Two more people",
            "causes": [str(cause().pk)],
            "touchpoints": [str(support_call().pk)],
            "team": str(service_team().pk),
            "lead": str(lead_lena().pk),
            "starts_on": "2026-03-02",
            "expected_effect": "",
            "expected_in": "ces",
            "expected_points": "4.5",
            **more,
        }

    @pytest.mark.parametrize(
        "person", [admin_ada, manager_milo, lead_lena, agent_ana, executive_eva]
    )
    def test_are_seen_by_everybody_at_work(self, person: Any) -> None:
        for _ in range(5):
            coded(at=timezone.now())
        made = initiative()
        client = self.client(person())
        shown = client.get(reverse("initiatives:overview"), {"days": "30"})
        assert shown.status_code == 200
        assert shown.context["pareto"].coded == 5
        assert client.get(made.get_absolute_url()).status_code == 200

    def test_name_the_currency_of_the_costs_in_the_heading(self, settings: Any) -> None:
        settings.CURRENCY = "CNY"
        budget = RecoveryBudget.objects.create(
            team=service_team(), month=TODAY.replace(day=1), amount=9_000
        )
        Recovery.objects.create(
            ticket=coded(at=timezone.now()),
            budget=budget,
            kind=Recovery.Kind.REFUND,
            amount=Decimal("1234.5"),
            state=Recovery.State.GIVEN,
            approvals_needed=0,
            asked_by=agent_ana(),
            asked_at=MONDAY_NINE,
        )
        page = self.client(manager_milo()).get(reverse("initiatives:overview"))
        shown = page.content.decode()
        assert '<th scope="col" class="number">Gestures (CNY)</th>' in shown
        assert 'data-label="Gestures (CNY)">1,234.50</td>' in shown

    @pytest.mark.parametrize("person", [agent_ana, executive_eva])
    def test_are_changed_by_leads_only(self, person: Any) -> None:
        made, client = initiative(), self.client(person())
        for name in ("edit", "state", "actions", "decisions", "letters"):
            address = reverse(f"initiatives:{name}", args=[made.pk])
            assert client.post(address).status_code == 403, name
        assert client.post(reverse("initiatives:create")).status_code == 403

    def test_begin_one_from_a_cause(self) -> None:
        client = self.client(lead_lena())
        address = reverse("initiatives:create")
        service_team()
        shown = client.get(address, {"cause": str(cause().pk)})
        assert shown.context["form"]["causes"].value() == [str(cause().pk)]
        client.post(address, self.fields())
        made = Initiative.objects.get()
        assert list(made.causes.all()) == [cause()]
        assert made.expected_points == Decimal("4.5")
        assert made.expected_in == "ces"
        assert Event.objects.filter(name="initiative.begun").exists()

    @pytest.mark.parametrize(
        "wrong", [{"title": ""}, {"causes": []}, {"starts_on": "x"}, {"team": "0"}]
    )
    def test_refuse_what_is_missing(self, wrong: dict[str, Any]) -> None:
        client = self.client(lead_lena())
        client.post(reverse("initiatives:create"), self.fields(**wrong))
        assert not Initiative.objects.exists()

    def test_move_decide_and_give_steps(self) -> None:
        made, client = initiative(), self.client(lead_lena())
        client.post(reverse("initiatives:state", args=[made.pk]), {"to": "running"})
        client.post(
            reverse("initiatives:decisions", args=[made.pk]), {"text": "Hire two."}
        )
        step = {
            "title": "Hire",
            "assignee": str(agent_ana().pk),
            "due_on": "2026-03-05",
        }
        client.post(reverse("initiatives:actions", args=[made.pk]), step)
        made.refresh_from_db()
        assert made.state == "running"
        action = made.actions.get()
        address = reverse("initiatives:action", args=[made.pk, action.pk])
        assert self.client(owner_otto()).post(address).status_code == 403
        self.client(agent_ana()).post(address, {"done": "1"})
        action.refresh_from_db()
        assert action.done_at is not None
        shown = client.get(made.get_absolute_url()).content.decode()
        assert "Hire two." in shown

    def test_show_who_will_be_written_to(self) -> None:
        coded(who=mara_detractor())
        coded(who=customer("nora", email=""))
        made, client = done(initiative()), self.client(manager_milo())
        address = reverse("initiatives:letters", args=[made.pk])
        shown = client.get(address).content.decode()
        assert "Mara Detractor" in shown
        assert "no e-mail address" in shown
        words = {
            "subject_en": "A",
            "text_en": "B",
            "subject_zh_hans": "甲",
            "text_zh_hans": "乙",
        }
        client.post(address, words)
        made.refresh_from_db()
        assert made.told_at is not None

    def test_are_not_found_by_who_may_not_see_the_team(self) -> None:
        made = initiative()
        other = Team.objects.create(name="Other", lead=lead_lena())
        DataScope.objects.create(
            user=agent_ana(), effect="allow", dimension="team", value=str(other.pk)
        )
        assert self.client(agent_ana()).get(made.get_absolute_url()).status_code == 404

    def test_survive_odd_filters(self) -> None:
        client = self.client(manager_milo())
        for params in ({"days": "x"}, {"team": "9999999"}, {"touchpoint": "\0"}):
            shown = client.get(reverse("initiatives:overview"), params)
            assert shown.status_code == 200
