"""The slow checks, for `doctor` alone: mail, every answer's ticket, every rollup."""

from collections.abc import Iterator
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import get_connection
from django.utils.translation import gettext_lazy as _

from cem.health_checks import Check, State
from dashboards.rollups import rollup_differences
from tickets.reconciliation import missing_tickets

NAMED = 3


def look_deeper(*, at: datetime) -> Iterator[Check]:
    """The database must answer."""
    yield mail()
    yield _tickets(at)
    yield _rollups()


def mail() -> Check:
    label = _("Mail")
    if not settings.EMAIL_HOST:
        finding = _("No mail server is set: letters are written to %(folder)s.") % {
            "folder": settings.EMAIL_FILE_PATH
        }
        return Check(label, State.WARN, finding, _("Set EMAIL_HOST to send them."))
    server = {"server": f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"}
    try:
        with get_connection():
            return Check(label, State.OK, _("%(server)s takes letters.") % server)
    except (OSError, SMTPException) as error:
        finding = _("%(server)s cannot be reached: %(error)s") % {
            **server,
            "error": error,
        }
        return Check(label, State.FAIL, finding, _("Correct EMAIL_HOST and its kin."))


def _tickets(at: datetime) -> Check:
    label = _("Closed loop")
    missing = missing_tickets(at=at)
    if not missing:
        return Check(label, State.OK, _("Every qualifying answer has its ticket."))
    finding = _(
        "Qualifying answers without a ticket: %(count)d, for example %(ids)s."
    ) % {
        "count": len(missing),
        "ids": ", ".join(str(pk) for pk in missing[:NAMED]),
    }
    advice = _("Look for failed reactions on the health page.")
    return Check(label, State.FAIL, finding, advice)


def _rollups() -> Check:
    label = _("Rollups")
    differences = rollup_differences(limit=NAMED)
    if not differences:
        return Check(label, State.OK, _("The dashboard counts what is stored."))
    finding = _("The dashboard differs from what is stored: %(examples)s") % {
        "examples": "; ".join(differences)
    }
    return Check(label, State.FAIL, finding, _("Run manage.py rebuild_rollups."))
