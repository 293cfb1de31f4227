"""Which values a data scope can name. Apps above offer theirs; none is typed by hand.

offer(DataScope.Dimension.REGION, lambda: Customer.objects.…distinct())
"""

from collections import defaultdict
from collections.abc import Callable, Iterable

from teams.models import DataScope, Team

Source = Callable[[], Iterable[str]]

_sources: dict[str, list[Source]] = defaultdict(list)


def offer(dimension: DataScope.Dimension, source: Source) -> None:
    """Register where values of the dimension come from; called when apps are loaded."""
    _sources[dimension].append(source)


def values_of(dimension: str) -> list[tuple[str, str]]:
    """Value and label of everything that a scope of this dimension can name."""
    if dimension == DataScope.Dimension.TEAM:
        teams = Team.objects.order_by("name").values_list("pk", "name")
        return [(str(pk), name) for pk, name in teams]
    found = {value for source in _sources[dimension] for value in source() if value}
    return [(value, value) for value in sorted(found)]


def choices() -> list[tuple[str, str]]:
    """For a select: `region:North`, shown as "Region: North"."""
    return [
        (f"{dimension.value}:{value}", f"{dimension.label}: {label}")
        for dimension in DataScope.Dimension
        for value, label in values_of(dimension)
    ]
