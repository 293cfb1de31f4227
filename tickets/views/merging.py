"""Two tickets: merged, taken apart again, split, or only linked."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from teams.access import StaffRequest, requires
from teams.models import User
from teams.roles import Ability
from tickets import linking, merging, splitting, staleness
from tickets.case_forms import LinkForm, SplitForm
from tickets.models import IllegalAct, Ticket, TicketLink
from tickets.views.case import ticket_for

MOST_FOUND = 20


@requires(Ability.WORK_TICKETS)
def merge(request: StaffRequest, number: int) -> HttpResponse:
    """Choose the other one, see what would happen, do it."""
    ticket = ticket_for(request.user, number)
    into = _find(request.user, request.POST.get("into") or request.GET.get("into", ""))
    refusal = ""
    if request.method == "POST" and into is not None:
        stamp = request.POST.get("stamp", "")
        try:
            with transaction.atomic():
                if staleness.find_change(ticket, stamp, by=request.user):
                    raise IllegalAct(_("This ticket changed meanwhile: look again."))
                merging.merge(ticket, into=into, by=request.user, at=timezone.now())
        except IllegalAct as illegal:
            refusal = str(illegal)
            ticket, into = _again(request.user, ticket), _again(request.user, into)
        else:
            messages.success(request, _("The tickets are one now."))
            return redirect(into)
    context = {
        "ticket": ticket,
        "into": into,
        "preview": merging.preview(ticket, into) if into else None,
        "refusal": refusal,
        "stamp": staleness.stamp_of(ticket),
        "candidates": merging.candidates(ticket, request.user)[:MOST_FOUND],
        **_search(request, ticket),
    }
    status = 409 if refusal else 200
    return render(request, "tickets/merge.html", context, status=status)


@requires(Ability.WORK_TICKETS)
def unmerge(request: StaffRequest, number: int) -> HttpResponse:
    ticket = ticket_for(request.user, number)
    if ticket.merged_into is None:
        raise Http404
    refusal = ""
    if request.method == "POST":
        try:
            merging.unmerge(ticket, by=request.user, at=timezone.now())
        except IllegalAct as illegal:
            refusal = str(illegal)
            ticket = _again(request.user, ticket)
        else:
            messages.success(request, _("The ticket stands by itself again."))
            return redirect(ticket)
    context = {"ticket": ticket, "refusal": refusal}
    status = 409 if refusal else 200
    return render(request, "tickets/unmerge.html", context, status=status)


@requires(Ability.WORK_TICKETS)
def split(request: StaffRequest, number: int) -> HttpResponse:
    ticket = ticket_for(request.user, number)
    form = SplitForm(request.POST or None, ticket=ticket)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                new = splitting.split(
                    ticket,
                    form.part,
                    subject=form.cleaned_data["subject"],
                    by=request.user,
                    at=timezone.now(),
                )
            except IllegalAct as illegal:
                form.add_error(None, str(illegal))
                status = 409
            else:
                messages.success(request, _("This is the new ticket."))
                return redirect(new)
    context = {"ticket": ticket, "form": form}
    return render(request, "tickets/split.html", context, status=status)


@requires(Ability.WORK_TICKETS)
@require_safe
def links(request: StaffRequest, number: int) -> HttpResponse:
    """Find the ticket to link with."""
    ticket = ticket_for(request.user, number)
    form = LinkForm(request.GET if "q" in request.GET else None)
    context = {
        "ticket": ticket,
        "form": form,
        "kind": request.GET.get("kind", TicketLink.Kind.RELATED),
        **_search(request, ticket),
    }
    return render(request, "tickets/links.html", context)


@requires(Ability.WORK_TICKETS)
@require_POST
def link(request: StaffRequest, number: int) -> HttpResponse:
    ticket = ticket_for(request.user, number)
    other = _find(request.user, request.POST.get("other", ""))
    kind = request.POST.get("kind", "")
    if other is None or kind not in (
        TicketLink.Kind.RELATED,
        TicketLink.Kind.DUPLICATE,
    ):
        raise Http404
    try:
        linking.link(ticket, other=other, kind=kind, by=request.user, at=timezone.now())
    except IllegalAct as illegal:
        messages.error(request, str(illegal))
    else:
        messages.success(request, _("The tickets are linked."))
    return redirect(ticket)


@requires(Ability.WORK_TICKETS)
@require_POST
def unlink(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    ticket = ticket_for(request.user, number)
    ends = ticket.links.all() | ticket.linked_from.all()
    found = get_object_or_404(ends.select_related("ticket", "other"), pk=pk)
    try:
        linking.unlink(ticket, link=found, by=request.user, at=timezone.now())
    except IllegalAct as illegal:
        messages.error(request, str(illegal))
    return redirect(ticket)


def _search(request: StaffRequest, ticket: Ticket) -> dict[str, object]:
    """Tickets by number or words that the person may see, without this one."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    if not words:
        return {"q": "", "found": None}
    seen = Ticket.objects.visible_to(request.user).search(words)
    others = seen.exclude(pk=ticket.pk).select_related("assignee", "customer")
    return {"q": words, "found": others.order_by("-number")[:MOST_FOUND]}


def _find(user: User, number: str) -> Ticket | None:
    number = number.strip().removeprefix("#")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    return Ticket.objects.visible_to(user).filter(number=int(number)).first()


def _again(user: User, ticket: Ticket) -> Ticket:
    return ticket_for(user, ticket.number)
