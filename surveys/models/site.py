"""Other sites that an administrator trusts."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AllowedSite(models.Model):
    """May embed surveys, and may be where an ending leads. `origin` is
    "https://www.example.com", with a port where it is not the usual one."""

    origin = models.CharField(_("site"), max_length=200, unique=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.origin
