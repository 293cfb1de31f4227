"""Use case: a gesture is asked for, approved by others where it is dear, and given.

Its money is set aside when it is asked for, so that two people never spend the same. Up
to their role's limit people decide alone. Above it another person has to say yes; above
what team leads may give, two have to, the second one with a limit that covers it.
"""

from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from events import outbox
from surveys.intake import local_day
from teams.access import can
from teams.models import User
from teams.notices import notify
from teams.roles import Ability, Role
from tickets import ledger
from tickets.models import (
    IllegalAct,
    Recovery,
    RecoveryApproval,
    RecoveryBudget,
    RecoveryLimit,
    Ticket,
)

State = Recovery.State


class OverBudget(IllegalAct):
    """There is not enough money left for it; the sentence says who can raise it."""


@transaction.atomic
def ask(
    ticket: Ticket, *, kind: str, amount: Decimal, text: str, by: User, at: datetime
) -> Recovery:
    """Within the own limit it is approved at once. Raises OverBudget or IllegalAct."""
    ticket.hold()
    if amount < 0 or (not amount and kind != Recovery.Kind.CALL):
        raise IllegalAct(_("Say what it costs."))
    budget = _with_room_for(ticket, amount, at=at)
    needed = approvals_for(amount, by=by)
    recovery = Recovery.objects.create(
        ticket=ticket,
        budget=budget,
        kind=kind,
        amount=amount,
        text=text.strip(),
        state=State.ASKED if needed else State.APPROVED,
        approvals_needed=needed,
        asked_by=by,
        asked_at=at,
        decided_at=None if needed else at,
    )
    ledger.move(
        amount,
        source=ledger.budget_account(budget),
        target=ledger.reserved_account(budget),
        what="set aside",
        by=by.email,
        at=at,
        recovery=recovery,
    )
    _record("recovery.asked", recovery, by=by, at=at)
    _tell_deciders(recovery, at=at)
    return recovery


@transaction.atomic
def approve(recovery: Recovery, *, by: User, at: datetime) -> None:
    """Raises IllegalAct for who may not, or not alone."""
    recovery = _held(recovery)
    _refuse_unless_asked(recovery)
    refusal = refusal_of(recovery, by)
    if refusal:
        raise IllegalAct(refusal)
    RecoveryApproval.objects.create(recovery=recovery, by=by, at=at)
    _record("recovery.approved", recovery, by=by, at=at)
    if recovery.approvals.count() >= recovery.approvals_needed:
        recovery.state, recovery.decided_at = State.APPROVED, at
        recovery.save(update_fields=["state", "decided_at"])
        _tell(recovery.asked_by_id, "recovery_approved", recovery, at=at)
    _tell_deciders(recovery, at=at)


@transaction.atomic
def refuse(recovery: Recovery, *, reason: str, by: User, at: datetime) -> None:
    """The money goes back. Raises IllegalAct."""
    recovery = _held(recovery)
    _refuse_unless_asked(recovery)
    if by.pk == recovery.asked_by_id or not can(by, Ability.ASSIGN_TICKETS):
        raise IllegalAct(_("Only a team lead or a manager can refuse a gesture."))
    recovery.refusal = reason.strip()
    _undo(recovery, State.REFUSED, by=by, at=at)
    _tell(recovery.asked_by_id, "recovery_refused", recovery, at=at)


@transaction.atomic
def withdraw(recovery: Recovery, *, by: User, at: datetime) -> None:
    """By whoever asked, or by whoever may decide, as long as it is not given."""
    recovery = _held(recovery)
    if recovery.is_settled:
        raise IllegalAct(_("This gesture is settled already."))
    if by.pk != recovery.asked_by_id and not can(by, Ability.ASSIGN_TICKETS):
        raise IllegalAct(_("Only who asked for it can withdraw it."))
    _undo(recovery, State.CANCELLED, by=by, at=at)


@transaction.atomic
def give(recovery: Recovery, *, reference: str, by: User, at: datetime) -> None:
    """The customer has it now; the money is spent. Raises IllegalAct."""
    recovery = _held(recovery)
    if recovery.state != State.APPROVED:
        raise IllegalAct(_("Only an approved gesture can be given."))
    recovery.state, recovery.given_at = State.GIVEN, at
    recovery.reference = reference.strip()
    recovery.save(update_fields=["state", "given_at", "reference"])
    ledger.move(
        recovery.amount,
        source=ledger.reserved_account(recovery.budget),
        target=ledger.spent_account(recovery.budget),
        what="given",
        by=by.email,
        at=at,
        recovery=recovery,
    )
    _record("recovery.given", recovery, by=by, at=at)


def refusal_of(recovery: Recovery, by: User) -> str:
    """Why this person cannot approve it now; empty where they can."""
    if by.pk == recovery.asked_by_id:
        return _("Somebody else has to approve what you asked for.")
    if not can(by, Ability.ASSIGN_TICKETS):
        return _("A team lead or a manager has to approve it.")
    given = list(recovery.approvals.values_list("by", flat=True))
    if by.pk in given:
        return _("You have approved it; a second person has to, too.")
    is_last = len(given) + 1 >= recovery.approvals_needed
    if is_last and limit_of(by.role) < recovery.amount:
        return _("It costs more than you may approve; a manager has to.")
    return ""


