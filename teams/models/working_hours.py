"""When a team works. `tickets.working_time` does the arithmetic."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkingHours(models.Model):
    """Weekly shifts, holidays and dated overrides in one time zone.

    `weekly`: {"0": [["09:00", "12:00"], ["13:00", "18:00"]], ...}, 0 = Monday;
    `holidays`: ["2026-12-25", ...]; `overrides`: {"2026-10-10": [["09:00", "18:00"]]}.
    """

    name = models.CharField(_("name"), max_length=120, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    weekly = models.JSONField(_("weekly hours"), default=dict)
    holidays = models.JSONField(_("holidays"), default=list, blank=True)
    overrides = models.JSONField(_("special days"), default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name
