"""A saved condition over customers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Segment(models.Model):
    """`condition` is in the shared language of `customers.conditions`."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    condition = models.JSONField(_("condition"), default=dict)

    def __str__(self) -> str:
        return self.name
