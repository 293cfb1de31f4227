"""One period's scores, told apart by one dimension."""

from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.answer_rollup import COUNTS
from dashboards.dimensions import Dimension
from dashboards.periods import Period
from dashboards.registry import SCORES
from dashboards.selection import COLUMN_OF, Filters, cells, touchpoints
from dashboards.series import Counts, Measured, counts_of, measured, scores_in, summed
from surveys import metrics
from surveys.models import Survey
from teams.models import User

MOST_ROWS = 200


@dataclass(frozen=True)
class Group:
    """One value of the dimension. `value` is what a filter takes, `name` what it is called."""

    value: int | str
    name: str
    responses: int
    scores: tuple[Measured, ...]


@dataclass(frozen=True)
class Breakdown:
    """The groups with most answers first; `left_out` counts those beyond MOST_ROWS."""

    by: Dimension
    groups: tuple[Group, ...]
    total: Group
    left_out: int


def breakdown(
    user: User, *, by: Dimension, period: Period, filters: Filters
) -> Breakdown:
    """Each group beside the total, small groups hidden so that neither gives them away."""
    column = COLUMN_OF[by]
    rows = (
        cells(user, filters, by=[by])
        .filter(day__range=(period.start, period.end))
        .values(column)
        .annotate(**summed())
    )
    groups = {row[column]: counts_of(row) for row in rows}
    total = {name: sum(g[name] for g in groups.values()) for name in COUNTS}
    asked = [key for key in SCORES if sum(scores_in(key, total).values())]
    hidden = {key: _hidden(key, groups) for key in asked}
    names = _names(user, by)
    by_size = sorted(groups, key=lambda v: (-groups[v]["responses"], str(v)))
    return Breakdown(
        by,
        groups=tuple(
            Group(
                value,
                names.get(value, str(value)),
                groups[value]["responses"],
                tuple(
                    measured(key, groups[value], hide=value in hidden[key])
                    for key in asked
                ),
            )
            for value in by_size[:MOST_ROWS]
        ),
        total=Group(
            "", "", total["responses"], tuple(measured(key, total) for key in asked)
        ),
        left_out=max(0, len(groups) - MOST_ROWS),
    )


def _hidden(key: str, groups: Mapping[int | str, Counts]) -> frozenset[int | str]:
    sizes = {v: sum(scores_in(key, counts).values()) for v, counts in groups.items()}
    return metrics.hidden_groups(sizes)


def _names(user: User, by: Dimension) -> dict[int | str, str]:
    if by == "survey":
        return dict(Survey.objects.visible_to(user).values_list("id", "name"))
    if by == "touchpoint":
        return dict(touchpoints(user).values_list("id", "name"))
    return {}
