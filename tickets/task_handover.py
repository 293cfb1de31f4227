"""Departments' tasks find another owner when theirs leaves or cannot work any more."""

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from events import outbox
from teams.leaving import ALL, Part
from teams.models import User
from teams.notices import notify
from tickets.colleagues import taker_in
from tickets.handover import HIDDEN, LEFT, reason_of
from tickets.models import Task
from tickets.out_of_sight import hidden_tasks, tasks_hidden_from
from tickets.routing import WORKERS


@transaction.atomic
def clear_tasks(person: User, part: Part = ALL, *, at: datetime) -> int:
    """Give their open tasks to colleagues of the department; return how many."""
    mine = _open_of(person, part).order_by("ticket_id", "pk")
    return sum(_give_on(task, reason=reason_of(part), at=at) for task in mine)


@transaction.atomic
def look_after_tasks(*, at: datetime) -> int:
    """Give on the tasks of those who cannot work on any, or may not see them; return
    how many moved."""
    able = User.objects.filter(is_active=True, role__in=WORKERS)
    left = Task.objects.open().exclude(assignee__in=able).order_by("ticket_id", "pk")
    hidden = Task.objects.open().filter(hidden_tasks()).order_by("ticket_id", "pk")
    moved = sum(_give_on(task, reason=LEFT, at=at) for task in left)
    return moved + sum(_give_on(task, reason=HIDDEN, at=at) for task in hidden)


def plan_for(person: User, part: Part = ALL, *, at: datetime) -> dict[User, int]:
    """Who would get how many of their open tasks if they left now."""
    mine = _open_of(person, part).select_related("team", "ticket")
    counts = Counter(
        taker_in(
            task.team,
            task.ticket,
            at=at,
            without=person.pk,
            is_hidden=part.narrowed is not None,
        )
        for task in mine
    )
    heirs = User.objects.in_bulk(counts)
    return {heirs[pk]: count for pk, count in counts.items()}


def _open_of(person: User, part: Part) -> QuerySet[Task]:
    mine = Task.objects.filter(assignee=person).open()
    if part.team:
        mine = mine.filter(team=part.team)
    if part.narrowed:
        mine = mine.filter(tasks_hidden_from(part.narrowed))
    return mine


def _give_on(task: Task, *, reason: str, at: datetime) -> bool:
    # The ticket's row first, as every act does.
    task.ticket.hold()
    task.refresh_from_db(fields=["assignee", "done_at", "dropped_at"])
    before = task.assignee_id
    to = taker_in(task.team, task.ticket, at=at, without=before)
    if not task.is_open or to == before:
        return False
    task.assignee_id = to
    task.save(update_fields=["assignee"])
    outbox.record(
        "ticket.task_handed_on",
        subject=("ticket", task.ticket_id),
        at=at,
        payload={
            "day": task.ticket.day.isoformat(),
            "task": task.pk,
            "title": task.title,
            "before": before,
            "to": to,
            "reason": reason,
        },
    )
    notify(
        to,
        "task_given",
        at=at,
        url=task.get_absolute_url(),
        number=task.ticket_id,
        title=task.title,
    )
    return True
