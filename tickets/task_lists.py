"""The list of tasks that departments have: which a person looks at, due first."""

from collections.abc import Mapping

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from teams.models import Team, User
from tickets.models import Task
from tickets.models.case import TaskQuerySet


class Tab(models.TextChoices):
    MINE = "mine", pgettext_lazy("tasks", "Mine")
    TEAM = "team", _("My departments")
    ASKED = "asked", _("Asked for by me")
    ALL = "all", pgettext_lazy("tasks", "All")


def tasks_for(user: User, *, words: str = "", closed: bool = False) -> TaskQuerySet:
    """What the person may see and asks for, over all tabs: due first, or what was
    closed last."""
    tasks = Task.objects.visible_to(user)
    tasks = tasks.closed() if closed else tasks.open()
    if words.strip():
        tasks = tasks.filter(_said(words.strip()))
    order = ("-created_at", "-pk") if closed else ("clock__due_at", "pk")
    return tasks.select_related("ticket", "team", "assignee", "clock").order_by(*order)


def in_tab(tasks: TaskQuerySet, tab: str, user: User) -> TaskQuerySet:
    return tasks.filter(_condition(tab, user))


def tab_counts(tasks: TaskQuerySet, user: User) -> Mapping[str, int]:
    """How many tasks each tab lists, in one statement."""
    counts: dict[str, int] = tasks.order_by().aggregate(
        **{
            tab.value: models.Count("pk", filter=_condition(tab, user), distinct=True)
            for tab in Tab
        }
    )
    return counts


def _condition(tab: str, user: User) -> Q:
    match tab:
        case Tab.MINE:
            return Q(assignee=user)
        case Tab.TEAM:
            mine = Team.objects.of(user)
            return Q(team__in=mine)
        case Tab.ASKED:
            return Q(created_by=user) | Q(ticket__assignee=user)
        case _:
            return Q()


def _said(words: str) -> Q:
    number = words.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 18:
        return Q(ticket=int(number))
    return (
        Q(title__icontains=words)
        | Q(text__icontains=words)
        | Q(ticket__subject__icontains=words)
        | Q(team__name__icontains=words)
    )
