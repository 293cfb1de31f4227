"""Rollups: small, question-shaped counts that pages read instead of raw rows."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models import Clock, Ticket


class Shape(models.IntegerChoices):
    """By which dimensions a cell is told apart, beside its day."""

    ALL = 0, _("all")
    SURVEY = 1, _("survey")
    TOUCHPOINT = 2, _("touchpoint")
    REGION = 3, _("region")
    PRODUCT_LINE = 4, _("product line")
    TIER = 5, _("tier")


# States that a clock ends in; '' where there is no clock.
FINISHED = (
    Clock.State.MET.value,
    Clock.State.MET_LATE.value,
    Clock.State.STOPPED.value,
    "",
)


class LoopRow(models.Model):
    """One ticket, as the loop's numbers need it, under the day its answer arrived.

    One row per ticket and not a count per day: any filters can be crossed, and a
    deadline passes without anybody touching the row.
    """

    ticket_id = models.BigIntegerField(primary_key=True)
    # No column: the way to what only the ticket knows.
    ticket = models.ForeignObject(
        Ticket,
        models.DO_NOTHING,
        from_fields=["ticket_id"],
        to_fields=["number"],
        related_name="+",
    )
    day = models.DateField()
    # As on the ticket's clocks; null and '' where it has none.
    contact_due_at = models.DateTimeField(null=True)
    resolution_due_at = models.DateTimeField(null=True)
    # Working minutes from the answer to the act; null until the act.
    contact_minutes = models.IntegerField(null=True)
    resolution_minutes = models.IntegerField(null=True)
    contact_state = models.CharField(max_length=10)
    resolution_state = models.CharField(max_length=10)
    # Answers that it takes care of; none once it was merged into another ticket.
    answers = models.IntegerField(db_default=1)
    is_resolved = models.BooleanField(db_default=False)
    # Resolved and then not: by us, by the customer, or with a ticket that follows it.
    was_reopened = models.BooleanField(db_default=False)
    closure = models.CharField(max_length=12, db_default="")
    # Last, because a column costs the reader every column before it.
    survey_id = models.BigIntegerField()
    touchpoint_id = models.BigIntegerField()
    team_id = models.BigIntegerField()
    region = models.CharField(max_length=80)
    product_line = models.CharField(max_length=80)
    tier = models.CharField(max_length=40)
    # Both clocks have ended, so the day's `LoopCell`s count the ticket.
    is_finished = models.GeneratedField(
        expression=models.ExpressionWrapper(
            Q(contact_state__in=FINISHED, resolution_state__in=FINISHED),
            models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        indexes = [
            # Read by the loop tiles with crossed filters, and by the cells' fold.
            models.Index(fields=["day"], name="loop_cohort"),
            # Read by the loop tiles, beside the cells: what no cell counts.
            models.Index(
                fields=["day"], name="loop_unfinished", condition=Q(is_finished=False)
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} of {self.day}"


class LoopCell(models.Model):
    """The finished tickets of one day, told apart by one dimension or none.

    The minutes of every clock are kept, in order, each four bytes with the highest
    first: medians cannot be added up from counts. Clocks that are `stopped` count
    nowhere.
    """

    # Read by the loop tiles, by shape and days; made anew by the loop's fold.
    pk = models.CompositePrimaryKey(
        "shape",
        "day",
        "survey_id",
        "touchpoint_id",
        "region",
        "product_line",
        "tier",
    )
    shape = models.SmallIntegerField(choices=Shape.choices)
    day = models.DateField()
    survey_id = models.BigIntegerField()
    touchpoint_id = models.BigIntegerField()
    region = models.CharField(max_length=80)
    product_line = models.CharField(max_length=80)
    tier = models.CharField(max_length=40)
    contact_met = models.IntegerField()
    contact_late = models.IntegerField()
    contact_minutes = models.BinaryField()
    resolution_met = models.IntegerField()
    resolution_late = models.IntegerField()
    resolution_minutes = models.BinaryField()
    # Answers, by what became of the tickets that take care of them.
    covered = models.IntegerField(db_default=0)
    resolved = models.IntegerField(db_default=0)
    confirmed = models.IntegerField(db_default=0)
    unobjected = models.IntegerField(db_default=0)
    reopened = models.IntegerField(db_default=0)

    def __str__(self) -> str:
        return f"{self.shape} {self.day}"


class FillState(models.Model):
    """How far a rollup is filled: the time of the newest event folded into it."""

    rollup = models.CharField(max_length=40, primary_key=True)
    filled_to = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.rollup} to {self.filled_to}"
