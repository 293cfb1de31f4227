"""A customer's way through the company, stage by stage."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from journeys.models.persona import ExperienceVision, Persona


class Journey(models.Model):
    name = models.CharField(_("name"), max_length=120, unique=True)
    description = models.TextField(_("description"), blank=True)
    persona = models.ForeignKey(
        Persona,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="journeys",
        verbose_name=_("persona"),
    )
    vision = models.ForeignKey(
        ExperienceVision,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="journeys",
        verbose_name=_("vision"),
    )
    archived_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """One phase. `kind` is the field's own word for it; `name` the company's."""

    class Kind(models.TextChoices):
        AWARENESS = "awareness", _("Awareness")
        CONSIDERATION = "consideration", _("Consideration")
        PURCHASE = "purchase", _("Purchase")
        USE = "use", _("Use")
        SERVICE = "service", _("Service")
        LOYALTY = "loyalty", _("Loyalty")

    journey = models.ForeignKey(Journey, models.CASCADE, related_name="stages")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["journey", "position"],
                name="one_stage_per_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MapNote(models.Model):
    """One cell of the map: what a lane says about a stage. Lists: one per line."""

    class Lane(models.TextChoices):
        ACTIONS = "actions", _("What the customer does")
        THOUGHTS = "thoughts", _("What the customer thinks")
        EMOTION = "emotion", _("What the customer should feel")
        PAINS = "pains", _("Pain points")
        OPPORTUNITIES = "opportunities", _("Opportunities")

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="notes")
    lane = models.CharField(max_length=20, choices=Lane.choices)
    text = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stage", "lane"], name="one_note_per_cell"),
        ]

    def __str__(self) -> str:
        return f"{self.lane} of {self.stage_id}"
