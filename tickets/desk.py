"""The desk: which tickets a person looks at, in what order, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, TypeVar

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
    Value,
)
from django.utils.translation import gettext_lazy as _

from teams.models import Team, User
from tickets import desk_tabs
from tickets.desk_lines import Line, lines_among, lines_met
from tickets.desk_sample import count_about
from tickets.models import DeskCount, Ticket, TicketWords
from tickets.models.desk import TicketWordsQuerySet
from tickets.models.pause import Pause
from tickets.models.ticket import NO_DEADLINE, TicketQuerySet, number_in

Row = TypeVar("Row", Ticket, TicketWords)

PAGE = 50
# What is found more often than this is soon met on a walk along the list, and is
# dearer to sort than to meet; no walk is longer than that.
COMMON, WALK = 10_000, 5_000
# To count what more than this hold takes longer than all the rest of a page.
MANY = 50_000
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
    # In the direction in which it was read.
    is_last: bool = True


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

    @property
    def words(self) -> str:
        return str(self.filters.get("q") or "")

    @property
    def names_one(self) -> bool:
        """Who names a ticket wants to see it, whatever has become of it."""
        return number_in(self.words) is not None

    @property
    def is_by_words(self) -> bool:
        """By words or by a tag, which stands among them."""
        asked = self.words or self.filters.get("tag")
        return bool(asked) and not self.names_one

    def tickets(self) -> TicketQuerySet:
        """Those that the person may see and asks for."""
        if self.is_by_words:
            return Ticket.objects.filter(pk__in=self._worded().values("pk"))
        if not self.names_one:
            return self._whatever_words()
        named = self._whatever_words().search(self.words)
        tag = self.filters.get("tag")
        return named.filter(tags__contains=[tag]) if tag else named

    def in_tab(self, tab: str) -> TicketQuerySet:
        return self.tickets().filter(self._tab(tab))

    def tab_counts(self) -> dict[str, int]:
        """How many tickets each tab lists."""
        if self.is_by_words:
            return self._counts_of(self._worded())
        if self._uncounted() or self.words:
            return self._counts_of(self.tickets())
        return self._counts_of_cells()

    def counts_long(self) -> bool:
        """Whether a page had better come before its counts."""
        return self.is_by_words and count_about(self._holding(by_index=False)) > MANY

    def page(self, tab: str, place: "Place", *, found: int | None) -> Page:
        """One page of a tab that lists so many; None: nobody has counted them."""
        if found == 0:
            return Page([])
        if not self.is_by_words:
            return page_of(self.in_tab(tab), place)
        if found is None or found > COMMON:
            page = self._page_met(tab, place)
            if not page.is_last:
                return page
        return page_of(self._worded().filter(self._tab(tab)), place)

    def _page_met(self, tab: str, place: "Place") -> Page:
        """What is met on a walk from there on; a last page may not be all there is."""
        way = Ticket.objects.all()
        if self.status == Ticket.Status.RESOLVED:
            way = way.filter(sort_due_at=NO_DEADLINE)
        elif self.status != ANY:
            way = way.open()
        passed = self._worded(by_index=False).filter(self._tab(tab))
        walk = place.in_order(way).values(*place.order.keys)[:WALK]
        return _page(lines_met(walk, passed, place.sql, PAGE + 1), place)

    def _whatever_words(self) -> TicketQuerySet:
        found = Ticket.objects.visible_to(self.user).filter(self._counted())
        if not self.status and not self.names_one:
            found = found.open()
        elif self._is_of_resolved():
            # Known anyway, but lets an order by deadline use its index.
            found = found.filter(sort_due_at=NO_DEADLINE)
        return found.filter(self._uncounted())

    def _is_of_resolved(self) -> bool:
        """Whatever is reopened loses its answer, so a closed case is resolved."""
        closed = (Ticket.Closure.CONFIRMED, Ticket.Closure.UNCONFIRMED)
        return (
            self.status == Ticket.Status.RESOLVED
            or self.filters.get("closure") in closed
        )

    def _worded(self, *, by_index: bool = True) -> TicketWordsQuerySet:
        """Answered by what stands beside the words, without the tickets."""
        found = self._holding(by_index=by_index).visible_to(self.user)
        return found.filter(self._counted(), self._uncounted())

    def _holding(self, *, by_index: bool = True) -> TicketWordsQuerySet:
        """Whoever may see them, and whatever else is asked for."""
        tag = self.filters.get("tag") or ""
        found = TicketWords.objects.holding(
            words=self.words, tag=tag, by_index=by_index
        )
        if self.status not in (ANY, Ticket.Status.RESOLVED):
            # Has an index of its own.
            found = found.filter(is_open=True)
        return found

    def _tab(self, tab: str) -> Q:
        return _tab_condition(tab, self.user, self.at)

    def _counts_of(self, found: TicketQuerySet | TicketWordsQuerySet) -> dict[str, int]:
        counts: dict[str, int] = found.order_by().aggregate(
            **{tab.value: Count("pk", filter=self._tab(tab)) for tab in Tab}
        )
        return counts

    def _counts_of_cells(self) -> dict[str, int]:
        cells = DeskCount.objects.visible_to(self.user).filter(self._counted())
        if not self.status:
            cells = cells.exclude(status=Ticket.Status.RESOLVED)
        overdue = self.in_tab(Tab.OVERDUE)
        return desk_tabs.counts_of(cells, overdue, user=self.user)._asdict()

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
        if self.filters.get("paused"):
            standing = Pause.objects.filter(ticket=OuterRef("pk"), ended_at=None)
            condition &= Q(Exists(standing))
        return condition


@dataclass(frozen=True)
class Place:
    """Where a page begins, in which order; a cursor that is none begins at the top."""

    sort: str
    after: str = ""
    before: str = ""

    @property
    def order(self) -> Order:
        return ORDERS[self.sort]

    @property
    def start(self) -> list[Any]:
        return _parse(self.after, self.order) or _parse(self.before, self.order)

    @property
    def is_backwards(self) -> bool:
        comes_after = bool(_parse(self.after, self.order))
        return bool(self.before) and not comes_after and bool(self.start)

    @property
    def is_falling(self) -> bool:
        return self.order.is_descending != self.is_backwards

    @property
    def sql(self) -> str:
        way = "DESC" if self.is_falling else "ASC"
        return ", ".join(f"{key} {way}" for key in self.order.keys)

    def in_order(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """What comes from there on."""
        found = ordered(rows, self.sort, backwards=self.is_backwards)
        if not self.start:
            return found
        beyond = _beyond(self.order, self.start, backwards=self.is_backwards)
        return found.filter(beyond)


def page_of(rows: QuerySet[Row], place: Place) -> Page:
    """One page, found by key: as quick at the thousandth page as at the first."""
    # The keys come from the index alone; the table is visited for one page of rows.
    return _page(lines_among(place.in_order(rows)[: PAGE + 1]), place)


def _page(lines: list[Line], place: Place) -> Page:
    """Of all its lines and the next one, in any order."""
    order, backwards = place.order, place.is_backwards
    lines.sort(key=attrgetter(*order.keys), reverse=place.is_falling)
    more, lines = len(lines) > PAGE, lines[:PAGE]
    if backwards:
        lines.reverse()
    if not lines:
        return Page([])
    follows = backwards or more
    precedes = more if backwards else bool(place.start)
    return Page(
        lines,
        next=_cursor(lines[-1], order) if follows else "",
        previous=_cursor(lines[0], order) if precedes else "",
        is_last=not more,
    )


def ordered(
    rows: QuerySet[Row], sort: str, *, backwards: bool = False
) -> QuerySet[Row]:
    """What has no deadline any more comes last."""
    order = ORDERS[sort]
    columns = [_column(key) for key in order.keys]
    if order.is_descending != backwards:
        return rows.order_by(*(column.desc() for column in columns))
    return rows.order_by(*(column.asc() for column in columns))


def _column(key: str) -> F:
    """A ticket's number is the key of its words, too, under another name."""
    return F("pk" if key == "number" else key)


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


class _Tuple(Func):
    template = "(%(expressions)s)"


class _Beyond(Func):
    """Compares whole rows, which an index over them can answer."""

    template = "(%(expressions)s)"
    output_field = BooleanField()


def _beyond(order: Order, start: Sequence[Any], *, backwards: bool) -> _Beyond:
    """Everything that sorts after `start`, or before it when going backwards."""
    keys = _Tuple(*map(_column, order.keys), output_field=BooleanField())
    values = (
        Value(value, output_field=_TYPES[key]())
        for key, value in zip(order.keys, start, strict=True)
    )
    place = _Tuple(*values, output_field=BooleanField())
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
