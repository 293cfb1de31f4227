"""Mails that belong to no ticket yet: a lead attaches them, or puts them aside."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.models import Customer
from teams.access import StaffRequest, requires
from teams.models import User
from teams.roles import Ability
from tickets import inbound
from tickets.mail_reading import Mail, read_mail
from tickets.models import IllegalAct, InboundMail, Ticket

SHOWN = 50
SUGGESTED = 5


@dataclass(frozen=True)
class _Stray:
    """A mail, who may have written it, and their newest tickets."""

    kept: InboundMail
    mail: Mail
    reason: str
    customers: list[Customer]
    tickets: list[Ticket]


@requires(Ability.ASSIGN_TICKETS)
@require_safe
def mail_list(request: StaffRequest) -> HttpResponse:
    seen = _seen_by(request.user, _unmatched().order_by("received_at", "pk"))
    strays = [_stray(kept, customers, request.user) for kept, customers in seen]
    return render(request, "tickets/mails.html", {"strays": strays})


@requires(Ability.ASSIGN_TICKETS)
@require_safe
def original(request: StaffRequest, pk: int) -> HttpResponse:
    """The mail as it came, to be saved."""
    kept = _stray_for(request.user, pk)
    return HttpResponse(
        bytes(kept.raw),
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="mail-{kept.pk}.eml"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


@requires(Ability.ASSIGN_TICKETS)
@require_POST
def attach(request: StaffRequest, pk: int) -> HttpResponse:
    kept = _stray_for(request.user, pk)
    number = request.POST.get("number", "").strip().removeprefix("#")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        messages.error(request, _("Enter the number of the ticket."))
        return redirect("tickets:mails")
    ticket = Ticket.objects.visible_to(request.user).filter(pk=int(number)).first()
    if ticket is None:
        messages.error(
            request, _("You see no ticket #%(number)s.") % {"number": number}
        )
        return redirect("tickets:mails")
    try:
        going_on = inbound.attach_to(kept, ticket, by=request.user, at=timezone.now())
    except IllegalAct as refusal:
        messages.error(request, str(refusal))
        return redirect("tickets:mails")
    messages.success(
        request,
        _("The mail is on ticket #%(number)d now.") % {"number": going_on.number},
    )
    return redirect("tickets:mails")


@requires(Ability.ASSIGN_TICKETS)
@require_POST
def dismiss(request: StaffRequest, pk: int) -> HttpResponse:
    kept = _stray_for(request.user, pk)
    try:
        inbound.dismiss(kept, by=request.user, at=timezone.now())
    except IllegalAct as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The mail is put aside."))
    return redirect("tickets:mails")


def _unmatched() -> QuerySet[InboundMail]:
    return InboundMail.objects.filter(state=InboundMail.State.UNMATCHED)


def _stray_for(user: User, pk: int) -> InboundMail:
    """404 for a mail of a customer that this person may not see."""
    kept = get_object_or_404(InboundMail, pk=pk)
    if not _seen_by(user, InboundMail.objects.filter(pk=kept.pk)):
        raise Http404
    return kept


def _seen_by(
    user: User, mails: QuerySet[InboundMail]
) -> list[tuple[InboundMail, list[Customer]]]:
    """The mails with the customers who may have written them; left out where those
    are outside the person's scope, or the ticket is that the mail is on."""
    found = list(mails.select_related("ticket")[:SHOWN])
    by_sender = inbound.customers_of([kept.sender for kept in found])
    everybody = [one.pk for customers in by_sender.values() for one in customers]
    visible = set(
        Customer.objects.visible_to(user)
        .filter(pk__in=everybody)
        .values_list("pk", flat=True)
    )
    tickets = set(
        Ticket.objects.visible_to(user)
        .filter(pk__in=[kept.ticket_id for kept in found if kept.ticket_id])
        .values_list("pk", flat=True)
    )
    return [
        (kept, by_sender[kept.sender])
        for kept in found
        if all(one.pk in visible for one in by_sender[kept.sender])
        and (kept.ticket_id is None or kept.ticket_id in tickets)
    ]


def _stray(kept: InboundMail, customers: list[Customer], user: User) -> _Stray:
    theirs = Ticket.objects.visible_to(user).filter(customer__in=customers)
    newest = list(theirs.order_by("-number")[:SUGGESTED]) if customers else []
    mail = read_mail(bytes(kept.raw))
    return _Stray(kept, mail, inbound.reason_words(kept), customers, newest)
