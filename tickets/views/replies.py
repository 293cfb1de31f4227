"""Letters to a customer: looked at before, tried again after; and the files in them."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.models import Message
from teams.access import StaffRequest, requires
from teams.roles import Ability
from tickets import attachments, replies
from tickets.mail_forms import ReplyForm
from tickets.models import Attachment, IllegalAct, Ticket
from tickets.views.case import ticket_for

# Nothing in a customer's file may act in our name, even where it is opened.
HARMLESS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


@requires(Ability.WORK_TICKETS)
@require_POST
def preview(request: StaffRequest, number: int) -> HttpResponse:
    """The letter as the customer would get it. Nothing is sent or kept."""
    ticket = ticket_for(request.user, number)
    words = replies.Words(
        request.POST.get("subject", "")[:200],
        request.POST.get("text", "")[:20_000],
        request.POST.get("language", ""),
    ).tidied()
    form = ReplyForm(request.POST, ticket=ticket, user=request.user)
    form.full_clean()
    if "language" in form.errors:
        raise Http404
    letter = replies.letter_of(ticket, words, by=request.user)
    context = {"ticket": ticket, "letter": letter, "to": ticket.customer}
    return render(request, "tickets/reply_preview.html", context)


@requires(Ability.WORK_TICKETS)
@require_POST
def send_again(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    ticket = ticket_for(request.user, number)
    message = get_object_or_404(Message, pk=pk, thread=ticket.thread)
    try:
        replies.send_again(ticket, message, by=request.user, at=timezone.now())
    except IllegalAct as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is sent again within a few seconds."))
    return redirect(ticket)


@requires(Ability.WORK_TICKETS)
@require_safe
def download(request: StaffRequest, pk: UUID) -> FileResponse:
    seen = Ticket.objects.visible_to(request.user)
    attachment = get_object_or_404(Attachment, pk=pk, ticket__in=seen)
    try:
        content = attachments.path_of(attachment).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    attachments.record_download(attachment, by=request.user, at=timezone.now())
    return FileResponse(
        content,
        as_attachment=True,
        filename=attachment.name,
        content_type=attachment.content_type,
        headers=HARMLESS,
    )
