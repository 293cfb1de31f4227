"""The tiles of a board as one person sees them now, in their own scope.

A tile that cannot be shown says so in its place; the others are not touched by it.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from django.db import connection, transaction
from django.db.models import Count
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dashboards import board_drawings as drawings
from dashboards.board_counting import Counting
from dashboards.board_filters import address_of
from dashboards.board_settings import TileSettings, Unshowable
from dashboards.board_words import Namer, chips_of, title_of
from dashboards.count_tables import largest
from dashboards.dimensions import DIMENSIONS
from dashboards.figures import Figure
from dashboards.models import BoardTile
from dashboards.periods import Period, Preset
from dashboards.published import Number, number_of
from dashboards.registry import METRICS, SCORES
from dashboards.report import Table
from dashboards.results import Measured
from dashboards.selection import Filters, answers, tickets
from dashboards.tiles import Tile, tile_of
from journeys.maps import map_of
from journeys.models import Journey
from surveys.models import Response
from teams.access import can
from teams.models import User
from teams.roles import Ability

log = logging.getLogger("cem.dashboards")
State = Literal["ready", "empty", "failed"]


@dataclass(frozen=True)
class StageShown:
    """A stage of a journey: what customers say there, and what is open."""

    name: str
    score: Tile
    open_tickets: int
    touchpoints: tuple[str, ...]


@dataclass(frozen=True)
class QuoteShown:
    text: str
    said: str
    url: str


@dataclass(frozen=True)
class Shown:
    """`sentence` says why there is nothing, where the state is not ready; `exact` is
    the number unrounded, for exports."""

    tile: BoardTile
    title: str
    chips: tuple[str, ...] = ()
    state: State = "ready"
    sentence: str = ""
    number: Tile | None = None
    exact: Number | None = None
    figure: Figure | None = None
    table: Table | None = None
    quotes: tuple[QuoteShown, ...] = ()
    stages: tuple[StageShown, ...] = ()
    words: str = ""
    note: str = ""
    explore_url: str = ""
    maths_url: str = ""
    facts: SafeString = SafeString()

    @property
    def key(self) -> str:
        return f"tile-{self.tile.id}"

    @property
    def is_titled_by_figure(self) -> bool:
        """The figure's caption says all that the title does."""
        return self.figure is not None and not self.tile.title

    @property
    def place_classes(self) -> str:
        """Column, width and height; rows follow from the order of the tiles."""
        tile = self.tile
        return f"at-x-{tile.x} at-w-{tile.width} at-h-{tile.height}"


@dataclass(frozen=True)
class Page:
    """What all tiles of a page have in common."""

    user: User
    filters: Filters
    period: Period
    today: date
    at: datetime


@dataclass(frozen=True)
class _Asked:
    """One tile's question, with the page's narrowed by its own."""

    tile: BoardTile
    settings: TileSettings
    filters: Filters
    period: Period
    counting: Counting
    namer: Namer

    @property
    def key(self) -> str:
        return f"tile-{self.tile.id}"

    @property
    def user(self) -> User:
        return self.counting.user

    @property
    def explore_url(self) -> str:
        """Where the same number is looked into."""
        if self.metric not in (*SCORES, "responses"):
            return ""
        query = self._query()
        query["metric"] = self.metric
        if self.settings.by in DIMENSIONS:
            query["by"] = self.settings.by
        return f"{reverse('dashboards:explore')}?{query.urlencode()}"

    @property
    def maths_url(self) -> str:
        query = self._query().urlencode()
        return f"{reverse('dashboards:maths', args=[self.metric])}?{query}"

    def _query(self) -> QueryDict:
        query = address_of(self.filters)
        query["period"] = Preset.CUSTOM.value
        query["since"] = self.period.start.isoformat()
        query["until"] = self.period.end.isoformat()
        return query

    @property
    def metric(self) -> str:
        if self.settings.metric not in METRICS:
            raise Unshowable(_("This tile asks for a number that is no more."))
        return self.settings.metric


