"""Searches of the desk under a name: one's own, and those that a team shares."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from teams.models import Team, User
from tickets.desk_form import DeskForm
from tickets.models import SavedView

# Of one person; more would no longer be found in the menu.
MOST = 40


class ViewRefused(Exception):
    """It cannot be kept like this; a sentence for the user."""


@dataclass(frozen=True)
class Shown:
    view: SavedView
    is_own: bool
    is_current: bool


def views_for(user: User) -> list[SavedView]:
    """One's own first, then what one's teams share."""
    return _own_first(_seen_by(user).select_related("team", "owner"), user)


def shown_views(user: User, params: Mapping[str, str]) -> list[Shown]:
    """The person's views; the one that the address asks for is marked."""
    here = query_of(params)
    # Every page of the desk reads them: only what its menu says.
    found = (
        _seen_by(user)
        .select_related("team")
        .only("owner", "name", "query", "team__name")
    )
    return [
        Shown(view, view.owner_id == user.pk, bool(here) and view.query == here)
        for view in _own_first(found, user)
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


def _own_first(views: QuerySet[SavedView], user: User) -> list[SavedView]:
    return sorted(views, key=lambda view: view.owner_id != user.pk)
