"""A case: a low answer that somebody owns until the customer is content."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from journeys.models import Touchpoint
from surveys.models import Response
from teams.access import ScopedQuerySet
from teams.models import Team, User
from teams.roles import Ability
from tickets.models.root_cause import RootCause
from tickets.models.rule import Rule


class TicketQuerySet(ScopedQuerySet["Ticket"]):
    SEEN_WITH = Ability.WORK_TICKETS
    SCOPE_FIELDS = {
        "region": "region",
        "product_line": "product_line",
        "tier": "tier",
        "team": "team",
    }

    def open(self) -> Self:
        return self.exclude(status=Ticket.Status.RESOLVED)

    def resolved(self) -> Self:
        return self.filter(status=Ticket.Status.RESOLVED)

    def overdue(self, *, at: datetime) -> Self:
        """Open, and the next unmet deadline has passed."""
        return self.open().filter(next_due_at__lt=at)

    def of(self, user: User) -> Self:
        return self.filter(assignee=user)

    def of_teams_of(self, user: User) -> Self:
        return self.filter(Q(team__members=user) | Q(team__lead=user)).distinct()


class Ticket(models.Model):
    """Opened by one answer (`response`); later answers are attached (`answers`)."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        IN_PROGRESS = "in_progress", _("In progress")
        RESOLVED = "resolved", _("Resolved")

    Priority = Rule.Priority

    number = models.BigAutoField(primary_key=True)
    response = models.OneToOneField(
        Response, models.PROTECT, related_name="opened_ticket"
    )
    rule = models.ForeignKey(Rule, models.SET_NULL, null=True, related_name="+")
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, related_name="tickets"
    )
    touchpoint = models.ForeignKey(
        Touchpoint, models.PROTECT, related_name="tickets"
    )
    subject = models.CharField(_("subject"), max_length=200)
    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.OPEN
    )
    priority = models.CharField(
        _("priority"), max_length=10, choices=Rule.Priority.choices
    )
    team = models.ForeignKey(Team, models.PROTECT, related_name="tickets")
    # Never empty: a ticket without an owner is a promise that nobody keeps.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="tickets"
    )
    opened_at = models.DateTimeField()
    first_contact_due_at = models.DateTimeField()
    first_contacted_at = models.DateTimeField(null=True)
    resolution_due_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    # The earliest deadline of an unmet clock; null when resolved.
    next_due_at = models.DateTimeField(null=True)
    root_cause = models.ForeignKey(
        RootCause, models.PROTECT, null=True, related_name="tickets"
    )
    outcome = models.TextField(_("outcome"), blank=True)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    # As on the response that opened it; `day` is that response's day, the cohort.
    region = models.CharField(max_length=80, blank=True)
    product_line = models.CharField(max_length=80, blank=True)
    tier = models.CharField(max_length=40, blank=True)
    day = models.DateField()

    objects = TicketQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            # Read by every default view of the desk: open, by due time.
            models.Index(
                fields=["next_due_at", "number"],
                condition=~Q(status="resolved"),
                name="ticket_queue",
            ),
            models.Index(
                fields=["assignee", "next_due_at"],
                condition=~Q(status="resolved"),
                name="ticket_queue_of_person",
            ),
            models.Index(
                fields=["team", "next_due_at"],
                condition=~Q(status="resolved"),
                name="ticket_queue_of_team",
            ),
            # Read by routing: the open ticket a second low answer attaches to.
            models.Index(
                fields=["customer", "touchpoint"],
                condition=~Q(status="resolved"),
                name="ticket_open_at_touchpoint",
            ),
            # Read by the loop rollups.
            models.Index(fields=["day"], name="ticket_cohort"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"


class TicketAnswer(models.Model):
    """A qualifying response and the ticket that takes care of it: exactly one."""

    response = models.OneToOneField(
        Response, models.PROTECT, primary_key=True, related_name="ticket_answer"
    )
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="answers")
    attached_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.response_id} in {self.ticket_id}"


class Note(models.Model):
    """Words among ourselves; customers never see them."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    text = models.TextField(_("note"))
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"note on {self.ticket_id}"
