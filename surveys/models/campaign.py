"""A round of invitations."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.survey import Survey


class Campaign(models.Model):
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="campaigns")
    name = models.CharField(_("name"), max_length=120)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
