"""What a tile is called, and its own filters in words."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.utils.translation import gettext as _

from dashboards.board_settings import TileSettings
from dashboards.dimensions import DIMENSIONS, Dimension, Value, names_of
from dashboards.models import BoardTile
from dashboards.periods import Preset
from dashboards.registry import METRICS
from dashboards.selection import Filters
from journeys.models import Journey
from teams.models import User


class Namer:
    """Names of values, those of one dimension in one query; none of what the person
    may not know of."""

    def __init__(self, user: User) -> None:
        self.user = user
        self._expected: dict[Dimension, set[Value]] = defaultdict(set)
        self._known: dict[Dimension, dict[Value, str]] = defaultdict(dict)
        self._asked: dict[Dimension, set[Value]] = defaultdict(set)

    def expect(self, filters: Iterable[Filters]) -> None:
        """These will be asked for soon, one by one."""
        for one in filters:
            for dimension, value in one.given.items():
                self._expected[dimension].add(value)

    def names(
        self, dimension: Dimension, values: Collection[Value]
    ) -> Mapping[Value, str]:
        wanted = {*values, *self._expected[dimension]} - self._asked[dimension]
        if wanted:
            self._known[dimension] |= names_of(self.user, dimension, wanted)
            self._asked[dimension] |= wanted
        return self._known[dimension]

    def name(self, dimension: Dimension, value: Value) -> str:
        if value == "":
            return _("Not stated")
        return self.names(dimension, [value]).get(value) or _("not yours to see")


def title_of(tile: BoardTile, settings: TileSettings) -> str:
    """Its own title, or what it shows in the words of who reads it."""
    if tile.title:
        return tile.title
    if tile.kind == BoardTile.Kind.JOURNEY:
        journey = Journey.objects.filter(pk=settings.journey or 0).first()
        return str(journey or tile.get_kind_display())
    if tile.kind == BoardTile.Kind.QUOTES:
        return _("What customers wrote last")
    metric = METRICS.get(settings.metric)
    if tile.kind == BoardTile.Kind.TABLE:
        return _told_apart(_("Scores"), settings)
    if metric is None:
        return ""
    return _told_apart(str(metric.label), settings)


def chips_of(settings: TileSettings, namer: Namer) -> tuple[str, ...]:
    """What holds for this tile and not for the whole page."""
    filters = settings.filters
    period = [str(Preset(settings.period).label)] if settings.period else []
    given = (
        _("%(dimension)s: %(value)s")
        % {
            "dimension": DIMENSIONS[dimension].label,
            "value": namer.name(dimension, value),
        }
        for dimension, value in filters.given.items()
    )
    pairs = (f"{name}: {value}" for name, value in filters.attributes)
    return (*period, *given, *pairs)


def _told_apart(what: str, settings: TileSettings) -> str:
    sides = [side for side in (settings.by, settings.across) if side]
    names = [_side(side) for side in sides]
    if len(names) == 2:
        return _("%(metric)s by %(dimension)s and %(other)s") % {
            "metric": what,
            "dimension": names[0],
            "other": names[1],
        }
    if names:
        return _("%(metric)s by %(dimension)s") % {
            "metric": what,
            "dimension": names[0],
        }
    return what


def _side(name: str) -> str:
    special = {"weekday": _("weekday"), "hour": _("hour")}
    if name in special:
        return special[name]
    found = [one for key, one in DIMENSIONS.items() if key == name]
    return str(found[0].label).lower() if found else name
