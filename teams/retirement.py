"""Teams that are no more: they take no new work and are not offered, and what they did
stays theirs. What a team still has to do, the apps above say."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from events import outbox
from teams.models import Team, User

# What a team still has to do, in words; nothing where it is free.
Duties = Callable[[Team], Sequence[str]]

_finders: list[Duties] = []


class StillNeeded(Exception):
    """The team has work that would be nobody's; a sentence for the user."""

    def __init__(self, duties: Sequence[str]) -> None:
        super().__init__(duties)
        self.duties = duties

    def __str__(self) -> str:
        return _("The team still has %(duties)s. Give them to another team first.") % {
            "duties": get_text_list(list(self.duties), _("and"))
        }


def register(duties: Duties) -> None:
    _finders.append(duties)


@transaction.atomic
def retire_team(team: Team, *, by: User, at: datetime) -> None:
    """Nobody sits in it any more; its lead stays. Raises StillNeeded."""
    # Against work that comes meanwhile: what points to the row waits for us.
    held = Team.objects.select_for_update().get(pk=team.pk)
    if held.retired_at is not None:
        return
    duties = [words for find in _finders for words in find(held)]
    if duties:
        raise StillNeeded(duties)
    held.memberships.all().delete()
    _mark(held, "team.retired", retired_at=at, by=by, at=at)


@transaction.atomic
def bring_back(team: Team, *, by: User, at: datetime) -> None:
    """It can be given work and people again."""
    held = Team.objects.select_for_update().get(pk=team.pk)
    if held.retired_at is not None:
        _mark(held, "team.brought_back", retired_at=None, by=by, at=at)


def _mark(
    team: Team, name: str, *, retired_at: datetime | None, by: User, at: datetime
) -> None:
    team.retired_at = retired_at
    team.save(update_fields=["retired_at"])
    outbox.record(name, subject=("team", team.pk), at=at, actor=by.email)
