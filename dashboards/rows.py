"""The rows behind a number, one by one: answers or tickets, as many as its n."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from dashboards.answer_rollup import SCORE_COLUMNS
from dashboards.loop_results import OLD
from dashboards.maths import score_of
from dashboards.measuring import Question
from dashboards.metric import Metric
from dashboards.registry import METRICS
from dashboards.selection import answers, loop_rows, tickets
from surveys.models import Response
from tickets.models import Clock, Ticket

PER_PAGE = 50
_SETTLED = (Clock.State.MET, Clock.State.MET_LATE, Clock.State.BREACHED)


@dataclass(frozen=True)
class Rows:
    """`found` are Responses or Tickets, the newest first."""

    metric: Metric
    found: QuerySet[Any]
    are_tickets: bool


def rows_behind(key: str, question: Question) -> Rows:
    """Raises Http404 for a number that is not made of answers or tickets."""
    metric = METRICS.get(key)
    if metric is None:
        raise Http404
    match metric.source:
        case "answers" | "comments":
            return Rows(metric, _answers(key, question), are_tickets=False)
        case "loop":
            return Rows(metric, _cohort(key, question), are_tickets=True)
        case "tickets":
            return Rows(metric, _live(key, question), are_tickets=True)
    raise Http404


def has_rows(metric: Metric) -> bool:
    return metric.source in ("answers", "comments", "loop", "tickets")


def _answers(key: str, question: Question) -> QuerySet[Response]:
    span = (question.period.start, question.period.end)
    found = answers(question.user, question.filters).visible_to(question.user)
    return (
        found.filter(_counted(key), day__range=span)
        .select_related("customer", "touchpoint")
        .defer("answers", "variables", "attributes")
        .order_by("-submitted_at", "id")
    )


def _counted(key: str) -> Q:
    if key.startswith("sentiment_"):
        return ~Q(comment="")
    score = score_of(key)
    if score not in SCORE_COLUMNS:
        return Q()
    column = "ces" if score == "ces5" else score
    condition = Q(**{f"{column}__isnull": False})
    if column == "ces":
        condition &= Q(ces_scale=len(SCORE_COLUMNS[score]))
    return condition


def _cohort(key: str, question: Question) -> QuerySet[Ticket]:
    span = (question.period.start, question.period.end)
    rows = loop_rows(question.user, question.filters).filter(day__range=span)
    if key.startswith(("contact_", "resolution_")):
        rows = rows.filter(_in_base(key, question))
    else:
        rows = rows.filter(answers__gt=0)
    return _listed(Ticket.objects.filter(pk__in=rows.values("ticket_id")))


def _in_base(key: str, question: Question) -> Q:
    """Which tickets the n of a clock's number counts."""
    clock = key.split("_", maxsplit=1)[0]
    if key.endswith("_in_sla"):
        past_due = Q(
            **{
                f"{clock}_state": Clock.State.RUNNING,
                f"{clock}_due_at__lt": question.at,
            }
        )
        return Q(**{f"{clock}_state__in": _SETTLED}) | past_due
    return Q(**{f"{clock}_minutes__isnull": False})


def _live(key: str, question: Question) -> QuerySet[Ticket]:
    found = tickets(question.user, question.filters).open()
    if key == "overdue_tickets":
        found = found.overdue(at=question.at)
    if key == "old_tickets":
        found = found.filter(opened_at__lt=question.at - OLD)
    return _listed(found)


def _listed(found: QuerySet[Ticket]) -> QuerySet[Ticket]:
    return found.select_related("team", "assignee", "touchpoint").order_by("-number")
