"""Work that another department does for a ticket, against a clock of its own.

The clock runs from when the department got the task, on the department's hours: who
gets a case late still has the whole time.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from teams.access import can
from teams.models import Team, User
from teams.notices import notify
from teams.roles import Ability
from tickets import clocks, presence
from tickets.colleagues import taker_in
from tickets.models import Clock, IllegalAct, SlaPolicy, Task, Ticket
from tickets.models.case import TaskQuerySet
from tickets.routing import WORKERS


@transaction.atomic
def give_task(  # noqa: PLR0913 - a task is no less than this
    ticket: Ticket,
    *,
    team: Team,
    title: str,
    text: str,
    minutes: int,
    by: User,
    at: datetime,
) -> Task:
    """Ask the department for something within `minutes` of its working time.

    Raises IllegalAct.
    """
    ticket.hold()
    ticket.refuse_if_resolved()
    task = Task.objects.create(
        ticket=ticket,
        team=team,
        assignee_id=taker_in(team, ticket, at=at),
        title=title.strip(),
        text=text.strip(),
        created_by=by,
        created_at=at,
    )
    _start_clock(task, minutes=minutes, by=by, at=at)
    ticket.record(
        "ticket.task_given",
        by=by,
        at=at,
        task=task.pk,
        title=task.title,
        team=str(team),
        to=task.assignee_id,
    )
    _tell(task.assignee_id, "task_given", task, by=by, at=at)
    return task


@transaction.atomic
def finish_task(task: Task, *, result: str, by: User, at: datetime) -> None:
    """It is done, and this is what came of it. Raises IllegalAct."""
    _hold(task)
    _refuse_unless(may_work_on(task, by))
    if not result.strip():
        raise IllegalAct(_("Say what came of it."))
    task.done_at, task.result = at, result.strip()
    task.save(update_fields=["done_at", "result"])
    clocks.meet(_clock_of(task), by=by, at=at)
    _record("ticket.task_done", task, by=by, at=at)
    _tell(task.ticket.assignee_id, "task_done", task, by=by, at=at)


@transaction.atomic
def drop_task(task: Task, *, reason: str, by: User, at: datetime) -> None:
    """It is not needed, or not for this department. Raises IllegalAct."""
    _hold(task)
    _refuse_unless(may_drop(task, by))
    if not reason.strip():
        raise IllegalAct(_("Say why it is dropped."))
    task.dropped_at, task.result = at, reason.strip()
    task.save(update_fields=["dropped_at", "result"])
    clocks.stop(_clock_of(task), reason=reason.strip(), by=by, at=at)
    _record("ticket.task_dropped", task, by=by, at=at)
    for person in sorted({task.ticket.assignee_id, task.assignee_id}):
        _tell(person, "task_dropped", task, by=by, at=at)


@transaction.atomic
def hand_on_task(task: Task, *, to: User, by: User, at: datetime) -> None:
    """Give it to a colleague of the department; its clock goes on. Raises IllegalAct."""
    _hold(task)
    _refuse_unless(may_work_on(task, by))
    if to.pk == task.assignee_id:
        raise IllegalAct(_("This task is already with %(name)s.") % {"name": to})
    if not Task.objects.visible_to(to).filter(pk=task.pk).exists():
        raise IllegalAct(_("%(name)s may not see this task.") % {"name": to})
    before, task.assignee = task.assignee_id, to
    task.save(update_fields=["assignee"])
    _record("ticket.task_handed_on", task, by=by, at=at, before=before, to=to.pk)
    _tell(to.pk, "task_given", task, by=by, at=at)


def give_on_unattended(*, at: datetime) -> int:
    """Give tasks that nobody looks after to somebody else of their department."""
    found = unattended(at=at).select_related("ticket", "team").order_by("pk")
    return sum(_give_on(task, at=at) for task in found)


def unattended(*, at: datetime) -> TaskQuerySet:
    """Open ones whose owner cannot work on any, or is away although the first warning
    was given."""
    able = User.objects.filter(is_active=True, role__in=WORKERS)
    away = User.objects.filter(Q(is_present=False) | Q(presence.away(at=at)))
    warned = Q(clock__fired_percent__gt=0) | Q(clock__state=Clock.State.BREACHED)
    return Task.objects.open().filter(
        ~Q(assignee__in=able) | warned & Q(assignee__in=away)
    )


@transaction.atomic
def _give_on(task: Task, *, at: datetime) -> bool:
    """Whether somebody else could be found."""
    before = task.assignee_id
    try:
        _hold(task)
    except IllegalAct:
        return False  # somebody was quicker
    taker = taker_in(task.team, task.ticket, at=at, without=before)
    if before != task.assignee_id or taker == before:
        return False
    task.assignee_id = taker
    task.save(update_fields=["assignee"])
    _record("ticket.task_handed_on", task, by=None, at=at, before=before, to=taker)
    _tell(taker, "task_given", task, by=None, at=at)
    return True


def may_work_on(task: Task, user: User) -> bool:
    """Whoever has it, their department, and who assigns tickets."""
    return (
        user.pk in (task.assignee_id, task.team.lead_id)
        or can(user, Ability.ASSIGN_TICKETS)
        or task.team.memberships.filter(user=user).exists()
    )


def may_drop(task: Task, user: User) -> bool:
    """Also whoever asked for it, and the owner of the ticket."""
    asked = (task.created_by_id, task.ticket.assignee_id)
    return user.pk in asked or may_work_on(task, user)


def takers_of(task: Task) -> QuerySet[User]:
    """The department's people who could have it instead."""
    colleagues = Q(memberships__team=task.team_id) | Q(led_teams=task.team_id)
    able = User.objects.filter(colleagues, is_active=True, role__in=WORKERS)
    return able.exclude(pk=task.assignee_id).distinct().order_by("name", "pk")


