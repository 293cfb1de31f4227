"""What the company wants a number to reach."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Target(models.Model):
    """What a metric shall reach from a day on, until a line with a later day.

    Lines are only added: of two for the same metric and day the newer one holds, and
    one without a value ends the target.
    """

    # A key of `dashboards.registry.METRICS`; the value is in that metric's unit.
    metric = models.CharField(pgettext_lazy("metric", "number"), max_length=40)
    value = models.FloatField(_("target"), null=True)
    from_day = models.DateField(_("from"))
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    set_at = models.DateTimeField()

    # Said, for the type checker reads this module before it knows of managers.
    objects: ClassVar[models.Manager["Target"]] = models.Manager()

    class Meta:
        indexes: ClassVar = [
            # Read by the home page: what holds on a day.
            models.Index(
                fields=["metric", "-from_day", "-set_at"], name="target_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.value} from {self.from_day}"
