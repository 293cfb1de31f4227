"""How urgent or good a state looks: the tone of its label."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from tickets.models import Clock, Rule, Ticket

_STATUS: Mapping[str, str] = {
    Ticket.Status.OPEN: "warning",
    Ticket.Status.IN_PROGRESS: "info",
    Ticket.Status.RESOLVED: "good",
}
_PRIORITY: Mapping[str, str] = {
    Rule.Priority.URGENT: "bad",
    Rule.Priority.HIGH: "warning",
}
_CLOCK: Mapping[str, str] = {
    Clock.State.BREACHED: "bad",
    Clock.State.MET: "good",
    Clock.State.MET_LATE: "warning",
}
SOON = timedelta(hours=4)


def status_tone(status: str) -> str:
    return _STATUS.get(status, "neutral")


def priority_tone(priority: str) -> str:
    return _PRIORITY.get(priority, "neutral")


def clock_tone(state: str) -> str:
    return _CLOCK.get(state, "neutral")


def due_tone(due_at: datetime, *, at: datetime) -> str:
    """Of a deadline that still runs."""
    if at > due_at:
        return "bad"
    return "warning" if due_at - at < SOON else "calm"
