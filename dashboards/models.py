"""Rollups: small, question-shaped counts that pages read instead of raw rows.

A cell belongs to one shape: the dimensions it is told apart by. The others hold the
empty value (0 or ''), so that one unique index serves every shape.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Shape(models.IntegerChoices):
    """By which dimensions a cell is told apart, beside its day."""

    ALL = 0, _("all")
    SURVEY = 1, _("survey")
    TOUCHPOINT = 2, _("touchpoint")
    REGION = 3, _("region")
    PRODUCT_LINE = 4, _("product line")
    TIER = 5, _("tier")
    CUBE = 9, _("every dimension")


class Cell(models.Model):
    """The key of a cell."""

    shape = models.SmallIntegerField(choices=Shape.choices)
    day = models.DateField()
    survey_id = models.BigIntegerField(default=0)
    touchpoint_id = models.BigIntegerField(default=0)
    region = models.CharField(max_length=80, default="")
    product_line = models.CharField(max_length=80, default="")
    tier = models.CharField(max_length=40, default="")

    class Meta:
        abstract = True


KEY = ("shape", "survey_id", "touchpoint_id", "region", "product_line", "tier", "day")


class ScoreCell(Cell):
    """How often each score was given on a day. `metric`: nps, csat, ces, ces5."""

    metric = models.CharField(max_length=10)
    # counts[k] answers gave the score k; 11 long whatever the scale.
    counts = ArrayField(models.IntegerField(), size=11)

    class Meta:
        constraints: ClassVar = [
            # Read by every tile and trend; written by the fold's upsert.
            models.UniqueConstraint(
                fields=["metric", *KEY], name="one_score_cell_per_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.shape} {self.day}"


class AnswerCell(Cell):
    """How many responses arrived on a day, whatever they scored."""

    responses = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=KEY, name="one_answer_cell_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.shape} {self.day}"


class LoopCell(Cell):
    """What became of the tickets whose triggering answer arrived on a day."""

    opened = models.IntegerField()
    contact_met = models.IntegerField()
    contact_breached = models.IntegerField()
    resolution_met = models.IntegerField()
    resolution_breached = models.IntegerField()
    resolved = models.IntegerField()
    reopened = models.IntegerField()
    # Working minutes of each resolved ticket: medians cannot be added up from counts.
    contact_minutes = ArrayField(models.IntegerField())
    resolve_minutes = ArrayField(models.IntegerField())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=KEY, name="one_loop_cell_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.shape} {self.day}"


class FillState(models.Model):
    """How far a rollup is filled: the time of the newest event folded into it."""

    rollup = models.CharField(max_length=40, primary_key=True)
    filled_to = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.rollup} to {self.filled_to}"
