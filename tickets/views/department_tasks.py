"""The tasks of departments: their list, and one with the acts on it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from teams.access import StaffRequest, requires
from teams.models import User
from teams.roles import Ability
from tickets import department_tasks, task_lists
from tickets.models import IllegalAct, Task, Ticket
from tickets.task_forms import DroppingForm, HandingOnForm, OfTaskForm, ResultForm

PAGE = 50


@dataclass(frozen=True)
class TaskAct:
    """A form, what it does to the task, and the words around it."""

    name: str
    title: Promise
    button: Promise
    done: Promise
    form: type[OfTaskForm]
    perform: Callable[..., None]
    is_allowed: Callable[[Task, User], bool]


ACTS = {
    act.name: act
    for act in (
        TaskAct(
            "task_result",
            _("Say that it is done"),
            _("Task is done"),
            _("The task is done; the owner of the ticket was told."),
            ResultForm,
            department_tasks.finish_task,
            department_tasks.may_work_on,
        ),
        TaskAct(
            "task_assignment",
            _("Hand on"),
            _("Hand the task on"),
            _("The task has a new owner."),
            HandingOnForm,
            department_tasks.hand_on_task,
            department_tasks.may_work_on,
        ),
        TaskAct(
            "task_dropping",
            _("Drop"),
            _("Drop the task"),
            _("The task is dropped."),
            DroppingForm,
            department_tasks.drop_task,
            department_tasks.may_drop,
        ),
    )
}


@requires(Ability.WORK_TICKETS)
@require_safe
def task_list(request: StaffRequest) -> HttpResponse:
    user, words = request.user, request.GET.get("q", "")[:100]
    closed = request.GET.get("show") == "closed"
    tasks = task_lists.tasks_for(user, words=words, closed=closed)
    counts = task_lists.tab_counts(tasks, user)
    tab = request.GET.get("tab", "")
    if tab not in task_lists.Tab.values:
        tab = task_lists.Tab.MINE if counts["mine"] else task_lists.Tab.TEAM
    shown = task_lists.in_tab(tasks, tab, user)
    context = {
        "tabs": [(tab, counts[tab.value]) for tab in task_lists.Tab],
        "current_tab": tab,
        "page_obj": Paginator(shown, PAGE).get_page(request.GET.get("page")),
        "words": words,
        "closed": closed,
        "now": timezone.now(),
    }
    return render(request, "tickets/tasks.html", context)


@requires(Ability.WORK_TICKETS)
@require_safe
def task(request: StaffRequest, pk: int) -> HttpResponse:
    found, user = task_for(request.user, pk), request.user
    return render(request, "tickets/task.html", _page(found, user))


@requires(Ability.WORK_TICKETS)
def task_act(request: StaffRequest, pk: int, name: str) -> HttpResponse:
    """A page with the form, and its POST."""
    found, wanted = task_for(request.user, pk), ACTS[name]
    data = request.POST if request.method == "POST" else None
    form, status = wanted.form(data, task=found), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                wanted.perform(
                    found, by=request.user, at=timezone.now(), **form.cleaned_data
                )
            except IllegalAct as refusal:
                form.add_error(None, str(refusal))
                status = 409
            else:
                messages.success(request, str(wanted.done))
                return redirect(found)
    context = {"task": found, "act": wanted, "form": form}
    return render(request, "tickets/task_act.html", context, status=status)


def task_for(user: User, pk: int) -> Task:
    """The task if the person may see it, else 404."""
    seen = Task.objects.visible_to(user).select_related(
        "ticket__touchpoint",
        "ticket__team",
        "ticket__assignee",
        "ticket__response",
        "team__working_hours",
        "team__lead",
        "assignee",
        "created_by",
    )
    return get_object_or_404(seen, pk=pk)


def _page(task: Task, user: User) -> dict[str, Any]:
    acts = [act for act in ACTS.values() if task.is_open and act.is_allowed(task, user)]
    return {
        "task": task,
        "hours": task.team.working_hours,
        "clock": task.clock,
        "acts": [(act, act.form(task=task, auto_id=f"{act.name}-%s")) for act in acts],
        # The ticket's own page is for those who see the ticket.
        "sees_ticket": Ticket.objects.visible_to(user)
        .filter(pk=task.ticket_id)
        .exists(),
        "now": timezone.now(),
    }
