"""Ready-made words: the list, its forms, and the words of one filled in for a ticket."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from teams.access import StaffRequest, requires
from teams.roles import Ability
from tickets import macros
from tickets.case_forms import MacroForm
from tickets.models import Macro
from tickets.views.case import ticket_for


@requires(Ability.ASSIGN_TICKETS)
@require_safe
def macro_list(request: StaffRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = macros.editable_by(request.user).select_related("team").order_by("name")
    if words:
        found = macros.holding(found, words)
    context = {"macros": found, "q": words}
    return render(request, "tickets/macros.html", context)


@requires(Ability.ASSIGN_TICKETS)
def macro(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Write a new one, or change one."""
    editable = macros.editable_by(request.user)
    found = get_object_or_404(editable, pk=pk) if pk else Macro()
    form = MacroForm(request.POST or None, instance=found, user=request.user)
    if request.method == "POST" and form.is_valid():
        macros.save(form.save(commit=False), by=request.user, at=timezone.now())
        messages.success(request, _("The words are saved."))
        return redirect("tickets:macros")
    context = {
        "macro": found,
        "form": form,
        "placeholders": macros.PLACEHOLDERS.items(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "tickets/macro.html", context, status=status)


@requires(Ability.ASSIGN_TICKETS)
def macro_deletion(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(macros.editable_by(request.user), pk=pk)
    if request.method == "POST":
        macros.delete(found, by=request.user, at=timezone.now())
        messages.success(request, _("The words are deleted."))
        return redirect("tickets:macros")
    return render(request, "tickets/macro_deletion.html", {"macro": found})


@requires(Ability.WORK_TICKETS)
@require_safe
def macro_words(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    """Subject and text in the customer's language, placeholders filled in."""
    ticket = ticket_for(request.user, number)
    found = get_object_or_404(macros.offered_to(request.user, ticket), pk=pk)
    words = macros.words_for(found, ticket, request.user)
    return JsonResponse({"subject": words.subject, "text": words.text})
