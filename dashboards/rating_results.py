"""A rating question, or a row of a matrix: its mean and its two highest points.

Ratings are not in the rollups: one question of one survey is read from its answers.
Scales are never pooled: what counts is the scale of the newest version that asks it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.utils.translation import gettext as _

from dashboards.measuring import Question, UnknownMetric
from dashboards.registry import METRICS
from dashboards.results import Amount, Measured, Result
from dashboards.selection import answers
from surveys import metrics
from surveys.elements import Matrix, RatingElement
from surveys.metrics import RatingScore
from surveys.published import get_version

Read = tuple[RatingScore | None, RatingScore | None]


def measured_ratings(question: Question, keys: Collection[str]) -> Mapping[str, Result]:
    """Raises UnknownMetric where no question of one survey is named."""
    if question.filters.survey is None or not question.element:
        raise UnknownMetric(_("Say which survey and which question is meant."))
    period = question.period
    now, before = (
        _tallies(question, span)
        for span in (
            (period.start, period.end),
            (period.preceding_start, period.preceding_end),
        )
    )
    scales = _scales({*now, *before}, question.element)
    if not scales:
        return {key: _result(key, (None, None)) for key in keys}
    scale = scales[max(scales)]
    read = _score(now, scales, scale), _score(before, scales, scale)
    return {key: _result(key, read) for key in keys}


def _result(key: str, read: Read) -> Result:
    now, before = read
    n = now.n if now else 0
    shown = now if now and not now.is_hidden else None
    past = before if before and not before.is_hidden else None
    if key == "rating_top":
        change = metrics.share_difference(shown, past) if shown and past else None
        return Measured(METRICS[key], n, shown, change)
    if shown is None:
        return Amount(METRICS[key], n, None)
    return Amount(
        METRICS[key],
        n,
        shown.mean,
        shown.mean_low,
        shown.mean_high,
        past.mean if past else None,
    )


def _tallies(question: Question, span: tuple[date, date]) -> dict[int, Counter[int]]:
    """By version: how often each point was given."""
    element, _dot, row = question.element.partition(".")
    value = KeyTextTransform(element, "answers")
    if row:
        value = KeyTextTransform(row, KeyTransform(element, "answers"))
    found = answers(question.user, question.filters).filter(day__range=span)
    rows = found.order_by().annotate(given=value).values_list("version_id", "given")
    tallies: dict[int, Counter[int]] = {}
    for version_id, given, n in rows.annotate(Count("pk")):
        if given is not None and given.isascii() and given.isdigit():
            tallies.setdefault(version_id, Counter())[int(given)] += n
    return tallies


def _scales(version_ids: Iterable[int], named: str) -> dict[int, int]:
    """The scale on which each version asks it."""
    element_id, _dot, row = named.partition(".")
    scales = {}
    for version_id in version_ids:
        for element in get_version(version_id).document.elements:
            is_asked = isinstance(element, Matrix if row else RatingElement)
            if is_asked and element.id == element_id:
                assert isinstance(element, Matrix | RatingElement)
                scales[version_id] = element.scale
    return scales


def _score(
    tallies: Mapping[int, Counter[int]], scales: Mapping[int, int], scale: int
) -> RatingScore | None:
    counts: Counter[int] = Counter()
    for version_id, tally in tallies.items():
        if scales.get(version_id) == scale:
            counts += Counter({p: n for p, n in tally.items() if 1 <= p <= scale})
    return metrics.rating(counts, scale=scale)
