"""A draft tried on past answers: counted as it would have gone, and nothing is opened."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from events.models import Event
from surveys.models import Response
from teams.models import DataScope
from tests.personas import (
    MONDAY_NINE,
    admin_ada,
    agent_ana,
    manager_milo,
    mara_detractor,
    owner_otto,
    paul_promoter,
    service_team,
)
from tests.tickets.answers import answer, ticket_for
from tests.tickets.test_desk import signed_in
from tests.tickets.test_rule_drafts import draft, first, new_rule, now, save
from tickets import rehearsal, rule_drafts
from tickets.closed_loop import open_tickets_for
from tickets.models import Clock, Rehearsal, Rule, Ticket
from tickets.past_pace import Pace

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LATER = MONDAY_NINE + 10 * DAY


def rehearsed(at: Any = LATER) -> dict[str, Any]:
    one = rehearsal.ask_for(by=manager_milo(), at=at)
    rehearsal.rehearse(one.pk, at=at)
    one.refresh_from_db()
    assert one.state == Rehearsal.State.DONE, one.error
    return dict(one.result)


@pytest.mark.django_db
class TestARehearsal:
    def test_counts_what_both_sides_would_have_opened(self) -> None:
        answer(mara_detractor(), nps=3)
        answer(paul_promoter(), nps=8)
        answer(nps=8, at=MONDAY_NINE + DAY)
        answer(nps=10)
        save(replace(first(), condition={"field": "nps", "op": "lte", "value": 8}))
        result = rehearsed()
        assert result["answers"] == 4
        assert (result["today"]["tickets"], result["draft"]["tickets"]) == (1, 3)
        assert result["draft"]["per_day"] == {"2026-03-02": 2, "2026-03-03": 1}
        assert result["changes"]["counts"] == {"new": 2}
        assert result["draft"]["teams"] == [[service_team().pk, 3]]

    def test_opens_and_tells_nothing(self) -> None:
        answer(mara_detractor(), nps=3)
        events = Event.objects.count()
        rehearsed()
        assert not Ticket.objects.exists()
        assert Event.objects.count() == events

    def test_joins_further_answers_while_the_ticket_is_open(self) -> None:
        mara = mara_detractor()
        for hours in (0, 5, 24 * 8):
            answer(mara, nps=3, at=MONDAY_NINE + hours * HOUR)
        result = rehearsed()
        # Without any past, a ticket is thought to be open for two days.
        assert (result["today"]["tickets"], result["today"]["attached"]) == (2, 1)

    def test_keeps_a_ticket_open_as_long_as_it_was_in_truth(self) -> None:
        ticket = ticket_for(mara_detractor())
        answer(mara_detractor(), nps=3, at=MONDAY_NINE + 6 * DAY)
        assert rehearsed()["today"]["attached"] == 1
        Ticket.objects.filter(pk=ticket.pk).update(resolved_at=MONDAY_NINE + HOUR)
        assert rehearsed()["today"]["attached"] == 0

    def test_gives_work_to_account_owners_persons_and_members_in_turn(self) -> None:
        answer(mara_detractor(), nps=3)
        for _each in range(3):
            answer(nps=3)
        owners = dict(map(tuple, rehearsed()["today"]["owners"]))
        assert owners == {owner_otto().pk: 2, agent_ana().pk: 2}
        save(replace(first(), strategy="person", person=manager_milo().pk))
        owners = dict(map(tuple, rehearsed()["draft"]["owners"]))
        assert owners == {manager_milo().pk: 4}

    def test_knows_the_third_low_answer(self) -> None:
        mara = mara_detractor()
        for days in (80, 60, 1):
            answer(mara, nps=3, at=LATER - days * DAY)
        answer(mara, csat=1, at=LATER - 100 * DAY)
        third = {"field": "low_in_90_days", "op": "gte", "value": 3}
        save(replace(first(), condition=third))
        result = rehearsed()
        assert result["rules"][first().key] == [2, 2]

    def test_says_what_each_rule_fits_and_takes(self) -> None:
        answer(nps=0, csat=1)
        answer(nps=1)
        result = rehearsed()
        by_name = {rule.name: result["rules"][rule.key] for rule in draft()}
        assert by_name["NPS 0 to 6"] == [2, 2]
        assert by_name["CSAT 1 or 2"] == [1, 0]

    def test_judges_by_the_past_pace(self) -> None:
        for hours in range(10):
            ticket = ticket_for(at=MONDAY_NINE + hours * HOUR)
            Clock.objects.filter(ticket=ticket).update(minutes_used=60 * hours)
        policy = Rule.objects.select_related("sla_policy")[0].sla_policy
        policy.first_contact_minutes = 240
        policy.save()
        late = rehearsed()["draft"]["late"]
        # Five of ten took longer than four hours.
        assert late["first_contact"] == 0.5
        assert late["resolution"] == 0.0

    def test_does_not_invent_a_pace(self) -> None:
        answer(nps=1)
        assert rehearsed()["today"]["late"]["first_contact"] is None

    def test_leaves_out_what_is_older_than_90_days_or_not_counted(self) -> None:
        answer(nps=1, at=LATER - 91 * DAY)
        answer(nps=1, is_test=True)
        answer(nps=1, opens_tickets=False)
        assert rehearsed()["answers"] == 1

    def test_counts_only_what_the_person_may_know_of(self) -> None:
        answer(mara_detractor(), nps=3)
        answer(paul_promoter(), nps=3)
        DataScope.objects.create(
            user=manager_milo(), effect="allow", dimension="region", value="South"
        )
        result = rehearsed()
        assert (result["answers"], result["today"]["tickets"]) == (1, 1)

    def test_ends_when_it_is_cancelled(self) -> None:
        answer(nps=1)
        one = rehearsal.ask_for(by=manager_milo(), at=LATER)
        rehearsal.cancel(one)
        rehearsal.rehearse(one.pk or 0, at=LATER)
        assert not Rehearsal.objects.exists()

    def test_is_done_again_by_another_worker_after_a_crash(self) -> None:
        answer(nps=1)
        one = rehearsal.ask_for(by=manager_milo(), at=LATER)
        Rehearsal.objects.update(state=Rehearsal.State.RUNNING, done=1)
        rehearsal.rehearse(one.pk, at=LATER)
        one.refresh_from_db()
        assert one.result["today"]["tickets"] == 1

    def test_agrees_with_what_really_opens(self) -> None:
        mara, paul = mara_detractor(), paul_promoter()
        for n, who in enumerate((mara, paul, None, mara, None, paul)):
            ticket_answer = answer(who, nps=n, at=MONDAY_NINE + n * HOUR)
            open_tickets_for([ticket_answer.pk], at=MONDAY_NINE + n * HOUR)
        today = rehearsed()["today"]
        assert today["tickets"] == Ticket.objects.count()
        assert today["attached"] == Response.objects.count() - Ticket.objects.count()


class TestThePastPace:
    PACE = Pace(
        {(1, "resolution"): [10, 20, 30, 40], (0, "resolution"): [10] * 95 + [99] * 5},
        {(1, "resolution"): [25, 50]},
    )

    @pytest.mark.parametrize(
        ("team", "minutes", "share"),
        [
            # 10 20 30 40 kept and both unkept ones late for certain.
            (1, 20, 4 / 6),
            # At the due instant is in time.
            (1, 19, 5 / 6),
            # One unkept promise is late for certain, of the other nothing is known.
            (1, 40, 1 / 5),
            # Too few of the team: everybody's.
            (2, 50, 0.05),
            (1, 60, 0.05),
        ],
    )
    def test_counts_what_took_longer(
        self, team: int, minutes: int, share: float
    ) -> None:
        assert self.PACE.late_share(team, "resolution", minutes) == share

    def test_says_nothing_where_nothing_is_known(self) -> None:
        assert self.PACE.late_share(1, "first_contact", 10) is None


@pytest.mark.django_db
class TestItsPages:
    def test_show_the_figures_and_the_examples_one_may_see(self) -> None:
        seen, hidden = answer(paul_promoter(), nps=8), answer(mara_detractor(), nps=8)
        save(replace(first(), condition={"field": "nps", "op": "lte", "value": 8}))
        save(new_rule(condition={"field": "nps", "op": "gt", "value": 20}))
        one = rehearsal.ask_for(by=manager_milo(), at=LATER)
        rehearsal.rehearse(one.pk, at=LATER)
        DataScope.objects.create(
            user=manager_milo(), effect="deny", dimension="region", value="North"
        )
        client = signed_in(manager_milo())
        words = client.get(reverse("tickets:rehearsal", args=[one.pk])).content.decode()
        assert "2 answers get a ticket that have none now" in words
        assert str(seen.pk) in words
        assert str(hidden.pk) not in words
        assert "It fitted none of the answers." in words
        assert "not known yet" in words

    def test_are_nobody_elses(self) -> None:
        one = rehearsal.ask_for(by=manager_milo(), at=LATER)
        url = reverse("tickets:rehearsal", args=[one.pk])
        assert signed_in(admin_ada()).get(url).status_code == 404
        assert signed_in(agent_ana()).get(url).status_code == 403

    def test_ask_watch_and_cancel(self) -> None:
        client = signed_in(manager_milo())
        asked = client.post(reverse("tickets:rehearsals"), follow=True)
        assert "A worker will begin" in asked.content.decode()
        one = Rehearsal.objects.get()
        Rehearsal.objects.update(state="running", done=40, total=100)
        url = reverse("tickets:rehearsal", args=[one.pk])
        part = client.get(url, headers={"HX-Request": "true"}).content.decode()
        assert "40 of 100 answers" in part
        assert "<html" not in part
        client.post(reverse("tickets:rehearsal_cancellation", args=[one.pk]))
        assert not Rehearsal.objects.exists()

    def test_say_when_the_worker_is_gone(self) -> None:
        one = rehearsal.ask_for(by=manager_milo(), at=LATER)
        url = reverse("tickets:rehearsal", args=[one.pk])
        words = signed_in(manager_milo()).get(url).content.decode()
        assert "is gone" in words

    def test_tell_that_the_draft_has_changed_since(self) -> None:
        one = rehearsal.ask_for(by=manager_milo(), at=LATER)
        rehearsal.rehearse(one.pk, at=LATER)
        rule_drafts.switch(first().key, on=False, **now())
        url = reverse("tickets:rehearsal", args=[one.pk])
        words = signed_in(manager_milo()).get(url).content.decode()
        assert "were changed after" in words
