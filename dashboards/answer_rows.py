"""The answers behind a number, one by one, for those who may see customers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Q
from django.urls import reverse

from dashboards.counting import Counts
from dashboards.exploring import COUNT, size_in
from dashboards.periods import Period
from dashboards.scores import SCORE_COLUMNS
from dashboards.selection import Filters, answers
from dashboards.series import scores_in
from surveys.models import Response
from surveys.models.response import ResponseQuerySet
from teams.access import can
from teams.models import User
from teams.roles import Ability
from tickets.models import Ticket, TicketAnswer

PER_PAGE = 20
# Further back one narrows down instead of turning pages.
MOST_PAGES = 50
# The highest score that pulls a number down.
LOW_TO = {"nps": 6, "csat": 3, "ces": 4, "ces5": 3}


@dataclass(frozen=True)
class AnswerRow:
    response: Response
    score: int | None
    ticket: Ticket | None
    # What is done about it, also for those who do not work on tickets.
    status: str = ""

    @property
    def url(self) -> str:
        return reverse("surveys:response", args=[self.response.pk])


class _Counted(Paginator[Response]):
    """Pages of rows whose number the rollup knows already."""

    def __init__(self, found: ResponseQuerySet, n: int) -> None:
        self.n = min(n, PER_PAGE * MOST_PAGES)
        super().__init__(found, PER_PAGE)

    @property
    def count(self) -> int:
        return self.n


def pages_of_answers(
    user: User,
    filters: Filters,
    span: Period,
    counts: Counts,
    *,
    key: str,
    only_low: bool,
) -> Paginator[Response]:
    """The newest first. Nothing for those who may not see customers."""
    found = (
        answers(user, filters)
        .visible_to(user)
        .filter(has_score(key, only_low=only_low), day__range=(span.start, span.end))
        .select_related("customer", "touchpoint")
        .defer("answers", "variables", "attributes")
        .order_by("-submitted_at", "id")
    )
    n = _low_in(key, counts) if only_low else size_in(key, counts)
    return _Counted(found, n if can(user, Ability.SEE_CUSTOMERS) else 0)


def rows_of(user: User, responses: Sequence[Response], key: str) -> list[AnswerRow]:
    """With the ticket that takes care of each, where the person may see it; who does not
    work on tickets learns how far it is."""
    works = can(user, Ability.WORK_TICKETS)
    links = TicketAnswer.objects.filter(response__in=[one.pk for one in responses])
    if works:
        links = links.filter(ticket__in=Ticket.objects.visible_to(user))
    tickets = {one.response_id: one.ticket for one in links.select_related("ticket")}
    column = "ces" if key == "ces5" else key
    return [
        AnswerRow(
            response,
            None if key == COUNT else getattr(response, column),
            ticket if works else None,
            ticket.get_status_display() if ticket else "",
        )
        for response in responses
        for ticket in (tickets.get(response.pk),)
    ]


def has_score(key: str, *, only_low: bool) -> Q:
    """Answers that a metric rests on, or only those that pull it down."""
    if key == COUNT:
        return Q()
    column = "ces" if key == "ces5" else key
    low = {f"{column}__lte": LOW_TO[key]} if only_low else {f"{column}__isnull": False}
    if column != "ces":
        return Q(**low)
    return Q(ces_scale=len(SCORE_COLUMNS[key]), **low)


def _low_in(key: str, counts: Counts) -> int:
    scores = scores_in(key, counts)
    return sum(n for score, n in scores.items() if score <= LOW_TO[key])
