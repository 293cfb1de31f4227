"""Telling people something; the sentences live here, by kind.

Every notice stands under its reader's bell; whether it is counted there and whether a
mail follows is for the reader to choose (`NoticePreference`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.bulk_insert import insert_all
from events.prepared import Prepared
from teams.models.notification import Notification
from teams.models.user import User
from teams.notice_kinds import Kind, kind_of

SENTENCES: Mapping[str, Promise] = {
    "ticket_assigned": _("Ticket %(number)s is yours now: %(subject)s"),
    "ticket_breached": _("Ticket %(number)s missed its first-contact deadline"),
    "ticket_resolution_breached": _("Ticket %(number)s missed its resolution deadline"),
    "ticket_response_breached": _(
        "Ticket %(number)s missed its deadline for an answer"
    ),
    "task_breached": _("A task for ticket %(number)s is overdue: %(title)s"),
    "ticket_contact_reached": _(
        "Ticket %(number)s: %(percent)s %% of the time for the first contact is used up"
    ),
    "ticket_response_reached": _(
        "Ticket %(number)s: %(percent)s %% of the time for an answer is used up"
    ),
    "ticket_resolution_reached": _(
        "Ticket %(number)s: %(percent)s %% of the time for the resolution is used up"
    ),
    "task_reached": _(
        "Ticket %(number)s: %(percent)s %% of the time for a task is used up: %(title)s"
    ),
    "task_given": _("A task for ticket %(number)s is yours now: %(title)s"),
    "task_done": _("A task for ticket %(number)s is done: %(title)s"),
    "task_dropped": _("A task for ticket %(number)s was dropped: %(title)s"),
    "ticket_answer_attached": _(
        "Ticket %(number)s has a further answer of the same customer"
    ),
    "export_ready": _("The Excel file of “%(survey)s” is ready: %(rows)s answers"),
    "export_failed": _("The Excel file of “%(survey)s” could not be written"),
    "ticket_goes_on": _(
        "The clocks of ticket %(number)s go on as planned: %(subject)s"
    ),
    "ticket_pause_limit": _(
        "The clocks of ticket %(number)s go on: it was paused as long as its policy "
        "allows: %(subject)s"
    ),
    "coaching_note": _("%(name)s has written you a note on your work"),
    "recovery_asked": _("A gesture of %(amount)s for ticket %(number)s waits for you"),
    "recovery_approved": _(
        "Your gesture of %(amount)s for ticket %(number)s is approved: give it"
    ),
    "recovery_refused": _(
        "Your gesture of %(amount)s for ticket %(number)s is refused"
    ),
    "ticket_mail": _("The customer wrote about ticket %(number)s: %(subject)s"),
    "ticket_thanked": _(
        "The customer of ticket %(number)s says thank you: it stays resolved"
    ),
    "ticket_mail_other": _(
        "%(sender)s, who is not the customer, wrote about ticket %(number)s"
    ),
    "ticket_mail_bounced": _(
        "Your message about ticket %(number)s came back: the customer has not got it"
    ),
    "ticket_mail_given_up": _(
        "Your message about ticket %(number)s could not be sent: see why, and send it "
        "again"
    ),
    "ticket_contact_taken_back": _(
        "The customer of ticket %(number)s never got our message: the first contact "
        "is still to be made"
    ),
    "mail_unmatched": _("A mail came in that belongs to no ticket"),
    "ticket_reopened": _("Ticket %(number)s was reopened"),
    "mentioned": _("%(name)s calls you to ticket %(number)s: %(subject)s"),
    "watching": _("%(name)s lets you watch ticket %(number)s: %(subject)s"),
    "watched_assigned": _("Ticket %(number)s, which you watch, has a new owner"),
    "watched_resolved": _("Ticket %(number)s, which you watch, is resolved"),
    "watched_reopened": _("Ticket %(number)s, which you watch, was reopened"),
    "watched_customer_wrote": _(
        "The customer wrote on ticket %(number)s, which you watch"
    ),
    "ticket_disputed": _("Ticket %(number)s is not solved, says the customer"),
    "initiative_action": _("“%(action)s” is yours to do: %(title)s"),
    "ticket_came_back": _(
        "Ticket %(number)s follows ticket %(before)s: the customer came back"
    ),
    "ticket_watched": _("Ticket %(number)s, which you watch, is new: %(subject)s"),
    "ticket_lead_told": _("Ticket %(number)s is new in your team: %(subject)s"),
    "schedule_failed": _("“%(title)s” could not be mailed to %(reader)s"),
    "schedule_undelivered": _(
        "“%(title)s” was written but not delivered: the mail server did not take it"
    ),
    "schedule_stopped": _(
        "The regular mail “%(title)s” has stopped: %(name)s is gone or may not see "
        "dashboards any more"
    ),
    "rollups_differ": _(
        "The dashboards differ from the answers in %(count)s places: see the health page"
    ),
    "report_ready": _("The file of “%(title)s” is ready"),
    "report_failed": _("The file of “%(title)s” could not be made"),
    "deputy_named": _("You stand in for %(name)s from %(start)s until %(end)s"),
    "ticket_handed_over": _(
        "Ticket %(number)s comes to you from %(name)s, who is away: %(subject)s"
    ),
    "ticket_passed_on": _(
        "Ticket %(number)s comes to you from %(name)s, who does not work on it any "
        "more: %(subject)s"
    ),
    "alert_opened": _("Alert “%(rule)s”: %(words)s"),
    "alert_again": _("The alert “%(rule)s” is still open: %(words)s"),
}


def notify(
    user: User | int, kind: str, *, at: datetime, url: str = "", **params: object
) -> Notification:
    """Put a notice under the person's bell. Raises KeyError for an unknown kind."""
    if kind not in SENTENCES:
        raise KeyError(kind)
    notice = Notification(
        user_id=user if isinstance(user, int) else user.pk,
        kind=kind,
        params=params,
        url=url,
        created_at=at,
    )
    notify_all([notice])
    return notice


