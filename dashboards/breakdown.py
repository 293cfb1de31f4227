"""One period's scores, told apart by one dimension."""

from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.counting import Counts, total
from dashboards.dimensions import Dimension, names_of
from dashboards.periods import Period
from dashboards.registry import SCORES
from dashboards.results import Measured
from dashboards.selection import Filters
from dashboards.series import counts_by, measured, scores_in
from surveys import metrics
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
    groups = counts_by(user, filters, by, since=period.start, until=period.end)
    everything = total(groups.values())
    asked = [key for key in SCORES if sum(scores_in(key, everything).values())]
    hidden = {key: _hidden(key, groups) for key in asked}
    names = names_of(user, by, groups)
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
            "",
            "",
            everything["responses"],
            tuple(measured(key, everything) for key in asked),
        ),
        left_out=max(0, len(groups) - MOST_ROWS),
    )


def _hidden(key: str, groups: Mapping[int | str, Counts]) -> frozenset[int | str]:
    sizes = {v: sum(scores_in(key, counts).values()) for v, counts in groups.items()}
    return metrics.hidden_groups(sizes)
