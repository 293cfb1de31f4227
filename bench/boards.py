"""A board of twelve tiles over a million answers: how long its page takes."""

from collections.abc import Mapping

from django.utils import timezone

from bench import kpis, place
from bench.report import Row
from dashboards import boards
from dashboards.boards import NewTile, Place
from dashboards.models import Dashboard
from teams.models import User

# Twelve different questions, as a page of a board asks them.
TILES: tuple[Mapping[str, str | int], ...] = (
    *({"kind": "number", "metric": key} for key in ("nps", "csat", "ces", "responses")),
    {"kind": "trend", "metric": "nps"},
    {"kind": "trend", "metric": "csat", "period": "365d"},
    {"kind": "bars", "metric": "nps", "by": "region"},
    {"kind": "bars", "metric": "csat", "by": "product_line"},
    {"kind": "distribution", "metric": "nps"},
    {"kind": "table", "by": "tier", "count": 10},
    {"kind": "heatmap", "metric": "nps", "by": "region", "across": "tier"},
    {"kind": "bars", "metric": "nps", "by": "touchpoint", "period": "30d"},
)
VIEWS = {"90 days": "", "90 days, one region": "?region=Europe"}


def measure(*, rows: int, rounds: int) -> list[Row]:
    kpis.fill(rows, timezone.now())
    person = User.objects.get(email="eva@skylark.example")
    board = Dashboard(name="Twelve", audience="company")
    boards.begin(board, _tiles(), by=person, at=timezone.now())
    session = kpis.session_of(person)
    with place.server("cem.wsgi:application") as (port, _pid):
        return [
            kpis.page_row(
                f"board of 12 tiles, {name}",
                f"{board.get_absolute_url()}{query}",
                port,
                session,
                rounds,
            )
            for name, query in VIEWS.items()
        ]


def _tiles() -> list[NewTile]:
    found = []
    for number, wanted in enumerate(TILES):
        settings = {name: value for name, value in wanted.items() if name != "kind"}
        spot = Place(number % 4 * 3, number // 4 * 4, 3, 4)
        found.append(NewTile(str(wanted["kind"]), settings, place=spot))
    return found
