"""The call log: contacts that reached the customer, and those that did not."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Message
from teams.models import User
from tickets.models import Ticket


@transaction.atomic
def log(  # noqa: PLR0913  a call is these things
    ticket: Ticket,
    *,
    channel: str,
    summary: str,
    is_reached: bool,
    minutes: int | None,
    by: User,
    at: datetime,
) -> None:
    """Reached is a contact, and the first one meets the promise; a try is neither."""
    if is_reached:
        ticket.log_contact(
            channel=channel, summary=_with_length(summary, minutes), by=by, at=at
        )
        return
    ticket.hold()
    label = str(Message.Channel(channel).label)
    tried = _("Not reached: %(channel)s") % {"channel": label}
    words = f"{tried}\n{summary}".strip()
    ticket.write_note(_with_length(words, minutes), by=by, at=at)
    ticket.record("ticket.not_reached", by=by, at=at, channel=channel, minutes=minutes)


def _with_length(summary: str, minutes: int | None) -> str:
    if not minutes:
        return summary
    return f"{summary}\n" + _("(%(count)s min)") % {"count": minutes}
