"""What leaves the dashboards: links that anybody may open, regular mails, files."""

from datetime import datetime, timedelta
from typing import ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import Delivery

M = TypeVar("M", bound=models.Model, covariant=True)

# A worker writes a report within a minute; who is silent for this long is gone.
STALLED = timedelta(minutes=5)


class ShareLink(models.Model):
    """A page of the dashboards for whoever holds the address, as its owner may see it
    when it is opened. Of the secret in the address only the digest is kept."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="share_links"
    )
    label = models.CharField(_("name"), max_length=120)
    # A key of `shareable.PAGES`, and the page's own query.
    page = models.CharField(max_length=40)
    query = models.TextField(blank=True)
    digest = models.CharField(max_length=64, unique=True)
    shows_comments = models.BooleanField(default=False)
    hides_low_base = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    openings = models.PositiveIntegerField(default=0)
    last_opened_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.label


class Schedule(models.Model):
    """A page that is mailed regularly. `weekday` (0 = Monday) counts for weekly ones,
    `month_day` for monthly ones; `next_due_at` is empty while nothing is to be sent."""

    class Every(models.TextChoices):
        DAY = "day", _("Every day")
        WEEK = "week", _("Every week")
        MONTH = "month", _("Every month")

    class Stopped(models.TextChoices):
        NO = "", pgettext_lazy("regular mail", "Runs")
        PAUSED = "paused", pgettext_lazy("regular mail", "Paused")
        OWNER_GONE = "owner_gone", _("Stopped: its owner is gone")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="schedules"
    )
    label = models.CharField(_("name"), max_length=120)
    page = models.CharField(max_length=40)
    query = models.TextField(blank=True)
    every = models.CharField(max_length=5, choices=Every.choices, default=Every.WEEK)
    weekday = models.PositiveSmallIntegerField(default=0)
    month_day = models.PositiveSmallIntegerField(default=1)
    hour = models.PositiveSmallIntegerField(default=8)
    # The owner's, when it was set.
    time_zone = models.CharField(max_length=60)
    # Of readers who have none of their own.
    language = models.CharField(max_length=10)
    with_pdf = models.BooleanField(default=True)
    with_csv = models.BooleanField(default=False)
    with_xlsx = models.BooleanField(default=False)
    shows_comments = models.BooleanField(default=False)
    hides_low_base = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True)
    stopped = models.CharField(
        max_length=10, choices=Stopped.choices, default=Stopped.NO, blank=True
    )

    class Meta:
        indexes: ClassVar = [
            # Read by schedules.start_due().
            models.Index(
                fields=["next_due_at"],
                condition=Q(next_due_at__isnull=False),
                name="schedule_due",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6)
                & Q(month_day__gte=1, month_day__lte=31)
                & Q(hour__lte=23),
                name="schedule_in_the_calendar",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Reader(models.Model):
    """Who gets a schedule's mails: one of us, or an address outside.

    `view` is what the reader's scopes were at the last letter.
    """

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="readers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+"
    )
    address = models.EmailField(blank=True)
    left_at = models.DateTimeField(null=True)
    view = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, address="")
                | (Q(user__isnull=True) & ~Q(address="")),
                name="reader_is_one",
            ),
            models.UniqueConstraint(
                fields=["schedule", "user"], name="one_reader_per_person"
            ),
            models.UniqueConstraint(
                fields=["schedule", "address"],
                condition=Q(user__isnull=True),
                name="one_reader_per_address",
            ),
        ]

    def __str__(self) -> str:
        return self.user.name if self.user else self.address


class WorkState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("file", "Waiting")
    RUNNING = "running", pgettext_lazy("file", "Being made")
    DONE = "done", pgettext_lazy("file", "Done")
    FAILED = "failed", pgettext_lazy("file", "Failed")


class WorkQuerySet(models.QuerySet[M]):
    def to_do(self, *, at: datetime) -> Self:
        """What any worker may take up: nobody has, or who did is gone."""
        waiting = Q(state=WorkState.WAITING)
        left = Q(state=WorkState.RUNNING, worked_at__lt=at - STALLED)
        return self.filter(waiting | left)

    def under_way(self) -> Self:
        return self.filter(state__in=(WorkState.WAITING, WorkState.RUNNING))


class Work(models.Model):
    """Something that a worker makes of a report; the row is the order for it."""

    State = WorkState

    state = models.CharField(
        max_length=10, choices=WorkState.choices, default=WorkState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    worked_at = models.DateTimeField(null=True)
    # A sentence, in the language of whoever asked.
    problem = models.TextField(blank=True)

    class Meta:
        abstract = True


class Mailing(Work):
    """One letter of a schedule: to one reader, for one due time; without a reader it
    goes to the owner, who asked to see one."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="mailings")
    reader = models.ForeignKey(
        Reader, models.CASCADE, null=True, related_name="mailings"
    )
    due_at = models.DateTimeField()
    delivery = models.ForeignKey(Delivery, models.SET_NULL, null=True, related_name="+")

    objects = WorkQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reader", "due_at"], name="one_letter_per_due_time"
            ),
        ]
        indexes: ClassVar = [
            # Read by schedules.letters_to_write().
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=("waiting", "running")),
                name="mailing_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schedule} {self.due_at:%Y-%m-%d %H:%M}"


class ReportFile(Work):
    """A page, or one part of it, as a file for the person who asked for it."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        PNG = "png", "PNG"

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="report_files"
    )
    asked_at = models.DateTimeField()
    page = models.CharField(max_length=40)
    query = models.TextField(blank=True)
    # The key of a figure, table or tile; the whole page without one.
    part = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    language = models.CharField(max_length=10)
    # Percent.
    progress = models.PositiveSmallIntegerField(default=0)
    # What the person's scopes were when it was written.
    view = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=40, blank=True)
    expires_at = models.DateTimeField()

    objects = WorkQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["asked_by", "expires_at"], name="report_file_of"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.kind})"
