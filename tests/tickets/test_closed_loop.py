"""Low answers become owned, clocked tickets: each exactly once."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events import outbox
from events.models import Event, Failure
from surveys.models import Response
from teams.models import Notification, WorkingHours
from tests.personas import (
    MONDAY_NINE,
    mara_detractor,
    nps_survey,
    owner_otto,
    paul_promoter,
    service_team,
)
from tests.tickets.answers import answer, submit, ticket_for
from tickets.closed_loop import open_tickets_for
from tickets.models import Clock, RootCause, Rule, Ticket, TicketAnswer

HOUR = timedelta(hours=1)


@pytest.mark.django_db
class TestTheDefaultRules:
    @pytest.mark.parametrize(
        ("scores", "rule"),
        [
            ({"nps": 0}, "NPS 0 to 6"),
            ({"nps": 6}, "NPS 0 to 6"),
            ({"nps": 7}, None),
            ({"csat": 2}, "CSAT 1 or 2"),
            ({"csat": 3}, None),
            ({"ces": 3, "ces_scale": 7}, "High effort"),
            ({"ces": 4, "ces_scale": 7}, None),
            ({"ces": 2, "ces_scale": 5}, "High effort"),
            ({"ces": 3, "ces_scale": 5}, None),
            ({"nps": 10, "wants_contact": True}, "Contact asked for"),
            ({"nps": 2, "wants_contact": True}, "NPS 0 to 6"),
        ],
    )
    def test_take_low_answers_and_requests(
        self, scores: dict[str, Any], rule: str | None
    ) -> None:
        opened = open_tickets_for([answer(**scores).pk], at=MONDAY_NINE)
        assert [str(ticket.rule) for ticket in opened] == ([rule] if rule else [])

    def test_stand_beside_a_two_level_taxonomy_in_both_languages(self) -> None:
        groups = RootCause.objects.filter(parent=None)
        assert groups.count() == 6
        assert all(group.causes.count() == 3 for group in groups)
        assert not RootCause.objects.filter(label_zh="").exists()

    @pytest.mark.parametrize(
        "fields",
        [{"opens_tickets": False}, {"is_test": True}, {"state": "over_quota"}],
    )
    def test_leave_history_tests_and_partials_alone(
        self, fields: dict[str, Any]
    ) -> None:
        assert open_tickets_for([answer(**fields).pk], at=MONDAY_NINE) == []

    def test_do_not_judge_answers_from_before_they_counted(self) -> None:
        Rule.objects.update(effective_at=MONDAY_NINE + HOUR)
        assert open_tickets_for([answer().pk], at=MONDAY_NINE) == []

    def test_go_by_position(self) -> None:
        Rule.objects.filter(name="Contact asked for").update(position=0)
        [ticket] = open_tickets_for(
            [answer(nps=1, wants_contact=True).pk], at=MONDAY_NINE
        )
        assert str(ticket.rule) == "Contact asked for"

    def test_survive_one_that_cannot_be_read(self) -> None:
        Rule.objects.filter(name="CSAT 1 or 2").update(
            condition={"all": [{"field": "moon", "op": "eq", "value": 1}]}
        )
        assert len(open_tickets_for([answer(nps=1).pk], at=MONDAY_NINE)) == 1

    def test_may_ask_about_words_that_sql_cannot_sieve(self) -> None:
        Rule.objects.update(is_active=False)
        Rule.objects.create(
            name="Refund",
            position=9,
            condition={
                "any": [
                    {"field": "comment", "op": "contains", "value": "REFUND"},
                    {
                        "not": {
                            "field": "touchpoint",
                            "op": "eq",
                            "value": "support-call",
                        }
                    },
                ]
            },
            sla_policy=Rule.objects.first().sla_policy,
            effective_at=MONDAY_NINE,
        )
        asks = answer(nps=9, comment="Where is my refund?")
        silent = answer(nps=0, comment="Fine")
        opened = open_tickets_for([asks.pk, silent.pk], at=MONDAY_NINE)
        assert [ticket.response_id for ticket in opened] == [asks.pk]


@pytest.mark.django_db
class TestANewTicket:
    def test_carries_what_the_answer_said_and_who_said_it(self) -> None:
        mara = mara_detractor()
        ticket = ticket_for(mara, nps=3, at=MONDAY_NINE)
        ticket.refresh_from_db()
        assert ticket.subject == "NPS 3/10 · Support call"
        assert (ticket.customer, ticket.touchpoint.key) == (mara, "support-call")
        assert (ticket.region, ticket.tier) == ("North", "gold")
        assert ticket.day == MONDAY_NINE.date()
        assert ticket.status == Ticket.Status.OPEN
        assert ticket.get_absolute_url() == reverse(
            "tickets:detail", args=[ticket.number]
        )

    def test_has_24_hours_for_contact_and_five_days_to_resolve(self) -> None:
        ticket = ticket_for(mara_detractor(), at=MONDAY_NINE)
        ticket.refresh_from_db()
        assert ticket.first_contact_due_at == MONDAY_NINE + timedelta(hours=24)
        assert ticket.resolution_due_at == MONDAY_NINE + timedelta(days=5)
        assert ticket.next_due_at == ticket.first_contact_due_at
        clocks = {clock.kind: clock for clock in ticket.clocks.all()}
        assert set(clocks) == {"first_contact", "resolution"}
        assert clocks["first_contact"].due_at == ticket.first_contact_due_at
        assert clocks["resolution"].target_minutes == 5 * 24 * 60
        assert [e.kind for c in clocks.values() for e in c.events.all()] == [
            "started",
            "started",
        ]

    def test_counts_from_the_answer_not_from_the_drain(self) -> None:
        late = answer(mara_detractor(), at=MONDAY_NINE)
        [ticket] = open_tickets_for([late.pk], at=MONDAY_NINE + 30 * HOUR)
        assert ticket.first_contact_due_at == MONDAY_NINE + timedelta(hours=24)

    def test_uses_the_working_hours_of_its_team(self) -> None:
        hours = WorkingHours.objects.create(
            name="Office",
            weekly={str(day): [["09:00", "17:00"]] for day in range(5)},
            version=4,
        )
        team = service_team()
        team.working_hours = hours
        team.save()
        ticket = ticket_for(mara_detractor(), at=MONDAY_NINE)
        # 24 hours are three days of eight, used up as Wednesday closes.
        assert ticket.first_contact_due_at == MONDAY_NINE + timedelta(days=2, hours=8)
        started = ticket.clocks.first().events.get()
        assert (started.policy_version, started.calendar_version) == (1, 4)

    @pytest.mark.parametrize(
        "broken", [{"weekly": {"0": "noon"}}, {"weekly": {}}, {"time_zone": "Moon"}]
    )
    def test_is_opened_even_where_nobody_could_keep_the_hours(
        self, broken: dict[str, Any]
    ) -> None:
        team = service_team()
        team.working_hours = WorkingHours.objects.create(name="Broken", **broken)
        team.save()
        ticket = ticket_for(mara_detractor(), at=MONDAY_NINE)
        assert ticket.first_contact_due_at == MONDAY_NINE + timedelta(hours=24)

    def test_records_an_event_and_tells_its_owner(self) -> None:
        ticket = ticket_for(mara_detractor(), at=MONDAY_NINE)
        event = Event.objects.get(name="ticket.opened")
        assert event.subject_id == str(ticket.number)
        assert event.payload["day"] == "2026-03-02"
        notice = Notification.objects.get()
        assert (notice.user, notice.kind) == (owner_otto(), "ticket_assigned")


@pytest.mark.django_db
class TestAFurtherLowAnswer:
    def test_joins_the_open_ticket_of_that_customer_and_touchpoint(self) -> None:
        mara = mara_detractor()
        first = ticket_for(mara, at=MONDAY_NINE)
        again = answer(mara, nps=1, at=MONDAY_NINE + HOUR)
        assert open_tickets_for([again.pk], at=MONDAY_NINE + HOUR) == []
        assert again.ticket_answer.ticket == first
        assert Event.objects.filter(name="ticket.answer_attached").count() == 1

    def test_joins_within_the_same_batch_the_oldest_first(self) -> None:
        mara = mara_detractor()
        later = answer(mara, nps=1, at=MONDAY_NINE + HOUR)
        earlier = answer(mara, nps=5, at=MONDAY_NINE)
        [ticket] = open_tickets_for([later.pk, earlier.pk], at=MONDAY_NINE)
        assert ticket.response_id == earlier.pk
        assert ticket.answers.count() == 2

    def test_opens_another_ticket_once_the_first_is_resolved(self) -> None:
        mara = mara_detractor()
        first = ticket_for(mara)
        Ticket.objects.filter(pk=first.pk).update(status=Ticket.Status.RESOLVED)
        assert len(open_tickets_for([answer(mara).pk], at=MONDAY_NINE)) == 1

    def test_of_somebody_else_or_of_nobody_opens_its_own(self) -> None:
        ticket_for(mara_detractor())
        others = [answer(paul_promoter()), answer(), answer()]
        opened = open_tickets_for([a.pk for a in others], at=MONDAY_NINE)
        assert len(opened) == 3

    def test_is_not_counted_twice_by_a_replay(self) -> None:
        ids = [answer(mara_detractor()).pk, answer().pk]
        assert len(open_tickets_for(ids, at=MONDAY_NINE)) == 2
        assert open_tickets_for(ids, at=MONDAY_NINE) == []
        assert TicketAnswer.objects.count() == 2


@pytest.mark.django_db
class TestABatch:
    def test_takes_as_many_statements_as_one_answer(self) -> None:
        mara, paul = mara_detractor(), paul_promoter()
        one = [answer(mara).pk]
        with CaptureQueriesContext(connection) as for_one:
            open_tickets_for(one, at=MONDAY_NINE)
        many = [answer(paul, nps=n % 11).pk for n in range(60)]
        many += [answer(nps=n % 11).pk for n in range(60)]
        with CaptureQueriesContext(connection) as for_many:
            open_tickets_for(many, at=MONDAY_NINE)
        # Where somebody owns an account, they are looked up with one statement more.
        assert len(for_many) <= len(for_one) <= 20


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
class TestSeveralDrainers:
    def test_open_one_ticket_for_one_customer(self) -> None:
        mara = mara_detractor()
        batches = [[answer(mara, nps=n).pk] for n in (1, 2, 3, 4)]
        barrier = Barrier(len(batches))
        failed: list[Exception] = []

        def work(ids: list[UUID]) -> None:
            try:
                barrier.wait()
                open_tickets_for(ids, at=MONDAY_NINE)
            except Exception as error:  # noqa: BLE001  shown by the assertion below
                failed.append(error)
            finally:
                connection.close()

        threads = [Thread(target=work, args=[ids]) for ids in batches]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert Ticket.objects.count() == 1
        assert TicketAnswer.objects.count() == 4

    def test_give_every_qualifying_answer_exactly_one_ticket(self) -> None:
        customers = [mara_detractor(), paul_promoter(), None]
        with transaction.atomic():
            for n in range(90):
                submit(answer(customers[n % 3], nps=n % 11))

        def work() -> None:
            outbox.drain()
            connection.close()

        threads = [Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        outbox.drain()
        low = Response.objects.filter(nps__lte=6)
        assert not Failure.objects.exists()
        assert TicketAnswer.objects.count() == low.count()
        anonymous = low.filter(customer=None).count()
        assert Ticket.objects.count() == anonymous + 2
        assert Clock.objects.count() == 2 * Ticket.objects.count()


@pytest.mark.django_db
class TestTheHandler:
    def test_turns_a_submitted_answer_into_a_ticket(self) -> None:
        nps_survey()
        response = answer(mara_detractor())
        submit(response)
        outbox.drain()
        assert response.ticket_answer.ticket.assignee == owner_otto()
