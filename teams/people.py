"""People come, change and go. Every change is an event; nobody locks the company out."""

from collections.abc import Mapping
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from events import outbox
from teams import leaving
from teams.accounts import password_link_for
from teams.letters import post_letter
from teams.models import User
from teams.roles import ABILITIES, Ability, Role


class LastAdministrator(Exception):
    """Without an administrator nobody could add one; a sentence for the user."""

    def __str__(self) -> str:
        return _(
            "This is the last active administrator. Make somebody else "
            "administrator first."
        )


class StillLeads(Exception):
    """Somebody who leads a team cannot leave it without a lead; says which teams."""

    def __init__(self, teams: list[str]) -> None:
        super().__init__(*teams)
        self.teams = teams

    def __str__(self) -> str:
        return _("Give these teams another lead first: %(teams)s") % {
            "teams": ", ".join(self.teams)
        }


@transaction.atomic
def invite(
    *, email: str, name: str, role: str, language: str, by: User, at: datetime
) -> User:
    """A new person and the letter with which they choose their password."""
    person = User.objects.create_user(
        email, None, name=name, role=role, language=language, joined_at=at
    )
    outbox.record(
        "user.invited",
        subject=("user", person.pk),
        at=at,
        actor=by.email,
        payload={"role": role},
    )
    send_invitation(person, at=at)
    return person


def send_invitation(person: User, *, at: datetime) -> None:
    """The letter with a link to choose a first password; a newer one may follow."""
    post_letter(
        "teams/email/invitation",
        to=person,
        key=f"invitation-{person.pk}-{int(at.timestamp())}",
        at=at,
        context={"link": password_link_for(person)},
    )


@transaction.atomic
def change_person(
    person: User, *, by: User, at: datetime, **fields: object
) -> list[str]:
    """Set the fields and record what changed; return the names of those that did.

    Raises LastAdministrator when nobody could manage people any more, and StillLeads
    when a team would be left to somebody who cannot work on its tickets. The open work
    of somebody who leaves goes to others first.
    """
    changed = [name for name, value in fields.items() if getattr(person, name) != value]
    if not changed:
        return []
    _refuse_lockout(person, fields)
    if _stops_working(person, fields):
        leaving.clear_desks(person, at=at)
    for name in changed:
        setattr(person, name, fields[name])
    person.save(update_fields=changed)
    if "email" in changed:
        # allauth also signs in by the addresses it noted; the old one must not work.
        EmailAddress.objects.filter(user_id=person.pk).delete()
    outbox.record(
        "user.changed",
        subject=("user", person.pk),
        at=at,
        actor=by.email,
        payload={"changed": changed, "role": person.role, "active": person.is_active},
    )
    return changed


def _stops_working(person: User, fields: Mapping[str, object]) -> bool:
    """Whether they could work on tickets before, and cannot any more."""
    role = str(fields.get("role", person.role))
    could = _may_work(person.role) and person.is_active
    return could and not (_may_work(role) and fields.get("is_active", True))


def _may_work(role: str) -> bool:
    return Ability.WORK_TICKETS in ABILITIES.get(role, frozenset())


def _refuse_lockout(person: User, fields: Mapping[str, object]) -> None:
    leaves = fields.get("is_active", True) is False
    if leaves or _stops_working(person, fields):
        led = list(person.led_teams.order_by("name").values_list("name", flat=True))
        if led:
            raise StillLeads(led)
    steps_down = fields.get("role", person.role) != Role.ADMINISTRATOR
    if person.role == Role.ADMINISTRATOR and (leaves or steps_down):
        # Locked, so that two administrators cannot remove each other at once.
        active = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True)
        others = active.select_for_update().order_by("pk").values_list("pk", flat=True)
        if set(others) <= {person.pk}:
            raise LastAdministrator
