"""Who is away and who stands in: entered, changed, ended early, never in a ring."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events import outbox
from teams.access import can
from teams.models import Absence, User
from teams.notices import notify
from teams.roles import ABILITIES, Ability

LONGEST = timedelta(days=366)
_WORKERS = [role for role, able in ABILITIES.items() if Ability.WORK_TICKETS in able]


class NotAnAbsence(Exception):
    """The span or the deputy cannot be; a sentence for the user."""


def people_of(user: User) -> QuerySet[User]:
    """Whose absences a person may enter: their own and those of the teams they lead;
    who manages people or decides where work goes, everybody's."""
    active = User.objects.filter(is_active=True)
    if can(user, Ability.MANAGE_PEOPLE) or can(user, Ability.EDIT_RULES):
        return active.order_by("name", "pk")
    mine = Q(pk=user.pk)
    if can(user, Ability.ASSIGN_TICKETS):
        mine |= Q(memberships__team__lead=user)
    return active.filter(mine).distinct().order_by("name", "pk")


def visible_to(user: User) -> QuerySet[Absence]:
    """The absences that a person may see, and so change."""
    return Absence.objects.filter(user__in=people_of(user).order_by())


def deputies() -> QuerySet[User]:
    """Who can stand in: anybody who may work on tickets."""
    able = User.objects.filter(is_active=True, role__in=_WORKERS)
    return able.order_by("name", "pk")


@transaction.atomic
def enter(absence: Absence, *, by: User, at: datetime) -> Absence:
    """Save a new or changed absence. Raises NotAnAbsence."""
    # Held, so that two people never enter spans that overlap, or a ring, at once.
    list(
        User.objects.select_for_update(no_key=True)
        .filter(pk__in=[absence.user_id, absence.deputy_id])
        .order_by("pk")
    )
    _refuse(absence, at=at)
    is_new = absence.pk is None
    absence.save()
    _record("absence.entered" if is_new else "absence.changed", absence, by=by, at=at)
    if absence.deputy_id != by.pk:
        _tell_deputy(absence, at=at)
    return absence


@transaction.atomic
def end(absence: Absence, *, by: User, at: datetime) -> None:
    """Back earlier than planned; one that has not begun is called off."""
    absence = Absence.objects.select_for_update().get(pk=absence.pk)
    if absence.ends_at <= at:
        raise NotAnAbsence(_("This absence is over already."))
    if absence.starts_at >= at:
        _record("absence.called_off", absence, by=by, at=at)
        absence.delete()
        return
    absence.ends_at = at
    absence.save(update_fields=["ends_at"])
    _record("absence.ended", absence, by=by, at=at)


def current(*, at: datetime) -> dict[int, Absence]:
    """By person, everybody's absence at this instant."""
    now = Absence.objects.filter(starts_at__lte=at, ends_at__gt=at)
    found = now.select_related("user", "deputy").order_by("-pk")
    return {absence.user_id: absence for absence in found}


def chain_of(person: User, *, at: datetime) -> Iterator[User]:
    """The deputies in the order in which they stand in; a ring ends where it closes."""
    away, seen = current(at=at), {person.pk}
    while (absence := away.get(person.pk)) and absence.deputy_id not in seen:
        person = absence.deputy
        seen.add(person.pk)
        yield person


def _refuse(absence: Absence, *, at: datetime) -> None:
    if absence.ends_at <= absence.starts_at:
        raise NotAnAbsence(_("The end has to be later than the start."))
    if absence.ends_at <= at:
        raise NotAnAbsence(_("This time is over already."))
    if absence.ends_at - absence.starts_at > LONGEST:
        raise NotAnAbsence(_("An absence lasts a year at most."))
    if absence.deputy_id == absence.user_id:
        raise NotAnAbsence(_("Somebody else has to stand in."))
    _refuse_overlap(absence)
    ring = _ring(absence, [absence.user, absence.deputy], absence)
    if ring:
        raise NotAnAbsence(
            _("They would stand in for each other in a ring: %(names)s.")
            % {"names": " → ".join(str(person) for person in ring)}
        )


def _refuse_overlap(absence: Absence) -> None:
    other = _during(absence, absence.starts_at, absence.ends_at, absence.user_id)
    first = other.first()
    if first:
        raise NotAnAbsence(
            _("%(name)s is away from %(start)s until %(end)s already.")
            % {
                "name": absence.user,
                "start": _shown(first.starts_at),
                "end": _shown(first.ends_at),
            }
        )


def _ring(absence: Absence, names: list[User], span: Absence) -> list[User]:
    """The people of a ring that would close while all of them are away, else none.

    `span` carries the time in which everybody so far is away.
    """
    found = _during(absence, span.starts_at, span.ends_at, names[-1].pk)
    for next_one in found.select_related("deputy"):
        if next_one.deputy_id == absence.user_id:
            return [*names, next_one.deputy]
        if next_one.deputy_id in {person.pk for person in names}:
            continue  # a ring without this absence: it is not ours to refuse
        shared = Absence(
            starts_at=max(span.starts_at, next_one.starts_at),
            ends_at=min(span.ends_at, next_one.ends_at),
        )
        ring = _ring(absence, [*names, next_one.deputy], shared)
        if ring:
            return ring
    return []


def _during(
    absence: Absence, start: datetime, end: datetime, person: int
) -> QuerySet[Absence]:
    """Others of that person's absences that share time with the span."""
    shared = Absence.objects.filter(user=person, starts_at__lt=end, ends_at__gt=start)
    return shared.exclude(pk=absence.pk).order_by("starts_at")


def _tell_deputy(absence: Absence, *, at: datetime) -> None:
    notify(
        absence.deputy_id,
        "deputy_named",
        at=at,
        name=str(absence.user),
        start=timezone.localtime(absence.starts_at).date().isoformat(),
        end=timezone.localtime(absence.ends_at).date().isoformat(),
    )


def _shown(instant: datetime) -> str:
    return date_format(timezone.localtime(instant), "SHORT_DATETIME_FORMAT")


def _record(name: str, absence: Absence, *, by: User, at: datetime) -> None:
    outbox.record(
        name,
        subject=("user", absence.user_id),
        at=at,
        actor=by.email,
        payload={
            "absence": absence.pk,
            "deputy": absence.deputy_id,
            "from": absence.starts_at.isoformat(),
            "until": absence.ends_at.isoformat(),
        },
    )
