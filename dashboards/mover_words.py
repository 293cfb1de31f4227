"""What moved, in words, each with the way to its cause."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.dimensions import DIMENSIONS
from dashboards.forms import NONE
from dashboards.movers import Mover, Movers
from dashboards.periods import Period, Preset
from dashboards.wording import amount_text, count_text
from surveys.number_words import how_many_points, points_text


@dataclass(frozen=True)
class Line:
    """`title` is the link's, `words` say by how much, `rest` whether others did too."""

    title: str
    url: str
    words: str
    rest: str


@dataclass(frozen=True)
class Told:
    week: Period
    tested: int
    better: tuple[Line, ...]
    worse: tuple[Line, ...]


def told(movers: Movers, query: QueryDict) -> Told:
    """`query` is the page's own: a line's link keeps its filters and adds one."""
    return Told(
        movers.week,
        movers.tested,
        tuple(_line(mover, movers.week, query) for mover in movers.better),
        tuple(_line(mover, movers.week, query) for mover in movers.worse),
    )


def _line(mover: Mover, week: Period, query: QueryDict) -> Line:
    place = _("%(dimension)s %(name)s") % {
        "dimension": DIMENSIONS[mover.dimension].label,
        "name": mover.name or _("Not stated"),
    }
    title = _("%(metric)s, %(place)s") % {"metric": mover.metric.label, "place": place}
    return Line(title, _url(mover, week, query), _words(mover), _rest(mover))


def _words(mover: Mover) -> str:
    unit, change = mover.metric.unit, mover.change
    return ngettext(
        "%(change)s point (%(low)s to %(high)s): from %(before)s to %(now)s,"
        " n = %(n_before)s and %(n)s",
        "%(change)s points (%(low)s to %(high)s): from %(before)s to %(now)s,"
        " n = %(n_before)s and %(n)s",
        how_many_points(change.value),
    ) % {
        "change": points_text(change.value),
        "low": points_text(change.low),
        "high": points_text(change.high),
        "before": amount_text(unit, mover.before.value),
        "now": amount_text(unit, mover.now.value),
        "n_before": count_text(mover.before.n),
        "n": count_text(mover.now.n),
    }


def _rest(mover: Mover) -> str:
    if mover.elsewhere is None:
        return ""
    if mover.is_local:
        more = mover.elsewhere.value
        return ngettext(
            "Only here: %(points)s point more than the rest.",
            "Only here: %(points)s points more than the rest.",
            how_many_points(more),
        ) % {"points": points_text(more)}
    return _("The rest moved in much the same way.")


def _url(mover: Mover, week: Period, query: QueryDict) -> str:
    asked = {
        **query.dict(),
        "period": Preset.CUSTOM.value,
        "since": week.start.isoformat(),
        "until": week.end.isoformat(),
        "metric": mover.metric.key,
        mover.dimension: mover.value if mover.value != "" else NONE,
    }
    return f"{reverse('dashboards:explore')}?{urlencode(asked)}"
