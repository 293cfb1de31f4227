"""What the pages of boards are made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dashboards import fresh
from dashboards.asked import scope_words
from dashboards.board_tiles import Page, Shown, show
from dashboards.forms import DEFAULT_PRESET, FilterForm
from dashboards.models import Dashboard
from dashboards.sections import CARRIED
from dashboards.series import filled_to
from surveys.intake import local_day
from teams.models import User

SECONDS = (30, 60, 120, 300)
DEFAULT_SECONDS = 60
MOST_ON_WALL = 12


@dataclass(frozen=True)
class Group:
    """Boards of one audience, under its heading."""

    label: str | Promise
    rows: tuple[tuple[Dashboard, bool], ...]


def groups_of(found: Iterable[Dashboard], user: User) -> list[Group]:
    """Mine, those of my teams, the company's; each with whether I may change it."""
    headings: dict[str, tuple[str | Promise, list[tuple[Dashboard, bool]]]] = {
        Dashboard.Audience.PRIVATE: (_("Only for me"), []),
        Dashboard.Audience.TEAM: (_("For my teams"), []),
        Dashboard.Audience.COMPANY: (_("For the company"), []),
    }
    for board in found:
        headings[board.audience][1].append((board, board.can_edit(user)))
    return [Group(label, tuple(rows)) for label, rows in headings.values() if rows]


def selection_of(board: Dashboard, asked: QueryDict) -> QueryDict:
    """The address's filters, or those that the board opens with."""
    if any(asked.get(name) for name in CARRIED):
        return asked
    return QueryDict(board.selection)


def filter_form(user: User, asked: QueryDict, *, at: datetime) -> FilterForm:
    query = asked.copy()
    query.setdefault("period", DEFAULT_PRESET)
    return FilterForm(query, user=user, today=local_day(at))


def kept_selection(asked: QueryDict, user: User, *, at: datetime) -> str | None:
    """The filters as a board keeps them; None where they are no selection."""
    if not filter_form(user, asked, at=at).is_valid():
        return None
    pairs = [
        (name, value)
        for name in CARRIED
        for value in asked.getlist(name)
        if value != ""
    ]
    return urlencode(pairs)


def context_of(
    board: Dashboard, user: User, asked: QueryDict, *, at: datetime
) -> tuple[dict[str, Any], int]:
    """What the page shows, and its status: 400 for filters that make no sense."""
    form = filter_form(user, asked, at=at)
    context: dict[str, Any] = {
        "board": board,
        "form": form,
        "time_zone": settings.TIME_ZONE,
        # Before the numbers are read, so that what comes meanwhile is news.
        "fresh_stamp": fresh.stamp(today=local_day(at), board=board.pk),
    }
    if not form.is_valid():
        return context, 400
    return context | {
        "span": form.span,
        "filled_to": filled_to(),
        "scope": scope_words(user),
        "tiles": tiles_of(board, user, form, at=at),
    }, 200


def tiles_of(
    board: Dashboard, user: User, form: FilterForm, *, at: datetime
) -> list[Shown]:
    page = Page(user, form.filters, form.span, local_day(at), at)
    return show(board.tiles.all(), page)


def next_on_wall(board: Dashboard, user: User, asked: QueryDict) -> dict[str, Any]:
    """The board that follows on a screen that goes round, and after how long."""
    every = asked.get("every", "")
    seconds = int(every) if every in map(str, SECONDS) else DEFAULT_SECONDS
    wanted = [int(pk) for pk in asked.getlist("also")[:MOST_ON_WALL] if _is_key(pk)]
    visible = Dashboard.objects.visible_to(user).kept().filter(pk__in=wanted)
    allowed = set(visible.values_list("pk", flat=True))
    turn = [
        pk for pk in dict.fromkeys([*wanted, board.pk]) if pk in {*allowed, board.pk}
    ]
    if len(turn) < 2:
        return {"seconds": seconds, "next_url": ""}
    following = turn[(turn.index(board.pk) + 1) % len(turn)]
    query = urlencode({"also": turn, "every": seconds}, doseq=True)
    url = reverse("dashboards:board_wall", args=[following])
    return {"seconds": seconds, "next_url": f"{url}?{query}"}


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
