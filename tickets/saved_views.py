"""Searches of the desk under a name: one's own, and those that a team shares."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from teams.models import Team, User
from tickets.desk_form import DeskForm
from tickets.models import SavedView

# Of one person; more would no longer be found in the menu.
MOST = 40


class ViewRefused(Exception):
    """It cannot be kept like this; a sentence for the user."""


class Shown(NamedTuple):
    """`team` shares it; empty: nobody but its owner sees it."""

    name: str
    query: str
    team: str
    is_current: bool


def views_for(user: User) -> list[SavedView]:
    """One's own first, then what one's teams share."""
    found = _seen_by(user).select_related("team", "owner")
    return sorted(found, key=lambda view: view.owner_id != user.pk)


def shown_views(user: User, params: Mapping[str, str]) -> list[Shown]:
    """The person's views; the one that the address asks for is marked."""
    here = query_of(params)
    sql, names = _menu_statement()
    with connection.cursor() as cursor:
        cursor.execute(sql, [user.pk] * names)
        rows = sorted(cursor.fetchall(), key=lambda row: row[0] != user.pk)
    return [
        Shown(name, query, team or "", bool(here) and query == here)
        for _owner, name, query, team in rows
    ]


def query_of(params: Mapping[str, str]) -> str:
    """What of an address makes the view, in one order; not where a page begins."""
    names = DeskForm.base_fields
    return urlencode([(name, params[name]) for name in names if params.get(name)])


def teams_to_share_with(user: User) -> list[Team]:
    mine = Team.objects.of(user)
    return list(mine.order_by("name"))


def save_view(user: User, *, name: str, query: str, team: Team | None) -> SavedView:
    """Keep a search under a name of its own. Raises ViewRefused."""
    own = SavedView.objects.filter(owner=user)
    if own.count() >= MOST:
        raise ViewRefused(
            _("You have %(most)d views. Delete one first.") % {"most": MOST}
        )
    last = own.aggregate(last=Max("position"))["last"]
    try:
        with transaction.atomic():
            return SavedView.objects.create(
                owner=user,
                team=team,
                name=name.strip(),
                query=query_of(dict(parse_qsl(query))),
                position=0 if last is None else last + 1,
            )
    except IntegrityError as error:
        raise ViewRefused(_("You have a view of this name already.")) from error


def _seen_by(user: User) -> QuerySet[SavedView]:
    teams = Team.objects.of(user)
    views = SavedView.objects.filter(Q(owner=user) | Q(team__in=teams.values("pk")))
    return views.order_by("position", "name", "pk")


@cache
def _menu_statement() -> tuple[str, int]:
    """Every page of the desk asks for its menu: written out once, for whoever stands
    in place of each of so many parameters."""
    whoever = User(pk=0)
    rows = _seen_by(whoever).values_list("owner", "name", "query", "team__name")
    sql, parameters = rows.query.sql_with_params()
    return sql, len(parameters)
