"""The desk: which tickets a person looks at, in what order, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from django.db import models
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from teams.models import Team, User
from tickets.desk_lines import Line, lines_among
from tickets.models import DeskCount, Ticket
from tickets.models.pause import Pause
from tickets.models.ticket import NO_DEADLINE, TicketQuerySet, number_in

PAGE = 50
# Looks closed as well as open tickets through.
ANY = "any"


class Tab(models.TextChoices):
    MINE = "mine", _("Mine")
    TEAM = "team", _("My teams")
    OVERDUE = "overdue", _("Overdue")
    ALL = "all", _("All")


class Sort(models.TextChoices):
    DUE = "due", _("due first")
    OPENED = "opened", _("newest first")
    PRIORITY = "priority", _("most urgent first")


class Due(models.TextChoices):
    OVERDUE = "overdue", _("overdue")
    SOON = "day", _("within 24 hours")


class Opened(models.TextChoices):
    DAY = "1", _("in the last 24 hours")
    WEEK = "7", _("in the last 7 days")
    MONTH = "30", _("in the last 30 days")
    QUARTER = "90", _("in the last 90 days")


@dataclass(frozen=True)
class Order:
    keys: tuple[str, ...]
    is_descending: bool = False


ORDERS: Mapping[str, Order] = {
    Sort.DUE: Order(("sort_due_at", "number")),
    Sort.OPENED: Order(("number",), is_descending=True),
    Sort.PRIORITY: Order(("urgency", "sort_due_at", "number")),
}
# What DeskCount knows of a ticket, under the same name.
COUNTED = (
    "priority",
    "team",
    "assignee",
    "touchpoint",
    "tier",
    "region",
    "product_line",
    "problem_type",
    "closure",
    "waits_for_owner",
)


@dataclass(frozen=True)
class Page:
    """`next` and `previous` are where the neighbours begin; empty where none is."""

    tickets: Sequence[Line]
    next: str = ""
    previous: str = ""


@dataclass(frozen=True)
class Wanted:
    """What a person asks the desk for, over all tabs.

    Resolved tickets only where the status asks for them.
    """

    user: User
    filters: Mapping[str, Any]
    at: datetime

    @property
    def status(self) -> str:
        return str(self.filters.get("status") or "")

    def tickets(self) -> TicketQuerySet:
        """Those that the person may see and asks for."""
        found = Ticket.objects.visible_to(self.user).filter(self._counted())
        # Who names a ticket wants to see it, whatever has become of it.
        if not self.status and number_in(self.filters.get("q") or "") is None:
            found = found.open()
        elif self.status == Ticket.Status.RESOLVED:
            # Known anyway, but lets an order by deadline use its index.
            found = found.filter(sort_due_at=NO_DEADLINE)
        if self.filters.get("q"):
            found = found.search(self.filters["q"])
            if self._is_open_only:
                # Lets the index over the words of what is open answer.
                found = found.filter(Q(words__is_open=True))
        return found.filter(self._uncounted())

    @property
    def _is_open_only(self) -> bool:
        named = number_in(self.filters.get("q") or "") is not None
        return not named and self.status not in (ANY, Ticket.Status.RESOLVED)

    def tab_counts(self) -> dict[str, int]:
        """How many tickets each tab lists."""
        if self._uncounted() or self.filters.get("q"):
            return self._counts_of_rows()
        return self._counts_of_cells()

    def in_tab(self, tab: str) -> TicketQuerySet:
        return self.tickets().filter(_tab_condition(tab, self.user, self.at))

    def _counts_of_rows(self) -> dict[str, int]:
        counts: dict[str, int] = (
            self.tickets()
            .order_by()
            .aggregate(
                **{
                    tab.value: Count(
                        "pk", filter=_tab_condition(tab, self.user, self.at)
                    )
                    for tab in Tab
                }
            )
        )
        return counts

    def _counts_of_cells(self) -> dict[str, int]:
        cells = DeskCount.objects.visible_to(self.user).filter(self._counted())
        if not self.status:
            cells = cells.exclude(status=Ticket.Status.RESOLVED)
        counts: dict[str, int] = cells.aggregate(
            **{
                tab.value: Coalesce(
                    Sum("tickets", filter=_tab_condition(tab, self.user, self.at)), 0
                )
                for tab in Tab
                if tab != Tab.OVERDUE
            }
        )
        # Time alone makes a ticket overdue, so nobody could count it beforehand.
        return counts | {Tab.OVERDUE.value: self.in_tab(Tab.OVERDUE).count()}

    def _counted(self) -> Q:
        wanted = {
            name: self.filters[name] for name in COUNTED if self.filters.get(name)
        }
        if wanted.get("assignee") == "me":
            wanted["assignee"] = self.user.pk
        if self.status and self.status != ANY:
            wanted["status"] = self.status
        return Q(**wanted)

    def _uncounted(self) -> Q:
        condition = Q()
        match self.filters.get("due"):
            case Due.OVERDUE:
                condition &= Q(sort_due_at__lt=self.at)
            case Due.SOON:
                condition &= Q(
                    sort_due_at__gte=self.at, sort_due_at__lt=self.at + timedelta(1)
                )
        if self.filters.get("opened"):
            days = timedelta(days=int(self.filters["opened"]))
            condition &= Q(opened_at__gte=self.at - days)
        if self.filters.get("tag"):
            condition &= Q(tags__contains=[self.filters["tag"]])
        if self.filters.get("paused"):
            standing = Pause.objects.filter(ticket=OuterRef("pk"), ended_at=None)
            condition &= Q(Exists(standing))
        return condition


def page_of(
    tickets: QuerySet[Ticket], *, sort: str, after: str = "", before: str = ""
) -> Page:
    """One page, found by key: as quick at the thousandth page as at the first."""
    order = ORDERS[sort]
    start = _parse(after, order) or _parse(before, order)
    backwards = bool(before) and not _parse(after, order) and bool(start)
    found = ordered(tickets, sort, backwards=backwards)
    if start:
        found = found.filter(_beyond(order, start, backwards=backwards))
    # The keys come from the index alone; the table is visited for one page of rows.
    rows = lines_among(found[: PAGE + 1])
    turned = order.is_descending != backwards
    rows.sort(key=attrgetter(*order.keys), reverse=turned)
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([])
    follows = backwards or more
    precedes = more if backwards else bool(start)
    return Page(
        rows,
        next=_cursor(rows[-1], order) if follows else "",
        previous=_cursor(rows[0], order) if precedes else "",
    )


def ordered(
    tickets: QuerySet[Ticket], sort: str, *, backwards: bool = False
) -> QuerySet[Ticket]:
    """What has no deadline any more comes last."""
    order = ORDERS[sort]
    if order.is_descending != backwards:
        return tickets.order_by(*(F(key).desc() for key in order.keys))
    return tickets.order_by(*(F(key).asc() for key in order.keys))


def _tab_condition(tab: str, user: User, at: datetime) -> Q:
    match tab:
        case Tab.MINE:
            return Q(assignee=user.pk)
        case Tab.TEAM:
            mine = Team.objects.of(user)
            return Q(team__in=mine.values("pk"))
        case Tab.OVERDUE:
            return Q(sort_due_at__lt=at)
        case _:
            return Q()


_TYPES: Mapping[str, type[models.Field[Any, Any]]] = {
    "sort_due_at": models.DateTimeField,
    "number": models.BigIntegerField,
    "urgency": models.SmallIntegerField,
}


class _Row(Func):
    template = "(%(expressions)s)"


class _Beyond(Func):
    """Compares whole rows, which an index over them can answer."""

    template = "(%(expressions)s)"
    output_field = BooleanField()


def _beyond(order: Order, start: Sequence[Any], *, backwards: bool) -> _Beyond:
    """Everything that sorts after `start`, or before it when going backwards."""
    keys = _Row(*(F(key) for key in order.keys), output_field=BooleanField())
    values = (
        Value(value, output_field=_TYPES[key]())
        for key, value in zip(order.keys, start, strict=True)
    )
    place = _Row(*values, output_field=BooleanField())
    sign = " < " if order.is_descending != backwards else " > "
    return _Beyond(keys, place, arg_joiner=sign)


def _cursor(ticket: Line, order: Order) -> str:
    return "~".join(_written(getattr(ticket, key)) for key in order.keys)


def _written(value: datetime | int) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


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
    if key != "sort_due_at":
        number = int(part)
        if not 0 <= number < (2**15 if key == "urgency" else 2**62):
            raise ValueError(part)
        return number
    instant = datetime.fromisoformat(part)
    if instant.tzinfo is None:
        raise ValueError(part)
    return instant
