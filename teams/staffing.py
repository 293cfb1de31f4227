"""Who leads a team and who sits in it."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _

from events import outbox
from teams import leaving
from teams.models import DataScope, Membership, Team, User, WorkingHours
from teams.roles import Role


class TeamInUse(Exception):
    """Touchpoints, tickets or rules still point to the team; a sentence for the user."""

    def __str__(self) -> str:
        return _(
            "Touchpoints, tickets or routing rules belong to this team, so it cannot "
            "be deleted. Retire it instead: it then takes no new work, and its history "
            "stays."
        )


@transaction.atomic
def staff_team(  # noqa: PLR0913  # a team is these five things
    team: Team,
    *,
    name: str,
    lead: User,
    members: Collection[User],
    working_hours: WorkingHours | None,
    by: User,
    at: datetime,
) -> Team:
    """Save a new or changed team and seat exactly these members in it.

    What those who leave it hold for it goes to others of the team.
    """
    before, gone = _hours_in_force(team), leavers(team, lead=lead, members=members)
    team.name, team.lead, team.working_hours = name, lead, working_hours
    team.save()
    _seat(team, members)
    for person in gone:
        leaving.clear_desks(person, leaving.Part(team), at=at)
    _record(
        team,
        by=by,
        at=at,
        members=sorted(member.pk for member in members),
        hours_before=before,
        hours_now=_hours_in_force(team),
    )
    return team


def leavers(team: Team, *, lead: User, members: Collection[User]) -> list[User]:
    """Who leads the team or sits in it, and would not any more."""
    if team.pk is None:
        return []
    stay = {lead.pk, *(member.pk for member in members)}
    seated = Q(memberships__team=team.pk) | Q(led_teams=team.pk)
    here = User.objects.filter(seated).distinct().order_by("name", "pk")
    return [person for person in here if person.pk not in stay]


@transaction.atomic
def dissolve_team(team: Team, *, by: User, at: datetime) -> None:
    """Raises TeamInUse while anything belongs to it."""
    scopes = DataScope.objects.filter(
        dimension=DataScope.Dimension.TEAM, value=str(team.pk)
    )
    _record(team, by=by, at=at, members=[])
    try:
        with transaction.atomic():
            scopes.delete()
            Team.objects.filter(pk=team.pk).delete()
    except ProtectedError as error:
        transaction.set_rollback(True)
        raise TeamInUse from error


def _seat(team: Team, members: Collection[User]) -> None:
    team.memberships.exclude(user__in=members).delete()
    for member in members:
        role = Role.TEAM_LEAD if member.pk == team.lead_id else Role.AGENT
        Membership.objects.update_or_create(
            team=team, user=member, defaults={"role": role}
        )


def _hours_in_force(team: Team) -> list[int | None]:
    """The saved hours and their version."""
    saved = Team.objects.filter(pk=team.pk)
    found = saved.values_list("working_hours", "working_hours__version").first()
    return list(found or (None, None))


def _record(
    team: Team, *, by: User, at: datetime, members: list[int], **more: object
) -> None:
    outbox.record(
        "team.changed",
        subject=("team", team.pk),
        at=at,
        actor=by.email,
        payload={
            "lead": team.lead_id,
            "members": members,
            "working_hours": team.working_hours_id,
            **more,
        },
    )
