"""Whom we design for, and the experience we want them to have."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models.changes import changed_fields
from events import outbox
from teams.models import User


class _Drawn(models.Model):
    """What the two have in common: written and removed as a whole, with an event."""

    SUBJECT = ""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.SUBJECT} {self.pk}"

    @transaction.atomic
    def write(self, values: Mapping[str, Any], *, by: User, at: datetime) -> None:
        """Store these values: a new one, or what differs in a known one."""
        changed = list(values)
        if self.pk is None:
            for name, value in values.items():
                setattr(self, name, value)
            self.save(force_insert=True)
        elif changed := changed_fields(self, values):
            self.save(update_fields=changed)
        if changed:
            self._record("written", by=by, at=at)

    @transaction.atomic
    def remove(self, *, by: User, at: datetime) -> None:
        """Its journeys stay, without it."""
        self._record("removed", by=by, at=at)
        self.delete()

    def _record(self, what: str, *, by: User, at: datetime) -> None:
        outbox.record(
            f"{self.SUBJECT}.changed",
            subject=(self.SUBJECT, self.pk),
            at=at,
            actor=by.email,
            payload={"what": what},
        )


class ExperienceVision(_Drawn):
    """One sentence that a journey is measured against."""

    SUBJECT = "vision"

    title = models.CharField(_("title"), max_length=120)
    statement = models.TextField(_("statement"))

    def __str__(self) -> str:
        return self.title


class Persona(_Drawn):
    """A typical customer, drawn from research. Lists are one entry per line."""

    SUBJECT = "persona"

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

    def get_absolute_url(self) -> str:
        return reverse("journeys:persona", args=[self.pk])
