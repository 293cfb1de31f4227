"""One ticket, and the acts on it: each act is a sub-resource with its own form."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from events import audit
from teams.access import StaffRequest, requires
from teams.models import User
from teams.roles import Ability
from tickets import (
    closure,
    contacts,
    department_tasks,
    description,
    follow_up,
    macros,
    merging,
    pauses,
    policies,
    replies,
    staleness,
    watching,
)
from tickets.case_forms import DescriptionForm, NoteWithFilesForm
from tickets.clock_forms import PauseForm, PriorityForm, ResumeForm
from tickets.customer_facts import facts_of
from tickets.forms import (
    ActForm,
    AssignmentForm,
    ContactForm,
    ReopeningForm,
    ResolutionForm,
)
from tickets.history import Audience, history_page
from tickets.mail_forms import ReplyForm
from tickets.models import IllegalAct, Macro, Ticket
from tickets.next_act import next_act_for
from tickets.task_forms import TaskForm
from tickets.views.panels import panels_of


def is_open(ticket: Ticket) -> bool:
    return not ticket.is_resolved


def is_resolved(ticket: Ticket) -> bool:
    return ticket.is_resolved


def always(ticket: Ticket) -> bool:
    return True


def can_be_resolved(ticket: Ticket) -> bool:
    return not ticket.is_resolved and not ticket.needs_contact


@dataclass(frozen=True)
class Act:
    """A form, what it does to the ticket, and the words around it.

    `name` is that of its address too, which its form is sent to.
    `offered` says when the ticket's page has it; `perform` may return the ticket to go
    on with. An act that only adds words among ourselves is not refused where somebody
    else did something meanwhile. `says` names the fields that ready-made words go into: the
    words, and the subject where there is one.
    """

    name: str
    title: Promise
    button: Promise
    done: Promise
    form: type[ActForm]
    perform: Callable[..., object]
    offered: Callable[[Ticket], bool] = is_open
    only_adds: bool = False
    says: tuple[str, ...] = ()


ACTS = {
    act.name: act
    for act in (
        Act(
            "contact",
            _("Log a contact"),
            _("Log contact"),
            _("The contact is logged."),
            ContactForm,
            contacts.log,
            offered=always,
            only_adds=True,
            says=("summary",),
        ),
        Act(
            "reply",
            _("Write to the customer"),
            _("Send the message"),
            _("Your message is on its way."),
            ReplyForm,
            replies.reply,
            offered=replies.can_write,
            says=("text", "subject"),
        ),
        Act(
            "resolution",
            _("Resolve"),
            _("Resolve ticket"),
            _("The ticket is resolved."),
            ResolutionForm,
            closure.resolve,
            offered=can_be_resolved,
        ),
        Act(
            "reopening",
            _("Reopen"),
            _("Reopen ticket"),
            _("The ticket is open again."),
            ReopeningForm,
            follow_up.reopen,
            offered=is_resolved,
        ),
        Act(
            "assignment",
            _("Assign"),
            _("Assign ticket"),
            _("The ticket has a new assignee."),
            AssignmentForm,
            Ticket.assign,
        ),
        Act(
            "pause",
            _("Pause the clocks"),
            _("Pause the clocks"),
            _("The clocks stand still."),
            PauseForm,
            Ticket.pause,
            offered=pauses.is_running,
        ),
        Act(
            "resume",
            _("Let the clocks go on"),
            _("Let the clocks go on"),
            _("The clocks go on."),
            ResumeForm,
            Ticket.resume,
            offered=pauses.is_paused,
        ),
        Act(
            "priority",
            _("Change the priority"),
            _("Change the priority"),
            _("The priority is changed; open promises follow it."),
            PriorityForm,
            policies.change_priority,
        ),
        Act(
            "give_task",
            _("Give a task to a department"),
            _("Give the task"),
            _("The task is given; its own clock runs."),
            TaskForm,
            department_tasks.give_task,
        ),
        Act(
            "note",
            _("Add a note"),
            _("Save note"),
            _("The note is saved."),
            NoteWithFilesForm,
            watching.note,
            offered=always,
            only_adds=True,
            says=("text",),
        ),
        Act(
            "description",
            _("Type and tags"),
            _("Save type and tags"),
            _("Type and tags are saved."),
            DescriptionForm,
            description.describe,
            offered=always,
        ),
    )
}


@requires(Ability.WORK_TICKETS)
@require_safe
def detail(request: StaffRequest, number: int) -> HttpResponse:
    ticket, now = ticket_for(request.user, number), timezone.now()
    seen = ("ticket", ticket.number)
    audit.note("ticket.seen", subject=seen, by=request.user.email, at=now)
    context = {
        "ticket": ticket,
        "panels": panels_of(ticket, request.user, at=now),
        "facts": facts_of(ticket, request.user, at=now),
        "history": history_page(
            ticket,
            show=request.GET.get("show", ""),
            page=_page(request.GET.get("page", "")),
        ),
        "audiences": Audience.choices,
        "opens": _opened_by(request.user, ticket.merged_into),
        "stamp": staleness.stamp_of(ticket),
        "macros": macros.offered_to(request.user, ticket),
        "now": now,
        **_next_act(ticket, request.user, at=now),
    }
    return render(request, "tickets/detail.html", context)


@requires(Ability.WORK_TICKETS)
def act(request: StaffRequest, number: int, name: str) -> HttpResponse:
    """Without JavaScript and with it: a page with the form, and its POST."""
    ticket = ticket_for(request.user, number)
    wanted = ACTS[name]
    if request.method != "POST":
        return _form_page(request, ticket, wanted)
    if "fill" in request.POST:
        return _filled(request, ticket, wanted)
    now = timezone.now()
    form = wanted.form(
        request.POST, files=request.FILES, ticket=ticket, user=request.user
    )
    if not form.is_valid():
        return _form_page(request, ticket, wanted, form, status=422)
    if ticket.merged_into_id is not None:
        return _on_merged(request, ticket, wanted, form)
    stamp = "" if wanted.only_adds else request.POST.get("stamp", "")
    try:
        with transaction.atomic():
            ticket.hold()
            change = staleness.find_change(ticket, stamp, by=request.user)
            if change is not None:
                return _form_page(request, ticket, wanted, form, change, status=409)
            going_on = wanted.perform(
                ticket, by=request.user, at=now, **form.cleaned_data
            )
            _macro_acts(request, ticket, at=now)
    except IllegalAct as refusal:
        form.add_error(None, str(refusal))
        return _form_page(request, ticket, wanted, form, status=409)
    messages.success(request, str(wanted.done))
    return redirect(going_on if isinstance(going_on, Ticket) else ticket)


def ticket_for(user: User, number: int) -> Ticket:
    """The ticket if the person may see it, else 404."""
    seen = Ticket.objects.visible_to(user).select_related(
        "customer__account__owner",
        "merged_into",
        "touchpoint",
        "team__working_hours",
        "assignee",
        "root_cause",
        "response__survey",
        "rule",
    )
    return get_object_or_404(seen, number=number)


def _opened_by(user: User, *tickets: Ticket | None) -> set[int]:
    """The numbers of those that the person may open."""
    numbers = [ticket.pk for ticket in tickets if ticket is not None]
    if not numbers:
        return set()
    seen = Ticket.objects.visible_to(user).filter(pk__in=numbers)
    return set(seen.values_list("pk", flat=True))


def _form_page(
    request: StaffRequest,
    ticket: Ticket,
    act: Act,
    form: ActForm | None = None,
    change: staleness.Change | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The act's form alone; after a refusal with what was typed, and why."""
    context = {
        "ticket": ticket,
        "act": act,
        "form": form or act.form(ticket=ticket, user=request.user),
        "change": change,
        "stamp": staleness.stamp_of(ticket),
        "macros": macros.offered_to(request.user, ticket),
        "chosen_macro": request.POST.get("macro", ""),
    }
    return render(request, "tickets/act.html", context, status=status)


