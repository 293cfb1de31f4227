"""The clocks of a ticket and the history of each."""

from datetime import UTC, datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.models.sla import SlaPolicy

# Before any clock's start: its ladder was not worked out yet.
NOT_LOOKED_AT = datetime(2000, 1, 1, tzinfo=UTC)


class Clock(models.Model):
    """One promise with its due instant. `due_at` is always the current deadline."""

    class Kind(models.TextChoices):
        FIRST_CONTACT = "first_contact", _("First contact")
        # From the first unanswered message of the customer; one cycle each time.
        NEXT_RESPONSE = "next_response", _("Answer to the customer")
        RESOLUTION = "resolution", _("Resolution")
        # Of one department's task, from when it was given to them.
        TASK = "task", _("Task")

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("clock", "running")
        PAUSED = "paused", pgettext_lazy("clock", "paused")
        BREACHED = (
            "breached",
            pgettext_lazy("clock", "overdue"),
        )  # still unmet, past due
        MET = "met", pgettext_lazy("clock", "met")
        MET_LATE = "met_late", pgettext_lazy("clock", "met late")
        # Nobody was there to be contacted: neither met nor missed.
        STOPPED = "stopped", pgettext_lazy("clock", "not needed")

    ticket = models.ForeignKey("Ticket", models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.RUNNING
    )
    # Counts up where a ticket makes the same kind of promise again.
    cycle = models.PositiveSmallIntegerField(default=0, db_default=0)
    task = models.OneToOneField("Task", models.CASCADE, null=True, related_name="clock")
    policy = models.ForeignKey(SlaPolicy, models.PROTECT, related_name="+")
    target_minutes = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    # Stamped with the due instant, whenever the breach was noticed.
    breached_at = models.DateTimeField(null=True)
    # Half-open [from, until) pauses as ISO strings; an open one has until = null.
    pauses = models.JSONField(default=list)
    # [[from, hours, version], …]: which hours counted from when. Empty: the team's, as
    # they are, from the start. Time that was used up on older hours stays used up.
    calendars = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    # Working minutes from start to the act, pauses left out; null until met.
    minutes_used = models.PositiveIntegerField(null=True)
    # The ladder: the highest level that fired in this round, and when the next is due.
    fired_percent = models.PositiveSmallIntegerField(default=0, db_default=0)
    # Never later than that; levels due before it are past. A new clock is looked at
    # by the next tick, whoever started it; a finished or paused one has none.
    fires_at = models.DateTimeField(
        null=True, default=NOT_LOOKED_AT, db_default=NOT_LOOKED_AT
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ticket", "kind", "cycle"], name="one_clock_per_cycle"
            ),
        ]
        indexes: ClassVar = [
            # Read by the breach tick.
            models.Index(
                fields=["due_at"], condition=Q(state="running"), name="clock_armed"
            ),
            # Read by the ladder's tick.
            models.Index(
                fields=["fires_at"],
                condition=Q(fires_at__isnull=False),
                name="clock_ladder",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.ticket_id}"

    @property
    def is_finished(self) -> bool:
        return self.state in (self.State.MET, self.State.MET_LATE, self.State.STOPPED)

    @property
    def is_paused(self) -> bool:
        """An overdue clock can stand still too, so this is not the state."""
        return bool(self.pauses) and self.pauses[-1][1] is None

    @property
    def closed_pauses(self) -> list[tuple[datetime, datetime]]:
        """The pauses that have ended, as instants."""
        instant = datetime.fromisoformat
        return [(instant(start), instant(end)) for start, end in self.pauses if end]


class ClockEvent(models.Model):
    """One change of a clock: append-only, with its reason and the versions used."""

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20)
    happened_at = models.DateTimeField()
    actor = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField()
    policy_version = models.PositiveIntegerField()
    calendar_version = models.PositiveIntegerField(null=True)
    # Of which hours that is the version; no foreign key, they may be gone since.
    hours_key = models.BigIntegerField(null=True)
    # The target from then on.
    target_minutes = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} of clock {self.clock_id}"


class Escalation(models.Model):
    """One level of the ladder that fired: append-only, once per clock and round."""

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="escalations")
    percent = models.PositiveSmallIntegerField()
    # A reopened clock begins a new round.
    round = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField()
    # What was done: {"notified": [...], "assignee": [from, to], "priority": [...]}.
    did = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clock", "percent", "round"], name="level_fires_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.percent} % of clock {self.clock_id}"