def policy_of(ticket: Ticket) -> SlaPolicy:
    """The one that the ticket's own promises follow."""
    clock = ticket.clocks.filter(task__isnull=True).select_related("policy").first()
    return clock.policy if clock else SlaPolicy.objects.order_by("pk")[0]


def _start_clock(task: Task, *, minutes: int, by: User, at: datetime) -> None:
    """The next of the ticket's tasks, on the hours of its department."""
    ticket = task.ticket
    hours = task.team.working_hours
    clock = Clock(
        ticket=ticket,
        kind=Clock.Kind.TASK,
        cycle=_next_cycle(ticket),
        task=task,
        policy=policy_of(ticket),
        target_minutes=minutes,
        started_at=at,
        due_at=clocks.deadline(clocks.calendar_of(hours), at, minutes),
    )
    clock.save()
    line = clocks.history_line(clock, "started", at=at)
    line.actor = by.email[:80]
    line.save()


def _next_cycle(ticket: Ticket) -> int:
    last = ticket.clocks.filter(kind=Clock.Kind.TASK).aggregate(last=Max("cycle"))
    return 0 if last["last"] is None else int(last["last"]) + 1


def _hold(task: Task) -> None:
    """The ticket's row first, as every act does; then what the page showed is read
    again."""
    task.ticket.hold()
    task.refresh_from_db(fields=["assignee", "done_at", "dropped_at", "result"])
    if not task.is_open:
        raise IllegalAct(_("This task is not open any more."))


def _clock_of(task: Task) -> Clock:
    clock = Clock.objects.select_for_update(of=("self",)).select_related("policy")
    held = clock.get(task=task)
    held.ticket, held.task = task.ticket, task
    return held


def _refuse_unless(allowed: bool) -> None:
    if not allowed:
        raise IllegalAct(_("This is for the department that has the task."))


def _record(
    name: str, task: Task, *, by: User | None, at: datetime, **payload: object
) -> None:
    task.ticket.record(name, by=by, at=at, task=task.pk, title=task.title, **payload)


def _tell(person: int, kind: str, task: Task, *, by: User | None, at: datetime) -> None:
    """Nobody is told of what they did themselves."""
    if by is None or person != by.pk:
        notify(
            person,
            kind,
            at=at,
            url=task.get_absolute_url(),
            number=task.ticket_id,
            title=task.title,
        )
