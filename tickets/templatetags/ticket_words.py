"""Deadlines and states of tickets in words and tones."""

from datetime import datetime, timedelta

from django import template

from tickets import time_left
from tickets.models import Clock, Rule, Ticket

register = template.Library()

STATUS_TONES = {
    Ticket.Status.OPEN: "warning",
    Ticket.Status.IN_PROGRESS: "info",
    Ticket.Status.RESOLVED: "good",
}
PRIORITY_TONES = {Rule.Priority.URGENT: "bad", Rule.Priority.HIGH: "warning"}
CLOCK_TONES = {
    Clock.State.BREACHED: "bad",
    Clock.State.MET: "good",
    Clock.State.MET_LATE: "warning",
}
SOON = timedelta(hours=4)

register.filter("status_tone", lambda status: STATUS_TONES.get(status, "neutral"))
register.filter(
    "priority_tone", lambda priority: PRIORITY_TONES.get(priority, "neutral")
)
register.filter("clock_tone", lambda state: CLOCK_TONES.get(state, "neutral"))
register.simple_tag(time_left.words, name="time_left_words")


@register.inclusion_tag("tickets/_time_left.html")
def time_left_until(due_at: datetime, now: datetime) -> dict[str, object]:
    """A deadline that keeps counting while the page is open."""
    if now > due_at:
        tone = "bad"
    else:
        tone = "warning" if due_at - now < SOON else "calm"
    return {
        "due_at": due_at,
        "words": time_left.time_left(due_at, at=now),
        "tone": tone,
    }


@register.filter
def minutes(count: int) -> str:
    """A number of minutes of working time as hours and minutes."""
    return time_left.working_time(timedelta(minutes=count))


@register.filter
def span(time: timedelta) -> str:
    """A length of working time as hours and minutes."""
    return time_left.working_time(time) or time_left.duration(time)


@register.filter
def span_until(start: datetime, end: datetime) -> str:
    return span(end - start)


@register.filter
def percent(share: float) -> str:
    """A share of one, in whole percent."""
    return f"{round(share * 100)} %"
