"""Pages that are mailed regularly: set, paused, started when they are due.

A schedule that is due orders one letter for each of its readers, all in one transaction
with the next due time; `report_mail` writes them. After an outage only the newest of the
missed due times is made up for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import cast

from django.core import signing
from django.db import transaction
from django.http import QueryDict

from dashboards.due_times import Every, Rhythm
from dashboards.models import Mailing, Reader, Schedule
from dashboards.ordering import ask_for_letter
from dashboards.report_work import view_of
from events import outbox
from teams.access import can
from teams.models import User
from teams.notices import notify
from teams.roles import Ability, Role

MOST_AT_ONCE = 100
_SALT = "dashboards.reader"


@dataclass(frozen=True)
class Wanted:
    """What a form says of a schedule. `people` are readers among us, `addresses` are
    outside: only for owners who may share."""

    label: str
    rhythm: Rhythm
    language: str
    people: Sequence[User]
    addresses: Sequence[str] = ()
    with_pdf: bool = True
    with_csv: bool = False
    with_xlsx: bool = False
    shows_comments: bool = False
    hides_low_base: bool = False


def rhythm_of(schedule: Schedule) -> Rhythm:
    return Rhythm(
        cast(Every, schedule.every),
        schedule.hour,
        schedule.time_zone,
        schedule.weekday,
        schedule.month_day,
    )


@transaction.atomic
def set_up(
    owner: User, page: str, query: QueryDict, wanted: Wanted, *, at: datetime
) -> Schedule:
    schedule = Schedule(owner=owner, page=page, query=query.urlencode(), created_at=at)
    _put(schedule, wanted, at=at)
    _record("dashboard.schedule_created", schedule, by=owner, at=at)
    return schedule


@transaction.atomic
def change(schedule: Schedule, wanted: Wanted, *, by: User, at: datetime) -> None:
    _put(schedule, wanted, at=at)
    _record("dashboard.schedule_changed", schedule, by=by, at=at)


@transaction.atomic
def pause(schedule: Schedule, *, by: User, at: datetime) -> None:
    schedule.stopped, schedule.next_due_at = Schedule.Stopped.PAUSED, None
    schedule.save(update_fields=["stopped", "next_due_at"])
    _record("dashboard.schedule_paused", schedule, by=by, at=at)


@transaction.atomic
def resume(schedule: Schedule, *, by: User, at: datetime) -> None:
    """What was missed meanwhile is not sent."""
    schedule.stopped = Schedule.Stopped.NO
    schedule.next_due_at = rhythm_of(schedule).next_after(at)
    schedule.save(update_fields=["stopped", "next_due_at"])
    _record("dashboard.schedule_resumed", schedule, by=by, at=at)


@transaction.atomic
def remove(schedule: Schedule, *, by: User, at: datetime) -> None:
    _record("dashboard.schedule_removed", schedule, by=by, at=at)
    schedule.delete()


@transaction.atomic
def send_one_now(schedule: Schedule, *, at: datetime) -> Mailing:
    """To the owner alone; the rhythm stays as it is."""
    mailing = Mailing.objects.create(schedule=schedule, due_at=at)
    transaction.on_commit(partial(ask_for_letter, mailing.pk))
    return mailing


def start_due(*, at: datetime) -> int:
    """Order the letters of what is due; how many. Any number may run at once."""
    due = Schedule.objects.filter(next_due_at__lte=at).order_by("next_due_at")
    ids = list(due.values_list("pk", flat=True)[:MOST_AT_ONCE])
    return sum(_start(pk, at=at) for pk in ids)


def token_of(reader: Reader) -> str:
    """For the link with which a reader leaves; it tells nothing and never expires."""
    return signing.dumps(reader.pk, salt=_SALT)


def find_reader(token: str) -> Reader | None:
    try:
        pk = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return Reader.objects.select_related("schedule", "user").filter(pk=pk).first()


@transaction.atomic
def leave(reader: Reader, *, at: datetime) -> None:
    """The reader gets no more letters; nothing happens to one who left before."""
    staying = Reader.objects.filter(pk=reader.pk, left_at=None)
    if staying.update(left_at=at):
        _record("dashboard.reader_left", reader.schedule, by=reader.user, at=at)


@transaction.atomic
def _start(pk: int, *, at: datetime) -> int:
    held = Schedule.objects.select_for_update(skip_locked=True, of=("self",))
    found = held.select_related("owner").filter(pk=pk, next_due_at__lte=at)
    schedule = found.first()
    if schedule is None or schedule.next_due_at is None:
        return 0  # another worker was first
    if not can(schedule.owner, Ability.SEE_DASHBOARDS):
        _stop(schedule, at=at)
        return 0
    rhythm = rhythm_of(schedule)
    due = rhythm.newest_until(schedule.next_due_at, at)
    readers = schedule.readers.filter(left_at=None)
    orders = [Mailing(schedule=schedule, reader=r, due_at=due) for r in readers]
    Mailing.objects.bulk_create(orders, ignore_conflicts=True)
    schedule.next_due_at = rhythm.next_after(at)
    schedule.save(update_fields=["next_due_at"])
    for mailing in schedule.mailings.filter(due_at=due).under_way():
        transaction.on_commit(partial(ask_for_letter, mailing.pk))
    return len(orders)


def _stop(schedule: Schedule, *, at: datetime) -> None:
    """Its owner has left or may not see dashboards any more: administrators decide."""
    schedule.stopped, schedule.next_due_at = Schedule.Stopped.OWNER_GONE, None
    schedule.save(update_fields=["stopped", "next_due_at"])
    _record("dashboard.schedule_stopped", schedule, by=None, at=at)
    for person in User.objects.filter(role=Role.ADMINISTRATOR, is_active=True):
        notify(
            person,
            "schedule_stopped",
            at=at,
            url=f"/dashboards/reports/schedules/{schedule.pk}/",
            title=schedule.label,
            name=schedule.owner.name,
        )


def _put(schedule: Schedule, wanted: Wanted, *, at: datetime) -> None:
    rhythm = wanted.rhythm
    for name in ("every", "hour", "weekday", "month_day", "time_zone"):
        setattr(schedule, name, getattr(rhythm, name))
    for name in ("label", "language", "with_pdf", "with_csv", "with_xlsx"):
        setattr(schedule, name, getattr(wanted, name))
    schedule.shows_comments = wanted.shows_comments
    schedule.hides_low_base = wanted.hides_low_base
    if schedule.stopped == Schedule.Stopped.NO:
        schedule.next_due_at = rhythm.next_after(at)
    schedule.save()
    _put_readers(schedule, wanted)


def _put_readers(schedule: Schedule, wanted: Wanted) -> None:
    """Who is new is added, who is not wanted goes; who left by the link stays away."""
    addresses = {address.lower() for address in wanted.addresses}
    people = {person.pk: person for person in wanted.people}
    kept = schedule.readers
    kept.filter(user__isnull=False).exclude(user__in=people).delete()
    kept.filter(user__isnull=True).exclude(address__in=addresses).delete()
    new = [
        Reader(schedule=schedule, user=person, view=view_of(person))
        for person in people.values()
    ]
    view = view_of(schedule.owner)
    new += [Reader(schedule=schedule, address=one, view=view) for one in addresses]
    Reader.objects.bulk_create(new, ignore_conflicts=True)


def _record(name: str, schedule: Schedule, *, by: User | None, at: datetime) -> None:
    outbox.record(
        name,
        subject=("schedule", schedule.pk),
        at=at,
        actor=by.email if by else "",
        payload={
            "schedule": schedule.label,
            "page": schedule.page,
            "query": schedule.query,
            "every": schedule.every,
            "readers": schedule.readers.count(),
        },
    )
