"""Whom we design for, and the experience we want them to have."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ExperienceVision(models.Model):
    """One sentence that a journey is measured against."""

    title = models.CharField(_("title"), max_length=120)
    statement = models.TextField(_("statement"))

    def __str__(self) -> str:
        return self.title


class Persona(models.Model):
    """A typical customer, drawn from research. Lists are one entry per line."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    background = models.TextField(_("background"), blank=True)
    demographics = models.TextField(_("demographics"), blank=True)
    identifiers = models.TextField(
        _("identifiers"), blank=True, help_text=_("How to recognise this customer.")
    )
    goals = models.TextField(_("goals"), blank=True)
    challenges = models.TextField(_("challenges"), blank=True)
    solutions = models.TextField(
        _("solutions"), blank=True, help_text=_("What we do for this customer.")
    )

    def __str__(self) -> str:
        return self.name
