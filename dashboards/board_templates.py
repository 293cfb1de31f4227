"""The boards to begin with: one for each role, or an empty one."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dashboards.board_settings import TileSettings
from dashboards.boards import NewTile, Place
from dashboards.models import BoardTile
from journeys.models import Journey

Kind = BoardTile.Kind


@dataclass(frozen=True)
class Template:
    """`tiles` have no titles, so that they speak the language of who reads them."""

    key: str
    label: str | Promise
    description: str | Promise
    tiles: tuple[NewTile, ...] = ()

    def __str__(self) -> str:
        return str(self.label)


def tiles_of(template: Template) -> list[NewTile]:
    """Its tiles; the map of a journey is that of the first journey there is."""
    journey = Journey.objects.active().order_by("pk").first()
    found = []
    for tile in template.tiles:
        if tile.kind != Kind.JOURNEY:
            found.append(tile)
        elif journey:
            settings = {**tile.settings, "journey": journey.pk}
            found.append(NewTile(tile.kind, settings, tile.title, tile.place))
    return found


def _tile(kind: str, at: tuple[int, int, int, int], **settings: object) -> NewTile:
    stored = TileSettings(**settings).stored  # type: ignore[arg-type]  # the constants below
    return NewTile(kind, stored, place=Place(*at))


def _numbers(*metrics: str, y: int = 0) -> tuple[NewTile, ...]:
    """Four in a row."""
    return tuple(
        _tile(Kind.NUMBER, (place % 4 * 3, y + place // 4 * 2, 3, 2), metric=metric)
        for place, metric in enumerate(metrics)
    )


_ALL = (
    Template("empty", _("An empty board"), _("Choose every tile yourself.")),
    Template(
        "executive",
        _("For executives"),
        _("How we are doing, where it is bad, and whether it is being fixed."),
        (
            *_numbers("nps", "csat", "ces", "responses"),
            *_numbers(
                "contact_in_sla",
                "resolution_in_sla",
                "resolution_minutes",
                "open_tickets",
                y=2,
            ),
            _tile(Kind.TREND, (0, 4, 8, 4), metric="nps"),
            _tile(Kind.BARS, (8, 4, 4, 4), metric="nps", by="region"),
            _tile(Kind.JOURNEY, (0, 8, 12, 3), metric="nps"),
            _tile(Kind.TABLE, (0, 11, 12, 4), by="product_line", count=8),
        ),
    ),
    Template(
        "cx_manager",
        _("For CX managers"),
        _("Scores by touchpoint, when people answer, and what they write."),
        (
            *_numbers("nps", "csat", "ces", "responses"),
            _tile(Kind.TREND, (0, 2, 6, 4), metric="csat"),
            _tile(Kind.DISTRIBUTION, (6, 2, 6, 4), metric="nps"),
            _tile(Kind.TABLE, (0, 6, 6, 5), by="touchpoint", count=10),
            _tile(Kind.QUOTES, (6, 6, 6, 5), count=6),
            _tile(
                Kind.HEATMAP, (0, 11, 12, 5), metric="nps", by="region", across="tier"
            ),
            _tile(Kind.JOURNEY, (0, 16, 12, 3), metric="nps"),
        ),
    ),
    Template(
        "team_lead",
        _("For team leads"),
        _("What waits, what is late, and what customers say meanwhile."),
        (
            *_numbers(
                "open_tickets", "overdue_tickets", "contact_in_sla", "contact_minutes"
            ),
            _tile(Kind.BARS, (0, 2, 6, 4), metric="nps", by="touchpoint"),
            _tile(Kind.TREND, (6, 2, 6, 4), metric="nps", period="30d"),
            _tile(
                Kind.HEATMAP, (0, 6, 12, 5), metric="nps", by="weekday", across="hour"
            ),
            _tile(Kind.QUOTES, (0, 11, 12, 4), count=8),
        ),
    ),
    Template(
        "account_manager",
        _("For account managers"),
        _("Company by company: scores, answers and words."),
        (
            *_numbers("nps", "responses", "open_tickets", "resolution_in_sla"),
            _tile(Kind.TABLE, (0, 2, 7, 6), by="account", count=15),
            _tile(Kind.QUOTES, (7, 2, 5, 6), count=8),
            _tile(Kind.TREND, (0, 8, 6, 4), metric="nps"),
            _tile(Kind.BARS, (6, 8, 6, 4), metric="nps", by="tier"),
        ),
    ),
)
TEMPLATES: Mapping[str, Template] = {template.key: template for template in _ALL}
