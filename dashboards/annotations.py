"""What happened when: releases, incidents and initiatives beside the numbers they moved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.models import Annotation
from events import outbox
from teams.models import User
from tickets.models import Initiative

MOST_MARKS = 60
# Beside the kinds of annotations.
_INITIATIVE = "initiative"
# Kind, title, first and last day, and key.
_Row = tuple[str, str, date, date | None, int]


@dataclass(frozen=True)
class Mark:
    """Something on a day, in words; `url` leads to more about it."""

    on: date
    label: str
    url: str


def marks_for(user: User, since: date, until: date) -> list[Mark]:
    """What began or ended from `since` to `until`, as far as this person may know.

    The oldest first, at most MOST_MARKS of the newest.
    """
    found = (
        mark for row in _happened(user, since, until) for mark in _marks(row, since)
    )
    within = [mark for mark in found if since <= mark.on <= until]
    return sorted(within, key=lambda mark: (mark.on, mark.label))[-MOST_MARKS:]


def marked_days(user: User, since: date, until: date) -> tuple[tuple[date, str], ...]:
    """The marks as `charts.chart_of` takes them."""
    return tuple((mark.on, mark.label) for mark in marks_for(user, since, until))


@transaction.atomic
def save_annotation(annotation: Annotation, *, by: User, at: datetime) -> None:
    """Store a new or a changed one."""
    is_new = annotation.pk is None
    if is_new:
        annotation.added_by, annotation.added_at = by, at
    annotation.save()
    _record("annotation.added" if is_new else "annotation.changed", annotation, by, at)


@transaction.atomic
def remove_annotation(annotation: Annotation, *, by: User, at: datetime) -> None:
    _record("annotation.removed", annotation, by, at)
    annotation.delete()


def _happened(user: User, since: date, until: date) -> Iterable[_Row]:
    """Annotations, and initiatives that began or ended, in one query."""
    State = Initiative.State
    noted = Annotation.objects.visible_to(user).between(since, until)
    span = (since, until)
    begun = Initiative.objects.visible_to(user).filter(
        Q(starts_on__range=span) | Q(done_on__range=span),
        state__in=(State.RUNNING, State.DONE),
        starts_on__lte=until,
    )
    return (
        noted.order_by()
        .values_list("kind", "title", "happened_on", "ended_on", "pk")
        .union(
            begun.order_by().values_list(
                Value(_INITIATIVE), "title", "starts_on", "done_on", "pk"
            ),
            all=True,
        )
    )


def _marks(row: _Row, since: date) -> Iterable[Mark]:
    kind, title, first, last, key = row
    words = {"title": title}
    if kind != _INITIATIVE:
        url = f"{reverse('dashboards:annotations')}#annotation-{key}"
        # One that began earlier is shown where the figure begins.
        label = f"{Annotation.Kind(kind).label}: {title}"
        yield Mark(max(first, since), label, url)
        return
    url = Initiative(pk=key).get_absolute_url()
    yield Mark(first, _("Initiative begun: %(title)s") % words, url)
    if last:
        yield Mark(last, _("Initiative done: %(title)s") % words, url)


def _record(name: str, annotation: Annotation, by: User, at: datetime) -> None:
    outbox.record(
        name,
        subject=("annotation", annotation.pk),
        at=at,
        actor=by.email[:80],
        payload={
            "kind": annotation.kind,
            "title": annotation.title,
            "day": annotation.happened_on.isoformat(),
            "touchpoint": annotation.touchpoint_id,
        },
    )
