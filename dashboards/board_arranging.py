"""An arrangement of a board's tiles, as the builder or its plain form sends it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from dashboards.boards import MOST_TILES, Place


class NoArrangement(ValueError):
    """What was sent says no places; a sentence for the user."""

    def __init__(self) -> None:
        super().__init__(_("This is no arrangement of tiles."))


@dataclass(frozen=True)
class Arrangement:
    """Where tiles are to stand on the board of this version."""

    version: int
    places: Mapping[UUID, Place]


def read_json(body: bytes) -> Arrangement:
    """{version, places: [{id, x, y, width, height}]}. Raises NoArrangement."""
    try:
        sent = json.loads(body)
        places = {UUID(one["id"]): _place(one) for one in sent["places"][:MOST_TILES]}
        return _checked(Arrangement(int(sent["version"]), places))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NoArrangement from error


def read_form(sent: QueryDict) -> Arrangement:
    """`tile` names the tiles; `x-<id>`, `row-<id>`, `width-<id>` and `height-<id>` say
    where they go; columns and rows count from 1. Raises NoArrangement."""
    try:
        places = {
            UUID(key): Place(
                int(str(sent[f"x-{key}"])) - 1,
                int(str(sent[f"row-{key}"])) - 1,
                int(str(sent[f"width-{key}"])),
                int(str(sent[f"height-{key}"])),
            )
            for key in sent.getlist("tile")[:MOST_TILES]
        }
        return _checked(Arrangement(int(str(sent["version"])), places))
    except (ValueError, TypeError, KeyError) as error:
        raise NoArrangement from error


def _place(one: Mapping[str, Any]) -> Place:
    return Place(int(one["x"]), int(one["y"]), int(one["width"]), int(one["height"]))


def _checked(asked: Arrangement) -> Arrangement:
    if not all(place.is_possible for place in asked.places.values()):
        raise NoArrangement
    return asked
