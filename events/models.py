"""What happened, who still has to react to it, and what leaves the building."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

# Events of one subject share a lane, and one drainer at a time works in a lane: that
# is what keeps a subject's events in order however many drainers there are.
LANES = 8


class Event(models.Model):
    """A fact in the past tense. The row is also the queue: undispatched = not handled.

    `payload` holds ids, numbers and ISO strings only. Append-only but for
    `dispatched_at`.
    """

    name = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    lane = models.SmallIntegerField()
    actor = models.CharField(max_length=80, blank=True)
    # When it happened; for imported history long before it was written down.
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    payload = models.JSONField(default=dict)
    dispatched_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # Read by outbox.drain() and the lag on the health page.
            models.Index(
                fields=["lane", "id"],
                condition=Q(dispatched_at__isnull=True),
                name="event_undispatched",
            ),
            # Read by timelines and the audit log.
            models.Index(fields=["subject_type", "subject_id"], name="event_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_type} {self.subject_id}"


class Failure(models.Model):
    """One handler could not handle one event; it is tried again, then parked."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="failures")
    handler = models.CharField(max_length=120)
    attempts = models.PositiveSmallIntegerField(default=1)
    error = models.TextField()
    failed_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event", "handler"], name="failure_once_per_handler"
            ),
        ]
        indexes: ClassVar = [
            # Read by outbox.retry_failures().
            models.Index(
                fields=["next_try_at"],
                condition=Q(parked_at__isnull=True),
                name="failure_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handler} on event {self.event_id}"


class Delivery(models.Model):
    """One thing to send out of the building, whichever app asked for it.

    Claimed with a lease, so a sender that dies leaves it to the next one: sent at
    least once, always under the same `key`.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENT = "sent", _("Sent")
        PARKED = "parked", _("Given up")

    key = models.CharField(max_length=120, unique=True)
    channel = models.CharField(max_length=20)
    recipient = models.CharField(max_length=320)
    content = models.JSONField()
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    provider_answer = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            # Read by deliveries.send_due().
            models.Index(
                fields=["next_try_at"],
                condition=Q(state="queued"),
                name="delivery_due",
            ),
            models.Index(
                fields=["subject_type", "subject_id"], name="delivery_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.key}"


class IdempotentCall(models.Model):
    """The outcome of a call that its sender may repeat under the same key.

    Written in the transaction of the effect, so that neither exists without the other.
    """

    caller = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    # Of method, address and body: the same key with another call is a mistake.
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["caller", "key"], name="one_outcome_per_key"
            ),
        ]
        indexes: ClassVar = [
            # Read by the hourly clearing out.
            models.Index(fields=["created_at"], name="idempotent_call_age"),
        ]

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"


class Heartbeat(models.Model):
    """When a part of the system was last seen at work."""

    part = models.CharField(max_length=40, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.part
