"""How far people get who begin to answer, and how long it takes."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Extract
from django.utils import timezone

from dashboards.measuring import Question
from dashboards.periods import day_after
from dashboards.raw_rows import every_partial, every_response
from dashboards.registry import METRICS
from dashboards.results import Median, Result
from dashboards.selection import answers
from dashboards.series import share_result
from surveys import metrics
from surveys.funnel import STILL_ANSWERING
from surveys.models import Response
from surveys.quantiles import quantile

Span = tuple[date, date]


def measured_sessions(
    question: Question, keys: Collection[str]
) -> Mapping[str, Result]:
    period = question.period
    spans = (
        (period.start, period.end),
        (period.preceding_start, period.preceding_end),
    )
    found: dict[str, Result] = {}
    if shares := [key for key in keys if METRICS[key].unit == "percent"]:
        found |= _shares(question, shares, spans)
    if times := [key for key in keys if METRICS[key].unit == "seconds"]:
        now, before = (_seconds(question, span) for span in spans)
        found |= {key: _time(key, now, before) for key in times}
    return found


def _shares(
    question: Question, keys: Sequence[str], spans: Sequence[Span]
) -> dict[str, Result]:
    """Whoever may still be answering has begun, and has not left."""
    done, left, started = [], [], []
    for span in spans:
        complete, turned_away = _sent(question, span)
        gone, answering = _begun(question, span)
        done.append(complete)
        left.append(gone)
        started.append(complete + turned_away + gone + answering)
    parts = {"completion_rate": done, "abandonment_rate": left}
    return {
        key: share_result(
            METRICS[key], (parts[key][0], started[0]), (parts[key][1], started[1])
        )
        for key in keys
    }


def _sent(question: Question, span: Span) -> tuple[int, int]:
    sent = every_response(question.user, question.filters).filter(
        is_test=False, day__range=span
    )
    counts = sent.aggregate(
        complete=Count("pk", filter=Q(state=Response.State.COMPLETE)),
        turned_away=Count("pk", filter=Q(state=Response.State.OVER_QUOTA)),
    )
    return counts["complete"], counts["turned_away"]


def _begun(question: Question, span: Span) -> tuple[int, int]:
    begun = every_partial(question.user, question.filters).filter(
        saved_at__gte=_start_of(span[0]),
        saved_at__lt=_start_of(day_after(span[1])),
    )
    has_left = Q(saved_at__lt=question.at - STILL_ANSWERING)
    counts = begun.aggregate(
        left=Count("pk", filter=has_left), answering=Count("pk", filter=~has_left)
    )
    return counts["left"], counts["answering"]


def _seconds(question: Question, span: Span) -> Counter[int]:
    """How often each time was taken."""
    timed: QuerySet[Response] = answers(question.user, question.filters).filter(
        day__range=span, started_at__isnull=False, submitted_at__gte=F("started_at")
    )
    took = timed.order_by().annotate(
        took=Extract(F("submitted_at") - F("started_at"), "epoch")
    )
    found: Counter[int] = Counter()
    for seconds, n in took.values_list("took").annotate(Count("pk")):
        found[int(seconds)] += n
    return found


def _time(key: str, now: Counter[int], before: Counter[int]) -> Median:
    share = 0.9 if key.endswith("_p90") else 0.5
    n = now.total()
    if metrics.is_hidden(n):
        return Median(METRICS[key], n, None)
    places = sorted(now.elements())
    low, high = metrics.quantile_ranks(n, share)
    hidden_before = metrics.is_hidden(before.total())
    change = None
    if share == 0.5 and not hidden_before:
        middle = quantile(now + before, 0.5)
        assert middle is not None
        longer = [(_longer(side, middle), side.total()) for side in (now, before)]
        change = metrics.median_change(*longer)
    return Median(
        METRICS[key],
        n,
        quantile(now, share),
        places[low],
        places[high],
        None if hidden_before else quantile(before, share),
        change,
    )


def _longer(seconds: Counter[int], than: float) -> int:
    return sum(n for one, n in seconds.items() if one > than)


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