def show(tiles: Iterable[BoardTile], page: Page) -> list[Shown]:
    """Every tile, in the order given."""
    read = [(tile, _read(tile)) for tile in tiles]
    known = [(tile, found) for tile, found in read if isinstance(found, TileSettings)]
    wanted = defaultdict(set)
    for tile, settings in known:
        if tile.kind == BoardTile.Kind.NUMBER:
            wanted[_selection(settings, page)].add(settings.metric)
    counting = Counting(page.user, page.at, wanted)
    namer = Namer(page.user)
    namer.expect(settings.filters for _tile, settings in known)
    return [_shown(tile, found, page, counting, namer) for tile, found in read]


def _read(tile: BoardTile) -> TileSettings | Unshowable:
    try:
        return TileSettings.read(tile.settings)
    except Unshowable as problem:
        return problem


def _selection(settings: TileSettings, page: Page) -> tuple[Filters, Period]:
    period = settings.span(page.period, today=page.today)
    return settings.narrowed(page.filters), period


def _shown(
    tile: BoardTile,
    found: TileSettings | Unshowable,
    page: Page,
    counting: Counting,
    namer: Namer,
) -> Shown:
    if isinstance(found, Unshowable):
        title = tile.title or str(tile.get_kind_display())
        return Shown(tile, title, state="failed", sentence=str(found))
    asked = _Asked(tile, found, *_selection(found, page), counting, namer)
    plain = Shown(tile, title_of(tile, found), chips_of(found, namer))
    try:
        # What fails in the database must not take the page's other queries with it: in
        # a transaction they would go, too.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            return SHOWN_AS[tile.kind](asked, plain)
    except Unshowable as problem:
        return replace(plain, state="failed", sentence=str(problem))
    except Exception:
        log.exception("tile %s of board %s", tile.id, tile.dashboard_id)
        sentence = _("This tile could not be worked out. The others are not affected.")
        return replace(plain, state="failed", sentence=sentence)


def _number(asked: _Asked, plain: Shown) -> Shown:
    result = asked.counting.result(asked.metric, asked.filters, asked.period)
    tile = tile_of(result)
    return replace(
        plain,
        number=tile,
        exact=number_of(result),
        facts=tile.facts,
        explore_url=asked.explore_url,
        maths_url=asked.maths_url,
    )


def _trend(asked: _Asked, plain: Shown) -> Shown:
    question = asked.counting.question(asked.filters, asked.period)
    drawn = drawings.trend(asked.key, asked.metric, question)
    return _drawn(asked, plain, drawn)


def _bars(asked: _Asked, plain: Shown) -> Shown:
    by = asked.settings.dimension
    told = asked.counting.by(asked.filters, asked.period, by)
    names = asked.namer.names(by, drawings.shown_in(asked.metric, told.groups))
    return _drawn(asked, plain, drawings.bars(asked.key, asked.metric, by, told, names))


def _distribution(asked: _Asked, plain: Shown) -> Shown:
    question = asked.counting.question(asked.filters, asked.period)
    drawn = drawings.distribution(asked.key, asked.metric, question)
    return _drawn(asked, plain, drawn)


def _heatmap(asked: _Asked, plain: Shown) -> Shown:
    if asked.settings.by == "weekday":
        hours = asked.counting.hours(asked.metric, asked.filters, asked.period)
        note = _("Counted out of the answers themselves, once a minute.")
        drawn = drawings.week(asked.key, asked.metric, hours)
        return replace(_drawn(asked, plain, drawn), note=note)
    sides = asked.settings.dimension, asked.settings.other_dimension
    told = asked.counting.crossed(asked.metric, asked.filters, asked.period, sides)
    first, second = (
        asked.namer.names(by, drawings.side_in(asked.metric, told.cells, side))
        for side, by in enumerate(sides)
    )
    drawn = drawings.heatmap(asked.key, asked.metric, sides, told, (first, second))
    return _drawn(asked, plain, drawn)


