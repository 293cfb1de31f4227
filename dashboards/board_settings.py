"""What a tile of a board shows, as it is kept with the tile."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Self, cast

from django.utils.translation import gettext as _

from dashboards.dimensions import DIMENSIONS, Dimension
from dashboards.periods import Period, Preset, period_for
from dashboards.registry import METRICS
from dashboards.selection import Filters

MOST_QUOTES = 12


class Unshowable(ValueError):
    """The tile asks for what there is not (any more); a sentence for the user."""


@dataclass(frozen=True)
class TileSettings:
    """`by` and `across` are dimensions, or `weekday` and `hour` together.

    `period` is a preset of the tile's own, '' for the page's; `filters` narrow the
    page's and win where both say something about one dimension.
    """

    metric: str = ""
    by: str = ""
    across: str = ""
    period: str = ""
    journey: int | None = None
    count: int = 5
    words: str = ""
    filters: Filters = Filters()

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """Raises Unshowable for what no form of ours has stored."""
        try:
            known = {f.name for f in fields(cls)} - {"filters"}
            plain = {name: stored[name] for name in known & stored.keys()}
            found = cls(**plain, filters=_filters(stored.get("filters", {})))
        except (TypeError, ValueError, KeyError) as error:
            raise Unshowable(_("The settings of this tile cannot be read.")) from error
        found._check()
        return found

    @property
    def stored(self) -> dict[str, Any]:
        """What is not as it is by default."""
        plain = {
            f.name: getattr(self, f.name)
            for f in fields(self)
            if f.name != "filters" and getattr(self, f.name) != f.default
        }
        given: dict[str, Any] = dict(self.filters.given.items())
        if self.filters.attributes:
            given["attributes"] = [list(pair) for pair in self.filters.attributes]
        return {**plain, "filters": given} if given else plain

    @property
    def dimension(self) -> Dimension:
        return self._dimension(self.by)

    @property
    def other_dimension(self) -> Dimension:
        return self._dimension(self.across)

    def narrowed(self, filters: Filters) -> Filters:
        """The page's filters with this tile's own."""
        own: dict[str, Any] = dict(self.filters.given.items())
        attributes = dict(filters.attributes) | dict(self.filters.attributes)
        return replace(filters, **own, attributes=tuple(attributes.items()))

    def span(self, page: Period, *, today: date) -> Period:
        """The tile's own period, or the page's."""
        return period_for(self.period, today=today) if self.period else page

    def _check(self) -> None:
        if self.metric and self.metric not in METRICS:
            raise Unshowable(_("This tile asks for a number that is no more."))
        if self.period and (
            self.period not in Preset.values or self.period == Preset.CUSTOM
        ):
            raise Unshowable(_("This tile asks for a period that is no more."))

    def _dimension(self, name: str) -> Dimension:
        if name not in DIMENSIONS:
            raise Unshowable(_("This tile asks for a dimension that is no more."))
        return cast(Dimension, name)


def _filters(stored: Mapping[str, Any]) -> Filters:
    given: dict[str, Any] = {}
    for name, value in stored.items():
        if name == "attributes":
            continue
        wanted = int if DIMENSIONS[cast(Dimension, name)].is_number else str
        if type(value) is not wanted:
            raise ValueError(name)
        given[name] = value
    pairs = tuple((str(n), str(v)) for n, v in stored.get("attributes", ()))
    return Filters(**given, attributes=pairs)
