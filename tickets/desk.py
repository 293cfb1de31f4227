"""The desk: which tickets a person looks at, in what order, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from teams.models import User
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet

PAGE = 50


class Tab(models.TextChoices):
    MINE = "mine", _("Mine")
    TEAM = "team", _("My teams")
    OVERDUE = "overdue", _("Overdue")
    ALL = "all", _("All")


class Sort(models.TextChoices):
    DUE = "due", _("due first")
    OPENED = "opened", _("newest first")
    PRIORITY = "priority", _("most urgent first")


@dataclass(frozen=True)
class Order:
    keys: tuple[str, ...]
    is_descending: bool = False


ORDERS: Mapping[str, Order] = {
    Sort.DUE: Order(("next_due_at", "number")),
    Sort.OPENED: Order(("number",), is_descending=True),
    Sort.PRIORITY: Order(("urgency", "next_due_at", "number")),
}


@dataclass(frozen=True)
class Page:
    """`next` is where the next page begins; empty on the last one."""

    tickets: Sequence[Ticket]
    next: str


def narrowed(user: User, filters: Mapping[str, Any]) -> TicketQuerySet:
    """What the person may see and asks for, over all tabs.

    Resolved tickets only where the status asks for them.
    """
    tickets = Ticket.objects.visible_to(user)
    match filters.get("status"):
        case "any":
            pass
        case str(status) if status:
            tickets = tickets.filter(status=status)
        case _:
            tickets = tickets.open()
    if filters.get("q"):
        tickets = tickets.search(filters["q"])
    same = ("priority", "team", "assignee", "touchpoint")
    wanted = {name: filters[name] for name in same if filters.get(name)}
    return tickets.filter(**wanted)


def in_tab(
    tickets: TicketQuerySet, tab: str, user: User, *, at: datetime
) -> TicketQuerySet:
    return tickets.filter(_tab_condition(tab, _teams_of(user), user, at))


def tab_counts(tickets: TicketQuerySet, user: User, *, at: datetime) -> dict[str, int]:
    """How many tickets each tab lists, in one statement."""
    teams = _teams_of(user)
    counts: dict[str, int] = tickets.order_by().aggregate(
        **{
            tab.value: Count("pk", filter=_tab_condition(tab, teams, user, at))
            for tab in Tab
        }
    )
    return counts


def page_of(tickets: QuerySet[Ticket], *, sort: str, after: str = "") -> Page:
    """One page, found by key: as quick at the thousandth page as at the first."""
    order = ORDERS[sort]
    found = ordered(tickets, sort)
    start = _parse(after, order)
    if start:
        found = found.filter(_behind(order, start))
    rows = list(
        found.select_related(
            "customer__account", "touchpoint", "team", "assignee", "response"
        ).defer("response__answers", "response__attributes", "customer__attributes")[
            : PAGE + 1
        ]
    )
    more = len(rows) > PAGE
    return Page(rows[:PAGE], _cursor(rows[PAGE - 1], order) if more else "")


def ordered(tickets: QuerySet[Ticket], sort: str) -> QuerySet[Ticket]:
    """What has no deadline any more comes last."""
    order = ORDERS[sort]
    if order.is_descending:
        return tickets.order_by(*(F(key).desc() for key in order.keys))
    return tickets.order_by(*(F(key).asc() for key in order.keys))


def _teams_of(user: User) -> list[int]:
    teams = User.objects.filter(pk=user.pk).values_list("teams", "led_teams")
    return list({pk for pair in teams for pk in pair if pk is not None})


def _tab_condition(tab: str, teams: list[int], user: User, at: datetime) -> Q:
    match tab:
        case Tab.MINE:
            return Q(assignee=user)
        case Tab.TEAM:
            return Q(team__in=teams)
        case Tab.OVERDUE:
            return Q(next_due_at__lt=at)
        case _:
            return Q()


def _behind(order: Order, start: Sequence[Any]) -> Q:
    """Everything that sorts after `start`; a missing deadline sorts last."""
    behind, same = Q(), Q()
    for key, value in zip(order.keys, start, strict=True):
        behind |= same & _past(key, value, is_descending=order.is_descending)
        same &= Q(**{f"{key}__isnull": True}) if value is None else Q(**{key: value})
    return behind


def _past(key: str, value: Any, *, is_descending: bool) -> Q:
    if value is None:
        return Q(pk__in=[])
    if is_descending:
        return Q(**{f"{key}__lt": value})
    past = Q(**{f"{key}__gt": value})
    return past | Q(**{f"{key}__isnull": True}) if key == "next_due_at" else past


def _cursor(ticket: Ticket, order: Order) -> str:
    return "~".join(_written(getattr(ticket, key)) for key in order.keys)


def _written(value: datetime | int | None) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)


def _parse(text: str, order: Order) -> list[Any]:
    """The cursor's values; nothing, so the first page, where it is none of ours."""
    parts = text.split("~")
    if len(parts) != len(order.keys):
        return []
    try:
        return [_value(key, part) for key, part in zip(order.keys, parts, strict=True)]
    except ValueError:
        return []


def _value(key: str, part: str) -> Any:
    if key != "next_due_at":
        number = int(part)
        if not 0 <= number < 2**62:
            raise ValueError(part)
        return number
    if not part:
        return None
    instant = datetime.fromisoformat(part)
    if instant.tzinfo is None:
        raise ValueError(part)
    return instant
