"""Acts on many tickets: choose them in the list, say what, see what came of it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from teams.access import StaffRequest, can, requires
from teams.models import User
from teams.roles import Ability
from tickets import desk
from tickets.bulk_acts import KINDS, MOST, Kind, can_undo, perform, undo
from tickets.desk_form import DeskForm
from tickets.models import BulkAct, IllegalAct, Rule, Ticket
from tickets.models.pause import Pause
from tickets.routing import WORKERS

PERSON = {"assign": _("New assignee"), "watch": _("Watcher")}


class ValueForm(forms.Form):
    """What an act sets: a person, a priority, a word, a reason, or nothing."""

    def __init__(self, data: Any, *, kind: Kind, user: User) -> None:
        super().__init__(data)
        field = _field_for(kind, user)
        if field:
            self.fields["value"] = field

    @property
    def value(self) -> str:
        value = self.cleaned_data.get("value", "")
        return str(value.pk) if isinstance(value, User) else str(value).strip()


@requires(Ability.WORK_TICKETS)
@require_POST
def bulk(request: StaffRequest) -> HttpResponse:
    """First the chosen tickets and a question, then, with its answer, the act."""
    query = request.POST.get("query", "")[:2_000]
    kind = KINDS.get(request.POST.get("act", ""))
    now = timezone.now()
    numbers = _chosen(request, query)
    if kind is None or not numbers:
        messages.warning(request, gettext("Choose one or more tickets first."))
        return redirect(_list_of(query))
    if len(numbers) > MOST:
        words = gettext("At most %(most)d tickets at once. Narrow the list first.")
        messages.warning(request, words % {"most": MOST})
        return redirect(_list_of(query))
    is_answer = "confirmed" in request.POST
    form = ValueForm(request.POST if is_answer else None, kind=kind, user=request.user)
    if is_answer and form.is_valid():
        outcome = perform(kind, numbers, form.value, by=request.user, at=now)
        outcome.act.after = {**outcome.act.after, "query": query}
        outcome.act.save(update_fields=["after"])
        return redirect("tickets:bulk_result", outcome.act.pk)
    context = {
        "kind": kind,
        "form": form,
        "query": query,
        "back": _list_of(query),
        "tickets": _lines(request.user, numbers),
        "numbers": ",".join(map(str, numbers)),
        "count": len(numbers),
    }
    status = 422 if is_answer else 200
    return render(request, "tickets/bulk.html", context, status=status)


@requires(Ability.WORK_TICKETS)
@require_safe
def result(request: StaffRequest, pk: int) -> HttpResponse:
    act = get_object_or_404(BulkAct, pk=pk, by=request.user)
    context = {
        "act": act,
        "kind": KINDS[act.act],
        "done": _lines(request.user, [int(number) for number in act.before]),
        "refused": act.after.get("refused", []),
        "kept": act.after.get("kept", []),
        "can_undo": can_undo(act, at=timezone.now()),
        "back": _list_of(act.after.get("query", "")),
    }
    return render(request, "tickets/bulk_result.html", context)


@requires(Ability.WORK_TICKETS)
@require_POST
def undo_bulk(request: StaffRequest, pk: int) -> HttpResponse:
    act = get_object_or_404(BulkAct, pk=pk, by=request.user)
    try:
        outcome = undo(act, by=request.user, at=timezone.now())
    except IllegalAct as refusal:
        messages.warning(request, str(refusal))
    else:
        count = len(outcome.done)
        words = ngettext(
            "Undone on %(count)d ticket.", "Undone on %(count)d tickets.", count
        )
        messages.success(request, words % {"count": count})
    return redirect("tickets:bulk_result", act.pk)


def _chosen(request: StaffRequest, query: str) -> list[int]:
    """The ticked tickets, or all that the list finds; one more than allowed at most."""
    if request.POST.get("all") and "confirmed" not in request.POST:
        params = dict(parse_qsl(query))
        form = DeskForm(params, user=request.user)
        if not form.is_valid():
            return []
        wanted = desk.Wanted(request.user, form.cleaned_data, timezone.now())
        found = wanted.in_tab(form.tab_name).order_by()
        return list(found.values_list("number", flat=True)[: MOST + 1])
    words = ",".join(request.POST.getlist("numbers")).split(",")
    numbers = {
        int(word)
        for word in words
        if word.isascii() and word.isdigit() and len(word) < 18
    }
    return sorted(numbers)[: MOST + 1]


def _lines(user: User, numbers: Sequence[int]) -> list[Ticket]:
    seen = Ticket.objects.visible_to(user).filter(number__in=numbers)
    return list(seen.only("number", "subject").order_by("number"))


def _list_of(query: str) -> str:
    return f"{reverse('tickets:list')}?{query}" if query else reverse("tickets:list")


def _field_for(kind: Kind, user: User) -> forms.Field | None:
    match kind.name:
        case "assign" | "watch":
            return forms.ModelChoiceField(
                _people(kind, user),
                label=PERSON[kind.name],
                empty_label=_("Choose…"),
            )
        case "priority":
            return forms.ChoiceField(
                label=_("Priority"),
                choices=[("", _("Choose…")), *Rule.Priority.choices],
            )
        case "tag":
            return forms.CharField(label=_("Tag"), max_length=40)
        case "pause":
            return forms.ChoiceField(
                label=_("Why"),
                choices=[
                    (Pause.Reason.CUSTOMER.value, Pause.Reason.CUSTOMER.label),
                    (Pause.Reason.SUPPLIER.value, Pause.Reason.SUPPLIER.label),
                ],
                help_text=_("A date for a later call is set on the ticket itself."),
            )
        case _:
            return None


def _people(kind: Kind, user: User) -> Any:
    workers = User.objects.filter(is_active=True, role__in=WORKERS)
    if kind.name == "watch" or can(user, Ability.ASSIGN_TICKETS):
        return workers.order_by("name", "pk")
    shared = user.memberships.values("team")
    mates = workers.filter(memberships__team__in=shared) | workers.filter(pk=user.pk)
    return mates.distinct().order_by("name", "pk")