def notify_all(notices: Sequence[Notification]) -> None:
    """Save many notices in one statement, each as its reader wants it."""
    insert_all(prepared(notices))


def prepared(notices: Sequence[Notification]) -> list[Notification]:
    """Unsaved notices as their readers want them, for those who insert in bulk.

    One query for any number. Who wants none of a kind under the bell has it in the
    list as read; whoever wants mail gets it when the poster comes by.
    """
    wishes = _wishes(notices)
    for notice in notices:
        in_app, by_mail = wishes.get(
            (notice.user_id, notice.kind), (True, usual(notice.kind).by_mail)
        )
        notice.read_at = None if in_app else notice.created_at
        notice.mail_due_at = notice.created_at if by_mail else None
    return list(notices)


def usual(kind: str) -> Kind:
    return kind_of(kind, SENTENCES[kind])


def _wishes(
    notices: Sequence[Notification],
) -> dict[tuple[int, str], tuple[bool, bool]]:
    asked = {
        "users": list({notice.user_id for notice in notices}),
        "kinds": list({notice.kind for notice in notices}),
    }
    with connection.cursor() as cursor:
        _CHOSEN.execute(cursor, asked)
        return {
            (user, kind): (in_app, by_mail)
            for user, kind, in_app, by_mail in cursor.fetchall()
        }


# Asked for each ticket that opens, whose customer's clock has begun.
_CHOSEN = Prepared(
    "cem_chosen_notices",
    {"users": "bigint[]", "kinds": "varchar[]"},
    """
    SELECT user_id, kind, in_app, by_mail FROM teams_noticepreference
    WHERE user_id = ANY(%(users)s) AND kind = ANY(%(kinds)s)""",
)


def sentence_for(notification: Notification) -> str:
    """The notice in the reader's language."""
    params: dict[str, object] = notification.params
    return str(SENTENCES[notification.kind]) % params
