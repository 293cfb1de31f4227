"""The customer is told the outcome, and says whether it is solved."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Consent, Customer, Message
from events.models import Delivery, Event
from teams.models import Notification, User
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    customer,
    executive_eva,
    lead_lena,
    mara_detractor,
    owner_otto,
)
from tests.tickets.answers import ticket_for
from tickets import closure
from tickets.closure import Resolution, Standing
from tickets.closure_letter import Words, draft_for, link_of, unreachable
from tickets.models import Clock, ClosureRequest, IllegalAct, RootCause, Ticket

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = MONDAY_NINE + HOUR
TOLD = Words("News", "Dear Mara,\n\n{outcome}\n\nOtto")


def cause(key: str = "service-wait") -> RootCause:
    return RootCause.objects.get(key=key)


def in_work(who: Customer | None = None, *, at: datetime = LATER) -> Ticket:
    """The customer has heard from us."""
    ticket = ticket_for(who or mara_detractor(), at=at - HOUR)
    ticket.log_contact(channel="phone", summary="Sorry.", by=owner_otto(), at=at)
    return ticket


def asked(
    who: Customer | None = None, *, at: datetime = LATER, told: Words = TOLD
) -> ClosureRequest:
    ticket = in_work(who, at=at)
    closure.resolve(
        ticket,
        resolution=Resolution(cause(), "Two were ill.", "We refunded 40 €."),
        told=told,
        by=owner_otto(),
        at=at,
    )
    return ticket.closure_requests.get()


def names() -> list[str]:
    events = Event.objects.filter(subject_type="ticket").order_by("id")
    return [event.name for event in events]


def fresh(request: ClosureRequest) -> Ticket:
    return Ticket.objects.get(pk=request.ticket_id)


@pytest.mark.django_db
class TestTellingTheCustomer:
    def test_queues_one_letter_with_the_link(self) -> None:
        request = asked()
        delivery = Delivery.objects.get()
        assert delivery.recipient == "mara_detractor@customers.test"
        assert "We refunded 40 €." in delivery.content["text"]
        assert link_of(request) in delivery.content["text"]
        assert link_of(request) in delivery.content["html"]
        message = Message.objects.get(delivery=delivery)
        assert delivery.content["headers"]["Message-ID"] == f"<{message.message_id}>"
        assert message.thread == request.ticket.thread
        assert message.text == "Dear Mara,\n\nWe refunded 40 €.\n\nOtto"

    def test_keeps_what_was_found_and_asks(self) -> None:
        ticket = fresh(asked())
        assert (ticket.finding, ticket.outcome) == (
            "Two were ill.",
            "We refunded 40 €.",
        )
        assert (ticket.closure, ticket.closure_asked_at) == ("asked", LATER)
        assert "ticket.outcome_told" in names()

    def test_begins_with_words_in_the_customers_language(self) -> None:
        request = asked(customer("wang_wei", locale="zh-CN"))
        assert request.language == Message.objects.get(channel="email").language
        assert request.language == "zh-hans"
        draft = draft_for(request.ticket, owner_otto())
        for part in ("Wang Wei", "{outcome}", "Owner Otto"):
            assert part in draft.text

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({}, ""),
            ({"email": ""}, "no_address"),
            ({"erased_at": MONDAY_NINE}, "erased"),
        ],
    )
    def test_needs_an_address(self, fields: dict[str, Any], reason: str) -> None:
        assert unreachable(customer("nora", **fields)) == reason

    def test_needs_that_they_did_not_refuse(self) -> None:
        mara = mara_detractor()
        Consent.objects.create(
            customer=mara, channel="email", is_granted=False, decided_at=MONDAY_NINE
        )
        with pytest.raises(IllegalAct, match="does not want to be contacted"):
            asked()

    def test_that_fails_resolves_nothing(self) -> None:
        ticket = in_work()
        Customer.objects.update(email="")
        ticket.refresh_from_db()
        with pytest.raises(IllegalAct):
            closure.resolve(
                ticket,
                resolution=Resolution(cause(), "x", "y"),
                told=TOLD,
                by=owner_otto(),
                at=LATER,
            )
        assert not Ticket.objects.get(pk=ticket.pk).is_resolved
        assert not Delivery.objects.exists()


@pytest.mark.django_db
class TestSolved:
    def test_confirms_the_closure(self) -> None:
        request = asked()
        said = closure.answer(request, is_solved=True, words="Thanks!", at=LATER + HOUR)
        ticket = fresh(request)
        assert said is Standing.SOLVED
        assert (ticket.closure, ticket.status) == ("confirmed", "resolved")
        assert ticket.closure_answered_at == LATER + HOUR
        event = Event.objects.get(name="loop.confirmed")
        assert event.payload["day"] == ticket.day.isoformat()
        assert event.actor == ""

    def test_counts_once(self) -> None:
        request = asked()
        for _ in range(3):
            closure.answer(request, is_solved=True, words="Thanks!", at=LATER + HOUR)
        assert names().count("loop.confirmed") == 1
        assert Message.objects.filter(direction="in").count() == 1

    def test_may_become_not_solved_for_a_week(self) -> None:
        request = asked()
        closure.answer(request, is_solved=True, at=LATER)
        closure.answer(request, is_solved=False, at=LATER + 7 * DAY)
        assert fresh(request).closure == "disputed"
        assert not fresh(request).is_resolved

    def test_stands_after_a_week(self) -> None:
        request = asked()
        closure.answer(request, is_solved=True, at=LATER)
        late = LATER + 7 * DAY + timedelta(seconds=1)
        said = closure.answer(request, is_solved=False, at=late)
        assert said is Standing.SOLVED_FOR_GOOD
        assert fresh(request).closure == "confirmed"


@pytest.mark.django_db
class TestNotSolved:
    def test_reopens_it_for_the_same_owner_and_tells_the_lead(self) -> None:
        request = asked()
        Notification.objects.all().delete()
        said = closure.answer(request, is_solved=False, words="No.", at=LATER + DAY)
        ticket = fresh(request)
        assert said is Standing.NOT_SOLVED
        assert (ticket.closure, ticket.status) == ("disputed", "in_progress")
        assert (ticket.assignee, ticket.reopened_count) == (owner_otto(), 1)
        told = Notification.objects.filter(kind="ticket_disputed")
        assert {notice.user for notice in told} == {owner_otto(), lead_lena()}
        assert Message.objects.get(direction="in").text == "No."

    def test_does_not_count_the_time_in_between(self) -> None:
        request = asked()
        before = Clock.objects.get(ticket=request.ticket_id, kind="resolution").due_at
        closure.answer(request, is_solved=False, at=LATER + 3 * DAY)
        clock = Clock.objects.get(ticket=request.ticket_id, kind="resolution")
        assert (clock.state, clock.due_at) == ("running", before + 3 * DAY)

    def test_counts_once_and_is_not_taken_back(self) -> None:
        request = asked()
        for is_solved in (False, False, True):
            closure.answer(request, is_solved=is_solved, at=LATER + DAY)
        assert names().count("loop.disputed") == 1
        assert names().count("ticket.reopened") == 1
        assert "loop.confirmed" not in names()

    def test_goes_to_the_lead_where_the_owner_has_left(self) -> None:
        request = asked()
        User.objects.filter(pk=owner_otto().pk).update(is_active=False)
        closure.answer(ClosureRequest.objects.get(), is_solved=False, at=LATER + DAY)
        assert fresh(request).assignee == lead_lena()

    def test_after_the_days_to_reopen_opens_a_follow_up(self) -> None:
        request = asked()
        closure.answer(request, is_solved=False, words="Again!", at=LATER + 20 * DAY)
        ticket = fresh(request)
        assert (ticket.closure, ticket.status) == ("disputed", "resolved")
        following = ticket.follow_ups.get()
        assert Message.objects.get(direction="in").thread == following.thread


@pytest.mark.django_db
class TestSilence:
    def test_closes_as_unconfirmed_once_patience_is_over(self) -> None:
        request = asked()
        assert closure.close_silent(at=LATER + 7 * DAY) == 0
        assert closure.close_silent(at=LATER + 7 * DAY + HOUR) == 1
        assert closure.close_silent(at=LATER + 7 * DAY + HOUR) == 0
        assert fresh(request).closure == "unconfirmed"
        event = Event.objects.get(name="loop.unconfirmed")
        assert event.occurred_at == LATER + 7 * DAY

    def test_still_lets_them_answer(self) -> None:
        request = asked()
        closure.close_silent(at=LATER + 8 * DAY)
        closure.answer(request, is_solved=True, at=LATER + 9 * DAY)
        assert fresh(request).closure == "confirmed"

    def test_says_nothing_of_what_was_reopened(self) -> None:
        request = asked()
        fresh(request).reopen(reason="Mistake", by=owner_otto(), at=LATER + HOUR)
        assert closure.close_silent(at=LATER + 30 * DAY) == 0
        assert fresh(request).closure == ""


@pytest.mark.django_db
class TestTheCustomersPage:
    def opened(self, request: ClosureRequest, **params: str) -> Any:
        return Client().get(f"/c/{request.token}/", params)

    def sent(self, request: ClosureRequest, **fields: str) -> Any:
        client = Client(enforce_csrf_checks=True)
        return client.post(f"/c/{request.token}/", fields, follow=True)

    def test_decides_nothing_by_being_opened(self) -> None:
        request = asked(at=timezone.now())
        for _ in range(3):
            shown = self.opened(request, answer="solved")
            assert shown.status_code == 200
        assert fresh(request).closure == "asked"
        assert "We refunded 40 €." in shown.content.decode()

    def test_takes_the_answer_without_sign_in_or_cookie(self) -> None:
        request = asked(at=timezone.now())
        shown = self.sent(request, answer="solved", words="Good.")
        assert "Thank you: it is solved" in shown.content.decode()
        assert not shown.client.cookies
        assert fresh(request).closure == "confirmed"
        assert self.sent(request, answer="solved").status_code == 200
        assert names().count("loop.confirmed") == 1

    def test_says_that_we_work_on_it_again(self) -> None:
        request = asked(at=timezone.now())
        shown = self.sent(request, answer="not-solved", words="Still broken")
        assert "We have taken it up again" in shown.content.decode()

    def test_speaks_the_customers_language(self) -> None:
        wang = customer("wang_wei", locale="zh-CN")
        request = asked(wang, at=timezone.now())
        assert 'lang="zh-hans"' in self.opened(request).content.decode()
        assert 'lang="en"' in self.opened(request, lang="en").content.decode()

    @pytest.mark.parametrize("fields", [{}, {"answer": "maybe"}, {"words": "x"}])
    def test_asks_again_where_no_button_was_pressed(self, fields: Any) -> None:
        request = asked(at=timezone.now())
        shown = self.sent(request, **fields)
        assert shown.status_code == 422
        assert fresh(request).closure == "asked"

    def test_keeps_words_that_are_too_long_for_shortening(self) -> None:
        request = asked(at=timezone.now())
        shown = self.sent(request, answer="solved", words="x" * 5_001)
        assert shown.status_code == 422
        assert "x" * 5_001 in shown.content.decode()

    @pytest.mark.parametrize("token", ["x", "00000000-0000-0000-0000-000000000000"])
    def test_is_found_by_no_other_token(self, token: str) -> None:
        asked()
        for answered in (Client().get(f"/c/{token}/"), Client().post(f"/c/{token}/")):
            assert answered.status_code == 404
            assert "We cannot find this page" in answered.content.decode()

    def test_is_gone_with_an_erased_customer(self) -> None:
        request = asked()
        Customer.objects.update(erased_at=LATER)
        assert self.opened(request).status_code == 404

    def test_expires(self) -> None:
        request = asked(at=timezone.now() - 91 * DAY)
        assert "expired" in self.opened(request).content.decode()
        self.sent(request, answer="solved")
        assert fresh(request).closure == "asked"

    def test_says_so_when_the_case_is_open_again(self) -> None:
        request = asked(at=timezone.now())
        fresh(request).reopen(reason="Mistake", by=owner_otto(), at=timezone.now())
        assert "working on it again" in self.opened(request).content.decode()
        self.sent(request, answer="solved")
        assert fresh(request).closure == ""

    def test_says_so_when_we_wrote_again(self) -> None:
        now = timezone.now()
        request = asked(at=now - DAY)
        closure.ask(fresh(request), TOLD, by=owner_otto(), at=now)
        assert "latest message" in self.opened(request).content.decode()

    def test_says_so_when_the_case_was_merged(self) -> None:
        request = asked(at=timezone.now())
        other = ticket_for()
        Ticket.objects.filter(pk=request.ticket_id).update(merged_into=other)
        assert "another case of yours" in self.opened(request).content.decode()
        self.sent(request, answer="not-solved")
        assert fresh(request).closure == "asked"

    def test_lets_nothing_of_others_in(self) -> None:
        policy = self.opened(asked(at=timezone.now()))["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy


@pytest.mark.django_db
class TestTheDesksForm:
    def client(self, person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    def send(self, ticket: Ticket, **more: str) -> Any:
        fields = {
            "root_cause": str(cause().pk),
            "finding": "Two were ill.",
            "outcome": "We refunded 40 €.",
            **more,
        }
        address = reverse("tickets:resolution", args=[ticket.number])
        stamp = self.client(owner_otto()).get(address).context["form"]
        if "stamp" in stamp.fields:
            fields["stamp"] = str(stamp["stamp"].value())
        return self.client(owner_otto()).post(address, fields)

    def test_tells_the_customer_where_that_is_ticked(self) -> None:
        ticket = in_work(at=timezone.now())
        words = {"subject": "News", "words": "Hello. {outcome}"}
        self.send(ticket, tells_customer="on", **words)
        assert Message.objects.get(channel="email").text == "Hello. We refunded 40 €."

    def test_tells_nobody_where_it_is_not(self) -> None:
        ticket = in_work(at=timezone.now())
        assert self.send(ticket).status_code == 302
        ticket.refresh_from_db()
        assert (ticket.status, ticket.closure) == ("resolved", "")
        assert not Delivery.objects.exists()

    def test_wants_words_for_the_customer(self) -> None:
        ticket = in_work(at=timezone.now())
        answered = self.send(ticket, tells_customer="on")
        assert answered.status_code == 422
        assert "read something" in answered.content.decode()

    @pytest.mark.parametrize("missing", ["root_cause", "finding", "outcome"])
    def test_wants_cause_finding_and_outcome(self, missing: str) -> None:
        ticket = in_work(at=timezone.now())
        assert self.send(ticket, **{missing: ""}).status_code == 422

    def test_offers_no_letter_to_whom_none_can_be_sent(self) -> None:
        ticket = in_work(customer("nora", email=""), at=timezone.now())
        address = reverse("tickets:resolution", args=[ticket.number])
        shown = self.client(owner_otto()).get(address).content.decode()
        assert "no e-mail address" in shown
        assert "tells_customer" not in shown

    def test_shows_the_letter_before_it_is_sent(self) -> None:
        ticket = in_work(at=timezone.now())
        address = reverse("tickets:letter_preview", args=[ticket.number])
        fields = {"subject": "News", "words": "So: {outcome}", "outcome": "<b>40 €"}
        shown = self.client(owner_otto()).post(address, fields)
        assert "So: &lt;b&gt;40 €" in shown.content.decode()
        assert not Delivery.objects.exists()
        assert self.client(executive_eva()).post(address, fields).status_code == 403
        assert self.client(agent_ana()).get(address).status_code == 405


@pytest.mark.django_db
class TestOneQuestionPerConversation:
    """Complaint 16: asked only once per conversation, and nobody hears of a bad answer."""

    def test_asks_again_after_each_resolution_and_alerts_at_no(self) -> None:
        request = asked()
        closure.answer(request, is_solved=False, at=LATER + DAY)
        assert Notification.objects.filter(kind="ticket_disputed").exists()
        closure.resolve(
            fresh(request),
            resolution=Resolution(cause(), "x", "Now really."),
            told=TOLD,
            by=owner_otto(),
            at=LATER + 2 * DAY,
        )
        second = ClosureRequest.objects.latest("pk")
        assert second.token != request.token
        closure.answer(second, is_solved=True, at=LATER + 3 * DAY)
        ticket = fresh(request)
        assert (ticket.closure, ticket.reopened_count) == ("confirmed", 1)


@pytest.mark.django_db
class TestClocksRunOnAfterResolve:
    """Complaint 11: a clock that goes on after the case was closed."""

    def test_no_clock_is_due_while_the_customer_is_asked(self) -> None:
        ticket = fresh(asked())
        assert ticket.next_due_at is None
        assert not ticket.clocks.filter(state__in=["running", "paused"]).exists()
