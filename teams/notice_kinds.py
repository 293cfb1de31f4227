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
    "deputy_named": Kind(_("I am to stand in for somebody"), "flag", by_mail=True),
    "ticket_breached": Kind(_("A first contact is overdue"), "alert", by_mail=True),
    "ticket_resolution_breached": Kind(
        _("A resolution is overdue"), "alert", by_mail=True
    ),
    "ticket_answer_attached": Kind(
        _("A customer of mine gives a further low answer"), "message"
    ),
    "ticket_mail": Kind(_("A customer of mine writes"), "message", by_mail=True),
    "ticket_mail_other": Kind(
        _("Somebody else writes about a ticket of mine"), "message"
    ),
    "ticket_mail_bounced": Kind(
        _("A message of mine came back"), "alert", by_mail=True
    ),
    "ticket_mail_given_up": Kind(_("A message of mine could not be sent"), "alert"),
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
    "export_ready": Kind(_("An Excel file is ready"), "download"),
    "export_failed": Kind(_("An Excel file could not be written"), "alert"),
}


class _Dots(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def kind_of(name: str, sentence: str | Promise) -> Kind:
    """The kind, or one made from its sentence."""
    return KINDS.get(name) or Kind(_with_dots(sentence))


def _dotted(sentence: str | Promise) -> str:
    return str(sentence) % _Dots()


_with_dots = lazy(_dotted, str)
