"""Links and schedules as a list shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Count, Max, Q
from django.http import Http404, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dashboards import sharing
from dashboards.models import Mailing, Schedule, ShareLink
from dashboards.shareable import PAGES
from dashboards.undelivered import NOT_SENT

Tone = Literal["good", "neutral", "bad", "warning"]
_STATES: dict[type[Exception] | None, tuple[str | Promise, Tone]] = {
    None: (pgettext_lazy("link", "Open"), "good"),
    sharing.Revoked: (_("Revoked"), "neutral"),
    sharing.Expired: (_("Expired"), "neutral"),
    sharing.OwnerGone: (_("Closed: its owner may not share"), "warning"),
}


@dataclass(frozen=True)
class LinkRow:
    link: ShareLink
    page: str | Promise
    url: str
    state: str | Promise
    tone: Tone
    is_open: bool


@dataclass(frozen=True)
class ScheduleRow:
    schedule: Schedule
    page: str | Promise
    url: str
    readers: int
    last: Mailing | None
    failed: int


def link_rows(links: Iterable[ShareLink], *, at: datetime) -> list[LinkRow]:
    rows = []
    for link in links:
        closed: type[Exception] | None = None
        try:
            sharing.refuse_closed(link, at=at)
        except sharing.Closed as problem:
            closed = type(problem)
        state, tone = _STATES[closed]
        page, url = page_of(link.page, link.query)
        rows.append(LinkRow(link, page, url, state, tone, link.revoked_at is None))
    return rows


def schedule_rows(schedules: Iterable[Schedule]) -> list[ScheduleRow]:
    """Each with its last letter, and how many of that due time failed."""
    found = list(schedules)
    pks = [schedule.pk for schedule in found]
    counted = Schedule.objects.filter(pk__in=pks).annotate(
        staying=Count("readers", filter=Q(readers__left_at=None))
    )
    readers = dict(counted.values_list("pk", "staying"))
    newest = (
        Mailing.objects.filter(schedule__in=pks)
        .values("schedule")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    last = {m.schedule_id: m for m in Mailing.objects.filter(pk__in=newest)}
    failed = _failed(last)
    return [
        ScheduleRow(
            schedule,
            *page_of(schedule.page, schedule.query),
            readers.get(schedule.pk, 0),
            last.get(schedule.pk),
            failed.get(schedule.pk, 0),
        )
        for schedule in found
    ]


def page_of(key: str, query: str) -> tuple[str | Promise, str]:
    """What the page is called, and where it is; nowhere if it is gone."""
    page = PAGES.get(key)
    if page is None:
        return key, ""
    try:
        return page.label, page.url(QueryDict(query))
    except Http404:
        return page.label, ""


def _failed(last: dict[int, Mailing]) -> dict[int, int]:
    """How many letters of the newest due time of each schedule were not sent."""
    condition = Q(pk=None)
    for schedule_id, mailing in last.items():
        condition |= Q(schedule=schedule_id, due_at=mailing.due_at)
    rows = Mailing.objects.filter(condition, NOT_SENT)
    counts = rows.values("schedule").annotate(n=Count("pk"))
    return dict(counts.values_list("schedule", "n"))
