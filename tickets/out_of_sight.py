"""Open work whose owner may not see it: their scopes, or what it belongs to, changed."""

from collections.abc import Callable

from django.db.models import Q

from teams.access import scope_condition, with_scopes
from teams.models import User
from tickets.models.case import seen_tasks
from tickets.models.ticket import TicketQuerySet
from tickets.routing import WORKERS


def hidden_tickets() -> Q:
    return _hidden(tickets_hidden_from)


def hidden_tasks() -> Q:
    return _hidden(tasks_hidden_from)


def tickets_hidden_from(person: User) -> Q:
    return _but(scope_condition(person, TicketQuerySet.SCOPE_FIELDS))


def tasks_hidden_from(person: User) -> Q:
    return _but(seen_tasks(person))


def _but(seen: Q) -> Q:
    """No condition is true of everything, and so is its opposite."""
    return ~seen if seen else Q(pk__in=())


def _hidden(hidden_from: Callable[[User], Q]) -> Q:
    """Whom no scope narrows sees everything: usually that leaves few to ask about."""
    people = User.objects.filter(
        is_active=True, role__in=WORKERS, scopes__isnull=False
    ).distinct()
    found = Q(pk__in=())
    for person in people.prefetch_related("scopes"):
        known = with_scopes(person, list(person.scopes.all()))
        found |= Q(assignee=person.pk) & hidden_from(known)
    return found
