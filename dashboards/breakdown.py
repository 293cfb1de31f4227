"""One period's scores, told apart by one dimension."""

from dataclasses import dataclass

from dashboards.count_tables import largest, total_of
from dashboards.dimensions import Dimension, names_of
from dashboards.periods import Period
from dashboards.registry import SCORES
from dashboards.results import Measured
from dashboards.selection import Filters
from dashboards.series import counts_by, measured, scores_in
from dashboards.suppression import Span, hidden_scores, hidden_values
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
    """The groups with most answers first; `left_out` counts those beyond MOST_ROWS.

    `is_closed`: the selection is too small to be told apart, so there is no group.
    """

    by: Dimension
    groups: tuple[Group, ...]
    total: Group
    left_out: int
    is_closed: bool = False


def breakdown(
    user: User, *, by: Dimension, period: Period, filters: Filters
) -> Breakdown:
    """Each group beside the total, small groups hidden so that neither gives them away."""
    groups = counts_by(user, filters, by, since=period.start, until=period.end)
    everything = total_of(groups)
    asked = [key for key in SCORES if sum(scores_in(key, everything).values())]
    span = Span(user, period.start, period.end)
    hidden = hidden_values(span, filters, by, groups)
    hidden_total = hidden_scores(span, filters)
    # Not even which groups are empty may be seen then.
    is_closed = any(hidden[key].is_closed for key in asked)
    shown = [] if is_closed else largest(groups, ["responses"], MOST_ROWS)
    names = names_of(user, by, shown)
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
            for value in shown
        ),
        total=Group(
            "",
            "",
            everything["responses"],
            tuple(measured(key, everything, hide=key in hidden_total) for key in asked),
        ),
        left_out=0 if is_closed else max(0, len(groups) - MOST_ROWS),
        is_closed=is_closed,
    )