def deciders(recovery: Recovery) -> list[User]:
    """Whose word it waits for: the lead's, or where that does not do a manager's."""
    if recovery.state != State.ASKED:
        return []
    ticket = recovery.ticket
    if not refusal_of(recovery, ticket.team.lead):
        return [ticket.team.lead]
    return [
        person
        for person in _managers()
        if not refusal_of(recovery, person)
        and Ticket.objects.visible_to(person).filter(pk=ticket.pk).exists()
    ]


def limit_of(role: str) -> Decimal:
    """What people of this role may give without asking."""
    line = RecoveryLimit.objects.filter(role=role).first()
    return line.amount if line else ledger.NOTHING


def approvals_for(amount: Decimal, *, by: User) -> int:
    """How many others have to say yes."""
    if amount <= limit_of(by.role):
        return 0
    return 1 if amount <= limit_of(Role.TEAM_LEAD) else 2


@transaction.atomic
def set_budget(
    budget: RecoveryBudget, amount: Decimal, *, by: User, at: datetime
) -> None:
    """Of a saved or a new budget. Raises IllegalAct where more is spoken for."""
    budget, _made = RecoveryBudget.objects.select_for_update().get_or_create(
        team=budget.team, month=budget.month, defaults={"amount": ledger.NOTHING}
    )
    change = amount - budget.amount
    left = ledger.balance(ledger.budget_account(budget))
    if left + change < 0:
        taken = money(budget.amount - left)
        raise IllegalAct(
            _("%(team)s has spent or promised %(taken)s already.")
            % {"team": budget.team, "taken": taken}
        )
    if not change:
        return
    budget.amount = amount
    budget.save(update_fields=["amount"])
    account = ledger.budget_account(budget)
    source, target = (
        (ledger.COMPANY, account) if change > 0 else (account, ledger.COMPANY)
    )
    ledger.move(
        abs(change), source=source, target=target, what="budget", by=by.email, at=at
    )
    outbox.record(
        "recovery_budget.changed",
        subject=("team", budget.team_id),
        at=at,
        actor=by.email[:80],
        payload={"month": budget.month.isoformat(), "amount": str(amount)},
    )


def month_of(at: datetime) -> date:
    """The first day of the company's month."""
    return local_day(at).replace(day=1)


def money(amount: Decimal) -> str:
    return f"{settings.CURRENCY} {number_format(amount, 2, use_l10n=True)}"


def _with_room_for(ticket: Ticket, amount: Decimal, *, at: datetime) -> RecoveryBudget:
    """The team's budget of this month, held. Raises OverBudget."""
    month = month_of(at)
    budget = (
        RecoveryBudget.objects.select_for_update()
        .filter(team=ticket.team_id, month=month)
        .first()
    )
    left = ledger.balance(ledger.budget_account(budget)) if budget else ledger.NOTHING
    if budget is None or left < amount:
        raise OverBudget(
            _(
                "%(team)s has %(left)s left for gestures in %(month)s. Ask %(people)s "
                "to raise the budget, then ask again."
            )
            % {
                "team": ticket.team,
                "left": money(left),
                "month": date_format(month, "YEAR_MONTH_FORMAT"),
                "people": _budget_keepers(),
            }
        )
    return budget


def _budget_keepers() -> str:
    names = [str(person) for person in _managers()[:3]]
    return ", ".join(names) or _("an administrator")


def _managers() -> QuerySet[User]:
    managers = User.objects.filter(is_active=True, role=Role.CX_MANAGER)
    return managers.order_by("name", "pk")


def _undo(recovery: Recovery, state: str, *, by: User, at: datetime) -> None:
    recovery.state, recovery.decided_at = state, at
    recovery.save(update_fields=["state", "decided_at", "refusal"])
    ledger.move(
        recovery.amount,
        source=ledger.reserved_account(recovery.budget),
        target=ledger.budget_account(recovery.budget),
        what=state,
        by=by.email,
        at=at,
        recovery=recovery,
    )
    _record(f"recovery.{state}", recovery, by=by, at=at)


def _held(recovery: Recovery) -> Recovery:
    """Locked and read again, with its ticket locked before it."""
    recovery.ticket.hold()
    rows = Recovery.objects.select_for_update(of=("self",))
    found = rows.select_related("budget__team", "ticket__team").get(pk=recovery.pk)
    found.ticket = recovery.ticket
    return found


def _refuse_unless_asked(recovery: Recovery) -> None:
    if recovery.state != State.ASKED:
        raise IllegalAct(_("This gesture has been decided already."))


def _record(name: str, recovery: Recovery, *, by: User, at: datetime) -> None:
    recovery.ticket.record(
        name,
        by=by,
        at=at,
        recovery=recovery.pk,
        kind=str(recovery.kind),
        amount=str(recovery.amount),
    )


def _tell_deciders(recovery: Recovery, *, at: datetime) -> None:
    for person in deciders(recovery):
        _tell(person.pk, "recovery_asked", recovery, at=at)


def _tell(person: int, kind: str, recovery: Recovery, *, at: datetime) -> None:
    notify(
        person,
        kind,
        at=at,
        url=f"/tickets/recoveries/{recovery.pk}/",
        number=recovery.ticket_id,
        amount=money(recovery.amount),
    )
