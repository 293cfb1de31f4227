"""The answers' counts that one page of tiles rests on; the same is asked once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import blake2s
from typing import cast

from django.core.cache import cache
from django.db.models import Count, F
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils import timezone

from dashboards.answer_rollup import SCORE_COLUMNS
from dashboards.count_tables import by_value, sizes_in
from dashboards.counting import NOTHING, Counts, counts
from dashboards.dimensions import Dimension, Value
from dashboards.measuring import Question, answered
from dashboards.periods import Period
from dashboards.registry import METRICS
from dashboards.results import Measured, Result
from dashboards.selection import Filters, answers
from dashboards.series import measured
from dashboards.suppression import Hidden, Span, hidden_values
from surveys import metrics
from teams.access import scopes_of
from teams.models import User

REMEMBERED = timedelta(minutes=1)
Cells = Mapping[tuple[Value, Value], Counts]
Sides = tuple[Dimension, Dimension]
_Selection = tuple[Filters, Period]
_Groups = Mapping[tuple[Value | date, ...], Counts]


@dataclass(frozen=True)
class Told:
    """Groups told apart, with what may not be shown of each score."""

    groups: Mapping[Value, Counts]
    hidden: Mapping[str, Hidden]
    hidden_whole: Collection[str]

    def measured(self, metric: str, value: Value) -> Measured:
        return measured(metric, self.groups[value], hide=value in self.hidden[metric])

    def whole(self, metric: str, counted: Counts) -> Measured:
        """All of them together."""
        return measured(metric, counted, hide=metric in self.hidden_whole)


@dataclass(frozen=True)
class Crossed:
    """Cells of two sides; `revealing` ones show too much beside another selection, and
    where it `is_closed` all of them do."""

    cells: Cells
    revealing: frozenset[tuple[Value, Value]]
    is_closed: bool


@dataclass(frozen=True)
class Counting:
    """Asks in the person's own scope.

    `wanted`: which numbers the page shows of each selection, so that those of one
    source are measured together.
    """

    user: User
    at: datetime
    wanted: Mapping[_Selection, Collection[str]]
    _questions: dict[_Selection, Question] = field(default_factory=dict)
    _results: dict[tuple[_Selection, str], Result] = field(default_factory=dict)
    _groups: dict[tuple[_Selection, tuple[Dimension, ...]], _Groups] = field(
        default_factory=dict
    )

    def question(self, filters: Filters, period: Period) -> Question:
        selection = (filters, period)
        if selection not in self._questions:
            asked = Question(self.user, filters, period, self.at)
            self._questions[selection] = asked
        return self._questions[selection]

    def result(self, key: str, filters: Filters, period: Period) -> Result:
        selection = (filters, period)
        if (selection, key) not in self._results:
            source = METRICS[key].source
            alike = {k for k in self.wanted[selection] if METRICS[k].source == source}
            found = answered(self.question(filters, period), sorted(alike))
            self._results.update({(selection, k): found[k] for k in found})
        return self._results[selection, key]

    def by(self, filters: Filters, period: Period, dimension: Dimension) -> Told:
        found = self._told_apart((filters, period), (dimension,))
        groups = by_value(found)
        span = Span(self.user, period.start, period.end)
        return Told(
            groups,
            hidden_values(span, filters, dimension, groups),
            self.question(filters, period).hidden_now,
        )

    def crossed(
        self, metric: str, filters: Filters, period: Period, sides: Sides
    ) -> Crossed:
        """Of one score; with the cells that fewer than five differ from the same cell
        without one of the filters."""
        cells = self._cells(filters, period, sides)
        sizes = self._sizes(metric, filters, period, sides)
        revealing: set[tuple[Value, Value]] = set()
        for dimension in filters.given:
            wider = replace(filters, **{dimension: None})  # type: ignore[arg-type]  # a dimension's name is that of the field
            for cell, n in self._sizes(metric, wider, period, sides).items():
                left = n - sizes.get(cell, 0)
                if left and metrics.is_hidden(left):
                    revealing.add(cell)
        return Crossed(
            cells, frozenset(revealing), self._is_closed(metric, filters, period)
        )

    def hours(self, key: str, filters: Filters, period: Period) -> Crossed:
        """One score's counts by weekday (Monday is 1) and hour of the company.

        Out of the raw answers, for no rollup knows hours: so kept for a minute.
        """
        asked = repr((key, filters, period, sorted(_scope(self.user))))
        name = f"cem:hours:{blake2s(asked.encode(), digest_size=16).hexdigest()}"
        found: Cells | None = cache.get(name)
        if found is None:
            found = _hours(self.user, key, filters, period)
            cache.set(name, found, REMEMBERED.total_seconds())
        return Crossed(found, frozenset(), self._is_closed(key, filters, period))

    def _is_closed(self, metric: str, filters: Filters, period: Period) -> bool:
        return metric in self.question(filters, period).hidden_now

    def _cells(self, filters: Filters, period: Period, sides: Sides) -> Cells:
        return cast(Cells, self._told_apart((filters, period), sides))

    def _sizes(
        self, metric: str, filters: Filters, period: Period, sides: Sides
    ) -> Mapping[tuple[Value, Value], int]:
        return sizes_in(
            self._cells(filters, period, sides), SCORE_COLUMNS[metric].values()
        )

    def _told_apart(self, selection: _Selection, by: tuple[Dimension, ...]) -> _Groups:
        if (selection, by) not in self._groups:
            filters, period = selection
            self._groups[selection, by] = counts(
                self.user, filters, since=period.start, until=period.end, by=by
            )
        return self._groups[selection, by]


def _hours(user: User, key: str, filters: Filters, period: Period) -> Cells:
    zone = timezone.get_default_timezone()
    column = "ces" if key == "ces5" else key
    found = answers(user, filters).filter(day__range=(period.start, period.end))
    if column == "ces":
        found = found.filter(ces_scale=len(SCORE_COLUMNS[key]))
    rows = (
        found.filter(**{f"{column}__isnull": False})
        .order_by()
        .values(
            weekday=ExtractIsoWeekDay("submitted_at", tzinfo=zone),
            hour=ExtractHour("submitted_at", tzinfo=zone),
            score=F(column),
        )
        .annotate(n=Count("id"))
        .values_list("weekday", "hour", "score", "n")
    )
    by_hour: dict[tuple[Value, Value], dict[str, int]] = {}
    for weekday, hour, score, n in rows:
        cell = by_hour.setdefault((weekday, hour), dict(NOTHING))
        cell[SCORE_COLUMNS[key][score]] += n
    return by_hour


def _scope(user: User) -> list[tuple[str, str, str]]:
    return [(one.effect, one.dimension, one.value) for one in scopes_of(user)]
