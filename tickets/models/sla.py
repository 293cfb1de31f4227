"""How fast we promise to act."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class SlaPolicy(models.Model):
    """Targets in minutes of working time (round the clock where a team has no hours)."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    first_contact_minutes = models.PositiveIntegerField(
        _("first contact within (minutes)"), default=24 * 60
    )
    resolution_minutes = models.PositiveIntegerField(
        _("resolved within (minutes)"), default=5 * 24 * 60
    )
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name; the ones we ship are known in every language."""
        return gettext(self.name)

    def minutes_for(self, kind: str) -> int:
        """The target of a clock of this kind."""
        if kind == "first_contact":
            return self.first_contact_minutes
        return self.resolution_minutes
