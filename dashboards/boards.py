"""What people do with boards: begin, arrange, fill, hand on, throw away.

Every change of a board asks for the version that its author saw, and raises Stale
where somebody was faster.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from dashboards import board_history
from dashboards.board_history import hold, keep, note
from dashboards.models import COLUMNS, BoardTile, Dashboard
from dashboards.models.boards import MOST_ROWS, TALLEST
from teams.models import User

MOST_TILES = 40


class BoardFull(Exception):
    """No more tiles fit; a sentence for the user."""


@dataclass(frozen=True)
class Place:
    """Where a tile stands, in columns of twelve and rows."""

    x: int
    y: int
    width: int
    height: int

    @property
    def is_possible(self) -> bool:
        return (
            0 <= self.x <= COLUMNS - self.width
            and 0 <= self.y <= MOST_ROWS
            and 1 <= self.width <= COLUMNS
            and 1 <= self.height <= TALLEST
        )

    def shares_columns(self, other: "Place") -> bool:
        return self.x < other.x + other.width and other.x < self.x + self.width

    def meets(self, other: "Place") -> bool:
        return (
            self.shares_columns(other)
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True)
class NewTile:
    kind: str
    settings: Mapping[str, Any]
    title: str = ""
    place: Place | None = None

    @property
    def size(self) -> tuple[int, int]:
        place = self.place
        return (place.width, place.height) if place else SIZES[self.kind]


@transaction.atomic
def begin(
    board: Dashboard, tiles: Sequence[NewTile], *, by: User, at: datetime
) -> Dashboard:
    """Store a new board with its first tiles; `by` owns it."""
    board.owner = board.changed_by = by
    board.created_at = board.changed_at = at
    board.save(force_insert=True)
    BoardTile.objects.bulk_create(_tile(board, one) for one in tiles)
    board_history.begin(board, by=by, at=at)
    board.record("created", by=by, at=at, tiles=len(tiles))
    return board


@transaction.atomic
def duplicate(board: Dashboard, *, by: User, at: datetime) -> Dashboard:
    """A copy that is the person's own and nobody else's."""
    copy = Dashboard(
        name=(_("%(name)s (copy)") % {"name": board.name})[:120],
        description=board.description,
        selection=board.selection,
    )
    tiles = [
        NewTile(one.kind, one.settings, one.title, place_of(one))
        for one in board.tiles.all()
    ]
    return begin(copy, tiles, by=by, at=at)


@transaction.atomic
def change(
    board: Dashboard,
    values: Mapping[str, Any],
    *,
    version: int,
    by: User,
    at: datetime,
) -> None:
    """Name, description, who sees it, or the selection it opens with."""
    held = hold(board, version=version)
    changed = [name for name in values if getattr(held, name) != values[name]]
    if not changed:
        return
    for name in changed:
        setattr(held, name, values[name])
    held.save(update_fields=changed)
    note(held, "settings", by=by, at=at)


@transaction.atomic
def delete(board: Dashboard, *, by: User, at: datetime) -> None:
    """Out of the lists; `bring_back` undoes it."""
    if Dashboard.objects.kept().filter(pk=board.pk).update(deleted_at=at):
        board.record("deleted", by=by, at=at, name=board.name)


@transaction.atomic
def bring_back(board: Dashboard, *, by: User, at: datetime) -> None:
    if Dashboard.objects.deleted().filter(pk=board.pk).update(deleted_at=None):
        board.record("restored", by=by, at=at, name=board.name)


@transaction.atomic
def add_tile(
    board: Dashboard, new: NewTile, *, version: int, by: User, at: datetime
) -> BoardTile:
    """In the first place that is free. Raises BoardFull."""
    held = hold(board, version=version)
    tile = _put(held, new)
    keep(held, "tile_added", by=by, at=at)
    return tile


@transaction.atomic
def copy_tile(
    board: Dashboard, tile: BoardTile, *, version: int, by: User, at: datetime
) -> BoardTile:
    """Raises BoardFull."""
    held = hold(board, version=version)
    new = NewTile(tile.kind, tile.settings, tile.title, place_of(tile))
    copy = _put(held, new)
    keep(held, "tile_copied", by=by, at=at)
    return copy


@transaction.atomic
def change_tile(
    board: Dashboard,
    tile: BoardTile,
    new: NewTile,
    *,
    version: int,
    by: User,
    at: datetime,
) -> None:
    """What it shows; it stays where it stands."""
    held = hold(board, version=version)
    tile.title, tile.settings = new.title, dict(new.settings)
    tile.save(update_fields=["title", "settings"])
    keep(held, "tile_changed", by=by, at=at)


@transaction.atomic
def remove_tile(
    board: Dashboard, tile: BoardTile, *, version: int, by: User, at: datetime
) -> None:
    held = hold(board, version=version)
    tile.delete()
    _settle(held, {})
    keep(held, "tile_removed", by=by, at=at)


@transaction.atomic
def arrange(
    board: Dashboard,
    places: Mapping[UUID, Place],
    *,
    version: int,
    by: User,
    at: datetime,
) -> Dashboard:
    """Tiles moved and resized; those that are not named stay, tiles that meet give way.

    Raises ValueError for a place off the grid, BoardFull where they get too many rows.
    """
    held = hold(board, version=version)
    if not all(place.is_possible for place in places.values()):
        raise ValueError("a place is not on the grid")
    if _settle(held, places):
        keep(held, "arranged", by=by, at=at)
    return held


def settle(places: Mapping[UUID, Place]) -> dict[UUID, Place]:
    """The same places from the top down, each as high as it can stand without meeting
    another: no tile lies over one, and no row is empty."""
    settled: dict[UUID, Place] = {}
    for key, place in sorted(places.items(), key=lambda p: (p[1].y, p[1].x, p[0])):
        above = (other for other in settled.values() if place.shares_columns(other))
        y = max((other.y + other.height for other in above), default=0)
        settled[key] = replace(place, y=y)
    return settled


def place_of(tile: BoardTile) -> Place:
    return Place(tile.x, tile.y, tile.width, tile.height)


# How large a tile of each kind begins, in columns and rows.
SIZES: Mapping[str, tuple[int, int]] = {
    BoardTile.Kind.NUMBER: (3, 2),
    BoardTile.Kind.TREND: (6, 4),
    BoardTile.Kind.BARS: (6, 4),
    BoardTile.Kind.DISTRIBUTION: (6, 4),
    BoardTile.Kind.HEATMAP: (6, 5),
    BoardTile.Kind.TABLE: (6, 5),
    BoardTile.Kind.QUOTES: (6, 4),
    BoardTile.Kind.JOURNEY: (12, 3),
    BoardTile.Kind.TEXT: (6, 1),
}


def _put(held: Dashboard, new: NewTile) -> BoardTile:
    """Where nothing stands: row after row, from the left."""
    taken = [place_of(tile) for tile in held.tiles.all()]
    if len(taken) >= MOST_TILES:
        raise BoardFull(_("A board has %(most)d tiles at most.") % {"most": MOST_TILES})
    width, height = new.size
    free = (
        place
        for y in range(MOST_ROWS + 1)
        for x in range(COLUMNS - width + 1)
        for place in (Place(x, y, width, height),)
        if not any(place.meets(other) for other in taken)
    )
    tile = _tile(held, replace(new, place=_there(next(free, None))))
    tile.save(force_insert=True)
    return tile


def _settle(held: Dashboard, wanted: Mapping[UUID, Place]) -> bool:
    """Whether a tile stands somewhere else now."""
    tiles = list(held.tiles.all())
    settled = settle({tile.id: wanted.get(tile.id, place_of(tile)) for tile in tiles})
    moved = [tile for tile in tiles if settled[tile.id] != place_of(tile)]
    for tile in moved:
        place = settled[tile.id]
        _stand(tile, _there(place if place.is_possible else None))
    BoardTile.objects.bulk_update(moved, ["x", "y", "width", "height"])
    return bool(moved)


def _there(place: Place | None) -> Place:
    if place is None:
        raise BoardFull(_("There is no room left on this board."))
    return place


def _tile(board: Dashboard, new: NewTile) -> BoardTile:
    tile = BoardTile(
        id=uuid4(),
        dashboard=board,
        kind=new.kind,
        title=new.title,
        settings=dict(new.settings),
    )
    _stand(tile, _there(new.place))
    return tile


def _stand(tile: BoardTile, place: Place) -> None:
    tile.x, tile.y = place.x, place.y
    tile.width, tile.height = place.width, place.height
