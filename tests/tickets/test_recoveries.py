"""Gestures: within limits, within budgets, and every cent accounted for."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from events.models import Event
from teams.models import DataScope, Notification, User
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    executive_eva,
    lead_lena,
    manager_milo,
    mara_detractor,
    service_team,
)
from tests.tickets.answers import ticket_for
from tickets import ledger, recoveries, recovery_costs
from tickets.models import (
    IllegalAct,
    LedgerEntry,
    Recovery,
    RecoveryBudget,
    RecoveryLimit,
    Ticket,
)
from tickets.recoveries import OverBudget

pytestmark = pytest.mark.django_db
MONTH = MONDAY_NINE.date().replace(day=1)
LATER = MONDAY_NINE + timedelta(hours=1)


def euros(amount: str) -> Decimal:
    return Decimal(amount)


def budget_of(amount: str) -> RecoveryBudget:
    wanted = RecoveryBudget(team=service_team(), month=MONTH)
    recoveries.set_budget(wanted, euros(amount), by=manager_milo(), at=MONDAY_NINE)
    return RecoveryBudget.objects.get()


def asked(
    amount: str, *, by: User | None = None, ticket: Ticket | None = None
) -> Recovery:
    return recoveries.ask(
        ticket or Ticket.objects.first() or ticket_for(mara_detractor()),
        kind=Recovery.Kind.VOUCHER,
        amount=euros(amount),
        text="Two hours late",
        by=by or agent_ana(),
        at=MONDAY_NINE,
    )


def left(budget: RecoveryBudget) -> Decimal:
    return ledger.balance(ledger.budget_account(budget))


class TestAGesture:
    def test_within_the_own_limit_is_approved_at_once(self) -> None:
        budget = budget_of("500")
        assert asked("50").state == Recovery.State.APPROVED
        assert left(budget) == 450

    def test_above_it_waits_for_the_lead_who_is_told(self) -> None:
        budget_of("500")
        recovery = asked("50.01")
        assert (recovery.state, recovery.approvals_needed) == ("asked", 1)
        told = Notification.objects.filter(kind="recovery_asked")
        assert [notice.user for notice in told] == [lead_lena()]
        recoveries.approve(recovery, by=lead_lena(), at=LATER)
        recovery.refresh_from_db()
        assert recovery.state == Recovery.State.APPROVED
        assert (
            Notification.objects.filter(kind="recovery_approved").get().user
            == agent_ana()
        )

    def test_above_the_leads_limit_takes_two_and_the_second_a_manager(self) -> None:
        budget_of("5000")
        milo, recovery = manager_milo(), asked("900")
        assert recovery.approvals_needed == 2
        recoveries.approve(recovery, by=lead_lena(), at=LATER)
        with pytest.raises(IllegalAct, match="second person"):
            recoveries.approve(recovery, by=lead_lena(), at=LATER)
        assert Notification.objects.filter(kind="recovery_asked", user=milo).exists()
        recoveries.approve(recovery, by=milo, at=LATER)
        recovery.refresh_from_db()
        assert recovery.state == Recovery.State.APPROVED

    def test_is_not_approved_by_who_asked(self) -> None:
        budget_of("5000")
        with pytest.raises(IllegalAct, match="Somebody else"):
            recoveries.approve(asked("900", by=lead_lena()), by=lead_lena(), at=LATER)

    def test_is_not_approved_by_an_agent(self) -> None:
        budget_of("500")
        recovery = asked("80", by=lead_lena())
        assert recovery.state == Recovery.State.APPROVED
        with pytest.raises(IllegalAct):
            recoveries.approve(asked("80"), by=agent_ana(), at=LATER)

    def test_gives_the_money_back_when_it_is_refused_or_withdrawn(self) -> None:
        budget = budget_of("500")
        recoveries.refuse(asked("80"), reason="Too much", by=lead_lena(), at=LATER)
        assert left(budget) == 500
        recoveries.withdraw(asked("80"), by=agent_ana(), at=LATER)
        assert left(budget) == 500
        assert Notification.objects.filter(kind="recovery_refused").count() == 1

    def test_is_spent_once_it_is_given(self) -> None:
        budget = budget_of("500")
        recovery = asked("40")
        recoveries.give(recovery, reference="V-77", by=agent_ana(), at=LATER)
        assert ledger.balance(ledger.spent_account(budget)) == 40
        assert ledger.balance(ledger.reserved_account(budget)) == 0
        with pytest.raises(IllegalAct):
            recoveries.give(recovery, reference="V-78", by=agent_ana(), at=LATER)
        with pytest.raises(IllegalAct):
            recoveries.withdraw(recovery, by=agent_ana(), at=LATER)

    def test_costs_something_unless_it_is_a_call(self) -> None:
        budget_of("500")
        with pytest.raises(IllegalAct, match="what it costs"):
            asked("0")

    def test_is_in_the_tickets_story(self) -> None:
        budget_of("500")
        asked("40")
        told = Event.objects.get(name="recovery.asked")
        assert (told.actor, told.payload["amount"]) == (agent_ana().email, "40")


class TestABudget:
    def test_refuses_what_it_does_not_hold_and_says_who_can_raise_it(self) -> None:
        manager_milo()
        budget_of("60")
        asked("40")
        with pytest.raises(OverBudget, match="Manager Milo") as refusal:
            asked("30")
        assert "20.00" in str(refusal.value)

    def test_that_was_never_set_refuses_everything(self) -> None:
        with pytest.raises(OverBudget):
            asked("1")

    def test_cannot_shrink_below_what_is_spoken_for(self) -> None:
        budget = budget_of("100")
        asked("40")
        with pytest.raises(IllegalAct, match="40.00"):
            recoveries.set_budget(budget, euros("30"), by=manager_milo(), at=LATER)
        recoveries.set_budget(budget, euros("40"), by=manager_milo(), at=LATER)
        assert left(budget) == 0

    def test_shows_what_is_promised_given_and_left(self) -> None:
        budget_of("200")
        recoveries.give(asked("50"), reference="", by=agent_ana(), at=LATER)
        asked("30")
        [line] = recovery_costs.budget_lines(MONTH)
        assert (line.spent, line.reserved, line.left) == (
            euros("50"),
            euros("30"),
            euros("120"),
        )
        assert line.used_percent == 40


class TestTheLedger:
    def test_refuses_a_movement_that_does_not_add_up(self) -> None:
        entry = LedgerEntry(
            movement=uuid4(), account="company", amount=5, what="x", by="", at=LATER
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError), transaction.atomic():
            entry.save()

    def test_cannot_be_changed(self) -> None:
        budget_of("100")
        with pytest.raises(IntegrityError), transaction.atomic():
            LedgerEntry.objects.update(amount=0)
        with pytest.raises(IntegrityError), transaction.atomic():
            LedgerEntry.objects.all().delete()


class TestMoney(TestCase):
    @settings(max_examples=15)
    @given(st.lists(st.tuples(st.integers(1, 60), st.sampled_from("grw")), max_size=8))
    def test_is_never_made_or_lost(self, gestures: list[tuple[int, str]]) -> None:
        budget = budget_of("100")
        ticket = ticket_for(mara_detractor())
        for amount, fate in gestures:
            try:
                recovery = asked(str(amount), by=lead_lena(), ticket=ticket)
            except OverBudget:
                continue
            if fate == "g":
                recoveries.give(recovery, reference="", by=lead_lena(), at=LATER)
            elif fate == "w":
                recoveries.withdraw(recovery, by=lead_lena(), at=LATER)
        sides = (ledger.budget_account, ledger.reserved_account, ledger.spent_account)
        held = ledger.balances([side(budget) for side in sides])
        assert sum(held.values()) == 100
        assert min(held.values()) >= 0
        assert ledger.balance(ledger.COMPANY) == -100


class TestTheCost:
    def test_is_told_per_customer_who_was_won_back(self) -> None:
        budget_of("200")
        ticket = ticket_for(mara_detractor())
        recoveries.give(
            asked("50", ticket=ticket), reference="", by=agent_ana(), at=LATER
        )
        milo = manager_milo()
        assert recovery_costs.cost_for(milo, month=MONTH).each is None
        ticket.closure = Ticket.Closure.CONFIRMED
        ticket.save(update_fields=["closure"])
        cost = recovery_costs.cost_for(milo, month=MONTH)
        assert (cost.spent, cost.recovered, cost.each) == (euros("50"), 1, euros("50"))


class TestThePages:
    def test_offer_a_gesture_on_the_ticket(self, client: Client) -> None:
        wanted = RecoveryBudget(
            team=service_team(), month=recoveries.month_of(MONDAY_NINE)
        )
        ticket = ticket_for(mara_detractor())
        client.force_login(agent_ana())
        url = f"/tickets/{ticket.number}/recoveries/"
        assert client.get(url).status_code == 200
        gift = {"kind": "gift", "amount": "20", "text": "Flowers"}
        refused = client.post(url, gift)
        assert refused.status_code == 409
        assert "raise the budget" in refused.content.decode()
        wanted.month = recoveries.month_of(timezone.now())
        recoveries.set_budget(wanted, euros("99"), by=manager_milo(), at=timezone.now())
        assert client.post(url, gift).status_code == 302
        page = client.get(ticket.get_absolute_url()).content.decode()
        assert "EUR 20.00" in page

    def test_let_a_lead_approve_and_an_agent_give(self, client: Client) -> None:
        budget_of("500")
        recovery = asked("80")
        client.force_login(lead_lena())
        assert (
            "Approve"
            in client.get(f"/tickets/recoveries/{recovery.pk}/").content.decode()
        )
        assert (
            client.post(f"/tickets/recoveries/{recovery.pk}/approve/").status_code
            == 302
        )
        client.force_login(agent_ana())
        url = f"/tickets/recoveries/{recovery.pk}/give/"
        assert client.post(url, {"reference": "V-1"}).status_code == 302
        recovery.refresh_from_db()
        assert recovery.state == Recovery.State.GIVEN

    def test_say_why_not(self, client: Client) -> None:
        budget_of("500")
        recovery = asked("80")
        client.force_login(agent_ana())
        url = f"/tickets/recoveries/{recovery.pk}/approve/"
        assert client.post(url).status_code == 409
        client.force_login(lead_lena())
        url = f"/tickets/recoveries/{recovery.pk}/refuse/"
        assert client.post(url, {"reason": ""}).status_code == 422

    def test_stay_within_the_scope(self, client: Client) -> None:
        budget_of("500")
        recovery = asked("80")
        lena = lead_lena()
        DataScope.objects.create(
            user=lena, effect="allow", dimension="region", value="Mars"
        )
        client.force_login(User.objects.get(pk=lena.pk))
        assert client.get(f"/tickets/recoveries/{recovery.pk}/").status_code == 404
        assert client.get("/tickets/recoveries/").context["waiting"] == 0
        client.force_login(executive_eva())
        assert client.get("/tickets/recoveries/").status_code == 403

    @pytest.mark.parametrize("which", ["waiting", "approved", "all"])
    def test_list_gestures(self, client: Client, which: str) -> None:
        budget_of("500")
        asked("80")
        asked("40")
        client.force_login(lead_lena())
        page = client.get(f"/tickets/recoveries/?list={which}&month=2026-03")
        found = {"waiting": 1, "approved": 1, "all": 2}[which]
        assert len(page.context["page_obj"].object_list) == found

    def test_export_a_month(self, client: Client) -> None:
        budget_of("500")
        asked("80")
        client.force_login(lead_lena())
        answer = client.get("/tickets/recoveries/export.csv?month=2026-03")
        assert b"Two hours late" in answer.getvalue()

    def test_set_budgets_and_limits(self, client: Client) -> None:
        team = service_team()
        client.force_login(manager_milo())
        url = "/tickets/recoveries/budgets/?month=2026-03"
        assert client.get(url).status_code == 200
        sent = {f"team-{team.pk}": "300", "role-agent": "10"}
        assert client.post(url, sent).status_code == 302
        assert RecoveryBudget.objects.get().amount == 300
        assert RecoveryLimit.objects.get(role="agent").amount == 10
        wrong = client.post(url, {f"team-{team.pk}": "-1"})
        assert wrong.status_code == 422
        client.force_login(lead_lena())
        assert client.get(url).status_code == 403
