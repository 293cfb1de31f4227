"""How far people get who begin to answer, and how long it takes."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Extract
from django.utils import timezone

from dashboards.counting import Counts, Key
from dashboards.dimensions import Dimension
from dashboards.measuring import Question
from dashboards.periods import day_after
from dashboards.raw_rows import OF_PARTIALS, every_partial, every_response
from dashboards.registry import METRICS
from dashboards.remainders import OF_ANSWERS, Bases, added_up, told_apart
from dashboards.results import Median, Result
from dashboards.selection import Filters, answers
from dashboards.series import share_result
from surveys import metrics
from surveys.funnel import STILL_ANSWERING
from surveys.models import Response
from surveys.models.partial import PartialQuerySet
from surveys.models.response import ResponseQuerySet
from surveys.quantiles import quantile

Span = tuple[date, date]
_IN_A_SHARE = (Response.State.COMPLETE, Response.State.OVER_QUOTA)


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
        hides = [_hides(question, span, "timed") for span in spans]
        found |= {key: _time(key, now, before, hides) for key in times}
    return found


def _hides(question: Question, span: Span, name: str) -> bool:
    """Whether a filter leaves out so few that they would be given away."""

    def begun(filters: Filters, by: Sequence[Dimension]) -> Mapping[Key, Counts]:
        sent = _sent(question, filters, span)
        partial = _begun(question, filters, span)
        both = (
            told_apart(sent, by, OF_ANSWERS, begun=Count("pk")),
            told_apart(partial, by, OF_PARTIALS, begun=Count("pk")),
        )
        return added_up(part for counted in both for part in counted.items())

    def timed(filters: Filters, by: Sequence[Dimension]) -> Mapping[Key, Counts]:
        found = _timed(question, filters, span)
        return told_apart(found, by, OF_ANSWERS, timed=Count("pk"))

    reading = begun if name == "begun" else timed
    return bool(Bases(reading, [name]).hidden(question.filters))


def _shares(
    question: Question, keys: Sequence[str], spans: Sequence[Span]
) -> dict[str, Result]:
    """Whoever may still be answering has begun, and has not left."""
    done, left, started = [], [], []
    for span in spans:
        complete, turned_away = _count_sent(question, span)
        gone, answering = _count_begun(question, span)
        done.append(complete)
        left.append(gone)
        started.append(complete + turned_away + gone + answering)
    parts = {"completion_rate": done, "abandonment_rate": left}
    hide, hide_before = (_hides(question, span, "begun") for span in spans)
    return {
        key: share_result(
            METRICS[key],
            (parts[key][0], started[0]),
            (parts[key][1], started[1]),
            hide=hide,
            hide_before=hide_before,
        )
        for key in keys
    }


def _count_sent(question: Question, span: Span) -> tuple[int, int]:
    counts = _sent(question, question.filters, span).aggregate(
        complete=Count("pk", filter=Q(state=Response.State.COMPLETE)),
        turned_away=Count("pk", filter=Q(state=Response.State.OVER_QUOTA)),
    )
    return counts["complete"], counts["turned_away"]


def _sent(question: Question, filters: Filters, span: Span) -> ResponseQuerySet:
    return every_response(question.user, filters).filter(
        is_test=False, day__range=span, state__in=_IN_A_SHARE
    )


def _count_begun(question: Question, span: Span) -> tuple[int, int]:
    has_left = Q(saved_at__lt=question.at - STILL_ANSWERING)
    counts = _begun(question, question.filters, span).aggregate(
        left=Count("pk", filter=has_left), answering=Count("pk", filter=~has_left)
    )
    return counts["left"], counts["answering"]


def _begun(question: Question, filters: Filters, span: Span) -> PartialQuerySet:
    return every_partial(question.user, filters).filter(
        saved_at__gte=_start_of(span[0]),
        saved_at__lt=_start_of(day_after(span[1])),
    )


def _seconds(question: Question, span: Span) -> Counter[int]:
    """How often each time was taken."""
    timed: QuerySet[Response] = _timed(question, question.filters, span)
    took = timed.order_by().annotate(
        took=Extract(F("submitted_at") - F("started_at"), "epoch")
    )
    found: Counter[int] = Counter()
    for seconds, n in took.values_list("took").annotate(Count("pk")):
        found[int(seconds)] += n
    return found


def _timed(question: Question, filters: Filters, span: Span) -> ResponseQuerySet:
    return answers(question.user, filters).filter(
        day__range=span, started_at__isnull=False, submitted_at__gte=F("started_at")
    )


def _time(
    key: str, now: Counter[int], before: Counter[int], hides: Sequence[bool]
) -> Median:
    share = 0.9 if key.endswith("_p90") else 0.5
    n = now.total()
    if metrics.is_hidden(n) or hides[0]:
        return Median(METRICS[key], n, None)
    places = sorted(now.elements())
    low, high = metrics.quantile_ranks(n, share)
    hidden_before = metrics.is_hidden(before.total()) or hides[1]
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
