"""One act on many tickets: what each allows, and undone where nobody meddled."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from teams.models import DataScope, User
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    executive_eva,
    lead_lena,
    manager_milo,
    mara_detractor,
    owner_otto,
    paul_promoter,
)
from tests.tickets.answers import ticket_for
from tickets.bulk_acts import KINDS, MOST, Outcome, perform, undo
from tickets.models import BulkAct, IllegalAct, Ticket
from tickets.policies import change_priority

MINUTE = timedelta(minutes=1)


def do(act: str, numbers: list[int], value: object, by: User) -> Outcome:
    return perform(KINDS[act], numbers, str(value), by=by, at=timezone.now())


def undone(outcome: Outcome, by: User, *, later: timedelta = MINUTE) -> Outcome:
    return undo(outcome.act, by=by, at=outcome.act.done_at + later)


@pytest.fixture
def numbers(db: None) -> list[int]:
    return [ticket_for(mara_detractor()).number, ticket_for(paul_promoter()).number]


class TestPerform:
    @pytest.mark.parametrize("act", list(KINDS))
    def test_changes_every_ticket_and_undo_puts_it_back(
        self, act: str, numbers: list[int]
    ) -> None:
        milo = manager_milo()
        value = {"assign": lead_lena().pk, "watch": agent_ana().pk, "priority": "low"}
        if act == "resume":
            do("pause", numbers, "supplier", milo)
        before = self.state(numbers)
        outcome = do(act, numbers, value.get(act, "supplier"), milo)
        assert (sorted(outcome.done), outcome.refused) == (numbers, [])
        assert all(a != b for a, b in zip(self.state(numbers), before, strict=True))
        back = undone(outcome, milo)
        assert (back.done, back.refused) == (numbers, [])
        assert self.state(numbers) == before

    def state(self, numbers: list[int]) -> list[Any]:
        return [
            (
                ticket.assignee_id,
                ticket.priority,
                ticket.tags,
                ticket.pauses.filter(ended_at__isnull=True).count(),
                ticket.watchers.count(),
            )
            for ticket in Ticket.objects.filter(number__in=numbers).order_by("number")
        ]

    def test_says_which_tickets_refuse_and_why(self, numbers: list[int]) -> None:
        first, second = numbers
        Ticket.objects.filter(number=first).update(status="resolved")
        outcome = do("priority", [*numbers, 10**9], "low", manager_milo())
        assert outcome.done == [second]
        assert dict(outcome.refused) == {
            first: "This ticket is already resolved.",
            10**9: "This ticket is not there.",
        }

    def test_leaves_alone_what_the_person_may_not_see(self, numbers: list[int]) -> None:
        ana = agent_ana()
        scope = {"effect": "allow", "dimension": "tier", "value": "none"}
        DataScope.objects.create(user=ana, **scope)
        assert do("tag", numbers, "vip", ana).done == []
        assert not Ticket.objects.filter(tags__contains=["vip"]).exists()

    def test_gives_only_what_the_person_may_give(self, numbers: list[int]) -> None:
        Ticket.objects.filter(number=numbers[0]).update(assignee=owner_otto())
        Ticket.objects.filter(number=numbers[1]).update(assignee=lead_lena())
        outcome = do("assign", numbers, agent_ana().pk, owner_otto())
        assert outcome.done == numbers[:1]
        assert outcome.refused[0][0] == numbers[1]

    def test_records_each_as_if_it_was_done_by_itself(self, numbers: list[int]) -> None:
        do("tag", numbers, "vip", manager_milo())
        told = Event.objects.filter(name="ticket.described")
        assert {int(event.subject_id) for event in told} == set(numbers)


class TestUndo:
    def test_leaves_what_somebody_changed_since(self, numbers: list[int]) -> None:
        milo = manager_milo()
        outcome = do("priority", numbers, "low", milo)
        meddled = Ticket.objects.get(number=numbers[0])
        change_priority(meddled, priority="urgent", by=agent_ana(), at=timezone.now())
        back = undone(outcome, milo)
        assert back.done == numbers[1:]
        assert back.refused == [(numbers[0], "Somebody changed it since.")]

    def test_is_for_some_minutes_and_once(self, numbers: list[int]) -> None:
        milo = manager_milo()
        outcome = do("tag", numbers, "vip", milo)
        with pytest.raises(IllegalAct):
            undone(outcome, milo, later=11 * MINUTE)
        undone(outcome, milo)
        with pytest.raises(IllegalAct):
            undone(outcome, milo)


@pytest.mark.django_db
class TestThePages:
    def signed_in(self, person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    def test_ask_then_do_then_say_then_undo(self, numbers: list[int]) -> None:
        client = self.signed_in(manager_milo())
        chosen = {"act": "tag", "numbers": numbers, "query": "tab=all&sort=opened"}
        question = client.post(reverse("tickets:bulk"), chosen)
        assert "This is done to 2 tickets" in question.content.decode()
        answer = chosen | {
            "numbers": ",".join(map(str, numbers)),
            "confirmed": "1",
            "value": "vip",
        }
        told = client.post(reverse("tickets:bulk"), answer, follow=True)
        page = told.content.decode()
        assert "Done on 2 tickets" in page
        assert "/tickets/?tab=all&amp;sort=opened" in page
        act = BulkAct.objects.get()
        told = client.post(reverse("tickets:bulk_undo", args=[act.pk]), follow=True)
        assert "Undone on 2 tickets" in told.content.decode()

    def test_take_all_that_the_list_finds(self, numbers: list[int]) -> None:
        ticket_for(at=MONDAY_NINE)
        found = {"act": "tag", "all": "1", "query": "tab=all&q=Mara", "numbers": ""}
        page = self.signed_in(manager_milo()).post(reverse("tickets:bulk"), found)
        assert page.context["numbers"] == str(numbers[0])

    @pytest.mark.parametrize(
        "asked",
        [
            {},
            {"act": "tag"},
            {"act": "delete", "numbers": "1"},
            {"act": "tag", "numbers": "x"},
            {"act": "tag", "numbers": ",".join(map(str, range(1, MOST + 3)))},
            {"act": "tag", "all": "1", "query": "status=gone"},
        ],
    )
    def test_refuse_what_names_no_act_or_no_or_too_many_tickets(
        self, asked: dict[str, str]
    ) -> None:
        client = self.signed_in(manager_milo())
        answer = client.post(reverse("tickets:bulk"), asked, follow=True)
        assert "tickets" in answer.content.decode()
        assert answer.redirect_chain
        assert not BulkAct.objects.exists()

    def test_ask_again_where_the_answer_is_none(self, numbers: list[int]) -> None:
        client = self.signed_in(manager_milo())
        asked = {
            "act": "priority",
            "numbers": numbers[0],
            "confirmed": "1",
            "value": "x",
        }
        assert client.post(reverse("tickets:bulk"), asked).status_code == 422

    def test_are_nobody_elses(self, numbers: list[int]) -> None:
        act = do("tag", numbers, "vip", manager_milo()).act
        client = self.signed_in(agent_ana())
        assert (
            client.get(reverse("tickets:bulk_result", args=[act.pk])).status_code == 404
        )
        assert (
            client.post(reverse("tickets:bulk_undo", args=[act.pk])).status_code == 404
        )
        eva = self.signed_in(executive_eva())
        assert eva.post(reverse("tickets:bulk"), {}).status_code == 403
