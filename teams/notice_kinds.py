"""What each kind of notice is called where people choose, its sign, and its usual way.

A kind that is not listed here is called by its sentence, with dots for what varies.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    # Lazy: in the language of whoever reads it.
    label: Any
    icon: str = "bell"
    # What happens while a person has not chosen.
    by_mail: bool = False


KINDS: Mapping[str, Kind] = {
    "ticket_assigned": Kind(_("A ticket becomes mine"), "tickets", by_mail=True),
    "ticket_handed_over": Kind(
        _("A ticket comes to me from somebody who is away"), "tickets", by_mail=True
    ),
    "ticket_passed_on": Kind(
        _("A ticket comes to me from somebody who has left"), "tickets", by_mail=True
    ),
    "ticket_goes_on": Kind(_("A pause ends as planned"), "clock"),
    "ticket_pause_limit": Kind(
        _("A pause ends because it may not last longer"), "clock"
    ),
    "ticket_disputed": Kind(
        _("A customer of mine says it is not solved"), "flag", by_mail=True
    ),
    "ticket_came_back": Kind(
        _("A customer comes back to a ticket of mine"), "message", by_mail=True
    ),
    "ticket_watched": Kind(_("A ticket that I watch is new"), "tickets"),
    "ticket_lead_told": Kind(_("A new ticket of which my team’s lead is told"), "flag"),
    "mentioned": Kind(_("Somebody calls me by name"), "message", by_mail=True),
    "watching": Kind(_("Somebody lets me watch a ticket"), "tickets"),
    "watched_assigned": Kind(_("A ticket that I watch has a new owner"), "tickets"),
    "watched_resolved": Kind(_("A ticket that I watch is resolved"), "check"),
    "watched_reopened": Kind(_("A ticket that I watch is reopened"), "flag"),
    "watched_customer_wrote": Kind(
        _("The customer of a ticket that I watch writes"), "message"
    ),
    "initiative_action": Kind(
        _("An action of an initiative becomes mine"), "flag", by_mail=True
    ),
    "deputy_named": Kind(_("I am to stand in for somebody"), "flag", by_mail=True),
    "ticket_breached": Kind(_("A first contact is overdue"), "alert", by_mail=True),
    "ticket_resolution_breached": Kind(
        _("A resolution is overdue"), "alert", by_mail=True
    ),
    "ticket_answer_attached": Kind(
        _("A customer of mine gives a further low answer"), "message"
    ),
    "ticket_mail": Kind(_("A customer of mine writes"), "message", by_mail=True),
    "ticket_thanked": Kind(_("A customer of mine says thank you"), "message"),
    "ticket_mail_other": Kind(
        _("Somebody else writes about a ticket of mine"), "message"
    ),
    "ticket_mail_bounced": Kind(
        _("A message of mine came back"), "alert", by_mail=True
    ),
    "ticket_mail_given_up": Kind(_("A message of mine could not be sent"), "alert"),
    "ticket_contact_taken_back": Kind(
        _("A first contact of mine did not arrive"), "alert", by_mail=True
    ),
    "mail_unmatched": Kind(_("A mail belongs to no ticket"), "message"),
    "ticket_reopened": Kind(_("A ticket of mine is reopened"), "flag", by_mail=True),
    "ticket_response_breached": Kind(
        _("An answer to a customer is overdue"), "alert", by_mail=True
    ),
    "task_breached": Kind(_("A task is overdue"), "alert", by_mail=True),
    "ticket_contact_reached": Kind(_("Time for a first contact runs out"), "alert"),
    "ticket_response_reached": Kind(_("Time for an answer runs out"), "alert"),
    "ticket_resolution_reached": Kind(_("Time for a resolution runs out"), "alert"),
    "task_reached": Kind(_("Time for a task runs out"), "alert"),
    "task_given": Kind(_("A task becomes mine"), "tickets", by_mail=True),
    "task_done": Kind(_("A department has done a task"), "tickets"),
    "task_dropped": Kind(_("A department’s task is dropped"), "tickets"),
    "coaching_note": Kind(_("My lead writes me a note"), "message"),
    "recovery_asked": Kind(_("A gesture waits for my approval"), "flag", by_mail=True),
    "recovery_approved": Kind(_("A gesture of mine is approved"), "flag"),
    "recovery_refused": Kind(_("A gesture of mine is refused"), "flag"),
    "alert_opened": Kind(_("An alert opens"), "alert", by_mail=True),
    "alert_again": Kind(_("An alert that I put off is back"), "alert", by_mail=True),
    "export_ready": Kind(_("An Excel file is ready"), "download"),
    "schedule_failed": Kind(
        _("A regular mail of mine could not be sent"), "alert", by_mail=True
    ),
    "schedule_undelivered": Kind(
        _("A regular mail of mine was not delivered"), "alert", by_mail=True
    ),
    "schedule_stopped": Kind(
        _("A regular mail stops: its owner is gone"), "alert", by_mail=True
    ),
    "report_ready": Kind(_("A file of a dashboard is ready"), "download"),
    "report_failed": Kind(_("A file of a dashboard could not be made"), "alert"),
    "export_failed": Kind(_("An Excel file could not be written"), "alert"),
}


# Where a kind stands among the choices: by the first part of a name that fits.
TOPICS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Deadlines"), ("breached", "reached", "goes_on", "pause_limit")),
    (_("What I watch"), ("watch", "lead_told")),
    (
        _("Messages"),
        (
            "mail",
            "taken_back",
            "mentioned",
            "answer_attached",
            "came_back",
            "disputed",
            "thanked",
        ),
    ),
    (_("My tickets"), ("ticket", "deputy")),
    (_("Tasks and actions"), ("task", "initiative")),
    (_("Gestures"), ("recovery",)),
    (_("Everything else"), ("",)),
)


def topic_of(name: str) -> int:
    """Which of the topics a kind belongs to."""
    fitting = (n for n, (_label, parts) in enumerate(TOPICS) if _has(name, parts))
    return next(fitting)


def _has(name: str, parts: tuple[str, ...]) -> bool:
    return any(part in name for part in parts)


class _Dots(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def kind_of(name: str, sentence: str | Promise) -> Kind:
    """The kind, or one made from its sentence."""
    return KINDS.get(name) or Kind(_with_dots(sentence))


def _dotted(sentence: str | Promise) -> str:
    return str(sentence) % _Dots()


_with_dots = lazy(_dotted, str)
