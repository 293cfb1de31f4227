"""A customer's way through the company, stage by stage."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models.changes import changed_fields
from events import outbox
from journeys.models.persona import ExperienceVision, Persona
from teams.models import User


class JourneyQuerySet(models.QuerySet["Journey"]):
    def active(self) -> Self:
        return self.filter(archived_at__isnull=True)

    def archived(self) -> Self:
        return self.filter(archived_at__isnull=False)


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

    objects = JourneyQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("journeys:detail", args=[self.pk])

    @transaction.atomic
    def begin(self, *, by: User, at: datetime) -> None:
        """Store a new journey with the six stages that most have."""
        self.save(force_insert=True)
        Stage.objects.bulk_create(
            Stage(journey=self, kind=kind, name=str(kind.label), position=position)
            for position, kind in enumerate(Stage.Kind)
        )
        self.record("created", by=by, at=at)

    @transaction.atomic
    def change(self, values: Mapping[str, Any], *, by: User, at: datetime) -> None:
        if changed := changed_fields(self, values):
            self.save(update_fields=changed)
            self.record("changed", by=by, at=at, fields=changed)

    @transaction.atomic
    def archive(self, *, by: User, at: datetime) -> None:
        """Out of the lists; nothing is lost, and `restore` brings it back."""
        if self.archived_at is None:
            self.archived_at = at
            self.save(update_fields=["archived_at"])
            self.record("archived", by=by, at=at)

    @transaction.atomic
    def restore(self, *, by: User, at: datetime) -> None:
        if self.archived_at is not None:
            self.archived_at = None
            self.save(update_fields=["archived_at"])
            self.record("restored", by=by, at=at)

    @transaction.atomic
    def add_stage(self, *, name: str, kind: str, by: User, at: datetime) -> "Stage":
        """A new stage at the end."""
        self.hold()
        last = self.stages.aggregate(last=models.Max("position"))["last"]
        stage = self.stages.create(
            name=name, kind=kind, position=0 if last is None else last + 1
        )
        self.record("stage_added", by=by, at=at, stage=stage.pk)
        return stage

    def hold(self) -> None:
        """One at a time reorders a journey's stages."""
        Journey.objects.select_for_update().get(pk=self.pk)

    def record(self, what: str, *, by: User, at: datetime, **payload: object) -> None:
        outbox.record(
            "journey.changed",
            subject=("journey", self.pk),
            at=at,
            actor=by.email,
            payload={"what": what, **payload},
        )


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

    @transaction.atomic
    def change(self, values: Mapping[str, Any], *, by: User, at: datetime) -> None:
        if changed := changed_fields(self, values):
            self.save(update_fields=changed)
            self._record("stage_changed", by=by, at=at, fields=changed)

    @transaction.atomic
    def write_notes(self, texts: Mapping[str, str], *, by: User, at: datetime) -> None:
        """What the lanes say about this stage; an empty text clears its cell."""
        known = {note.lane: note.text for note in self.notes.select_for_update()}
        changed = [lane for lane in texts if texts[lane] != known.get(lane, "")]
        for lane in changed:
            if texts[lane]:
                self.notes.update_or_create(lane=lane, defaults={"text": texts[lane]})
            else:
                self.notes.filter(lane=lane).delete()
        if changed:
            self._record("notes_changed", by=by, at=at, lanes=changed)

    @transaction.atomic
    def move(self, step: int, *, by: User, at: datetime) -> None:
        """Change places with the neighbour: -1 earlier, 1 later. At the end: nothing."""
        self.journey.hold()
        stages = list(self.journey.stages.order_by("position"))
        here = stages.index(self)
        there = here + step
        if not 0 <= there < len(stages):
            return
        stages[here], stages[there] = stages[there], stages[here]
        for position, stage in enumerate(stages):
            stage.position = position
        Stage.objects.bulk_update(stages, ["position"])
        self._record("stage_moved", by=by, at=at)

    @transaction.atomic
    def remove(self, *, by: User, at: datetime) -> None:
        """With its notes and touchpoints. Raises TouchpointInUse if one is needed."""
        for touchpoint in self.touchpoints.all():
            touchpoint.refuse_if_used()
        self._record("stage_removed", by=by, at=at)
        self.delete()

    def _record(self, what: str, *, by: User, at: datetime, **payload: object) -> None:
        self.journey.record(what, by=by, at=at, stage=self.pk, **payload)


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
