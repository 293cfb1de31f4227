"""A rating question, or a row of a matrix: its mean and its two highest points.

Ratings are not in the rollups: one question of one survey is read from its answers.
Scales are never pooled: what counts is the scale of the newest version that asks it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.utils.translation import gettext as _

from dashboards.counting import Counts, Key
from dashboards.dimensions import DIMENSIONS, Dimension
from dashboards.measuring import Question, UnknownMetric
from dashboards.registry import METRICS
from dashboards.remainders import Bases, added_up
from dashboards.results import Amount, Measured, Result
from dashboards.selection import Filters, answers
from surveys import metrics
from surveys.elements import Matrix, RatingElement
from surveys.metrics import RatingScore
from surveys.published import get_version

Span = tuple[date, date]
Read = tuple[RatingScore | None, RatingScore | None]
Tallies = Mapping[int, Counter[int]]


def measured_ratings(question: Question, keys: Collection[str]) -> Mapping[str, Result]:
    """Raises UnknownMetric where no question of one survey is named."""
    if question.filters.survey is None or not question.element:
        raise UnknownMetric(_("Say which survey and which question is meant."))
    period = question.period
    spans = (
        (period.start, period.end),
        (period.preceding_start, period.preceding_end),
    )
    now, before = (_tallies(question, span) for span in spans)
    scales = _scales({*now, *before}, question.element)
    if not scales:
        return {key: _result(key, (None, None), 0) for key in keys}
    scale = scales[max(scales)]
    read = [
        None if _hides(question, span, scale) else _score(tallies, scales, scale)
        for span, tallies in zip(spans, (now, before), strict=True)
    ]
    n = _given(now, scales, scale).total()
    return {key: _result(key, (read[0], read[1]), n) for key in keys}


def _result(key: str, read: Read, n: int) -> Result:
    """`read` holds None of what may not be shown, though n may be large."""
    now, before = read
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


def _hides(question: Question, span: Span, scale: int) -> bool:
    """Whether a filter leaves out so few that they would be given away. The survey is no
    filter: without it nobody is asked this question."""
    return bool(
        Bases(_Rated(question, span, scale), ["rated"]).hidden(
            replace(question.filters, survey=None)
        )
    )


@dataclass(frozen=True)
class _Rated:
    """How many gave a point of the scale."""

    question: Question
    span: Span
    scale: int

    def __call__(
        self, filters: Filters, by: Sequence[Dimension]
    ) -> Mapping[Key, Counts]:
        filters = replace(filters, survey=self.question.filters.survey)
        rows = _rows(self.question, filters, self.span, by)
        scales = _scales({version for _key, version, _g, _n in rows}, self._element)
        return added_up(
            (key, {"rated": n})
            for key, version, given, n in rows
            if scales.get(version) == self.scale and 1 <= given <= self.scale
        )

    @property
    def _element(self) -> str:
        return self.question.element


def _tallies(question: Question, span: Span) -> Tallies:
    """By version: how often each point was given."""
    tallies: dict[int, Counter[int]] = {}
    for _key, version_id, given, n in _rows(question, question.filters, span):
        tallies.setdefault(version_id, Counter())[given] += n
    return tallies


def _rows(
    question: Question, filters: Filters, span: Span, by: Sequence[Dimension] = ()
) -> list[tuple[Key, int, int, int]]:
    """Told apart: the version, what was given, and how often."""
    element, _dot, row = question.element.partition(".")
    value = KeyTextTransform(element, "answers")
    if row:
        value = KeyTextTransform(row, KeyTransform(element, "answers"))
    found = answers(question.user, filters).filter(day__range=span)
    columns = [DIMENSIONS[dimension].lookup for dimension in by]
    rows = found.order_by().annotate(given=value)
    return [
        (tuple("" if one is None else one for one in key), version_id, int(given), n)
        for *key, version_id, given, n in rows.values_list(
            *columns, "version_id", "given"
        ).annotate(Count("pk"))
        if given is not None and given.isascii() and given.isdigit()
    ]


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
    tallies: Tallies, scales: Mapping[int, int], scale: int
) -> RatingScore | None:
    return metrics.rating(_given(tallies, scales, scale), scale=scale)


def _given(tallies: Tallies, scales: Mapping[int, int], scale: int) -> Counter[int]:
    """How often each point of the scale was given where it was asked on that scale."""
    counts: Counter[int] = Counter()
    for version_id, tally in tallies.items():
        if scales.get(version_id) == scale:
            counts += Counter({p: n for p, n in tally.items() if 1 <= p <= scale})
    return counts
