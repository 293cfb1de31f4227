"""What to do next on a ticket, by when, and why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tickets.contact_ways import ContactWays, contact_ways
from tickets.models import Ticket
from tickets.time_left import duration


@dataclass(frozen=True)
class NextAct:
    """`acts` are the acts that would do it, the best first.

    `why` are short sentences for the person who works on the ticket; `due_at` is set
    where none of them says by when.
    """

    acts: tuple[str, ...]
    title: str
    why: list[str]
    due_at: datetime | None = None
    is_late: bool = False

    def best_of(self, offered: Collection[str]) -> str:
        """The first of its acts that the page offers; empty without one."""
        return next((name for name in self.acts if name in offered), "")


def next_act_for(ticket: Ticket, *, at: datetime) -> NextAct | None:
    """None where nothing is left to do."""
    if ticket.merged_into_id is not None:
        return None
    if ticket.is_resolved:
        return _after_resolution(ticket)
    ways = contact_ways(ticket, at=at)
    if ticket.needs_contact:
        return _first_contact(ticket, ways, at=at)
    if ticket.unanswered_since is not None:
        return _answer(ticket, ways, at=at)
    if waiting := _paused_for(ticket):
        return NextAct(("resume",), _("Wait, or go on"), [waiting])
    tasks = list(
        ticket.tasks.filter(done_at=None, dropped_at=None).select_related("team")
    )
    if tasks:
        return NextAct(
            ("note",),
            _("Wait for another department"),
            [
                _("%(team)s works on: %(task)s") % {"team": task.team, "task": task}
                for task in tasks
            ],
            ticket.resolution_due_at,
        )
    return _resolution(ticket, at=at)


def _first_contact(ticket: Ticket, ways: ContactWays, *, at: datetime) -> NextAct:
    due_at = ticket.first_contact_due_at
    why = [_due(_("First contact"), due_at, at=at), *_how(ways)]
    writes = ways.best is not None and (ways.best.channel == "email" or ways.is_asleep)
    acts = ("reply", "contact") if writes else ("contact",)
    return NextAct(acts, _("Contact the customer"), why, is_late=at > due_at)


def _answer(ticket: Ticket, ways: ContactWays, *, at: datetime) -> NextAct:
    assert ticket.unanswered_since is not None
    waited = duration(max(at, ticket.unanswered_since) - ticket.unanswered_since)
    why = [_("The customer has waited for an answer for %(time)s.") % {"time": waited}]
    return NextAct(
        ("reply", "contact"),
        _("Answer the customer"),
        [*why, *_how(ways)],
        ticket.next_due_at,
    )


def _resolution(ticket: Ticket, *, at: datetime) -> NextAct:
    why = [_due(_("Resolution"), ticket.resolution_due_at, at=at)]
    if ticket.customer_id is None:
        why.append(_("Nobody to contact: the answer came over an open link."))
    elif ticket.closure == Ticket.Closure.DISPUTED:
        why.append(_("The customer said that it was not solved."))
    else:
        why.append(_("The customer has heard from us."))
    return NextAct(
        ("resolution",),
        _("Solve it, and say why it happened"),
        why,
        is_late=at > ticket.resolution_due_at,
    )


def _after_resolution(ticket: Ticket) -> NextAct | None:
    if ticket.closure == Ticket.Closure.ASKED:
        asked = _("The customer was asked whether it is solved, and has not said yet.")
        return NextAct((), _("Wait for the customer’s word"), [asked])
    return None


def _paused_for(ticket: Ticket) -> str:
    """Why the clocks stand still; empty while they run."""
    paused = [clock for clock in ticket.clocks.all() if clock.is_paused]
    if not paused or any(
        not clock.is_paused and not clock.is_finished for clock in ticket.clocks.all()
    ):
        return ""
    return _("The clocks stand still.")


def _due(what: str, due_at: datetime, *, at: datetime) -> str:
    words = {"what": what, "time": duration(abs(due_at - at))}
    if at > due_at:
        return _("%(what)s has been overdue for %(time)s.") % words
    return _("%(what)s is due in %(time)s.") % words


def _how(ways: ContactWays) -> list[str]:
    """The way, why that one, and what the clock says where the customer is."""
    said = []
    if ways.best is None:
        said.append(_("We have no way to reach them: look on the customer’s page."))
    elif ways.reason:
        words = {"way": ways.best.label, "reason": ways.reason}
        said.append(_("%(way)s: %(reason)s.") % words)
    else:
        said.append(_("Best way: %(way)s.") % {"way": ways.best.label})
    if ways.local_time:
        time = date_format(ways.local_time, "H:i")
        there = {"there": _("It is %(time)s there") % {"time": time}}
        said.append(
            _("%(there)s, too early or too late for a call.") % there
            if ways.is_asleep
            else _("%(there)s.") % there
        )
    return said
