"""The answers' rollup: cells of days by one dimension, and packed days for the rest."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AnswerShape(models.IntegerChoices):
    """By which dimension a cell is told apart, beside its day."""

    ALL = 0, _("all")
    SURVEY = 1, _("survey")
    TOUCHPOINT = 2, _("touchpoint")
    REGION = 3, _("region")
    PRODUCT_LINE = 4, _("product line")
    TIER = 5, _("tier")
    CHANNEL = 6, _("channel")
    LANGUAGE = 7, _("language")


class AnswerCell(models.Model):
    """The answers of one day with one value of one dimension: how many, and how often
    each score was given.

    One row holds every metric: a page reads all its numbers in one pass. `ces` is the
    1-7 scale, `ces5` the 1-5 one; scales are never pooled.
    """

    # Read by every tile and trend, by shape and days; written by the fold's upsert.
    # Days come before the values, so that what is written stays in few pages.
    pk = models.CompositePrimaryKey("shape", "day", "value")
    shape = models.SmallIntegerField(choices=AnswerShape.choices)
    day = models.DateField()
    # The value as text; '' of the shape that is told apart by nothing.
    value = models.CharField(max_length=80)
    responses = models.IntegerField()
    nps_0 = models.IntegerField()
    nps_1 = models.IntegerField()
    nps_2 = models.IntegerField()
    nps_3 = models.IntegerField()
    nps_4 = models.IntegerField()
    nps_5 = models.IntegerField()
    nps_6 = models.IntegerField()
    nps_7 = models.IntegerField()
    nps_8 = models.IntegerField()
    nps_9 = models.IntegerField()
    nps_10 = models.IntegerField()
    csat_1 = models.IntegerField()
    csat_2 = models.IntegerField()
    csat_3 = models.IntegerField()
    csat_4 = models.IntegerField()
    csat_5 = models.IntegerField()
    ces_1 = models.IntegerField()
    ces_2 = models.IntegerField()
    ces_3 = models.IntegerField()
    ces_4 = models.IntegerField()
    ces_5 = models.IntegerField()
    ces_6 = models.IntegerField()
    ces_7 = models.IntegerField()
    ces5_1 = models.IntegerField()
    ces5_2 = models.IntegerField()
    ces5_3 = models.IntegerField()
    ces5_4 = models.IntegerField()
    ces5_5 = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.shape} {self.day} {self.value}"


class AnswerDay(models.Model):
    """A day that has answers, packed or to be packed.

    `is_stale`: answers came or changed since its columns were written, so whoever asks
    for that day asks the answers themselves. Set with the cells, in one transaction.
    """

    day = models.DateField(primary_key=True)
    is_stale = models.BooleanField()
    # How many the columns hold; what holds none has no columns.
    answers = models.IntegerField(default=0)

    class Meta:
        indexes = [
            # Read by the packer, and by every question that crosses dimensions.
            models.Index(
                fields=["day"], name="answer_day_stale", condition=Q(is_stale=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class AnswerColumn(models.Model):
    """One dimension, or the scores, of every answer of a packed day.

    All columns of a day hold its answers in the same order. See `dashboards.packing`.
    """

    # Read by questions that cross dimensions, by days; written whole.
    pk = models.CompositePrimaryKey("day", "name")
    day = models.DateField()
    name = models.CharField(max_length=20)
    packed = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.name} of {self.day}"


class AnswerCross(models.Model):
    """The counts of a whole month, told apart by three dimensions at once.

    Holds as long as no day of the month is stale. Null `packed`: so many combinations
    that the packed days are read as quickly.
    """

    # Read by questions that cross dimensions, by shape and months; written whole.
    pk = models.CompositePrimaryKey("dimensions", "month")
    dimensions = models.CharField(max_length=60)
    month = models.DateField()
    packed = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"{self.dimensions} of {self.month}"


class AnswerValue(models.Model):
    """A number for each text that a dimension has as its value.

    The database sends numbers of a fixed width, which are read in bulk.
    """

    text = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.text
