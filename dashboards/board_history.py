"""Every change of a board's tiles is kept, so that it can be undone and done again."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dashboards.models import BoardState, BoardTile, Dashboard
from teams.models import User

KEPT = 100
_PLACED = ("kind", "title", "settings", "x", "y", "width", "height")


class Stale(Exception):
    """Somebody has changed the board since; a sentence for the user."""

    def __init__(self, board: Dashboard) -> None:
        self.board = board
        super().__init__(
            _("%(name)s has changed this board meanwhile. This is how it is now.")
            % {"name": board.changed_by or _("Somebody")}
        )


class NothingToUndo(Exception):
    """The history ends here; a sentence for the user."""


def hold(board: Dashboard, *, version: int) -> Dashboard:
    """The board as it is, locked until the transaction ends. Raises Stale."""
    locked = Dashboard.objects.select_for_update(of=("self",))
    held = locked.select_related("changed_by", "team", "owner").get(pk=board.pk)
    if held.version != version:
        raise Stale(held)
    return held


def keep(held: Dashboard, what: str, *, by: User, at: datetime) -> None:
    """After a change of its tiles: a new state, in the place of those undone."""
    held.states.filter(place__gt=held.place).delete()
    held.place += 1
    held.states.create(place=held.place, tiles=_stored(held), what=what, by=by, at=at)
    held.states.filter(place__lte=held.place - KEPT).delete()
    note(held, what, by=by, at=at)


def begin(board: Dashboard, *, by: User, at: datetime) -> None:
    """The first state, before which there is none."""
    tiles = _stored(board)
    BoardState.objects.create(
        dashboard=board, place=board.place, tiles=tiles, what="created", by=by, at=at
    )


def note(held: Dashboard, what: str, *, by: User, at: datetime) -> None:
    """Another version of the board, with its event."""
    held.version += 1
    held.changed_at, held.changed_by = at, by
    held.save(update_fields=["version", "place", "changed_at", "changed_by"])
    held.record("changed", by=by, at=at, change=what)


@transaction.atomic
def step(
    board: Dashboard, steps: int, *, version: int, by: User, at: datetime
) -> Dashboard:
    """-1 undoes the last change, 1 does it again. Raises Stale and NothingToUndo."""
    held = hold(board, version=version)
    state = held.states.filter(place=held.place + steps).first()
    if state is None:
        raise NothingToUndo(
            _("There is nothing to undo.")
            if steps < 0
            else _("There is nothing to do again.")
        )
    held.place = state.place
    restore(held, state.tiles)
    note(held, "undone" if steps < 0 else "redone", by=by, at=at)
    return held


def reach(board: Dashboard) -> tuple[bool, bool]:
    """Whether there is something to undo, and something to do again."""
    around = (board.place - 1, board.place + 1)
    places = set(board.states.filter(place__in=around).values_list("place", flat=True))
    return around[0] in places, around[1] in places


def restore(board: Dashboard, stored: Sequence[Mapping[str, Any]]) -> None:
    """Its tiles as they were."""
    board.tiles.all().delete()
    BoardTile.objects.bulk_create(
        BoardTile(
            id=uuid.UUID(one["id"]),
            dashboard=board,
            **{name: one[name] for name in _PLACED},
        )
        for one in stored
    )


def _stored(board: Dashboard) -> list[dict[str, Any]]:
    return [
        {"id": str(tile.id), **{name: getattr(tile, name) for name in _PLACED}}
        for tile in board.tiles.all()
    ]
