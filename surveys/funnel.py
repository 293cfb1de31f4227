"""How far people get: the page shown, answers begun, sent; where they leave, how long
it takes. Definitions: docs/metrics.md#completion-rate and #abandonment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Sum
from django.utils import timezone

from surveys import metrics
from surveys.counting import Counts
from surveys.document import Document
from surveys.elements import Text
from surveys.models import Partial, Response, Shown
from surveys.models.partial import PartialQuerySet
from surveys.quantiles import quantile
from surveys.tallies import Asked
from teams.access import scopes_of

# Whoever saved a page within it may still be answering, and has not left.
STILL_ANSWERING = timedelta(minutes=30)


@dataclass(frozen=True)
class PageLoss:
    """A page, how many reached it, how many went no further; `number` counts from 1."""

    number: int
    title: Text
    reached: int
    left: int
    rate: metrics.ShareScore | None


@dataclass(frozen=True)
class Funnel:
    """`shown` is None where it was not counted, and for who sees a part of the
    customers: page views are nobody's.

    `started` = completed + turned away + answering + left. `intents` clicked a score in
    an e-mail and confirmed nothing; they are in no other number. `median` and `p90` are
    seconds from the first page to the last, of `timed` complete answers.
    """

    shown: int | None
    started: int
    completed: int
    over_quota: int
    answering: int
    left: int
    intents: int
    pages: Sequence[PageLoss]
    # Left on pages that the newest version does not have any more.
    left_elsewhere: int
    median: float | None
    p90: float | None
    timed: int

    @property
    def shows_time(self) -> bool:
        return not metrics.is_hidden(self.timed)

    @property
    def completion(self) -> metrics.ShareScore | None:
        return metrics.completion_rate(self.completed, self.started)


def funnel(asked: Asked, document: Document, counts: Counts, *, at: datetime) -> Funnel:
    """`counts` are the complete answers; pages are those of `document`."""
    partials = partials_in(asked)
    begun = partials.filter(is_intent=False).exclude(answers={})
    gone = begun.filter(saved_at__lt=at - STILL_ANSWERING)
    left_by_page = dict(gone.order_by().values_list("page").annotate(Count("pk")))
    left = sum(left_by_page.values())
    answering = begun.count() - left
    over_quota = _over_quota(asked)
    stayed = counts.n + over_quota
    started = stayed + answering + left
    shown = _shown(asked)
    return Funnel(
        # Fewer pages than answers: not all of them came over pages that were counted.
        shown=shown if shown is not None and shown >= started else None,
        started=started,
        completed=counts.n,
        over_quota=over_quota,
        answering=answering,
        left=left,
        intents=partials.filter(is_intent=True).count(),
        pages=losses(document, left_by_page, stayed),
        left_elsewhere=left - sum(left_by_page.get(p.id, 0) for p in document.pages),
        median=quantile(counts.seconds, 0.5),
        p90=quantile(counts.seconds, 0.9),
        timed=sum(counts.seconds.values()),
    )


def losses(
    document: Document, left_by_page: Mapping[str, int], stayed: int
) -> list[PageLoss]:
    """In the order of the pages: whoever got past a page has reached it."""
    pages = []
    reached = stayed
    for number, page in reversed(list(enumerate(document.pages, 1))):
        left = left_by_page.get(page.id, 0)
        reached += left
        rate = metrics.abandonment_rate(left, reached)
        pages.append(PageLoss(number, page.title, reached, left, rate))
    return pages[::-1]


def partials_in(asked: Asked) -> PartialQuerySet:
    """This person's share of what was begun and not sent, by the day it was saved."""
    partials = Partial.objects.visible_to(asked.user).filter(
        survey_id=asked.survey_id, is_test=asked.is_test
    )
    if asked.version_id:
        partials = partials.filter(version_id=asked.version_id)
    if asked.since:
        partials = partials.filter(saved_at__gte=_start_of(asked.since))
    if asked.until:
        after = asked.until + timedelta(days=1)
        partials = partials.filter(saved_at__lt=_start_of(after))
    return partials


def _over_quota(asked: Asked) -> int:
    state = Response.State.OVER_QUOTA
    return asked.answers(state=state).order_by().count()


def _shown(asked: Asked) -> int | None:
    if asked.is_test or scopes_of(asked.user):
        return None
    shown = Shown.objects.filter(version__survey_id=asked.survey_id)
    if asked.version_id:
        shown = shown.filter(version_id=asked.version_id)
    if asked.since:
        shown = shown.filter(day__gte=asked.since)
    if asked.until:
        shown = shown.filter(day__lte=asked.until)
    # None, too, where nobody counted: a survey older than its counter, or an import.
    total: int | None = shown.aggregate(total=Sum("count"))["total"]
    return total


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())
