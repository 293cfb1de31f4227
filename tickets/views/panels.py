"""The parts of a ticket's page: each has a template and says what stands in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from surveys.models import Response
from teams.models import User
from tickets import closure, pause_limits
from tickets.explanation import explain
from tickets.linking import linked_with
from tickets.models import Ticket
from tickets.undelivered import stuck_messages
from tickets.watching import people_of

Contents = Mapping[str, Any]


@dataclass(frozen=True)
class Panel:
    """`read` gives what the template shows, which finds it under `panel`; None leaves
    the part out. `place`: in the main column, beside it, or below both."""

    template: str
    read: Callable[[Ticket, User, datetime], Contents | None]
    place: str = "main"


def panels_of(ticket: Ticket, user: User, *, at: datetime) -> dict[str, list[Any]]:
    """What the page shows, by place: templates with their contents."""
    places: dict[str, list[Any]] = {"main": [], "side": [], "below": []}
    for panel in PANELS:
        contents = panel.read(ticket, user, at)
        if contents is not None:
            places[panel.place].append((panel.template, contents))
    return places


def _answers(ticket: Ticket, user: User, at: datetime) -> Contents:
    """Every answer that it takes care of, the newest first."""
    answers = Response.objects.filter(ticket_answer__ticket=ticket)
    return {"answers": answers.select_related("survey").order_by("-submitted_at")}


def _clocks(ticket: Ticket, user: User, at: datetime) -> Contents:
    clocks = list(
        ticket.clocks.filter(task__isnull=True)
        .select_related("policy")
        .order_by("kind", "cycle")
    )
    for clock in clocks:
        clock.ticket = ticket
    # Of a promise made again and again, the latest; the page of deadlines has them all.
    latest = {clock.kind: clock for clock in clocks}
    return {
        "explanations": [explain(clock) for clock in latest.values()],
        "allowance": pause_limits.allowance_of(ticket, at=at),
        "pause": ticket.pauses.filter(ended_at=None)
        .select_related("started_by")
        .first(),
    }


def _facts(ticket: Ticket, user: User, at: datetime) -> Contents:
    return {}


def _recoveries(ticket: Ticket, user: User, at: datetime) -> Contents:
    found = ticket.recoveries.order_by("-asked_at", "-pk")
    return {"recoveries": found, "can_ask": not ticket.is_resolved}


def _closure(ticket: Ticket, user: User, at: datetime) -> Contents | None:
    """What became of the question to the customer, and the tickets before and after."""
    request = ticket.closure_requests.order_by("-pk").first()
    seen = Ticket.objects.visible_to(user)
    before = seen.filter(follow_ups=ticket).first()
    following = seen.filter(follow_up_of=ticket).order_by("number")
    if not (request or before or following):
        return None
    return {
        "request": request,
        "closes_at": closure.closes_at(ticket),
        "before": before,
        "following": following,
    }


def _links(ticket: Ticket, user: User, at: datetime) -> Contents:
    """What belongs to it: linked tickets, and those merged into it."""
    seen = Ticket.objects.visible_to(user).order_by("number")
    return {
        "linked": linked_with(ticket, user),
        "merged": seen.filter(merged_into=ticket),
    }


def _watchers(ticket: Ticket, user: User, at: datetime) -> Contents:
    watchers = list(ticket.watchers.order_by("name", "pk"))
    return {
        "watchers": watchers,
        "is_mine": user in watchers,
        "people": [one for one in people_of(ticket) if one not in watchers],
    }


def _tasks(ticket: Ticket, user: User, at: datetime) -> Contents | None:
    """What departments do for it, the open ones first."""
    tasks = ticket.tasks.select_related("team", "assignee", "clock")
    found = list(tasks.order_by("done_at", "dropped_at", "clock__due_at"))
    found.sort(key=lambda task: not task.is_open)
    return {"tasks": found, "now": at} if found else None


def _undelivered(ticket: Ticket, user: User, at: datetime) -> Contents | None:
    stuck = stuck_messages(ticket, at=at)
    return {"stuck": stuck} if stuck else None


PANELS = (
    Panel("tickets/_answers.html", _answers),
    Panel("tickets/_undelivered.html", _undelivered),
    Panel("tickets/_clocks.html", _clocks, "side"),
    Panel("tickets/_tasks.html", _tasks, "side"),
    Panel("tickets/_closure.html", _closure, "side"),
    Panel("tickets/_facts.html", _facts, "side"),
    Panel("tickets/_recoveries.html", _recoveries, "side"),
    Panel("tickets/_links.html", _links, "side"),
    Panel("tickets/_watchers.html", _watchers, "side"),
)
