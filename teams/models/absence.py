"""When somebody is away, and who stands in for them."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Absence(models.Model):
    """A half-open span [starts_at, ends_at) in which the deputy gets the work.

    New work goes to the deputy at once; what is already there moves once `hand_over_at`
    percent of its time is used up.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences"
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="deputises_for",
        verbose_name=_("deputy"),
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    hand_over_at = models.PositiveSmallIntegerField(
        _("hand over what is open when this much of its time is used (%)"),
        default=0,
        validators=[MaxValueValidator(100)],
    )
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="absence_ends_later"
            ),
            models.CheckConstraint(
                condition=~Q(user=F("deputy")), name="absence_has_another_deputy"
            ),
        ]
        indexes: ClassVar = [
            # Read by routing: who is away now.
            models.Index(fields=["ends_at", "user"], name="absence_current"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} away until {self.ends_at:%Y-%m-%d}"
