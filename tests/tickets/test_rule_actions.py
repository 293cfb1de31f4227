"""What rules ask of a customer's past, and what they do to a new ticket."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from teams.models import DataScope, Notification
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    executive_eva,
    lead_lena,
    manager_milo,
    mara_detractor,
    paul_promoter,
)
from tests.tickets.answers import answer, ticket_for
from tickets.closed_loop import open_tickets_for
from tickets.models import Rule, Ticket
from tickets.reconciliation import missing_tickets

DAY = timedelta(days=1)


def only_rule(condition: Any, **values: Any) -> Rule:
    Rule.objects.update(is_active=False)
    policy = Rule.objects.select_related("sla_policy")[0].sla_policy
    return Rule.objects.create(
        name="Only",
        position=1,
        condition=condition,
        sla_policy=policy,
        effective_at=MONDAY_NINE - 400 * DAY,
        **values,
    )


def third_low() -> Any:
    return {"field": "low_in_90_days", "op": "gte", "value": 3}


@pytest.mark.django_db
class TestAskingForThePast:
    def test_takes_the_third_low_answer_in_90_days(self) -> None:
        only_rule(third_low())
        mara = mara_detractor()
        lows = [answer(mara, nps=2, at=MONDAY_NINE - n * 40 * DAY) for n in (2, 1, 0)]
        opened = open_tickets_for([one.pk for one in lows], at=MONDAY_NINE)
        assert [ticket.response_id for ticket in opened] == [lows[-1].pk]

    def test_leaves_out_what_is_older_a_test_or_somebody_elses(self) -> None:
        only_rule(third_low())
        mara = mara_detractor()
        answer(mara, nps=2, at=MONDAY_NINE - 90 * DAY)
        answer(mara, nps=2, at=MONDAY_NINE - DAY, is_test=True)
        answer(mara, nps=9, at=MONDAY_NINE - DAY)
        answer(paul_promoter(), nps=2, at=MONDAY_NINE - DAY)
        answer(mara, csat=2, at=MONDAY_NINE - DAY)
        assert not open_tickets_for([answer(mara, nps=2).pk], at=MONDAY_NINE)

    def test_counts_low_effort_on_both_scales(self) -> None:
        only_rule(third_low())
        mara = mara_detractor()
        answer(mara, ces=3, ces_scale=7, at=MONDAY_NINE - DAY)
        answer(mara, ces=2, ces_scale=5, at=MONDAY_NINE - DAY)
        answer(mara, ces=3, ces_scale=5, at=MONDAY_NINE - DAY)
        assert open_tickets_for([answer(mara, nps=6).pk], at=MONDAY_NINE)

    def test_of_nobody_is_empty(self) -> None:
        only_rule({"field": "low_in_90_days", "op": "gte", "value": 0})
        assert not open_tickets_for([answer(nps=0).pk], at=MONDAY_NINE)

    def test_knows_tickets_as_they_stood_then(self) -> None:
        mara = mara_detractor()
        first = ticket_for(mara, at=MONDAY_NINE - 10 * DAY)
        only_rule(
            {
                "all": [
                    {"field": "open_tickets", "op": "eq", "value": 0},
                    {"field": "days_since_ticket", "op": "lte", "value": 10},
                ]
            }
        )
        again = answer(mara, nps=9)
        assert not open_tickets_for([again.pk], at=MONDAY_NINE)
        Ticket.objects.filter(pk=first.pk).update(resolved_at=MONDAY_NINE - DAY)
        assert missing_tickets(at=MONDAY_NINE + DAY) == [again.pk]

    def test_reads_it_once_for_a_batch_and_only_if_asked(self) -> None:
        ids = [answer(mara_detractor(), nps=9).pk for _ in range(3)]
        open_tickets_for(ids, at=MONDAY_NINE)
        with CaptureQueriesContext(
            connection,
        ) as plain:
            open_tickets_for(ids, at=MONDAY_NINE)
        assert not any("cem_rule_facts" in q["sql"] for q in plain.captured_queries)
        only_rule(third_low())
        with CaptureQueriesContext(connection) as asked:
            open_tickets_for(ids, at=MONDAY_NINE)
        facts = [q for q in asked.captured_queries if "low.total" in q["sql"]]
        assert len(facts) <= 1


@pytest.mark.django_db
class TestAskingForTheCompanyAndTheTouchpoint:
    @pytest.mark.parametrize(
        ("field", "op", "value"),
        [
            ("account", "contains", "acm"),
            ("account_tier", "eq", "gold"),
            ("account_region", "eq", "north"),
            ("has_account_owner", "eq", True),
            ("touchpoint_channel", "eq", "phone"),
            ("is_moment_of_truth", "eq", False),
            ("touchpoint", "eq", "support-call"),
            ("customer_language", "is_empty", None),
        ],
    )
    def test_finds_what_they_are(self, field: str, op: str, value: Any) -> None:
        wanted = {} if value is None else {"value": value}
        only_rule({"field": field, "op": op, **wanted})
        assert ticket_for(mara_detractor(), nps=9)


@pytest.mark.django_db
class TestWhatARuleDoes:
    def test_gives_problem_type_tags_and_its_version(self) -> None:
        only_rule({}, problem_type="Refund", tags=["vip", "money"], version=7)
        ticket = ticket_for(mara_detractor(), nps=9)
        ticket.refresh_from_db()
        assert (ticket.problem_type, ticket.tags) == ("Refund", ["vip", "money"])
        assert ticket.rule_version == 7

    def test_has_watchers_who_may_see_it_hear_of_it(self) -> None:
        rule = only_rule({})
        milo, ana, eva = manager_milo(), agent_ana(), executive_eva()
        rule.watchers.set([milo, ana, eva])
        DataScope.objects.create(
            user=ana, effect="deny", dimension="region", value="North"
        )
        ticket = ticket_for(mara_detractor(), nps=9)
        assert list(ticket.watchers.all()) == [milo]
        told = Notification.objects.filter(kind="ticket_watched")
        assert [notice.user for notice in told] == [milo]

    def test_tells_the_lead_once(self) -> None:
        only_rule({}, tells_lead=True)
        ticket_for(mara_detractor(), nps=9)
        [notice] = Notification.objects.filter(user=lead_lena())
        assert notice.kind == "ticket_lead_told"

    def test_does_nothing_more_for_an_answer_that_joins(self) -> None:
        only_rule({}, tells_lead=True)
        ticket_for(mara_detractor(), nps=9)
        joins = answer(mara_detractor(), nps=1)
        assert open_tickets_for([joins.pk], at=MONDAY_NINE) == []
        assert Notification.objects.filter(kind="ticket_lead_told").count() == 1
