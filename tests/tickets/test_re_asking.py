"""Weeks after a ticket its customer is asked again, once, and the next score counts."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import transaction

from customers.models import Consent, Customer
from events import outbox
from events.models import Delivery, Event
from surveys.models import Invitation, Survey
from tests.personas import (
    MONDAY_NINE,
    mara_detractor,
    nps_survey,
    owner_otto,
    paul_promoter,
)
from tests.tickets.answers import answer, submit, ticket_for
from tickets import next_scores, re_asking
from tickets.closed_loop import open_tickets_for
from tickets.history import history_of
from tickets.models import NextScore, ReAsk, RootCause, SlaPolicy, Ticket

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DUE = MONDAY_NINE + 31 * DAY


def resolved(who: Customer | None = None, *, at: datetime = MONDAY_NINE) -> Ticket:
    ticket = ticket_for(who or mara_detractor(), at=at)
    ticket.log_contact(channel="phone", summary="Sorry.", by=owner_otto(), at=at)
    cause = RootCause.objects.get(key="service-wait")
    ticket.resolve(root_cause=cause, outcome="Done.", by=owner_otto(), at=at)
    return ticket


def skipped(ticket: Ticket) -> str:
    return ReAsk.objects.get(ticket=ticket).skipped


class TestAskingAgain:
    def test_writes_one_letter_with_a_personal_link_when_the_day_has_come(self) -> None:
        ticket = resolved()
        assert re_asking.ask_due(at=MONDAY_NINE + 29 * DAY) == 0
        assert re_asking.ask_due(at=DUE) == 1
        delivery = Delivery.objects.get()
        invitation = Invitation.objects.get()
        assert delivery.key == f"invitation-{invitation.pk}"
        assert delivery.recipient == "mara_detractor@customers.test"
        assert "/i/" in delivery.content["text"]
        assert ReAsk.objects.get(ticket=ticket).invitation == invitation
        assert invitation.survey == nps_survey()

    def test_happens_once_per_ticket(self) -> None:
        resolved()
        assert re_asking.ask_due(at=DUE) == 1
        assert re_asking.ask_due(at=DUE) == 0
        assert re_asking.ask_due(at=DUE + 30 * DAY) == 0

    def test_stands_in_the_history_of_the_ticket(self) -> None:
        ticket = resolved()
        re_asking.ask_due(at=DUE)
        assert history_of(ticket)[0].title == "The customer was asked again"

    def test_keeps_to_the_days_of_the_policy(self) -> None:
        resolved()
        SlaPolicy.objects.update(re_ask_days=3)
        assert re_asking.ask_due(at=MONDAY_NINE + 4 * DAY) == 0  # in quarantine
        assert re_asking.ask_due(at=MONDAY_NINE + 15 * DAY) == 1

    def test_never_happens_where_the_policy_says_so(self) -> None:
        resolved()
        SlaPolicy.objects.update(re_ask_days=0)
        assert re_asking.ask_due(at=DUE) == 0
        assert not ReAsk.objects.exists()

    def test_leaves_what_was_resolved_long_ago_alone(self) -> None:
        resolved()
        assert re_asking.ask_due(at=MONDAY_NINE + 90 * DAY) == 0
        assert not ReAsk.objects.exists()

    def test_waits_for_who_was_asked_lately(self) -> None:
        ticket = resolved()
        Invitation.objects.create(
            survey=nps_survey(),
            customer=mara_detractor(),
            created_at=DUE - DAY,
            sent_at=DUE - DAY,
            expires_at=DUE + 30 * DAY,
        )
        assert re_asking.ask_due(at=DUE) == 0
        assert not ReAsk.objects.exists()
        rested = DUE + settings.CONTACT_QUARANTINE_DAYS * DAY
        assert re_asking.ask_due(at=rested) == 1
        assert not skipped(ticket)

    def test_gives_up_on_who_never_rests(self) -> None:
        ticket = resolved()
        late = MONDAY_NINE + 61 * DAY
        answer(mara_detractor(), at=late - DAY, survey=_other_survey())
        assert re_asking.ask_due(at=late) == 0
        assert skipped(ticket) == "quarantine"

    def test_respects_who_does_not_want_mail(self) -> None:
        ticket = resolved()
        Consent.objects.create(
            customer=mara_detractor(),
            channel="email",
            is_granted=False,
            decided_at=MONDAY_NINE,
        )
        assert re_asking.ask_due(at=DUE) == 0
        assert skipped(ticket) == "no_consent"
        assert not Delivery.objects.exists()
        assert "does not want to be contacted" in history_of(ticket)[0].title

    def test_leaves_out_who_answered_again_by_themselves(self) -> None:
        ticket = resolved()
        answer(mara_detractor(), at=MONDAY_NINE + 5 * DAY, nps=9)
        re_asking.ask_due(at=DUE)
        assert skipped(ticket) == "answered"

    def test_leaves_out_surveys_that_are_not_live(self) -> None:
        ticket = resolved()
        nps_survey().pause(by=None, at=MONDAY_NINE)
        re_asking.ask_due(at=DUE)
        assert skipped(ticket) == "not_live"

    def test_asks_a_customer_of_two_tickets_once(self) -> None:
        resolved()
        resolved(at=MONDAY_NINE + DAY)
        assert re_asking.ask_due(at=DUE + DAY) == 1
        assert Delivery.objects.count() == 1

    def test_leaves_open_and_merged_tickets_alone(self) -> None:
        merged, into = resolved(), ticket_for(paul_promoter())
        Ticket.objects.filter(pk=merged.pk).update(merged_into=into)
        assert re_asking.ask_due(at=DUE) == 0


class TestTheNextScore:
    def test_shows_whether_the_customer_is_recovered(self) -> None:
        ticket = _drained(3, 9)
        [following] = NextScore.objects.all()
        assert (following.metric, following.before, following.after) == ("nps", 3, 9)
        assert following.is_recovered
        assert "9 points after 3: recovered" in history_of(ticket)[0].title

    def test_that_is_low_again_does_not(self) -> None:
        _drained(3, 6)
        assert not NextScore.objects.get().is_recovered
        assert Event.objects.filter(name="loop.still_low").count() == 1

    def test_is_the_first_one_however_they_arrive(self) -> None:
        _drained(3, 9, 2)
        assert NextScore.objects.get(answer__response__nps=3).after == 9
        late = answer(mara_detractor(), at=MONDAY_NINE + timedelta(hours=1), nps=5)
        next_scores.follow([late.pk], at=DUE)
        assert NextScore.objects.get(answer__response__nps=3).after == 5

    def test_is_of_the_same_metric(self) -> None:
        ticket_for(mara_detractor(), at=MONDAY_NINE)
        other = answer(mara_detractor(), at=MONDAY_NINE + DAY, csat=5)
        next_scores.follow([other.pk], at=DUE)
        assert not NextScore.objects.exists()

    def test_is_not_of_tests_or_strangers(self) -> None:
        ticket_for(mara_detractor(), at=MONDAY_NINE)
        ticket_for(None, at=MONDAY_NINE)
        trial = answer(mara_detractor(), at=MONDAY_NINE + DAY, nps=10, is_test=True)
        stranger = answer(None, at=MONDAY_NINE + DAY, nps=10)
        assert next_scores.follow([trial.pk, stranger.pk], at=DUE) == 0

    def test_passes_over_tests_between_them(self) -> None:
        ticket_for(mara_detractor(), at=MONDAY_NINE)
        trial, next_one = (
            answer(mara_detractor(), at=MONDAY_NINE + days * DAY, nps=9, is_test=test)
            for days, test in ((1, True), (2, False))
        )
        assert next_scores.follow([next_one.pk, trial.pk], at=DUE) == 1
        assert NextScore.objects.get().response == next_one

    def test_is_there_for_whom_a_ticket_is_opened_late(self) -> None:
        low, high = (
            answer(mara_detractor(), at=MONDAY_NINE + days * DAY, nps=score)
            for days, score in ((0, 2), (1, 9))
        )
        assert next_scores.follow([low.pk, high.pk], at=DUE) == 0
        [ticket] = open_tickets_for([low.pk], at=DUE)
        assert NextScore.objects.get().response == high
        assert "9 points after 2: recovered" in history_of(ticket)[0].title

    def test_is_the_same_when_taken_anew(self) -> None:
        _drained(3, 9)
        before = list(NextScore.objects.values())
        assert next_scores.rebuild() == 0
        NextScore.objects.all().delete()
        assert next_scores.rebuild() == 1
        assert list(NextScore.objects.values()) == before


def _drained(*scores: int) -> Ticket:
    for day, score in enumerate(scores):
        at = MONDAY_NINE + day * DAY
        with transaction.atomic():
            submit(answer(mara_detractor(), at=at, nps=score), at=at)
        outbox.drain()
    return Ticket.objects.earliest("number")


def _other_survey() -> Survey:
    return nps_survey("other")
