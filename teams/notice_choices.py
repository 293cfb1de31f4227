"""What a person chose about notices; kept only where it differs from the usual."""

from collections.abc import Mapping
from datetime import datetime, time

from django.db import transaction

from events import outbox
from teams.access import can
from teams.models import NoticePreference, User
from teams.notice_kinds import Kind, topic_of
from teams.notices import SENTENCES, usual
from teams.people import change_person
from teams.roles import Ability

Wishes = Mapping[str, tuple[bool, bool]]
# Kinds that anybody can meet; the others are about tickets.
FOR_EVERYBODY = ("export_",)


def kinds_for(user: User) -> dict[str, Kind]:
    """The kinds that can reach this person, by name, by topic."""
    works = can(user, Ability.WORK_TICKETS)
    kinds = {
        name: usual(name)
        for name in SENTENCES
        if works or name.startswith(FOR_EVERYBODY)
    }
    return dict(sorted(kinds.items(), key=lambda item: _place(*item)))


def wishes_of(user: User) -> Wishes:
    """By kind: under the bell, by mail."""
    wishes = {name: (True, kind.by_mail) for name, kind in kinds_for(user).items()}
    chosen = NoticePreference.objects.filter(user=user, kind__in=wishes)
    for one in chosen:
        wishes[one.kind] = (one.in_app, one.by_mail)
    return wishes


@transaction.atomic
def choose(
    user: User,
    wishes: Wishes,
    *,
    quiet: tuple[time | None, time | None],
    at: datetime,
) -> None:
    before = wishes_of(user)
    change_person(user, by=user, at=at, quiet_from=quiet[0], quiet_until=quiet[1])
    changed = {name: wish for name, wish in wishes.items() if wish != before[name]}
    if not changed:
        return
    user.notice_preferences.filter(kind__in=changed).delete()
    NoticePreference.objects.bulk_create(
        NoticePreference(user=user, kind=name, in_app=in_app, by_mail=by_mail)
        for name, (in_app, by_mail) in changed.items()
        if (in_app, by_mail) != (True, usual(name).by_mail)
    )
    outbox.record(
        "user.notices_chosen",
        subject=("user", user.pk),
        at=at,
        actor=user.email,
        payload={"kinds": sorted(changed)},
    )


def _place(name: str, kind: Kind) -> tuple[int, str]:
    """Kinds about the same thing stand together."""
    return topic_of(name), str(kind.label)
