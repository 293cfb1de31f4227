"""Telling people something inside the product; the sentences live here, by kind."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from teams.models.notification import Notification
from teams.models.user import User

SENTENCES: Mapping[str, Promise] = {
    "ticket_assigned": _("Ticket %(number)s is yours now: %(subject)s"),
    "ticket_breached": _("Ticket %(number)s missed its first-contact deadline"),
    "ticket_resolution_breached": _("Ticket %(number)s missed its resolution deadline"),
    "ticket_answer_attached": _(
        "Ticket %(number)s has a further answer of the same customer"
    ),
    "export_ready": _("The Excel file of “%(survey)s” is ready: %(rows)s answers"),
    "export_failed": _("The Excel file of “%(survey)s” could not be written"),
    "ticket_reopened": _("Ticket %(number)s was reopened"),
}


def notify(
    user: User | int, kind: str, *, at: datetime, url: str = "", **params: object
) -> Notification:
    """Put a notice under the person's bell. Raises KeyError for an unknown kind."""
    if kind not in SENTENCES:
        raise KeyError(kind)
    return Notification.objects.create(
        user_id=user if isinstance(user, int) else user.pk,
        kind=kind,
        params=params,
        url=url,
        created_at=at,
    )


def sentence_for(notification: Notification) -> str:
    """The notice in the reader's language."""
    params: dict[str, object] = notification.params
    return str(SENTENCES[notification.kind]) % params
