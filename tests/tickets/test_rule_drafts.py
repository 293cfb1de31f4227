"""The draft of the rules: changed by several people, published as a whole."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from events.models import Event
from teams.models import User
from tests.personas import (
    MONDAY_NINE,
    admin_ada,
    agent_ana,
    lead_lena,
    manager_milo,
    mara_detractor,
    service_team,
    support_call,
)
from tests.tickets.answers import answer, ticket_for
from tests.tickets.test_desk import signed_in
from tickets import rule_drafts
from tickets.closed_loop import open_tickets_for
from tickets.models import Rehearsal, Rule, RuleVersion, Ticket
from tickets.reconciliation import missing_tickets
from tickets.rule_differences import differences
from tickets.rule_drafts import DraftRule, RefusedChange, StaleDraft
from tickets.rule_names import known
from tickets.rule_problems import problems_of
from tickets.rule_publication import publish

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def draft() -> list[DraftRule]:
    return rule_drafts.rules_of(rule_drafts.the_draft())


def save(rule: DraftRule) -> None:
    rule_drafts.save(rule, **now())


def now() -> Any:
    return {
        "revision": rule_drafts.current_revision(),
        "by": manager_milo(),
        "at": MONDAY_NINE,
    }


def come_into_force(at: Any = MONDAY_NINE) -> None:
    publish(revision=rule_drafts.current_revision(), by=manager_milo(), at=at)


def first() -> DraftRule:
    return draft()[0]


def new_rule(**values: Any) -> DraftRule:
    return replace(
        DraftRule(rule_drafts.new_key(), "Late bags"),
        **{
            "condition": {"field": "comment", "op": "contains", "value": "bag"},
            "sla_policy": first().sla_policy,
            **values,
        },
    )


@pytest.mark.django_db
class TestADraft:
    def test_leaves_the_rules_in_force_alone(self) -> None:
        rule_drafts.switch(first().key, on=False, **now())
        assert not first().is_active
        assert Rule.objects.filter(is_active=True).count() == 4

    def test_moves_up_and_down_and_stops_at_the_ends(self) -> None:
        one, two, *_rest = draft()
        rule_drafts.move(two.key, up=True, **now())
        rule_drafts.move(two.key, up=True, **now())
        assert [rule.key for rule in draft()[:2]] == [two.key, one.key]

    def test_copies_switched_off_under_a_free_name(self) -> None:
        rule_drafts.copy(first().key, **now())
        rule_drafts.copy(first().key, **now())
        names = [rule.name for rule in draft()[:3]]
        assert names == ["NPS 0 to 6", "NPS 0 to 6 (copy 2)", "NPS 0 to 6 (copy 1)"]
        assert not draft()[1].is_active

    def test_keeps_its_last_rule(self) -> None:
        for rule in draft()[1:]:
            rule_drafts.remove(rule.key, **now())
        with pytest.raises(RefusedChange):
            rule_drafts.remove(first().key, **now())

    def test_tells_the_second_of_two_people_that_it_changed(self) -> None:
        seen = now()
        rule_drafts.switch(first().key, on=False, **seen | {"by": admin_ada()})
        with pytest.raises(StaleDraft, match="Admin Ada"):
            rule_drafts.switch(draft()[1].key, on=False, **seen)
        assert draft()[1].is_active

    def test_never_comes_back_to_a_revision(self) -> None:
        before = now()
        rule_drafts.switch(first().key, on=False, **now())
        rule_drafts.discard(**now())
        assert rule_drafts.the_draft() is None
        assert first().is_active
        with pytest.raises(StaleDraft):
            rule_drafts.switch(first().key, on=False, **before)


@pytest.mark.django_db
class TestPublishing:
    def test_writes_new_changed_and_removed_rules(self) -> None:
        one, two, *_rest = draft()
        save(replace(one, priority="urgent", tags=("vip",)))
        rule_drafts.remove(two.key, **now())
        save(new_rule(watchers=(agent_ana().pk,), tells_lead=True))
        come_into_force()
        rules = Rule.objects.order_by("position")
        assert [(r.name, r.version) for r in rules] == [
            ("NPS 0 to 6", 2),
            ("High effort", 1),
            ("Contact asked for", 1),
            ("Late bags", 1),
        ]
        assert (rules[0].priority, rules[0].tags) == ("urgent", ["vip"])
        assert list(rules[3].watchers.all()) == [agent_ana()]
        assert rule_drafts.the_draft() is None
        event = Event.objects.get(name="rule.published")
        assert event.payload["removed"] == [int(two.key)]
        assert event.actor == manager_milo().email

    def test_keeps_what_each_version_said(self) -> None:
        save(replace(first(), priority="urgent"))
        come_into_force()
        kept = RuleVersion.objects.order_by("version")
        assert [v.snapshot["priority"] for v in kept] == ["", "urgent"]
        assert [v.saved_by for v in kept] == [None, manager_milo()]

    def test_judges_by_a_wider_rule_only_what_comes_later(self) -> None:
        earlier = answer(nps=8, at=MONDAY_NINE - 2 * DAY)
        save(replace(first(), condition={"field": "nps", "op": "lte", "value": 8}))
        come_into_force()
        later = answer(nps=8, at=MONDAY_NINE + MINUTE)
        opened = open_tickets_for([earlier.pk, later.pk], at=MONDAY_NINE + DAY)
        assert [ticket.response_id for ticket in opened] == [later.pk]
        assert opened[0].rule_version == 2
        assert missing_tickets(at=MONDAY_NINE + DAY) == []

    def test_loses_no_answer_that_is_on_its_way(self) -> None:
        on_its_way = answer(mara_detractor(), nps=1, at=MONDAY_NINE - MINUTE)
        save(replace(first(), condition={"field": "nps", "op": "lte", "value": 0}))
        come_into_force()
        [ticket] = Ticket.objects.all()
        assert (ticket.response_id, ticket.rule_version) == (on_its_way.pk, 1)

    def test_judges_the_same_answers_where_only_the_owner_changes(self) -> None:
        save(replace(first(), strategy="least_loaded"))
        come_into_force()
        assert open_tickets_for(
            [answer(nps=1, at=MONDAY_NINE - DAY).pk], at=MONDAY_NINE
        )

    def test_lets_two_rules_change_their_names(self) -> None:
        one, two, *_rest = draft()
        save(replace(one, name=two.name))
        save(replace(two, name=one.name))
        come_into_force()
        assert Rule.objects.get(pk=one.key).name == two.name

    def test_keeps_tickets_of_a_rule_that_goes(self) -> None:
        ticket = ticket_for(mara_detractor())
        rule_drafts.remove(first().key, **now())
        come_into_force()
        ticket.refresh_from_db()
        assert (ticket.rule, ticket.rule_version) == (None, 1)

    def test_refuses_rules_that_could_not_work(self) -> None:
        save(new_rule(condition={"field": "moon", "op": "eq", "value": 1}))
        with pytest.raises(RefusedChange, match="cannot be read"):
            come_into_force()
        assert Rule.objects.count() == 4

    def test_says_in_sentences_what_changes(self) -> None:
        before = draft()
        after = [before[1], replace(before[0], priority="low"), *before[2:]]
        found = differences(before, after, known())
        assert [(d.kind, d.rule.name) for d in found] == [
            ("changed", "NPS 0 to 6"),
            ("moved", "CSAT 1 or 2"),
            ("moved", "NPS 0 to 6"),
        ]
        [change] = found[0].changes
        assert (change.words, change.before) == ("Priority", "by the customer’s tier")
        assert change.after == "Low"


@pytest.mark.django_db
class TestProblems:
    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"condition": {}}, "fits every answer"),
            ({"condition": {"field": "nps", "op": "gt", "value": 10}}, "ever fit"),
            (
                {
                    "condition": {
                        "all": [
                            {"field": "nps", "op": "lte", "value": 3},
                            {"field": "nps", "op": "gte", "value": 4},
                            {"field": "comment", "op": "contains", "value": "x"},
                        ]
                    }
                },
                "",
            ),
            (
                {"condition": {"field": "moon", "op": "eq", "value": 1}},
                "cannot be read",
            ),
            ({"team": 987654}, "team is gone"),
            ({"sla_policy": 987654}, "policy is gone"),
            ({"strategy": "person"}, "person is gone"),
            ({"strategy": "skill", "skill": "magic"}, "Nobody has the skill"),
            ({"strategy": "skill"}, "which skill"),
            ({"watchers": (987654,)}, "cannot watch"),
            ({"name": "NPS 0 to 6"}, "same name"),
            ({"name": " "}, "a name"),
            (
                {"condition": {"field": "touchpoint", "op": "eq", "value": "gone"}},
                "touchpoint that is gone",
            ),
        ],
    )
    def test_are_said_beside_the_rule(self, values: dict[str, Any], words: str) -> None:
        support_call()
        rules = [*draft(), new_rule(**values)]
        said = [p.words for p in problems_of(rules, known())[rules[-1].key]]
        assert any(words in one for one in said) if words else said == []

    def test_name_the_rule_that_takes_everything_before(self) -> None:
        rules = [new_rule(condition={}, name="Everything"), *draft()]
        said = problems_of(rules, known())[rules[1].key]
        assert "“Everything” takes every one" in said[0].words

    def test_of_someone_who_left_are_said(self) -> None:
        ana = agent_ana()
        rules = [new_rule(strategy="person", person=ana.pk)]
        assert problems_of(rules, known())[rules[0].key] == []
        User.objects.filter(pk=ana.pk).update(is_active=False)
        assert "no longer work" in problems_of(rules, known())[rules[0].key][0].words


def page(client: Client, name: str, *args: str) -> str:
    response = client.get(reverse(f"tickets:{name}", args=args))
    assert response.status_code == 200
    return str(response.content.decode())


def send(client: Client, view: str, /, *args: str, **data: Any) -> Any:
    given = {"revision": rule_drafts.current_revision(), **data}
    return client.post(reverse(f"tickets:{view}", args=args), given, follow=True)


@pytest.mark.django_db
class TestThePages:
    def test_are_for_those_who_edit_rules(self) -> None:
        client = signed_in(lead_lena())
        key = first().key
        for name, args in (
            *(("rules", ()), ("rule_new", ()), ("rule", (key,))),
            *(("rule_publication", ()), ("rules_discarding", ())),
        ):
            url = reverse(f"tickets:{name}", args=args)
            assert client.get(url).status_code == 403, name
        for name in ("activity", "position", "copy", "removal"):
            url = reverse(f"tickets:rule_{name}", args=(key,))
            assert client.post(url).status_code == 403, name
        assert client.post(reverse("tickets:rehearsals")).status_code == 403

    def test_switch_move_copy_and_remove_in_the_draft(self) -> None:
        client = signed_in(manager_milo())
        one, two, three, _four = [rule.key for rule in draft()]
        send(client, "rule_position", two, direction="up")
        send(client, "rule_activity", one, on="0")
        send(client, "rule_removal", three)
        edited = send(client, "rule_copy", two)
        assert "switched off" in edited.content.decode()
        words = page(client, "rules")
        assert "This is a draft" in words
        assert len(draft()) == 4
        assert [rule.key for rule in draft()[:3:2]] == [two, one]
        assert send(client, "rule_activity", three, on="1").status_code == 404

    def test_add_a_rule_and_publish_it(self) -> None:
        client = signed_in(manager_milo())
        assert "New rule" in page(client, "rule_new")
        added = send(
            client,
            "rule_new",
            key="new-1",
            name="VIP",
            condition='{"field": "tier", "op": "eq", "value": "gold"}',
            strategy="person",
            person=agent_ana().pk,
            team=service_team().pk,
            priority="urgent",
            sla_policy=first().sla_policy,
            tags="vip， money, vip",
            problem_type="Refund",
            watchers=[manager_milo().pk],
            is_active="on",
            tells_lead="on",
        )
        assert "Saved in the draft" in added.content.decode()
        words = page(client, "rule_publication")
        assert "Tier is gold" in words
        assert "has not been tried" in words
        assert (
            "in force from now on" in send(client, "rule_publication").content.decode()
        )
        rule = Rule.objects.get(name="VIP")
        assert (rule.person, rule.team) == (agent_ana(), service_team())
        assert (rule.tags, rule.problem_type) == (["vip", "money"], "Refund")
        assert rule.tells_lead

    def test_keep_what_was_typed_when_somebody_was_faster(self) -> None:
        client = signed_in(manager_milo())
        rule = first()
        stale = rule_drafts.current_revision()
        rule_drafts.switch(draft()[1].key, on=False, **now() | {"by": admin_ada()})
        data = {
            "name": "My words",
            "condition": "{}",
            "strategy": "least_loaded",
            "sla_policy": rule.sla_policy,
        }
        told = send(client, "rule", rule.key, revision=stale, **data)
        words = told.content.decode()
        assert "Admin Ada changed the rules meanwhile" in words
        assert "My words" in words
        send(client, "rule", rule.key, **data)
        assert first().name == "My words"

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({"condition": "not json"}, "not a condition in the written form"),
            ({"condition": "[" * 5_000}, "not a condition in the written form"),
            ({"condition": '{"field": "moon"}'}, "There is no field “moon”"),
            ({"strategy": "person"}, "Choose the person"),
            ({"strategy": "skill"}, "which skill"),
            ({"name": ""}, "required"),
            ({"tags": "x" * 41}, "At most 20 tags"),
        ],
    )
    def test_refuse_with_clear_words(self, data: dict[str, Any], words: str) -> None:
        rule = first()
        good = {
            "name": "Good",
            "condition": "{}",
            "strategy": "least_loaded",
            "sla_policy": rule.sla_policy,
        }
        told = send(signed_in(manager_milo()), "rule", rule.key, **good | data)
        assert words in told.content.decode()
        assert rule_drafts.the_draft() is None

    def test_ask_before_publishing_in_spite_of_a_warning(self) -> None:
        client = signed_in(manager_milo())
        save(replace(first(), condition={}))
        assert "Tick the box" in send(client, "rule_publication").content.decode()
        assert rule_drafts.the_draft() is not None
        send(client, "rule_publication", anyway="1")
        assert rule_drafts.the_draft() is None

    def test_discard_the_draft_after_asking(self) -> None:
        client = signed_in(manager_milo())
        save(replace(first(), priority="low"))
        assert "Priority" in page(client, "rules_discarding")
        assert "is discarded" in send(client, "rules_discarding").content.decode()
        assert first().priority == ""

    def test_are_chinese_for_those_who_read_chinese(self) -> None:
        with translation.override("zh-hans"):
            assert first().label == "NPS 0 到 6 分"


@pytest.mark.django_db
class TestComplaint5ABrokenRuleDoesNotStopTheOthers:
    """One bad release broke every escalation overview, trigger and job at once."""

    def test_when_answers_come_in(self) -> None:
        Rule.objects.filter(position=1).update(condition={"field": "moon"})
        [ticket] = open_tickets_for([answer(csat=1).pk], at=MONDAY_NINE)
        assert str(ticket.rule) == "CSAT 1 or 2"

    def test_on_the_page_that_mends_it(self) -> None:
        Rule.objects.filter(position=1).update(condition={"all": "moon"})
        client = signed_in(manager_milo())
        assert "cannot be read" in page(client, "rules")
        assert "cannot be read" in page(client, "rule", first().key)

    def test_in_a_rehearsal(self) -> None:
        Rule.objects.filter(position=1).update(condition=[1])
        client = signed_in(manager_milo())
        client.post(reverse("tickets:rehearsals"))
        assert Rehearsal.objects.count() == 1


@pytest.mark.django_db
class TestComplaint19OneAnswerManyTickets:
    def test_an_answer_that_several_rules_fit_opens_one(self) -> None:
        low = answer(mara_detractor(), nps=0, csat=1, wants_contact=True)
        for _again in range(3):
            open_tickets_for([low.pk], at=MONDAY_NINE)
        assert Ticket.objects.count() == 1


@pytest.mark.django_db
class TestComplaint21ASimilarAnswerIsNeverDropped:
    def test_it_joins_the_open_ticket_with_its_own_words(self) -> None:
        ticket = ticket_for(mara_detractor(), comment="Late again")
        again = answer(mara_detractor(), nps=3, comment="Late again")
        assert open_tickets_for([again.pk], at=MONDAY_NINE) == []
        assert ticket.answers.count() == 2

    def test_it_is_never_threaded_into_a_closed_case(self) -> None:
        ticket = ticket_for(mara_detractor())
        Ticket.objects.filter(pk=ticket.pk).update(
            status="resolved", resolved_at=MONDAY_NINE
        )
        again = answer(mara_detractor(), nps=3, at=MONDAY_NINE + MINUTE)
        assert len(open_tickets_for([again.pk], at=MONDAY_NINE + MINUTE)) == 1
