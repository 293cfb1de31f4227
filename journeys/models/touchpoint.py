"""The places in a journey where customer and company meet, and where we may ask."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from customers.models.changes import changed_fields
from events import outbox
from journeys.models.journey import Stage
from teams.models import Team, User

# What keeps a touchpoint, by the name of the relation; those apps stand above this one.
KEPT_BY = {
    "surveys": gettext_lazy("surveys"),
    "responses": gettext_lazy("answers"),
    "tickets": gettext_lazy("tickets"),
}


class TouchpointInUse(Exception):
    """Others refer to it; the sentence says who."""


class TouchpointQuerySet(models.QuerySet["Touchpoint"]):
    def active(self) -> Self:
        """Those of journeys that are not archived."""
        return self.filter(stage__journey__archived_at__isnull=True)

    def in_order(self) -> Self:
        """As on the map: by journey, stage, place in the stage."""
        return self.order_by(
            "stage__journey__name", "stage__position", "position", "id"
        )


class Touchpoint(models.Model):
    """Its owning team gets the tickets that nobody's account manager takes."""

    class Channel(models.TextChoices):
        WEB = "web", _("Website")
        APP = "app", _("App")
        STORE = "store", _("Store")
        PHONE = "phone", pgettext_lazy("channel", "Phone")
        EMAIL = "email", _("E-mail")
        CHAT = "chat", _("Chat")
        SOCIAL = "social", _("Social media")
        DELIVERY = "delivery", _("Delivery")
        PRODUCT = "product", _("Product")

    stage = models.ForeignKey(
        Stage, models.CASCADE, related_name="touchpoints", verbose_name=_("stage")
    )
    key = models.SlugField(_("key"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices)
    team = models.ForeignKey(
        Team, models.PROTECT, related_name="touchpoints", verbose_name=_("owning team")
    )
    is_moment_of_truth = models.BooleanField(_("moment of truth"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = TouchpointQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def enter(self, *, by: User, at: datetime) -> None:
        """Store a new touchpoint at the end of its stage, under a key of its own."""
        self.stage.journey.hold()
        last = self.stage.touchpoints.aggregate(last=models.Max("position"))["last"]
        self.position = 0 if last is None else last + 1
        self.key = self.key or _free_key(self.name)
        self.save(force_insert=True)
        self._record("created", by=by, at=at)

    @transaction.atomic
    def change(self, values: Mapping[str, Any], *, by: User, at: datetime) -> None:
        if changed := changed_fields(self, values):
            self.save(update_fields=changed)
            self._record("changed", by=by, at=at, fields=changed)

    @transaction.atomic
    def remove(self, *, by: User, at: datetime) -> None:
        """Raises TouchpointInUse."""
        self.refuse_if_used()
        self._record("removed", by=by, at=at)
        self.delete()

    def refuse_if_used(self) -> None:
        """Raises TouchpointInUse when surveys, answers or tickets refer to it.

        Asked first: the error that deleting raises loads every row that refers to it.
        """
        users = [
            str(KEPT_BY.get(relation.get_accessor_name() or "", relation.name))
            for relation in Touchpoint._meta.related_objects
            if relation.on_delete is models.PROTECT and self._is_used_by(relation)
        ]
        if users:
            raise TouchpointInUse(
                gettext("“%(name)s” is used by %(users)s, so it cannot be deleted.")
                % {"name": self.name, "users": gettext(", ").join(users)}
            )

    def _is_used_by(self, relation: Any) -> bool:
        rows = relation.related_model._base_manager
        return bool(rows.filter(**{relation.field.name: self}).exists())

    def _record(self, what: str, *, by: User, at: datetime, **payload: object) -> None:
        outbox.record(
            "touchpoint.changed",
            subject=("touchpoint", self.pk),
            at=at,
            actor=by.email,
            payload={"what": what, "journey": self.stage.journey_id, **payload},
        )


def _free_key(name: str) -> str:
    # A name without Latin letters leaves nothing to make a key of.
    base = slugify(name)[:70] or "touchpoint"
    taken = set(
        Touchpoint.objects.filter(key__startswith=base).values_list("key", flat=True)
    )
    candidates = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
    return next(key for key in candidates if key not in taken)
