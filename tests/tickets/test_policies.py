"""Promises by priority and tier; what a changed policy moves is shown before it does."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from events.models import Event
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    manager_milo,
    mara_detractor,
    nps_survey,
    owner_otto,
    paul_promoter,
)
from tests.tickets.answers import ticket_for
from tests.tickets.test_desk import signed_in
from tickets.breaches import breach_overdue
from tickets.models import Clock, IllegalAct, Rule, SlaPolicy, SlaTarget
from tickets.policies import change_priority, targets_for
from tickets.policy_changes import (
    Exempt,
    PolicyInUse,
    change_policy,
    create_policy,
    delete_policy,
    foresee,
    rows_of,
)
from tickets.promises import first_contact_in_words

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URGENT = Exempt("urgent", "", 60, None, 480)
LOW = Exempt("low", "", 2880, None, 14400)
GOLD = Exempt("", "gold", 120, 30, 960)
GOLD_URGENT = Exempt("urgent", "gold", 30, 15, 240)


def the_policy() -> SlaPolicy:
    return SlaPolicy.objects.get()


def with_exceptions(*rows: Exempt, **fields: Any) -> SlaPolicy:
    change_policy(the_policy(), rows=rows, by=manager_milo(), at=MONDAY_NINE, **fields)
    return the_policy()


def posted(policy: SlaPolicy, **changes: str) -> dict[str, str]:
    return {
        "name": policy.name,
        "first_contact_minutes": "24 h",
        "next_response_minutes": "",
        "resolution_minutes": "120 h",
        "reopen_days": "14",
        "silence_days": "7",
        "re_ask_days": "30",
        "rows-TOTAL_FORMS": "1",
        "rows-INITIAL_FORMS": "0",
        "rows-0-priority": "",
        "rows-0-tier": "",
        "rows-0-first_contact_minutes": "",
        "rows-0-next_response_minutes": "",
        "rows-0-resolution_minutes": "",
        **changes,
    }


@pytest.mark.django_db
class TestTargets:
    @pytest.mark.parametrize(
        ("priority", "tier", "minutes"),
        [
            ("normal", "standard", 1440),
            ("urgent", "standard", 60),
            ("normal", "gold", 120),
            ("normal", "Gold", 120),
            ("urgent", "gold", 30),
            ("urgent", "", 60),
        ],
    )
    def test_are_of_the_exception_that_names_most(
        self, priority: str, tier: str, minutes: int
    ) -> None:
        policy = with_exceptions(URGENT, GOLD, GOLD_URGENT)
        found = targets_for(policy, priority=priority, tier=tier)
        assert found.first_contact == minutes

    def test_let_tier_win_over_priority(self) -> None:
        policy = with_exceptions(URGENT, GOLD)
        found = targets_for(policy, priority="urgent", tier="gold")
        assert (found.tier, found.first_contact, found.next_response) == (
            "gold",
            120,
            30,
        )

    def test_count_for_the_tickets_that_open(self) -> None:
        with_exceptions(GOLD)
        gold, other = ticket_for(mara_detractor()), ticket_for(paul_promoter())
        assert gold.first_contact_due_at == MONDAY_NINE + 2 * HOUR
        assert gold.clocks.get(kind="first_contact").target_minutes == 120
        assert gold.resolution_due_at == MONDAY_NINE + 16 * HOUR
        assert other.first_contact_due_at == MONDAY_NINE + DAY


@pytest.mark.django_db
class TestAnotherPriority:
    def test_counts_open_promises_to_its_targets_and_keeps_pauses(self) -> None:
        with_exceptions(URGENT)
        ticket = ticket_for(mara_detractor())
        ticket.pause(reason="customer", by=owner_otto(), at=MONDAY_NINE)
        ticket.resume(by=owner_otto(), at=MONDAY_NINE + HOUR)
        change_priority(
            ticket, priority="urgent", by=owner_otto(), at=MONDAY_NINE + HOUR
        )
        ticket.refresh_from_db()
        assert ticket.priority == "urgent"
        assert ticket.first_contact_due_at == MONDAY_NINE + 2 * HOUR
        line = ticket.clocks.get(kind="first_contact").events.get(kind="recalculated")
        assert (line.target_minutes, line.actor) == (60, owner_otto().email)

    def test_never_rewrites_what_was_broken(self) -> None:
        with_exceptions(LOW)
        ticket = ticket_for(mara_detractor())
        later = MONDAY_NINE + 2 * DAY
        breach_overdue(at=later)
        change_priority(ticket, priority="low", by=owner_otto(), at=later)
        clock = ticket.clocks.get(kind="first_contact")
        assert (clock.due_at, clock.target_minutes) == (MONDAY_NINE + DAY, 1440)

    def test_is_refused_where_it_is_the_same(self) -> None:
        ticket = ticket_for(mara_detractor())
        with pytest.raises(IllegalAct):
            change_priority(
                ticket, priority=ticket.priority, by=owner_otto(), at=MONDAY_NINE
            )

    def test_is_an_act_on_the_page(self) -> None:
        ticket = ticket_for(mara_detractor())
        url = reverse("tickets:priority", args=[ticket.number])
        client = signed_in(owner_otto())
        assert client.post(url, {"priority": "urgent"}).status_code == 302
        page = client.get(ticket.get_absolute_url()).content.decode()
        assert "Owner Otto changed the priority to Urgent" in page
        ticket.refresh_from_db()
        assert ticket.priority == "urgent"


@pytest.mark.django_db
class TestForeseeing:
    def test_says_how_many_move_by_how_much_and_what_is_overdue_at_once(self) -> None:
        ticket_for(mara_detractor())
        ticket_for(paul_promoter())
        now = MONDAY_NINE + 3 * HOUR
        movement = foresee(the_policy(), first_contact_minutes=120, at=now)
        assert (movement.tickets, movement.earlier, movement.later) == (2, 2, 0)
        assert movement.overdue == 2
        assert movement.least == movement.middle == movement.most == -22 * HOUR

    def test_saves_nothing(self) -> None:
        ticket = ticket_for(mara_detractor())
        foresee(the_policy(), first_contact_minutes=120, at=MONDAY_NINE)
        ticket.refresh_from_db()
        assert ticket.first_contact_due_at == MONDAY_NINE + DAY
        assert the_policy().version == 1

    def test_tells_what_then_happens(self) -> None:
        tickets = [ticket_for(mara_detractor()), ticket_for(paul_promoter())]
        movement = foresee(the_policy(), rows=[GOLD], at=MONDAY_NINE)
        moved = change_policy(
            the_policy(), rows=[GOLD], by=manager_milo(), at=MONDAY_NINE
        )
        assert moved == len(movement.deltas) == 2
        gold, other = tickets
        gold.refresh_from_db()
        other.refresh_from_db()
        assert gold.first_contact_due_at == MONDAY_NINE + 2 * HOUR
        assert other.first_contact_due_at == MONDAY_NINE + DAY


@pytest.mark.django_db
class TestThePages:
    def test_show_first_what_moves_and_save_when_sent_again(self) -> None:
        ticket = ticket_for(mara_detractor())
        client, policy = signed_in(manager_milo()), the_policy()
        url = reverse("tickets:policy", args=[policy.pk])
        data = posted(policy, first_contact_minutes="2 h")
        page = client.post(url, data)
        assert "1 open ticket gets a new deadline" in page.content.decode()
        assert the_policy().version == 1
        seal = page.context["seal"]
        assert client.post(url, data | {"seal": seal}).status_code == 302
        ticket.refresh_from_db()
        assert ticket.clocks.get(kind="first_contact").target_minutes == 120
        assert the_policy().version == 2

    def test_show_again_where_other_values_are_confirmed(self) -> None:
        ticket_for(mara_detractor())
        client, policy = signed_in(manager_milo()), the_policy()
        url = reverse("tickets:policy", args=[policy.pk])
        seal = client.post(url, posted(policy, first_contact_minutes="2 h")).context[
            "seal"
        ]
        other = posted(policy, first_contact_minutes="3 h", seal=seal)
        assert client.post(url, other).status_code == 200
        assert the_policy().version == 1

    @pytest.mark.parametrize(
        "minutes", ["0", "-5", "x", "999999999999", "1.5", "9000 h", "0 h 0 min"]
    )
    def test_refuse_promises_that_nobody_means(self, minutes: str) -> None:
        policy = the_policy()
        reply = signed_in(manager_milo()).post(
            reverse("tickets:policy", args=[policy.pk]),
            posted(policy, first_contact_minutes=minutes),
        )
        assert reply.status_code == 422
        assert "invalid-feedback" in reply.content.decode()
        assert the_policy().first_contact_minutes == 1440

    @pytest.mark.parametrize(
        "changes",
        [
            {"first_contact_minutes": "200 h"},
            {
                "rows-0-tier": "gold",
                "rows-0-first_contact_minutes": "9 h",
                "rows-0-resolution_minutes": "8 h",
            },
            {"rows-0-first_contact_minutes": "1 h", "rows-0-resolution_minutes": "8 h"},
        ],
    )
    def test_refuse_what_cannot_be_kept(self, changes: dict[str, str]) -> None:
        policy = the_policy()
        url = reverse("tickets:policy", args=[policy.pk])
        reply = signed_in(manager_milo()).post(url, posted(policy, **changes))
        assert reply.status_code == 422

    def test_keep_add_and_remove_exceptions(self) -> None:
        policy = with_exceptions(GOLD)
        url = reverse("tickets:policy", args=[policy.pk])
        rows = {
            "rows-TOTAL_FORMS": "2",
            "rows-INITIAL_FORMS": "1",
            "rows-0-tier": "gold",
            "rows-0-first_contact_minutes": "2 h",
            "rows-0-next_response_minutes": "30 min",
            "rows-0-resolution_minutes": "16 h",
            "rows-1-priority": "urgent",
            "rows-1-tier": "",
            "rows-1-first_contact_minutes": "1 h",
            "rows-1-next_response_minutes": "",
            "rows-1-resolution_minutes": "8 h",
        }
        client = signed_in(manager_milo())
        assert client.post(url, posted(policy, **rows)).status_code == 302
        assert set(rows_of(the_policy())) == {GOLD, URGENT}
        rows["rows-0-DELETE"] = "on"
        client.post(url, posted(policy, **rows))
        assert rows_of(the_policy()) == [URGENT]

    def test_copy_create_and_delete(self) -> None:
        with_exceptions(GOLD)
        client, policy = signed_in(manager_milo()), the_policy()
        url = reverse("tickets:new_policy")
        page = client.get(url, {"copy": policy.pk}).content.decode()
        assert "Standard promise (copy)" in page
        assert client.post(url, posted(policy, name="Slow")).status_code == 302
        slow = SlaPolicy.objects.get(name="Slow")
        gone = reverse("tickets:policy_deletion", args=[slow.pk])
        assert client.get(gone).status_code == 200
        client.post(gone)
        assert not SlaPolicy.objects.filter(name="Slow").exists()
        assert Event.objects.filter(name="sla_policy.deleted").exists()

    def test_refuse_to_delete_what_rules_use(self) -> None:
        policy = the_policy()
        assert Rule.objects.filter(sla_policy=policy).exists()
        with pytest.raises(PolicyInUse):
            delete_policy(policy, by=manager_milo(), at=MONDAY_NINE)
        client = signed_in(manager_milo())
        page = client.post(
            reverse("tickets:policy_deletion", args=[policy.pk]), follow=True
        )
        assert "cannot be deleted" in page.content.decode()
        assert SlaPolicy.objects.exists()

    @pytest.mark.parametrize("name", ["policies", "new_policy"])
    def test_are_not_for_agents(self, name: str) -> None:
        reply = signed_in(agent_ana()).get(reverse(f"tickets:{name}"))
        assert reply.status_code == 403

    def test_list_every_policy(self) -> None:
        create_policy(
            rows=[GOLD],
            by=manager_milo(),
            at=MONDAY_NINE,
            name="Fast",
            first_contact_minutes=60,
            next_response_minutes=None,
            resolution_minutes=600,
            reopen_days=1,
            silence_days=2,
        )
        page = signed_in(manager_milo()).get(reverse("tickets:policies"))
        assert "Fast" in page.content.decode()
        assert SlaTarget.objects.count() == 1


@pytest.mark.django_db
def test_a_copy_escalates_as_its_model_does() -> None:
    model = SlaPolicy.objects.create(name="Model")
    model.levels.create(percent=60, notify="lead", raises_priority=True)
    page = signed_in(manager_milo()).post(
        f"{reverse('tickets:new_policy')}?copy={model.pk}", posted(model, name="Copy")
    )
    assert page.status_code == 302
    [level] = SlaPolicy.objects.get(name="Copy").levels.all()
    assert (level.percent, level.notify, level.raises_priority) == (60, "lead", True)
    assert model.levels.count() == 1


@pytest.mark.django_db
def test_a_policy_change_is_an_event_with_its_version() -> None:
    with_exceptions(GOLD)
    event = Event.objects.get(name="sla_policy.changed")
    assert event.payload["version"] == 2
    assert event.payload["exceptions"][0]["tier"] == "gold"
    assert Clock.objects.count() == 0


@pytest.mark.django_db
def test_the_promise_in_a_survey_is_kept_in_the_slowest_exception() -> None:
    with_exceptions(LOW)
    assert first_contact_in_words(nps_survey().pk) == "48 hours"