def _table(asked: _Asked, plain: Shown) -> Shown:
    by = asked.settings.dimension
    told = asked.counting.by(asked.filters, asked.period, by)
    if not told.groups:
        return _empty(plain)
    names = asked.namer.names(
        by, largest(told.groups, ["responses"], asked.settings.count)
    )
    table, left_out = drawings.table(by, told, names, most=asked.settings.count)
    note = drawings.left_out_words(left_out) if left_out else ""
    return replace(plain, table=table, note=note, facts=_definition("nps"))


def _quotes(asked: _Asked, plain: Shown) -> Shown:
    if not can(asked.user, Ability.SEE_CUSTOMERS):
        raise Unshowable(_("Your role may not read what customers write."))
    days = asked.period.start, asked.period.end
    rows = (
        answers(asked.user, asked.filters)
        .filter(day__range=days)
        .exclude(comment="")
        .select_related("touchpoint")
        .only("id", "comment", "nps", "csat", "ces", "day", "touchpoint__name")
        .order_by("-submitted_at", "-id")[: asked.settings.count]
    )
    quotes = tuple(map(_quote, rows))
    return replace(plain, quotes=quotes) if quotes else _empty(plain)


def _quote(response: Response) -> QuoteShown:
    scores = [
        f"{METRICS[key].label} {score}"
        for key in ("nps", "csat", "ces")
        if (score := getattr(response, key)) is not None
    ]
    day = date_format(response.day, "SHORT_DATE_FORMAT")
    said = " · ".join([*scores, response.touchpoint.name, day])
    url = reverse("surveys:response", args=[response.pk])
    return QuoteShown(response.comment, said, url)


def _journey(asked: _Asked, plain: Shown) -> Shown:
    journey = Journey.objects.filter(pk=asked.settings.journey or 0).first()
    if journey is None:
        raise Unshowable(_("This journey is no more."))
    own = (
        asked.filters
        if asked.filters.journey
        else replace(asked.filters, journey=journey.pk)
    )
    told = asked.counting.by(own, asked.period, "stage")
    stages = map_of(journey).touchpoints
    nothing = Measured(METRICS[asked.metric], 0, None)
    waiting = _open_by_stage(asked, journey)
    return replace(
        plain,
        stages=tuple(
            StageShown(
                stage.name,
                tile_of(
                    told.measured(asked.metric, stage.pk)
                    if stage.pk in told.groups
                    else nothing
                ),
                waiting.get(stage.pk, 0),
                tuple(point.name for point in points),
            )
            for stage, points in stages
        ),
        facts=_definition(asked.metric),
    )


def _open_by_stage(asked: _Asked, journey: Journey) -> Mapping[int, int]:
    rows = (
        tickets(asked.user, asked.filters)
        .open()
        .filter(touchpoint__stage__journey=journey)
        .order_by()
        .values_list("touchpoint__stage")
        .annotate(Count("pk"))
    )
    return dict(rows)


def _text(asked: _Asked, plain: Shown) -> Shown:
    return replace(plain, words=asked.settings.words)


SHOWN_AS: Mapping[str, Callable[[_Asked, Shown], Shown]] = {
    BoardTile.Kind.NUMBER: _number,
    BoardTile.Kind.TREND: _trend,
    BoardTile.Kind.BARS: _bars,
    BoardTile.Kind.DISTRIBUTION: _distribution,
    BoardTile.Kind.HEATMAP: _heatmap,
    BoardTile.Kind.TABLE: _table,
    BoardTile.Kind.QUOTES: _quotes,
    BoardTile.Kind.JOURNEY: _journey,
    BoardTile.Kind.TEXT: _text,
}


def _drawn(asked: _Asked, plain: Shown, figure: Figure) -> Shown:
    if figure.is_empty and not figure.note:
        return _empty(plain)
    return replace(
        plain,
        figure=figure,
        facts=_definition(asked.metric),
        explore_url=asked.explore_url,
    )


def _definition(metric: str) -> SafeString:
    return tile_of(Measured(METRICS[metric], 0, None)).facts


def _empty(plain: Shown) -> Shown:
    sentence = _("No data yet in this period and selection.")
    return replace(plain, state="empty", sentence=sentence)
