"""Who is at work, and who stands in for somebody who is not."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from teams import absences
from teams.models import Absence, User
from tickets.routing import WORKERS


def is_at_work(user: User, *, at: datetime) -> bool:
    """May work on tickets, has not said “away”, and has no absence just now."""
    return at_work(at=at).filter(pk=user.pk).exists()


def at_work(*, at: datetime) -> QuerySet[User]:
    """Everybody who could be given a ticket, whatever their load."""
    return User.objects.filter(_may_work(), is_present=True).exclude(away(at=at))


def away(*, at: datetime) -> Exists:
    """A condition on people: an absence of theirs has begun and not ended."""
    now = Absence.objects.filter(user=OuterRef("pk"), starts_at__lte=at, ends_at__gt=at)
    return Exists(now)


def stand_in_for(user: User, *, at: datetime) -> User | None:
    """The person, else the first of their deputies who is at work; None without one.

    “Not at work today” is an absence without a deputy, unless one is entered as well.
    """
    chain = absences.chain_of(user, at=at)
    return next(
        (person for person in (user, *chain) if is_at_work(person, at=at)), None
    )


def _may_work() -> Q:
    return Q(is_active=True, role__in=WORKERS)