def _on_merged(
    request: StaffRequest, ticket: Ticket, act: Act, form: ActForm
) -> HttpResponse:
    """It was merged while somebody typed: words go where the ticket went."""
    target = merging.where_it_went(ticket)
    seen = Ticket.objects.visible_to(request.user).filter(pk=target.pk).exists()
    if not (act.only_adds and seen):
        words = _("This ticket was merged into #%(number)d meanwhile.")
        form.add_error(None, str(words) % {"number": target.number})
        return _form_page(request, ticket, act, form, status=409)
    act.perform(target, by=request.user, at=timezone.now(), **form.cleaned_data)
    messages.success(request, str(act.done))
    return redirect(target)


def _filled(request: StaffRequest, ticket: Ticket, act: Act) -> HttpResponse:
    """The form again, with the chosen ready-made words in place of what stood there."""
    given = request.POST.copy()
    macro = _chosen_macro(request, ticket)
    if macro is not None:
        words = macros.words_for(macro, ticket, request.user)
        for field, text in zip(act.says, (words.text, words.subject), strict=False):
            given[field] = text or given.get(field, "")
    form = act.form(ticket=ticket, user=request.user, initial=given.dict())
    return _form_page(request, ticket, act, form)


def _macro_acts(request: StaffRequest, ticket: Ticket, *, at: datetime) -> None:
    macro = _chosen_macro(request, ticket)
    if macro is not None:
        macros.apply_acts(macro, ticket, by=request.user, at=at)


def _chosen_macro(request: StaffRequest, ticket: Ticket) -> Macro | None:
    key = request.POST.get("macro", "")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    return macros.offered_to(request.user, ticket).filter(pk=int(key)).first()


def _next_act(ticket: Ticket, user: User, *, at: datetime) -> dict[str, Any]:
    """What to do next, the one primary act with its form, and the others."""
    if ticket.merged_into_id is not None:
        return {"advice": None, "next_act": None, "other_acts": []}
    advice = next_act_for(ticket, at=at)
    offered = [name for name, act in ACTS.items() if act.offered(ticket)]
    first = advice.best_of(offered) if advice else ""
    return {
        "advice": advice,
        "next_act": (ACTS[first], _empty(ACTS[first], ticket, user)) if first else None,
        "other_acts": [
            (ACTS[name], _empty(ACTS[name], ticket, user))
            for name in offered
            if name != first
        ],
    }


def _empty(act: Act, ticket: Ticket, user: User) -> ActForm:
    # Several forms share the page, so each needs ids of its own.
    return act.form(ticket=ticket, user=user, auto_id=f"{act.name}-%s")


def _page(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 1
